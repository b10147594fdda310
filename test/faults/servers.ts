/** The servers of a session: started when first asked for, by whoever asks first. */
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';
import { postgresMissing, startPostgres, type PostgresService } from '../services/postgres.ts';

export type ServerName = 'kafka' | 'postgres';

/** A server that a fault takes away. */
export interface Interruptible {
  /** Kills it, keeping its data and port. */
  pause(): Promise<void>;
  /** Starts it again, and resolves once it answers. */
  resume(): Promise<void>;
}

export interface Servers {
  /** Why it cannot be had here; undefined where it can. */
  missing(server: ServerName): Promise<string | undefined>;
  kafka(): Promise<KafkaService>;
  postgres(): Promise<PostgresService>;
  interruptible(server: ServerName): Promise<Interruptible>;
  stop(): Promise<void>;
}

export function lazyServers(): Servers {
  let startedKafka: Promise<KafkaService> | undefined;
  let startedPostgres: Promise<PostgresService> | undefined;
  const kafka = (): Promise<KafkaService> => (startedKafka ??= startKafka());
  const postgres = (): Promise<PostgresService> => (startedPostgres ??= startPostgres());
  return {
    missing: (server) => (server === 'kafka' ? kafkaMissing() : Promise.resolve(postgresMissing())),
    kafka,
    postgres,
    interruptible: (server) => (server === 'kafka' ? kafka() : postgres()),
    async stop() {
      await (await startedKafka)?.stop();
      await (await startedPostgres)?.stop();
    },
  };
}
