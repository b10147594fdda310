/**
 * Nexmark's events: people who open auctions, and bids on these, as JSON objects. Deterministic in its options.
 *
 * Proportions, ratios, sizes and value lists are those of the generator of Nexmark for Flink (github.com/nexmark/nexmark,
 * nexmark-flink/…/generator, 2025), which follow Apache Beam's. Four things differ, on purpose:
 *   - ids that do not exist yet are not drawn (there up to 10 ahead), so that every bid finds its auction and its bidder;
 *   - a bidder is a person's id as in Beam (Flink's adds the first id twice, so that bidders and persons meet by chance only);
 *   - disorder is a delay of the event's arrival, not of its time: the same events come, in another order;
 *   - event time begins at a given moment, and random numbers have a seed.
 */
import { createIsoTimes } from './iso-times.ts';
import { createRandom, createTextPool, randomText, type Random, type TextPool } from './random.ts';

export type NexmarkKind = 'person' | 'auction' | 'bid';
export const NEXMARK_KINDS: readonly NexmarkKind[] = ['person', 'auction', 'bid'];

export interface NexmarkOptions {
  readonly seed: number;
  readonly events: number;
  /** Of event time. */
  readonly eventsPerSecond: number;
  /** An event arrives up to so much after its time. */
  readonly disorderMs: number;
  /** Time of the first event, since the epoch. */
  readonly startMs: number;
}

export interface NexmarkEvent {
  readonly kind: NexmarkKind;
  readonly timeMs: number;
  /** One line of JSON. */
  readonly json: string;
}

/** Of 50 events in a row, the first is a person, the next three are auctions, the others bids. */
export const PROPORTION: Readonly<Record<NexmarkKind, number>> = { person: 1, auction: 3, bid: 46 };
const ROUND = PROPORTION.person + PROPORTION.auction + PROPORTION.bid;

export const FIRST_PERSON_ID = 1000;
export const FIRST_AUCTION_ID = 1000;
const FIRST_CATEGORY_ID = 10;
const CATEGORIES = 5;

/** All but one in so many draws is for what is hot: the first auction and seller, the second bidder of the latest hundred. */
export const HOT_RATIO = { auction: 2, seller: 4, bidder: 4, channel: 2 } as const;
export const HOT_GROUP = 100;
const AUCTIONS_IN_FLIGHT = 100;
const PEOPLE_ACTIVE = 1000;
/** Average sizes, to which `extra` fills an event up: a fifth more or less. */
const BYTES = { person: 200, auction: 500, bid: 100 } as const;
const BYTES_PER_NUMBER = 8;

const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = [
  ...['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland'],
  ...['Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'],
];
const FIRST_NAMES = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'];
const LAST_NAMES = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];
const HOT_CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple'];
const CHANNELS = 10_000;
/** All but one in so many channels have their id in the URL. */
const CHANNEL_ID_RATIO = 10;

/** In the order of arrival. */
export function* nexmarkEvents(options: NexmarkOptions): Generator<NexmarkEvent> {
  const draw = createDraw(options);
  for (const number of arrivals(options)) yield eventAt(number, options, draw);
}

interface Draw {
  /** Begun anew for each event. */
  readonly random: Random;
  readonly pool: TextPool;
  readonly iso: (ms: number) => string;
  readonly channels: readonly Channel[];
  readonly hotUrls: readonly string[];
  /** How long it takes until a hundred further auctions are open: the average length of one. */
  readonly horizonMs: number;
}

interface Channel {
  readonly name: string;
  readonly url: string;
}

function createDraw({ seed, eventsPerSecond }: NexmarkOptions): Draw {
  const random = createRandom(seed);
  return {
    random,
    pool: createTextPool(random),
    iso: createIsoTimes(),
    channels: Array.from({ length: CHANNELS }, (_, i) => channel(random, i)),
    hotUrls: HOT_CHANNELS.map(() => baseUrl(random)),
    horizonMs: Math.floor((AUCTIONS_IN_FLIGHT * ROUND * 1000) / PROPORTION.auction / eventsPerSecond),
  };
}

/** Depends on nothing but its number and the options, so that events can be made in any order. */
function eventAt(number: number, options: NexmarkOptions, draw: Draw): NexmarkEvent {
  draw.random.restart(number);
  const timeMs = timeOf(number, options);
  const lastPerson = Math.floor(number / ROUND);
  const turn = number % ROUND;
  if (turn < PROPORTION.person) return { kind: 'person', timeMs, json: person(draw, lastPerson, timeMs) };
  const newAuction = turn - PROPORTION.person;
  const lastAuction = lastPerson * PROPORTION.auction + Math.min(newAuction, PROPORTION.auction - 1);
  return newAuction < PROPORTION.auction
    ? { kind: 'auction', timeMs, json: auction(draw, { id: lastAuction, lastPerson }, timeMs) }
    : { kind: 'bid', timeMs, json: bid(draw, { lastAuction, lastPerson }, timeMs) };
}

function timeOf(number: number, { startMs, eventsPerSecond }: NexmarkOptions): number {
  return startMs + Math.floor((number * 1000) / eventsPerSecond);
}

function person({ random, pool, iso }: Draw, id: number, timeMs: number): string {
  const name = `${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`;
  const emailAddress = `${randomText(random, 7)}@${randomText(random, 5)}.com`;
  const creditCard = Array.from({ length: 4 }, () => String(random.below(10_000)).padStart(4, '0')).join(' ');
  const [city, state] = [pick(random, CITIES), pick(random, STATES)];
  const size = BYTES_PER_NUMBER + name.length + emailAddress.length + creditCard.length + city.length + state.length;
  const extra = filling(random, pool, BYTES.person - size);
  return (
    `{"id":${FIRST_PERSON_ID + id},"name":"${name}","emailAddress":"${emailAddress}","creditCard":"${creditCard}",` +
    `"city":"${city}","state":"${state}","dateTime":"${iso(timeMs)}","extra":"${extra}"}`
  );
}

