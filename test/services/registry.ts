/** Every real server that tests and benchmarks use. */
import { chromiumService } from './chromium.ts';
import { codeServerService } from './code-server.ts';
import type { ServiceEntry } from './contract.ts';
import { flumeService } from './flume.ts';
import { jupyterLabService } from './jupyter-lab.ts';
import { kafkaService } from './kafka.ts';
import { kinesisService } from './kinesis.ts';
import { postgresService } from './postgres.ts';
import { sparkConnectService } from './spark-connect.ts';

export const SERVICES: readonly ServiceEntry[] = [
  kafkaService,
  postgresService,
  sparkConnectService,
  jupyterLabService,
  chromiumService,
  flumeService,
  kinesisService,
  codeServerService,
];
