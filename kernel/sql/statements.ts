/** Statements: queries, views, SHOW, DESCRIBE, EXPLAIN, SET. */
import { MillraceError } from '../core/errors.ts';
import type { ExplainMode, Options, Statement } from '../plan/logical-plan.ts';
import type { TokenCursor } from './cursor.ts';
import { parseNameList, parseQuery } from './query.ts';
import { parseFields } from './types.ts';

export function parseStatement(cursor: TokenCursor): Statement {
  const token = cursor.peek();
  const word = token.kind === 'word' ? token.upper : '';
  switch (word) {
    case 'CREATE':
      return parseCreate(cursor);
    case 'DROP':
      return parseDrop(cursor);
    case 'SHOW':
      cursor.next();
      if (!cursor.takeWords('TABLES') && !cursor.takeWords('VIEWS'))
        throw cursor.unexpected('Expected TABLES or VIEWS.');
      return { kind: 'showTables' };
    case 'DESCRIBE':
    case 'DESC':
      cursor.next();
      cursor.takeWords('TABLE');
      cursor.takeWords('EXTENDED');
      return { kind: 'describe', name: parseQualifiedName(cursor) };
    case 'EXPLAIN':
      return parseExplain(cursor);
    case 'SET':
      return parseSet(cursor);
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
    case 'ALTER':
    case 'CACHE':
    case 'USE':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `The statement ${word}`,
        remedy: 'Queries, temporary views, SHOW TABLES, DESCRIBE, EXPLAIN and SET are.',
      });
  }
  return { kind: 'query', plan: parseQuery(cursor) };
}

function parseCreate(cursor: TokenCursor): Statement {
  cursor.expectWords('CREATE');
  const replace = cursor.takeWords('OR', 'REPLACE');
  const temporary = cursor.takeWords('TEMPORARY') || cursor.takeWords('TEMP');
  if (!cursor.takeWords('VIEW')) {
    if (cursor.isWord('TABLE') || cursor.isWord('STREAMING')) {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: 'CREATE TABLE',
        remedy: 'Create a TEMPORARY VIEW, or start a streaming query with writeStream.',
      });
    }
    throw cursor.unexpected('Expected VIEW.');
  }
  const [name = ''] = parseQualifiedName(cursor);
  if (cursor.isSymbol('(') && !isNameList(cursor)) return parseSourceView(cursor, { name, replace, temporary });
  if (cursor.isWord('USING')) return parseSourceView(cursor, { name, replace, temporary });
  const columns = cursor.isSymbol('(') ? parseNameList(cursor) : [];
  cursor.expectWords('AS');
  return {
    kind: 'createView',
    name,
    replace,
    temporary,
    definition: { kind: 'query', plan: parseQuery(cursor), columns },
  };
}

/** `(a, b)` names the columns of a query; `(a INT, …)` is a schema. */
function isNameList(cursor: TokenCursor): boolean {
  const after = cursor.peek(2);
  return after.kind === 'symbol' && (after.text === ',' || after.text === ')');
}

function parseSourceView(
  cursor: TokenCursor,
  view: { readonly name: string; readonly replace: boolean; readonly temporary: boolean },
): Statement {
  const schema = cursor.takeSymbol('(') ? parseFields(cursor) : undefined;
  if (schema !== undefined) cursor.expectSymbol(')');
  cursor.expectWords('USING');
  const format = cursor.expectName('a format such as json').toLowerCase();
  const options = cursor.takeWords('OPTIONS') ? parseOptions(cursor) : {};
  return { kind: 'createView', ...view, definition: { kind: 'source', schema, format, options } };
}

/** `(key 'value', a.b = 1)` */
function parseOptions(cursor: TokenCursor): Options {
  cursor.expectSymbol('(');
  const entries = cursor.commaSeparated((): [string, string] => {
    const key =
      cursor.peek().kind === 'string' ? cursor.expectString('an option name') : parseQualifiedName(cursor).join('.');
    cursor.takeSymbol('=');
    return [key, parseOptionValue(cursor)];
  });
  cursor.expectSymbol(')');
  return Object.fromEntries(entries);
}

function parseOptionValue(cursor: TokenCursor): string {
  const token = cursor.peek();
  if (token.kind === 'string') return cursor.expectString('a value');
  if (token.kind === 'number' || (token.kind === 'word' && (token.upper === 'TRUE' || token.upper === 'FALSE'))) {
    cursor.next();
    return token.text.toLowerCase();
  }
  throw cursor.unexpected("Expected the option's value: a string in quotes, a number, TRUE or FALSE.");
}

function parseDrop(cursor: TokenCursor): Statement {
  cursor.expectWords('DROP');
  if (!cursor.takeWords('VIEW') && !cursor.takeWords('TEMPORARY', 'VIEW')) throw cursor.unexpected('Expected VIEW.');
  const ifExists = cursor.takeWords('IF', 'EXISTS');
  return { kind: 'dropView', name: parseQualifiedName(cursor).join('.'), ifExists };
}

function parseExplain(cursor: TokenCursor): Statement {
  cursor.expectWords('EXPLAIN');
  const mode: ExplainMode = cursor.takeWords('EXTENDED')
    ? 'extended'
    : cursor.takeWords('FORMATTED')
      ? 'formatted'
      : 'simple';
  return { kind: 'explain', mode, plan: parseQuery(cursor) };
}

/** `SET`, `SET key`, `SET key = value`, where the value is the rest of the statement. */
function parseSet(cursor: TokenCursor): Statement {
  cursor.expectWords('SET');
  if (cursor.peek().kind === 'end' || cursor.isSymbol(';'))
    return { kind: 'setOption', key: undefined, value: undefined };
  const key = parseQualifiedName(cursor).join('.');
  if (!cursor.takeSymbol('=')) return { kind: 'setOption', key, value: undefined };
  const first = cursor.peek();
  let last = first;
  while (cursor.peek().kind !== 'end' && !cursor.isSymbol(';')) last = cursor.next();
  const value = first.kind === 'string' && first === last ? first.text : cursor.sql.slice(first.start, last.end);
  return { kind: 'setOption', key, value };
}

function parseQualifiedName(cursor: TokenCursor): readonly string[] {
  const parts = [cursor.expectName('a name')];
  while (cursor.takeSymbol('.')) parts.push(cursor.expectName('a name after the point'));
  return parts;
}
