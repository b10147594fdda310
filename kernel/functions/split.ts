/** The computation of `split`. */
import type { Column } from '../arrow/column.ts';
import { Types, type DataType } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import type { Argument, EvalContext } from './contract.ts';
import { javaRegExp } from './java-regexp.ts';
import { readerOf, validityWriter, writerOf } from './vectors.ts';

/** What the empty pattern means here: it does not match at the end. */
const BETWEEN_CHARACTERS = '(?!\\z)';

export function splitRows(args: readonly Argument[], type: DataType, length: number, context: EvalContext): Column {
  const { arena } = context;
  const text = readerOf(present(args[0], 'text'));
  const pattern = readerOf(present(args[1], 'pattern'));
  const limit = args[2] === undefined ? undefined : readerOf(args[2]);
  const compiled = new Map<string, RegExp>();
  const valid = validityWriter(length, arena);
  const offsets = new Int32Array(arena.memory.buffer, arena.allocate((length + 1) * 4), length + 1);
  const parts: string[] = [];
  offsets[0] = 0;
  for (let row = 0; row < length; row++) {
    const value = text(row);
    const by = pattern(row);
    if (typeof value === 'string' && typeof by === 'string') {
      const regexp = compiled.get(by) ?? javaRegExp(by === '' ? BETWEEN_CHARACTERS : by, 'g').regexp;
      compiled.set(by, regexp);
      valid.set(row);
      for (const piece of pieces(value, regexp, limit === undefined ? -1 : Number(limit(row)))) parts.push(piece);
    }
    offsets[row + 1] = parts.length;
  }
  const writer = writerOf(Types.string, parts.length, arena);
  parts.forEach((piece, i) => writer.set(i, piece));
  return { layout: 'list', type, length, validity: valid.finish(), offsets, child: writer.finish() };
}

/** At most `limit` pieces where it is positive, the last with all the rest. An empty match at the start gives no piece. */
function pieces(value: string, regexp: RegExp, limit: number): string[] {
  const found: string[] = [];
  let from = 0;
  for (const match of value.matchAll(regexp)) {
    if (limit > 0 && found.length === limit - 1) break;
    const end = match.index + match[0].length;
    if (end === 0) continue;
    found.push(value.slice(from, match.index));
    from = end;
  }
  found.push(value.slice(from));
  return found;
}
