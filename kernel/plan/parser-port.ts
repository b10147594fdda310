/** The SQL parser as the DataFrame API needs it; filled by the composition root, since `api` and `sql` never import each other. */
import type { DataType, Schema } from '../arrow/types.ts';
import type { Expr } from '../expr/expr.ts';
import type { LogicalPlan, Statement } from './logical-plan.ts';

export interface SqlParser {
  /** `a + 1 AS b`. @throws PARSE_SYNTAX_ERROR */
  parseExpression(text: string): Expr;
  parseQuery(text: string): LogicalPlan;
  parseStatement(text: string): Statement;
  /** Several statements separated by `;`, with the text of each. */
  parseScript(text: string): readonly { readonly statement: Statement; readonly text: string; readonly line: number }[];
  /** `struct<a:int>`, `array<string>`, `decimal(10,2)`. */
  parseType(text: string): DataType;
  /** DDL text: `a INT NOT NULL, b STRING COMMENT 'x'`, or a struct type. */
  parseSchema(text: string): Schema;
}
