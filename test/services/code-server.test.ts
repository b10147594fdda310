import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromiumService, startChromium, type Chromium } from './chromium.ts';
import { codeServerService, startCodeServer, type CodeServer } from './code-server.ts';
import { skipWithoutServices } from './skip.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
import { watchTraces, type Traces } from './traces.ts';

const PAGE_MS_MAX = 90_000;

/** Reads a file of the folder by the editor's own interface, and shows what it made of it. */
const EXTENSION = `
const vscode = require('vscode');
exports.activate = async () => {
  const [folder] = vscode.workspace.workspaceFolders;
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, 'numbers.json'));
  const sum = JSON.parse(Buffer.from(bytes).toString()).reduce((a, b) => a + b, 0);
  const item = vscode.window.createStatusBarItem('sum', vscode.StatusBarAlignment.Left);
  item.text = 'The sum is ' + sum;
  item.show();
};`;

const MANIFEST = {
  publisher: 'millrace',
  name: 'sum',
  version: '1.0.0',
  engines: { vscode: '^1.80.0' },
  main: './extension.js',
  activationEvents: ['onStartupFinished'],
};

function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const skip = await skipWithoutServices(codeServerService, chromiumService);

describe('code-server', { skip, timeout: 240_000 }, () => {
  let own: TemporaryFolder;
  let browser: Chromium;
  let traces: Traces;
  let server: CodeServer;

  before(async () => {
    own = await temporaryFolder('code-server-test');
    const [folder, extension] = ['water-mill', 'extension'].map((name) => path.join(own.path, name));
    assert.ok(folder !== undefined && extension !== undefined);
    writeFiles(folder, { 'greeting.txt': 'hello there', 'numbers.json': [3, 5, 34] });
    writeFiles(extension, { 'package.json': MANIFEST, 'extension.js': EXTENSION });
    browser = await startChromium();
    traces = await watchTraces();
    server = await startCodeServer({ folder, extensions: [extension] });
    await browser.page.goto(server.url);
  });

  after(async () => {
    await browser.stop();
    await own.remove();
    await server.stop();
    await traces.end();
  });

  it('shows the folder and its files', async () => {
    const { page } = browser;
    const rows = page.locator('.explorer-folders-view .monaco-list-row');
    await rows.nth(1).waitFor({ timeout: PAGE_MS_MAX });
    assert.deepEqual(await rows.allInnerTexts(), ['greeting.txt', 'numbers.json']);
    assert.match(await page.title(), /\bwater-mill\b.*code-server$/);
  });

  it('opens a file', async () => {
    const { page } = browser;
    await page.locator('.explorer-folders-view').getByText('greeting.txt').dblclick();
    const editor = page.locator('.editor-instance .view-line');
    await editor.waitFor({ timeout: PAGE_MS_MAX });
    assert.match(await editor.innerText(), /^hello\sthere$/);
    assert.match(await page.title(), /^greeting\.txt\b.*water-mill/);
  });

  it('runs an extension of our own', async () => {
    await browser.page.getByText('The sum is 42').waitFor({ timeout: PAGE_MS_MAX });
  });

  it('tells its version', async () => {
    assert.match(await codeServerService.version(server), /^4\.\d+\.\d+$/);
  });

  it('stops without a trace, also while a page is open', () => traces.stopsWithoutTrace(server));
});
