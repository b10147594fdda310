/** Functions that the analyzer turns into other expressions (plan/rewrite-calls.ts): for help, completion and the reference page. */

export interface RewrittenFunction {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
}

export const REWRITTEN: readonly RewrittenFunction[] = [
  { name: 'if', usage: 'if(condition, then, otherwise)', summary: 'One of two values, by a condition.' },
  { name: 'nvl', usage: 'nvl(expr1, expr2)', summary: 'The first argument, or the second where it is null.' },
  { name: 'ifnull', usage: 'ifnull(expr1, expr2)', summary: 'The first argument, or the second where it is null.' },
  {
    name: 'nvl2',
    usage: 'nvl2(expr1, expr2, expr3)',
    summary: 'The second argument where the first is not null, else the third.',
  },
  { name: 'nullif', usage: 'nullif(expr1, expr2)', summary: 'Null where both are equal, else the first.' },
  { name: 'nullifzero', usage: 'nullifzero(expr)', summary: 'Null for 0, else the value.' },
  { name: 'zeroifnull', usage: 'zeroifnull(expr)', summary: '0 for null, else the value.' },
  {
    name: 'between',
    usage: 'expr BETWEEN lower AND upper',
    summary: 'Whether the value lies between both, bounds included.',
  },
  { name: 'count_if', usage: 'count_if(condition)', summary: 'The number of rows for which the condition is true.' },
  { name: 'struct', usage: 'struct(expr1, expr2, …)', summary: 'A struct whose fields are named as columns would be.' },
];
