/** Plans as indented text with columns by name, so that tests show what a rule makes of a plan. */
import type { Expr } from '../../kernel/expr/expr.ts';
import { exprText, sortText } from '../../kernel/expr/text.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { planChildren } from '../../kernel/plan/nodes.ts';

const list = (expressions: readonly Expr[]): string => `[${expressions.map(exprText).join(', ')}]`;

function nodeText(plan: LogicalPlan): string {
  switch (plan.kind) {
    case 'project':
      return `Project ${list(plan.expressions)}`;
    case 'filter':
      return `Filter ${exprText(plan.condition)}`;
    case 'aggregate':
      return `Aggregate ${list(plan.groupings)} ${list(plan.outputs)}`;
    case 'timeWindow':
      return `Window ${exprText(plan.time)} AS ${plan.window.name}`;
    case 'sort':
      return `Sort [${plan.orders.map(sortText).join(', ')}]`;
    case 'limit':
    case 'offset':
      return `${plan.kind === 'limit' ? 'Limit' : 'Offset'} ${plan.count}`;
    case 'deduplicate':
      return `Deduplicate ${list(plan.keys)}`;
    case 'withWatermark':
      return `Watermark ${exprText(plan.eventTime)}`;
    case 'dataSource':
    case 'localRelation':
    case 'range':
      return `Source ${list(plan.output)}`;
    case 'join':
      return `Join ${plan.type}${plan.condition === undefined ? '' : ` ${exprText(plan.condition)}`}`;
    case 'union':
      return 'Union';
    case 'distinct':
      return 'Distinct';
    case 'subqueryAlias':
      return `Alias ${plan.name}`;
    case 'oneRow':
      return 'OneRow';
    case 'unresolvedRelation':
    case 'with':
      return plan.kind;
  }
}

/** Two spaces for each level. */
export function planText(plan: LogicalPlan, depth = 0): string {
  return [
    `${'  '.repeat(depth)}${nodeText(plan)}`,
    ...planChildren(plan).map((child) => planText(child, depth + 1)),
  ].join('\n');
}

/** A template literal without its indentation. */
export function text(strings: TemplateStringsArray): string {
  const lines = strings.join('').split('\n').slice(1, -1);
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
}
