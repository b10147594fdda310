/**
 * `npm run services [-- [--check | --keep] [NAME…]]`: starts each real server that tests use, one after another, and says how long
 * it took, or why it cannot be started here and what to install. `--check` only looks. `--keep` leaves the named ones running, says
 * where they listen, and stops them at Ctrl-C or at the end of the standard input. With CI=true a missing one is a failure.
 */
import { once } from 'node:events';
import { commandLine } from '../support/command-line.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { SERVICES } from './registry.ts';
import { choose, exitStatus, find, lineOf, type Finding, type FindOptions } from './survey.ts';

async function report(entries: readonly ServiceEntry[], options: FindOptions): Promise<readonly Finding[]> {
  const nameChars = Math.max(...entries.map(({ name }) => name.length));
  const findings: Finding[] = [];
  for (const entry of entries) {
    const finding = await find(entry, options);
    findings.push(finding);
    console.log(lineOf(entry.name, finding, nameChars));
  }
  return findings;
}

async function keep(entries: readonly ServiceEntry[]): Promise<void> {
  const running: RunningService[] = [];
  try {
    for (const entry of entries) {
      const reason = await entry.missing();
      if (reason !== undefined) throw new Error(`${entry.name}: ${reason}`);
      const service = await entry.start();
      running.push(service);
      console.log(`${entry.name} ${await entry.version(service)} listens on ${service.address}`);
    }
    console.log('Ctrl-C ends it.');
    process.stdin.resume();
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process.stdin, 'end')]);
  } finally {
    await Promise.all(running.map((service) => service.stop()));
    process.stdin.destroy();
  }
}

async function main(): Promise<number> {
  const options = { check: { type: 'boolean' }, keep: { type: 'boolean' } } as const;
  const { values, positionals } = commandLine({ options, allowPositionals: true });
  const entries = choose(SERVICES, positionals);
  if (values.keep === true) {
    if (positionals.length === 0)
      throw new Error('Name what to keep running, such as: npm run services -- --keep kafka');
    await keep(entries);
    return 0;
  }
  const findings = await report(entries, { how: values.check === true ? 'check' : 'start' });
  return exitStatus(findings, { ci: process.env['CI'] === 'true' });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
