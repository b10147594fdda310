/** Writes docs/functions.md from the registry: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { functionsPage } from './functions-page.ts';

writeFileSync(new URL('../../docs/functions.md', import.meta.url), functionsPage());
