/** The columns of a Kafka source, as in Spark. */
import { field, Types, type Schema } from '../../arrow/types.ts';

const HEADERS = Types.array(Types.struct([field('key', Types.string), field('value', Types.binary)]));

export const KAFKA_SCHEMA: Schema = Types.struct([
  field('key', Types.binary),
  field('value', Types.binary),
  field('topic', Types.string),
  field('partition', Types.int),
  field('offset', Types.long),
  field('timestamp', Types.timestamp),
  field('timestampType', Types.int),
]);

/** With the option `includeHeaders`; `headers` is null where a record has none. */
export const KAFKA_SCHEMA_WITH_HEADERS: Schema = Types.struct([...KAFKA_SCHEMA.fields, field('headers', HEADERS)]);
