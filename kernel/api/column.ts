/** Column: an expression that DataFrame methods take. The methods are those of Spark's Java API. */
import { typeName, type DataType } from '../arrow/types.ts';
import { Exprs, type Expr, type SortOrder } from '../expr/expr.ts';
import { literalOf } from '../expr/literal.ts';
import { exprText } from '../expr/text.ts';
import { MillraceError } from '../core/errors.ts';

/** What methods take beside columns: values become literals. */
export type Operand = Column | string | number | bigint | boolean | Date | Uint8Array | null;

/** A type as the API takes it: a data type, or DDL text such as `decimal(10,2)`. */
export type TypeLike = DataType | string;

export class Column {
  /** The expression. Frozen plain data. */
  readonly expr: Expr;
  /** Set by asc() and desc(); only `orderBy` looks at it. */
  readonly order: Pick<SortOrder, 'direction' | 'nulls'> | undefined;

  constructor(expr: Expr, order?: Pick<SortOrder, 'direction' | 'nulls'>) {
    this.expr = expr;
    this.order = order;
  }

  /** The same expression under another name. */
  as(name: string): Column {
    return new Column(Exprs.alias(this.expr, name));
  }
  /** The same expression under another name. */
  alias(name: string): Column {
    return this.as(name);
  }
  /** The same expression under another name. */
  name(name: string): Column {
    return this.as(name);
  }

  /** `this = other`; null where either is. */
  equalTo(other: Operand): Column {
    return this.#with('=', other);
  }
  /** `this = other`; null where either is. */
  eq(other: Operand): Column {
    return this.#with('=', other);
  }
  /** `this <=> other`: null equals null; never null. */
  eqNullSafe(other: Operand): Column {
    return this.#with('<=>', other);
  }
  /** `this <> other`. */
  notEqual(other: Operand): Column {
    return this.#with('<>', other);
  }
  /** `this > other`. */
  gt(other: Operand): Column {
    return this.#with('>', other);
  }
  /** `this >= other`. */
  geq(other: Operand): Column {
    return this.#with('>=', other);
  }
  /** `this < other`. */
  lt(other: Operand): Column {
    return this.#with('<', other);
  }
  /** `this <= other`. */
  leq(other: Operand): Column {
    return this.#with('<=', other);
  }
  /** `lower <= this AND this <= upper`. */
  between(lower: Operand, upper: Operand): Column {
    return new Column(Exprs.call('between', [this.expr, operand(lower), operand(upper)]));
  }
  /** Whether the value is one of those given. */
  isin(...values: readonly Operand[]): Column {
    return new Column(Exprs.call('in', [this.expr, ...values.map(operand)]));
  }
  /** Whether the value is null. */
  isNull(): Column {
    return this.#call('isnull');
  }
  /** Whether the value is not null. */
  isNotNull(): Column {
    return this.#call('isnotnull');
  }
  /** Whether the value is NaN. */
  isNaN(): Column {
    return this.#call('isnan');
  }

  /** Three-valued AND. */
  and(other: Operand): Column {
    return this.#with('and', other);
  }
  /** Three-valued OR. */
  or(other: Operand): Column {
    return this.#with('or', other);
  }
  /** Three-valued NOT. */
  not(): Column {
    return this.#call('not');
  }

  /** `this + other`. */
  plus(other: Operand): Column {
    return this.#with('+', other);
  }
  /** `this - other`. */
  minus(other: Operand): Column {
    return this.#with('-', other);
  }
  /** `this * other`. */
  multiply(other: Operand): Column {
    return this.#with('*', other);
  }
  /** `this / other`: double, or decimal for decimals. */
  divide(other: Operand): Column {
    return this.#with('/', other);
  }
  /** `this % other`. */
  mod(other: Operand): Column {
    return this.#with('%', other);
  }
  /** `-this`. */
  negate(): Column {
    return this.#call('negative');
  }

  /** SQL LIKE: `%` any text, `_` any character. */
  like(pattern: string): Column {
    return this.#with('like', pattern);
  }
  /** SQL LIKE without regard to case. */
  ilike(pattern: string): Column {
    return this.#with('ilike', pattern);
  }
  /** Whether the regular expression is found in the text. */
  rlike(pattern: string): Column {
    return this.#with('rlike', pattern);
  }
  /** Whether the text contains the other. */
  contains(other: Operand): Column {
    return this.#with('contains', other);
  }
  /** Whether the text starts with the other. */
  startsWith(other: Operand): Column {
    return this.#with('startswith', other);
  }
  /** Whether the text ends with the other. */
  endsWith(other: Operand): Column {
    return this.#with('endswith', other);
  }
  /** `length` characters from position `start`, counted from 1. */
  substr(start: Operand, length: Operand): Column {
    return new Column(Exprs.call('substring', [this.expr, operand(start), operand(length)]));
  }

