"""State functions that cases name, as pyspark writes them; `test/stream/program/functions.ts` has the same in TypeScript."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Callable, Iterator

import pandas as pd
from pyspark import cloudpickle
from pyspark.sql import DataFrame
from pyspark.sql.streaming.state import GroupState

# Python workers don't have this folder among their modules.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

Rows = list[tuple[Any, ...]]
RENEWED_MS = 5000
GAP_MS = 5000


@dataclass(frozen=True)
class StateFunction:
    """What `applyInPandasWithState` takes; `run` gives the rows of one group, of which `columns` is the schema."""

    run: Callable[[Any, Rows, GroupState], Rows]
    columns: str
    state: str

    def applied(self, grouped: Any, mode: str, timeout: str) -> DataFrame:
        run = self.run
        names = [column.split()[0] for column in self.columns.split(", ")]

        def frames(key: tuple[Any, ...], parts: Iterator[pd.DataFrame], state: GroupState) -> Iterator[pd.DataFrame]:
            rows = sorted(row for part in parts for row in events(part))
            yield pd.DataFrame([(key[0], *row) for row in run(key[0], rows, state)], columns=names)

        return grouped.applyInPandasWithState(frames, self.columns, self.state, mode, timeout)


def events(part: pd.DataFrame) -> Rows:
    """Event time in ms, and the script, of each row."""
    times = [int(time.timestamp() * 1000) for time in part["ts"]]
    return list(zip(times, part["ops"]))


def text(value: tuple[Any, ...] | None) -> str:
    if value is None:
        return "none"
    return ",".join("null" if part is None else str(part) for part in value)


def count(_key: Any, rows: Rows, state: GroupState) -> Rows:
    """How many rows the key has had: always one row, as `mapGroupsWithState` gives."""
    n = len(rows) + (state.get[0] if state.exists else 0)
    state.update((n,))
    return [(n,)]


def copies(_key: Any, rows: Rows, state: GroupState) -> Rows:
    """No, one or many rows for each: as many as the row says."""
    n = len(rows) + (state.get[0] if state.exists else 0)
    state.update((n,))
    return [(n,) for _, ops in rows for _ in range(int(ops))]


def session(_key: Any, rows: Rows, state: GroupState) -> Rows:
    """First and last event of what belongs together, once the watermark is more than 5 s beyond."""
    if state.hasTimedOut:
        closed = state.get
        state.remove()
        return [closed]
    first, last, n = state.get if state.exists else (rows[0][0], rows[0][0], 0)
    times = [time for time, _ in rows]
    merged = (min(first, *times), max(last, *times), n + len(rows))
    state.update(merged)
    state.setTimeoutTimestamp(merged[1] + GAP_MS)
    return []


def script(on_timeout: Callable[[GroupState], None]) -> Callable[[Any, Rows, GroupState], Rows]:
    """The rows say what is done with the state: `exists; update 1 one; timeoutAt 5000`. What each said is put out."""

    def run(_key: Any, rows: Rows, state: GroupState) -> Rows:
        if state.hasTimedOut:
            out = [(0, "timed out", text(state.getOption))]
            on_timeout(state)
            return out
        steps = [step.strip() for _, ops in rows for step in ops.split(";")]
        return [(i, step, said(state, *step.split())) for i, step in enumerate(steps)]

    return run


def said(state: GroupState, name: str, *args: str) -> str:
    if name == "fail":
        raise ArithmeticError("as the script says")
    try:
        return done(state, name, list(args))
    except Exception:  # which class it is differs between languages
        return "refused"


def done(state: GroupState, name: str, args: list[str]) -> str:
    match name:
        case "exists":
            return str(state.exists).lower()
        case "get":
            return text(state.get)
        case "getOption":
            return text(state.getOption)
        case "hasTimedOut":
            return str(state.hasTimedOut).lower()
        case "watermark":
            return str(state.getCurrentWatermarkMs())
        case "clock":
            return str(state.getCurrentProcessingTimeMs())
        case "update":
            state.update((int(args[0]), args[1] if len(args) > 1 else None))
        case "updateNull":
            state.update(None)
        case "remove":
            state.remove()
        case "timeoutAt":
            state.setTimeoutTimestamp(int(args[0]))
        case "timeoutAfter":
            state.setTimeoutDuration(int(args[0]))
        case _:
            raise SystemExit(f"a script has no '{name}'")
    return "done"


def removed(state: GroupState) -> None:
    state.remove()


def kept(state: GroupState) -> None:
    state.update(state.get)


def renewed(state: GroupState) -> None:
    state.setTimeoutTimestamp(state.getCurrentWatermarkMs() + RENEWED_MS)


SAID = "k STRING, i INT, op STRING, said STRING"
PAIR = "v BIGINT, label STRING"

FUNCTIONS: dict[str, StateFunction] = {
    "count": StateFunction(count, "k STRING, n BIGINT", "n BIGINT"),
    "count as text": StateFunction(count, "k STRING, n BIGINT", "n STRING"),
    "copies": StateFunction(copies, "k STRING, n BIGINT", "n BIGINT"),
    "session": StateFunction(session, "k STRING, first BIGINT, last BIGINT, n BIGINT", "first BIGINT, last BIGINT, n BIGINT"),
    "script": StateFunction(script(removed), SAID, PAIR),
    "script, kept": StateFunction(script(kept), SAID, PAIR),
    "script, renewed": StateFunction(script(renewed), SAID, PAIR),
}
