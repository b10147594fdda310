/** What `npm run services` and the tests know of a real server: whether it can be had here, and that it is the real thing. */

/** A started server. It also ends when the process that started it dies, however it dies. */
export interface RunningService {
  /** Where it listens, for people: `127.0.0.1:5432`. */
  readonly address: string;
  /** Ends it by its process id and removes its data. */
  stop(): Promise<void>;
}

export interface ServiceEntry {
  /** As in the table: `Apache Kafka`. */
  readonly name: string;
  /**
   * Why it cannot be started here, with what to install; undefined where it can. Downloads what is downloadable (into .cache/),
   * so that a lack of network shows as a reason.
   */
  missing(): Promise<string | undefined>;
  /** Starts it with default options, and resolves once it really answers. @throws with the end of its log */
  start(): Promise<RunningService>;
  /** The version that it reports itself, asked from a started one. */
  version(service: RunningService): Promise<string>;
}
