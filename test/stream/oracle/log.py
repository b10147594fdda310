"""A batch's line in the log: what it read, its watermark, its rows, and the figures of its stateful operators."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, Callable

def seconds(text: str) -> int | float:
    """ISO text as seconds since the epoch, exact to the millisecond."""
    delta = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    millis = delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000
    return millis // 1000 if millis % 1000 == 0 else millis / 1000


class Masks:
    """Values that differ in every run become `#1`, `#2`, … by their first appearance: equal ones stay equal."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._names: dict[str, str] = {}

    def apply(self, rows: list[str]) -> list[str]:
        return [self._mask(row) for row in rows] if self._columns else rows

    def _mask(self, row: str) -> str:
        values = json.loads(row)
        for column in self._columns:
            if column in values:
                key = str(values[column])
                values[column] = self._names.setdefault(key, f"#{len(self._names) + 1}")
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def batch_line(progress: Any, rows: list[str] | None, masks: Masks, parts: list[str]) -> dict[str, Any]:
    """`rows` is absent where the sink was not called; `parts` are the parts of the progress that the case asks for."""
    raw = json.loads(progress.json)
    line: dict[str, Any] = {"batch": raw["batchId"], "in": raw["numInputRows"]}
    event_time = raw.get("eventTime", {})
    if "watermark" in event_time:
        line["watermark"] = seconds(event_time["watermark"])
    if rows is not None:
        line["rows"] = masks.apply(rows)
    if raw["stateOperators"]:
        line["state"] = [state_text(state) for state in raw["stateOperators"]]
    if parts:
        line["progress"] = {part: PROGRESS[part](raw) for part in parts}
    return line


def state_text(state: dict[str, Any]) -> str:
    """Rows in all, updated, removed, and dropped for being late."""
    return (
        f"{state['operatorName']} {state['numRowsTotal']} +{state['numRowsUpdated']} "
        f"-{state['numRowsRemoved']} late {state['numRowsDroppedByWatermark']}"
    )


def of_sources(*keys: str) -> Callable[[dict[str, Any]], list[Any]]:
    return lambda raw: [[source.get(key) for key in keys] for source in raw["sources"]]


PROGRESS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "keys": lambda raw: " ".join(sorted(raw)),
    "durations": lambda raw: " ".join(sorted(raw["durationMs"])),
    "eventTime": lambda raw: {key: seconds(text) for key, text in sorted(raw.get("eventTime", {}).items())},
    "rows": of_sources("numInputRows"),
    "offsets": of_sources("startOffset", "endOffset"),
    "latestOffsets": of_sources("latestOffset"),
    "operators": lambda raw: " ".join(state["operatorName"] for state in raw["stateOperators"]),
    "sink": lambda raw: raw["sink"].get("numOutputRows"),
}
"""What of a progress is the same in every run."""