  /** A struct's field. */
  getField(name: string): Column {
    return this.#with('getitem', name);
  }
  /** An array's element by position from 0, or a map's value by key. */
  getItem(key: Operand): Column {
    return this.#with('getitem', key);
  }

  /** The value as another type. @throws CAST_INVALID_INPUT when it runs, for malformed values under ANSI */
  cast(type: TypeLike): Column {
    return new Column(castTo(this.expr, type));
  }
  /** As cast, but null instead of an error. */
  tryCast(type: TypeLike): Column {
    return new Column(castTo(this.expr, type, 'try'));
  }

  /** A further branch of a CASE begun by `when()`. */
  when(condition: Column, value: Operand): Column {
    const { expr } = this;
    if (expr.kind !== 'case' || expr.otherwise !== undefined) throw notCase('when');
    return new Column({ ...expr, branches: [...expr.branches, { when: condition.expr, then: operand(value) }] });
  }
  /** The value where no branch of a CASE applies. */
  otherwise(value: Operand): Column {
    const { expr } = this;
    if (expr.kind !== 'case' || expr.otherwise !== undefined) throw notCase('otherwise');
    return new Column({ ...expr, otherwise: operand(value) });
  }

  /** Ascending, nulls first. */
  asc(): Column {
    return new Column(this.expr, { direction: 'asc', nulls: 'first' });
  }
  /** Ascending, nulls last. */
  ascNullsLast(): Column {
    return new Column(this.expr, { direction: 'asc', nulls: 'last' });
  }
  /** Descending, nulls last. */
  desc(): Column {
    return new Column(this.expr, { direction: 'desc', nulls: 'last' });
  }
  /** Descending, nulls first. */
  descNullsFirst(): Column {
    return new Column(this.expr, { direction: 'desc', nulls: 'first' });
  }

  /** Window functions are not supported yet. @throws NOT_SUPPORTED */
  over(): Column {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'OVER (window functions)',
      remedy: 'For time windows use groupBy(window(…)).',
    });
  }

  toString(): string {
    return exprText(this.expr);
  }

  #with(name: string, other: Operand): Column {
    return new Column(Exprs.call(name, [this.expr, operand(other)]));
  }
  #call(name: string): Column {
    return new Column(Exprs.call(name, [this.expr]));
  }
}

/** A column's expression, or a literal. */
export function operand(value: Operand): Expr {
  return value instanceof Column ? value.expr : literalOf(value);
}

/** A column's expression, or the column of that name: `a`, `data.url`, `data.*`, `*`. */
export function columnExpr(value: Column | string): Expr {
  return value instanceof Column ? value.expr : namedExpr(value);
}

/** `a.b` is a field or a qualified name; backticks keep dots: `` `a.b` ``. */
export function namedExpr(name: string): Expr {
  const parts = [...name.matchAll(/`((?:[^`]|``)*)`|[^.`]+/g)].map(
    (match) => match[1]?.replaceAll('``', '`') ?? match[0],
  );
  if (parts[parts.length - 1] === '*') return Exprs.star(parts.slice(0, -1));
  return Exprs.attribute(parts);
}

/** `CAST(child AS type)`; text names an atomic type or a decimal. @throws INVALID_ARGUMENT */
export function castTo(child: Expr, type: TypeLike, mode?: 'try'): Expr {
  return Exprs.cast(child, typeof type === 'string' ? simpleType(type) : type, mode);
}

const SIMPLE: Readonly<Record<string, DataType>> = Object.fromEntries(
  (
    [
      'boolean',
      'byte',
      'short',
      'int',
      'long',
      'float',
      'double',
      'string',
      'binary',
      'date',
      'timestamp',
      'timestamp_ntz',
    ] as const
  )
    .flatMap(
      (kind) =>
        [
          [kind, { kind }],
          [typeName({ kind }), { kind }],
        ] as const,
    )
    .concat([['integer', { kind: 'int' }]]),
);

function simpleType(text: string): DataType {
  const name = text.trim().toLowerCase();
  const known = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
  if (known !== undefined) return known;
  const decimal = /^(?:decimal|dec|numeric)(?:\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$/.exec(name);
  if (decimal !== null) return { kind: 'decimal', precision: Number(decimal[1] ?? 10), scale: Number(decimal[2] ?? 0) };
  throw new MillraceError('INVALID_ARGUMENT', {
    argument: 'type',
    problem: `'${text}' is not an atomic type`,
    remedy:
      'Use a type object for nested ones: ArrayType(StringType), new StructType().add(…), or expr("CAST(… AS …)").',
  });
}

function notCase(method: string): MillraceError {
  return new MillraceError('INVALID_ARGUMENT', {
    argument: method,
    problem: `${method}() only goes on from when()`,
    remedy: 'Begin with when(condition, value).',
  });
}
