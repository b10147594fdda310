/** Seeded random numbers and texts: the same on every machine and in every version of Node. */

export interface Random {
  /** In [0, 1), of 32 bits. */
  next(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** Begins the series that belongs to `number`: what was drawn before has no influence on it. */
  restart(number: number): void;
}

/** Splitmix32. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  const restart = (number: number): void => {
    state = seed ^ Math.imul(number + 1, 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  };
  return { next, below: (limit) => Math.floor(next() * limit), restart };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LENGTH_MIN = 3;
/** One in so many characters is the special one. */
const SPECIAL_RATIO = 13;

/** 3 to `lengthLimit - 1` letters with some special characters between them, none at the ends where it is a space. */
export function randomText(random: Random, lengthLimit: number, special = ' '): string {
  const length = LENGTH_MIN + random.below(lengthLimit - LENGTH_MIN);
  let text = '';
  for (let i = 0; i < length; i++) {
    text += random.below(SPECIAL_RATIO) === 0 ? special : (LETTERS[random.below(LETTERS.length)] ?? '');
  }
  return text.trim();
}

/** A long text of letters, of which `slice` gives parts: cheaper than making each anew. */
export interface TextPool {
  slice(random: Random, length: number): string;
}

const POOL_LENGTH = 1 << 16;

export function createTextPool(random: Random): TextPool {
  const letters = Array.from({ length: POOL_LENGTH }, () => LETTERS[random.below(LETTERS.length)] ?? '').join('');
  return {
    slice: (from, length) => {
      const begin = from.below(POOL_LENGTH - length);
      return letters.slice(begin, begin + length);
    },
  };
}
