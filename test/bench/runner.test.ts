/** The harness itself, with contestants whose times and answers are known: what it must catch, it catches. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { FASTEST, NotYet, TIME, took, type Answer, type Comparison, type Contestant } from './contract.ts';
import { compare, DifferentAnswers } from './runner.ts';
import { comparisonLines } from './report.ts';
import { timed } from './statistics.ts';

interface FakeOptions {
  /** One for each run; the last one again after that. */
  readonly times?: readonly number[];
  readonly answer?: Answer;
  /** Where each run leaves its name. */
  readonly log?: string[];
}

function fake(name: string, { times = [1], answer = { rows: 3 }, log }: FakeOptions = {}): Contestant {
  let runs = 0;
  return {
    engine: { name, version: '1', settings: 'none' },
    run: () => {
      log?.push(name);
      return Promise.resolve(took(times[Math.min(runs++, times.length - 1)] ?? 0, answer));
    },
  };
}

/** Computes so much, whatever else the machine does: how long that takes is measured. */
function busy(name: string, work: number): Contestant {
  return {
    engine: { name, version: '1', settings: 'a loop' },
    run: async () => {
      const { ms, value } = await timed(() => {
        let hash = 1;
        for (let i = 0; i < work * 100_000; i++) hash = Math.imul(hash ^ i, 16_777_619);
        return Promise.resolve(hash);
      });
      return { figures: { time: ms, hash: value } };
    },
  };
}

function comparison(ours: Contestant, peers: readonly Contestant[], more: Partial<Comparison> = {}): Comparison {
  return { name: 'test', description: 'a test', measures: [TIME], rounds: 3, ours, peers, ...more };
}

function ratioBound(max: number, peer: string): Pick<Comparison, 'measures'> {
  return { measures: [{ ...TIME, target: { kind: 'ratio', max, peer } }] };
}

describe('taking turns', () => {
  it('begins each round with another contestant', async () => {
    const log: string[] = [];
    await compare(comparison(fake('a', { log }), [fake('b', { log }), fake('c', { log })]));
    assert.equal(log.join(''), 'abc' + 'bca' + 'cab' + 'abc');
  });

  it('does not count the first round', async () => {
    const result = await compare(comparison(fake('a', { times: [1000, 5, 7, 6] }), []));
    assert.deepEqual(result.measures[0]?.ours.spread, { median: 6, min: 5, max: 7 });
  });

  it('gives the mean of the two middle rounds of an even number', async () => {
    const result = await compare(comparison(fake('a', { times: [1000, 4, 8, 6, 100] }), [], { rounds: 4 }));
    assert.deepEqual(result.measures[0]?.ours.spread, { median: 7, min: 4, max: 100 });
  });
});

describe('a slow contestant', () => {
  it('shows in the ratio, and misses the bound', async () => {
    const result = await compare(comparison(busy('slow', 300), [busy('quick', 5)], ratioBound(1, 'quick')));
    const [measure] = result.measures;
    assert.ok((measure?.peers[0]?.ratio ?? 0) > 3, `ours/peer is ${measure?.peers[0]?.ratio}`);
    assert.equal(measure?.verdict, 'missed');
    assert.match(comparisonLines('suite', result).join('\n'), /≤ 1 × quick: MISSED/);
  });

  it('as a peer makes the ratio small, and the bound is met', async () => {
    const result = await compare(comparison(busy('quick', 5), [busy('slow', 300)], ratioBound(0.5, 'slow')));
    assert.equal(result.measures[0]?.verdict, 'met');
  });

  it('misses a bound on the figure', async () => {
    const measures = [{ ...TIME, target: { kind: 'figure', max: 20 } as const }];
    const slow = await compare(comparison(fake('a', { times: [0, 21] }), [], { measures }));
    const quick = await compare(comparison(fake('a', { times: [99, 20] }), [], { measures }));
    assert.deepEqual([slow.measures[0]?.verdict, quick.measures[0]?.verdict], ['missed', 'met']);
  });

  it('does not hide the quickest peer', async () => {
    const peers = [fake('slow', { times: [100] }), fake('quick', { times: [10] })];
    const result = await compare(comparison(fake('a', { times: [20] }), peers, ratioBound(1, FASTEST)));
    assert.equal(result.measures[0]?.verdict, 'missed');
  });
});

