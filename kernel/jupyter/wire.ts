/**
 * The wire format: identities, `<IDS|MSG>`, signature, header, parent header, metadata, content, buffers…
 *
 * The signature is the HMAC over the four JSON frames, in hexadecimal. Whatever arrives is refused with a reason unless
 * every frame is in its place and rightly signed; nothing here throws on what a peer sent.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.ts';

export const PROTOCOL_VERSION = '5.4';

const DELIMITER = Buffer.from('<IDS|MSG>');
const IDENTITIES_MAX = 64;
const HEADER_BYTES_MAX = 64 * 1024;
const JSON_BYTES_MAX = 64 * 1024 * 1024;
export const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;
/** As many signatures as ipykernel remembers. */
const SIGNATURES_MAX = 65_536;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
}

/** What answers and outputs need of the message that caused them. */
export interface Parent {
  readonly id: string;
  /** The header's frame as it came; it goes back byte for byte as the parent header. */
  readonly header: Buffer;
}

export interface IncomingMessage {
  readonly identities: readonly Buffer[];
  readonly parent: Parent;
  readonly header: Header;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Buffer[];
}

export type Decoded =
  | { readonly status: 'ok'; readonly message: IncomingMessage }
  | { readonly status: 'refused'; readonly reason: string };

export interface OutgoingMessage {
  readonly type: string;
  readonly parent: Parent | undefined;
  /** The content, already JSON. */
  readonly content: string;
  readonly metadata?: string;
  readonly buffers?: readonly Uint8Array[];
  /** Routing identities, or the topic of a published message. */
  readonly prefix: readonly (Buffer | string)[];
}

const EMPTY_OBJECT = Buffer.from('{}');

export class WireCodec {
  readonly session = randomUUID();
  readonly #key: string;
  readonly #hash: string;
  readonly #clock: Clock;
  readonly #seen = new SignatureMemory();
  #sent = 0;

  constructor(signing: { readonly key: string; readonly hash: string }, clock: Clock) {
    this.#key = signing.key;
    this.#hash = signing.hash;
    this.#clock = clock;
  }

  encode(message: OutgoingMessage): (Buffer | string | Uint8Array)[] {
    this.#sent += 1;
    const header = Buffer.from(
      JSON.stringify({
        msg_id: `${this.session}_${this.#sent}`,
        msg_type: message.type,
        username: 'kernel',
        session: this.session,
        date: new Date(this.#clock.nowMs()).toISOString(),
        version: PROTOCOL_VERSION,
      }),
    );
    const parts = [
      header,
      message.parent?.header ?? EMPTY_OBJECT,
      message.metadata === undefined ? EMPTY_OBJECT : Buffer.from(message.metadata),
      Buffer.from(message.content),
    ];
    return [...message.prefix, DELIMITER, this.#sign(parts), ...parts, ...(message.buffers ?? [])];
  }

  /** Accepts a message once: the same signature a second time is a replay. */
  decode(frames: readonly Buffer[]): Decoded {
    const delimiter = frames.findIndex((frame, i) => i <= IDENTITIES_MAX && frame.equals(DELIMITER));
    if (delimiter < 0) return refused('no delimiter <IDS|MSG>');
    const [signature, header, parent, metadata, content, ...buffers] = frames.slice(delimiter + 1);
    if (!signature || !header || !parent || !metadata || !content)
      return refused(`only ${frames.length - delimiter - 1} of 5 frames`);
    const tooLarge = sizeProblem(frames, [parent, metadata, content], header);
    if (tooLarge !== undefined) return refused(tooLarge);
    const parts = [header, parent, metadata, content];
    if (this.#key !== '') {
      if (!sameBytes(signature, Buffer.from(this.#sign(parts)))) return refused('wrong signature');
      if (!this.#seen.add(signature.toString('latin1'))) return refused('replayed signature');
    }
    return parseParts({ identities: frames.slice(0, delimiter), header, parent, metadata, content, buffers });
  }

  #sign(parts: readonly Buffer[]): string {
    if (this.#key === '') return '';
    const hmac = createHmac(this.#hash, this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }
}

/** The latest signatures, oldest forgotten first. */
class SignatureMemory {
  readonly #signatures = new Set<string>();

  /** False where the signature was seen before. */
  add(signature: string): boolean {
    if (this.#signatures.has(signature)) return false;
    this.#signatures.add(signature);
    if (this.#signatures.size > SIGNATURES_MAX) {
      for (const oldest of this.#signatures) {
        this.#signatures.delete(oldest);
        break;
      }
    }
    return true;
  }
}

interface RawParts {
  readonly identities: readonly Buffer[];
  readonly header: Buffer;
  readonly parent: Buffer;
  readonly metadata: Buffer;
  readonly content: Buffer;
  readonly buffers: readonly Buffer[];
}

function parseParts(raw: RawParts): Decoded {
  const header = parseObject(raw.header);
  if (header === undefined) return refused('the header is no JSON object');
  if (parseObject(raw.parent) === undefined) return refused('the parent header is no JSON object');
  const metadata = parseObject(raw.metadata);
  if (metadata === undefined) return refused('the metadata are no JSON object');
  const content = parseObject(raw.content);
  if (content === undefined) return refused('the content is no JSON object');
  const { msg_id: id, msg_type: type, session = '' } = header;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof session !== 'string') {
    return refused('the header lacks msg_id, msg_type or session as texts');
  }
  return {
    status: 'ok',
    message: {
      identities: raw.identities,
      parent: { id, header: raw.header },
      header: { msg_id: id, msg_type: type, session },
      metadata,
      content,
      buffers: raw.buffers,
    },
  };
}

function sizeProblem(frames: readonly Buffer[], json: readonly Buffer[], header: Buffer): string | undefined {
  if (header.byteLength > HEADER_BYTES_MAX)
    return `a header of ${header.byteLength} bytes; at most ${HEADER_BYTES_MAX}`;
  const jsonBytes = json.reduce((sum, part) => sum + part.byteLength, 0);
  if (jsonBytes > JSON_BYTES_MAX) return `${jsonBytes} bytes of JSON; at most ${JSON_BYTES_MAX}`;
  const bytes = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  return bytes > MESSAGE_BYTES_MAX ? `${bytes} bytes; at most ${MESSAGE_BYTES_MAX}` : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseObject(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function sameBytes(given: Buffer, right: Buffer): boolean {
  return given.byteLength === right.byteLength && timingSafeEqual(given, right);
}

function refused(reason: string): Decoded {
  return { status: 'refused', reason };
}
