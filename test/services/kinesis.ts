/**
 * Kinesis for tests: moto's server from .venv on a free port of 127.0.0.1. It speaks Amazon's protocol (JSON over HTTP), keeps
 * everything in memory, and believes any signature.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PYTHON } from '../support/requirements.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const READY_MS_MAX = 60_000;
const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface KinesisStream {
  readonly name: string;
  /** 1 unless told. */
  readonly shards?: number;
}

export interface KinesisOptions {
  /** Made before the start returns, and active. */
  readonly streams?: readonly KinesisStream[];
}

export interface Kinesis extends RunningService {
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof CREDENTIALS;
  /** For programs that use an AWS library: endpoint, region and credentials as they read them from the environment. */
  readonly env: Readonly<Record<string, string>>;
  createStream(stream: KinesisStream): Promise<void>;
  /** One call of the API, such as `PutRecord`. @throws KinesisError with the type that the server gives */
  call(action: string, body: object): Promise<unknown>;
  readonly logFile: string;
}

/** What the server answered instead of a result: `ResourceNotFoundException`. */
export class KinesisError extends Error {
  override readonly name = 'KinesisError';
  readonly type: string;
  constructor(type: string, message: string) {
    super(`${type}: ${message}`);
    this.type = type;
  }
}

export async function startKinesis({ streams = [] }: KinesisOptions = {}): Promise<Kinesis> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = await temporaryFolder('kinesis');
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: REGION,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const server = await startGuarded(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    // It asks no metadata service for credentials, and writes nothing elsewhere.
    env: { ...env, AWS_ENDPOINT_URL: undefined, AWS_EC2_METADATA_DISABLED: 'true', TMPDIR: folder.path },
    cwd: folder.path,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await folder.remove();
  };
  const call = (action: string, body: object): Promise<unknown> => callKinesis(endpoint, action, body);
  const createStream = async ({ name, shards = 1 }: KinesisStream): Promise<void> => {
    await call('CreateStream', { StreamName: name, ShardCount: shards });
    await server.ready(() => isActive(call, name), { timeoutMs: READY_MS_MAX });
  };
  try {
    await server.ready(() => call('ListStreams', {}), { timeoutMs: READY_MS_MAX });
    for (const stream of streams) await createStream(stream);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    env,
    createStream,
    call,
    logFile: server.logFile,
    stop,
  };
}

/** Why Kinesis cannot be started here. */
export function kinesisMissing(): string | undefined {
  const moto = path.join(path.dirname(PYTHON), 'moto_server');
  return existsSync(moto) ? undefined : 'no moto in .venv: run npm run services, which installs it';
}

export const kinesisService: ServiceEntry = {
  name: 'Kinesis (moto)',
  missing: () => Promise.resolve(kinesisMissing()),
  start: () => startKinesis(),
  /** The server itself does not tell: its package does. */
  async version() {
    const program = 'from importlib.metadata import version; print(version("moto"))';
    const { stdout } = await promisify(execFile)(PYTHON, ['-c', program]);
    return `moto ${stdout.trim()}`;
  },
};

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/ */
async function callKinesis(endpoint: string, action: string, body: object): Promise<unknown> {
  const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/kinesis/aws4_request`;
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${action}`,
      // moto takes the service's name and the region from it.
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (reply.ok) return text === '' ? {} : (JSON.parse(text) as unknown);
  throw refusal(reply.status, text);
}

function refusal(status: number, text: string): KinesisError {
  try {
    const { __type: type = String(status), message = text } = JSON.parse(text) as Partial<Record<string, string>>;
    return new KinesisError(type, message);
  } catch {
    return new KinesisError(String(status), text);
  }
}

async function isActive(call: Kinesis['call'], name: string): Promise<void> {
  const { StreamDescriptionSummary: summary } = (await call('DescribeStreamSummary', { StreamName: name })) as {
    readonly StreamDescriptionSummary: { readonly StreamStatus: string };
  };
  if (summary.StreamStatus !== 'ACTIVE') throw new Error(`the stream ${name} is ${summary.StreamStatus}`);
}
