/**
 * Every error condition: SQLSTATE and message template. Names and SQLSTATEs are Spark's where Spark has the condition.
 * `<name>` in a template is a parameter, checked at compile time where the error is raised (see errors.ts).
 * Kept in groups by the room that raises them, alphabetical within a group.
 */
export const CONDITIONS = {
  // core
  INTERNAL_ERROR: {
    sqlState: 'XX000',
    message: 'Internal error: <message>. This is a defect of Millrace; please report it.',
  },
  INVALID_ROW: {
    sqlState: '22023',
    message: 'Row <row>, field <field>: <problem>. Expected a value of the type <type>.',
  },
  NOT_SUPPORTED: { sqlState: '0A000', message: '<feature> is not supported yet. <remedy>' },
  OUT_OF_MEMORY: {
    sqlState: '53200',
    message:
      'Cannot allocate <bytes> bytes for <owner>: <used> of <total> bytes of engine memory are in use. Process less at once (smaller micro-batches, a shorter watermark delay, fewer groups), or release cached results.',
  },

  // plan: names and types
  AMBIGUOUS_REFERENCE: {
    sqlState: '42704',
    message: 'Reference <name> is ambiguous, could be: <candidates>. Qualify it or rename one of them.',
  },
  DATATYPE_MISMATCH: { sqlState: '42K09', message: 'Cannot resolve <expression>: <problem>. <remedy>' },
  EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE: {
    sqlState: '42K09',
    message:
      'The event time <name> has the type <type>, but it must be a timestamp. Cast it with to_timestamp() first.',
  },
  CANNOT_PARSE_INTERVAL: {
    sqlState: '22006',
    message: 'The interval <text> is wrong: <problem>. Write it like 10 minutes 30 seconds.',
  },
  INVALID_INTERVAL_FORMAT: {
    sqlState: '22006',
    message: 'The interval <text> is wrong: <problem>. Write it like 10 minutes 30 seconds.',
  },
  MISSING_AGGREGATION: {
    sqlState: '42803',
    message:
      'The query has <expression>, which is neither grouped nor aggregated. Add it to GROUP BY or wrap it in an aggregate such as any_value().',
  },
  MISSING_GROUP_BY: {
    sqlState: '42803',
    message:
      'The query has aggregates, but no GROUP BY for <expression>. Add it to GROUP BY or wrap it in an aggregate such as any_value().',
  },
  NESTED_AGGREGATE_FUNCTION: {
    sqlState: '42607',
    message: 'The aggregate <expression> stands inside another aggregate. Compute the inner one in a subquery first.',
  },
  NUM_COLUMNS_MISMATCH: {
    sqlState: '42826',
    message: '<operation> needs inputs with the same number of columns, but got <counts>.',
  },
  ORDER_BY_POS_OUT_OF_RANGE: {
    sqlState: '42805',
    message: 'ORDER BY position <index> is not in the select list (valid range is [1, <size>]).',
  },
  DUPLICATED_CTE_NAMES: { sqlState: '42602', message: 'WITH names <name> twice. Rename one of them.' },
  FIELD_NOT_FOUND: { sqlState: '42704', message: 'There is no struct field <name>. The fields are: <fields>.' },
  GROUP_BY_AGGREGATE: {
    sqlState: '42903',
    message: 'GROUP BY takes no aggregate, but has <expression>. Aggregate in the select list, or in a subquery.',
  },
  GROUP_BY_POS_AGGREGATE: {
    sqlState: '42903',
    message: 'GROUP BY position <index> is the aggregate <expression>. Group by a plain expression.',
  },
  GROUP_BY_POS_OUT_OF_RANGE: {
    sqlState: '42805',
    message: 'GROUP BY position <index> is not in the select list (valid range is [1, <size>]).',
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    sqlState: '42825',
    message: '<operation>: column <column> has the types <types>, which have no common type. Cast one of them.',
  },
  INVALID_EXTRACT_BASE_FIELD_TYPE: {
    sqlState: '42000',
    message: 'Cannot take <field> out of <base>, whose type is <type>. A struct, array or map is needed.',
  },
  INVALID_EXTRACT_FIELD: {
    sqlState: '42601',
    message: 'Cannot extract <field>. Known fields: year, quarter, month, week, day, dow, doy, hour, minute, second.',
  },
  INVALID_INLINE_TABLE: { sqlState: '42000', message: 'The rows of VALUES do not fit together: <problem>.' },
  INVALID_TYPED_LITERAL: {
    sqlState: '42604',
    message: "The literal <text> is no <type>. Write it like DATE '2024-01-31' or TIMESTAMP '2024-01-31 10:00:00'.",
  },
  INVALID_WHERE_CONDITION: {
    sqlState: '42903',
    message: 'WHERE takes no aggregate. Filter the result of the aggregation: HAVING in SQL, or filter() after agg().',
  },
  TABLE_OR_VIEW_ALREADY_EXISTS: {
    sqlState: '42P07',
    message: 'The view <name> exists already. Use CREATE OR REPLACE, or drop it first.',
  },
  TABLE_OR_VIEW_NOT_FOUND: { sqlState: '42P01', message: 'The table or view <name> cannot be found. <suggestion>' },
  UNBOUND_SQL_PARAMETER: {
    sqlState: '42P02',
    message: 'No value was given for the parameter :<name>. Pass it: spark.sql(text, { <name>: … }).',
  },
  UNSUPPORTED_FEATURE: { sqlState: '0A000', message: '<feature> is not supported, as in Spark. <remedy>' },
  UNSUPPORTED_EXPR_FOR_OPERATOR: { sqlState: '42K0E', message: '<expression> cannot stand here. <remedy>' },
  UNRESOLVED_COLUMN: {
    sqlState: '42703',
    message: 'A column, variable, or function parameter with name <name> cannot be resolved. <suggestion>',
  },
  UNRESOLVED_ROUTINE: { sqlState: '42883', message: 'Cannot resolve the function <name>. <suggestion>' },
  WRONG_NUM_ARGS: { sqlState: '42605', message: 'The function <name> requires <expected> arguments but got <actual>.' },

  // api
  INVALID_ARGUMENT: { sqlState: '22023', message: 'The argument <argument> is wrong: <problem>. <remedy>' },

  // sql
  DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION: {
    sqlState: '22003',
    message: 'The decimal precision <precision> is more than 38. Write the number as a double, with an exponent.',
  },
  DECIMAL_SCALE_EXCEEDS_PRECISION: {
    sqlState: '22003',
    message: 'The decimal scale <scale> is more than the precision <precision>.',
  },
  INVALID_SQL_SYNTAX: { sqlState: '42000', message: 'The SQL is wrong: <problem>. <remedy>' },
  INVALID_NUMERIC_LITERAL_RANGE: {
    sqlState: '22003',
    message: 'The literal <text> lies outside of the range of <type>.',
  },
  UNSUPPORTED_DATATYPE: { sqlState: '0A000', message: 'There is no type <type>. Known: <known>.' },
  PARSE_SYNTAX_ERROR: { sqlState: '42601', message: 'Syntax error at or near <error>. <hint>' },

  // expressions at run time
  BINARY_ARITHMETIC_OVERFLOW: {
    sqlState: '22003',
    message:
      '<operation> caused overflow. Use try_<function> to get NULL instead, or cast the operands to a wider type.',
  },
  CANNOT_PARSE_TIMESTAMP: {
    sqlState: '22007',
    message: 'The text <text> does not follow the pattern <pattern>. Use try_<function> to get NULL instead.',
  },
  DATETIME_OVERFLOW: {
    sqlState: '22008',
    message: '<operation> leaves the range of timestamps, which ends with the year 294247. Check the numbers.',
  },
  DATETIME_FIELD_OUT_OF_BOUNDS: {
    sqlState: '22023',
    message: '<problem>. Set spark.sql.ansi.enabled to false to get NULL instead.',
  },
  DUPLICATED_MAP_KEY: { sqlState: '23505', message: 'The map key <key> is there twice. Remove one of them.' },
  ILLEGAL_DAY_OF_WEEK: {
    sqlState: '22009',
    message: 'There is no day of the week <day>. Write it like Mon or MONDAY.',
  },
  INVALID_ARRAY_INDEX: {
    sqlState: '22003',
    message:
      'The index <index> is out of bounds: the array has <size> elements. Use get() or try_element_at() to get NULL instead.',
  },
  INCONSISTENT_BEHAVIOR_CROSS_VERSION: {
    sqlState: '42K0B',
    message:
      'The date-time pattern <pattern> is refused: <problem>. Spark 3 dropped what earlier versions took for it.',
  },
  INVALID_DATETIME_PATTERN: {
    sqlState: '22007',
    message: 'The date-time pattern <pattern> is wrong: <problem>.',
  },
  INVALID_ESC: { sqlState: '42604', message: 'The escape <escape> is wrong: give one character.' },
  INVALID_FORMAT: { sqlState: '42601', message: 'The pattern <pattern> is wrong: <problem>.' },
  INVALID_INDEX_OF_ZERO: {
    sqlState: '22003',
    message: 'The index 0 is wrong: positions count from 1, or from -1 at the end.',
  },
  INVALID_OPTIONS: {
    sqlState: '42K06',
    message: "The options of <function> are wrong: <problem>. Write them as map('mode', 'FAILFAST').",
  },
  INVALID_PARAMETER_VALUE: {
    sqlState: '22023',
    message: 'The value of <parameter> in <function> is wrong: <problem>.',
  },
  INVALID_REGEXP_REPLACE: {
    sqlState: '22023',
    message: 'The replacement <replacement> is wrong: <problem>. Write \\$ for a dollar and \\\\ for a backslash.',
  },
  INVALID_TIMEZONE: {
    sqlState: '22009',
    message: 'There is no time zone <timeZone>. Give an IANA name such as Europe/Berlin, or an offset such as +02:00.',
  },
  INVALID_SCHEMA: {
    sqlState: '42K07',
    message: "The type <schema> is no schema. Give DDL text such as 'a INT, b STRING', or a StructType.",
  },
  PARSE_MODE_UNSUPPORTED: {
    sqlState: '42601',
    message:
      '<function> has no mode <mode>: it cannot drop rows. Use PERMISSIVE and filter rows that are null, or FAILFAST.',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    sqlState: '22003',
    message:
      'The index <index> is out of bounds: the array has <size> elements. Use try_element_at() to get NULL instead.',
  },
  MALFORMED_CHARACTER_CODING: {
    sqlState: '22000',
    message: '<function>: the bytes are not <charset>. Cast them to string to replace what is no character.',
  },
  NULL_MAP_KEY: { sqlState: '2200E', message: 'A map key must not be NULL.' },
  NUMERIC_OUT_OF_SUPPORTED_RANGE: {
    sqlState: '22003',
    message: 'The value <value> has more than the 38 digits that a decimal holds. Use try_cast to get NULL instead.',
  },
  NUMERIC_VALUE_OUT_OF_RANGE: {
    sqlState: '22003',
    message: 'The value <value> does not fit <type>. Use try_<function> to get NULL instead.',
  },
  REMAINDER_BY_ZERO: {
    sqlState: '22012',
    message: 'Remainder by zero. Use try_mod to get NULL instead, or set spark.sql.ansi.enabled to false.',
  },
  USER_RAISED_EXCEPTION: { sqlState: 'P0001', message: '<message>' },
  ARITHMETIC_OVERFLOW: {
    sqlState: '22003',
    message: '<operation> caused overflow. <remedy>',
  },
  CAST_INVALID_INPUT: {
    sqlState: '22018',
    message:
      'The value <value> of the type <from> cannot be cast to <to> because it is malformed. Use try_cast to get NULL instead, or set spark.sql.ansi.enabled to false.',
  },
  CAST_OVERFLOW: {
    sqlState: '22003',
    message:
      'The value <value> of the type <from> cannot be cast to <to> due to an overflow. Use try_cast to get NULL instead.',
  },
  DIVIDE_BY_ZERO: {
    sqlState: '22012',
    message: 'Division by zero. Use try_divide to get NULL instead, or set spark.sql.ansi.enabled to false.',
  },
  MALFORMED_RECORD_IN_PARSING: {
    sqlState: '22023',
    message:
      'Malformed record: <record>. The parse mode is FAILFAST; use PERMISSIVE to read malformed records as NULL.',
  },

  // connectors
  DATA_SOURCE_NOT_FOUND: {
    sqlState: '42K02',
    message: 'Failed to find the data source <format>. Known ones: <known>.',
  },
  DATA_SOURCE_OPTION: {
    sqlState: '42616',
    message: 'The option <option> of the data source <format> is wrong: <problem>. <remedy>',
  },
  KAFKA_RECORDS_DAMAGED: {
    sqlState: 'KD000',
    message: 'Records of the Kafka topic <topic>, partition <partition>, cannot be read: <problem>.',
  },
  KAFKA_TOPIC_NOT_FOUND: {
    sqlState: '42K03',
    message: 'The Kafka topic <topic> does not exist on <brokers>. Create it first, or check its name.',
  },
  KAFKA_UNAVAILABLE: {
    sqlState: '08001',
    message:
      'Kafka (<brokers>) does not answer for <what>: <problem>. Check that the brokers run, that kafka.bootstrap.servers names them, and the security options.',
  },
  MEMORY_SINK_FULL: {
    sqlState: '54000',
    message:
      'The table <table> of a memory sink would grow to <rows> rows, more than <rowsMax>. Use complete mode with fewer groups, set the option maxRows, or write to files.',
  },
  PATH_NOT_FOUND: {
    sqlState: '42K03',
    message: 'Path does not exist: <path>. Check the spelling; relative paths start at <base>.',
  },
  UNABLE_TO_INFER_SCHEMA: {
    sqlState: '42KD9',
    message: 'Unable to infer a schema for <format>: <problem>. Give one with .schema(...).',
  },

  // stream
  CHECKPOINT_DAMAGED: {
    sqlState: 'KD000',
    message: 'The checkpoint file <file> is damaged: <problem>. Nothing was overwritten. <remedy>',
  },
  CHECKPOINT_NOT_WRITABLE: {
    sqlState: '58030',
    message:
      'The checkpoint file <file> cannot be written: <problem>. Nothing was lost: the batch runs again once it can be written. <remedy>',
  },
  CHECKPOINT_MISMATCH: {
    sqlState: 'KD000',
    message: 'The checkpoint <location> does not belong to this query: <problem>. Nothing was overwritten. <remedy>',
  },
  CONCURRENT_QUERY: {
    sqlState: '0A000',
    message: 'Another query <name> is running with the same <what>. Stop it first, or give this one another.',
  },
  FOREACH_USER_FUNCTION_ERROR: {
    sqlState: '39000',
    message: 'The function of the <format> sink failed at batch <batchId>: <reason>',
  },
  INVALID_CONF_VALUE: {
    sqlState: '22022',
    message: 'The value <value> of the setting <name> is wrong: expected <expected>. Set it by spark.conf.set.',
  },
  STREAM_FAILED: {
    sqlState: 'XXKST',
    message: 'Query <name> [id = <id>, runId = <runId>] terminated with exception: <message>',
  },
  STREAMING_DATA_LOSS: {
    sqlState: 'KD000',
    message:
      'Some data of <source> may have been lost: <problem>. Set the option failOnDataLoss to false to go on with what is left.',
  },
  STREAMING_OUTPUT_MODE: {
    sqlState: '42KDE',
    message: '<operation> is not possible in output mode <outputMode>: <problem>. <remedy>',
  },
  UNSUPPORTED_STREAMING_OPERATION: {
    sqlState: '0A000',
    message: '<operation> is not supported on a streaming DataFrame: <problem>. <remedy>',
  },

  // jupyter
  CONNECTION_FILE_INVALID: {
    sqlState: '08001',
    message:
      'The connection file <file> cannot be used: <problem>. Jupyter writes it when it starts a kernel; start the kernel through Jupyter.',
  },
  JUPYTER_REQUEST_INVALID: { sqlState: '22023', message: 'The <type> is malformed: <problem>.' },
  JUPYTER_REQUEST_UNKNOWN: {
    sqlState: '0A000',
    message: 'The kernel does not know the request <type>. Known ones: <known>.',
  },
  STDIN_NOT_ALLOWED: {
    sqlState: '0A000',
    message:
      'The front end does not allow this cell to ask for input. Set the value in the code, or run the cell in a front end with an input box.',
  },
  CELL_INTERRUPTED: { sqlState: '57014', message: 'The cell was interrupted while it waited for <what>.' },

  // bin
  COMMAND_USAGE: { sqlState: '42601', message: '<problem>. <remedy>' },

  // session
  EXIT_IN_CELL: {
    sqlState: '0A000',
    message:
      '<call>() was called in a cell and did nothing: the kernel goes on. To end it, choose Shut Down Kernel; to end a cell early, throw an error.',
  },
  MAGIC_USAGE: { sqlState: '42601', message: '<magic>: <problem>. Usage: <usage>' },
  SQL_PARAMETER_IN_QUOTES: {
    sqlState: '42601',
    message:
      'The parameter <parameter> stands inside <place>, where no value can be bound. Take the quotes away: a bound text needs none.',
  },
  UNKNOWN_MAGIC: { sqlState: '42883', message: 'There is no magic <magic>. <suggestion>Known magics: <known>.' },
} as const satisfies Record<string, { readonly sqlState: string; readonly message: string }>;

export type ConditionName = keyof typeof CONDITIONS;
