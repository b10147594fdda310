"""Processors that cases name for `transformWithState`: the rows say what is done with values, lists, maps and timers."""

from __future__ import annotations

import sys
from typing import Any, Iterator

from pyspark import cloudpickle
from pyspark.sql import DataFrame, Row
from pyspark.sql.streaming.stateful_processor import ExpiredTimerInfo, StatefulProcessor, StatefulProcessorHandle, TimerValues

# Python workers don't have this folder among their modules.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


class Script(StatefulProcessor):
    """`set 1; append 2; put x 3; timer 5000`: what each step said is put out."""

    def __init__(self, ttl_ms: int | None = None) -> None:
        self._ttl_ms = ttl_ms

    def init(self, handle: StatefulProcessorHandle) -> None:
        self._handle = handle
        self._value = handle.getValueState("value", "v BIGINT", self._ttl_ms)
        self._list = handle.getListState("list", "v BIGINT", self._ttl_ms)
        self._map = handle.getMapState("map", "k STRING", "v BIGINT", self._ttl_ms)

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: TimerValues) -> Iterator[Row]:
        events = sorted((row.ts, row.ops) for row in rows)
        steps = [step.strip() for _, ops in events for step in ops.split(";")]
        for i, step in enumerate(steps):
            yield Row(k=key[0], i=i, op=step, said=self._said(timerValues, *step.split()))

    def handleExpiredTimer(
        self, key: Any, timerValues: TimerValues, expiredTimerInfo: ExpiredTimerInfo
    ) -> Iterator[Row]:
        expiry = expiredTimerInfo.getExpiryTimeInMs()
        yield Row(k=key[0], i=0, op=f"timer of {expiry}", said=text(self._value.get()))

    def _said(self, times: TimerValues, name: str, *args: str) -> str:
        match name:
            case "exists":
                return " ".join(str(state.exists()).lower() for state in (self._value, self._list, self._map))
            case "get":
                return text(self._value.get())
            case "list":
                return ",".join(text(value) for value in self._list.get())
            case "map":
                return ",".join(sorted(f"{text(key)}={text(value)}" for key, value in self._map.iterator()))
            case "at":
                return text(self._map.getValue((args[0],)))
            case "has":
                return str(self._map.containsKey((args[0],))).lower()
            case "timers":
                return ",".join(str(timer) for timer in sorted(self._handle.listTimers()))
            case "watermark":
                return str(times.getCurrentWatermarkInMs())
        self._do(name, args)
        return "done"

    def _do(self, name: str, args: tuple[str, ...]) -> None:
        match name:
            case "set":
                self._value.update((int(args[0]),))
            case "append":
                self._list.appendValue((int(args[0]),))
            case "replace":
                self._list.put([(int(arg),) for arg in args])
            case "put":
                self._map.updateValue((args[0],), (int(args[1]),))
            case "drop":
                self._map.removeKey((args[0],))
            case "clear":
                for state in (self._value, self._list, self._map):
                    state.clear()
            case "timer":
                self._handle.registerTimer(int(args[0]))
            case "untimer":
                self._handle.deleteTimer(int(args[0]))
            case _:
                raise ValueError(f"a script has no '{name}'")


def text(value: tuple[Any, ...] | None) -> str:
    return "none" if value is None else ",".join(str(part) for part in value)


PROCESSORS: dict[str, Script] = {"script": Script(), "script, forgetting": Script(ttl_ms=500)}


def transformed(grouped: Any, name: str, mode: str, time_mode: str) -> DataFrame:
    return grouped.transformWithState(PROCESSORS[name], "k STRING, i INT, op STRING, said STRING", mode, time_mode)
