"""Polars as a peer of the batch suite: frames from the Arrow files, and the questions as lazy queries."""
import time
from typing import Any

import polars as pl

from polars_questions import QUESTIONS
from protocol import serve

frames: dict[str, pl.LazyFrame] = {}


def summary(frame: pl.DataFrame) -> dict[str, float]:
    """Rows, sums of numbers and bytes of text: enough to notice that two engines answered differently."""
    found: dict[str, float] = {"rows": frame.height}
    for column in frame.get_columns():
        if column.dtype.is_numeric():
            found[column.name] = float(column.cast(pl.Float64).sum())
        elif column.dtype == pl.String:
            found[column.name] = float(column.str.len_bytes().sum())
    return found


def load(request: dict[str, Any]) -> dict[str, Any]:
    for name, file in request["tables"].items():
        frame = pl.read_ipc(file).with_columns(pl.selectors.decimal().cast(pl.Float64))
        frames[name] = frame.rechunk().lazy()
    return {}


def question(request: dict[str, Any]) -> dict[str, Any]:
    """Times a question up to its result as a frame in memory."""
    query = QUESTIONS[request["name"]](frames, request.get("argument"))
    started = time.perf_counter()
    found = query.collect(engine=request["engine"])
    ms = (time.perf_counter() - started) * 1e3
    return {"ms": ms, "answer": summary(found)}


serve({"version": lambda _: {"version": pl.__version__}, "load": load, "question": question})
