/** Structs, arrays and maps: made, and taken apart. */
import { isValid, type Column } from '../arrow/column.ts';
import { field, isIntegral, typeName, Types, type DataType } from '../arrow/types.ts';
import { present } from '../core/assert.ts';
import { MillraceError } from '../core/errors.ts';
import type { LiteralValue } from '../expr/expr.ts';
import { commonTypeOf, textRuleOf } from './coercion.ts';
import { compareValues } from './compare-values.ts';
import type { Argument, EvalContext, FunctionContext, ResolveArgument, ResolvedCall } from './contract.ts';
import { defineFunction, wrongCount } from './define.ts';
import { asColumn, columnReader, entriesOf, isNested, readerOf, takeRows, writerOf } from './vectors.ts';
import { interleave } from './interleave.ts';
import { splitRows } from './split.ts';

const FAMILY = 'collection';

function common(name: string, args: readonly ResolveArgument[], context: FunctionContext): DataType {
  const type = commonTypeOf(
    args.map((arg) => arg.type),
    textRuleOf(context),
  );
  if (type !== undefined) return type;
  throw mismatch(name, `the types ${args.map((arg) => typeName(arg.type)).join(', ')} have no common type`);
}

function mismatch(expression: string, problem: string): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH', {
    expression,
    problem,
    remedy: 'Cast the arguments to fitting types.',
  });
}

/** Names and values alternate; the names are literals. */
function resolveNamedStruct(args: readonly ResolveArgument[]): ResolvedCall {
  if (args.length === 0 || args.length % 2 !== 0) throw wrongCount('named_struct', 'an even number of', args.length);
  const fields = args.flatMap((arg, i) => {
    if (i % 2 === 0) return [];
    const name = args[i - 1]?.literal;
    if (typeof name !== 'string') throw mismatch('named_struct', 'field names must be literals');
    return [field(name, arg.type, arg.nullable)];
  });
  return { argTypes: args.map((arg) => arg.type), type: Types.struct(fields), nullable: false };
}

function makeStruct(values: readonly Argument[], type: DataType, length: number, context: EvalContext): Column {
  if (type.kind !== 'struct') throw mismatch('struct', `${typeName(type)} is no struct`);
  const children = values.map((value) => asColumn(value, length, context.arena));
  return { layout: 'struct', type, length, validity: undefined, children };
}

/** The rows of the list at an index from 0; negative: from the end. @returns -1 where there is none */
function listIndices(
  list: Extract<Column, { layout: 'list' }>,
  index: (row: number) => number | undefined,
  length: number,
): Int32Array {
  const indices = new Int32Array(length).fill(-1);
  for (let row = 0; row < length; row++) {
    const at = index(row);
    if (at === undefined || !isValid(list, row)) continue;
    const start = list.offsets[row] ?? 0;
    const count = (list.offsets[row + 1] ?? 0) - start;
    const chosen = at < 0 ? count + at : at;
    if (chosen >= 0 && chosen < count) indices[row] = start + chosen;
  }
  return indices;
}

