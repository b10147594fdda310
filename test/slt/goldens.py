"""Runs every case of test/slt/cases in real Spark and writes what it answers below the case.

    npm run goldens -- slt [FILE…]            write the expected parts again
    npm run goldens -- slt --check [FILE…]    say which stored answers Spark does not give, and write nothing

`--check` spreads the same rows over other partitions, so that a case whose answer rests on the order of rows shows.
"""
import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from spark_answers import Oracle

CASES = Path(__file__).parent / "cases"
VERSIONS = "# answers: "
SEPARATORS = ("----", "---- ordered")


@dataclass
class Case:
    """One block of a file: what stands before the SQL, the statements, and the expected part."""

    head: list[str]
    sql: list[str]
    expected: list[str]
    options: dict[str, str] = field(default_factory=dict)

    @property
    def statements(self):
        return ["\n".join(lines) for lines in split_on(self.sql, ";")]

    def text(self, expected):
        return "\n".join(self.head + self.sql + expected)


def split_on(lines, separator):
    parts = [[]]
    for line in lines:
        if line == separator:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def blocks(path):
    """@returns the blocks of a file without its versions: cases, and comments as text"""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith(VERSIONS))
    found = []
    for block in re.split(r"\n{2,}", text.strip()):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines) if line.startswith("query")), None)
        if at is None:
            found.append(block)
            continue
        body = lines[at + 1 :]
        end = next((i for i, line in enumerate(body) if line in SEPARATORS), len(body))
        options = dict(part.split("=", 1) for part in lines[at].split()[1:])
        found.append(Case(lines[: at + 1], body[:end], body[end:], options))
    return found


def write(oracle, path):
    found = blocks(path)
    out = [block if isinstance(block, str) else block.text(oracle.answer(block.statements, block.options)) for block in found]
    # Comments that open a file stay together with the versions.
    opening = VERSIONS + oracle.versions
    out = [f"{opening}\n{out[0]}", *out[1:]] if isinstance(found[0], str) and found[0].startswith("#") else [opening, *out]
    path.write_text("\n\n".join(out) + "\n", encoding="utf-8")
    print(f"{path.name}: {sum(isinstance(block, Case) for block in found)} cases", flush=True)


def in_any_order(expected):
    return expected if expected[:1] == ["---- ordered"] else expected[:2] + sorted(expected[2:])


def check(oracle, path):
    """@returns how many stored answers are not what Spark gives"""
    wrong = 0
    for case in blocks(path):
        if isinstance(case, str):
            continue
        given = oracle.answer(case.statements, case.options)
        if in_any_order(given) != in_any_order(case.expected):
            wrong += 1
            print(f"{path.name}: " + case.text(case.expected) + "\nSpark now:\n" + "\n".join(given) + "\n")
    print(f"{path.name}: {wrong} differ", flush=True)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("files", nargs="*", help="such as joins.slt, or joins")
    wanted = parser.parse_args()
    files = [CASES / f"{Path(name).stem}.slt" for name in wanted.files] or sorted(CASES.glob("*.slt"))
    for path in files:
        if not path.exists():
            parser.error(f"there is no case file {path.name} in {CASES}")
    with Oracle(partitions=3 if wanted.check else 1) as oracle:
        if wanted.check:
            sys.exit(min(1, sum([check(oracle, path) for path in files])))
        for path in files:
            write(oracle, path)
