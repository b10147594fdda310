"""What goldens.py takes for the same answer of two engines, and what not (run by goldens.test.ts)."""
import unittest
from decimal import Decimal

from goldens import difference, parts, same_cell, with_ties


class Cells(unittest.TestCase):
    def test_a_double_is_the_decimal_before_it_was_rounded(self):
        self.assertTrue(same_cell(Decimal("25.575387"), 25.5753866))
        self.assertFalse(same_cell(Decimal("25.575387"), 25.5753858))
        self.assertTrue(same_cell(Decimal("380456.00"), 380456.0))
        self.assertFalse(same_cell(Decimal("380456.00"), 380456.01))

    def test_decimals_are_equal_in_all_digits(self):
        self.assertTrue(same_cell(Decimal("1.50"), Decimal("1.5000")))
        self.assertFalse(same_cell(Decimal("1193053.2253"), Decimal("1193053.2254")))

    def test_nulls_equal_nulls_only(self):
        self.assertTrue(same_cell(None, None))
        self.assertFalse(same_cell(None, 0))
        self.assertFalse(same_cell(Decimal("0"), None))


class Rows(unittest.TestCase):
    rows = [(1, "a"), (1, "b"), (2, "c")]

    def test_ties_come_in_any_order(self):
        self.assertIsNone(difference(self.rows, [(1, "b"), (1, "a"), (2, "c")], [0]))

    def test_keys_come_in_their_order(self):
        self.assertIn("row 1", difference(self.rows, [(2, "c"), (1, "a"), (1, "b")], [0]))

    def test_a_changed_value_a_lost_row_and_a_doubled_row_are_told(self):
        self.assertIn("row 3", difference(self.rows, [(1, "a"), (1, "b"), (2, "d")], [0]))
        self.assertIn("DuckDB 2", difference(self.rows, self.rows[:2], [0]))
        self.assertIn("DuckDB 4", difference(self.rows, [*self.rows, self.rows[2]], [0]))
        self.assertIn("row 2", difference(self.rows, [(1, "a"), (1, "a"), (2, "c")], [0]))

    def test_rows_that_tie_with_the_last_of_a_limit_are_kept(self):
        rows = [(3,), (2,), (2,), (1,)]
        self.assertEqual(with_ties(rows, [0], 2), rows[:3])
        self.assertEqual(with_ties(rows, [0], 3), rows[:3])
        self.assertEqual(with_ties(rows, [0], 4), rows)
        self.assertEqual(with_ties(rows, [0], None), rows)


class Queries(unittest.TestCase):
    def test_keys_and_limit_are_those_of_the_query_and_not_of_one_within(self):
        self.assertEqual(parts("select a from t order by a desc, b\nlimit 20\n"), ("select a from t order by a desc, b", ["a", "b"], 20))
        self.assertEqual(parts("select a from t order by a"), ("select a from t order by a", ["a"], None))
        inner = "select sum(a) from (select a from t order by a limit 5)"
        self.assertEqual(parts(inner), (inner, [], None))


if __name__ == "__main__":
    unittest.main()
