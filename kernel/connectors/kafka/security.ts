/** Kafka's own security options (`kafka.security.protocol`, `kafka.sasl.*`, `kafka.ssl.*`) as connections take them. */
import { readFileSync } from 'node:fs';
import type { OptionReader } from '../options.ts';
import type { KafkaClientOptions } from './client.ts';

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

export function securityOptions(options: OptionReader): Pick<KafkaClientOptions, 'ssl' | 'sasl'> {
  const protocol = (options.text('kafka.security.protocol') ?? 'PLAINTEXT').toUpperCase();
  if (!PROTOCOLS.includes(protocol)) {
    throw options.wrong('kafka.security.protocol', `'${protocol}' is unknown`, `Give one of ${PROTOCOLS.join(', ')}.`);
  }
  return {
    ssl: protocol.endsWith('SSL') ? sslOptions(options) : undefined,
    sasl: protocol.startsWith('SASL') ? saslOptions(options) : undefined,
  };
}

function saslOptions(options: OptionReader): KafkaClientOptions['sasl'] {
  const mechanism = (options.text('kafka.sasl.mechanism') ?? 'GSSAPI').toUpperCase();
  if (!MECHANISMS.includes(mechanism)) {
    throw options.wrong('kafka.sasl.mechanism', `'${mechanism}' is not supported`, `Give ${MECHANISMS.join(' or ')}.`);
  }
  const name = 'kafka.sasl.jaas.config';
  const jaas = options.required(name, `Give '… required username="…" password="…";'.`);
  const value = (key: string): string => {
    const [, quoted, bare] = new RegExp(`\\b${key}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`).exec(jaas) ?? [];
    const found = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    // The text itself is secret: it never stands in the message.
    if (found === undefined) throw options.wrong(name, `it has no ${key}`, `Add ${key}="…" to it.`);
    return found;
  };
  return { mechanism: mechanism.toLowerCase(), username: value('username'), password: value('password') };
}

/** Trust and key stores as PEM (text or file) or, for the key, PKCS12; Java's own JKS format cannot be read. */
function sslOptions(options: OptionReader): Readonly<Record<string, unknown>> {
  const text = (name: string): string | undefined => options.text(`kafka.ssl.${name}`);
  const file = (name: string): Buffer | undefined => {
    const path = text(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch {
      throw options.wrong(`kafka.ssl.${name}`, `the file ${path} cannot be read`, 'Check its path and rights.');
    }
  };
  for (const store of ['truststore', 'keystore']) {
    const type = (text(`${store}.type`) ?? (text(`${store}.location`) === undefined ? 'PEM' : 'JKS')).toUpperCase();
    if (type === 'PEM' || (type === 'PKCS12' && store === 'keystore')) continue;
    const remedy = `Convert the store to PEM (openssl) and set kafka.ssl.${store}.type to PEM.`;
    throw options.wrong(`kafka.ssl.${store}.type`, `'${type}' cannot be read here`, remedy);
  }
  const pkcs12 = text('keystore.type')?.toUpperCase() === 'PKCS12';
  const keystore = file('keystore.location');
  const unchecked = text('endpoint.identification.algorithm') === '';
  return {
    ca: text('truststore.certificates') ?? file('truststore.location'),
    ...(pkcs12
      ? { pfx: keystore, passphrase: text('keystore.password') }
      : {
          cert: text('keystore.certificate.chain') ?? keystore,
          key: text('keystore.key') ?? keystore,
          passphrase: text('key.password'),
        }),
    ...(unchecked ? { checkServerIdentity: () => undefined } : {}),
  };
}
