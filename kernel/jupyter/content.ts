/** Reads the contents of requests. A wrong field is the front end's mistake and gets an error reply that names it. */
import { MillraceError } from '../core/errors.ts';
import type { JsonObject } from './wire.ts';

export class ContentReader {
  readonly #type: string;
  readonly #content: JsonObject;

  constructor(type: string, content: JsonObject) {
    this.#type = type;
    this.#content = content;
  }

  /** @throws JUPYTER_REQUEST_INVALID */
  text(field: string): string {
    const value = this.#field(field);
    return typeof value === 'string' ? value : this.#fail(field, 'a text', value);
  }

  /** `otherwise` where the field is absent or null. */
  optionalText(field: string): string | undefined {
    return this.#isAbsent(field) ? undefined : this.text(field);
  }

  flag(field: string, otherwise: boolean): boolean {
    if (this.#isAbsent(field)) return otherwise;
    const value = this.#field(field);
    return typeof value === 'boolean' ? value : this.#fail(field, 'true or false', value);
  }

  integer(field: string, otherwise: number): number {
    return this.optionalInteger(field) ?? otherwise;
  }

  optionalInteger(field: string): number | undefined {
    if (this.#isAbsent(field)) return undefined;
    const value = this.#field(field);
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.#fail(field, 'an integer', value);
  }

  texts(field: string): Readonly<Record<string, string>> {
    if (this.#isAbsent(field)) return {};
    const value = this.#field(field);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#fail(field, 'an object of texts', value);
    return Object.fromEntries(
      Object.entries(value).map(([name, text]) => [
        name,
        typeof text === 'string' ? text : this.#fail(field, 'an object of texts', value),
      ]),
    );
  }

  /** Any JSON value; an empty object where absent. */
  data(field: string): unknown {
    return this.#field(field) ?? {};
  }

  #field(field: string): unknown {
    return Object.hasOwn(this.#content, field) ? this.#content[field] : undefined;
  }

  #isAbsent(field: string): boolean {
    const value = this.#field(field);
    return value === undefined || value === null;
  }

  #fail(field: string, wanted: string, value: unknown): never {
    const given = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
    throw new MillraceError('JUPYTER_REQUEST_INVALID', {
      type: this.#type,
      problem: `${field} must be ${wanted}, it is ${given}`,
    });
  }
}
