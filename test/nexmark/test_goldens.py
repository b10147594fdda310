"""What goldens.py takes for the same answer, and what not (run by goldens.test.ts)."""
import contextlib
import datetime
import io
import sys
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from unittest import mock

from goldens import HERE, STREAM, answer, first_difference, keep_answer
from oracles import wanted

ROWS = [(1, "a", Decimal("0.10")), (2, None, Decimal("0.20")), (2, None, Decimal("0.20"))]


class Answers(unittest.TestCase):
    def test_order_does_not_count(self):
        self.assertIsNone(first_difference(answer(ROWS), answer(ROWS[::-1])))

    def test_a_changed_value_is_shown(self):
        told = first_difference(answer(ROWS), answer([(1, "b", Decimal("0.10")), *ROWS[1:]]))
        self.assertIn('only in the first:  ["1","a","0.10"]', told)
        self.assertIn('only in the second: ["1","b","0.10"]', told)

    def test_a_lost_and_a_doubled_row_are_told(self):
        self.assertIn("3 and 2 rows", first_difference(answer(ROWS), answer(ROWS[:2])))
        self.assertIn("3 and 4 rows", first_difference(answer(ROWS), answer([*ROWS, ROWS[0]])))

    def test_null_is_not_the_text_null(self):
        self.assertIsNotNone(first_difference(answer([(None,)]), answer([("null",)])))

    def test_another_scale_and_another_millisecond_are_other_values(self):
        self.assertIsNotNone(first_difference(answer([(Decimal("1.0"),)]), answer([(Decimal("1.00"),)])))
        early, late = (datetime.datetime(2026, 1, 1, 0, 0, 0, micros) for micros in (1000, 2000))
        self.assertIsNotNone(first_difference(answer([(early,)]), answer([(late,)])))


class Streams(unittest.TestCase):
    def test_the_line_is_read_as_in_typescript(self):
        read = lambda text: (lambda found: found and (found["mode"], found["keys"], bool(found["closing"])))(STREAM.search(text))
        self.assertEqual(read("-- t\n-- stream: append\nSELECT"), ("append", None, False))
        self.assertEqual(read("-- stream: append closing\n"), ("append", None, True))
        self.assertEqual(read("-- stream: update by a, b\n"), ("update", "a, b", False))
        self.assertEqual(read("-- stream: no: windows over rows\n"), (None, None, False))
        self.assertIsNone(read("-- stream: no\nSELECT"))


class Stored(unittest.TestCase):
    def test_a_check_tells_a_changed_a_lost_and_a_missing_answer_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch("goldens.HERE", Path(folder)):
            (Path(folder) / "expected").mkdir()
            stored = Path(folder) / "expected" / "q1.json"
            self.assertFalse(keep_answer("q1", [["a", "int"]], answer(ROWS), check=True))
            self.assertFalse(stored.exists())
            self.assertTrue(keep_answer("q1", [["a", "int"]], answer(ROWS), check=False))
            text = stored.read_text()
            self.assertTrue(keep_answer("q1", [["a", "int"]], answer(ROWS), check=True))
            self.assertFalse(keep_answer("q1", [["b", "int"]], answer(ROWS), check=True))
            self.assertFalse(keep_answer("q1", [["a", "int"]], answer(ROWS[1:]), check=True))
            self.assertEqual(stored.read_text(), text)

    def test_the_command_line_names_queries(self):
        def asked(*args):
            with mock.patch.object(sys, "argv", ["goldens.py", *args]):
                return wanted("", HERE / "queries")

        self.assertEqual(asked("--check", "q7"), (["q7"], True))
        names, check = asked()
        self.assertEqual((names[0], names[-1], len(names), check), ("q0", "q22", 23, False))
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()) as told:
            asked("q77")
        self.assertIn("there is no query q77; there are q0, ", told.getvalue())


if __name__ == "__main__":
    unittest.main()
