/** `npm run bench [-- ARGS]`: sets up what is missing, then test/bench/main.ts. */
import { spawnSync } from 'node:child_process';
import {
  buildKernel,
  checkNode,
  checkPython,
  installKernelspec,
  installPackages,
  preparePython,
  ROOT,
} from './setup.mjs';

checkNode();
checkPython();
installPackages();
await buildKernel();
preparePython('lab', 'test', 'bench');
installKernelspec();
const done = spawnSync(process.execPath, ['--import', 'tsx', 'test/bench/main.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exit(done.status ?? 1);
