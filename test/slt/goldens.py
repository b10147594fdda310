"""Runs every case of test/slt/cases in real Spark and writes what it answers below the case (`npm run goldens [-- FILE…]`)."""
import json
import logging
import os
import re
import sys
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

HERE = Path(__file__).parent
os.environ["TZ"] = "UTC"

ZONE_DEFAULT = "America/Los_Angeles"


def session():
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", ZONE_DEFAULT)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    for statement in (HERE / "tables.sql").read_text().split(";\n"):
        if statement.strip():
            spark.sql(statement)
    return spark


def condition_of(error):
    name = error.getCondition() if isinstance(error, PySparkException) else None
    if name is None:
        found = re.search(r"\[([A-Z0-9_.]+)\]", str(error))
        name = found.group(1) if found else type(error).__name__
    state = error.getSqlState() if isinstance(error, PySparkException) else None
    if state is None:
        found = re.search(r"SQLSTATE: (\w{5})", str(error))
        state = found.group(1) if found else "-----"
    return f"error {name} {state}"


def text_of(name, kind):
    return f"hex({name})" if kind == "binary" else f"CAST({name} AS STRING)"


def answer(spark, sql, options):
    spark.conf.set("spark.sql.session.timeZone", options.get("zone", ZONE_DEFAULT))
    spark.conf.set("spark.sql.ansi.enabled", options.get("ansi", "true"))
    try:
        frame = spark.sql(sql)
        lines = [json.dumps([[f.name, f.dataType.simpleString()] for f in frame.schema.fields], ensure_ascii=False, separators=(",", ":"))]
        names = [f"c{i}" for i in range(len(frame.schema.fields))]
        texts = frame.toDF(*names).selectExpr(*[text_of(n, f.dataType.simpleString()) for n, f in zip(names, frame.schema.fields)])
        rows = [json.dumps(list(row), ensure_ascii=False, separators=(",", ":")) for row in texts.collect()]
        return lines + rows
    except Exception as error:  # every failure of Spark is an answer
        return [condition_of(error)]


def options_of(header):
    options = dict(part.split("=", 1) for part in header.split(" skip ")[0].split()[1:] if "=" in part)
    return options


def rewrite(spark, path):
    out = []
    count = 0
    for block in re.split(r"\n{2,}", path.read_text().strip()):
        lines = block.split("\n")
        at = next((i for i, line in enumerate(lines) if line.startswith("query")), None)
        if at is None:
            out.append(block)
            continue
        body = lines[at + 1 :]
        sql = body[: body.index("----")] if "----" in body else body
        expected = answer(spark, "\n".join(sql), options_of(lines[at]))
        out.append("\n".join(lines[: at + 1] + sql + ["----"] + expected))
        count += 1
    path.write_text("\n\n".join(out) + "\n")
    print(f"{path.name}: {count} cases", flush=True)


if __name__ == "__main__":
    spark = session()
    wanted = [Path(name) for name in sys.argv[1:]] or sorted((HERE / "cases").glob("*.slt"))
    for path in wanted:
        rewrite(spark, path)
    spark.stop()
