/** from_json where the root of a document is an array or a map: each is wrapped in an object, and parsed as its one field. */
import { isValid, type BytesColumn, type Column } from '../../arrow/column.ts';
import { allocateBytesColumn } from '../../arrow/make.ts';
import type { Arena } from '../../arrow/memory.ts';
import { Types, type DataType } from '../../arrow/types.ts';
import { present } from '../../core/assert.ts';
import type { JsonOptions } from './options.ts';
import { parseJsonColumn, type ParseContext } from './parse.ts';

/**
 * Documents whose root is an array or a map (`from_json(text, 'ARRAY<INT>')`); a row is null where its document is null,
 * blank, or does not fit. As in Spark, one object is taken for an array of one struct.
 * @throws MALFORMED_RECORD_IN_PARSING where the mode is FAILFAST and a record is damaged
 */
export function parseJsonRoot(
  input: BytesColumn,
  type: Extract<DataType, { kind: 'array' | 'map' }>,
  options: JsonOptions,
  context: ParseContext,
): Column {
  const loneStruct = type.kind === 'array' && type.element.kind === 'struct';
  const wrapped = wrapDocuments(input, { objectsInLists: loneStruct }, context.arena);
  const schema = Types.struct([{ name: 'value', type, nullable: true }]);
  return present(parseJsonColumn(wrapped, schema, options, context).column.children[0], 'the root');
}

/** `{"value":` before and `}` after every document that is not blank; `[` and `]` about objects where `objectsInLists`. */
function wrapDocuments(
  input: BytesColumn,
  { objectsInLists }: { readonly objectsInLists: boolean },
  arena: Arena,
): BytesColumn {
  const { length, offsets, data } = input;
  const encoder = new TextEncoder();
  const [plain, array] = [['{"value":', '}'] as const, ['{"value":[', ']}'] as const].map((texts) =>
    texts.map((text) => encoder.encode(text)),
  );
  const total = (offsets[length] ?? 0) - (offsets[0] ?? 0) + length * '{"value":[]}'.length;
  const wrapped = allocateBytesColumn(Types.string, length, total, arena, input.validity);
  let written = 0;
  const append = (bytes: Uint8Array): void => {
    wrapped.data.set(bytes, written);
    written += bytes.length;
  };
  wrapped.offsets[0] = 0;
  for (let row = 0; row < length; row++) {
    const document = data.subarray(offsets[row] ?? 0, offsets[row + 1] ?? 0);
    const first = document.find((byte) => byte > 0x20);
    if (first !== undefined && isValid(input, row)) {
      const [before, after] = present(objectsInLists && first === 0x7b ? array : plain, 'a wrapping');
      append(present(before, 'its start'));
      append(document);
      append(present(after, 'its end'));
    }
    wrapped.offsets[row + 1] = written;
  }
  return { ...wrapped, data: wrapped.data.subarray(0, written) };
}
