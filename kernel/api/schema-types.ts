/**
 * Schemas in TypeScript's types: DDL text becomes the type of a row, so that a wrong column name is red before it is run.
 * DDL is split by commas, not by characters: 300 columns cost 0.4 s of tsc.
 */
import type { Decimal } from '../arrow/decimal.ts';
import type { SqlDate, Timestamp } from '../arrow/temporal.ts';

/** A row of unknown columns: every name is allowed. */
export type AnySchema = Record<string, unknown>;

/** Whether the columns are not known to the type checker. */
export type IsAny<S> = string extends keyof S ? true : false;

/** The names of the columns; any text where they are unknown. */
export type ColumnName<S> = IsAny<S> extends true ? string : keyof S & string;

/** What `select` takes as text: columns, `*`, and fields of structs as `data.url` or `data.*`. */
export type ColumnPath<S> = IsAny<S> extends true ? string : ColumnName<S> | '*' | `${ColumnName<S>}.${string}`;

/** The rows of `S` with some columns only. */
export type PickColumns<S, K extends string> = IsAny<S> extends true ? AnySchema : { [N in K & keyof S]: S[N] };

export type DropColumns<S, K extends string> = IsAny<S> extends true ? AnySchema : { [N in Exclude<keyof S, K>]: S[N] };

export type WithColumn<S, N extends string, T> =
  IsAny<S> extends true ? AnySchema : { [C in keyof S | N]: C extends N ? T : C extends keyof S ? S[C] : never };

export type RenameColumn<S, From extends string, To extends string> =
  IsAny<S> extends true ? AnySchema : { [C in keyof S as C extends From ? To : C]: S[C] };

/** The row type of a schema in DDL text: `'a INT, b STRING'` → `{ a: number | null; b: string | null }`. */
export type SchemaOf<Ddl extends string> = string extends Ddl ? AnySchema : FieldsOf<SplitFields<Ddl>>;

type FieldsOf<Parts extends readonly string[]> = { [P in Parts[number] as NameOf<Trim<P>>]: TypeOfField<Trim<P>> };

/** Splits at the commas outside of brackets: a piece goes on until its brackets are closed. */
type SplitFields<
  S extends string,
  Open extends string = '',
  Out extends readonly string[] = [],
> = S extends `${infer Head},${infer Tail}`
  ? IsClosed<`${Open}${Head}`> extends true
    ? SplitFields<Tail, '', [...Out, `${Open}${Head}`]>
    : SplitFields<Tail, `${Open}${Head},`, Out>
  : [...Out, `${Open}${S}`];

type Count<
  S extends string,
  Mark extends string,
  N extends readonly 0[] = [],
> = S extends `${string}${Mark}${infer Rest}` ? Count<Rest, Mark, [...N, 0]> : N['length'];

type IsClosed<S extends string> = S extends `${string}<${string}` | `${string}(${string}`
  ? Count<S, '<'> extends Count<S, '>'>
    ? Count<S, '('> extends Count<S, ')'>
      ? true
      : false
    : false
  : true;

type Space = ' ' | '\n' | '\t' | '\r';
type Trim<S extends string> = S extends `${Space}${infer R}` ? Trim<R> : S extends `${infer R}${Space}` ? Trim<R> : S;

/** The field's name ends at a space, or at a colon as in `struct<a:int>`. */
type NameOf<F extends string> = F extends `\`${infer Name}\`${string}`
  ? Name
  : F extends `${infer Name}:${infer Rest}`
    ? Name extends `${string} ${string}`
      ? FirstWord<F>
      : Rest extends string
        ? Name
        : never
    : FirstWord<F>;

type FirstWord<F extends string> = F extends `${infer Word}${Space}${string}` ? FirstWord<Word> : F;

type AfterName<F extends string> = F extends `\`${string}\`${infer Rest}`
  ? Rest extends `:${infer Type}`
    ? Trim<Type>
    : Trim<Rest>
  : F extends `${NameOf<F>}${infer Rest}`
    ? Trim<Rest> extends `:${infer Type}`
      ? Trim<Type>
      : Trim<Rest>
    : never;

type TypeOfField<F extends string> =
  Uppercase<AfterName<F>> extends `${string}NOT NULL${string}` ? ValueOf<AfterName<F>> : ValueOf<AfterName<F>> | null;

/** The JavaScript value of a type in DDL text. */
export type ValueOf<T extends string> =
  Lowercase<T> extends `struct<${string}`
    ? T extends `${string}<${infer Inner}>`
      ? FieldsOf<SplitFields<Inner>>
      : unknown
    : Lowercase<T> extends `array<${string}`
      ? T extends `${string}<${infer Inner}>`
        ? readonly (ValueOf<Trim<Inner>> | null)[]
        : unknown
      : Lowercase<T> extends `map<${string}`
        ? ReadonlyMap<unknown, unknown>
        : Lowercase<T> extends `decimal${string}` | `dec${string}` | `numeric${string}`
          ? Decimal
          : AtomicValue<Lowercase<FirstWord<T>>>;

interface AtomicValues {
  boolean: boolean;
  tinyint: number;
  byte: number;
  smallint: number;
  short: number;
  int: number;
  integer: number;
  bigint: bigint;
  long: bigint;
  float: number;
  real: number;
  double: number;
  string: string;
  binary: Uint8Array;
  date: SqlDate;
  timestamp: Timestamp;
  timestamp_ltz: Timestamp;
  timestamp_ntz: Timestamp;
}

type AtomicValue<T extends string> = T extends keyof AtomicValues
  ? AtomicValues[T]
  : T extends `varchar${string}` | `char${string}`
    ? string
    : unknown;
