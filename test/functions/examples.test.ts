import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { FUNCTIONS, functionNames, lookupFunction } from '../../kernel/functions/registry.ts';
import { createEvaluate } from '../support/evaluate.ts';

let evaluate: Awaited<ReturnType<typeof createEvaluate>>;
before(async () => {
  evaluate = await createEvaluate();
});

describe('the examples of every scalar function hold', () => {
  for (const entry of FUNCTIONS) {
    if (entry.kind !== 'scalar') continue;
    for (const { sql, result } of entry.examples) {
      it(sql, () => {
        assert.deepEqual(evaluate(sql), [result]);
      });
    }
  }
});

describe('the registry', () => {
  it('has no name twice', () => {
    const names = FUNCTIONS.flatMap((entry) => [entry.name, ...entry.aliases]);
    assert.equal(new Set(names).size, names.length);
    assert.equal(functionNames().length, names.length);
  });

  it('finds names without regard to case', () => {
    assert.equal(lookupFunction('UPPER')?.name, 'upper');
    assert.equal(lookupFunction('Mean')?.name, 'avg');
    assert.equal(lookupFunction('nope'), undefined);
  });

  it('describes every function, and shows an example of every deterministic one', () => {
    for (const entry of FUNCTIONS) {
      assert.ok(entry.summary.endsWith('.'), `${entry.name}: ${entry.summary}`);
      if (entry.kind === 'scalar' && entry.volatility === 'immutable') assert.ok(entry.examples.length > 0, entry.name);
    }
  });
});