describe('a comparison that takes long', () => {
  it('begins no round after its time, and says how many it counted', async () => {
    const slow: Contestant = { ...fake('slow'), run: () => delay(30).then(() => took(30, { rows: 3 })) };
    const { rounds } = await compare(comparison(slow, [fake('b')], { rounds: 50 }), { msMax: 100 });
    assert.ok(rounds >= 1 && rounds <= 4, `${rounds} rounds`);
  });

  it('counts one round even so', async () => {
    const result = await compare(comparison(fake('a'), [fake('b')], { rounds: 50 }), { msMax: 0 });
    assert.equal(result.rounds, 1);
    assert.ok(result.measures[0]?.ours.spread !== undefined);
  });
});

describe('answers', () => {
  it('that differ stop the comparison, and both are shown', async () => {
    const [a, b] = [fake('a', { answer: { rows: 3, sum: 5 } }), fake('b', { answer: { rows: 3, sum: 6 } })];
    await assert.rejects(compare(comparison(a, [b])), (error) => {
      assert.ok(error instanceof DifferentAnswers);
      assert.equal(error.message, 'b and a differ in sum: b found rows 3, sum 6; a found rows 3, sum 5');
      return true;
    });
  });

  it('are compared in every round', async () => {
    let runs = 0;
    const fickle: Contestant = {
      engine: { name: 'fickle', version: '1', settings: 'none' },
      run: () => Promise.resolve(took(1, { rows: runs++ < 2 ? 3 : 4 })),
    };
    await assert.rejects(compare(comparison(fake('a'), [fickle])), DifferentAnswers);
  });

  it('of two peers are compared where we have none', async () => {
    const ours: Contestant = { ...fake('ours'), run: () => Promise.reject(new NotYet('[UNSUPPORTED] median')) };
    const peers = [fake('b', { answer: { sum: 5 } }), fake('c', { answer: { sum: 6 } })];
    await assert.rejects(compare(comparison(ours, peers)), DifferentAnswers);
  });

  it('may differ in the last digits of a sum, and in nothing else', async () => {
    const sum = fake('a', { answer: { sum: 1e9, name: 'x' } });
    await compare(comparison(sum, [fake('b', { answer: { sum: 1e9 + 1, name: 'x' } })]));
    await assert.rejects(compare(comparison(sum, [fake('b', { answer: { sum: 1e9 + 1e4, name: 'x' } })])));
    await assert.rejects(compare(comparison(sum, [fake('b', { answer: { sum: 1e9 } })])));
  });
});

describe('rounding', () => {
  it('that a comparison allows is no difference, more is one', async () => {
    const peers = [fake('b', { answer: { mean: 0.102407 } })];
    const ours = fake('a', { answer: { mean: 0.1024065 } });
    await compare(comparison(ours, peers, { rounding: 1e-5 }));
    await assert.rejects(compare(comparison(ours, peers)), DifferentAnswers);
    await assert.rejects(compare(comparison(ours, peers, { rounding: 1e-8 })), DifferentAnswers);
  });
});

describe('what cannot run', () => {
  it('is named with its reason, and the others are measured', async () => {
    const ours: Contestant = { ...fake('ours'), run: () => Promise.reject(new NotYet('[UNSUPPORTED] median')) };
    const result = await compare(comparison(ours, [fake('b', { times: [9, 5] })], ratioBound(1, 'b')));
    assert.deepEqual(result.notYet, [{ name: 'ours', reason: '[UNSUPPORTED] median' }]);
    assert.equal(result.measures[0]?.peers[0]?.spread?.median, 5);
    assert.equal(result.measures[0].verdict, 'unjudged');
    assert.match(comparisonLines('suite', result).join('\n'), /ours: \[UNSUPPORTED\] median/);
  });

  it('and fails otherwise ends the comparison, with the name of who failed', async () => {
    const broken: Contestant = { ...fake('broken'), run: () => Promise.reject(new Error('out of memory')) };
    await assert.rejects(compare(comparison(fake('a'), [broken])), /broken failed: out of memory/);
  });
});
