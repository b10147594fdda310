#!/usr/bin/env node
/**
 * Brings the Apache Kafka broker that the tests talk to: its jars, from Maven, into `.cache/kafka/<version>/libs`.
 * Prints the folder. Safe to run again, and by several processes at once: the folder appears complete by one rename.
 */
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const KAFKA_VERSION = '3.9.1';
const DOWNLOAD_MS_MAX = 300_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const kafkaHome = path.join(root, '.cache', 'kafka', KAFKA_VERSION);

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** @returns the folder of the jars. @throws Error where Java or Maven is missing or the download fails, saying which */
export async function fetchKafka() {
  const libs = path.join(kafkaHome, 'libs');
  if (await exists(libs)) return libs;
  await run('java', ['-version']);
  await mkdir(path.dirname(kafkaHome), { recursive: true });
  const work = await mkdtemp(`${kafkaHome}.partial-`);
  try {
    await writeFile(path.join(work, 'pom.xml'), pom);
    await run('mvn', [
      '-q',
      '-B',
      '-f',
      path.join(work, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${path.join(work, 'libs')}`,
      '-DincludeScope=runtime',
    ]);
    const jars = await readdir(path.join(work, 'libs'));
    if (!jars.some((name) => name.startsWith('kafka_2.13-'))) throw new Error('Maven brought no Kafka jar');
    await rename(work, kafkaHome).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return libs;
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await fetchKafka()}\n`);
}
