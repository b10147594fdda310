/** The reference page of all functions, as Markdown, from the registry: by family, each with what is known of it there. */
import type { FunctionEntry } from '../functions/contract.ts';
import { FUNCTIONS } from '../functions/registry.ts';

const HEAD = `# Functions

<!-- Made from the registry by npm run docs; test/bin/docs.test.ts compares. -->

In SQL by these names, in any case; in TypeScript as functions of the same name (\`import { upper } from 'millrace'\`, or without an
import in a notebook). Examples are SQL expressions with their results as \`show\` prints them; the tests run those of scalar functions.
`;

export function functionsPage(): string {
  const families = groupByFamily();
  const names = [...families.keys()];
  const contents = names.map((name) => `- [${title(name)}](#${anchor(name)})`).join('\n');
  const sections = names.map((name) => section(name, families.get(name) ?? []));
  return `${[HEAD + `\n${contents}`, ...sections].join('\n\n')}\n`;
}

function groupByFamily(): Map<string, FunctionEntry[]> {
  const families = new Map<string, FunctionEntry[]>();
  for (const entry of FUNCTIONS) families.set(entry.family, [...(families.get(entry.family) ?? []), entry]);
  return families;
}

function section(family: string, entries: readonly FunctionEntry[]): string {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [`## ${title(family)}`, ...sorted.map(describeFunction)].join('\n\n');
}

function describeFunction(entry: FunctionEntry): string {
  const { name, aliases, usage, summary, examples } = entry;
  const lines = [`### ${code(name)}`, '', `${code(usage)}: ${escapeMarkup(summary)}`];
  if (aliases.length > 0) lines.push('', `Also ${aliases.map(code).join(', ')}.`);
  if (entry.kind === 'scalar' && entry.volatility !== 'immutable') {
    lines.push('', entry.volatility === 'stable' ? 'The same for all rows of a query.' : 'Another value for each row.');
  }
  if (examples.length > 0) {
    lines.push(
      '',
      '```sql',
      ...examples.map(({ sql, result }) => `SELECT ${sql};  -- ${result.replaceAll('\n', '\\n')}`),
      '```',
    );
  }
  return lines.join('\n');
}

function title(family: string): string {
  return family.slice(0, 1).toUpperCase() + family.slice(1);
}

function anchor(family: string): string {
  return title(family)
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('<', '&lt;');
}
