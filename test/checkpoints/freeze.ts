/**
 * Freezes the checkpoints of this release: `node --import tsx test/checkpoints/freeze.ts VERSION`, once per release that
 * changes the format. What is there already is never written again.
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDiskLogStore } from '../../kernel/state/disk-log-store.ts';
import { Check, testStream } from '../support/stream-test.ts';
import { FROZEN_PROGRAMS } from './programs.ts';

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('usage: freeze.ts VERSION');
for (const { name, plan, options, before } of FROZEN_PROGRAMS) {
  const folder = fileURLToPath(new URL(`${version}/${name}`, import.meta.url));
  if (fs.existsSync(folder)) throw new Error(`${folder} is frozen`);
  // The last batch stays without its commit, so that reopening replays it.
  await testStream(plan, { ...options, store: openDiskLogStore(folder) }, [
    ...before,
    Check('stop', ({ query }) => query?.stop()),
  ]);
  const last = Math.max(...fs.readdirSync(`${folder}/commits`).filter((file) => !file.startsWith('.')).map(Number)); // prettier-ignore
  for (const file of [String(last), `.${last}.crc`]) fs.rmSync(`${folder}/commits/${file}`);
}
