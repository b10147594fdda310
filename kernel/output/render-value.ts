/** A cell's value → what the front end shows. */
import { isArrowTable, renderArrowTable } from './arrow-table.ts';
import type { MimeBundle } from './table.ts';

/** Deno's protocol: a method under this symbol gives the value's bundle, at once or as a promise. */
export const DISPLAY_SYMBOL = Symbol.for('Jupyter.display');

export interface RenderPorts {
  /** A value as bounded text. */
  readonly inspect: (value: unknown) => string;
}

/** `text/plain` is always there, unless the value's own bundle is empty: it is not shown. A promise only where the value's own method gives one. @throws what that method throws */
export function renderValue(value: unknown, ports: RenderPorts): MimeBundle | Promise<MimeBundle> {
  const method = displayMethod(value);
  if (method === undefined) return renderPlain(value, ports);
  const own = method();
  if (own instanceof Promise) return own.then((bundle: unknown) => completeBundle(bundle, value, ports));
  return completeBundle(own, value, ports);
}

function completeBundle(bundle: unknown, value: unknown, ports: RenderPorts): MimeBundle {
  if (!isBundle(bundle)) return renderPlain(value, ports);
  if (Object.keys(bundle).length === 0) return bundle;
  return 'text/plain' in bundle ? bundle : { 'text/plain': ports.inspect(value), ...bundle };
}

function renderPlain(value: unknown, { inspect }: RenderPorts): MimeBundle {
  if (isArrowTable(value)) return renderArrowTable(value, inspect);
  return { 'text/plain': value instanceof Error && value.stack !== undefined ? value.stack : inspect(value) };
}

function displayMethod(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = Reflect.get(value, DISPLAY_SYMBOL);
  return typeof method === 'function' ? () => Reflect.apply(method, value, []) as unknown : undefined;
}

function isBundle(value: unknown): value is MimeBundle {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
