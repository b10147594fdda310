/** A certificate for 127.0.0.1, signed by itself. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from './kafka-properties.ts';

const run = promisify(execFile);

/** Needs openssl. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const key = path.join(folder, 'key.pem');
  const chain = path.join(folder, 'chain.pem');
  const keyAndChain = path.join(folder, 'both.pem');
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1';
  await run('openssl', [...request.split(' '), '-keyout', key, '-out', chain]);
  await writeFile(keyAndChain, (await readFile(key, 'utf8')) + (await readFile(chain, 'utf8')));
  return { chain, keyAndChain };
}
