/**
 * Jars from Maven into `.cache/<name>/<version>/libs`. Safe to run again, and by several processes at once: the folder appears
 * complete by one rename.
 */
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DOWNLOAD_MS_MAX = 300_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {{ name: string, version: string, artifacts: readonly string[], alone?: boolean }} wanted artifacts as
 *   `group:name:version`; `alone`: without what they depend on
 * @returns {Promise<string>} the folder of the jars
 * @throws Error where Java or Maven is missing or the download fails, saying which
 */
export async function fetchJars({ name, version, artifacts, alone = false }) {
  const home = path.join(root, '.cache', name, version);
  const libs = path.join(home, 'libs');
  if (await exists(libs)) return libs;
  await run('java', ['-version']);
  await mkdir(path.dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}.partial-`);
  try {
    const pom = path.join(work, 'pom.xml');
    await writeFile(pom, pomOf(name, artifacts, alone));
    const goal = [
      'dependency:copy-dependencies',
      `-DoutputDirectory=${path.join(work, 'libs')}`,
      '-DincludeScope=runtime',
    ];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal]);
    const jars = await readdir(path.join(work, 'libs'));
    for (const [, artifact] of artifacts.map((each) => each.split(':'))) {
      if (!jars.some((jar) => jar.startsWith(`${artifact}-`))) throw new Error(`Maven brought no jar of ${artifact}`);
    }
    await rename(work, home).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return libs;
}

function pomOf(name, artifacts, alone) {
  const exclusions = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
  const dependencies = artifacts.map((each) => {
    const [group, artifact, version] = each.split(':');
    const tags = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
    return `    <dependency>${tags}${alone ? exclusions : ''}</dependency>\n`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>${name}-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('')}  </dependencies>
</project>
`;
}

async function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: DOWNLOAD_MS_MAX });
    let tail = '';
    const keep = (chunk) => (tail = (tail + chunk).slice(-2000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (cause) => reject(new Error(`${command} cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed (${signal ?? code}):\n${tail}`));
    });
  });
}
