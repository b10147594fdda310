/** The texts of the cells that ran, by the file name that their frames carry, and the way from a frame to the text. */
import type { CellMaps } from './transform.ts';

export interface CellPlace {
  /** `Cell [3]` */
  readonly label: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Finds original positions: line and column from 1 in, from 1 out. */
export type PlaceFinder = (line: number, column: number) => { readonly line: number; readonly column: number };

/** Reads a cell's maps; the host has a reader of source maps. */
export type MapReader = (maps: CellMaps) => PlaceFinder;

export interface NewCellSource {
  readonly label: string;
  readonly code: string;
  /** Made when the first error asks for a place; holds the cell's tree until then. */
  readonly maps: () => CellMaps;
}

interface CellSource {
  readonly label: string;
  readonly code: string;
  maps: () => CellMaps;
  find: PlaceFinder | undefined;
}

/** So many of the latest cells keep their trees; of older ones the maps are made, which are smaller. */
const TREES_MAX = 32;

export class CellSources {
  readonly #byFile = new Map<string, CellSource>();
  readonly #latestByLabel = new Map<string, CellSource>();
  readonly #withTree: CellSource[] = [];
  readonly #readMaps: MapReader;

  constructor(readMaps: MapReader) {
    this.#readMaps = readMaps;
  }

  /** Registers a cell about to be compiled. Returns the name that its frames carry. */
  add({ label, code, maps }: NewCellSource): string {
    const fileName = `millrace-cell-${this.#byFile.size + 1}`;
    const source: CellSource = { label, code, maps, find: undefined };
    this.#byFile.set(fileName, source);
    this.#latestByLabel.set(label, source);
    this.#withTree.push(source);
    const old = this.#withTree.length > TREES_MAX ? this.#withTree.shift() : undefined;
    if (old !== undefined) {
      const made = old.maps();
      old.maps = () => made;
    }
    return fileName;
  }

  isCell(fileName: string): boolean {
    return this.#byFile.has(fileName);
  }

  place(fileName: string, line: number, column: number): CellPlace | undefined {
    const source = this.#byFile.get(fileName);
    if (source === undefined) return undefined;
    source.find ??= this.#readMaps(source.maps());
    return { label: source.label, ...source.find(line, column) };
  }

  /** The text of the latest cell with that label. */
  codeOf(label: string): string | undefined {
    return this.#latestByLabel.get(label)?.code;
  }
}
