/** JSON that people write: each reader gives the value, or says where something else is. */

export type Read<T> = (json: unknown, place: string) => T;

export const text: Read<string> = (json, place) => {
  if (typeof json === 'string') return json;
  throw new TypeError(`${place}: a text was expected`);
};

export const number: Read<number> = (json, place) => {
  if (typeof json === 'number') return json;
  throw new TypeError(`${place}: a number was expected`);
};

export const flag: Read<boolean> = (json, place) => {
  if (typeof json === 'boolean') return json;
  throw new TypeError(`${place}: true or false was expected`);
};

export const array: Read<readonly unknown[]> = (json, place) => {
  if (Array.isArray(json)) return json;
  throw new TypeError(`${place}: a list was expected`);
};

/** @param keys where given, no others may be there */
export function record(json: unknown, place: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TypeError(`${place}: an object was expected`);
  }
  const unknown = keys === undefined ? undefined : Object.keys(json).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new TypeError(`${place}: '${unknown}' is not known`);
  return json as Readonly<Record<string, unknown>>;
}

export function optional<T>(json: unknown, place: string, read: Read<T>): T | undefined {
  return json === undefined ? undefined : read(json, place);
}
