import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '../support/requirements.ts';
import { kinesisService, startKinesis, type Kinesis } from './kinesis.ts';
import { skipWithoutServices } from './skip.ts';
import { watchTraces, type Traces } from './traces.ts';

const CLIENT = fileURLToPath(new URL('kinesis_client.py', import.meta.url));

interface Stored {
  readonly shard: string;
  readonly sequence: string;
  readonly key: string;
  readonly data: string;
}

describe('Kinesis', { skip: await skipWithoutServices(kinesisService), timeout: 60_000 }, () => {
  let traces: Traces;
  let kinesis: Kinesis;

  before(async () => {
    traces = await watchTraces();
    kinesis = await startKinesis({
      streams: [{ name: 'from-node', shards: 3 }, { name: 'from-python', shards: 2 }, { name: 'single' }],
    });
  });

  after(async () => {
    await kinesis.stop();
    await traces.end();
  });

  /** boto3, in a process of its own, told of the server by the environment only. */
  async function boto3<T>(args: readonly string[], input: readonly object[] = []): Promise<readonly T[]> {
    const client = spawn(PYTHON, [CLIENT, ...args], {
      env: { ...process.env, ...kinesis.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    client.stdin.end(input.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const lines = (await text(client.stdout)).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as T);
  }

  /** All records of one shard, by the API's own calls. */
  async function readShard(stream: string, shard: string): Promise<readonly Stored[]> {
    const { ShardIterator } = (await kinesis.call('GetShardIterator', {
      StreamName: stream,
      ShardId: shard,
      ShardIteratorType: 'TRIM_HORIZON',
    })) as { readonly ShardIterator: string };
    const { Records } = (await kinesis.call('GetRecords', { ShardIterator })) as {
      readonly Records: readonly Readonly<Record<'SequenceNumber' | 'PartitionKey' | 'Data', string>>[];
    };
    return Records.map(({ SequenceNumber, PartitionKey, Data }) => ({
      shard,
      sequence: SequenceNumber,
      key: PartitionKey,
      data: Buffer.from(Data, 'base64').toString(),
    }));
  }

  const sorted = (records: readonly Stored[]): readonly Stored[] =>
    [...records].sort((a, b) => a.shard.localeCompare(b.shard) || Number(BigInt(a.sequence) - BigInt(b.sequence)));

  it('has the streams with their shards', async () => {
    const { StreamNames } = (await kinesis.call('ListStreams', {})) as { readonly StreamNames: readonly string[] };
    assert.deepEqual(StreamNames, ['from-node', 'from-python', 'single']);
    for (const [name, shards] of Object.entries({ 'from-node': 3, 'from-python': 2, single: 1 })) {
      const { Shards } = (await kinesis.call('ListShards', { StreamName: name })) as { readonly Shards: unknown[] };
      assert.equal(Shards.length, shards, name);
    }
  });

  it('gives boto3 the records that were put over HTTP, each from its shard in order', async () => {
    const put: Stored[] = [];
    for (let i = 0; i < 30; i++) {
      const [key, data] = [`key ${i % 7}`, `{"i":${i},"text":"grüße 🙂"}`];
      const Data = Buffer.from(data).toString('base64');
      const reply = (await kinesis.call('PutRecord', { StreamName: 'from-node', PartitionKey: key, Data })) as {
        readonly ShardId: string;
        readonly SequenceNumber: string;
      };
      put.push({ shard: reply.ShardId, sequence: reply.SequenceNumber, key, data });
    }
    const read = await boto3<Stored>(['read', 'from-node']);
    assert.deepEqual(read, sorted(put));
    assert.ok(new Set(read.map(({ shard }) => shard)).size > 1, 'the keys fall into more than one shard');
    // A sequence number says the place in its shard, not in the stream.
    assert.equal(new Set(read.map(({ shard, sequence }) => `${shard} ${sequence}`)).size, 30);
  });

  it('gives over HTTP the records that boto3 put', async () => {
    const input = Array.from({ length: 10 }, (_, i) => ({ key: `key ${i}`, data: `record ${i}` }));
    const replies = await boto3<Pick<Stored, 'shard' | 'sequence'>>(['put', 'from-python'], input);
    assert.equal(replies.length, 10);
    const put = input.map((record, i) => ({ shard: '', sequence: '', ...replies[i], ...record }));
    const shards = ['shardId-000000000000', 'shardId-000000000001'];
    const read = (await Promise.all(shards.map((shard) => readShard('from-python', shard)))).flat();
    assert.deepEqual(read, sorted(put));
  });

  it('refuses what it does not have, by the name of the exception', async () => {
    await assert.rejects(kinesis.call('DescribeStreamSummary', { StreamName: 'none' }), {
      name: 'KinesisError',
      type: 'ResourceNotFoundException',
    });
  });

  it('tells its version', async () => {
    assert.match(await kinesisService.version(kinesis), /^moto \d+\.\d+\.\d+$/);
  });

  it('stops without a trace', () => traces.stopsWithoutTrace(kinesis));
});
