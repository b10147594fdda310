/**
 * The one error class that users see. A condition name, its SQLSTATE and named parameters identify it; the text is the
 * condition's template with the parameters filled in, and says the remedy. A broken invariant is an `assert`, never this.
 *
 * @see https://spark.apache.org/docs/latest/sql-error-conditions.html where the names that Spark shares are listed
 */
import { CONDITIONS, type ConditionName } from './conditions.ts';

/** The parameter names of a message template: `'<a> and <b>'` gives `'a' | 'b'`. */
type ParameterNames<Template extends string> = Template extends `${string}<${infer Name}>${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** What must be given to raise the condition `Name`: every `<parameter>` of its template, as text or number. */
export type ConditionParameters<Name extends ConditionName> = Readonly<
  Record<ParameterNames<(typeof CONDITIONS)[Name]['message']>, string | number | bigint>
>;

/** A place in a source text. `offset` counts UTF-16 units from 0, `line` and `column` from 1. */
export interface SourcePosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface ErrorOptionsOfMillrace {
  readonly cause?: unknown;
  readonly position?: SourcePosition;
}

export class MillraceError<Name extends ConditionName = ConditionName> extends Error {
  override readonly name = 'MillraceError';
  readonly condition: Name;
  /** Five characters of the SQL standard's SQLSTATE. */
  readonly sqlState: string;
  readonly parameters: ConditionParameters<Name>;
  readonly position: SourcePosition | undefined;

  constructor(condition: Name, parameters: ConditionParameters<Name>, options: ErrorOptionsOfMillrace = {}) {
    const { position } = options;
    const place = position === undefined ? '' : ` (line ${position.line}, column ${position.column})`;
    super(
      `[${condition}] ${fillTemplate(CONDITIONS[condition].message, parameters)}${place}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.condition = condition;
    this.sqlState = CONDITIONS[condition].sqlState;
    this.parameters = parameters;
    this.position = position;
  }
}

/** The error as plain data, for a port or a log; `reviveError` makes it an error again on the other side. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly condition?: string;
  readonly parameters?: Readonly<Record<string, string | number | bigint>>;
  readonly position?: SourcePosition;
  readonly cause?: SerializedError;
}

/** Causes of causes that cross; an error may be its own cause. */
const CAUSES_MAX = 8;

/** @param depth how far down a chain of causes the error stands */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (isMillraceError(error)) {
    return {
      ...causeOf(error, depth),
      name: error.name,
      message: error.message,
      condition: error.condition,
      parameters: error.parameters,
      ...(error.stack === undefined ? {} : { stack: error.stack }),
      ...(error.position === undefined ? {} : { position: error.position }),
    };
  }
  if (error instanceof Error) {
    const stack = error.stack === undefined ? {} : { stack: error.stack };
    return { name: error.name, message: error.message, ...stack, ...causeOf(error, depth) };
  }
  return { name: 'Error', message: String(error) };
}

/** `instanceof` alone would leave the condition's type open. */
function isMillraceError(error: unknown): error is MillraceError {
  return error instanceof MillraceError;
}

function causeOf({ cause }: Error, depth: number): Pick<SerializedError, 'cause'> {
  return cause instanceof Error && depth < CAUSES_MAX ? { cause: serializeError(cause, depth + 1) } : {};
}

export function reviveError(serialized: SerializedError): Error {
  const { condition, parameters, position } = serialized;
  const cause = serialized.cause === undefined ? {} : { cause: reviveError(serialized.cause) };
  if (condition !== undefined && isCondition(condition) && parameters !== undefined) {
    return new MillraceError(condition, parameters, { ...cause, ...(position === undefined ? {} : { position }) });
  }
  const error = new Error(serialized.message, cause);
  error.name = serialized.name;
  if (serialized.stack !== undefined) error.stack = serialized.stack;
  return error;
}

function isCondition(name: string): name is ConditionName {
  return Object.hasOwn(CONDITIONS, name);
}

function fillTemplate(template: string, parameters: Readonly<Record<string, string | number | bigint>>): string {
  return template.replace(/<(\w+)>/g, (whole, name: string) => String(parameters[name] ?? whole));
}
