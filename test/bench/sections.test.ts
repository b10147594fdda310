/** Sections: what is chosen, closed, named as missing, and told when it fails. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TIME, took, type Comparison, type OpenedSection, type Section, type Suite } from './contract.ts';
import { chosenSections, parseSelection, runSection, type RunOptions } from './sections.ts';

const OPTIONS: RunOptions = {
  size: 'small',
  rounds: 1,
  millrace: '0',
  note: () => undefined,
  onResult: () => undefined,
};

function comparison(name: string, rows: readonly [ours: number, peer: number] = [1, 1]): Comparison {
  const contestant = (who: string, found: number) => ({
    engine: { name: who, version: '1', settings: 'none' },
    run: () => Promise.resolve(took(1, { rows: found })),
  });
  const [ours, peer] = [contestant('ours', rows[0]), contestant('peer', rows[1])];
  return { name, description: name, measures: [TIME], rounds: 5, ours, peers: [peer] };
}

function section(name: string, opened: Partial<OpenedSection> = {}): Section {
  return {
    name,
    open: () => Promise.resolve({ comparisons: [], missing: [], close: () => Promise.resolve(), ...opened }),
  };
}

const all = parseSelection('');
const run = (one: Section, only = all, options: Partial<RunOptions> = {}) =>
  runSection({ name: 'suite', sections: [one] }, one, only, { ...OPTIONS, ...options });

describe('a section', () => {
  it('is chosen by suite, section and comparison', async () => {
    const suites: readonly Suite[] = [
      { name: 'kernel', sections: [section('start')] },
      { name: 'batch', sections: [section('windows'), section('joins')] },
    ];
    const chosen = chosenSections(suites, parseSelection('batch/win'));
    assert.deepEqual(
      chosen.map(({ section: { name } }) => name),
      ['windows'],
    );
    const alike = [{ name: 'batch', sections: [section('json'), section('json-window')] }];
    assert.deepEqual(
      ['batch/json', 'batch/j', 'bat'].map((text) => chosenSections(alike, parseSelection(text)).length),
      [1, 2, 2],
    );
    const measured = section('windows', { comparisons: [comparison('q1'), comparison('q2')] });
    const { comparisons } = await run(measured, parseSelection('batch/windows/q2'));
    assert.deepEqual(
      comparisons.map(({ name }) => name),
      ['q2'],
    );
  });

  it('names the peers that are missing', async () => {
    const missing = [{ name: 'Flink', reason: 'no pip' }];
    assert.deepEqual((await run(section('windows', { missing }))).missing, missing);
  });

  it('names each contestant once', async () => {
    const { engines } = await run(section('windows', { comparisons: [comparison('q1'), comparison('q2')] }));
    assert.deepEqual(
      engines.map(({ name }) => name),
      ['ours', 'peer'],
    );
  });

  it('runs as many rounds as were asked for', async () => {
    const { comparisons } = await run(section('windows', { comparisons: [comparison('q1')] }), all, { rounds: 2 });
    assert.equal(comparisons[0]?.rounds, 2);
  });

  it('goes on after a comparison whose answers differ, without its times', async () => {
    const { comparisons } = await run(section('s', { comparisons: [comparison('q1', [1, 2]), comparison('q2')] }));
    const [q1, q2] = comparisons;
    assert.match(q1?.failure ?? '', /peer found rows 2; ours found rows 1/);
    assert.deepEqual(q1?.measures, []);
    assert.equal(q2?.failure, undefined);
  });

  it('is closed, also after a failure', async () => {
    let closed = 0;
    const close = (): Promise<void> => {
      closed++;
      return Promise.resolve();
    };
    await run(section('s', { comparisons: [comparison('q1', [1, 2])], close }));
    const onResult = (): never => {
      throw new Error('the terminal is gone');
    };
    await assert.rejects(run(section('s', { comparisons: [comparison('q1')], close }), all, { onResult }));
    assert.equal(closed, 2);
  });

  it('that cannot be opened says why', async () => {
    const { failure } = await run({ name: 's', open: () => Promise.reject(new Error('no disk')) });
    assert.equal(failure, 'no disk');
  });
});
