/** The file that says what a Flume agent is made of. Each sink has a channel of its own, and every source feeds them all. */
import path from 'node:path';

export const AGENT = 'agent';

type Properties = Readonly<Record<string, string | number>>;

/** Properties of a source, a channel or a sink, as in Flume's user guide, such as `{ type: 'netcat', 'max-line-length': 4096 }`. */
export interface FlumeComponent {
  readonly type: string;
  readonly [property: string]: string | number;
}

export type FlumeComponents = Readonly<Record<string, FlumeComponent>>;

export interface FlumeLayout {
  /** Of the agent's data: the files of file channels and of `file_roll` sinks. */
  readonly folder: string;
  readonly sources: FlumeComponents;
  readonly sinks: FlumeComponents;
  readonly channel: FlumeComponent;
  /** By source. */
  readonly ports: ReadonlyMap<string, number>;
}

/** Sources that listen on a port. */
const LISTENING = new Set(['avro', 'http', 'netcat', 'syslogtcp', 'thrift']);

export function listeningSources(sources: FlumeComponents): readonly string[] {
  return Object.entries(sources)
    .filter(([, { type }]) => LISTENING.has(type))
    .map(([name]) => name);
}

/** Where the files of a `file_roll` sink are, unless its own properties say otherwise. */
export const outputFolder = (folder: string, sink: string): string => path.join(folder, 'output', sink);

export function flumeConfiguration(layout: FlumeLayout): string {
  const { folder, sources, sinks, channel, ports } = layout;
  const channelOf = (sink: string): string => `for-${sink}`;
  const channels = Object.keys(sinks).map(channelOf).join(' ');
  const lines = [
    `sources = ${Object.keys(sources).join(' ')}`,
    `channels = ${channels}`,
    `sinks = ${Object.keys(sinks).join(' ')}`,
  ];
  for (const [name, source] of Object.entries(sources)) {
    const port = ports.get(name);
    const listen: Properties = port === undefined ? {} : { bind: '127.0.0.1', port };
    lines.push(...linesOf(`sources.${name}`, { ...listen, ...source, channels }));
  }
  for (const [name, sink] of Object.entries(sinks)) {
    const files = sink.type === 'file_roll' ? rolling(outputFolder(folder, name)) : {};
    lines.push(...linesOf(`sinks.${name}`, { ...files, ...sink, channel: channelOf(name) }));
    const kept = channel.type === 'file' ? channelFolders(path.join(folder, 'channels', name)) : {};
    lines.push(...linesOf(`channels.${channelOf(name)}`, { ...kept, ...channel }));
  }
  return lines.map((line) => `${AGENT}.${line}\n`).join('');
}

/** One file for as long as the agent runs. */
const rolling = (folder: string): Properties => ({
  'sink.directory': folder,
  'sink.rollInterval': 0,
});

const channelFolders = (folder: string): Properties => ({
  checkpointDir: path.join(folder, 'checkpoint'),
  dataDirs: path.join(folder, 'data'),
});

function linesOf(prefix: string, properties: Properties): readonly string[] {
  return Object.entries(properties).map(([name, value]) => `${prefix}.${name} = ${value}`);
}
