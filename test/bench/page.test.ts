/** The page is what the kept results give; its text is tested on results made up for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { benchmarksPage, PAGE_FILE } from './page.ts';
import {
  arrangeResults,
  mergeResults,
  readResults,
  type ComparisonResult,
  type Results,
  type SectionResult,
} from './results.ts';

const MEASURED: ComparisonResult = {
  name: 'tumbling',
  description: 'rows to windows',
  rounds: 3,
  measures: [
    {
      name: 'time',
      unit: 'ms',
      target: { kind: 'ratio', max: 0.5, peer: 'DuckDB' },
      verdict: 'missed',
      ours: { engine: 'Millrace', spread: { median: 60, min: 50, max: 70 } },
      peers: [{ engine: 'DuckDB', spread: { median: 100, min: 90, max: 120 }, ratio: 0.6 }],
    },
  ],
  notYet: [],
  othersCpu: 0.25,
};

const NOT_YET: ComparisonResult = {
  name: 'session',
  description: 'rows to sessions',
  rounds: 3,
  measures: [
    {
      name: 'time',
      unit: 'ms',
      ours: { engine: 'Millrace' },
      peers: [{ engine: 'DuckDB', spread: { median: 1234, min: 1000, max: 2000 } }],
    },
  ],
  notYet: [{ name: 'Millrace', reason: '[NOT_SUPPORTED] session windows' }],
};

const SECTION: SectionResult = {
  size: 'full',
  machine: { cores: 2, cpu: 'A Processor', memoryGiB: 8, os: 'Debian (Linux 6)', node: '20.20.2' },
  millrace: '0.1.0',
  engines: [
    { name: 'Millrace', version: '0.1.0', settings: 'in this process' },
    { name: 'DuckDB', version: '1.5.6', settings: '2 threads' },
  ],
  missing: [{ name: 'Flink', reason: 'pip cannot bring it' }],
  comparisons: [MEASURED, NOT_YET],
};

const RESULTS: Results = { suites: { batch: { windows: SECTION } } };

describe('the page of benchmarks', () => {
  it('is what the kept results give', { skip: keptNothing() }, () => {
    assert.equal(readFileSync(PAGE_FILE, 'utf8'), benchmarksPage(readResults()));
  });

  it('shows figures, spread, ratio and bound, what is missing, who took part and where', () => {
    const [, section] = benchmarksPage(RESULTS).split('## batch\n\n');
    assert.equal(
      section,
      `### windows

| measured | Millrace | DuckDB | ratio | target |
|---|---|---|---|---|
| tumbling | 60.0 ms (50.0 – 70.0) | 100 ms (90.0 – 120) | 0.60 | ≤ 0.5 × DuckDB: **missed** |
| session | not yet | 1234 ms (1000 – 2000) |  |  |

- *tumbling*: other processes took 25 % of the CPUs meanwhile; not to be trusted.
- *session*: not by Millrace: [NOT_SUPPORTED] session windows
- Flink is missing: pip cannot bring it

- *tumbling*: rows to windows.
- *session*: rows to sessions.

- **Millrace** 0.1.0: in this process.
- **DuckDB** 1.5.6: 2 threads.

Measured with Millrace 0.1.0 on 2 cores of A Processor, 8 GiB, Debian (Linux 6), Node 20.20.2.
`,
    );
  });

  it('says where a figure is of one round', () => {
    const page = (comparisons: readonly ComparisonResult[]): string =>
      benchmarksPage({ suites: { batch: { windows: { ...SECTION, comparisons } } } });
    const once = { ...MEASURED, rounds: 1 };
    assert.match(page([once]), /^- One round was counted\.$/m);
    assert.match(page([once, NOT_YET]), /^- One round was counted of \*tumbling\*\.$/m);
  });

  it('marks a small run', () => {
    const page = benchmarksPage({ suites: { batch: { windows: { ...SECTION, size: 'small' } } } });
    assert.match(page, /its figures mean nothing/);
  });

  it('shows a comparison without figures where the answers differ', () => {
    const failed: ComparisonResult = { ...MEASURED, measures: [], failure: 'DuckDB and Millrace differ in rows' };
    const page = benchmarksPage({ suites: { batch: { windows: { ...SECTION, comparisons: [failed, NOT_YET] } } } });
    assert.ok(page.includes('| tumbling | no time counts |  |  |  |'));
    assert.match(page, /no time counts: DuckDB and Millrace differ in rows/);
  });
});

describe('kept results', () => {
  it('change only in the sections that were measured again', () => {
    const joins: SectionResult = { ...SECTION, millrace: '0.2.0' };
    const kept = mergeResults(RESULTS, { suites: { batch: { joins } } });
    assert.deepEqual(kept, { suites: { batch: { windows: SECTION, joins } } });
    const again = mergeResults(kept, { suites: { batch: { windows: joins } } });
    assert.deepEqual(again, { suites: { batch: { windows: joins, joins } } });
  });

  it('of a full run are not replaced by a small one', () => {
    const small: SectionResult = { ...SECTION, size: 'small' };
    const tried = { suites: { batch: { windows: small } } };
    assert.deepEqual(mergeResults(RESULTS, tried), RESULTS);
    assert.deepEqual(mergeResults(tried, RESULTS), RESULTS);
    assert.deepEqual(mergeResults({ suites: {} }, tried), tried);
  });

  it('stand in the order of the suites, without those that there are no more', () => {
    const section = (name: string) => ({ name, open: () => Promise.reject(new Error('not opened')) });
    const order = [
      { name: 'kernel', sections: [section('start')] },
      { name: 'batch', sections: [section('joins'), section('windows')] },
    ];
    const kept: Results = {
      suites: { batch: { windows: SECTION, gone: SECTION, joins: SECTION }, kernel: { start: SECTION } },
    };
    const { suites } = arrangeResults(kept, order);
    assert.deepEqual(
      Object.entries(suites).map(([name, sections]) => [name, ...Object.keys(sections)]),
      [
        ['kernel', 'start'],
        ['batch', 'joins', 'windows'],
      ],
    );
  });
});

function keptNothing(): string | false {
  return Object.keys(readResults().suites).length === 0 ? 'no results are kept: npm run bench -- --docs' : false;
}
