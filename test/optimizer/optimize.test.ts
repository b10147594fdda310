import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, Types } from '../../kernel/arrow/types.ts';
import { Exprs, type ColumnExpr, type Expr } from '../../kernel/expr/expr.ts';
import { foldConstants } from '../../kernel/optimizer/fold-constants.ts';
import { optimize } from '../../kernel/optimizer/optimize.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { outputOf } from '../../kernel/plan/output.ts';
import { aggregate, alias, call, column, columnOf, lit, source } from '../physical/support.ts';
import { planText, text } from './plan-text.ts';

const a = column('a', Types.int);
const b = column('b', Types.int);
const value = column('value', Types.string);
const ts = column('ts', Types.timestamp);
const table = source([a, b, value, ts]);

const project = (expressions: readonly Expr[], child: LogicalPlan): LogicalPlan => ({
  kind: 'project',
  expressions,
  child,
});
const filter = (condition: Expr, child: LogicalPlan): LogicalPlan => ({ kind: 'filter', condition, child });
const limit = (count: number, child: LogicalPlan): LogicalPlan => ({ kind: 'limit', count, child });

function optimized(plan: LogicalPlan): string {
  const result = optimize(plan);
  const shape = (columns: readonly ColumnExpr[]): unknown => columns.map(({ id, name, type }) => ({ id, name, type }));
  assert.deepEqual(shape(outputOf(result)), shape(outputOf(plan)), 'ids, names and types of the output stay');
  assert.equal(optimize(result), result, 'a second run changes nothing');
  return planText(result);
}

const data = Types.struct([field('url', Types.string), field('ip', Types.string), field('timestamp', Types.timestamp)]);
const parse: Expr = { kind: 'function', name: 'from_json', args: [value], type: data, nullable: true };
const part = (of: Expr, name: string): Expr => {
  const index = data.fields.findIndex((f) => f.name === name);
  return { kind: 'field', child: of, index, name, type: data.fields[index]?.type ?? Types.void, nullable: true };
};

test('a record is parsed once, and only the fields that are read', () => {
  const parsed = alias(parse, 'data');
  const all = data.fields.map((f) => alias(part(columnOf(parsed), f.name), f.name));
  const plan = project(all.filter((out) => out.name !== 'ip').map(columnOf), project(all, project([parsed], table)));
  const result = optimize(plan);
  assert.equal(
    optimized(plan),
    text`
      Project [data.url AS url, data.timestamp AS timestamp]
        Project [from_json(value) AS data]
          Source [value]
    `,
  );
  assert.ok(result.kind === 'project' && result.child.kind === 'project');
  const [inner] = result.child.expressions;
  assert.ok(inner?.kind === 'alias' && inner.child.kind === 'function');
  assert.deepEqual(inner.child.type, Types.struct([field('url', Types.string), field('timestamp', Types.timestamp)]));
  const outer = result.expressions.map((e) => (e.kind === 'alias' && e.child.kind === 'field' ? e.child.index : -1));
  assert.deepEqual(outer, [0, 1]);
});

test('a struct that is itself a result keeps all its fields', () => {
  const parsed = alias(parse, 'data');
  const plan = project([columnOf(parsed), alias(part(columnOf(parsed), 'url'), 'url')], project([parsed], table));
  const result = optimize(plan);
  assert.ok(result.kind === 'project' && result.child.kind === 'project');
  const [inner] = result.child.expressions;
  assert.ok(inner?.kind === 'alias' && inner.child.kind === 'function' && inner.child.type.kind === 'struct');
  assert.equal(inner.child.type.fields.length, 3);
});

test('projections collapse, unread columns go', () => {
  const twice = alias(call('*', a, lit(2)), 'twice');
  const plan = project([alias(call('+', columnOf(twice), lit(1)), 'next')], project([twice, b], table));
  assert.equal(
    optimized(plan),
    text`
      Project [((a * 2) + 1) AS next]
        Source [a]
    `,
  );
});

test('a filter moves through a projection, but not to a second parse', () => {
  const twice = alias(call('*', a, lit(2)), 'twice');
  const cheap = filter(call('>', columnOf(twice), lit(1)), project([twice], table));
  assert.equal(
    optimized(cheap),
    text`
      Project [(a * 2) AS twice]
        Filter ((a * 2) > 1)
          Source [a]
    `,
  );
  const parsed = alias(parse, 'data');
  const dear = filter(
    call('and', call('=', part(columnOf(parsed), 'url'), lit('/')), call('>', a, lit(0))),
    project([parsed, a], table),
  );
  assert.equal(
    optimized(dear),
    text`
      Filter (data.url = /)
        Project [from_json(value) AS data, a]
          Filter (a > 0)
            Source [a, value]
    `,
  );
});

