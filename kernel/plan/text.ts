/** A logical plan as an indented tree, one node a line: what `explain('extended')` prints. */
import { exprText } from '../expr/text.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { planChildren } from './nodes.ts';

export function planText(plan: LogicalPlan): string {
  const lines: string[] = [];
  const visit = (node: LogicalPlan, depth: number): void => {
    lines.push(`${depth === 0 ? '' : `${'   '.repeat(depth - 1)}+- `}${label(node)}`);
    for (const child of planChildren(node)) visit(child, depth + 1);
  };
  visit(plan, 0);
  return lines.join('\n');
}

function label(node: LogicalPlan): string {
  const list = (exprs: Parameters<typeof exprText>[0][]): string => `[${exprs.map((e) => exprText(e)).join(', ')}]`;
  switch (node.kind) {
    case 'unresolvedRelation':
      return `UnresolvedRelation ${node.name.join('.')}`;
    case 'oneRow':
      return 'OneRowRelation';
    case 'localRelation':
      return `LocalRelation ${list([...node.output])}, ${node.rows.rowCount} rows`;
    case 'range':
      return `Range (${node.start}, ${node.end}, step=${node.step})`;
    case 'dataSource':
      return `${node.streaming ? 'StreamingRelation' : 'Relation'} ${node.format} ${list([...node.output])}`;
    case 'subqueryAlias':
      return `SubqueryAlias ${node.name}`;
    case 'project':
      return `Project ${list([...node.expressions])}`;
    case 'filter':
      return `Filter ${exprText(node.condition)}`;
    case 'timeWindow':
      return `TimeWindow ${exprText(node.time)}, window=${node.windowMicros}µs, slide=${node.slideMicros}µs, start=${node.startMicros}µs`;
    case 'aggregate':
      return `Aggregate ${list([...node.groupings])}, ${list([...node.outputs])}`;
    case 'sort':
      return `Sort [${node.orders.map((o) => `${exprText(o.child)} ${o.direction.toUpperCase()} NULLS ${o.nulls.toUpperCase()}`).join(', ')}]`;
    case 'limit':
      return `Limit ${node.count}`;
    case 'offset':
      return `Offset ${node.count}`;
    case 'distinct':
      return 'Distinct';
    case 'deduplicate':
      return `Deduplicate ${list([...node.keys])}${node.withinWatermark ? ', within watermark' : ''}`;
    case 'withWatermark':
      return `EventTimeWatermark ${exprText(node.eventTime)}`;
    case 'union':
      return node.byName ? 'Union by name' : 'Union';
    case 'join':
      return `Join ${node.type}${node.condition === undefined ? '' : `, ${exprText(node.condition)}`}${node.using === undefined ? '' : ` using (${node.using.join(', ')})`}`;
    case 'with':
      return `CTE [${node.ctes.map(({ name }) => name).join(', ')}]`;
  }
}
