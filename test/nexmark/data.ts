/**
 * Nexmark's events as files of JSON lines, made once into `.cache/nexmark/`:
 *
 *   person/part-00.json …   auction/…   bid/…      each part holds what arrives in the same span of all events
 *   closed/<kind>/…                                the same files and one more, with an event an hour after the last: it
 *                                                  moves the watermark past all windows, so that a stream gives all its rows
 *   side_input/side_input.csv                      query 13's table: key,value
 *
 * Times of modification follow the parts' order, since streams read files in it.
 */
import { closeSync, existsSync, linkSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ROOT } from '../support/requirements.ts';
import { NEXMARK_KINDS, nexmarkEvents, type NexmarkKind, type NexmarkOptions } from './generator.ts';

/** Other events under the same options would be taken for these: raise it with any change of what is written. */
const DATA_VERSION = 1;
const BUFFER_CHARS = 1 << 20;
const SIDE_INPUT_ROWS = 10_000;
const CLOSING_MS = 3_600_000;

export interface NexmarkDataOptions extends NexmarkOptions {
  /** Files of each kind. */
  readonly parts: number;
}

/** What the expected answers are for: a hundred seconds around midnight, in which auctions last up to 17 s and windows 10 s. */
export const TEST_DATA: NexmarkDataOptions = {
  seed: 1,
  events: 20_000,
  eventsPerSecond: 200,
  disorderMs: 2000,
  startMs: Date.UTC(2026, 6, 31, 23, 59, 10),
  parts: 8,
};

/** Makes the files where they are not there yet. @returns their folder */
export async function nexmarkData(options: NexmarkDataOptions): Promise<string> {
  const { events, eventsPerSecond, disorderMs, seed, startMs, parts } = options;
  const name = `e${events}-r${eventsPerSecond}-d${disorderMs}-s${seed}-t${startMs}-p${parts}`;
  const folder = join(ROOT, '.cache', 'nexmark', `v${DATA_VERSION}`, name);
  if (!existsSync(folder)) await writeNexmarkData(folder, options);
  return folder;
}

/** The folder appears complete by one rename. Where another process was faster, its files stay. @throws Error where it cannot be made */
export async function writeNexmarkData(folder: string, options: NexmarkDataOptions): Promise<void> {
  await mkdir(dirname(resolve(folder)), { recursive: true });
  const partial = await mkdtemp(`${resolve(folder)}.partial-`);
  try {
    for (const kind of NEXMARK_KINDS) {
      mkdirSync(join(partial, kind));
      mkdirSync(join(partial, 'closed', kind), { recursive: true });
    }
    writeEvents(partial, options);
    writeClosing(partial, options);
    const rows = Array.from({ length: SIDE_INPUT_ROWS }, (_, i) => `${i},${i}\n`);
    mkdirSync(join(partial, 'side_input'));
    writeFileSync(join(partial, 'side_input', 'side_input.csv'), rows.join(''));
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function writeEvents(folder: string, options: NexmarkDataOptions): void {
  const { events, parts } = options;
  let part = 0;
  let number = 0;
  let writers = openPart(folder, part);
  for (const { kind, json } of nexmarkEvents(options)) {
    const due = Math.floor((number++ * parts) / events);
    while (part < due) {
      closePart(folder, part++, writers);
      writers = openPart(folder, part);
    }
    writers[kind].write(`${json}\n`);
  }
  closePart(folder, part, writers);
}

type Part = Readonly<Record<NexmarkKind, LineWriter>>;

function openPart(folder: string, part: number): Part {
  const open = (kind: NexmarkKind): LineWriter => new LineWriter(join(folder, kind, partName(part)));
  return { person: open('person'), auction: open('auction'), bid: open('bid') };
}

function closePart(folder: string, part: number, writers: Part): void {
  for (const kind of NEXMARK_KINDS) {
    const file = join(folder, kind, partName(part));
    writers[kind].close();
    setOrder(file, part);
    linkSync(file, join(folder, 'closed', kind, partName(part)));
  }
}

/** One event of each kind that belongs to none of the others: its windows stay open, so that it is in no answer. */
function writeClosing(folder: string, { startMs, events, eventsPerSecond, parts }: NexmarkDataOptions): void {
  const dateTime = new Date(startMs + (events * 1000) / eventsPerSecond + CLOSING_MS).toISOString();
  const texts = { name: '', emailAddress: '', creditCard: '', city: '', state: '' };
  const closing = {
    person: { id: -1, ...texts, dateTime, extra: '' },
    auction: {
      ...{ id: -1, itemName: '', description: '', initialBid: 0, reserve: 0, dateTime, expires: dateTime },
      ...{ seller: -2, category: 0, extra: '' },
    },
    bid: { auction: -2, bidder: -2, price: 0, channel: '', url: '', dateTime, extra: '' },
  };
  for (const kind of NEXMARK_KINDS) {
    const file = join(folder, 'closed', kind, partName(parts));
    writeFileSync(file, `${JSON.stringify(closing[kind])}\n`);
    setOrder(file, parts);
  }
}

function partName(part: number): string {
  return `part-${String(part).padStart(2, '0')}.json`;
}

function setOrder(file: string, part: number): void {
  const seconds = Date.UTC(2026, 0, 1) / 1000 + part;
  utimesSync(file, seconds, seconds);
}

/** Collects lines into large writes. */
class LineWriter {
  readonly #file: number;
  #pending: string[] = [];
  #chars = 0;

  constructor(file: string) {
    this.#file = openSync(file, 'w');
  }

  write(line: string): void {
    this.#pending.push(line);
    this.#chars += line.length;
    if (this.#chars >= BUFFER_CHARS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending.join(''));
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    this.#pending = [];
    this.#chars = 0;
  }
}
