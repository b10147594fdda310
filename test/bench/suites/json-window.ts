/** JSON lines in a file → from_json → one-minute windows → count by url, by all over the same file. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchPeers } from '../batch/peers.ts';
import { questionComparison } from '../batch/engine.ts';
import { millraceBatch } from '../batch/millrace.ts';
import type { Question } from '../batch/questions.ts';
import type { Section, Size } from '../contract.ts';

const ROWS: Readonly<Record<Size, number>> = { small: 20_000, full: 2_000_000 };
const SCHEMA = 'timestamp TIMESTAMP, url STRING, user STRING';

export const jsonWindow: Section = {
  name: 'json-window',
  async open(context) {
    const rows = ROWS[context.size];
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const file = join(folder, 'events.ndjson');
    context.note(`writing ${rows} lines`);
    await writeEvents(file, rows);
    const ours = await millraceBatch();
    const { peers, missing } = await batchPeers();
    return {
      comparisons: [
        questionComparison(question(file, rows), ours, peers, {
          target: { kind: 'ratio', max: 0.5, peer: 'DuckDB' },
          rounds: 5,
        }),
      ],
      missing,
      close: async () => {
        for (const engine of [ours, ...peers]) await engine.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

function question(file: string, rows: number): Question {
  return {
    name: 'json-window',
    title: `${rows} lines of JSON, 1-minute window count by url`,
    description:
      'lines of 109 bytes in a file in the system’s cache; Millrace and Spark parse them by `from_json`, DuckDB by `read_json` with the columns given, Polars by `scan_ndjson` with the schema given',
    setUp: [`CREATE OR REPLACE TEMPORARY VIEW lines (value STRING) USING text OPTIONS (path '${file}')`],
    sql: `SELECT count(*) AS groups, sum(n) AS n FROM (
            SELECT count(*) AS n FROM (SELECT from_json(value, '${SCHEMA}') AS data FROM lines) AS parsed
            GROUP BY window(data.timestamp, '1 minute'), data.url) AS g`,
    duckdb: `SELECT count(*) AS groups, sum(n) AS n FROM (
               SELECT count(*) AS n FROM read_json('${file}', format = 'newline_delimited',
                 columns = {timestamp: 'TIMESTAMP', url: 'VARCHAR', user: 'VARCHAR'})
               GROUP BY time_bucket(INTERVAL 1 minute, timestamp), url)`,
    argument: file,
  };
}

/** One hour of event time, 1,000 urls by a power law, 109 bytes a line on average. */
async function writeEvents(file: string, rows: number): Promise<void> {
  const urls = Array.from(
    { length: 1000 },
    (_, i) => `/shop/category-${i % 37}/item/${i * 7919}${i % 3 === 0 ? '' : '?ref=home'}`,
  );
  const out = createWriteStream(file);
  const start = Date.UTC(2024, 0, 1);
  let lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    const u = ((Math.imul(i, 2654435761) >>> 0) + 1) / 4294967297;
    const url = urls[Math.min(999, Math.floor(20 * (1 / u - 1)))] ?? '';
    const user = String((Math.imul(i, 40503) >>> 0) % 100_000).padStart(6, '0');
    const time = new Date(start + Math.floor(i / 556) * 1000).toISOString().replace('.000', '');
    lines.push(`{"timestamp":"${time}","url":"${url}","user":"user${user}"}`);
    if (lines.length === 20_000) {
      if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
      lines = [];
    }
  }
  out.end(lines.length > 0 ? `${lines.join('\n')}\n` : '');
  await once(out, 'close');
}