/** `base` is what the first element is called: 0 for `[]`, 1 for element_at. */
function arrayElement(
  args: readonly Argument[],
  length: number,
  context: EvalContext,
  base: 0 | 1,
  strict: 'strict' | 'lenient',
): Column {
  const list = asColumn(present(args[0], 'array'), length, context.arena);
  if (list.layout !== 'list') return takeRows(list, new Int32Array(length).fill(-1), context.arena);
  const read = readerOf(present(args[1], 'index'));
  const indices = listIndices(
    list,
    (row) => {
      const value = read(row);
      if (value === null || !isValid(list, row)) return undefined;
      const given = Number(value);
      const count = (list.offsets[row + 1] ?? 0) - (list.offsets[row] ?? 0);
      const at = base === 1 ? (given > 0 ? given - 1 : given < 0 ? count + given : -1) : given;
      if (at >= 0 && at < count) return at;
      if (base === 1 && given === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO', {});
      if (context.ansi && strict === 'strict') throw outOfRange(given, count, base);
      return undefined;
    },
    length,
  );
  return takeRows(list.child, indices, context.arena);
}

function outOfRange(index: number, size: number, base: 0 | 1): MillraceError {
  return base === 0
    ? new MillraceError('INVALID_ARRAY_INDEX', { index, size })
    : new MillraceError('INVALID_ARRAY_INDEX_IN_ELEMENT_AT', { index, size });
}

/** The value of a key; null where the map lacks it. */
function mapValue(args: readonly Argument[], length: number, context: EvalContext): Column {
  const map = asColumn(present(args[0], 'map'), length, context.arena);
  if (map.layout !== 'list' || map.child.layout !== 'struct')
    return takeRows(map, new Int32Array(length).fill(-1), context.arena);
  const [keys, values] = map.child.children;
  const readKey = columnReader(present(keys, 'keys'));
  const wanted = readerOf(present(args[1], 'key'));
  const indices = new Int32Array(length).fill(-1);
  for (let row = 0; row < length; row++) {
    const key = wanted(row);
    if (key === null || !isValid(map, row)) continue;
    for (let at = (map.offsets[row + 1] ?? 0) - 1; at >= (map.offsets[row] ?? 0); at--) {
      if (compareValues(readKey(at), key) !== 0) continue;
      indices[row] = at;
      break;
    }
  }
  return takeRows(present(values, 'values'), indices, context.arena);
}

/** Keys are compared value by value, and nested values have no form for that. */
function requireSimpleKey(key: DataType): void {
  if (key.kind === 'map') throw mismatch('map', 'a map cannot be a key of a map');
  if (!isNested(key)) return;
  throw new MillraceError('NOT_SUPPORTED', {
    feature: `A map whose keys are ${typeName(key)}`,
    remedy: 'Use keys that are single values, such as to_json() of them.',
  });
}

function fieldOfElements(name: string): MillraceError {
  return new MillraceError('NOT_SUPPORTED', {
    feature: `The field ${name} of all structs of an array`,
    remedy: 'Take it from single elements, as in array[0].field.',
  });
}

/** `a[i]`, `m[k]`: arrays from 0. Structs are taken apart by the analyzer. */
function access(
  name: string,
  aliases: readonly string[],
  summary: string,
  example: readonly [string, string],
  base: 0 | 1,
  strict: 'strict' | 'lenient',
) {
  return defineFunction(FAMILY, {
    name,
    aliases,
    usage: name === 'getitem' ? 'value[key]' : `${name}(value, key)`,
    summary,
    examples: [example],
    resolve(args, { ansi }) {
      const [value, key] = args;
      if (value === undefined || key === undefined) throw wrongCount(name, '2', args.length);
      const { type } = value;
      if (type.kind === 'array') {
        if (type.element.kind === 'struct' && typeof key.literal === 'string') throw fieldOfElements(key.literal);
        if (!isIntegral(key.type) && key.type.kind !== 'void')
          throw mismatch(name, 'an array’s position must be an integer');
        if (ansi && name !== 'getitem' && key.type.kind === 'long') throw mismatch(name, 'the position is a bigint');
        return { argTypes: [type, Types.int], type: type.element, nullable: true };
      }
      if (type.kind === 'map') {
        requireSimpleKey(type.key);
        return { argTypes: [type, type.key], type: type.value, nullable: true };
      }
      throw mismatch(`${name}(${typeName(type)})`, 'an array or map is wanted');
    },
    vector: ([type]) => ({
      engine: 'javascript',
      evaluate: (args, length, context) =>
        type?.kind === 'map' ? mapValue(args, length, context) : arrayElement(args, length, context, base, strict),
    }),
  });
}

function mapParts(name: 'map_keys' | 'map_values', index: 0 | 1, summary: string, example: readonly [string, string]) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(map)`,
    summary,
    examples: [example],
    params: ['map'],
    returns: ([type]) =>
      type?.kind === 'map'
        ? index === 0
          ? Types.array(type.key, false)
          : Types.array(type.value, type.valueContainsNull)
        : Types.void,
    vector: (_types, type) => ({
      engine: 'none',
      evaluate([argument], length, { arena }) {
        const map = asColumn(present(argument, 'map'), length, arena);
        if (map.layout !== 'list' || map.child.layout !== 'struct') return map;
        return { ...map, type, child: present(map.child.children[index], 'entries') };
      },
    }),
  });
}

/** @throws NULL_MAP_KEY, DUPLICATED_MAP_KEY @param count keys of each row */
function checkKeys(keys: Column, count: number, length: number): void {
  const read = columnReader(keys);
  for (let row = 0; row < length; row++) {
    const seen: LiteralValue[] = [];
    for (let i = 0; i < count; i++) {
      const key = read(row * count + i);
      if (key === null) throw new MillraceError('NULL_MAP_KEY', {});
      if (seen.some((other) => compareValues(other, key) === 0))
        throw new MillraceError('DUPLICATED_MAP_KEY', { key: String(key) });
      seen.push(key);
    }
  }
}

export const COLLECTIONS = [
  defineFunction(FAMILY, {
    name: 'named_struct',
    usage: 'named_struct(name1, value1, …)',
    summary: 'A struct with the given field names.',
    examples: [["named_struct('a', 1, 'b', 2)", '{1, 2}']],
    resolve: resolveNamedStruct,
    vector: (_types, type) => ({
      engine: 'none',
      evaluate: (args, length, context) =>
        makeStruct(
          args.filter((_, i) => i % 2 === 1),
          type,
          length,
          context,
        ),
    }),
  }),
  defineFunction(FAMILY, {
    name: 'array',
    usage: 'array(expr1, …)',
    summary: 'An array of the arguments.',
    examples: [['array(1, 2, 3)', '[1, 2, 3]']],
    resolve(args, context) {
      const type = common('array', args, context);
      const element = type.kind === 'void' ? Types.void : type;
      return {
        argTypes: args.map(() => element),
        type: Types.array(
          element,
          args.some((arg) => arg.nullable),
        ),
        nullable: false,
      };
    },
    vector: (_types, type) => ({
      engine: 'javascript',
      evaluate: (args, length, { arena }) =>
        interleave(
          args.map((arg) => asColumn(arg, length, arena)),
          type,
          length,
          arena,
        ),
    }),
  }),
  defineFunction(FAMILY, {
    name: 'map',
    usage: 'map(key1, value1, …)',
    summary: 'A map of keys and values.',
    examples: [["map('a', 1, 'b', 2)", '{a -> 1, b -> 2}']],
    resolve(args, context) {
      if (args.length % 2 !== 0) throw wrongCount('map', 'an even number of', args.length);
      const key = common(
        'map',
        args.filter((_, i) => i % 2 === 0),
        context,
      );
      requireSimpleKey(key);
      const values = args.filter((_, i) => i % 2 === 1);
      const value = common('map', values, context);
      return {
        argTypes: args.map((_, i) => (i % 2 === 0 ? key : value)),
        type: Types.map(
          key,
          value,
          values.some((arg) => arg.nullable),
        ),
        nullable: false,
      };
    },
    vector: (_types, type) => ({
      engine: 'javascript',
      evaluate(args, length, { arena }) {
        if (type.kind !== 'map') throw mismatch('map', `${typeName(type)} is no map`);
        const columns = args.map((arg) => asColumn(arg, length, arena));
        const keys = interleave(
          columns.filter((_, i) => i % 2 === 0),
          Types.array(type.key),
          length,
          arena,
        );
        const values = interleave(
          columns.filter((_, i) => i % 2 === 1),
          Types.array(type.value),
          length,
          arena,
        );
        checkKeys(keys.child, args.length / 2, length);
        const entries = entriesOf(type);
        const child: Column = {
          layout: 'struct',
          type: entries,
          length: keys.child.length,
          validity: undefined,
          children: [keys.child, values.child],
        };
        return { ...keys, type, child };
      },
    }),
  }),
  access(
    'getitem',
    [],
    'An array’s element by position from 0, or a map’s value by key.',
    ['array(1, 2)[0]', '1'],
    0,
    'strict',
  ),
  access(
    'get',
    [],
    'An array’s element by position from 0; null where there is none.',
    ['get(array(1, 2), 5)', 'NULL'],
    0,
    'lenient',
  ),
  access(
    'element_at',
    [],
    'An array’s element by position from 1 (from the end where negative), or a map’s value by key.',
    ['element_at(array(1, 2, 3), -1)', '3'],
    1,
    'strict',
  ),
  access(
    'try_element_at',
    [],
    'As element_at, but null instead of an error.',
    ['try_element_at(array(1), 5)', 'NULL'],
    1,
    'lenient',
  ),
  defineFunction(FAMILY, {
    name: 'size',
    aliases: ['cardinality'],
    usage: 'size(value)',
    summary: 'The number of elements of an array or map; null for null.',
    examples: [['size(array(1, 2))', '2']],
    params: ['any'],
    returns([type = Types.void]) {
      if (type.kind === 'array' || type.kind === 'map' || type.kind === 'void') return Types.int;
      throw mismatch(`size(${typeName(type)})`, 'an array or map is wanted');
    },
    vector: () => ({
      engine: 'javascript',
      evaluate([argument], length, { arena }) {
        const list = asColumn(present(argument, 'value'), length, arena);
        const writer = writerOf(Types.int, length, arena);
        if (list.layout !== 'list') return writer.finish();
        for (let row = 0; row < length; row++) {
          if (isValid(list, row)) writer.set(row, (list.offsets[row + 1] ?? 0) - (list.offsets[row] ?? 0));
        }
        return writer.finish();
      },
    }),
  }),
  defineFunction(FAMILY, {
    name: 'array_contains',
    usage: 'array_contains(array, value)',
    summary: 'Whether the array has the value; null where it has not but holds a null.',
    examples: [['array_contains(array(1, 2, 3), 2)', 'true']],
    resolve(args) {
      const [list, value] = args;
      if (list === undefined || value === undefined) throw wrongCount('array_contains', '2', args.length);
      if (list.type.kind !== 'array') throw mismatch('array_contains', 'an array is wanted');
      if (isNested(list.type.element)) {
        throw new MillraceError('NOT_SUPPORTED', {
          feature: `array_contains of ${typeName(list.type)}`,
          remedy: 'Compare fields of single elements.',
        });
      }
      return { argTypes: [list.type, list.type.element], type: Types.boolean, nullable: true };
    },
    vector: () => ({
      engine: 'javascript',
      evaluate(args, length, { arena }) {
        const list = asColumn(present(args[0], 'array'), length, arena);
        const wanted = readerOf(present(args[1], 'value'));
        const writer = writerOf(Types.boolean, length, arena);
        if (list.layout !== 'list') return writer.finish();
        const read = columnReader(list.child);
        for (let row = 0; row < length; row++) {
          const value = wanted(row);
          if (value === null || !isValid(list, row)) continue;
          const items = Array.from({ length: (list.offsets[row + 1] ?? 0) - (list.offsets[row] ?? 0) }, (_, i) =>
            read((list.offsets[row] ?? 0) + i),
          );
          if (items.some((item) => item !== null && compareValues(item, value) === 0)) writer.set(row, true);
          else if (!items.includes(null)) writer.set(row, false);
        }
        return writer.finish();
      },
    }),
  }),
  mapParts('map_keys', 0, 'The keys of a map.', ["map_keys(map('a', 1))", '[a]']),
  mapParts('map_values', 1, 'The values of a map.', ["map_values(map('a', 1))", '[1]']),
  defineFunction(FAMILY, {
    name: 'split',
    usage: 'split(str, pattern[, limit])',
    summary: 'The parts of a text between matches of a regular expression.',
    examples: [["split('oneAtwoBthree', '[AB]')", '[one, two, three]']],
    params: [Types.string, Types.string, Types.int],
    optional: 1,
    returns: Types.array(Types.string, false),
    vector: (_types, type) => ({
      engine: 'javascript',
      evaluate: (args, length, context) => splitRows(args, type, length, context),
    }),
  }),
];
