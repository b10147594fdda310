/** Millrace in this process as a contestant of the batch suite. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType, type Table, type Vector } from 'apache-arrow';
import { NotYet, took, type Answer } from '../contract.ts';
import { timed } from '../statistics.ts';
import { millrace, millraceEngine, orNotYet } from '../subject.ts';
import { THREADS, type BatchEngine } from './engine.ts';

export async function millraceBatch(): Promise<BatchEngine> {
  const { spark } = await millrace();
  let refusal: NotYet | undefined;
  return {
    engine: millraceEngine(`in this process, ${THREADS} compute workers; tables from Arrow, results by \`toArrow()\``),
    async load(folder, tables) {
      try {
        await orNotYet(() => {
          for (const name of tables)
            spark.createDataFrame(readFileSync(join(folder, `${name}.arrow`))).createOrReplaceTempView(name);
          return Promise.resolve();
        });
      } catch (error) {
        if (!(error instanceof NotYet)) throw error;
        // The peers are measured all the same.
        refusal = error;
      }
    },
    ask: ({ sql, setUp = [] }) =>
      orNotYet(async () => {
        if (refusal !== undefined) throw refusal;
        for (const statement of setUp) spark.sql(statement);
        const { ms, value } = await timed(async () => spark.sql(sql).toArrow());
        return took(ms, arrowSummary(value));
      }),
    close: () => spark.stop(),
  };
}

/** Rows, sums of numbers and bytes of text: enough to notice that two engines answered differently. */
export function arrowSummary(table: Table): Answer {
  const found: Record<string, number> = { rows: table.numRows };
  for (const [index, { name, type }] of table.schema.fields.entries()) {
    const column = table.getChildAt(index);
    if (column === null) continue;
    if (DataType.isInt(type) || DataType.isFloat(type)) found[name] = sum(column);
    else if (DataType.isDecimal(type)) found[name] = decimalSum(column) / 10 ** type.scale;
    else if (DataType.isUtf8(type)) found[name] = bytes(column);
  }
  return found;
}

function sum(column: Vector): number {
  let total = 0;
  for (const { values, length, nullCount, offset, nullBitmap } of column.data) {
    const numbers = values as ArrayLike<number | bigint>;
    for (let i = 0; i < length; i++) {
      if (isValid(nullCount, nullBitmap, offset + i)) total += Number(numbers[i]);
    }
  }
  return total;
}

/** Of 128-bit unscaled values, four words each, the lowest first. */
function decimalSum(column: Vector): number {
  let total = 0n;
  for (const { values, length, offset, nullCount, nullBitmap } of column.data) {
    const { buffer, byteOffset } = values as Uint32Array;
    const words = new BigUint64Array(buffer, byteOffset, length * 2);
    for (let i = 0; i < length; i++) {
      if (!isValid(nullCount, nullBitmap, offset + i)) continue;
      total += BigInt.asIntN(128, ((words[2 * i + 1] ?? 0n) << 64n) | (words[2 * i] ?? 0n));
    }
  }
  return Number(total);
}

function isValid(nullCount: number, bitmap: Uint8Array, row: number): boolean {
  return nullCount === 0 || (((bitmap[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

function bytes(column: Vector): number {
  return column.data.reduce((total, { valueOffsets, length }) => {
    const offsets = valueOffsets as Int32Array;
    return total + (offsets[length] ?? 0) - (offsets[0] ?? 0);
  }, 0);
}
