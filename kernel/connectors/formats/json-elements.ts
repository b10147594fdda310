/** The elements of a top-level array of JSON: each is a record of its own. */

const BYTES = { quote: 0x22, backslash: 0x5c, comma: 0x2c, open: 0x5b, close: 0x5d, openBrace: 0x7b, closeBrace: 0x7d };

/** @returns the ranges of the elements; undefined where the bytes are no whole array */
export function arrayElements(
  bytes: Uint8Array,
  start: number,
  end: number,
): readonly (readonly [number, number])[] | undefined {
  let at = skipSpace(bytes, start, end);
  if (bytes[at] !== BYTES.open) return undefined;
  const elements: (readonly [number, number])[] = [];
  at = skipSpace(bytes, at + 1, end);
  if (bytes[at] === BYTES.close) return elements;
  while (at < end) {
    const stop = elementEnd(bytes, at, end);
    if (stop === undefined) return undefined;
    elements.push([at, stop]);
    if (bytes[stop] === BYTES.close) return elements;
    at = skipSpace(bytes, stop + 1, end);
  }
  return undefined;
}

/** The comma or bracket behind the element, found by counting brackets outside of strings. */
function elementEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BYTES.backslash) at++;
      else if (byte === BYTES.quote) inString = false;
    } else if (byte === BYTES.quote) inString = true;
    else if (byte === BYTES.open || byte === BYTES.openBrace) depth++;
    else if (depth === 0 && (byte === BYTES.comma || byte === BYTES.close)) return at;
    else if (byte === BYTES.close || byte === BYTES.closeBrace) depth--;
  }
  return undefined;
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) <= 0x20) at++;
  return at;
}
