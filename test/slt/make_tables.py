"""Writes tables.sql, the views that the cases read: hand-chosen nasty values, and seeded random rows (`make_tables.py [--seed N]`)."""
import argparse
import random
from pathlib import Path

HERE = Path(__file__).parent
SEED_DEFAULT = 20240229
FACTS = 60

REGIONS = ["north", "south", "east", "west", "", None]
FLAGS = [True, False, None]
# A double is drawn from these now and then, else it is a multiple of 1/4, which every sum keeps exactly.
ODD_DOUBLES = ["CAST('NaN' AS DOUBLE)", "CAST('Infinity' AS DOUBLE)", "-0.0D", "0.0D", "NULL"]


class Chance:
    """Draws from a seed. Only `random()` is used, whose values are the same in every version of Python."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def below(self, bound):
        return int(self.source.random() * bound)

    def one_of(self, values):
        return values[self.below(len(values))]

    def happens(self, share):
        return self.source.random() < share


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f"'{value}'"


def fact(number, chance):
    region = chance.one_of(REGIONS)
    group = None if chance.happens(0.1) else chance.below(4)
    amount = None if chance.happens(0.15) else chance.below(41) - 20
    score = chance.one_of(ODD_DOUBLES) if chance.happens(0.15) else f"{(chance.below(200) - 100) / 4}D"
    price = "NULL" if chance.happens(0.1) else f"{(chance.below(200001) - 100000) / 1000:.3f}"
    day = "NULL" if chance.happens(0.1) else f"DATE'2024-{1 + chance.below(3):02d}-{1 + chance.below(29):02d}'"
    seconds = chance.below(7200)
    at = f"TIMESTAMP'2024-03-10 {9 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d} UTC'"
    flag = chance.one_of(FLAGS)
    return ", ".join(
        [str(number), literal(region), literal(group), literal(amount), score, f"CAST({price} AS DECIMAL(12, 3))", day, at, literal(flag)]
    )


def view(name, columns, rows):
    body = ",\n".join(f"  ({row})" for row in rows)
    return f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT * FROM VALUES\n{body}\n  AS {name}({columns})"


def tables(seed):
    chance = Chance(seed)
    facts = [fact(number, chance) for number in range(1, FACTS + 1)]
    return ";\n\n".join([HAND_CHOSEN.strip(), view("facts", "id, region, g, v, x, m, d, at, flag", facts)]) + "\n"


HAND_CHOSEN = r"""
CREATE OR REPLACE TEMPORARY VIEW nums AS SELECT * FROM VALUES
  (1, CAST(0 AS TINYINT), CAST(0 AS SMALLINT), 0, CAST(0 AS BIGINT), CAST(0.0 AS FLOAT), CAST(0.0 AS DOUBLE), CAST(0 AS DECIMAL(10, 2))),
  (2, CAST(127 AS TINYINT), CAST(32767 AS SMALLINT), 2147483647, 9223372036854775807, CAST('NaN' AS FLOAT), CAST('NaN' AS DOUBLE), CAST(99999999.99 AS DECIMAL(10, 2))),
  (3, CAST(-128 AS TINYINT), CAST(-32768 AS SMALLINT), -2147483648, CAST(-9223372036854775808 AS BIGINT), CAST('-Infinity' AS FLOAT), CAST('-Infinity' AS DOUBLE), CAST(-99999999.99 AS DECIMAL(10, 2))),
  (4, CAST(1 AS TINYINT), CAST(1 AS SMALLINT), 1, CAST(1 AS BIGINT), CAST('Infinity' AS FLOAT), CAST('Infinity' AS DOUBLE), CAST(0.01 AS DECIMAL(10, 2))),
  (5, CAST(-1 AS TINYINT), CAST(-1 AS SMALLINT), -1, CAST(-1 AS BIGINT), CAST('-0.0' AS FLOAT), CAST('-0.0' AS DOUBLE), CAST(-0.01 AS DECIMAL(10, 2))),
  (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (7, CAST(7 AS TINYINT), CAST(300 AS SMALLINT), 70000, 5000000000, CAST(1.1 AS FLOAT), CAST(1.1 AS DOUBLE), CAST(123.45 AS DECIMAL(10, 2))),
  (8, CAST(-7 AS TINYINT), CAST(-300 AS SMALLINT), -70000, -5000000000, CAST(-2.5 AS FLOAT), CAST(-2.5 AS DOUBLE), CAST(-123.55 AS DECIMAL(10, 2))),
  (9, CAST(3 AS TINYINT), CAST(3 AS SMALLINT), 3, CAST(3 AS BIGINT), CAST(3.4028235E38 AS FLOAT), 1.7976931348623157E308D, CAST(3 AS DECIMAL(10, 2))),
  (10, CAST(2 AS TINYINT), CAST(2 AS SMALLINT), 2, CAST(2 AS BIGINT), CAST(1.4E-45 AS FLOAT), 4.9E-324D, CAST(2.5 AS DECIMAL(10, 2)))
  AS nums(id, b, s, i, l, f, d, m);

CREATE OR REPLACE TEMPORARY VIEW texts AS SELECT * FROM VALUES
  (1, ''),
  (2, 'abc'),
  (3, NULL),
  (4, '  Spark SQL  '),
  (5, 'ÄÖü ß'),
  (6, '😀 emoji 👨‍👩‍👧'),
  (7, 'é combining'),
  (8, 'a%b_c\\d'),
  (9, 'line\nbreak\ttab'),
  (10, 'NULL'),
  (11, '12'),
  (12, 'The quick brown fox jumps over the lazy dog, again and again and again.'),
  (13, 'ABC')
  AS texts(id, t);

CREATE OR REPLACE TEMPORARY VIEW times AS SELECT * FROM VALUES
  (1, DATE'2024-02-29', TIMESTAMP'2024-03-10 09:59:59.999999 UTC', TIMESTAMP_NTZ'2024-03-10 02:30:00'),
  (2, DATE'2024-03-10', TIMESTAMP'2024-03-10 10:00:00 UTC', TIMESTAMP_NTZ'2024-03-10 03:00:00'),
  (3, DATE'2024-11-03', TIMESTAMP'2024-11-03 08:30:00 UTC', TIMESTAMP_NTZ'2024-11-03 01:30:00'),
  (4, DATE'2024-11-03', TIMESTAMP'2024-11-03 09:30:00 UTC', TIMESTAMP_NTZ'2024-11-03 01:30:00.123'),
  (5, NULL, NULL, NULL),
  (6, DATE'1970-01-01', TIMESTAMP'1970-01-01 00:00:00 UTC', TIMESTAMP_NTZ'1970-01-01 00:00:00'),
  (7, DATE'1969-12-31', TIMESTAMP'1969-12-31 23:59:59.5 UTC', TIMESTAMP_NTZ'1969-12-31 23:59:59.5'),
  (8, DATE'0001-01-01', TIMESTAMP'0001-01-02 00:00:00 UTC', TIMESTAMP_NTZ'0001-01-01 00:00:00'),
  (9, DATE'9999-12-31', TIMESTAMP'9999-12-31 00:00:00 UTC', TIMESTAMP_NTZ'9999-12-31 23:59:59.999999'),
  (10, DATE'2023-12-31', TIMESTAMP'2023-12-31 23:59:59 UTC', TIMESTAMP_NTZ'2023-12-31 23:59:59'),
  (11, DATE'1582-10-15', TIMESTAMP'1900-01-01 00:00:00 UTC', TIMESTAMP_NTZ'1900-02-28 12:00:00')
  AS times(id, d, ts, ntz);

CREATE OR REPLACE TEMPORARY VIEW nested AS SELECT * FROM VALUES
  (1, array(1, 2, NULL), map('a', 1, 'b', NULL), named_struct('x', 1, 'y', 'one')),
  (2, array(3), map('c', 3), named_struct('x', 2, 'y', NULL)),
  (3, NULL, NULL, NULL)
  AS nested(id, a, m, s);

CREATE OR REPLACE TEMPORARY VIEW sales AS SELECT * FROM VALUES
  ('north', 'ann', 10, 1.5D, CAST(10.25 AS DECIMAL(8, 2)), TIMESTAMP'2024-01-01 00:00:00 UTC'),
  ('north', 'bob', 20, 2.5D, CAST(20.50 AS DECIMAL(8, 2)), TIMESTAMP'2024-01-01 00:04:59 UTC'),
  ('south', 'ann', NULL, CAST('NaN' AS DOUBLE), CAST(NULL AS DECIMAL(8, 2)), TIMESTAMP'2024-01-01 00:05:00 UTC'),
  ('south', 'cat', 5, 0.5D, CAST(0.01 AS DECIMAL(8, 2)), TIMESTAMP'2024-01-01 00:12:00 UTC'),
  (NULL, 'dan', 7, -0.0D, CAST(3.33 AS DECIMAL(8, 2)), TIMESTAMP'1969-12-31 23:58:00 UTC'),
  (NULL, NULL, 7, 0.0D, CAST(3.34 AS DECIMAL(8, 2)), CAST(NULL AS TIMESTAMP)),
  ('north', 'ann', 10, 1.5D, CAST(10.25 AS DECIMAL(8, 2)), TIMESTAMP'2024-01-01 00:09:59.999999 UTC')
  AS sales(region, person, amount, score, price, at);

CREATE OR REPLACE TEMPORARY VIEW people AS SELECT * FROM VALUES
  ('ann', 30), ('bob', 25), ('eve', NULL), (NULL, 50), ('ann', 31)
  AS people(name, age);

CREATE OR REPLACE TEMPORARY VIEW words AS SELECT * FROM VALUES
  (1, '\u00E9', 'composed'),
  (2, 'e\u0301', 'combining'),
  (3, '🇩🇪👍🏽', 'flag and skin tone'),
  (4, 'İIıi', 'Turkish'),
  (5, 'ﬁ ẞ ß Σςσ', 'ligature, sharp s, sigmas'),
  (6, 'שלום', 'right to left'),
  (7, 'a\u200Db\u00A0c\uFEFF', 'joiner, hard space, mark'),
  (8, '\u0000x\u0007', 'control'),
  (9, concat(repeat('0123456789', 500), 'end'), 'long'),
  (10, 'Z', 'upper'),
  (11, 'a', 'lower'),
  (12, '', 'empty'),
  (13, ' ', 'blank'),
  (14, NULL, 'null'),
  (15, '日本語', 'three bytes each'),
  (16, '𝒳', 'beyond the first plane')
  AS words(id, w, kind);

CREATE OR REPLACE TEMPORARY VIEW instants AS SELECT * FROM VALUES
  (1, 'far future', TIMESTAMP'9999-12-31 23:59:59.999999 UTC', DATE'9999-12-31'),
  (2, 'year 1', TIMESTAMP'0001-01-01 00:00:00 UTC', DATE'0001-01-01'),
  (3, 'before the leap day', TIMESTAMP'2024-02-28 23:59:59.999999 UTC', DATE'2024-02-28'),
  (4, 'leap day', TIMESTAMP'2024-02-29 00:00:00 UTC', DATE'2024-02-29'),
  (5, 'no leap year', TIMESTAMP'1900-03-01 00:00:00 UTC', DATE'1900-03-01'),
  (6, 'Berlin springs forward', TIMESTAMP'2024-03-31 01:00:00 UTC', DATE'2024-03-31'),
  (7, 'Berlin falls back', TIMESTAMP'2024-10-27 01:00:00 UTC', DATE'2024-10-27'),
  (8, 'Gregorian calendar', TIMESTAMP'1582-10-15 00:00:00 UTC', DATE'1582-10-15'),
  (9, 'last Julian day', TIMESTAMP'1582-10-04 00:00:00 UTC', DATE'1582-10-04'),
  (10, 'end of 32 bits', TIMESTAMP'2038-01-19 03:14:08 UTC', DATE'2038-01-19'),
  (11, 'just before the epoch', TIMESTAMP'1969-12-31 23:59:59.999999 UTC', DATE'1969-12-31'),
  (12, 'null', NULL, NULL)
  AS instants(id, what, at, day);

CREATE OR REPLACE TEMPORARY VIEW departments AS SELECT * FROM VALUES
  (10, 'sales', CAST(100000.00 AS DECIMAL(12, 2))),
  (20, 'research', CAST(250000.50 AS DECIMAL(12, 2))),
  (30, 'empty', CAST(0.00 AS DECIMAL(12, 2))),
  (40, NULL, CAST(NULL AS DECIMAL(12, 2))),
  (NULL, 'nowhere', CAST(1.00 AS DECIMAL(12, 2)))
  AS departments(dept_id, dept_name, budget);

CREATE OR REPLACE TEMPORARY VIEW employees AS SELECT * FROM VALUES
  (1, 'Ada', NULL, 20, 9000, DATE'2019-02-28'),
  (2, 'Bo', 1, 20, 7000, DATE'2020-02-29'),
  (3, 'Cy', 1, 10, 7000, DATE'2020-03-01'),
  (4, 'Di', 2, 20, 5000, DATE'2021-12-31'),
  (5, 'Ed', 2, 20, 5000, DATE'2022-01-01'),
  (6, 'Flo', 3, 10, NULL, DATE'2022-06-15'),
  (7, 'Gus', 3, NULL, 4000, NULL),
  (8, 'Hal', 99, 50, 4500, DATE'2023-01-01'),
  (9, NULL, 4, 40, 5000, DATE'2024-02-29')
  AS employees(emp_id, emp_name, manager_id, dept_id, salary, hired);

CREATE OR REPLACE TEMPORARY VIEW edges AS SELECT * FROM VALUES
  ('a', 'b', 1), ('a', 'c', 4), ('b', 'c', 2), ('c', 'd', 1), ('d', 'b', 7), ('e', 'e', 0), ('f', NULL, 3), ('b', 'd', 5)
  AS edges(src, dst, weight);

CREATE OR REPLACE TEMPORARY VIEW orders AS SELECT * FROM VALUES
  (100, 'ann', TIMESTAMP'2024-03-10 09:30:00 UTC', 'paid'),
  (101, 'bob', TIMESTAMP'2024-03-10 10:30:00 UTC', 'open'),
  (102, 'ann', TIMESTAMP'2024-03-11 00:00:00 UTC', 'paid'),
  (103, 'cat', NULL, 'void'),
  (104, NULL, TIMESTAMP'2024-03-12 12:00:00 UTC', NULL),
  (105, 'bob', TIMESTAMP'2024-03-12 12:00:00 UTC', 'paid')
  AS orders(order_id, customer, placed, status);

CREATE OR REPLACE TEMPORARY VIEW lines AS SELECT * FROM VALUES
  (100, 1, 'pen', 3, CAST(1.20 AS DECIMAL(9, 2))),
  (100, 2, 'ink', 1, CAST(7.99 AS DECIMAL(9, 2))),
  (101, 1, 'pen', 10, CAST(1.10 AS DECIMAL(9, 2))),
  (102, 1, 'book', 1, CAST(25.00 AS DECIMAL(9, 2))),
  (102, 2, 'pen', NULL, CAST(1.20 AS DECIMAL(9, 2))),
  (103, 1, 'ink', 2, NULL),
  (105, 1, 'book', 2, CAST(24.50 AS DECIMAL(9, 2))),
  (999, 1, 'lost', 1, CAST(0.01 AS DECIMAL(9, 2))),
  (NULL, 1, 'none', 1, CAST(5.00 AS DECIMAL(9, 2)))
  AS lines(order_id, line_no, sku, qty, price)
"""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED_DEFAULT)
    parser.add_argument("--print", action="store_true", help="write to standard output instead of tables.sql")
    options = parser.parse_args()
    text = tables(options.seed)
    if options.print:
        print(text, end="")
    else:
        (HERE / "tables.sql").write_text(text, encoding="utf-8")
