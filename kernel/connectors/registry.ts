/** The formats of `read`, `readStream`, `write` and `writeStream`, by name. */
import { MillraceError } from '../core/errors.ts';
import type { SinkProvider, SourceProvider } from './contract.ts';
import { fileFormats } from './formats/formats.ts';
import { kafkaSource } from './kafka/source.ts';
import { nearestFormat } from './nearest-format.ts';
import { createConsoleSink, type ShowRows } from './sinks/console.ts';
import { createForeachSink, type ForeachBatch } from './sinks/foreach-batch.ts';
import { createMemorySinks, type MemoryTables } from './sinks/memory.ts';
import { noopSink } from './sinks/noop.ts';
import { createFileSource } from './sources/files.ts';
import { createMemoryStreams, type MemoryStreams } from './sources/memory-stream.ts';
import { rateMicroBatchSource } from './sources/rate-micro-batch.ts';
import { rateSource } from './sources/rate.ts';
import { websiteTrafficSource } from './sources/website-traffic.ts';

/** What sinks need of the world around them. */
export interface ConnectorPorts {
  readonly show: ShowRows;
  /** Takes the console sink's text, to the output of the cell that started the query. */
  readonly print: (text: string) => void;
  readonly foreachBatch: ForeachBatch;
}

export interface Connectors {
  readonly sources: ReadonlyMap<string, SourceProvider>;
  readonly sinks: ReadonlyMap<string, SinkProvider>;
  readonly memoryStreams: MemoryStreams;
  readonly memoryTables: MemoryTables;
  /** @throws DATA_SOURCE_NOT_FOUND naming the nearest format, NOT_SUPPORTED for one that is planned */
  readonly source: (format: string) => SourceProvider;
  /** @throws as `source` */
  readonly sink: (format: string) => SinkProvider;
}

/** Formats that Spark users know and that are not here yet, with what to use meanwhile. */
const PLANNED: ReadonlyMap<string, string> = new Map([
  ['avro', 'Use json, csv or text files.'],
  ['delta', 'Use json, csv or text files.'],
  ['flume', 'Send the events to Kafka or to files, and read those.'],
  ['jdbc', 'Export the table as csv or json files, and read those; write by foreachBatch.'],
  ['kinesis', 'Send the events to Kafka or to files, and read those.'],
  ['orc', 'Use json, csv or text files.'],
  ['parquet', 'Use json, csv or text files.'],
  ['socket', 'Use files, Kafka or a MemoryStream.'],
  ['xml', 'Use json, csv or text files.'],
]);

const PLANNED_SINKS: ReadonlyMap<string, string> = new Map([
  ...['csv', 'json', 'text'].map((format): [string, string] => [format, 'Write the rows yourself by foreachBatch.']),
  ['kafka', 'Send the rows yourself by foreachBatch, with a Kafka client.'],
]);

export function createConnectors({ show, print, foreachBatch }: ConnectorPorts): Connectors {
  const memoryStreams = createMemoryStreams();
  const memorySinks = createMemorySinks();
  const sources = byFormat<SourceProvider>([
    ...[...fileFormats.values()].map(createFileSource),
    kafkaSource,
    memorySinks.source,
    memoryStreams.provider,
    rateMicroBatchSource,
    rateSource,
    websiteTrafficSource,
  ]);
  const sinks = byFormat<SinkProvider>([
    createConsoleSink(show, print),
    createForeachSink('foreach', foreachBatch),
    createForeachSink('foreachBatch', foreachBatch),
    memorySinks.sink,
    noopSink,
  ]);
  return {
    sources,
    sinks,
    memoryStreams: memoryStreams.streams,
    memoryTables: memorySinks.tables,
    source: (format) => find(sources, format, { use: 'reading', planned: PLANNED }),
    sink: (format) => find(sinks, format, { use: 'writing', planned: new Map([...PLANNED, ...PLANNED_SINKS]) }),
  };
}

function byFormat<Provider extends { readonly format: string }>(providers: Provider[]): ReadonlyMap<string, Provider> {
  return new Map(providers.map((provider) => [provider.format, provider]));
}

interface Lookup {
  readonly use: 'reading' | 'writing';
  readonly planned: ReadonlyMap<string, string>;
}

function find<Provider>(known: ReadonlyMap<string, Provider>, format: string, { use, planned }: Lookup): Provider {
  const wanted = [...known.keys()].find((name) => name.toLowerCase() === format.toLowerCase());
  const provider = wanted === undefined ? undefined : known.get(wanted);
  if (provider !== undefined) return provider;
  const remedy = planned.get(format.toLowerCase());
  if (remedy !== undefined)
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${use === 'reading' ? 'Reading' : 'Writing'} the format ${format}`,
      remedy,
    });
  const names = [...known.keys()].sort();
  const nearest = nearestFormat(format, names);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  throw new MillraceError('DATA_SOURCE_NOT_FOUND', {
    format: `${format}${hint}`,
    known: `for ${use} ${names.join(', ')}`,
  });
}
