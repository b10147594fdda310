/** The records of a range of offsets, `[from, to)`, of one partition, as scan leases of about one Fetch response each. */
import type { EngineMemory } from '../../arrow/memory.ts';
import type { ScanLease } from '../../arrow/scan.ts';
import type { Clock } from '../../core/clock.ts';
import { MillraceError } from '../../core/errors.ts';
import { EARLIEST, LATEST, type KafkaClient } from './client.ts';
import { KafkaProtocolError, OFFSET_OUT_OF_RANGE } from './error-codes.ts';
import type { FetchedPartition } from './fetch-response.ts';
import type { KafkaPayload } from './reader.ts';
import { batchHeaders, RecordFormatError } from './record-batch.ts';
import type { TopicPartition } from './topic-offsets.ts';

export interface OffsetRange extends TopicPartition {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface FetchContext {
  readonly client: KafkaClient;
  readonly memory: EngineMemory;
  readonly clock: Clock;
  readonly fetchBytesMax: number;
  /** How long a broker may send nothing of a range that it said it has. */
  readonly timeoutMs: number;
  readonly committedOnly: boolean;
  /** Throws where losing rows is an error; otherwise the range goes on with what is left. */
  readonly onLoss: (problem: string) => void;
}

export async function* fetchRange(range: OffsetRange, context: FetchContext): AsyncGenerator<ScanLease> {
  const { topic, partition, to } = range;
  const { client, clock } = context;
  let progressMs = clock.monotonicMs();
  for (let position = range.from; position < to;) {
    const fetched = await client.fetch({ topic, partition, offset: position }, context.fetchBytesMax);
    if (fetched === undefined) {
      context.onLoss(`partition ${partition} of topic ${topic} is gone, with offsets ${position} to ${to - 1}`);
      return;
    }
    if (fetched.errorCode === OFFSET_OUT_OF_RANGE) {
      position = await afterLoss({ ...range, from: position }, context);
      continue;
    }
    if (fetched.errorCode !== 0) throw unavailable(range, new KafkaProtocolError(fetched.errorCode, 'the leader'));
    const part = completeBatches(range, fetched, position);
    if (part.next > position) {
      progressMs = clock.monotonicMs();
      if (part.hasRecords) yield leaseOf({ ...range, from: position }, fetched, part.bytes, context);
      position = part.next;
    } else if (clock.monotonicMs() - progressMs > context.timeoutMs) {
      context.onLoss(`topic ${topic}, partition ${partition}, ends at ${position}, before the offset ${to}`);
      return;
    }
  }
}

/** Where to go on after offsets that are not there (any more). */
async function afterLoss(range: OffsetRange, { client, onLoss }: FetchContext): Promise<number> {
  const { topic, partition, from, to } = range;
  const at = async (timestamp: number): Promise<number> =>
    (await client.listOffsets([{ topic, partition, timestamp }]))[0]?.offset ?? to;
  const earliest = await at(EARLIEST);
  const next = earliest > from ? Math.min(earliest, to) : to;
  const latest = await at(LATEST);
  onLoss(
    `offsets ${from} to ${next - 1} of topic ${topic}, partition ${partition}, are not there any more (${earliest} to ${latest} are)`,
  );
  return next;
}

interface CompletePart {
  /** The offset after the last complete batch; the position where there is none. */
  readonly next: number;
  readonly bytes: number;
  readonly hasRecords: boolean;
}

function completeBatches(range: OffsetRange, { records }: FetchedPartition, position: number): CompletePart {
  let part: CompletePart = { next: position, bytes: 0, hasRecords: false };
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  try {
    for (const batch of batchHeaders(view, 0, records.length)) {
      if (batch.baseOffset >= range.to) return { ...part, next: range.to };
      const next = Math.max(part.next, batch.lastOffset + 1);
      part = { next, bytes: batch.end, hasRecords: part.hasRecords || !batch.control };
    }
    return part;
  } catch (error) {
    if (!(error instanceof RecordFormatError)) throw error;
    const { topic, partition } = range;
    throw new MillraceError('KAFKA_RECORDS_DAMAGED', { topic, partition, problem: error.message }, { cause: error });
  }
}

function leaseOf(range: OffsetRange, fetched: FetchedPartition, bytes: number, context: FetchContext): ScanLease {
  const { topic, partition, from, to } = range;
  const arena = context.memory.createArena(`records of Kafka topic ${topic}`);
  const pointer = arena.allocate(bytes);
  new Uint8Array(context.memory.buffer, pointer, bytes).set(fetched.records.subarray(0, bytes));
  const aborted = context.committedOnly ? fetched.aborted : [];
  const payload: KafkaPayload = { topic, partition, pointer, bytes, fromOffset: from, toOffset: to, aborted };
  return {
    task: { reader: 'kafka', payload, bytes },
    release: () => {
      arena.release();
    },
  };
}

function unavailable({ topic, partition }: OffsetRange, cause: KafkaProtocolError): MillraceError {
  const what = `topic ${topic}, partition ${partition}`;
  return new MillraceError('KAFKA_UNAVAILABLE', { brokers: 'its leader', what, problem: cause.message }, { cause });
}
