/** Physical plans as text: one operator a line, the outermost first, each with the wasm kernels that carry it. */
import { MillraceError } from '../core/errors.ts';
import type { ColumnExpr, Expr } from '../expr/expr.ts';
import { walk } from '../expr/nodes.ts';
import { typeOf } from '../expr/resolved.ts';
import { exprText, sortText } from '../expr/text.ts';
import type { FunctionContext } from '../functions/contract.ts';
import type { DenseShape } from './dense-groups/shape.ts';
import { denseShapeOf } from './dense-groups/stage-shape.ts';
import { castImplementation, scalarFunction } from './functions.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import type { StageAccumulator, StageOperator, StageSink } from './stage.ts';

const INDENT = '  ';

export function explainPhysical(root: PhysicalPlan, context: FunctionContext): string {
  return linesOf(root, context)
    .map(({ depth, text }) => (depth === 0 ? text : `${INDENT.repeat(depth - 1)}+- ${text}`))
    .join('\n');
}

interface Line {
  readonly depth: number;
  readonly text: string;
}

const under = (lines: readonly Line[]): readonly Line[] => lines.map(({ depth, text }) => ({ depth: depth + 1, text }));

function chain(texts: readonly string[], below: readonly Line[]): readonly Line[] {
  return texts.reduceRight<readonly Line[]>((lines, text) => [{ depth: 0, text }, ...under(lines)], below);
}

function linesOf(node: PhysicalPlan, context: FunctionContext): readonly Line[] {
  switch (node.kind) {
    case 'scan':
      return chain([scanText(node)], []);
    case 'local':
      return chain([`LocalTableScan ${columnsText(node.output)}`], []);
    case 'range':
      return chain([`Range (${node.start}, ${node.end}, step=${node.step}) [javascript]`], []);
    case 'oneRow':
      return chain(['OneRow'], []);
    case 'stage':
      return stageLines(node, context);
    case 'aggregate':
      return chain(aggregateTexts(node, context), linesOf(node.child, context));
    case 'deduplicate': {
      const keys = node.keys.map((ordinal) => node.output[ordinal]).filter((column) => column !== undefined);
      const text = node.stateId === undefined ? 'Deduplicate' : `StatefulDeduplicate(state=${node.stateId})`;
      return chain([`${text} keys=${columnsText(keys)} [javascript]`], linesOf(node.child, context));
    }
    case 'sort': {
      const orders = node.orders.map(sortText).join(', ');
      const text =
        node.count === undefined ? `Sort [${orders}]` : `TakeOrdered(limit=${node.count}, orderBy=[${orders}])`;
      return chain([`${text} [javascript]`], linesOf(node.child, context));
    }
    case 'limit':
      return chain([`Limit ${node.count}`], linesOf(node.child, context));
    case 'offset':
      return chain([`Offset ${node.count}`], linesOf(node.child, context));
    case 'union':
      return [{ depth: 0, text: 'Union' }, ...under(node.children.flatMap((child) => linesOf(child, context)))];
    case 'join': {
      const keys = node.leftKeys.map((key, i) => `${named(key)} = ${named(node.rightKeys[i] ?? key)}`).join(', ');
      const rest = node.condition === undefined ? '' : `, condition=${named(node.condition)}`;
      const text = `HashJoin ${node.type} keys=[${keys}]${rest} [javascript]`;
      return [{ depth: 0, text }, ...under([...linesOf(node.left, context), ...linesOf(node.right, context)])];
    }
  }
}

function scanText(node: PhysicalOf<'scan'>): string {
  const location = node.paths.length === 0 ? '' : ` [${node.paths.join(', ')}]`;
  const engine = node.format === 'json' ? '[wasm:json_parse]' : '[columns]';
  return `${node.streaming ? 'StreamScan' : 'Scan'} ${node.format}${location} ${columnsText(node.output)} ${engine}`;
}

function stageLines(node: PhysicalOf<'stage'>, context: FunctionContext): readonly Line[] {
  const shape = denseShapeOf(node);
  const fused = shape?.panes === undefined ? undefined : node.operators.at(-1);
  const operators = node.operators
    .map((operator) => operatorText(operator, operator === fused ? FUSED_WINDOW : WINDOW, context))
    .toReversed();
  const sink = sinkText(node.sink, shape, context);
  return chain([...(sink === undefined ? [] : [sink]), ...operators], linesOf(node.child, context));
}

const WINDOW = 'wasm:window_start';
/** The kernel of dense groups finds the pane of a row on its way. */
const FUSED_WINDOW = 'wasm:dense_groups or wasm:window_start';

/** What suits dense groups goes there, the rest to a group table, batch by batch. */
function groupEngine(shape: DenseShape | undefined): string {
  if (shape === undefined) return 'wasm:group_table';
  const [first, ...others] = shape.sums;
  const isPair = first !== undefined && !first.isInteger && others.length === 0;
  return `wasm:${first === undefined ? 'dense_count' : isPair ? 'dense_count_sum' : 'dense_records'} or wasm:group_table`;
}

