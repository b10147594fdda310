/** What `import ts from 'typescript'` means in the built language worker (an alias in build.mjs). */
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from './load-typescript.mjs';

const { ts } = loadTypeScript(fileURLToPath(new URL('./typescript.cache', import.meta.url)));
export default ts;
