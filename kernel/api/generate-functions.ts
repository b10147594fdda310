/** The text of functions.generated.ts: the registry's functions as typed, documented exports, for completion and inspection. */
import { registryNames } from './functions.ts';
import { lookupFunction } from '../functions/registry.ts';
import { REWRITTEN } from '../functions/rewritten.ts';

export function generatedFunctions(): string {
  const known = registryNames().map((name) => {
    const entry = lookupFunction(name);
    return { name, summary: entry?.summary ?? '', usage: entry?.usage ?? name };
  });
  const all = [
    ...known,
    ...REWRITTEN.filter(({ name }) => /^[a-z]\w*$/.test(name) && name !== 'if' && name !== 'between'),
  ];
  const lines = all
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, summary, usage }) => {
      const doc = `${summary} SQL: \`${usage}\`.`.replaceAll('*/', '* /');
      return `/** ${doc} */\nexport const ${name} = registryFunction('${name}');\n`;
    });
  return `/** Generated from the function registry by kernel/bin/generate-functions.ts; do not edit. */\nimport { registryFunction } from './functions.ts';\n\n${lines.join('\n')}`;
}
