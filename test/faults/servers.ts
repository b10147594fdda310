/** The servers of a session: started when first asked for, by whoever asks first. */
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';

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
  /** @throws where it is missing */
  interruptible(server: ServerName): Promise<Interruptible>;
  stop(): Promise<void>;
}

export function lazyServers(): Servers {
  let kafka: Promise<KafkaService> | undefined;
  const startedKafka = (): Promise<KafkaService> => (kafka ??= startKafka());
  return {
    missing: (server) => (server === 'kafka' ? kafkaMissing() : Promise.resolve('there is no PostgreSQL yet')),
    kafka: startedKafka,
    interruptible(server) {
      if (server === 'kafka') return startedKafka();
      return Promise.reject(new Error('there is no PostgreSQL yet'));
    },
    async stop() {
      await (await kafka)?.stop();
    },
  };
}
