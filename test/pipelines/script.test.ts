/** `millrace run FILE.ts`, the file outside the repository: imports, parameters, errors, streams, signals. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { createFolder } from './support.ts';

/** Counts the rows of a built-in source into a checkpoint; what it says begins once a batch is committed. */
const STREAM = `
import { SparkSession } from 'millrace';
const spark = SparkSession.builder.getOrCreate();
const query = spark.readStream.format('rate').option('rowsPerSecond', 1000).load()
  .groupBy().count()
  .writeStream.outputMode('complete').format('memory').queryName('counted')
  .option('checkpointLocation', 'checkpoint').start();
while (query.lastProgress === null) await new Promise((resolve) => setTimeout(resolve, 10));
console.log('first', query.lastProgress.batchId);
`;

describe('TypeScript programs', { skip: skipWithout(needsBuild), timeout: 90_000 }, () => {
  const folder = createFolder();
  after(() => folder.remove());

  it('import the running package, files and npm packages beside them, and await at the top level', async () => {
    folder.write({
      'program.ts': `
        import { SparkSession, col, parameters } from 'millrace';
        import * as again from 'millrace';
        import { twice } from './lib/twice.ts';
        import settings from './lib/settings.json';
        import greeting from 'greeter';
        import { readFile } from 'node:fs/promises';
        interface Wanted { readonly low: number }
        const wanted = parameters as unknown as Wanted;
        const spark = SparkSession.builder.appName('program').getOrCreate();
        const n: bigint | number = await spark.range(10).filter(col('id').gt(wanted.low)).count();
        const text = await readFile(new URL('./lib/settings.json', import.meta.url), 'utf8');
        console.log(twice(Number(n)), settings.a, greeting, again.col === col, text.trim(), JSON.stringify(parameters));`,
      'lib/twice.ts': `import { sum } from './sum.js';\nexport const twice = (x: number): number => sum(x, x);`,
      'lib/sum.ts': `export const sum = (a: number, b: number): number => a + b;`,
      'lib/settings.json': '{"a": 7}\n',
      'node_modules/greeter/package.json': '{"name":"greeter","version":"1.0.0","main":"main.js"}',
      'node_modules/greeter/main.js': `module.exports = 'hello';`,
    });
    const ran = await folder.run(['run', folder.file('program.ts'), '-p', 'low=4', '-p', 'day=2026-01-01'], {
      cwd: '/',
    });
    assert.deepEqual(ran, {
      code: 0,
      stdout: '10 7 hello true {"a": 7} {"low":4,"day":"2026-01-01"}\n',
      stderr: '',
    });
  });

  it('show an uncaught error with the lines of the program, and nothing of ours', async () => {
    folder.write({
      'column.ts': `import { SparkSession } from 'millrace';\n\ninterface Unused { a: number }\nconst spark = SparkSession.builder.getOrCreate();\nspark.range(3).select('nope');\nconsole.log('not reached');`,
      'thrown.ts': `function fail(): never {\n  throw new TypeError('boom');\n}\nfail();`,
      'late.ts': `setTimeout(() => {\n  throw new Error('late');\n}, 5);\nsetTimeout(() => console.log('not reached'), 60_000);`,
      'rejected.ts': `void Promise.reject(new Error('left alone'));\nsetTimeout(() => console.log('not reached'), 60_000);`,
    });
    const column = await folder.run(['run', 'column.ts']);
    assert.equal(column.code, 1);
    assert.equal(column.stdout, '');
    assert.match(column.stderr, /^\[UNRESOLVED_COLUMN\] [^\n]*`nope`[^\n]*\n {4}at [^\n]*column\.ts:5:16\)?\n$/);
    const thrown = await folder.run(['run', 'thrown.ts']);
    assert.equal(thrown.code, 1);
    assert.match(thrown.stderr, /^TypeError: boom\n {4}at fail \(.*thrown\.ts:2:9\)\n {4}at .*thrown\.ts:4:1\)?\n$/);
    const late = await folder.run(['run', 'late.ts']);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /^Error: late\n {4}at .*late\.ts:2:9\)\n$/);
    const rejected = await folder.run(['run', 'rejected.ts']);
    assert.equal(rejected.code, 1);
    assert.match(rejected.stderr, /^Error: left alone\n/);
  });

  it('name the file and the place of a syntax error, and the package that is missing', async () => {
    folder.write({
      'syntax.ts': 'const a: number = ;\n',
      'missing.ts': `import x from 'no-such-package';\nconsole.log(x);`,
    });
    const syntax = await folder.run(['run', 'syntax.ts']);
    assert.equal(syntax.code, 1);
    assert.match(syntax.stderr, /syntax\.ts[^]*:1:19\]/);
    assert.doesNotMatch(syntax.stderr, /\n\s+at /);
    const missing = await folder.run(['run', 'missing.ts']);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /Cannot find package 'no-such-package' imported from .*missing\.ts/);
  });

  it('end when nothing is left to do, with the exit code they chose', async () => {
    folder.write({
      'timer.ts': `setTimeout(() => console.log('later'), 20);\nprocess.exitCode = 4;`,
      'never.ts': `await new Promise(() => undefined);`,
    });
    const timer = await folder.run(['run', 'timer.ts']);
    assert.deepEqual(timer, { code: 4, stdout: 'later\n', stderr: '' });
    const never = await folder.run(['run', 'never.ts']);
    assert.equal(never.code, 13);
    assert.match(never.stderr, /awaits something that never happens/);
  });

  for (const [name, rest] of [
    ['left running', ''],
    ['awaited by the program', 'await query.awaitTermination();'],
  ] as const) {
    it(`SIGTERM stops streams ${name} after their batch, and they go on from their checkpoint`, async () => {
      const own = createFolder({ 'stream.ts': `${STREAM}${rest}` });
      const stopped = await own.run(['run', 'stream.ts'], {
        onOutput: { text: 'first', then: (kill) => kill('SIGTERM') },
      });
      assert.equal(stopped.stderr, '');
      assert.equal(stopped.code, 0);
      assert.match(stopped.stdout, /^first \d+\n$/);
      const batches = readdirSync(own.file('checkpoint/commits')).filter((file) => /^\d+$/.test(file));
      const planned = readdirSync(own.file('checkpoint/offsets')).filter((file) => /^\d+$/.test(file));
      assert.deepEqual(batches, planned, 'every batch that was begun is committed');
      const again = await own.run(['run', 'stream.ts'], {
        onOutput: { text: 'first', then: (kill) => kill('SIGTERM') },
      });
      assert.equal(again.code, 0);
      assert.ok(Number(/first (\d+)/.exec(again.stdout)?.[1]) >= batches.length, again.stdout);
      own.remove();
    });
  }

  it('fail where a stream fails', async () => {
    folder.write({
      'failing.ts': `
import { SparkSession } from 'millrace';
const spark = SparkSession.builder.getOrCreate();
spark.readStream.format('rate').option('rowsPerSecond', 1000).load()
  .writeStream.foreachBatch(() => { throw new Error('the sink is full'); }).start();`,
    });
    const { code, stdout, stderr } = await folder.run(['run', 'failing.ts']);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /the sink is full/);
  });

  it('a signal before any stream has started ends the program with its code', async () => {
    folder.write({ 'waiting.ts': `console.log('waiting');\nsetInterval(() => undefined, 1000);` });
    const { code } = await folder.run(['run', 'waiting.ts'], {
      onOutput: { text: 'waiting', then: (kill) => kill('SIGTERM') },
    });
    assert.equal(code, 143);
    assert.equal(existsSync(folder.file('checkpoint')), false);
    assert.match(readFileSync(folder.file('waiting.ts'), 'utf8'), /waiting/);
  });
});
