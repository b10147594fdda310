/** JSON lines in a file → from_json → one-minute windows → count by url, against DuckDB over the same file. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '../duckdb.ts';
import { timed, type Suite } from '../runner.ts';
import { millrace } from '../subject.ts';

const ROWS = 2_000_000;
const SCHEMA = 'timestamp TIMESTAMP, url STRING, user STRING';

export const jsonWindow: Suite = {
  name: 'json-window',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const file = join(folder, 'events.ndjson');
    await writeEvents(file);
    const { spark, functions } = await millrace();
    const { col, from_json, window } = functions;
    const duck = await openDuckDb();
    const summary = (rows: readonly (readonly [number | bigint, number | bigint])[]): string =>
      rows.map(([groups, events]) => `${groups} groups, ${events} events`).join();
    return {
      comparisons: [
        {
          name: `${ROWS / 1e6} M JSON lines of 109 B, 1-minute window count by url`,
          description:
            'spark.read.text(file).select(from_json(value)) against DuckDB read_json with the same columns, 2 threads each, warm file cache',
          target: 'ratio <= 0.5',
          rounds: 5,
          ours: {
            name: 'millrace',
            run: async () => {
              const counts = spark.read
                .text(file)
                .select(from_json(col('value'), SCHEMA).as('data'))
                .select('data.*')
                .groupBy(window(col('timestamp'), '1 minute'), col('url'))
                .count();
              const { ms, value } = await timed(() =>
                counts.selectExpr('count(*) AS groups', 'sum(count) AS events').collect(),
              );
              return { ms, answer: summary(value.map((row) => [row['groups'] as bigint, row['events'] as bigint])) };
            },
          },
          peers: [
            {
              name: 'duckdb',
              run: async () => {
                const { ms, value } = await timed(() =>
                  duck.query(
                    `SELECT count(*), sum(n) FROM (SELECT time_bucket(INTERVAL 1 minute, timestamp) w, url, count(*) n
                     FROM read_json('${file}', format='newline_delimited', columns={timestamp: 'TIMESTAMP', url: 'VARCHAR', user: 'VARCHAR'}) GROUP BY ALL)`,
                  ),
                );
                return {
                  ms,
                  answer: summary(value.map(([groups = '', events = '']) => [BigInt(groups), BigInt(events)])),
                };
              },
            },
          ],
        },
      ],
      close: async () => {
        duck.close();
        await spark.stop();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

/** One hour of event time, 1,000 urls by a power law, 109 bytes a line on average. */
async function writeEvents(file: string): Promise<void> {
  const urls = Array.from(
    { length: 1000 },
    (_, i) => `/shop/category-${i % 37}/item/${i * 7919}${i % 3 === 0 ? '' : '?ref=home'}`,
  );
  const out = createWriteStream(file);
  const start = Date.UTC(2024, 0, 1);
  let lines: string[] = [];
  for (let i = 0; i < ROWS; i++) {
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
