/** `display`, `clearOutput` and `input`, as cells call them. What they show belongs to the calling cell. */
import { MillraceError } from '../core/errors.ts';
import { DISPLAY_SYMBOL } from '../output/render-value.ts';
import type { CellContext } from './cell-context.ts';
import type { DisplayOptions, MimeBundle } from './contract.ts';

export interface DisplayHandle {
  readonly displayId: string;
  /** Replaces what the handle shows, wherever it is shown. */
  update(value: unknown): void;
}

export interface DisplayCallOptions {
  readonly displayId?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface DisplayPorts {
  readonly context: () => CellContext;
  readonly render: (value: unknown) => MimeBundle | Promise<MimeBundle>;
  readonly onError: (context: CellContext, error: unknown) => void;
  readonly newId: () => string;
}

type Text = string | readonly string[];

export interface Display {
  (value: unknown, options?: DisplayCallOptions): DisplayHandle;
  html(text: Text, ...values: unknown[]): DisplayHandle;
  markdown(text: Text, ...values: unknown[]): DisplayHandle;
  latex(text: Text, ...values: unknown[]): DisplayHandle;
  svg(text: Text, ...values: unknown[]): DisplayHandle;
  javascript(text: Text, ...values: unknown[]): DisplayHandle;
  /** PNG, JPEG, GIF or WebP bytes. */
  image(bytes: Uint8Array, options?: { readonly width?: number; readonly height?: number }): DisplayHandle;
  json(value: unknown, options?: { readonly expanded?: boolean }): DisplayHandle;
  /** A Vega-Lite or Vega specification, told apart by `$schema`. */
  vega(spec: unknown): DisplayHandle;
  /** A MIME bundle as it is. */
  raw(bundle: MimeBundle, options?: DisplayCallOptions): DisplayHandle;
}

export function createDisplay(ports: DisplayPorts): Display {
  const show = (
    render: (value: unknown) => MimeBundle | Promise<MimeBundle>,
    value: unknown,
    options: DisplayCallOptions = {},
  ): DisplayHandle => {
    const context = ports.context();
    const displayId = options.displayId ?? ports.newId();
    const emit = (shown: unknown, how: DisplayOptions): void => emitBundle(ports, context, () => render(shown), how);
    emit(value, { ...options, displayId });
    const handle = { displayId, update: (next: unknown) => emit(next, { ...options, displayId, update: true }) };
    // `display(x)` at a cell's end shows x, and not the handle as well.
    return Object.defineProperty(handle, DISPLAY_SYMBOL, { value: () => ({}) });
  };
  const textual =
    (mime: string, plain?: string) =>
    (text: Text, ...values: unknown[]) =>
      show((shown) => ({ [mime]: String(shown), 'text/plain': plain ?? String(shown) }), joinText(text, values));
  return Object.assign((value: unknown, options?: DisplayCallOptions) => show(ports.render, value, options), {
    html: textual('text/html'),
    markdown: textual('text/markdown'),
    latex: textual('text/latex'),
    svg: textual('image/svg+xml', '[SVG image]'),
    javascript: textual('application/javascript', '[JavaScript]'),
    image: (bytes: Uint8Array, size: { readonly width?: number; readonly height?: number } = {}) =>
      show((shown) => imageBundle(shown), bytes, { metadata: { [imageType(bytes)]: { ...size } } }),
    json: (value: unknown, options: { readonly expanded?: boolean } = {}) =>
      show(
        (shown) => ({
          'application/json': toJson(shown),
          'text/plain': JSON.stringify(toJson(shown), undefined, 2),
        }),
        value,
        {
          metadata: { 'application/json': { ...options } },
        },
      ),
    vega: (spec: unknown) =>
      show((shown) => ({ [vegaType(shown)]: toJson(shown), 'text/plain': '[Vega chart]' }), spec),
    raw: (bundle: MimeBundle, options?: DisplayCallOptions) => show((shown) => shown as MimeBundle, bundle, options),
  });
}

/** Writes at once what is rendered at once; what renders later is waited for before the cell ends. */
function emitBundle(
  ports: DisplayPorts,
  context: CellContext,
  render: () => MimeBundle | Promise<MimeBundle>,
  options: DisplayOptions,
): void {
  const show = (bundle: MimeBundle): void => {
    if (Object.keys(bundle).length > 0) context.output.display(bundle, options);
  };
  const rendered = render();
  if (!(rendered instanceof Promise)) {
    show(rendered);
    return;
  }
  context.track(rendered.then(show, (error: unknown) => ports.onError(context, error)));
}

/** Also as a template's tag: display.html`<b>${x}</b>`. */
function joinText(text: Text, values: readonly unknown[]): string {
  return typeof text === 'string'
    ? text
    : text.map((part, index) => (index === 0 ? part : String(values[index - 1]) + part)).join('');
}

/** The value as JSON has it; a bigint becomes a number where it fits exactly, else text. What JSON lacks becomes null. */
export function toJson(value: unknown): unknown {
  const text = JSON.stringify([value], (_key, item: unknown) => {
    if (typeof item !== 'bigint') return item;
    return BigInt(Number(item)) === item && Number.isSafeInteger(Number(item)) ? Number(item) : String(item);
  });
  const [plain] = JSON.parse(text) as unknown[];
  return plain;
}

function vegaType(spec: unknown): string {
  const schema = typeof spec === 'object' && spec !== null && '$schema' in spec ? String(spec.$schema) : 'vega-lite';
  return schema.includes('vega-lite') ? 'application/vnd.vegalite.v5+json' : 'application/vnd.vega.v5+json';
}

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46]],
];

/** @throws NOT_SUPPORTED for bytes of another kind */
function imageType(bytes: unknown): string {
  const found =
    bytes instanceof Uint8Array
      ? SIGNATURES.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte))
      : undefined;
  if (found !== undefined) return found[0];
  throw new MillraceError('NOT_SUPPORTED', {
    feature: 'An image that is not the bytes of a PNG, JPEG, GIF or WebP file',
    remedy: 'Read the file with readFile() and pass its bytes; use display.svg for SVG text.',
  });
}

function imageBundle(bytes: unknown): MimeBundle {
  const type = imageType(bytes);
  const base64 = Buffer.from(bytes as Uint8Array).toString('base64');
  return { [type]: base64, 'text/plain': `[${type} image]` };
}
