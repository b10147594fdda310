"""What the scripts of expected answers share: Spark and DuckDB as they are run, and cells as texts (`cells.ts` writes the same)."""
import argparse
import datetime
import decimal
import json
import logging
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

os.environ["TZ"] = "UTC"
time.tzset()


def wanted(description: str, folder: Path):
    """What the command line asks for. @returns the names of the queries, all of the folder's unless told, and whether only to check"""
    known = sorted((file.stem for file in folder.glob("q*.sql")), key=lambda name: int(name[1:]))
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say which stored answers are given no more, and write nothing")
    parser.add_argument("queries", nargs="*", metavar="QUERY")
    options = parser.parse_args()
    for name in options.queries:
        if name not in known:
            parser.error(f"there is no query {name}; there are {', '.join(known)}")
    return options.queries or known, options.check


def keep(file: Path, head: dict, rows: list, check: bool) -> bool:
    """Writes an answer, a row in a line each; or only compares it with the one there is, but for the versions. @returns if it may stand"""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    text = f'{json.dumps({"versions": versions(), **head}, ensure_ascii=False)[:-1]}, "rows": [\n{lines}\n]}}\n'
    if check:
        return file.exists() and json.loads(file.read_text()) | {"versions": None} == json.loads(text) | {"versions": None}
    file.write_text(text)
    return True


def spark_session():
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def duckdb_connection():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
    return connection


def versions():
    """Of both engines, as they are written beside the answers."""
    import duckdb
    import pyspark

    return {"spark": pyspark.__version__, "duckdb": duckdb.__version__}


def run_node(script: str, *args: str) -> str:
    """The last line that one of the project's programs writes."""
    command = ["node", "--import", "tsx", script, *args]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().split("\n")[-1]


def spark_columns(frame) -> list:
    """Names and types; a type's name has no space after a comma, as in `DataFrame.dtypes`."""
    return [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]


def cell_text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return timestamp_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"no text of a cell is defined for {value!r}")


def double_text(value: float) -> str:
    text = repr(value + 0.0 if value else 0.0)
    if "e" in text or "n" in text:
        raise ValueError(f"{text} is written otherwise in JavaScript: let the query round it")
    return text.removesuffix(".0")


def timestamp_text(value: datetime.datetime) -> str:
    utc = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
    precision = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return f"{utc.replace(tzinfo=None).isoformat(timespec=precision)}Z"


def text_rows(rows) -> list:
    return [[cell_text(value) for value in row] for row in rows]
