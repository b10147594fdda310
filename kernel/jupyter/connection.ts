/** The connection file that Jupyter writes before it starts a kernel: addresses of the five sockets and the signing key. */
import { MillraceError } from '../core/errors.ts';

export const CHANNELS = ['shell', 'control', 'stdin', 'iopub', 'hb'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  /** A host for tcp, a path prefix for ipc. */
  readonly ip: string;
  readonly ports: Readonly<Record<Channel, number>>;
  /** Empty: messages are not signed. */
  readonly key: string;
  /** Node's name of the hash under the HMAC, `sha256` by default. */
  readonly hash: string;
}

/** @throws CONNECTION_FILE_INVALID */
export function parseConnection(text: string, file: string): ConnectionInfo {
  const fail = (problem: string): never => {
    throw new MillraceError('CONNECTION_FILE_INVALID', { file, problem });
  };
  const fields = readObject(text) ?? fail('it holds no JSON object');
  const port = (channel: Channel): number => {
    const value = fields[`${channel}_port`];
    return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536
      ? value
      : fail(`${channel}_port is ${JSON.stringify(value)}, not a port number`);
  };
  const transport = fields['transport'] ?? 'tcp';
  if (transport !== 'tcp' && transport !== 'ipc')
    return fail(`transport is ${JSON.stringify(transport)}, neither tcp nor ipc`);
  const ip = fields['ip'] ?? '127.0.0.1';
  if (typeof ip !== 'string' || ip === '') return fail('ip is not a text');
  const key = fields['key'] ?? '';
  if (typeof key !== 'string') return fail('key is not a text');
  const scheme = fields['signature_scheme'] ?? 'hmac-sha256';
  if (typeof scheme !== 'string' || !/^hmac-[\w-]+$/.test(scheme))
    return fail('signature_scheme is not of the form hmac-HASH');
  return {
    transport,
    ip,
    ports: {
      shell: port('shell'),
      control: port('control'),
      stdin: port('stdin'),
      iopub: port('iopub'),
      hb: port('hb'),
    },
    key,
    hash: scheme.slice('hmac-'.length),
  };
}

/** What zeromq binds or connects to. */
export function endpoint(connection: ConnectionInfo, channel: Channel): string {
  const separator = connection.transport === 'tcp' ? ':' : '-';
  return `${connection.transport}://${connection.ip}${separator}${connection.ports[channel]}`;
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
