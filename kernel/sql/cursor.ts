/** A place in the token list, and the ways to move on from it. Every parse function takes the cursor and leaves it behind what it read. */
import type { MillraceError, SourcePosition } from '../core/errors.ts';
import { positionAt, syntaxError, tokenize, type Token } from './lexer.ts';

export class TokenCursor {
  readonly sql: string;
  readonly #tokens: Token[];
  #index = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = [...tokenize(sql)];
  }

  /** The current token, or the one `ahead` of it. Past the last: the end token. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError('a token list ends with the end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  mark(): number {
    return this.#index;
  }

  reset(mark: number): void {
    this.#index = mark;
  }

  position(token: Token = this.peek()): SourcePosition {
    return positionAt(this.sql, token.start);
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.upper === word;
  }

  isWords(...words: readonly string[]): boolean {
    return words.every((word, i) => this.isWord(word, i));
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  /** Two symbols with nothing between them, such as `>` `>`. */
  isAdjacent(first: string, second: string): boolean {
    return this.isSymbol(first) && this.isSymbol(second, 1) && this.peek().end === this.peek(1).start;
  }

  /** Takes the words if all of them come next. */
  takeWords(...words: readonly string[]): boolean {
    if (!this.isWords(...words)) return false;
    this.#index += words.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#index++;
    return true;
  }

  /** `:` as between a field's name and its type: `a: INT`, and `a:INT`, which the lexer takes for a parameter. */
  takeColon(): boolean {
    const token = this.peek();
    if (token.kind !== 'parameter') return this.takeSymbol(':');
    const { text, start, end } = token;
    this.#tokens[this.#index] = { kind: 'word', text, upper: text.toUpperCase(), start: start + 1, end };
    return true;
  }

  expectWords(...words: readonly string[]): void {
    for (const word of words) if (!this.takeWords(word)) throw this.unexpected(`Expected ${word}.`);
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(`Expected '${symbol}'.`);
  }

  /** A name: any word that is not in `forbidden`, or a quoted one. */
  expectName(what: string, forbidden?: ReadonlySet<string>): string {
    const token = this.peek();
    if (token.kind === 'quotedName' || (token.kind === 'word' && forbidden?.has(token.upper) !== true)) {
      this.next();
      return token.text;
    }
    throw this.unexpected(`Expected ${what}.`);
  }

  expectString(what: string): string {
    const token = this.peek();
    if (token.kind !== 'string') throw this.unexpected(`Expected ${what} in quotes.`);
    let text = '';
    // Strings that follow each other are one.
    for (let part = this.peek(); part.kind === 'string'; part = this.peek()) {
      text += part.text;
      this.next();
    }
    return text;
  }

  expectInteger(what: string): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text))
      throw this.unexpected(`Expected ${what}, a whole number.`);
    this.next();
    return Number(token.text);
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected('Expected the end of the statement.');
  }

  unexpected(hint: string): MillraceError {
    const token = this.peek();
    const shown = token.kind === 'end' ? 'end of input' : `'${this.sql.slice(token.start, token.end)}'`;
    return syntaxError(this.sql, token.start, shown, hint);
  }

  /** `item, item, …` */
  commaSeparated<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takeSymbol(',')) items.push(item());
    return items;
  }
}
