/**
 * Small streaming plans over rows `{ ts, key }` (ts in whole seconds), and an executor in plain TypeScript that runs them:
 * enough to test the stream and the state without planner, kernels and workers.
 */
import type { RecordBatch } from '../../kernel/arrow/column.ts';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import type { EngineMemory } from '../../kernel/arrow/memory.ts';
import { openBatch } from '../../kernel/arrow/open.ts';
import type { BatchReference } from '../../kernel/arrow/reference.ts';
import type { ScanLease } from '../../kernel/arrow/scan.ts';
import { Timestamp } from '../../kernel/arrow/temporal.ts';
import { toEngine } from '../../kernel/arrow/transfer.ts';
import { field, Types, type Schema } from '../../kernel/arrow/types.ts';
import { rowsOf, type RowObject } from '../../kernel/arrow/values.ts';
import { assert, present } from '../../kernel/core/assert.ts';
import type { AccumulatorSpec } from '../../kernel/functions/contract.ts';
import type {
  EventTimeStats,
  ExecutionOptions,
  ExecutionResult,
  Executor,
  PreparedPlan,
  StatefulOperator,
  StatefulSpec,
} from '../../kernel/physical/ports.ts';

export const SECOND_MICROS = 1_000_000n;

/** What tests write; `ts` in seconds. */
export interface Event {
  readonly ts: number | null;
  readonly key: string | null;
}

export const EVENTS: Schema = Types.struct([field('ts', Types.timestamp), field('key', Types.string)]);

export function eventBatch(events: readonly Event[]): RecordBatch {
  const rows = events.map(({ ts, key }) => ({
    ts: ts === null ? null : new Timestamp(BigInt(Math.round(ts * 1_000_000))),
    key,
  }));
  return batchFromRows(rows, EVENTS);
}

/** A row as a test writes it: `10 a 2`, times in seconds. */
export function textOf(row: RowObject): string {
  return Object.values(row).map(cellText).join(' ');
}

function cellText(value: RowObject[string]): string {
  if (value instanceof Date) return String(value.getTime() / 1000);
  assert(value === null || typeof value !== 'object', 'test rows have plain cells');
  return String(value);
}

/** What a test plan does with the rows of all its sources. */
export interface TestPlan extends PreparedPlan {
  /** Turns rows into what the stateful operator takes; absent: there is none. */
  readonly partial?: (rows: readonly RowObject[]) => { readonly schema: Schema; readonly rows: readonly RowObject[] };
  /** The plan's rows from the stateful operator's, or from the sources'. */
  readonly finish: (rows: readonly RowObject[], options: ExecutionOptions) => readonly RowObject[];
}

const COUNT: AccumulatorSpec = { op: 'count', inputType: undefined, stateType: Types.long, onOverflow: 'error' };
const LONG_SUM: AccumulatorSpec = { op: 'sum', inputType: Types.long, stateType: Types.long, onOverflow: 'error' };

/** The rows as they are, with the batch's time. */
export function passThrough(options: { readonly delaySeconds?: number } = {}): TestPlan {
  return {
    schema: Types.struct([...EVENTS.fields, field('now', Types.long)]),
    stateful: [],
    text: 'passThrough',
    watermarks: watermarksOf(options.delaySeconds),
    finish: (rows, { batchTimestampMicros }) => rows.map((row) => ({ ...row, now: batchTimestampMicros / 1000n })),
  };
}

export interface AggregateOptions {
  /** undefined: no watermark. */
  readonly delaySeconds?: number;
  /** undefined: the event time itself is the key. */
  readonly windowSeconds?: number;
  /** Whether `key` is a key too. */
  readonly byKey?: boolean;
  /** More accumulators than the count. */
  readonly accumulators?: readonly AccumulatorSpec[];
}

