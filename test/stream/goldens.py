"""Runs the streaming cases in real Spark and writes what it does beside them.

`npm run goldens -- stream [--check | --missing] [FILE…]`. `--check` writes nothing and says what differs. `--missing` runs only
cases that have no answer yet, and writes each at once. `--case NAME` runs single cases and prints their answers.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["TZ"] = "UTC"
os.environ["PYSPARK_PYTHON"] = sys.executable

import pyspark
from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parent))
from oracle.cases import SUFFIX, case_files, read_cases
from oracle.run import run_case

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    # Thousands of tiny batches: compiling them costs more than running them.
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:CICompilerCount=1",
    # Else the rows that the source itself filters out are not in numInputRows.
    "spark.sql.json.filterPushdown.enabled": "false",
    "spark.sql.streaming.pollingDelay": "10ms",
    "spark.sql.streaming.numRecentProgressUpdates": "1000",
}


def session() -> SparkSession:
    logging.disable(logging.CRITICAL)
    builder = SparkSession.builder.master("local[1]").appName("goldens")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def memory_folder() -> str | None:
    """Checkpoints are synced all the time: a file system in memory, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(answers: dict[str, Any]) -> str:
    """One line for each batch, so that a change shows where it is."""
    cases = []
    for name, answer in answers.items():
        lines = ",\n".join(f"      {compact(line)}" for line in answer["log"])
        body = f"[\n{lines}\n    ]" if lines else "[]"
        cases.append(f'  {compact(name)}: {{\n    "columns": {compact(answer["columns"])},\n    "log": {body}\n  }}')
    return f'{{\n"madeBy": {compact({"pyspark": pyspark.__version__})},\n"cases": {{\n' + ",\n".join(cases) + "\n}\n}\n"


def answers_of(spark: SparkSession, path: Path, root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The answers of a file's cases; each is written at once, so that a run that is cut off can go on with `--missing`."""
    expected = path.with_name(path.stem + SUFFIX)
    known = json.loads(expected.read_text())["cases"] if options.missing and expected.exists() else {}
    answers: dict[str, Any] = {}
    for case in read_cases(path):
        if options.case and case.name not in options.case:
            continue
        answers[case.name] = known.get(case.name) or run_case(spark, case, root)
        if options.missing and not options.check and not options.case:
            expected.write_text(text_of(answers | {name: known[name] for name in known if name not in answers}))
    return answers


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--missing", action="store_true")
    arguments.add_argument("--case", action="append", default=[])
    arguments.add_argument("files", nargs="*")
    options = arguments.parse_args()
    spark = session()
    different = 0
    with tempfile.TemporaryDirectory(prefix="millrace-goldens-", dir=memory_folder()) as root:
        for path in case_files(options.files):
            started = time.monotonic()
            expected = path.with_name(path.stem + SUFFIX)
            before = expected.read_text() if expected.exists() else ""
            answers = answers_of(spark, path, Path(root), options)
            if options.case:
                print(text_of(answers) if answers else "", end="")
                continue
            is_same = before == text_of(answers)
            different += not is_same
            if not options.check:
                expected.write_text(text_of(answers))
            says = "as before" if is_same else "differs" if options.check else "written"
            print(f"{path.name}: {len(answers)} cases, {says}, {time.monotonic() - started:.0f} s", flush=True)
    spark.stop()
    return 1 if options.check and different > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
