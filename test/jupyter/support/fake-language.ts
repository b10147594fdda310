/** A language worker for tests: completes to the code of all cells it was told. */
import { parentPort } from 'node:worker_threads';
import { present } from '../../../kernel/core/assert.ts';
import type { LanguageService } from '../../../kernel/session/contract.ts';
import { serveLanguage } from '../../../kernel/session/language-protocol.ts';

const cells: string[] = [];
const tables: string[] = [];

const service: LanguageService = {
  complete(code, cursor) {
    if (code === 'die') process.exit(3);
    if (code === 'fail') return Promise.reject(new Error('no completion today'));
    const start = code.slice(0, cursor).search(/[\w$]*$/);
    const matches = ['abs', ...cells, ...tables];
    return Promise.resolve({
      matches,
      cursorStart: start,
      cursorEnd: cursor,
      types: matches.map((text) => ({ text, type: 'function' })),
    });
  },
  inspect(code, cursor, detailLevel) {
    return Promise.resolve({ found: code !== '', data: { 'text/plain': `${code.slice(0, cursor)}@${detailLevel}` } });
  },
  noteCell: (code) => cells.push(code),
  noteCatalog: (catalog) => {
    tables.splice(0, tables.length, ...catalog.tables.map(({ name }) => name));
  },
};

serveLanguage(present(parentPort, 'the port to the jupyter worker'), service);