test('a filter moves below a watermark and a window that it does not look at', () => {
  const windowColumn = column(
    'window',
    Types.struct([field('start', Types.timestamp), field('end', Types.timestamp)]),
    false,
  );
  const end: Expr = {
    kind: 'field',
    child: windowColumn,
    index: 1,
    name: 'end',
    type: Types.timestamp,
    nullable: true,
  };
  const windowed: LogicalPlan = {
    kind: 'timeWindow',
    time: ts,
    windowMicros: 10n,
    slideMicros: 10n,
    startMicros: 0n,
    window: windowColumn,
    child: { kind: 'withWatermark', eventTime: ts, delay: { months: 0, days: 0, microseconds: 5n }, child: table },
  };
  const condition = call('and', call('=', a, lit(1)), call('<', end, Exprs.literal(0n, Types.timestamp)));
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [windowColumn],
    outputs: [windowColumn, alias(aggregate('count', lit(1)), 'n')],
    child: filter(condition, windowed),
  };
  assert.equal(
    optimized(plan),
    text`
      Aggregate [window] [window, count(1) AS n]
        Filter (window.end < TIMESTAMP '1970-01-01 00:00:00')
          Window ts AS window
            Watermark ts
              Filter (a = 1)
                Source [a, ts]
    `,
  );
});

test('a filter on a grouping column moves below the aggregate, one on a result does not', () => {
  const n = alias(aggregate('count', lit(1)), 'n');
  const plan = filter(call('and', call('=', b, lit(1)), call('>', columnOf(n), lit(5n))), {
    kind: 'aggregate',
    groupings: [b],
    outputs: [b, n],
    child: table,
  });
  assert.equal(
    optimized(plan),
    text`
      Filter (n > 5)
        Aggregate [b] [b, count(1) AS n]
          Filter (b = 1)
            Source [b]
    `,
  );
});

test('a filter on a global aggregate stays: it has a row of nothing', () => {
  const n = alias(aggregate('count', lit(1)), 'n');
  const plan = filter(lit(false), { kind: 'aggregate', groupings: [], outputs: [n], child: table });
  assert.match(optimized(plan), /^Filter/);
});

test('filters go into the sides of a join that keep their unmatched rows', () => {
  const k = column('k', Types.int);
  const plan = filter(call('and', call('>', a, lit(1)), call('>', k, lit(2))), {
    kind: 'join',
    type: 'left',
    left: table,
    right: source([k]),
    condition: call('=', a, k),
  });
  assert.equal(
    optimized(project([a, k], plan)),
    text`
      Filter (k > 2)
        Join left (a = k)
          Filter (a > 1)
            Source [a]
          Source [k]
    `,
  );
});

test('limits combine and move towards the source', () => {
  const next = alias(call('+', a, lit(1)), 'next');
  assert.equal(
    optimized(limit(5, project([next], limit(9, table)))),
    text`
      Project [(a + 1) AS next]
        Limit 5
          Source [a]
    `,
  );
  assert.equal(
    optimized(limit(5, { kind: 'union', byName: false, children: [source([a]), source([b])] })),
    text`
      Limit 5
        Union
          Limit 5
            Source [a]
          Limit 5
            Source [b]
    `,
  );
});

test('distinct becomes a grouping', () => {
  assert.equal(
    optimized({ kind: 'distinct', child: project([a, b], table) }),
    text`
      Aggregate [a, b] [a, b]
        Source [a, b]
    `,
  );
});

test('a distinct count becomes a grouping below', () => {
  const distinct: Expr = {
    kind: 'aggregate',
    name: 'count',
    args: [value],
    distinct: true,
    type: Types.long,
    nullable: false,
  };
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [a],
    outputs: [a, alias(distinct, 'n'), alias(aggregate('sum', b), 's')],
    child: table,
  };
  assert.equal(
    optimized(plan),
    text`
      Aggregate [a] [a AS a, count(value) AS n, sum(sum(CAST(b AS BIGINT))) AS s]
        Aggregate [a, value] [a, value, sum(CAST(b AS BIGINT)) AS sum(CAST(b AS BIGINT))]
          Project [a AS a, value AS value, b]
            Source [a, b, value]
    `,
  );
});

test('counting rows reads one narrow column', () => {
  const plan: LogicalPlan = {
    kind: 'aggregate',
    groupings: [],
    outputs: [alias(aggregate('count', lit(1)), 'n')],
    child: source([value, b]),
  };
  assert.equal(
    optimized(plan),
    text`
      Aggregate [] [count(1) AS n]
        Source [b]
    `,
  );
});

