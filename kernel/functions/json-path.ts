/** The paths of get_json_object: `$`, `.name`, `['name']`, `[index]`, `[*]`. */

type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

const STEP = /\.([^.[]+)|\['([^']*)'\]|\[(\d+)\]|(\[\*\])/y;

/** @returns null for a malformed text or path, a missing value, and JSON null */
export function getJsonPath(text: string, path: string): string | null {
  const steps = parsePath(path);
  if (steps === undefined) return null;
  const root = parse(text);
  if (root === undefined) return null;
  return textOf(find(root, steps));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    const name = match[1] ?? match[2];
    if (name !== undefined) steps.push({ kind: 'key', name });
    else if (match[3] !== undefined) steps.push({ kind: 'index', index: Number(match[3]) });
    else steps.push({ kind: 'all' });
  }
  return steps;
}

function find(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  switch (step.kind) {
    case 'key':
      return isObject(value) && Object.hasOwn(value, step.name) ? find(value[step.name], rest) : undefined;
    case 'index':
      return Array.isArray(value) ? find(value[step.index], rest) : undefined;
    case 'all': {
      if (!Array.isArray(value)) return undefined;
      const found = value.map((item) => find(item, rest)).filter((item) => item !== undefined);
      return found.length === 1 ? found[0] : found.length === 0 ? undefined : found;
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
