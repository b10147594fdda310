import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../support/requirements.ts';
import { postgresMissingIn, postgresService, startPostgres, type PostgresService } from './postgres.ts';
import { skipWithoutServices } from './skip.ts';

const run = promisify(execFile);
const skip = await skipWithoutServices(postgresService);
const withPostgres = skip === false ? { timeout: 60_000 } : { skip };

let postgres: PostgresService;
before(async () => {
  if (skip === false) postgres = await startPostgres();
});
after(async () => {
  if (skip === false) await postgres.stop();
});

/** By another client than node's. */
async function psql(sql: string): Promise<string> {
  const { stdout } = await run(postgres.psql, [postgres.url, '--no-psqlrc', '--tuples-only', '--no-align', '-c', sql]);
  return stdout.trim();
}

test('a row written by pg is read by psql', withPostgres, async () => {
  const client = await postgres.connect();
  await client.query('CREATE TABLE clicks (page text, hits bigint)');
  await client.query('INSERT INTO clicks VALUES ($1, $2)', ['/ä', '9007199254740993']);
  await client.end();
  assert.equal(await psql('SELECT page, hits FROM clicks'), '/ä|9007199254740993');
});

test('what was committed is still there after it was killed, and what was not is not', withPostgres, async () => {
  const client = await postgres.connect();
  await client.query('CREATE TABLE kept (id int)');
  await client.query('INSERT INTO kept SELECT generate_series(1, 1000)');
  await client.query('BEGIN');
  await client.query('INSERT INTO kept VALUES (-1)');
  await postgres.pause();
  await assert.rejects(client.query('COMMIT'));
  await assert.rejects(postgres.connect(), { code: 'ECONNREFUSED' });
  await postgres.resume();
  assert.equal(await psql('SELECT count(*), min(id) FROM kept'), '1000|1');
});

test('it says its version', withPostgres, async () => {
  assert.match(await postgresService.version(postgres), /^\d+\.\d+$/);
});

test('stop leaves neither server nor data', withPostgres, async () => {
  const another = await startPostgres();
  const client = await another.connect();
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const folder = rows[0]?.data_directory ?? '';
  assert.ok(existsSync(folder));
  await another.stop();
  assert.equal(existsSync(folder), false);
  await assert.rejects(another.connect(), { code: 'ECONNREFUSED' });
});

test('npm run services keeps one running until its input ends', withPostgres, async () => {
  const program = spawn(process.execPath, ['--import', 'tsx', 'test/services/main.ts', '--keep', 'postgresql'], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(program, 'exit');
  const lines: readonly unknown[] = await once(createInterface(program.stdout), 'line');
  const [, address = ''] = /^PostgreSQL \d+\.\d+ listens on (127\.0\.0\.1:\d+)$/.exec(String(lines[0])) ?? [];
  assert.match(await postgresService.version({ address, stop: () => Promise.resolve() }), /^\d+/);
  program.stdin.end();
  assert.deepEqual(await exit, [0, null]);
  await assert.rejects(postgresService.version({ address, stop: () => Promise.resolve() }), { code: 'ECONNREFUSED' });
});

test('a missing PostgreSQL is named with what to install', () => {
  assert.equal(postgresMissingIn('/nonexistent'), 'no PostgreSQL in /nonexistent: install the package postgresql');
});
