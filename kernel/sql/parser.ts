/** The SQL parser as the rest of the kernel sees it: text → plan, by recursive descent, each function leaving the cursor behind what it read. */
import type { SqlParser } from '../plan/parser-port.ts';
import { TokenCursor } from './cursor.ts';
import { parseNamedExpression } from './expressions.ts';
import { parseQuery } from './query.ts';
import { parseStatement } from './statements.ts';
import { parseFields, parseType } from './types.ts';

export const sqlParser: SqlParser = {
  parseExpression: (text) => whole(text, parseNamedExpression),
  parseQuery: (text) => whole(text, parseQuery),
  parseStatement: (text) => whole(text, parseStatement),
  parseScript,
  parseType: (text) => whole(text, parseType),
  parseSchema: (text) =>
    whole(text, (cursor) => {
      if (!cursor.isWord('STRUCT') || !(cursor.isSymbol('<', 1) || cursor.isSymbol('<>', 1)))
        return parseFields(cursor);
      const type = parseType(cursor);
      if (type.kind !== 'struct') throw cursor.unexpected('Expected a struct type.');
      return type;
    }),
};

/** One trailing `;` is allowed. */
function whole<T>(text: string, parse: (cursor: TokenCursor) => T): T {
  const cursor = new TokenCursor(text);
  const result = parse(cursor);
  cursor.takeSymbol(';');
  cursor.expectEnd();
  return result;
}

function parseScript(text: string): ReturnType<SqlParser['parseScript']> {
  const cursor = new TokenCursor(text);
  const statements: { statement: ReturnType<typeof parseStatement>; text: string; line: number }[] = [];
  for (;;) {
    while (cursor.takeSymbol(';'));
    const first = cursor.peek();
    if (first.kind === 'end') return statements;
    const statement = parseStatement(cursor);
    const end = cursor.peek();
    if (end.kind !== 'end' && !cursor.isSymbol(';'))
      throw cursor.unexpected("Expected ';' or the end of the statement.");
    statements.push({ statement, text: text.slice(first.start, end.start).trim(), line: cursor.position(first).line });
  }
}
