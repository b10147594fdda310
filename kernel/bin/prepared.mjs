/** `node kernel/bin/prepared.mjs SCRIPT.ts [ARGS]`: sets up what a fresh clone lacks, then runs one of the project's own programs. */
import { spawn } from 'node:child_process';
import { ALL_GROUPS, ROOT, setUp } from './setup.mjs';

const [script = '', ...args] = process.argv.slice(2);
await setUp(...ALL_GROUPS);
const program = spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: ROOT, stdio: 'inherit' });
// The terminal's Ctrl-C reaches the program itself, which then stops its servers; this process only waits for it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => program.kill('SIGTERM'));
program.on('exit', (code) => process.exit(code ?? 1));
