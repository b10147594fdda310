/** Nexmark's events: the same for the same seed, in the published proportions, in the promised order, and about things that exist. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  FIRST_AUCTION_ID,
  FIRST_PERSON_ID,
  HOT_GROUP,
  nexmarkEvents,
  type NexmarkKind,
  type NexmarkOptions,
} from './generator.ts';
import { TEST_DATA } from './data.ts';

const { parts: _, ...OPTIONS } = TEST_DATA;
const IN_ORDER: NexmarkOptions = { ...OPTIONS, disorderMs: 0 };

interface Fields {
  readonly dateTime: string;
  readonly expires: string;
  readonly extra: string;
  readonly [id: string]: number | string;
}

interface ReadEvent {
  readonly kind: NexmarkKind;
  readonly timeMs: number;
  readonly fields: Fields;
}

function eventsOf(options: NexmarkOptions): readonly ReadEvent[] {
  return [...nexmarkEvents(options)].map(({ kind, timeMs, json }) => ({
    kind,
    timeMs,
    fields: JSON.parse(json) as Fields,
  }));
}

function linesOf(options: NexmarkOptions): readonly string[] {
  return Array.from(nexmarkEvents(options), ({ kind, json }) => `${kind} ${json}`);
}

const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

const anyOptions = fc.record({
  seed: fc.integer(),
  events: fc.integer({ min: 0, max: 700 }),
  eventsPerSecond: fc.constantFrom(1, 7, 200, 999, 10_000, 3_000_000),
  disorderMs: fc.constantFrom(0, 1, 250, 2000),
  startMs: fc.constantFrom(0, OPTIONS.startMs, OPTIONS.startMs + 1),
});

describe('the same options give the same events', () => {
  it('byte by byte, on every machine: other bytes here need a new DATA_VERSION and new answers', () => {
    assert.equal(digest(linesOf(OPTIONS)), '0332f6d0512efdc197b0a72a1cd3db2078891342b5cb64701239d799ea9161a5');
    assert.equal(
      digest(linesOf({ ...IN_ORDER, events: 3000, seed: 7, eventsPerSecond: 10_000 })),
      'f90be7c2a2baab5c5d3e925a635bda331441dcae469a50e2e95a271e409bbb96',
    );
  });

  it('while another seed gives others', () => {
    assert.notEqual(digest(linesOf({ ...OPTIONS, seed: 2 })), digest(linesOf(OPTIONS)));
  });

  it('and a longer run begins with the shorter one', () => {
    assert.deepEqual(linesOf({ ...IN_ORDER, events: 2000 }).slice(0, 1000), linesOf({ ...IN_ORDER, events: 1000 }));
  });
});

describe('proportions', () => {
  it('are 1 person, 3 auctions and 46 bids of each 50 events', () => {
    const kinds = eventsOf(IN_ORDER).map(({ kind }) => kind);
    const round = ['person', ...Array<string>(3).fill('auction'), ...Array<string>(46).fill('bid')];
    for (let at = 0; at < kinds.length; at += 50) assert.deepEqual(kinds.slice(at, at + 50), round);
  });

  it('of what is hot are those published: half of the bids, three quarters of sellers and bidders, half of the channels', () => {
    const events = eventsOf({ ...IN_ORDER, events: 100_000, eventsPerSecond: 10_000 }).slice(50_000);
    const share = (kind: NexmarkKind, isHot: (fields: Fields) => boolean): number => {
      const all = events.filter((event) => event.kind === kind);
      return all.filter(({ fields }) => isHot(fields)).length / all.length;
    };
    const near = (found: number, wanted: number): void => {
      assert.ok(Math.abs(found - wanted) < 0.02, `${found} is not near ${wanted}`);
    };
    // What is not drawn as hot may be it by chance: one auction of a hundred in flight, ten persons of a thousand.
    near(
      share('bid', ({ auction }) => (Number(auction) - FIRST_AUCTION_ID) % HOT_GROUP === 0),
      0.5 + 0.5 / 101,
    );
    near(
      share('bid', ({ bidder }) => (Number(bidder) - FIRST_PERSON_ID) % HOT_GROUP === 1),
      0.75 + 0.25 / 100,
    );
    near(
      share('auction', ({ seller }) => (Number(seller) - FIRST_PERSON_ID) % HOT_GROUP === 0),
      0.75 + 0.25 / 100,
    );
    near(
      share('bid', ({ channel }) => !String(channel).startsWith('channel-')),
      0.5,
    );
    near(
      share('bid', ({ price }) => Number(price) < 10_000),
      1 / 3,
    );
  });

  it('of bytes are those published, apart from names and times', () => {
    const events = eventsOf(IN_ORDER);
    const average = (kind: NexmarkKind): number => {
      const lengths = events.filter((event) => event.kind === kind).map(({ fields }) => fields.extra.length);
      return lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    };
    assert.ok(Math.abs(average('bid') - 68) < 2, String(average('bid')));
    assert.ok(average('auction') > 350 && average('auction') < 420, String(average('auction')));
    assert.ok(average('person') > 110 && average('person') < 150, String(average('person')));
  });
});

describe('times', () => {
  it('rise without disorder, at the rate, from the start', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const times = eventsOf({ ...options, disorderMs: 0 }).map(({ timeMs }) => timeMs);
        const wanted = times.map((_, i) => options.startMs + Math.floor((i * 1000) / options.eventsPerSecond));
        assert.deepEqual(times, wanted);
      }),
      { numRuns: 10 },
    );
  });

  it('come after later ones by no more than the disorder, which changes the order only', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        let latestMs = -Infinity;
        for (const { timeMs } of nexmarkEvents(options)) {
          latestMs = Math.max(latestMs, timeMs);
          assert.ok(latestMs - timeMs <= options.disorderMs);
        }
        const inOrder = linesOf({ ...options, disorderMs: 0 });
        assert.deepEqual(linesOf(options).toSorted(), inOrder.toSorted());
      }),
      { numRuns: 10 },
    );
  });

  it('are really out of order in the events of the tests, almost as far as they may', () => {
    let latestMs = 0;
    const late = eventsOf(OPTIONS).map(({ timeMs }) => {
      latestMs = Math.max(latestMs, timeMs);
      return latestMs - timeMs;
    });
    assert.ok(late.filter((ms) => ms > 0).length > OPTIONS.events / 2);
    assert.ok(Math.max(...late) > 0.95 * OPTIONS.disorderMs);
  });

  it('stand in the rows as they are, and an auction ends after it began', () => {
    for (const { kind, timeMs, fields } of eventsOf(OPTIONS)) {
      assert.equal(fields.dateTime, new Date(timeMs).toISOString());
      if (kind === 'auction') assert.ok(Date.parse(fields.expires) > timeMs);
    }
  });
});

describe('ids', () => {
  it('count persons and auctions, and every other id is of one that came before', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        let [persons, auctions] = [FIRST_PERSON_ID, FIRST_AUCTION_ID];
        const isPerson = (id: unknown): boolean => Number(id) >= FIRST_PERSON_ID && Number(id) < persons;
        for (const { kind, fields } of eventsOf({ ...options, disorderMs: 0 })) {
          if (kind === 'person') assert.equal(fields['id'], persons++);
          else if (kind === 'auction') {
            assert.equal(fields['id'], auctions++);
            assert.ok(isPerson(fields['seller']));
          } else {
            assert.ok(isPerson(fields['bidder']));
            assert.ok(Number(fields['auction']) >= FIRST_AUCTION_ID && Number(fields['auction']) < auctions);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