function auction(draw: Draw, { id, lastPerson }: { id: number; lastPerson: number }, timeMs: number): string {
  const { random, pool, iso, horizonMs } = draw;
  const isHot = random.below(HOT_RATIO.seller) > 0;
  const seller = isHot ? hotId(lastPerson, 0) : anyPerson(random, lastPerson);
  const category = FIRST_CATEGORY_ID + random.below(CATEGORIES);
  const initialBid = price(random);
  const expiresMs = timeMs + 1 + random.below(Math.max(2 * horizonMs, 1));
  const [itemName, description] = [randomText(random, 20), randomText(random, 100)];
  const reserve = initialBid + price(random);
  const extra = filling(random, pool, BYTES.auction - 6 * BYTES_PER_NUMBER - itemName.length - description.length);
  return (
    `{"id":${FIRST_AUCTION_ID + id},"itemName":"${itemName}","description":"${description}","initialBid":${initialBid},` +
    `"reserve":${reserve},"dateTime":"${iso(timeMs)}","expires":"${iso(expiresMs)}","seller":${FIRST_PERSON_ID + seller},` +
    `"category":${category},"extra":"${extra}"}`
  );
}

function bid(draw: Draw, last: { lastAuction: number; lastPerson: number }, timeMs: number): string {
  const { random, pool, iso, channels, hotUrls } = draw;
  const { lastAuction, lastPerson } = last;
  const isHotAuction = random.below(HOT_RATIO.auction) > 0;
  const on = isHotAuction ? hotId(lastAuction, 0) : anyAuction(random, lastAuction);
  const isHotBidder = random.below(HOT_RATIO.bidder) > 0;
  const bidder = isHotBidder ? hotId(lastPerson, 1) : anyPerson(random, lastPerson);
  const amount = price(random);
  const isHotChannel = random.below(HOT_RATIO.channel) > 0;
  const place = random.below(isHotChannel ? HOT_CHANNELS.length : CHANNELS);
  const name = isHotChannel ? HOT_CHANNELS[place] : channels[place]?.name;
  const url = isHotChannel ? hotUrls[place] : channels[place]?.url;
  const extra = filling(random, pool, BYTES.bid - 4 * BYTES_PER_NUMBER);
  return (
    `{"auction":${FIRST_AUCTION_ID + on},"bidder":${FIRST_PERSON_ID + bidder},"price":${amount},"channel":"${name ?? ''}",` +
    `"url":"${url ?? ''}","dateTime":"${iso(timeMs)}","extra":"${extra}"}`
  );
}

/** The one at `position` in the latest group of a hundred, or the last where the group has not come so far. */
function hotId(last: number, position: number): number {
  return Math.min(Math.floor(last / HOT_GROUP) * HOT_GROUP + position, last);
}

function anyPerson(random: Random, last: number): number {
  return last - random.below(Math.min(last + 1, PEOPLE_ACTIVE));
}

/** One of those that are likely to be open still. */
function anyAuction(random: Random, last: number): number {
  return last - random.below(Math.min(last, AUCTIONS_IN_FLIGHT) + 1);
}

/** In cents, from 1 to a million of the currency; each power of ten as likely as the others. */
function price(random: Random): number {
  return Math.round(10 ** (random.next() * 6) * 100);
}

function filling(random: Random, pool: TextPool, bytes: number): string {
  const spread = Math.round(bytes * 0.2);
  return pool.slice(random, Math.max(0, bytes - spread + random.below(Math.max(1, 2 * spread))));
}

function channel(random: Random, index: number): Channel {
  const url = baseUrl(random);
  const id = random.below(CHANNEL_ID_RATIO) > 0 ? `&channel_id=${Math.abs(reversedBits(index))}` : '';
  return { name: `channel-${index}`, url: `${url}${id}` };
}

function baseUrl(random: Random): string {
  const folders = Array.from({ length: 3 }, () => randomText(random, 5, '_'));
  return `https://www.nexmark.com/${folders.join('/')}/item.htm?query=1`;
}

function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed;
}

function pick(random: Random, values: readonly string[]): string {
  return values[random.below(values.length)] ?? '';
}

/**
 * The events' numbers as they arrive: each 0 to `disorderMs` after its time, those of one millisecond in their order. So no event
 * comes after one whose time is more than `disorderMs` later.
 */
function* arrivals(options: NexmarkOptions): Generator<number> {
  const { events, disorderMs, startMs } = options;
  // Of its own: disorder changes nothing but the order.
  const random = createRandom(~options.seed);
  /** What arrives in a millisecond, at its index modulo the length. */
  const arriving: number[][] = Array.from({ length: disorderMs + 1 }, () => []);
  const at = (ms: number): number[] => arriving[(ms - startMs) % arriving.length] ?? [];
  let nowMs = startMs;
  for (let number = 0; number < events; number++) {
    const timeMs = timeOf(number, options);
    for (; nowMs < timeMs; nowMs++) yield* at(nowMs).splice(0);
    at(timeMs + random.below(disorderMs + 1)).push(number);
  }
  for (let i = 0; i < arriving.length; i++) yield* at(nowMs + i).splice(0);
}
