import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chromiumService, startChromium, type Chromium } from './chromium.ts';
import { freePort } from './free-port.ts';
import { skipWithoutServices } from './skip.ts';
import { watchTraces, type Traces } from './traces.ts';

const PAGE = `<!doctype html><title>Sum of squares</title><output></output>
<script>document.querySelector('output').textContent = [...Array(101).keys()].reduce((sum, i) => sum + i * i, 0)</script>`;

describe('Chromium', { skip: await skipWithoutServices(chromiumService), timeout: 60_000 }, () => {
  let traces: Traces;
  let chromium: Chromium;
  let site: Server;
  let url: string;

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    site = createServer((_, reply) => void reply.setHeader('content-type', 'text/html').end(PAGE));
    await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve));
    traces = await watchTraces();
    chromium = await startChromium({ width: 640, height: 480 });
  });

  after(async () => {
    site.closeAllConnections();
    site.close();
    await chromium.stop();
    await traces.end();
  });

  it('shows a page from a server, and runs its script', async () => {
    const { page } = chromium;
    await page.goto(url);
    assert.equal(await page.title(), 'Sum of squares');
    assert.equal(await page.locator('output').innerText(), '338350');
  });

  it('has pages of the size asked for', async () => {
    const page = await chromium.newPage();
    assert.deepEqual(await page.evaluate('[innerWidth, innerHeight, devicePixelRatio]'), [640, 480, 2]);
  });

  it('tells its version, the same as in its user agent', async () => {
    const version = await chromiumService.version(chromium);
    assert.match(version, /^(Headless)?Chrome\/\d+\.\d+\.\d+\.\d+$/);
    const [major] = /\d+/.exec(version) ?? [];
    const agent = await chromium.page.evaluate('navigator.userAgent');
    assert.ok(String(agent).includes(`Chrome/${major}.`), String(agent));
  });

  it('stops without a trace', () => traces.stopsWithoutTrace(chromium));
});
