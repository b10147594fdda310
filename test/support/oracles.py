"""What the scripts of expected answers share: Spark and DuckDB as they are run, and cells as texts (`cells.ts` writes the same)."""
import datetime
import decimal
import logging
import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

os.environ["TZ"] = "UTC"
time.tzset()


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
