"""A case's program as a DataFrame of pyspark: a list of calls with SQL expressions, or SQL text over the views."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .cases import Case
from .functions import FUNCTIONS
from .inputs import Inputs
from .processors import transformed


class Program:
    """Builds DataFrames over the views and tables of one case."""

    def __init__(self, spark: SparkSession, case: Case, inputs: Inputs) -> None:
        self.spark = spark
        self.case = case
        self.inputs = inputs

    def frame(self, program: list[Any] | str) -> DataFrame:
        if isinstance(program, str):
            for name in [*self.case.views, *self.case.tables]:
                self.source(name).createOrReplaceTempView(name)
            return self.spark.sql(program)
        return self.calls(program)

    def source(self, name: str) -> DataFrame:
        folder = str(self.inputs.folder(name))
        if name in self.case.tables:
            return self.spark.read.schema(self.case.tables[name].schema).json(folder)
        view = self.case.views[name]
        reader = self.spark.readStream.format(view.format).schema(view.schema).option("maxFilesPerTrigger", 1)
        for key, value in view.options.items():
            reader = reader.option(key, value)
        frame = reader.load(folder)
        return frame if view.watermark is None else frame.withWatermark(*view.watermark)

    def calls(self, program: list[Any] | str) -> DataFrame:
        """`[["view", "events"], ["filter", "v > 1"], …]`; text is the name of one of the file's programs."""
        steps = self.case.programs[program] if isinstance(program, str) else program
        frame: Any = None
        for method, *args in steps:
            frame = self.call(frame, method, args)
        return frame

    def call(self, frame: Any, method: str, args: list[Any]) -> Any:
        match method:
            case "view" | "table":
                return self.source(args[0])
            case "sql":
                return self.frame(args[0])
            case "select":
                return frame.selectExpr(*args)
            case "withColumn":
                return frame.withColumn(args[0], F.expr(args[1]))
            case "groupBy" | "agg" | "orderBy":
                return getattr(frame, method)(*[F.expr(text) for text in args])
            case "union" | "unionByName" | "crossJoin":
                return getattr(frame, method)(self.calls(args[0]))
            case "join":
                other, on, how = [*args, None, "inner"][:3] if len(args) == 1 else [*args, "inner"][:3]
                return frame.join(self.calls(other), F.expr(on) if isinstance(on, str) else on, how)
            case "dropDuplicates" | "dropDuplicatesWithinWatermark":
                return getattr(frame, method)(*([list(args)] if args else []))
            case "function":
                return FUNCTIONS[args[0]].applied(frame, args[1], args[2])
            case "transformWithState":
                return transformed(frame, *args)
            case _:  # withWatermark, filter, count, distinct, limit, drop, alias, withColumnRenamed, toDF, …
                return getattr(frame, method)(*args)
