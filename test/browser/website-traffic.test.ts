/** The first notebook in JupyterLab in a browser: Run All, and the numbers in the output cell change. Keeps the README's screenshot. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startChromium, type Chromium } from '../services/chromium.ts';
import { startJupyterLab, type JupyterLab } from '../services/jupyter-lab.ts';
import { needsBuild, needsChromium, needsPython, ROOT, skipWithout } from '../support/requirements.ts';

/** MILLRACE_SCREENSHOT=docs/website-traffic.png stores the README's picture; otherwise it goes to the temporary folder. */
const SCREENSHOT = process.env['MILLRACE_SCREENSHOT'];

describe(
  'the website-traffic notebook',
  { skip: skipWithout(needsPython, needsBuild, needsChromium), timeout: 180_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-browser-'));
    let lab: JupyterLab;
    let browser: Chromium;

    before(async () => {
      cpSync(join(ROOT, 'notebooks'), folder, { recursive: true, filter: (path) => !path.includes('.checkpoints') });
      lab = await startJupyterLab({ folder });
      browser = await startChromium({ width: 1280, height: 1000 });
    });

    after(async () => {
      await browser.stop();
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('grows in its output cell after Run All', async () => {
      const { page } = browser;
      await page.goto(`${lab.url}/lab/tree/01-website-traffic.ipynb?token=${lab.token}`);
      await page.locator('.jp-Notebook .jp-Cell').first().waitFor({ timeout: 60_000 });
      // Before the kernel has answered, Run All asks which kernel is meant.
      await page.getByText('Millrace | Idle').waitFor({ timeout: 60_000 });
      await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
      await page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
      const view = page.locator('.jp-OutputArea-output', { hasText: 'running' }).filter({ hasText: 'traffic' }).first();
      await view.waitFor({ state: 'attached', timeout: 60_000 });
      await view.locator('table').first().waitFor({ state: 'attached', timeout: 30_000 });
      await view.scrollIntoViewIfNeeded();
      const seen = new Set<string>();
      for (let i = 0; i < 40 && seen.size < 3; i++) {
        seen.add((await view.locator('table').first().innerText()).trim());
        await page.waitForTimeout(250);
      }
      assert.ok(seen.size >= 3, `the table changes in place, seen ${seen.size} different ones`);
      const errors = await page
        .locator(
          '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]',
        )
        .allInnerTexts();
      assert.deepEqual(errors, []);
      const file = SCREENSHOT === undefined ? join(folder, 'screenshot.png') : join(ROOT, SCREENSHOT);
      mkdirSync(join(file, '..'), { recursive: true });
      await page
        .locator('.jp-Cell', { hasText: 'const traffic' })
        .first()
        .evaluate((cell: { scrollIntoView(how: object): void }) => cell.scrollIntoView({ block: 'start' }));
      await page.screenshot({ path: file });
    });
  },
);
