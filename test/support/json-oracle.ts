/** What parsing JSON by a schema must give, in plain TypeScript: rules as seen in Spark, one document at a time. */
import { Decimal } from '../../kernel/arrow/decimal.ts';
import type { DataType } from '../../kernel/arrow/types.ts';

/** A document as a tree that keeps the text of its numbers, equal keys and the order of keys. */
export type Json =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Json])[] };

/** The text of a document with `space` between its tokens. */
export function render(json: Json, space: string): string {
  switch (json.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(json.value);
    case 'number':
      return json.text;
    case 'string':
      return JSON.stringify(json.value);
    case 'array':
      return `[${space}${json.items.map((item) => render(item, space)).join(`${space},${space}`)}${space}]`;
    case 'object': {
      const members = json.members.map(
        ([key, value]) => `${JSON.stringify(key)}${space}:${space}${render(value, space)}`,
      );
      return `{${space}${members.join(`${space},${space}`)}${space}}`;
    }
  }
}

export type Plain = null | boolean | number | bigint | string | readonly Plain[] | { readonly [key: string]: Plain };

/** `fails`: the value does not fit its type. `partial`: it does, but something inside does not. */
export type Expected = { readonly value: Plain; readonly partial: boolean } | 'fails';

const ok = (value: Plain): Expected => ({ value, partial: false });

const INTEGER_RANGES: Partial<Record<DataType['kind'], readonly [bigint, bigint]>> = {
  byte: [-128n, 255n],
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** @param space as the document was rendered with: strings take other values as their text */
export function expectedOf(type: DataType, json: Json, space: string): Expected {
  if (json.kind === 'null') return ok(null);
  switch (type.kind) {
    case 'string':
      return ok(json.kind === 'string' ? json.value : render(json, space));
    case 'boolean':
      return json.kind === 'boolean' ? ok(json.value) : 'fails';
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return json.kind === 'number' ? integerOf(type, json.text) : 'fails';
    case 'double':
      return json.kind === 'number' ? ok(Number(json.text)) : 'fails';
    case 'float':
      return json.kind === 'number' ? ok(Math.fround(Number(json.text))) : 'fails';
    case 'decimal':
      return json.kind === 'number' ? decimalOf(type, json.text) : 'fails';
    case 'array':
      return json.kind === 'array' ? arrayOf(type.element, json.items, space) : 'fails';
    case 'map':
      return json.kind === 'object' ? mapOf(type.value, json.members, space) : 'fails';
    case 'struct':
      return json.kind === 'object' ? structOf(type, json.members, space) : 'fails';
    case 'void':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      throw new Error(`${type.kind} has tests of its own`);
  }
}

function integerOf(type: DataType, text: string): Expected {
  if (!/^-?\d+$/.test(text)) return 'fails';
  const value = BigInt(text);
  const [min, max] = INTEGER_RANGES[type.kind] ?? [0n, 0n];
  if (value < min || value > max) return 'fails';
  if (type.kind === 'long') return ok(value);
  return ok(type.kind === 'byte' ? Number(BigInt.asIntN(8, value)) : Number(value));
}

function decimalOf(type: Extract<DataType, { kind: 'decimal' }>, text: string): Expected {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const scale = fraction.length - Number(power);
  const digits = BigInt(whole + fraction);
  const shift = type.scale - scale;
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : (2n * digits + divisor) / (2n * divisor);
  if (magnitude >= 10n ** BigInt(type.precision)) return 'fails';
  return ok(new Decimal(text.startsWith('-') ? -magnitude : magnitude, type.scale).toString());
}

function arrayOf(element: DataType, items: readonly Json[], space: string): Expected {
  const parsed = items.map((item) => expectedOf(element, item, space));
  return collect(parsed, (values) => values);
}

function mapOf(value: DataType, members: readonly (readonly [string, Json])[], space: string): Expected {
  const parsed = members.map(([, member]) => expectedOf(value, member, space));
  return collect(parsed, (values) => [...new Map(values.map((item, i) => [members[i]?.[0] ?? '', item]))]);
}

function collect(parsed: readonly Expected[], shape: (values: Plain[]) => Plain): Expected {
  const values: Plain[] = [];
  let partial = false;
  for (const item of parsed) {
    if (item === 'fails') return 'fails';
    values.push(item.value);
    partial ||= item.partial;
  }
  return { value: shape(values), partial };
}

function structOf(
  type: Extract<DataType, { kind: 'struct' }>,
  members: readonly (readonly [string, Json])[],
  space: string,
): Expected {
  const value: Record<string, Plain> = {};
  for (const field of type.fields) value[field.name] = null;
  let partial = false;
  for (const [key, member] of members) {
    const field = type.fields.find((candidate) => candidate.name === key);
    if (field === undefined) continue;
    const parsed = expectedOf(field.type, member, space);
    if (parsed === 'fails') {
      partial = true;
      if (field.type.kind === 'array' || field.type.kind === 'map') value[key] = null;
    } else {
      value[key] = parsed.value;
      partial ||= parsed.partial;
    }
  }
  return { value, partial };
}
