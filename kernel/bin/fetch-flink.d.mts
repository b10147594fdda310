export const FLINK_VERSION: string;
/** Brings PyFlink and its Kafka connector: the interpreter, and the folder of the connector's jar. */
export function fetchFlink(): Promise<{ readonly python: string; readonly jars: string }>;
