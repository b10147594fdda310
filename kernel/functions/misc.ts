/** Type conversions by name, identifiers, random numbers. */
import { isNumeric, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { castImplementation } from './cast.ts';
import type { ScalarImplementation } from './contract.ts';
import { defineFunction, resultNullable, wrongCount } from './define.ts';
import { constantColumn, writerOf } from './vectors.ts';

const FAMILY = 'misc';

/** `int(x)` is `CAST(x AS INT)`. */
function castFunction(name: string, to: DataType, example: readonly [string, string]) {
  return defineFunction(FAMILY, {
    name,
    usage: `${name}(expr)`,
    summary: `The value as ${typeName(to)}.`,
    examples: [example],
    resolve(args) {
      const [arg] = args;
      if (arg === undefined || args.length > 1) throw wrongCount(name, '1', args.length);
      return { argTypes: [arg.type], type: to, nullable: arg.nullable };
    },
    vector: ([from = to], _type, context) => castImplementation(from, to, context.ansi ? 'ansi' : 'legacy', context),
  });
}

function volatileRows(type: DataType, value: () => string | number): ScalarImplementation {
  return {
    engine: 'javascript',
    evaluate(_args, length, { arena }) {
      const writer = writerOf(type, length, arena);
      for (let row = 0; row < length; row++) writer.set(row, value());
      return writer.finish();
    },
  };
}

export const MISC = [
  castFunction('boolean', Types.boolean, ["boolean('true')", 'true']),
  castFunction('tinyint', Types.byte, ["tinyint('1')", '1']),
  castFunction('smallint', Types.short, ["smallint('1')", '1']),
  castFunction('int', Types.int, ["int('1')", '1']),
  castFunction('bigint', Types.long, ["bigint('1')", '1']),
  castFunction('float', Types.float, ["float('1.5')", '1.5']),
  castFunction('double', Types.double, ["double('1.5')", '1.5']),
  castFunction('string', Types.string, ['string(1)', '1']),
  castFunction('decimal', Types.decimal(10, 0), ['decimal(1.6)', '2']),
  castFunction('binary', Types.binary, ["binary('a')", 'a']),
  defineFunction(FAMILY, {
    name: 'typeof',
    usage: 'typeof(expr)',
    summary: 'The type, as text.',
    examples: [['typeof(1)', 'int']],
    params: ['any'],
    returns: Types.string,
    nullable: 'never',
    vector: ([type = Types.void]) => ({
      engine: 'none',
      evaluate: (_args, length, { arena }) => constantColumn(typeName(type), Types.string, length, arena),
    }),
  }),
  defineFunction(FAMILY, {
    name: 'uuid',
    usage: 'uuid()',
    summary: 'A random UUID for each row.',
    params: [],
    returns: Types.string,
    nullable: 'never',
    volatility: 'volatile',
    vector: () => volatileRows(Types.string, () => crypto.randomUUID()),
  }),
  defineFunction(FAMILY, {
    name: 'rand',
    aliases: ['random'],
    usage: 'rand()',
    summary: 'A random number from 0 to below 1 for each row.',
    resolve(args) {
      if (args.length > 0) {
        throw new MillraceError('NOT_SUPPORTED', {
          feature: 'rand with a seed',
          remedy: 'Call rand() without an argument.',
        });
      }
      return { argTypes: [], type: Types.double, nullable: false };
    },
    volatility: 'volatile',
    vector: () => volatileRows(Types.double, Math.random),
  }),
  defineFunction(FAMILY, {
    name: 'hex',
    usage: 'hex(expr)',
    summary: 'Hexadecimal digits of a number, or of the bytes of a text.',
    examples: [
      ['hex(17)', '11'],
      ["hex('Spark')", '537061726B'],
    ],
    resolve(args) {
      const [arg] = args;
      if (arg === undefined || args.length > 1) throw wrongCount('hex', '1', args.length);
      const type = isNumeric(arg.type) ? Types.long : arg.type.kind === 'binary' ? Types.binary : Types.string;
      return { argTypes: [type], type: Types.string, nullable: resultNullable('argument', args) };
    },
    row: () => (value) => {
      if (typeof value === 'bigint') return BigInt.asUintN(64, value).toString(16).toUpperCase();
      const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(String(value));
      return [...bytes]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('')
        .toUpperCase();
    },
  }),
];
