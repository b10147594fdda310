/** A sample of the streaming cases in the built package, one of each kind; `npm run compat` runs all of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { suite } from './suite.ts';

const SAMPLE = [
  'windows/window-tumbling-append',
  'windows/window-tumbling-update',
  'windows/window-tumbling-complete',
  'windows/window-sliding-append',
  'aggregates/aggregate-without-keys-in-update',
  'aggregates/aggregate-first-last-min-max-avg',
  'late-rows/late-null-time-as-the-key',
  'deduplication/dedup-by-key-keeps-its-state',
  'deduplication/dedup-by-key-and-time-forgets',
  'deduplication/dedup-within-watermark',
  'deduplication/dedup-distinct-in-append',
  'watermarks/watermark-of-two-inputs-is-the-lower',
  'watermarks/watermark-of-two-inputs-is-the-higher-by-policy',
  'chained/chain-aggregate-of-an-aggregate',
  'output-modes/mode-complete-sorts-and-limits',
  'static-joins/static-join-inner',
];

const opened = await suite.open();
after(() => opened.close());

for (const id of SAMPLE) {
  test(id, async () => {
    const found = opened.cases.find((one) => one.id === id);
    assert.ok(found !== undefined, `there is no case ${id}`);
    assert.equal(await found.run(), undefined);
  });
}
