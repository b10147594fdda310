"""The questions of the batch suite as Polars' lazy queries, by the names that test/bench/batch/questions.ts gives them."""
from typing import Any, Callable

import polars as pl

from polars_tpch import TPCH

MINUTE = "1m"
WINDOW = "10m"
SLIDES = 10
GAP = pl.duration(minutes=1)
Tables = dict[str, pl.LazyFrame]
c = pl.col


def total(frame: pl.LazyFrame) -> pl.LazyFrame:
    """So that no engine pays for output: how many windows, rows in them, and their sum."""
    return frame.select(groups=pl.len(), n=c("n").sum(), s=c("s").sum())


def counted(groups: Any) -> pl.LazyFrame:
    return groups.agg(n=pl.len(), s=c("v").sum())


def tumbling(key: str) -> Callable[[Tables, Any], pl.LazyFrame]:
    return lambda t, _: total(counted(t["events"].group_by(c("ts").dt.truncate(WINDOW).alias("w"), key)))


def sliding(key: str) -> Callable[[Tables, Any], pl.LazyFrame]:
    """In panes of a minute, each of which belongs to ten windows."""

    def query(t: Tables, _: Any) -> pl.LazyFrame:
        panes = counted(t["events"].group_by(c("ts").dt.truncate(MINUTE).alias("w"), key))
        offsets = pl.LazyFrame({"o": list(range(SLIDES))})
        windows = panes.join(offsets, how="cross").group_by(c("w") - pl.duration(minutes=c("o")), key)
        return total(windows.agg(c("n").sum(), c("s").sum()))

    return query


def session(t: Tables, _: Any) -> pl.LazyFrame:
    begins = (c("ts") - c("ts").shift(1) > GAP) | (c("medium") != c("medium").shift(1))
    rows = t["events"].select("medium", "ts", "v").sort("medium", "ts")
    return total(counted(rows.with_columns(session=begins.fill_null(True).cum_sum()).group_by("session")))


def by(*keys: str, **aggregates: pl.Expr) -> Callable[[Tables, Any], pl.LazyFrame]:
    return lambda t, _: t["groupby"].group_by(*keys).agg(**aggregates)


def join(right: str, key: str, drop: str | None = None, how: str = "inner") -> Callable[[Tables, Any], pl.LazyFrame]:
    def query(t: Tables, _: Any) -> pl.LazyFrame:
        table = t[right] if drop is None else t[right].drop(drop)
        return t["x"].join(table, on=key, how=how)

    return query


def json_window(_: Tables, file: Any) -> pl.LazyFrame:
    lines = pl.scan_ndjson(file, schema={"timestamp": pl.String, "url": pl.String, "user": pl.String})
    time = c("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.truncate(MINUTE)
    return lines.group_by(time.alias("w"), "url").agg(n=pl.len()).select(groups=pl.len(), n=c("n").sum())


def top_two(t: Tables, _: Any) -> pl.LazyFrame:
    return t["groupby"].group_by("id6").agg(c("v3").top_k(2)).explode("v3")


QUESTIONS: dict[str, Callable[[Tables, Any], pl.LazyFrame]] = {
    "tumbling-low": tumbling("low"),
    "tumbling-medium": tumbling("medium"),
    "sliding-low": sliding("low"),
    "sliding-medium": sliding("medium"),
    "session": session,
    "q1": by("id1", v1=c("v1").sum()),
    "q2": by("id1", "id2", v1=c("v1").sum()),
    "q3": by("id3", v1=c("v1").sum(), v3=c("v3").mean()),
    "q4": by("id4", v1=c("v1").mean(), v2=c("v2").mean(), v3=c("v3").mean()),
    "q5": by("id6", v1=c("v1").sum(), v2=c("v2").sum(), v3=c("v3").sum()),
    "q6": by("id4", "id5", median=c("v3").median(), sd=c("v3").std()),
    "q7": by("id3", range=c("v1").max() - c("v2").min()),
    "q8": top_two,
    "q9": by("id2", "id4", r2=pl.corr("v1", "v2") ** 2),
    "q10": by("id1", "id2", "id3", "id4", "id5", "id6", v3=c("v3").sum(), n=pl.len()),
    "j1": join("small", "id1"),
    "j2": join("medium", "id2", drop="id5"),
    "j3": join("medium", "id2", drop="id5", how="left"),
    "j4": join("medium", "id5", drop="id2"),
    "j5": join("big", "id3"),
    "json-window": json_window,
    **TPCH,
}
