/**
 * The text of a `%%sql` cell: `${expression}` becomes a named parameter, `:cell_1`, and its value is bound. Nothing is
 * ever pasted into the statement, so a parameter inside quotes is refused.
 */
import { MillraceError } from '../core/errors.ts';
import { stripTypes } from './strip-types.ts';

export interface SqlCell {
  /** The statement with `:cell_1`, `:cell_2`, … */
  readonly text: string;
  /** The names of the parameters without the colon, in the order of `expressions`' elements. */
  readonly parameters: readonly string[];
  /** TypeScript: an array of the parameters' expressions, each at its place in the cell; undefined without parameters. */
  readonly expressions: string | undefined;
}

const PLACES: Readonly<Record<string, string>> = { "'": 'quotes', '"': 'quotes', '`': 'backticks' };

/** @throws SQL_PARAMETER_IN_QUOTES; MAGIC_USAGE where a `${` is not closed */
export function parseSqlCell(body: string): SqlCell {
  const parameters: string[] = [];
  let text = '';
  let expressions = '';
  let quote = '';
  let index = 0;
  while (index < body.length) {
    const rest = body.slice(index);
    const comment = quote === '' ? /^(--[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest)?.[0] : undefined;
    if (comment !== undefined) {
      text += comment;
      expressions += blank(comment);
      index += comment.length;
    } else if (rest.startsWith('${')) {
      const expression = readExpression(body, index + 2);
      if (quote !== '')
        throw new MillraceError('SQL_PARAMETER_IN_QUOTES', {
          parameter: `\${${expression}}`,
          place: PLACES[quote] ?? 'quotes',
        });
      const name = `cell_${parameters.length + 1}`;
      parameters.push(name);
      text += `:${name}`;
      expressions += `,(${expression})`;
      index += expression.length + 3;
    } else {
      const character = body.charAt(index);
      if (quote === '') quote = character in PLACES ? character : '';
      else if (character === '\\' && quote !== '`') {
        text += character + body.charAt(index + 1);
        expressions += '  ';
        index += 2;
        continue;
      } else if (character === quote) quote = '';
      text += character;
      expressions += blank(character);
      index++;
    }
  }
  return {
    text: text.trim(),
    parameters,
    expressions: parameters.length === 0 ? undefined : `[${expressions.replace(',', ' ')}]`,
  };
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/**
 * The text up to the `}` that closes the parameter: the first one at which what stands before is an expression. Where none
 * is, the text up to the first, so that evaluating it tells what is wrong.
 */
function readExpression(body: string, start: number): string {
  const first = body.indexOf('}', start);
  if (first < 0)
    throw new MillraceError('MAGIC_USAGE', {
      magic: '%%sql',
      problem: 'a ${ is not closed by }',
      usage: '%%sql … WHERE x = ${value}',
    });
  for (let end = first; end >= 0; end = body.indexOf('}', end + 1)) {
    const expression = body.slice(start, end);
    if (isExpression(expression)) return expression;
  }
  return body.slice(start, first);
}

function isExpression(text: string): boolean {
  try {
    stripTypes(`(${text})`);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