test('literals are folded, volatile and failing expressions stay', () => {
  const folded = (expression: Expr): Expr | undefined =>
    expression.kind === 'function' && expression.name === '+' ? Exprs.literal(3, Types.int) : undefined;
  const plan = filter(call('and', lit(true), call('>', a, call('+', lit(1), lit(2)))), table);
  assert.equal(
    planText(foldConstants.apply(plan, { foldConstant: folded })),
    'Filter (a > 3)\n  Source [a, b, value, ts]',
  );
  assert.equal(planText(foldConstants.apply(plan, {})), 'Filter (a > (1 + 2))\n  Source [a, b, value, ts]');
  const always = filter(call('or', lit(true), call('>', a, lit(1))), table);
  assert.equal(foldConstants.apply(always, {}), table);
});

const relation = (
  name: string,
): { readonly key: ColumnExpr; readonly other: ColumnExpr; readonly plan: LogicalPlan } => {
  const [key, other] = [column(`${name}1`, Types.int), column(`${name}2`, Types.int)];
  return { key, other, plan: source([key, other]) };
};
const cross = (left: LogicalPlan, right: LogicalPlan): LogicalPlan => ({ kind: 'join', type: 'cross', left, right });

test('FROM a, b, c WHERE: equalities become keys, in an order in which each join has one', () => {
  const [p, s, l] = [relation('p'), relation('s'), relation('l')];
  const condition = call(
    'and',
    call('and', call('=', s.key, l.other), call('=', p.key, l.key)),
    call('and', call('<', p.other, s.other), call('>', s.other, lit(7))),
  );
  assert.equal(
    optimized(filter(condition, cross(cross(p.plan, s.plan), l.plan))),
    text`
      Project [p1, p2, s1, s2, l1, l2]
        Join inner ((s1 = l2) AND (p2 < s2))
          Join inner (p1 = l1)
            Source [p1, p2]
            Source [l1, l2]
          Filter (s2 > 7)
            Source [s1, s2]
    `,
  );
});

test('joins that a filter gives no equality stay as they are', () => {
  const [p, s] = [relation('p'), relation('s')];
  assert.equal(
    optimized(filter(call('<', p.key, s.key), cross(p.plan, s.plan))),
    text`
      Filter (p1 < s1)
        Join cross
          Source [p1, p2]
          Source [s1, s2]
    `,
  );
});

test('what all branches of an OR ask for is asked once, and becomes a key', () => {
  const [p, s] = [relation('p'), relation('s')];
  const branch = (n: number): Expr => call('and', call('=', p.key, s.key), call('>', p.other, lit(n)));
  assert.equal(
    optimized(filter(call('or', branch(1), branch(2)), cross(p.plan, s.plan))),
    text`
      Join inner (p1 = s1)
        Filter ((p2 > 1) OR (p2 > 2))
          Source [p1, p2]
        Source [s1, s2]
    `,
  );
  const all = call('or', call('=', p.key, s.key), branch(2));
  assert.equal(optimized(filter(all, cross(p.plan, s.plan))).split('\n')[0], 'Join inner (p1 = s1)');
});

test('a filter on the event time stays above the watermark of a stream', () => {
  const child = (streaming: boolean): LogicalPlan => ({
    kind: 'withWatermark',
    eventTime: ts,
    delay: { months: 0, days: 0, microseconds: 5n },
    child: source([a, ts], { streaming }),
  });
  const early = call('<', ts, Exprs.literal(0n, Types.timestamp));
  const plan = (streaming: boolean): LogicalPlan => filter(call('and', call('=', a, lit(1)), early), child(streaming));
  assert.equal(
    optimized(plan(true)),
    text`
      Filter (ts < TIMESTAMP '1970-01-01 00:00:00')
        Watermark ts
          Filter (a = 1)
            Source [a, ts]
    `,
  );
  assert.match(optimized(plan(false)), /^Watermark ts/);
});

test('a stream that is joined loses the rows whose key is null, below its watermark', () => {
  const key = { ...a, nullable: true };
  const stream = source([key, ts], { streaming: true });
  const left: LogicalPlan = {
    kind: 'withWatermark',
    eventTime: ts,
    delay: { months: 0, days: 0, microseconds: 5n },
    child: stream,
  };
  const join = (type: 'inner' | 'left'): LogicalPlan => ({
    kind: 'join',
    left,
    right: source([b], { sourceId: 1 }),
    type,
    condition: call('=', key, b),
  });
  assert.match(optimized(join('inner')), /Watermark ts\n +Filter .*a.*NULL.*\n +Source/i);
  assert.doesNotMatch(optimized(join('left')), /Filter/);
});
