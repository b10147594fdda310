/** Headless Chromium, driven by playwright-core over its debugging port on 127.0.0.1, with a profile of its own. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { chromiumPath, needsChromium } from '../support/requirements.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { startGuarded } from './guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const READY_MS_MAX = 30_000;

export interface Chromium extends RunningService {
  /** The first page, open from the start. */
  readonly page: Page;
  /** Another page, with the same size and cookies. */
  newPage(): Promise<Page>;
  readonly logFile: string;
}

export interface ChromiumOptions {
  /** Of the pages, in CSS pixels. A screenshot has twice as many each way. */
  readonly width?: number;
  readonly height?: number;
}

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  // Pages work at full pace though nobody looks at them.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // A container's /dev/shm may be small.
  '--disable-dev-shm-usage',
  // Screenshots are the same everywhere.
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--mute-audio',
  // No key ring of the person who runs the tests.
  '--password-store=basic',
];

export async function startChromium({ width = 1280, height = 900 }: ChromiumOptions = {}): Promise<Chromium> {
  const executable = chromiumPath();
  if (executable === undefined) throw new Error(chromiumMissing());
  const profile = await temporaryFolder('chromium');
  const debugging = ['--remote-debugging-address=127.0.0.1', '--remote-debugging-port=0'];
  const server = await startGuarded(
    executable,
    [...FLAGS, ...debugging, `--user-data-dir=${profile.path}`, 'about:blank'],
    // Its socket goes with its profile, by a relative name: a socket's path holds 107 characters.
    { cwd: profile.path, env: { TMPDIR: '.' } },
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    await profile.remove();
  };
  try {
    const address = await server.ready(() => debuggingAddress(profile.path), { timeoutMs: READY_MS_MAX });
    const browser = await chromium.connectOverCDP(`http://${address}`);
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 2 });
    const page = await context.newPage();
    return {
      address,
      page,
      newPage: () => context.newPage(),
      logFile: server.logFile,
      stop: async () => {
        await browser.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Why Chromium cannot be started here. */
export const chromiumMissing = (): string | undefined => needsChromium();

export const chromiumService: ServiceEntry = {
  name: 'Chromium',
  missing: () => Promise.resolve(chromiumMissing()),
  start: () => startChromium(),
  async version({ address }) {
    const reply = (await (await fetch(`http://${address}/json/version`)).json()) as { readonly Browser: string };
    return reply.Browser;
  },
};

/** Chromium takes a free port by itself, and writes it into its profile. */
async function debuggingAddress(profile: string): Promise<string> {
  const [port = ''] = (await readFile(path.join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
  const address = `127.0.0.1:${port}`;
  const reply = await fetch(`http://${address}/json/version`);
  if (!reply.ok) throw new Error(`${address} answers ${reply.status}`);
  return address;
}
