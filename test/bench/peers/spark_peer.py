"""Spark as a peer of the batch suite: tables from Parquet, cached in memory before a question is timed."""
import os
import tempfile
import time
from typing import Any

import pyspark
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import NumericType, StringType

from protocol import serve

THREADS = os.environ["THREADS"]
spark = (
    SparkSession.builder.master(f"local[{THREADS}]")
    .config("spark.sql.shuffle.partitions", THREADS)
    .config("spark.driver.memory", os.environ["HEAP"])
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.local.dir", os.environ["SCRATCH"])
    .config("spark.sql.warehouse.dir", os.path.join(os.environ["SCRATCH"], "warehouse"))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def summary(frame: DataFrame) -> dict[str, float]:
    """Rows, sums of numbers and bytes of text: enough to notice that two engines answered differently."""
    sums = [
        F.sum(F.col(field.name).cast("double") if isinstance(field.dataType, NumericType) else F.octet_length(field.name))
        for field in frame.schema.fields
        if isinstance(field.dataType, (NumericType, StringType))
    ]
    names = [f.name for f in frame.schema.fields if isinstance(f.dataType, (NumericType, StringType))]
    rows, *found = frame.agg(F.count(F.lit(1)), *sums).first()
    return {"rows": rows, **{name: float(value or 0) for name, value in zip(names, found)}}


def load(request: dict[str, Any]) -> dict[str, Any]:
    """Views over Parquet; `cached` puts them into memory first."""
    for name, file in request["tables"].items():
        table = spark.read.parquet(file)
        if request["cached"]:
            table = table.persist(StorageLevel.MEMORY_AND_DISK)
            table.count()
        table.createOrReplaceTempView(name)
    return {}


def files(request: dict[str, Any]) -> dict[str, Any]:
    """Views over JSON or CSV files, which each query reads anew."""
    for name, table in request["tables"].items():
        spark.read.schema(table["schema"]).format(table["format"]).load(table["path"]).createOrReplaceTempView(name)
    return {}


def stream(request: dict[str, Any]) -> dict[str, Any]:
    """Times a streaming query over JSON files to its end; with `summary` its rows are summed up, and the time is worth nothing."""
    for name, table in request["tables"].items():
        events = spark.readStream.schema(table["schema"]).json(table["path"]).withWatermark("dateTime", request["watermark"])
        events.createOrReplaceTempView(name)
    found: dict[str, float] = {}

    def add(batch: DataFrame, _: int) -> None:
        for name, value in summary(batch).items():
            found[name] = found.get(name, 0) + value

    with tempfile.TemporaryDirectory(dir=os.environ["SCRATCH"]) as checkpoint:
        started = time.perf_counter()
        writer = spark.sql(request["text"]).writeStream.outputMode(request["mode"]).trigger(availableNow=True)
        writer = writer.option("checkpointLocation", checkpoint)
        query = (writer.foreachBatch(add) if request["summary"] else writer.format("noop")).start()
        query.awaitTermination()
        ms = (time.perf_counter() - started) * 1e3
    return {"ms": ms, **({"answer": found} if request["summary"] else {})}


def sql(request: dict[str, Any]) -> dict[str, Any]:
    """Times a query whose every column is computed and thrown away; its summary is another, untimed query."""
    for statement in request.get("setUp", []):
        spark.sql(statement)
    started = time.perf_counter()
    spark.sql(request["text"]).write.format("noop").mode("overwrite").save()
    ms = (time.perf_counter() - started) * 1e3
    return {"ms": ms, **({"answer": summary(spark.sql(request["text"]))} if request["summary"] else {})}


def rows(request: dict[str, Any]) -> dict[str, Any]:
    """Times a query up to its rows in this process."""
    started = time.perf_counter()
    found = spark.sql(request["text"]).collect()
    ms = (time.perf_counter() - started) * 1e3
    return {"ms": ms, "rows": [[None if value is None else str(value) for value in row] for row in found]}


serve(
    {
        "version": lambda _: {"version": pyspark.__version__},
        "load": load,
        "files": files,
        "sql": sql,
        "stream": stream,
        "rows": rows,
    }
)
