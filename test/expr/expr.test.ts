import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Types } from '../../kernel/arrow/types.ts';
import { Exprs, type Expr } from '../../kernel/expr/expr.ts';
import { literalOf } from '../../kernel/expr/literal.ts';
import {
  childrenOf,
  columnIdsOf,
  contains,
  sameExpr,
  transformDown,
  transformUp,
  walk,
  withChildren,
} from '../../kernel/expr/nodes.ts';
import { nullableOf, typeOf } from '../../kernel/expr/resolved.ts';
import { exprText } from '../../kernel/expr/text.ts';
import {
  civilOfDays,
  dateText,
  daysOfCivil,
  decimalText,
  doubleText,
  timestampText,
} from '../../kernel/expr/values.ts';

const a = Exprs.column(1, 'a', Types.int, true);
const b = Exprs.column(2, 'b', Types.string, false);
const one = Exprs.literal(1, Types.int);

/** One node of every kind that has children. */
const parents: readonly Expr[] = [
  Exprs.call('f', [a, b], { filter: one }),
  Exprs.alias(a, 'x', 7),
  Exprs.cast(a, Types.long, 'ansi'),
  {
    kind: 'case',
    branches: [
      { when: a, then: b },
      { when: one, then: a },
    ],
    otherwise: one,
  },
  { kind: 'field', child: a, index: 0, name: 'f', type: Types.int, nullable: true },
  { kind: 'function', name: 'g', args: [a, one], type: Types.int, nullable: true },
  { kind: 'aggregate', name: 'sum', args: [a], distinct: false, filter: b, type: Types.long, nullable: true },
];

describe('the table of nodes', () => {
  it('rebuilds every kind over its own and over other children', () => {
    for (const node of parents) {
      assert.equal(withChildren(node, childrenOf(node)), node, node.kind);
      const replaced = withChildren(
        node,
        childrenOf(node).map(() => b),
      );
      assert.deepEqual(
        childrenOf(replaced),
        childrenOf(node).map(() => b),
        node.kind,
      );
      assert.ok(!sameExpr(node, replaced), node.kind);
      assert.ok(sameExpr(replaced, structuredClone(replaced)), node.kind);
    }
  });

  it('walks parents first, and stops where it is told', () => {
    const tree = Exprs.call('+', [Exprs.call('*', [a, one]), b]);
    const seen: string[] = [];
    const finished = walk(tree, (node) => {
      seen.push(exprText(node));
      return node.kind === 'literal' ? 'stop' : 'descend';
    });
    assert.deepEqual([finished, seen], [false, ['((a * 1) + b)', '(a * 1)', 'a', '1']]);
    assert.deepEqual([...columnIdsOf(tree)], [1, 2]);
    assert.ok(contains(tree, (node) => node.kind === 'literal'));
  });

  it('transforms bottom up, and top down without going into what was replaced', () => {
    const tree = Exprs.call('f', [Exprs.call('f', [a])]);
    const up = transformUp(tree, (node) => (node.kind === 'call' ? Exprs.call('g', node.args) : node));
    assert.equal(exprText(up), 'g(g(a))');
    const down = transformDown(tree, (node) => (node.kind === 'call' ? Exprs.call('g', [tree]) : undefined));
    assert.equal(exprText(down), 'g(f(f(a)))');
  });

  it('columns are the same by id, literals by type and value', () => {
    assert.ok(sameExpr(a, Exprs.column(1, 'A', Types.int, true)));
    assert.ok(!sameExpr(one, Exprs.literal(1, Types.double)));
    assert.ok(sameExpr(Exprs.literal(NaN, Types.double), Exprs.literal(NaN, Types.double)));
    assert.ok(!sameExpr(Exprs.literal(0, Types.double), Exprs.literal(-0, Types.double)));
  });
});

describe('literals', () => {
  it('get the narrowest of int, bigint and double', () => {
    const kinds = [1, 2 ** 31, 1.5, -0, 2n, 'x', true, null, new Date(0)].map((value) => typeOf(literalOf(value)).kind);
    assert.deepEqual(kinds, ['int', 'long', 'double', 'double', 'long', 'string', 'boolean', 'void', 'timestamp']);
    assert.ok(nullableOf(literalOf(null)));
    assert.throws(() => literalOf({}), { condition: 'NOT_SUPPORTED' });
    assert.throws(() => literalOf(Symbol('x')), { condition: 'NOT_SUPPORTED' });
  });
});

describe('values as text', () => {
  it('days and civil dates are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3_000_000, max: 3_000_000 }), (days) => {
        const { year, month, day } = civilOfDays(days);
        assert.equal(daysOfCivil(year, month, day), days);
        if (year >= 0 && year <= 9999)
          assert.equal(dateText(days), new Date(days * 86_400_000).toISOString().slice(0, 10));
      }),
    );
  });

  it('decimals, times and doubles look as in Spark', () => {
    assert.deepEqual([decimalText(-5n, 2), decimalText(12345n, 2), decimalText(7n, 0)], ['-0.05', '123.45', '7']);
    assert.equal(timestampText(-1n), '1969-12-31 23:59:59.999999');
    assert.deepEqual([1, -0, 1e7, 1.5e-4, 123456789, 0.001, NaN].map(doubleText), [
      '1.0',
      '-0.0',
      '1.0E7',
      '1.5E-4',
      '1.23456789E8',
      '0.001',
      'NaN',
    ]);
  });

  it('doubles read back as themselves', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        assert.equal(Number(doubleText(value)), value);
      }),
    );
  });
});
