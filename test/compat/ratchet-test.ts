/** The test of a suite in CI: what is recorded as passing passes, and the record tells the cases that there are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { moduleOf, readRecord, type SuiteName } from './files.ts';
import { countsAgree, judge } from './ratchet.ts';
import { runSuite } from './run-suite.ts';

export function testRatchet(suite: SuiteName): void {
  test(`${suite}: what passed passes`, { skip: skipWithout(needsBuild) }, async (context) => {
    const before = readRecord()[suite];
    assert.ok(before !== undefined, `test/compat.json lacks ${suite}: npm run compat -- ${suite}`);
    const verdict = judge(before, await runSuite(moduleOf(suite)));
    const { lost, gone, won } = verdict;
    const differences = lost.map(({ id, place, difference = '' }) => `${id} (${place})\n${difference}`);
    assert.ok(lost.length === 0, `${lost.length} no longer pass:\n${differences.join('\n\n')}`);
    assert.deepEqual(gone, [], 'recorded cases that are there no longer: run npm run compat');
    assert.ok(countsAgree(before, verdict), `test/compat.json has other counts: run npm run compat -- ${suite}`);
    if (won.length > 0) context.diagnostic(`${won.length} pass that are not recorded: npm run compat -- ${suite}`);
  });
}
