import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { chromiumService, startChromium } from './chromium.ts';
import { jupyterLabService, startJupyterLab, type JupyterLab } from './jupyter-lab.ts';
import { skipWithoutServices } from './skip.ts';
import { watchTraces, type Traces } from './traces.ts';

const skip = skipWithout(needsBuild) || (await skipWithoutServices(jupyterLabService, chromiumService));

describe('JupyterLab', { skip, timeout: 120_000 }, () => {
  let traces: Traces;
  let lab: JupyterLab;

  before(async () => {
    traces = await watchTraces();
    lab = await startJupyterLab();
  });

  after(async () => {
    await lab.stop();
    await traces.end();
  });

  const api = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${lab.url}/api/${path}`, { ...init, headers: { authorization: `token ${lab.token}` } });

  it('knows the Millrace kernel', async () => {
    const { kernelspecs } = (await (await api('kernelspecs')).json()) as {
      readonly kernelspecs: Readonly<Record<string, { readonly spec: { readonly display_name: string } }>>;
    };
    assert.equal(kernelspecs['millrace']?.spec.display_name, 'Millrace');
  });

  it('answers nobody without its token', async () => {
    assert.equal((await fetch(`${lab.url}/api/kernelspecs`)).status, 403);
  });

  it('shows itself in a browser', async () => {
    const browser = await startChromium();
    try {
      await browser.page.goto(`${lab.url}/lab?token=${lab.token}`);
      await browser.page.locator('.jp-Launcher').waitFor({ timeout: 60_000 });
      assert.equal(await browser.page.title(), 'JupyterLab');
      assert.match(await browser.page.locator('.jp-Launcher').innerText(), /Millrace/);
    } finally {
      await browser.stop();
    }
  });

  it('tells its version', async () => {
    assert.match(await jupyterLabService.version(lab), /^4\.6\./);
  });

  it('stops without a trace, and its kernels too', async () => {
    const started = await api('kernels', { method: 'POST', body: JSON.stringify({ name: 'millrace' }) });
    assert.equal(started.status, 201);
    await traces.stopsWithoutTrace(lab);
  });
});
