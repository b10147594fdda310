/** Spark's `GroupState`, and the steps of a script that ask it. */

/** Names and values of a row's columns, as a state function puts them out. */
export type Row = Readonly<Record<string, string | number | bigint | null>>;

export interface GroupState<S> {
  readonly exists: boolean;
  readonly hasTimedOut: boolean;
  /** @throws where there is no state */
  get(): S;
  getOption(): S | undefined;
  update(state: S | null): void;
  remove(): void;
  setTimeoutDuration(durationMs: number): void;
  setTimeoutTimestamp(timestampMs: number): void;
  getCurrentWatermarkMs(): number;
  getCurrentProcessingTimeMs(): number;
}

/** Takes one step, and gives what it said. */
export function done(
  state: GroupState<Row>,
  name: string,
  args: readonly string[],
  shown: (state: Row | undefined) => string,
): string {
  const [first = '', label = null] = args;
  switch (name) {
    case 'exists':
      return String(state.exists);
    case 'hasTimedOut':
      return String(state.hasTimedOut);
    case 'get':
      return shown(state.get());
    case 'getOption':
      return shown(state.getOption());
    case 'watermark':
      return String(state.getCurrentWatermarkMs());
    case 'clock':
      return String(state.getCurrentProcessingTimeMs());
    case 'update':
      state.update({ v: BigInt(first), label });
      return 'done';
    case 'updateNull':
      state.update(null);
      return 'done';
    case 'remove':
      state.remove();
      return 'done';
    case 'timeoutAt':
      state.setTimeoutTimestamp(Number(first));
      return 'done';
    case 'timeoutAfter':
      state.setTimeoutDuration(Number(first));
      return 'done';
  }
  throw new TypeError(`a script has no '${name}'`);
}
