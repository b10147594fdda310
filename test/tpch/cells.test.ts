/** Cells have one text, whether TypeScript or Python writes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import type { CellValue } from '../../kernel/arrow/values.ts';
import { cellText } from '../support/cells.ts';
import { PYTHON, ROOT, skipWithout } from '../support/requirements.ts';
import { needsTpchGenerator as needsOracles } from './data.ts';

const VALUES: readonly (readonly [value: CellValue, python: string, text: string | null])[] = [
  [null, 'None', null],
  ['null', '"null"', 'null'],
  ['', '""', ''],
  [true, 'True', 'true'],
  [false, 'False', 'false'],
  [9223372036854775807n, '9223372036854775807', '9223372036854775807'],
  [-5, '-5', '-5'],
  [0.1 + 0.2, '0.1 + 0.2', '0.30000000000000004'],
  [3, '3.0', '3'],
  [-0, '-0.0', '0'],
  [68_123_456.789, '68123456.789', '68123456.789'],
  [new Decimal(-120n, 2), 'Decimal("-1.20")', '-1.20'],
  [new Decimal(0n, 8), 'Decimal("0E-8")', '0.00000000'],
  [new Decimal(10n ** 37n, 0), 'Decimal(10) ** 37', `1${'0'.repeat(37)}`],
  [new SqlDate(19_782), 'date(2024, 2, 29)', '2024-02-29'],
  [new Timestamp(0n), 'datetime(1970, 1, 1)', '1970-01-01T00:00:00.000Z'],
  [new Timestamp(-1000n), 'datetime(1969, 12, 31, 23, 59, 59, 999000)', '1969-12-31T23:59:59.999Z'],
  [new Timestamp(1_000_001n), 'datetime(1970, 1, 1, 0, 0, 1, 1)', '1970-01-01T00:00:01.000001Z'],
];

it('TypeScript writes the texts', () => {
  for (const [value, , text] of VALUES) assert.equal(cellText(value), text);
});

it('nested cells have no text', () => {
  for (const value of [[1], new Map([[1, 2]]), { a: 1 }]) assert.throws(() => cellText(value), /no text of a cell/);
});

it('Python writes the same', { skip: skipWithout(needsOracles) }, () => {
  const program = [
    'import json, sys',
    'from datetime import date, datetime',
    'from decimal import Decimal',
    "sys.path.insert(0, 'test/support')",
    'from oracles import cell_text',
    `print(json.dumps([cell_text(value) for value in [${VALUES.map(([, python]) => python).join(', ')}]]))`,
  ];
  const done = spawnSync(PYTHON, ['-c', program.join('\n')], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(
    JSON.parse(done.stdout),
    VALUES.map(([, , text]) => text),
  );
});
