import { SourceMap } from 'node:module';
import type { PlaceMapper } from '../cell-sources.ts';
import type { SourceMapText } from '../strip-types.ts';

/** Generated text → what oxc printed → the cell's own text. A place without a mapping stays where it is. */
export const mapCellPlace: PlaceMapper = (maps, line, column) => {
  const printed = mapOnce(maps.generated, line, column);
  if (maps.stripped === undefined) return printed;
  const original = mapOnce(maps.stripped, printed.line, printed.column);
  return {
    line: original.line,
    column: original.line === 1 ? Math.max(1, original.column - maps.columnShift) : original.column,
  };
};

function mapOnce(map: SourceMapText, line: number, column: number): { line: number; column: number } {
  const reader = new SourceMap({
    version: map.version,
    file: '',
    sourceRoot: '',
    sources: [...map.sources],
    sourcesContent: [],
    names: [...map.names],
    mappings: map.mappings,
  });
  const entry = reader.findEntry(line - 1, column - 1);
  if (!('originalLine' in entry)) return { line, column };
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