/** count(*) by window (or time) and perhaps by key. Gives (start in seconds, key, count). */
export function windowedCount({ delaySeconds, windowSeconds, byKey, accumulators }: AggregateOptions): TestPlan {
  const windowMicros = BigInt(windowSeconds ?? 0) * SECOND_MICROS;
  const paneOf = (ts: unknown): Timestamp | null => {
    if (!(ts instanceof Timestamp)) return null;
    if (windowMicros === 0n) return ts;
    const remainder = ts.micros % windowMicros;
    return new Timestamp(ts.micros - (remainder < 0n ? remainder + windowMicros : remainder));
  };
  const keys = [
    { type: Types.timestamp, role: 'pane' as const, name: 'window' },
    ...(byKey === true ? [{ type: Types.string, role: 'key' as const, name: 'key' }] : []),
  ];
  const all = [COUNT, ...(accumulators ?? [])];
  const schema = partialSchema(keys, all);
  return {
    schema: Types.struct([
      field('start', Types.double),
      ...(byKey === true ? [field('key', Types.string)] : []),
      field('count', Types.long),
    ]),
    stateful: [
      {
        kind: 'aggregate',
        stateId: 0,
        keys,
        accumulators: all,
        eventTimeKey: { index: 0, kind: windowMicros === 0n ? 'timestamp' : 'window', windowMicros },
      },
    ],
    text: 'windowedCount',
    watermarks: watermarksOf(delaySeconds),
    partial: (rows) => {
      // A row without a time falls in no window (SEMANTICS.md 9).
      const counted = windowMicros === 0n ? rows : rows.filter(({ ts }) => ts !== null);
      return {
        schema,
        rows: countBy(counted, (row) => [paneOf(row['ts']), ...(byKey === true ? [row['key'] ?? null] : [])]),
      };
    },
    finish: (rows) =>
      rows.map(({ k0, k1, s0 }) => ({
        start: k0 instanceof Timestamp ? Number(k0.micros) / 1_000_000 : null,
        ...(byKey === true ? { key: k1 ?? null } : {}),
        count: s0 ?? null,
      })),
  };
}

/** count(*) of everything; a sum that is never fed shows what an empty group holds. */
export function globalCount(options: { readonly delaySeconds?: number } = {}): TestPlan {
  const accumulators = [COUNT, LONG_SUM];
  return {
    schema: Types.struct([field('count', Types.long), field('sum', Types.long)]),
    stateful: [{ kind: 'aggregate', stateId: 0, keys: [], accumulators, eventTimeKey: undefined }],
    text: 'globalCount',
    watermarks: watermarksOf(options.delaySeconds),
    partial: (rows) => ({ schema: partialSchema([], accumulators), rows: countBy(rows, () => []) }),
    finish: (rows) => rows.map(({ s0, s1 }) => ({ count: s0 ?? null, sum: s1 ?? null })),
  };
}

export interface DeduplicateOptions {
  readonly delaySeconds: number;
  readonly keys: readonly ('ts' | 'key')[];
  readonly withinWatermark?: boolean;
  /** Whether the event time reaches the operator. */
  readonly hasEventTime?: boolean;
}

export function deduplicated({ delaySeconds, keys, withinWatermark, hasEventTime }: DeduplicateOptions): TestPlan {
  const spec: StatefulSpec = {
    kind: 'deduplicate',
    stateId: 0,
    input: EVENTS,
    keys: keys.map((key) => (key === 'ts' ? 0 : 1)),
    eventTime: hasEventTime === false ? undefined : 0,
    withinWatermark: withinWatermark ?? false,
    delayMicros: BigInt(delaySeconds) * SECOND_MICROS,
  };
  return {
    schema: EVENTS,
    stateful: [spec],
    text: 'deduplicated',
    watermarks: watermarksOf(delaySeconds),
    partial: (rows) => ({ schema: EVENTS, rows }),
    finish: (rows) => rows,
  };
}

function watermarksOf(delaySeconds: number | undefined): PreparedPlan['watermarks'] {
  if (delaySeconds === undefined) return [];
  return [{ watermarkId: 0, delayMicros: BigInt(delaySeconds) * SECOND_MICROS, column: 'ts' }];
}

