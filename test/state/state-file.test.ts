/** What is written to a state file is read back, whatever the types; a file that was changed anywhere is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordBatch } from '../../kernel/arrow/column.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { Timestamp } from '../../kernel/arrow/temporal.ts';
import { field, Types, type DataType, type StructType } from '../../kernel/arrow/types.ts';
import { readValue, valuesOf } from '../../kernel/arrow/values.ts';
import { checksumOf } from '../../kernel/state/disk-checksum.ts';
import { encodeStateFile, headerOf, verifyStateFile, type PartitionChange } from '../../kernel/state/state-file.ts';
import { readPartitions } from '../../kernel/state/state-file-reader.ts';

const KEYS = [Types.timestamp, Types.string, Types.struct([field('a', Types.int), field('b', Types.boolean)])];
const STATES = [Types.long, Types.decimal(38, 3), Types.array(Types.string), Types.void, Types.double];
const schemaOf = (types: readonly DataType[]): StructType =>
  Types.struct(types.map((type, index) => field(`c${index}`, type)));

const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const keyRow = fc.tuple(
  orNull(fc.bigInt(-(2n ** 50n), 2n ** 50n).map((micros) => new Timestamp(micros))),
  orNull(fc.string({ unit: 'binary' })),
  orNull(fc.record({ a: orNull(fc.integer()), b: orNull(fc.boolean()) })),
);
const stateRow = fc.tuple(
  orNull(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  orNull(fc.bigInt(-(10n ** 37n), 10n ** 37n).map((unscaled) => new Decimal(unscaled, 3))),
  orNull(fc.array(orNull(fc.string()), { maxLength: 3 })),
  fc.constant(null),
  orNull(fc.double({ noNaN: true })),
);
const partition = fc.record({
  put: fc.array(
    fc.tuple(keyRow, stateRow).map(([keys, states]) => [...keys, ...states]),
    { maxLength: 20 },
  ),
  removed: fc.array(keyRow, { maxLength: 5 }),
});

function batchOf(rows: readonly (readonly unknown[])[], types: readonly DataType[]): RecordBatch {
  const objects = rows.map((row) => Object.fromEntries(row.map((value, index) => [`c${index}`, value])));
  return batchFromRows(objects, schemaOf(types));
}

test('columns of all layouts survive', () => {
  fc.assert(
    fc.property(fc.array(partition, { minLength: 1, maxLength: 3 }), (partitions) => {
      const changes = partitions.map(({ put, removed }): PartitionChange => ({
        put: batchOf(put, [...KEYS, ...STATES]),
        removed: removed.length === 0 ? undefined : batchOf(removed, KEYS),
      })); // prettier-ignore
      const header = headerOf({ kind: 'delta', operator: 3, version: 7, partitions: changes.length }, KEYS, STATES);
      const verified = verifyStateFile(encodeStateFile(header, changes, checksumOf), checksumOf);
      assert.ok(typeof verified !== 'string');
      assert.deepEqual(verified.header, header);
      const read = [...readPartitions(verified.body, changes.length, KEYS, STATES, 'heap')];
      for (const [index, { put, removed }] of changes.entries()) {
        const stored = read[index];
        assert.ok(stored !== undefined);
        const rows = Array.from({ length: stored.length }, (_, row) =>
          [...stored.keys, ...stored.states].map((column) => readValue(column, row)),
        );
        assert.deepEqual(rows, valuesOf(put));
        const removedRows = Array.from({ length: stored.removedLength }, (_, row) =>
          stored.removedKeys.map((column) => readValue(column, row)),
        );
        assert.deepEqual(removedRows, removed === undefined ? [] : valuesOf(removed));
      }
    }),
    { numRuns: 60 },
  );
});

test('a file with any byte changed, or cut anywhere, is refused', () => {
  const put = batchFromRows([{ k: 1n, s: 2n }, { k: null, s: 3n }], Types.struct([field('k', Types.long), field('s', Types.long)])); // prettier-ignore
  const header = headerOf({ kind: 'snapshot', operator: 0, version: 1, partitions: 1 }, [Types.long], [Types.long]);
  const bytes = encodeStateFile(header, [{ put, removed: undefined }], checksumOf);
  assert.ok(typeof verifyStateFile(bytes, checksumOf) !== 'string');
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 4;
    assert.equal(typeof verifyStateFile(changed, checksumOf), 'string', `byte ${at} changed`);
    assert.equal(typeof verifyStateFile(bytes.subarray(0, at), checksumOf), 'string', `cut at ${at}`);
  }
});
