#!/usr/bin/env node
/** Brings the Apache Flume agent that the tests talk to, and prints the folder of its jars. */
import { pathToFileURL } from 'node:url';
import { fetchJars } from './fetch-jars.mjs';

export const FLUME_VERSION = '1.11.0';
/** Writes the agent's log to its standard error. The version is that of Flume's slf4j-api. */
const SLF4J_VERSION = '1.7.32';

/** @returns {Promise<string>} the folder of the jars. @throws Error where Java or Maven is missing or the download fails, saying which */
export function fetchFlume() {
  return fetchJars({
    name: 'flume',
    version: `${FLUME_VERSION}-slf4j-${SLF4J_VERSION}`,
    artifacts: [`org.apache.flume:flume-ng-node:${FLUME_VERSION}`, `org.slf4j:slf4j-simple:${SLF4J_VERSION}`],
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await fetchFlume()}\n`);
}
