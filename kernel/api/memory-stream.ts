/** MemoryStream: a streaming source fed by the program, as in Spark. */
import type { Schema } from '../arrow/types.ts';
import { Exprs } from '../expr/expr.ts';
import { DataFrame } from './data-frame.ts';
import type { StructType } from './data-types.ts';
import { rowsToIpc } from './ipc.ts';
import { schemaFrom } from './reader.ts';
import type { AnySchema, SchemaOf } from './schema-types.ts';
import type { SparkSession } from './session.ts';

type RowTypeOf<D> = D extends string ? SchemaOf<D> : D extends StructType<infer T> ? T : AnySchema;

export class MemoryStream<const D extends string | StructType<unknown> | Schema> {
  readonly #session: SparkSession;
  readonly #schema: Schema;
  readonly #streamId: number;

  /** @param schema DDL text (`"ts TIMESTAMP, url STRING"`) or a StructType */
  constructor(session: SparkSession, schema: D) {
    this.#session = session;
    this.#schema = schemaFrom(session.state, schema);
    this.#streamId = session.state.nextStreamId();
  }

  /** The stream as a DataFrame. */
  toDF(): DataFrame<RowTypeOf<D>> {
    const { state } = this.#session;
    return new DataFrame<RowTypeOf<D>>(state, {
      kind: 'dataSource',
      format: 'memory-stream',
      options: { streamId: String(this.#streamId) },
      paths: [],
      schema: this.#schema,
      streaming: true,
      sourceId: state.nextSourceId(),
      output: this.#schema.fields.map((f) => Exprs.column(state.nextColumnId(), f.name, f.type, f.nullable)),
    });
  }

  /** Appends rows: objects by column name, or arrays in column order; a single value where there is one column. */
  addData(rows: readonly unknown[]): void {
    this.#session.state.runner.addMemoryData(this.#streamId, rowsToIpc(rows, this.#schema));
  }
}
