/** State functions that cases name; `oracle/functions.py` has the same for Spark. */
import type { DataFrame } from '../../../kernel/api/data-frame.ts';
import { done, type GroupState, type Row } from './group-state.ts';

type State = GroupState<Row>;

/** An input row: event time in ms, and its script. */
interface Event {
  readonly timeMs: number;
  readonly ops: string;
}

/** What is given to `flatMapGroupsWithState`. */
interface StateFunction {
  readonly run: (events: readonly Event[], state: State) => readonly Row[];
  readonly output: string;
  readonly state: string;
}

/** The groups that a state function is applied to. */
export interface Groups {
  readonly frame: DataFrame;
  readonly keys: readonly string[];
}

/** What these cases ask of Millrace; where it is not there, every one of them fails and says so. */
interface Keyed {
  groupByKey(...keys: readonly string[]): {
    flatMapGroupsWithState(
      run: (key: Row, rows: Iterable<{ readonly ts: Date; readonly ops: string }>, state: State) => readonly Row[],
      options: {
        readonly outputMode: string;
        readonly timeout: string;
        readonly output: string;
        readonly state: string;
      },
    ): DataFrame;
  };
}

const isKeyed = (frame: object): frame is Keyed => 'groupByKey' in frame;

/** Applies the function of that name to the groups, in the given output mode and with the given timeout. */
export function applied(name: string, { frame, keys }: Groups, outputMode: string, timeout: string): DataFrame {
  const found = FUNCTIONS[name];
  if (found === undefined) throw new TypeError(`there is no state function '${name}'`);
  if (!isKeyed(frame)) throw new TypeError('Millrace has no groupByKey(…).flatMapGroupsWithState(…) yet');
  return frame.groupByKey(...keys).flatMapGroupsWithState(
    (key, rows, state) => {
      const events = Array.from(rows, ({ ts, ops }) => ({ timeMs: ts.getTime(), ops }));
      const [k = null] = Object.values(key);
      return found.run(events.sort(byTime), state).map((row) => ({ k, ...row }));
    },
    { outputMode, timeout, output: found.output, state: found.state },
  );
}

function byTime(a: Event, b: Event): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  return a.ops < b.ops ? -1 : Number(a.ops > b.ops);
}

function counted(events: readonly Event[], state: State): bigint {
  const n = BigInt(events.length) + BigInt(state.getOption()?.['n'] ?? 0);
  state.update({ n });
  return n;
}

function session(events: readonly Event[], state: State): readonly Row[] {
  if (state.hasTimedOut) {
    const closed = state.get();
    state.remove();
    return [closed];
  }
  const before = state.getOption();
  const times = events.map(({ timeMs }) => timeMs);
  const first = Math.min(Number(before?.['first'] ?? Infinity), ...times);
  const last = Math.max(Number(before?.['last'] ?? -Infinity), ...times);
  state.update({ first: BigInt(first), last: BigInt(last), n: BigInt(before?.['n'] ?? 0) + BigInt(events.length) });
  state.setTimeoutTimestamp(last + GAP_MS);
  return [];
}

/** The rows say what is done with the state: `exists; update 1 one; timeoutAt 5000`. What each said is put out. */
function script(onTimeout: (state: State) => void): StateFunction {
  const run = (events: readonly Event[], state: State): readonly Row[] => {
    if (state.hasTimedOut) {
      const said = shown(state.getOption());
      onTimeout(state);
      return [{ i: 0, op: 'timed out', said }];
    }
    const steps = events.flatMap(({ ops }) => ops.split(';')).map((step) => step.trim());
    return steps.map((op, i) => ({ i, op, said: said(state, op) }));
  };
  return { run, output: 'k STRING, i INT, op STRING, said STRING', state: 'v BIGINT, label STRING' };
}

function said(state: State, step: string): string {
  const [name = '', ...args] = step.split(' ');
  if (name === 'fail') throw new RangeError('as the script says');
  try {
    return done(state, name, args, shown);
  } catch {
    return 'refused'; // which class it is differs between languages
  }
}

const shown = (value: Row | undefined): string =>
  value === undefined ? 'none' : Object.values(value).map(String).join(',');

const GAP_MS = 5000;
const RENEWED_MS = 5000;
const COUNT = { output: 'k STRING, n BIGINT', state: 'n BIGINT' };

const FUNCTIONS: Readonly<Record<string, StateFunction>> = {
  count: { ...COUNT, run: (events, state) => [{ n: counted(events, state) }] },
  'count as text': {
    ...COUNT,
    state: 'n STRING',
    run: (events, state) => [{ n: counted(events, state) }],
  },
  copies: {
    ...COUNT,
    run: (events, state) => {
      const n = counted(events, state);
      return events.flatMap(({ ops }) => Array.from({ length: Number(ops) }, () => ({ n })));
    },
  },
  session: {
    run: session,
    output: 'k STRING, first BIGINT, last BIGINT, n BIGINT',
    state: 'first BIGINT, last BIGINT, n BIGINT',
  },
  script: script((state) => {
    state.remove();
  }),
  'script, kept': script((state) => {
    state.update(state.get());
  }),
  'script, renewed': script((state) => {
    state.setTimeoutTimestamp(state.getCurrentWatermarkMs() + RENEWED_MS);
  }),
};
