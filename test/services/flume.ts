/** A real Apache Flume agent for tests: its sources listen on free ports of 127.0.0.1, its data is in a temporary folder. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchFlume } from '../../kernel/bin/fetch-flume.mjs';
import type { RunningService, ServiceEntry } from './contract.ts';
import {
  AGENT,
  flumeConfiguration,
  listeningSources,
  outputFolder,
  type FlumeComponent,
  type FlumeComponents,
} from './flume-configuration.ts';
import { freePorts } from './free-port.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import { javaMissing } from './java.ts';
import { temporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);
const READY_MS_MAX = 60_000;
const CLIENT_MS_MAX = 60_000;
const JVM = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData'];
const LOGGING = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=info', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

export interface FlumeOptions {
  /** By name. Those that listen get a free port. One `netcat` source named `lines` unless told. */
  readonly sources?: FlumeComponents;
  /** By name. Each gets all events. A `file_roll` sink writes to a folder of the agent. One of that kind named `files` unless told. */
  readonly sinks?: FlumeComponents;
  /** What each sink's channel is: in memory unless told. `{ type: 'file' }` outlives a kill. */
  readonly channel?: FlumeComponent;
}

export interface Flume extends RunningService {
  /** The port of a source that listens. */
  port(source: string): number;
  /** What a `file_roll` sink has written so far, all its files in order. */
  written(sink: string): Promise<string>;
  /** Sends each line of the file as an event to an `avro` source, by Flume's own client in a process of its own. */
  sendByAvro(source: string, file: string): Promise<void>;
  /** What the agent has told since it was last started: also the events of `logger` sinks. */
  log(): Promise<string>;
  /** Kills the agent, keeping its files and ports; `resume` starts it again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export async function startFlume({
  sources = { lines: { type: 'netcat' } },
  sinks = { files: { type: 'file_roll' } },
  channel = { type: 'memory', capacity: 10_000, transactionCapacity: 1000 },
}: FlumeOptions = {}): Promise<Flume> {
  const classPath = path.join(await fetchFlume(), '*');
  const folder = await temporaryFolder('flume');
  const listening = listeningSources(sources);
  const numbers = await freePorts(listening.length);
  const ports = new Map(listening.flatMap((name, i) => (numbers[i] === undefined ? [] : [[name, numbers[i]]])));
  const configuration = path.join(folder.path, 'agent.conf');
  await writeFile(configuration, flumeConfiguration({ folder: folder.path, sources, sinks, channel, ports }));
  for (const sink of Object.keys(sinks)) await mkdir(outputFolder(folder.path, sink), { recursive: true });

  const launch = async (): Promise<GuardedProcess> => {
    const program = ['org.apache.flume.node.Application', '-n', AGENT, '-f', configuration, '--no-reload-conf'];
    const options = [...JVM, ...LOGGING, `-Djava.io.tmpdir=${folder.path}`, '-cp', classPath];
    const agent = await startGuarded('java', [...options, ...program], { cwd: folder.path });
    await agent.ready(() => isUp(agent, [...ports.values()]), { timeoutMs: READY_MS_MAX });
    return agent;
  };
  let agent: GuardedProcess;
  try {
    agent = await launch();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  const port = (source: string): number => {
    const found = ports.get(source);
    if (found === undefined) throw new Error(`no source ${source} of this agent listens`);
    return found;
  };
  return {
    address: numbers.map((number) => `127.0.0.1:${number}`).join(','),
    port,
    written: (sink) => readAll(outputFolder(folder.path, sink)),
    async sendByAvro(source, file) {
      const client = ['org.apache.flume.client.avro.AvroCLIClient', '-H', '127.0.0.1', '-p', `${port(source)}`];
      await run('java', [...JVM, '-cp', classPath, ...client, '-F', file], { timeout: CLIENT_MS_MAX });
    },
    log: () => agent.log(),
    pause: () => agent.stop({ graceMs: 0 }),
    resume: async () => {
      agent = await launch();
    },
    stop: async () => {
      await agent.stop();
      await folder.remove();
    },
  };
}

/** Why Flume cannot be started here. Fetches it where it is not there yet. */
export async function flumeMissing(): Promise<string | undefined> {
  const java = await javaMissing();
  if (java !== undefined) return java;
  return fetchFlume().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

export const flumeService: ServiceEntry = {
  name: 'Apache Flume',
  missing: flumeMissing,
  start: () => startFlume(),
  async version() {
    const program = ['-cp', path.join(await fetchFlume(), '*'), 'org.apache.flume.tools.VersionInfo'];
    const { stdout } = await run('java', [...JVM, ...program]);
    return stdout.split('\n')[0] ?? '';
  },
};

/** Flume starts channels, then sinks, then sources; a source that listens is the last thing to come up. */
async function isUp(agent: GuardedProcess, ports: readonly number[]): Promise<void> {
  for (const port of ports) await connects(port);
  if (ports.length === 0 && !/Component type: SOURCE, name: .* started/.test(await agent.log()))
    throw new Error('no source has started');
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

async function readAll(folder: string): Promise<string> {
  // A file's name is the time of its start in ms, then its number: 1795412736973-1
  const names = (await readdir(folder)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('');
}