function sinkText(sink: StageSink, shape: DenseShape | undefined, context: FunctionContext): string | undefined {
  switch (sink.kind) {
    case 'collect':
      return undefined;
    case 'aggregate': {
      const keys = sink.keys.map((key) => named(key.expression));
      const expressions = [
        ...sink.keys.map((key) => key.expression),
        ...sink.accumulators.flatMap(({ input }) => (input === undefined ? [] : [input])),
      ];
      const states = sink.accumulators.map(accumulatorText).join(', ');
      return `HashAggregate(partial, keys=[${keys.join(', ')}], states=[${states}]) ${enginesText([groupEngine(shape)], expressions, context)}`;
    }
    case 'merge':
      return 'MergeGroups [wasm:group_table]';
    case 'top':
      return `TakeOrdered(partial, limit=${sink.count}, orderBy=[${sink.orders.map(sortText).join(', ')}]) [javascript]`;
  }
}

function accumulatorText({ spec, input }: StageAccumulator): string {
  return `${spec.op}(${input === undefined ? '1' : named(input)})`;
}

/** @param windowEngine what finds the windows of rows */
function operatorText(operator: StageOperator, windowEngine: string, context: FunctionContext): string {
  switch (operator.kind) {
    case 'filter':
      return `Filter ${named(operator.condition)} ${enginesText(['wasm:gather'], [operator.condition], context)}`;
    case 'project': {
      const expressions = operator.columns.map(({ expression }) => expression);
      const texts = operator.columns.map(({ expression, column }) =>
        expression.kind === 'column' ? named(expression) : `${named(expression)} AS ${named(column)}`,
      );
      return `Project [${texts.join(', ')}]${withSpace(enginesText([], expressions, context))}`;
    }
    case 'window': {
      const { mode, windowMicros, slideMicros, paneMicros } = operator;
      const kind = windowMicros === slideMicros ? 'Tumbling' : 'Sliding';
      const pane = mode === 'pane' && windowMicros !== slideMicros ? `, panes of ${micros(paneMicros)}` : '';
      const text = `${kind}Window ${named(operator.time)} ${micros(windowMicros)} / ${micros(slideMicros)}${pane}`;
      return `${text} AS ${named(operator.column)} ${enginesText([windowEngine], [operator.time], context)}`;
    }
    case 'watermark':
      return `EventTimeWatermark ${named(operator.time)} - ${micros(operator.delayMicros)} [wasm:min_max_sum_i64]`;
  }
}

function aggregateTexts(node: PhysicalOf<'aggregate'>, context: FunctionContext): readonly string[] {
  const keys = node.keyOutputs.map(({ column }) => named(column)).join(', ');
  const functions = node.aggregates.map(({ column }) => column.name).join(', ');
  const panes = node.panes === undefined ? '' : ', panes → windows';
  const expressions = node.columns.map(({ expression }) => expression);
  const isDense = node.child.kind === 'stage' && denseShapeOf(node.child) !== undefined;
  const merge = isDense ? 'wasm:dense_merge or wasm:group_table' : 'wasm:group_table';
  const texts = [
    `HashAggregate(keys=[${keys}], functions=[${functions}]${panes}) ${enginesText([merge], expressions, context)}`,
  ];
  if (node.stateId !== undefined) texts.push(`StateStore(state=${node.stateId}) [wasm:group_table]`);
  return texts;
}

/** The engines of all functions and casts, kernels first. */
function enginesText(own: readonly string[], expressions: readonly Expr[], context: FunctionContext): string {
  const engines = new Set(own);
  for (const expression of expressions) {
    walk(expression, (node) => {
      const engine = engineOf(node, context);
      if (engine !== undefined && engine !== 'none') engines.add(engine);
      return 'descend';
    });
  }
  return engines.size === 0 ? '' : `[${[...engines].join(', ')}]`;
}

function engineOf(node: Expr, context: FunctionContext): string | undefined {
  try {
    if (node.kind === 'function') {
      return scalarFunction(node.name).implementation(node.args.map(typeOf), node.type, context).engine;
    }
    if (node.kind !== 'cast') return undefined;
    return castImplementation(typeOf(node.child), node.type, node.mode ?? (context.ansi ? 'ansi' : 'legacy'), context)
      .engine;
  } catch (error) {
    // What cannot run can still be explained.
    if (error instanceof MillraceError) return 'unsupported';
    throw error;
  }
}

const withSpace = (text: string): string => (text === '' ? '' : ` ${text}`);

function columnsText(columns: readonly ColumnExpr[]): string {
  return `[${columns.map(named).join(', ')}]`;
}

/** Columns with their ids, as Spark shows them. */
function named(expression: Expr): string {
  return expression.kind === 'column' && expression.id >= 0
    ? `${expression.name}#${expression.id}`
    : exprText(expression);
}

const UNITS: readonly (readonly [bigint, string])[] = [
  [86_400_000_000n, 'd'],
  [3_600_000_000n, 'h'],
  [60_000_000n, 'min'],
  [1_000_000n, 's'],
  [1000n, 'ms'],
];

function micros(value: bigint): string {
  for (const [unit, name] of UNITS) if (value !== 0n && value % unit === 0n) return `${value / unit} ${name}`;
  return value === 0n ? '0 s' : `${value} µs`;
}
