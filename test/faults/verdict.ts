/**
 * Compares what a sink holds after a disturbed run with what it holds after an undisturbed one, record by record.
 *
 * A row of a count stands for the records in its marks (see programs/streaming.ts), one of a deduplication for itself. The
 * final content of a sink is all rows in append mode, the latest row of each key in update mode, the latest batch in complete
 * mode.
 */
import type { OutputMode } from '../../kernel/plan/runner-port.ts';

export interface Delivered {
  /** The batch's id; `table` where a memory table was written whole. */
  readonly batch: string;
  /** JSON. */
  readonly row: string;
}

export interface Difference {
  /** Records that the undisturbed run's sink has and this one lacks. */
  readonly lost: number;
  /** Records too many, whether a row came twice or a record was counted twice. */
  readonly doubled: number;
  /**
   * Records that the undisturbed run's sink does not have at all. Where there are none, and nothing was lost or doubled: rows that
   * differ, or came in another batch.
   */
  readonly wrong: number;
}

export function compare(
  expected: readonly Delivered[],
  actual: readonly Delivered[],
  outputMode: OutputMode,
): Difference {
  const wanted = timesOf(expected);
  const { kept, repeated } = withoutRepeats(actual, wanted);
  const [before, after] = [finalRecords(expected, outputMode), finalRecords(kept, outputMode)];
  let [lost, doubled, wrong] = [0, 0, 0];
  for (const record of new Set([...before.keys(), ...after.keys()])) {
    const more = (after.get(record) ?? 0) - (before.get(record) ?? 0);
    if (more < 0) lost -= more;
    else if (before.has(record)) doubled += more;
    else wrong += more;
  }
  if (lost + doubled + wrong === 0) wrong = differing(wanted, timesOf(kept));
  return { lost, doubled: doubled + sum(repeated.flatMap((row) => [...recordsIn(row).values()])), wrong };
}

/** How often each row came in each batch. */
function timesOf(rows: readonly Delivered[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { batch, row } of rows) add(times, `${batch} ${row}`, 1);
  return times;
}

/** Sets apart the rows that a batch has delivered more often than the undisturbed run's. */
function withoutRepeats(
  rows: readonly Delivered[],
  wanted: ReadonlyMap<string, number>,
): { readonly kept: readonly Delivered[]; readonly repeated: readonly string[] } {
  const seen = new Map<string, number>();
  const kept: Delivered[] = [];
  const repeated: string[] = [];
  for (const delivered of rows) {
    const key = `${delivered.batch} ${delivered.row}`;
    const isRepeat = (seen.get(key) ?? 0) >= Math.max(1, wanted.get(key) ?? 0);
    add(seen, key, 1);
    if (isRepeat) repeated.push(delivered.row);
    else kept.push(delivered);
  }
  return { kept, repeated };
}

/** How often each record is in the sink's final content. */
function finalRecords(rows: readonly Delivered[], outputMode: OutputMode): ReadonlyMap<string, number> {
  const records = new Map<string, number>();
  for (const { row } of finalRows(rows, outputMode)) {
    for (const [record, times] of recordsIn(row)) add(records, record, times);
  }
  return records;
}

function finalRows(rows: readonly Delivered[], outputMode: OutputMode): readonly Delivered[] {
  switch (outputMode) {
    case 'append':
      return rows;
    case 'update': {
      const latest = new Map<string, string>();
      for (const { batch, row } of rows) {
        const key = keyOf(row);
        latest.set(key, later(latest.get(key) ?? batch, batch));
      }
      return rows.filter(({ batch, row }) => latest.get(keyOf(row)) === batch);
    }
    case 'complete': {
      const last = rows.reduce((latest, { batch }) => later(latest, batch), rows[0]?.batch ?? '');
      return rows.filter(({ batch }) => batch === last);
    }
  }
}

function later(a: string, b: string): string {
  return Number(b) > Number(a) ? b : a;
}

interface Row {
  readonly id?: number;
  readonly window?: string;
  readonly key?: number;
  readonly marks?: string;
}

function keyOf(row: string): string {
  const { window, key, id } = JSON.parse(row) as Row;
  return id === undefined ? `${window ?? ''}/${key ?? ''}` : String(id);
}

/** The records that a row stands for, and how often it counts each. */
function recordsIn(row: string): ReadonlyMap<string, number> {
  const { marks } = JSON.parse(row) as Row;
  if (marks === undefined) return new Map([[keyOf(row), 1]]);
  const digits = Array.from(
    marks,
    (_, slot) => [`${keyOf(row)}/${slot}`, parseInt(marks.charAt(marks.length - 1 - slot), 16)] as const,
  );
  return new Map(digits.filter(([, times]) => times > 0));
}

function differing(wanted: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): number {
  const rows = new Set([...wanted.keys(), ...found.keys()]);
  return sum([...rows].map((row) => Math.abs((wanted.get(row) ?? 0) - (found.get(row) ?? 0))));
}

function add(times: Map<string, number>, key: string, more: number): void {
  times.set(key, (times.get(key) ?? 0) + more);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