function partialSchema(
  keys: readonly { readonly type: Schema['fields'][number]['type'] }[],
  states: readonly AccumulatorSpec[],
): Schema {
  return Types.struct([
    ...keys.map(({ type }, index) => field(`k${index}`, type)),
    ...states.map(({ stateType }, index) => field(`s${index}`, stateType)),
  ]);
}

function countBy(rows: readonly RowObject[], keysOf: (row: RowObject) => readonly RowObject[string][]): RowObject[] {
  const groups = new Map<string, { readonly keys: readonly RowObject[string][]; count: bigint }>();
  for (const row of rows) {
    const keys = keysOf(row);
    const text = JSON.stringify(keys);
    const group = groups.get(text) ?? { keys, count: 0n };
    group.count += 1n;
    groups.set(text, group);
  }
  return [...groups.values()].map(({ keys, count }) =>
    Object.fromEntries([...keys.map((key, index) => [`k${index}`, key] as const), ['s0', count] as const]),
  );
}

export interface TestExecutorOptions {
  /** Called before each run: to throw, or to wait until the signal ends the batch. */
  readonly onRun?: (signal: AbortSignal | undefined) => Promise<void> | void;
}

/** Runs test plans. */
export function createTestExecutor(memory: EngineMemory, options: TestExecutorOptions = {}): Executor {
  return {
    run: async (prepared, scans, stateful, execution) => {
      await options.onRun?.(execution.signal);
      execution.signal?.throwIfAborted();
      const plan = prepared as TestPlan; // tests give it only plans of this file
      const bySource = new Map<number, readonly RowObject[]>();
      for (const [sourceId, leases] of scans) bySource.set(sourceId, await readRows(leases, memory));
      return execute(plan, bySource, stateful, execution, memory);
    },
  };
}

async function readRows(leases: AsyncIterable<ScanLease>, memory: EngineMemory): Promise<readonly RowObject[]> {
  const rows: RowObject[] = [];
  for await (const lease of leases) {
    const { task } = lease;
    assert(task.reader === 'columns', 'test sources give columns');
    rows.push(...rowsOf(openBatch(task.payload as BatchReference, memory)));
    lease.release();
  }
  return rows;
}

function execute(
  plan: TestPlan,
  bySource: ReadonlyMap<number, readonly RowObject[]>,
  stateful: ReadonlyMap<number, StatefulOperator>,
  options: ExecutionOptions,
  memory: EngineMemory,
): ExecutionResult {
  const arena = memory.createArena('test execution');
  const input = [...bySource.values()].flat();
  let rows: readonly RowObject[] = input;
  if (plan.partial !== undefined) {
    const partial = plan.partial(input);
    const batch = toEngine(batchFromRows(partial.rows, partial.schema), arena);
    rows = rowsOf(present(stateful.get(0), 'the stateful operator').process(batch, arena));
  }
  const output = batchFromRows(plan.finish(rows, options), plan.schema);
  return {
    schema: plan.schema,
    batches: [toEngine(output, arena)],
    rowCount: output.length,
    inputRows: new Map([...bySource].map(([sourceId, read]) => [sourceId, read.length])),
    eventTimes: eventTimesOf(plan, [...bySource.values()]),
    release: () => {
      arena.release();
    },
  };
}

/** Watermark node i watches source i, or the only one. */
function eventTimesOf(plan: TestPlan, sources: readonly (readonly RowObject[])[]): EventTimeStats[] {
  return plan.watermarks.flatMap(({ watermarkId, delayMicros }, index) => {
    const times = (sources[index] ?? []).flatMap(({ ts }) => (ts instanceof Timestamp ? [ts.micros] : []));
    if (times.length === 0) return [];
    const sorted = [...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return [
      {
        ...{ watermarkId, delayMicros, count: times.length },
        minMicros: present(sorted[0], 'the least time'),
        maxMicros: present(sorted.at(-1), 'the greatest time'),
        sumMicros: times.reduce((sum, time) => sum + time, 0n),
      },
    ];
  });
}
