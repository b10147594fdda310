/**
 * The events of `website-traffic`: row n is a function of n, the seed and the start, so that a replay gives the same bytes.
 *
 * `{"timestamp":"2026-01-01T00:00:00.000Z","url":"/shop/…","user":"user000123","status":200,"bytes":5123}`
 *
 * Pages are drawn by Zipf's law; most requests succeed; some events come late by up to `disorderMs`.
 */
export interface EventSettings {
  readonly seed: number;
  readonly startMs: number;
  /** Event time between two rows. */
  readonly msPerRow: number;
  readonly disorderMs: number;
}

/** An upper bound of the JSON's length. */
export const EVENT_BYTES_MAX = 160;
export const USER_BYTES = 10;

const PAGES = [
  '/', '/shop', '/shop/shoes', '/shop/coats', '/shop/hats', '/cart', '/login', '/search', '/shop/socks', '/checkout',
  '/shop/bags', '/about', '/blog', '/shop/watches', '/account', '/blog/spring-sale', '/help', '/shop/gloves',
  '/shop/scarves', '/contact', '/blog/how-we-ship', '/account/orders', '/shop/belts', '/help/returns', '/terms',
  '/shop/umbrellas', '/blog/our-cotton', '/privacy', '/jobs', '/shop/gift-cards', '/press', '/shop/outlet',
]; // prettier-ignore

const STATUSES = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 304, 304, 404, 500];
const USER_COUNT = 100_000;
const DAY_MS = 86_400_000;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const PAGE_BYTES = PAGES.map(encode);
const STATUS_BYTES = STATUSES.map((status) => encode(String(status)));
const PAGE_BY_DRAW = zipfTable(PAGES.length, 4096);
const BEFORE_TIME = encode('{"timestamp":"');
const BEFORE_URL = encode('","url":"');
const BEFORE_USER = encode('","user":"');
const BEFORE_STATUS = encode('","status":');
const BEFORE_BYTES = encode(',"bytes":');

/** Which item each of `draws` equally likely draws stands for: item k in proportion to 1 / (k + 1). */
function zipfTable(items: number, draws: number): Uint8Array {
  const weights = Array.from({ length: items }, (_, k) => 1 / (k + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const table = new Uint8Array(draws);
  let item = 0;
  let reached = weights[0] ?? 0;
  for (let draw = 0; draw < draws; draw++) {
    while (((draw + 0.5) / draws) * total > reached && item < items - 1) reached += weights[++item] ?? 0;
    table[draw] = item;
  }
  return table;
}

/** 32 well mixed bits (murmur3's finaliser) of a row's number, the seed and what is drawn. */
function draw(row: number, seed: number, salt: number): number {
  let hash = Math.imul(row ^ Math.imul(Math.floor(row / 4_294_967_296) ^ seed, 0x9e3779b1), 0x85ebca6b) ^ salt;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** When the row arrives, in event time: without its delay. */
export function arrivalMs(row: number, { startMs, msPerRow }: EventSettings): number {
  return startMs + Math.floor(row * msPerRow);
}

export function eventMs(row: number, settings: EventSettings): number {
  const late = settings.disorderMs === 0 ? 0 : draw(row, settings.seed, 1) % (settings.disorderMs + 1);
  return arrivalMs(row, settings) - late;
}

/** Writes the row's JSON at `at`. @returns where it ends */
export function writeEvent(out: Uint8Array, at: number, row: number, settings: EventSettings): number {
  const bits = draw(row, settings.seed, 2);
  const page = PAGE_BYTES[PAGE_BY_DRAW[bits & 4095] ?? 0] ?? BEFORE_TIME;
  const status = STATUS_BYTES[(bits >>> 12) & 15] ?? BEFORE_TIME;
  let end = put(out, at, BEFORE_TIME);
  end = putTime(out, end, eventMs(row, settings));
  end = put(out, end, BEFORE_URL);
  end = put(out, end, page);
  end = put(out, end, BEFORE_USER);
  end = writeUser(out, end, row, settings);
  end = put(out, end, BEFORE_STATUS);
  end = put(out, end, status);
  end = put(out, end, BEFORE_BYTES);
  end = putNumber(out, end, 200 + (bits >>> 16) * 2);
  out[end] = 0x7d; // }
  return end + 1;
}

/** Writes `user` and six digits. @returns where it ends */
export function writeUser(out: Uint8Array, at: number, row: number, { seed }: EventSettings): number {
  out[at] = 0x75; // u
  out[at + 1] = 0x73; // s
  out[at + 2] = 0x65; // e
  out[at + 3] = 0x72; // r
  return putDigits(out, at + 4, draw(row, seed, 3) % USER_COUNT, 6);
}

function put(out: Uint8Array, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) out[at + index] = bytes[index] ?? 0;
  return at + bytes.length;
}

function putDigits(out: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value;
  for (let index = at + digits - 1; index >= at; index--) {
    out[index] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}

function putNumber(out: Uint8Array, at: number, value: number): number {
  return putDigits(out, at, value, value < 10 ? 1 : Math.floor(Math.log10(value)) + 1);
}

/** `2026-01-01T00:00:00.000Z`. The calendar is Howard Hinnant's `civil_from_days`, for days since 1970 from 0 on. */
function putTime(out: Uint8Array, at: number, ms: number): number {
  const shifted = Math.floor(ms / DAY_MS) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const ofDay = ms - Math.floor(ms / DAY_MS) * DAY_MS;
  putDigits(out, at, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
  out[at + 4] = 0x2d;
  putDigits(out, at + 5, month, 2);
  out[at + 7] = 0x2d;
  putDigits(out, at + 8, dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1, 2);
  out[at + 10] = 0x54; // T
  putDigits(out, at + 11, Math.floor(ofDay / 3_600_000), 2);
  out[at + 13] = 0x3a;
  putDigits(out, at + 14, Math.floor(ofDay / 60_000) % 60, 2);
  out[at + 16] = 0x3a;
  putDigits(out, at + 17, Math.floor(ofDay / 1000) % 60, 2);
  out[at + 19] = 0x2e;
  putDigits(out, at + 20, ofDay % 1000, 3);
  out[at + 23] = 0x5a; // Z
  return at + 24;
}
