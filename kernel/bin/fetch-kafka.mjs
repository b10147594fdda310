#!/usr/bin/env node
/** Brings the Apache Kafka broker that the tests talk to, and prints the folder of its jars. */
import { pathToFileURL } from 'node:url';
import { fetchJars } from './fetch-jars.mjs';

export const KAFKA_VERSION = '3.9.1';
/** Writes the broker's log to its standard error. The version is that of Kafka's slf4j-api. */
const SLF4J_VERSION = '1.7.36';

/** @returns {Promise<string>} the folder of the jars. @throws Error where Java or Maven is missing or the download fails, saying which */
export function fetchKafka() {
  return fetchJars({
    name: 'kafka',
    version: `${KAFKA_VERSION}-slf4j-${SLF4J_VERSION}`,
    artifacts: [`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, `org.slf4j:slf4j-simple:${SLF4J_VERSION}`],
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await fetchKafka()}\n`);
}
