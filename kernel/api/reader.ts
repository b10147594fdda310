/** `spark.read` and `spark.readStream`. */
import type { Schema } from '../arrow/types.ts';
import { Exprs } from '../expr/expr.ts';
import type { Options } from '../plan/logical-plan.ts';
import { DataFrame } from './data-frame.ts';
import { plainSchema, type StructType } from './data-types.ts';
import { mergeOptions, type OptionValue } from './options.ts';
import type { AnySchema, SchemaOf } from './schema-types.ts';
import type { SessionState } from './session-state.ts';

/** `S` is the row type where the schema was given as text or built by StructType. */
class Reader<S> {
  protected readonly state: SessionState;
  protected readonly settings: ReaderSettings;
  declare readonly rowType: S;

  constructor(state: SessionState, settings: ReaderSettings) {
    this.state = state;
    this.settings = settings;
  }

  protected open<T>(format: string | undefined, paths: readonly string[]): DataFrame<T> {
    const { settings, state } = this;
    const { path, ...options } = settings.options;
    const request = {
      format: (format ?? settings.format ?? 'parquet').toLowerCase(),
      options,
      paths: paths.length > 0 ? paths : path === undefined ? [] : [path],
      schema: settings.schema,
      streaming: settings.streaming,
    };
    const schema = state.runner.sourceSchema(request);
    return new DataFrame<T>(state, {
      kind: 'dataSource',
      ...request,
      schema,
      sourceId: state.nextSourceId(),
      output: schema.fields.map((f) => Exprs.column(state.nextColumnId(), f.name, f.type, f.nullable)),
    });
  }
}

interface ReaderSettings {
  readonly format: string | undefined;
  readonly options: Options;
  readonly schema: Schema | undefined;
  readonly streaming: boolean;
}

const START = { format: undefined, options: {}, schema: undefined } as const;

/** Reads what is there now. */
export class DataFrameReader<S = AnySchema> extends Reader<S> {
  static of(state: SessionState): DataFrameReader {
    return new DataFrameReader(state, { ...START, streaming: false });
  }

  /** `json`, `csv`, `text`, `kafka`, `rate`, … */
  format(name: string): DataFrameReader<S> {
    return new DataFrameReader<S>(this.state, { ...this.settings, format: name });
  }
  /** Sets an option of the source. */
  option(key: string, value: OptionValue): DataFrameReader<S> {
    return this.options({ [key]: value });
  }
  /** Sets several options of the source. */
  options(values: Readonly<Record<string, OptionValue>>): DataFrameReader<S> {
    return new DataFrameReader<S>(this.state, withOptions(this.settings, values));
  }
  /** The schema, as DDL text (`"a INT, b STRING"`) or as a StructType. */
  schema<const D extends string>(ddl: D): DataFrameReader<SchemaOf<D>>;
  schema<T>(type: StructType<T>): DataFrameReader<T>;
  schema(schema: string | Schema): DataFrameReader {
    return new DataFrameReader(this.state, { ...this.settings, schema: schemaFrom(this.state, schema) });
  }
  /** Reads from paths, or from what the options say. @throws PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA */
  load(...paths: readonly string[]): DataFrame<S> {
    return this.open(undefined, paths);
  }
  /** JSON, one object a line. */
  json(...paths: readonly string[]): DataFrame<S> {
    return this.open('json', paths);
  }
  /** CSV files. */
  csv(...paths: readonly string[]): DataFrame<S> {
    return this.open('csv', paths);
  }
  /** Text files: a column `value`, one row a line. */
  text(...paths: readonly string[]): DataFrame<S> {
    return this.open('text', paths);
  }
  /** Parquet files. */
  parquet(...paths: readonly string[]): DataFrame<S> {
    return this.open('parquet', paths);
  }
  /** A temporary view. */
  table(name: string): DataFrame {
    return new DataFrame(this.state, { kind: 'unresolvedRelation', name: name.split('.') });
  }
}

/** Reads what arrives. */
export class DataStreamReader<S = AnySchema> extends Reader<S> {
  static of(state: SessionState): DataStreamReader {
    return new DataStreamReader(state, { ...START, streaming: true });
  }

  /** `kafka`, `rate`, `json`, `csv`, `text`, … */
  format(name: string): DataStreamReader<S> {
    return new DataStreamReader<S>(this.state, { ...this.settings, format: name });
  }
  /** Sets an option of the source. */
  option(key: string, value: OptionValue): DataStreamReader<S> {
    return this.options({ [key]: value });
  }
  /** Sets several options of the source. */
  options(values: Readonly<Record<string, OptionValue>>): DataStreamReader<S> {
    return new DataStreamReader<S>(this.state, withOptions(this.settings, values));
  }
  /** The schema, as DDL text or as a StructType. */
  schema<const D extends string>(ddl: D): DataStreamReader<SchemaOf<D>>;
  schema<T>(type: StructType<T>): DataStreamReader<T>;
  schema(schema: string | Schema): DataStreamReader {
    return new DataStreamReader(this.state, { ...this.settings, schema: schemaFrom(this.state, schema) });
  }
  /** Reads from a folder, or from what the options say. */
  load(...paths: readonly string[]): DataFrame<S> {
    return this.open(undefined, paths);
  }
  /** New JSON files in a folder. */
  json(path: string): DataFrame<S> {
    return this.open('json', [path]);
  }
  /** New CSV files in a folder. */
  csv(path: string): DataFrame<S> {
    return this.open('csv', [path]);
  }
  /** New text files in a folder. */
  text(path: string): DataFrame<S> {
    return this.open('text', [path]);
  }
  /** A temporary view of a stream. */
  table(name: string): DataFrame {
    return new DataFrame(this.state, { kind: 'unresolvedRelation', name: name.split('.') });
  }
}

export function schemaFrom(state: SessionState, schema: string | Schema): Schema {
  return typeof schema === 'string' ? state.parser.parseSchema(schema) : plainSchema(schema);
}

function withOptions(settings: ReaderSettings, values: Readonly<Record<string, OptionValue>>): ReaderSettings {
  return { ...settings, options: mergeOptions(settings.options, values) };
}
