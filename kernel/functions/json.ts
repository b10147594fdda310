/** from_json, to_json, get_json_object: the wasm JSON parser and the writer, as functions. */
import { typeName, Types, type DataType } from '../arrow/types.ts';
import type { Column } from '../arrow/column.ts';
import { MillraceError } from '../core/errors.ts';
import { AssertionError, present } from '../core/assert.ts';
import type { Argument, EvalContext, ResolveArgument, ResolvedCall } from './contract.ts';
import { defineFunction, wrongCount } from './define.ts';
import { jsonOptions } from './json/options.ts';
import { parseJsonRoot } from './json/parse-root.ts';
import { parseJsonColumn } from './json/parse.ts';
import { writeJson } from './json/write.ts';
import { getJsonPath } from './json-path.ts';
import { asColumn, takeRows } from './vectors.ts';

/** Options follow as pairs of literals: key, value, key, value. */
function optionsOf(args: readonly Argument[]): Readonly<Record<string, string>> {
  const texts = args.map((argument) => (argument.kind === 'constant' ? String(argument.value) : ''));
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) pairs.push([texts[i] ?? '', texts[i + 1] ?? '']);
  return Object.fromEntries(pairs);
}

function literalOptions(args: readonly ResolveArgument[]): Readonly<Record<string, string>> {
  const texts = args.map((arg) => String(arg.literal ?? ''));
  return Object.fromEntries(texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1] ?? ''] as const] : [])));
}

/** The analyzer hands the schema over as a null literal of its type, see plan/rewrite-json.ts. */
function resolveFromJson(args: readonly ResolveArgument[], timeZone: string): ResolvedCall {
  const [text, schema, ...options] = args;
  if (text === undefined || schema === undefined) throw wrongCount('from_json', '2 or 3', args.length);
  if (text.type.kind !== 'string' && text.type.kind !== 'void') {
    throw new MillraceError('DATATYPE_MISMATCH', {
      expression: 'from_json',
      problem: `a text is wanted, but this is ${typeName(text.type)}`,
      remedy: 'Cast it to a string.',
    });
  }
  const { mode } = jsonOptions(literalOptions(options), timeZone);
  if (mode === 'DROPMALFORMED') {
    throw new MillraceError('PARSE_MODE_UNSUPPORTED', { function: 'from_json', mode });
  }
  if (schema.type.kind === 'map' || schema.type.kind === 'array' || schema.type.kind === 'struct') {
    return {
      argTypes: [Types.string, schema.type, ...options.map(() => Types.string)],
      type: nullableFields(schema.type),
      nullable: true,
    };
  }
  throw new MillraceError('INVALID_SCHEMA', { schema: typeName(schema.type) });
}

/** Data need not keep to NOT NULL, so every field may be null. */
function nullableFields(type: DataType): DataType {
  if (type.kind === 'struct') {
    return Types.struct(type.fields.map((f) => ({ ...f, type: nullableFields(f.type), nullable: true })));
  }
  if (type.kind === 'array') return Types.array(nullableFields(type.element));
  return type.kind === 'map' ? Types.map(type.key, nullableFields(type.value)) : type;
}

function fromJson(args: readonly Argument[], type: DataType, length: number, context: EvalContext): Column {
  const input = asColumn(present(args[0], 'text'), length, context.arena);
  const options = jsonOptions(optionsOf(args.slice(2)), context.timeZone);
  if (input.layout !== 'bytes') return takeRows(input, new Int32Array(length).fill(-1), context.arena);
  if (type.kind === 'struct') return parseJsonColumn(input, type, options, context).column;
  if (type.kind === 'array' || type.kind === 'map') return parseJsonRoot(input, type, options, context);
  throw new AssertionError('from_json gives a struct, an array or a map');
}

export const JSON_FUNCTIONS = [
  defineFunction('json', {
    name: 'from_json',
    usage: 'from_json(text, schema[, options])',
    summary:
      'The struct that a JSON text holds. A malformed record gives nulls (mode PERMISSIVE) or an error (FAILFAST).',
    examples: [[`from_json('{"a":1}', 'a INT')`, '{1}']],
    resolve: (args, context) => resolveFromJson(args, context.timeZone),
    nullable: 'always',
    vector: (_types, type) => ({
      engine: 'wasm:json_parse',
      evaluate: (args, length, context) => fromJson(args, type, length, context),
    }),
  }),
  defineFunction('json', {
    name: 'to_json',
    usage: 'to_json(value[, options])',
    summary: 'A struct, map or array as JSON text; fields that are null are left out.',
    examples: [["to_json(named_struct('a', 1))", '{"a":1}']],
    resolve(args) {
      const [value, ...options] = args;
      if (value === undefined) throw wrongCount('to_json', '1 or 2', args.length);
      const { kind } = value.type;
      if (kind !== 'struct' && kind !== 'array' && kind !== 'map') {
        throw new MillraceError('DATATYPE_MISMATCH', {
          expression: `to_json(${typeName(value.type)})`,
          problem: 'a struct, map or array is wanted',
          remedy: 'Wrap the value: to_json(struct(a, b)).',
        });
      }
      return {
        argTypes: [value.type, ...options.map(() => Types.string)],
        type: Types.string,
        nullable: value.nullable,
      };
    },
    vector: () => ({
      engine: 'javascript',
      evaluate(args, length, context) {
        const column = asColumn(present(args[0], 'value'), length, context.arena);
        return writeJson(column, jsonOptions(optionsOf(args.slice(1)), context.timeZone), context.arena);
      },
    }),
  }),
  defineFunction('json', {
    name: 'get_json_object',
    usage: 'get_json_object(text, path)',
    summary: 'What a path such as $.a.b[0] finds in a JSON text; objects and arrays as JSON.',
    examples: [[`get_json_object('{"a":{"b":5}}', '$.a.b')`, '5']],
    params: [Types.string, Types.string],
    returns: Types.string,
    nullable: 'always',
    row: () => (text, path) => getJsonPath(String(text), String(path)),
  }),
];
