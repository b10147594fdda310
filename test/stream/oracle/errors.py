"""Which of Spark's conditions an exception carries, however deep it lies."""

from __future__ import annotations

from typing import Any

from py4j.java_gateway import is_instance_of
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

MESSAGE_MAX = 160


def java_conditions(spark: SparkSession, error: Any) -> list[tuple[str, str | None, str]]:
    """Condition, SQLSTATE and message of a Java exception and its causes, outermost first; a bare class has its name."""
    gateway = spark.sparkContext._gateway
    found = []
    while error is not None:
        if is_instance_of(gateway, error, "org.apache.spark.SparkThrowable") and error.getCondition() is not None:
            found.append((error.getCondition(), error.getSqlState(), error.getMessage()))
        else:
            found.append((error.getClass().getSimpleName(), None, error.getMessage()))
        error = error.getCause()
    return found


def innermost(found: list[tuple[str, str | None, str]]) -> dict[str, Any]:
    """The last that is a condition of Spark's (`STREAM_FAILED` only says that there is another), else the last of all."""
    conditions = [one for one in found if one[1] is not None and one[0] != "STREAM_FAILED"]
    condition, state, message = (conditions or found)[-1]
    lines = (message or "").strip().splitlines()
    return {"error": condition, "sqlState": state, "message": lines[0][:MESSAGE_MAX] if lines else ""}


def error_of(spark: SparkSession, error: BaseException) -> dict[str, Any]:
    """The error as part of a log's line."""
    if isinstance(error, Py4JJavaError):
        return innermost(java_conditions(spark, error.java_exception))
    origin = getattr(error, "_origin", None)
    if origin is not None:
        return innermost(java_conditions(spark, origin))
    if isinstance(error, PySparkException):
        return innermost([(error.getCondition() or type(error).__name__, error.getSqlState(), str(error))])
    return innermost([(type(error).__name__, None, str(error))])
