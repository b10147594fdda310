/** The texts of the cells that ran, by the file name that their frames carry, and the way from a frame to the text. */
import type { CellMaps } from './transform.ts';

export interface CellPlace {
  /** `Cell [3]` */
  readonly label: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Finds original positions: line and column from 1 in, from 1 out. Built on the host's source-map reader. */
export type PlaceMapper = (
  maps: CellMaps,
  line: number,
  column: number,
) => { readonly line: number; readonly column: number };

interface CellSource {
  readonly label: string;
  readonly code: string;
  readonly maps: () => CellMaps;
}

export class CellSources {
  readonly #byFile = new Map<string, CellSource>();
  readonly #latestByLabel = new Map<string, CellSource>();
  readonly #mapPlace: PlaceMapper;
  #count = 0;

  constructor(mapPlace: PlaceMapper) {
    this.#mapPlace = mapPlace;
  }

  /** Registers a cell about to be compiled. Returns the name that its frames carry. */
  add(source: CellSource): string {
    const fileName = `millrace-cell-${++this.#count}`;
    this.#byFile.set(fileName, source);
    this.#latestByLabel.set(source.label, source);
    return fileName;
  }

  isCell(fileName: string): boolean {
    return this.#byFile.has(fileName);
  }

  place(fileName: string, line: number, column: number): CellPlace | undefined {
    const source = this.#byFile.get(fileName);
    if (source === undefined) return undefined;
    return { label: source.label, ...this.#mapPlace(source.maps(), line, column) };
  }

  /** The text of the latest cell with that label. */
  codeOf(label: string): string | undefined {
    return this.#latestByLabel.get(label)?.code;
  }
}
