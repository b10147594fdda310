import { SourceMap } from 'node:module';
import type { MapReader, PlaceFinder } from '../cell-sources.ts';
import type { SourceMapText } from '../strip-types.ts';

/** Generated text → what oxc printed → the cell's own text. A place without a mapping stays where it is. */
export const readCellMaps: MapReader = ({ generated, stripped, columnShift }) => {
  const toPrinted = finderOf(generated);
  if (stripped === undefined) return toPrinted;
  const toOriginal = finderOf(stripped);
  return (line, column) => {
    const printed = toPrinted(line, column);
    const original = toOriginal(printed.line, printed.column);
    return { line: original.line, column: Math.max(1, original.column - (original.line === 1 ? columnShift : 0)) };
  };
};

function finderOf({ version, sources, names, mappings }: SourceMapText): PlaceFinder {
  const map = new SourceMap({
    version,
    file: '',
    sourceRoot: '',
    sources: [...sources],
    sourcesContent: [],
    names: [...names],
    mappings,
  });
  return (line, column) => placeIn(map, line, column);
}

/** From 1 in, from 1 out. */
export function placeIn(
  map: SourceMap,
  line: number,
  column: number,
): { readonly line: number; readonly column: number } {
  const entry = map.findEntry(line - 1, column - 1);
  return 'originalLine' in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line, column };
}
