"""Writes expected/*.json (`npm run goldens -- nexmark [--check] [QUERY…]`): the answers to the queries over the events of the tests
(data.ts). `--check` only says which of them are given no more.

Spark answers in batch, DuckDB must answer the same, and so must Spark where it runs the query as a stream: files one by one, a watermark
above the disorder, and at last an event that closes all windows. Where they disagree the first difference is told, and nothing is written.
"""
import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
from pyspark.errors import PySparkException

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from oracles import duckdb_connection, keep, run_node, spark_columns, spark_session, text_rows, wanted

DUCKDB = HERE / "queries" / "duckdb"
SCHEMA = json.loads((HERE / "schema.json").read_text())
EVENTS = ("person", "auction", "bid")
WATERMARK = "4 seconds"
ROWS_LISTED_MAX = 200
ROWS_SHOWN = 20
ERROR_CHARS = 2000
STREAM = re.compile(r"^-- stream: (?:no: .+|(?P<mode>append|update)(?: by (?P<keys>[\w, ]+))?(?P<closing> closing)?)$", re.M)


def answer(rows: list) -> dict:
    """Rows in the order of their texts: all, or some and the digest of all."""
    lines = sorted(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in text_rows(rows))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return {"rowCount": len(lines), "digest": digest, "lines": lines}


def first_difference(left: dict, right: dict) -> str | None:
    if left["digest"] == right["digest"]:
        return None
    only = [sorted(set(a["lines"]) - set(b["lines"])) for a, b in ((left, right), (right, left))]
    shown = [lines[0] if lines else "nothing (rows are repeated)" for lines in only]
    return f"{left['rowCount']} and {right['rowCount']} rows\n  only in the first:  {shown[0]}\n  only in the second: {shown[1]}"


class Spark:
    def __init__(self, data: str):
        self.session, self.data = spark_session(), data

    def batch(self, sql: str):
        for kind in EVENTS:
            self.session.read.schema(SCHEMA[kind]).json(f"{self.data}/{kind}").createOrReplaceTempView(kind)
        self.side_input()
        frame = self.session.sql(sql)
        return spark_columns(frame), answer(frame.collect())

    def side_input(self):
        self.session.read.schema(SCHEMA["side_input"]).csv(f"{self.data}/side_input").createOrReplaceTempView("side_input")

    def stream(self, sql: str, mode: str, keys: list, closing: bool) -> dict:
        folder = f"{self.data}/closed" if closing else self.data
        for kind in EVENTS:
            reader = self.session.readStream.schema(SCHEMA[kind]).option("maxFilesPerTrigger", 1)
            reader.json(f"{folder}/{kind}").withWatermark("dateTime", WATERMARK).createOrReplaceTempView(kind)
        self.side_input()
        frame = self.session.sql(sql)
        positions = [frame.columns.index(key) for key in keys]
        batches: list = []
        checkpoint = tempfile.mkdtemp(prefix="nexmark-")
        try:
            query = (
                frame.writeStream.outputMode(mode)
                .option("checkpointLocation", checkpoint)
                .trigger(availableNow=True)
                .foreachBatch(lambda batch, _: batches.append(batch.collect()))
                .start()
            )
            query.awaitTermination()
        finally:
            shutil.rmtree(checkpoint)
        rows = [row for batch in batches for row in batch]
        # In update mode a row replaces the one before with its keys.
        return answer(list({tuple(row[p] for p in positions): row for row in rows}.values()) if positions else rows)


class DuckDb:
    def __init__(self, data: str):
        self.connection = duckdb_connection()
        self.connection.execute((DUCKDB / "tables.sql").read_text().replace("$DATA", data))

    def batch(self, name: str, sql: str) -> dict:
        own = DUCKDB / f"{name}.sql"
        return answer(self.connection.execute(own.read_text() if own.exists() else sql).fetchall())


def problems(name: str, spark: Spark, duck: DuckDb):
    """Answers one query by all engines. Returns its columns and answer, and what differs."""
    sql = (HERE / "queries" / f"{name}.sql").read_text()
    columns, expected = spark.batch(sql)
    found = []
    difference = first_difference(expected, duck.batch(name, sql))
    if difference:
        found.append(f"Spark and DuckDB: {difference}")
    how = STREAM.search(sql)
    if how is None:
        raise ValueError(f"{name}.sql does not say whether it runs as a stream")
    if how["mode"]:
        keys = [key.strip() for key in (how["keys"] or "").split(",") if key.strip()]
        streamed = spark.stream(sql, how["mode"], keys, bool(how["closing"]))
        difference = first_difference(expected, streamed)
        if difference:
            found.append(f"Spark's batch and stream: {difference}")
    return columns, expected, found


def keep_answer(name: str, columns: list, expected: dict, check: bool) -> bool:
    lines = expected["lines"]
    is_listed = len(lines) < ROWS_LISTED_MAX
    head = {"columns": columns, "rowCount": len(lines), "digest": expected["digest"], "isComplete": is_listed}
    rows = [json.loads(line) for line in (lines if is_listed else lines[:ROWS_SHOWN])]
    return keep(HERE / "expected" / f"{name}.json", head, rows, check)


def main() -> int:
    names, check = wanted(__doc__, HERE / "queries")
    data = run_node("test/nexmark/generate.ts")
    spark, duck = Spark(data), DuckDb(data)
    failed = 0
    for name in names:
        try:
            columns, expected, found = problems(name, spark, duck)
        except (PySparkException, duckdb.Error) as error:
            found = [str(error)[:ERROR_CHARS]]
        if not found and not keep_answer(name, columns, expected, check):
            found = ["the stored answer is another"]
        if found:
            print(f"✗ {name}: {'; '.join(found)}", file=sys.stderr, flush=True)
            failed += 1
            continue
        print(f"✓ {name}: {expected['rowCount']} rows", file=sys.stderr, flush=True)
    spark.session.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
