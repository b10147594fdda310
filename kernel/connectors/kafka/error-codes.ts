/** Kafka's protocol errors that we tell apart. @see https://kafka.apache.org/protocol.html#protocol_error_codes */
export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'the offset is out of range'],
  [2, 'a record is corrupt on the broker'],
  [3, 'unknown topic or partition'],
  [5, 'the partition has no leader at the moment'],
  [6, 'the broker is not the leader of the partition'],
  [7, 'the request timed out on the broker'],
  [9, 'the replica is not available'],
  [13, 'the broker was disconnected'],
  [17, 'the topic name is invalid'],
  [29, 'not authorized for the topic'],
  [31, 'not authorized for the cluster'],
  [35, 'the broker is too old or too new for this client'],
  [56, 'a disk of the broker failed'],
  [74, 'the leader has changed'],
  [75, 'the broker does not know its leadership yet'],
  [76, 'the broker does not know the compression codec'],
  [78, 'the offset is not available yet'],
]);

const PASSING: ReadonlySet<number> = new Set([3, 5, 6, 7, 9, 13, 56, 74, 75, 78]);

/** An error that a broker answered with. */
export class KafkaProtocolError extends Error {
  override readonly name = 'KafkaProtocolError';
  readonly code: number;
  /** Whether it may be gone in a moment, after a leader's change or a broker's restart. */
  readonly passing: boolean;

  constructor(code: number, broker: string) {
    super(`${NAMES.get(code) ?? `error ${code}`} (broker ${broker})`);
    this.code = code;
    this.passing = PASSING.has(code);
  }
}
