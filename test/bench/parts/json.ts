/**
 * GB/s per core of the JSON parser on generated events, against `JSON.parse` on the same lines.
 *
 *   node --import tsx test/bench/parts/json.ts
 */
import { allocateBytesColumn } from '../../../kernel/arrow/make.ts';
import type { BytesColumn } from '../../../kernel/arrow/column.ts';
import type { Arena } from '../../../kernel/arrow/memory.ts';
import { field, Types, type StructType } from '../../../kernel/arrow/types.ts';
import { systemClock } from '../../../kernel/core/clock.ts';
import { jsonOptions } from '../../../kernel/functions/json/options.ts';
import { parseJsonColumn } from '../../../kernel/functions/json/parse.ts';
import { createTestEngine } from '../../support/engine.ts';

const ROWS = 40_000;
const BATCH_ROWS = 8192;
const SECONDS = 1;

interface Scenario {
  readonly name: string;
  readonly schema: StructType;
  readonly document: (i: number) => string;
}

const event = Types.struct([
  field('timestamp', Types.timestamp),
  field('url', Types.string),
  field('user', Types.string),
]);
const time = (i: number): string =>
  new Date(1_704_067_200_000 + i * 250).toISOString().replace('.000', '').slice(0, 19);
const eventText = (i: number): string =>
  `{"timestamp":"${time(i)}Z","url":"/products/category-${i % 100}/item","user":"user-${String(i % 9973).padStart(8, '0')}-abcd"}`;

const SCENARIOS: readonly Scenario[] = [
  { name: 'events, 109 B', schema: event, document: eventText },
  {
    name: 'events, url alone wanted',
    schema: Types.struct([field('url', Types.string)]),
    document: eventText,
  },
  {
    name: 'events, keys in changing order',
    schema: event,
    document: (i) =>
      i % 2 === 0 ? eventText(i) : `{"user":"user-${i % 9973}","timestamp":"${time(i)}Z","url":"/products/${i % 100}"}`,
  },
  {
    name: 'numbers and a list',
    schema: Types.struct([
      field('id', Types.long),
      field('price', Types.double),
      field('ok', Types.boolean),
      field('tags', Types.array(Types.string)),
      field('at', Types.struct([field('x', Types.int), field('y', Types.int)])),
    ]),
    document: (i) =>
      `{"id":${i * 7919},"price":${(i % 10_000) / 100},"ok":${i % 3 === 0},"tags":["a${i % 10}","b"],"at":{"x":${i % 640},"y":${i % 480}}}`,
  },
  {
    name: 'doubles of 17 digits',
    schema: Types.struct([field('a', Types.double), field('b', Types.double), field('c', Types.double)]),
    document: (i) => JSON.stringify({ a: Math.sin(i), b: 100 * Math.cos(i), c: i / 7 }),
  },
];

function inputOf(lines: readonly Buffer[], arena: Arena): BytesColumn {
  const column = allocateBytesColumn(
    Types.string,
    lines.length,
    lines.reduce((sum, line) => sum + line.length, 0),
    arena,
  );
  let at = 0;
  lines.forEach((line, i) => {
    column.offsets[i] = at;
    column.data.set(line, at);
    at += line.length;
  });
  column.offsets[lines.length] = at;
  return column;
}

/** Runs `work` for a while and gives the best GB/s of its passes. */
function measure(bytes: number, work: () => void): number {
  let best = 0;
  const until = systemClock.monotonicMs() + SECONDS * 1000;
  while (systemClock.monotonicMs() < until) {
    const start = systemClock.monotonicMs();
    work();
    best = Math.max(best, bytes / (systemClock.monotonicMs() - start) / 1e6);
  }
  return best;
}

const { kernels, memory } = await createTestEngine();
for (const { name, schema, document } of SCENARIOS) {
  const inputArena = memory.createArena('input');
  const lines = Array.from({ length: ROWS }, (_, i) => Buffer.from(`${document(i)}\n`));
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  const batches: BytesColumn[] = [];
  for (let i = 0; i < ROWS; i += BATCH_ROWS) batches.push(inputOf(lines.slice(i, i + BATCH_ROWS), inputArena));
  const options = jsonOptions({}, 'UTC');
  const arena = memory.createArena('output');
  const ours = measure(bytes, () => {
    for (const batch of batches) {
      parseJsonColumn(batch, schema, options, { arena, kernels });
      arena.release();
    }
  });
  const texts = lines.map((line) => line.toString());
  const theirs = measure(bytes, () => {
    for (const text of texts) JSON.parse(text);
  });
  console.log(
    `${name}: ${ours.toFixed(2)} GB/s, JSON.parse ${theirs.toFixed(3)} GB/s, ${Math.round(bytes / ROWS)} B a row, ${(ours / theirs).toFixed(1)}x`,
  );
  inputArena.release();
}
