"""The files that a case's views and tables read: their text, and modification times that are the same in every run."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

# The first file's time; each later file of `add` is 10 s younger, those of `files` say their own seconds.
MTIME_BASE_S = 1_750_000_000
MTIME_STEP_S = 10

EPOCH = datetime(1970, 1, 1)


def columns_of(schema: str) -> list[tuple[str, str]]:
    """Names and types of a DDL schema's columns."""
    parts = re.split(r",(?![^<(]*[>)])", schema)
    return [(name, kind.upper()) for name, kind in (part.strip().split(None, 1) for part in parts)]


def instant(seconds: float) -> str:
    """Seconds since the epoch as ISO text with microseconds."""
    return (EPOCH + timedelta(microseconds=round(seconds * 1_000_000))).isoformat(timespec="microseconds") + "Z"


def line_of(row: Any, schema: str) -> str:
    """A row as a line of JSON: an array by position, an object by name; text is the line itself."""
    if isinstance(row, str):
        return row
    columns = columns_of(schema)
    named = row if isinstance(row, dict) else {name: value for (name, _), value in zip(columns, row)}
    kinds = dict(columns)
    is_time = {name: kinds.get(name, "").startswith("TIMESTAMP") for name in named}
    values = {
        name: instant(value) if is_time[name] and isinstance(value, (int, float)) else value
        for name, value in named.items()
    }
    return json.dumps(values, ensure_ascii=False)


class Inputs:
    """The input folders of one case. Files are written aside, and all of a step appear together by `publish`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._added = 0
        self._staged: list[tuple[Path, Path]] = []

    def folder(self, view: str) -> Path:
        folder = self.root / view
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def add(self, view: str, schema: str, rows: list[Any]) -> None:
        self.stage(view, schema, f"{self._added:04d}.json", self._added * MTIME_STEP_S, rows)
        self._added += 1

    def stage(self, view: str, schema: str, name: str, mtime_s: float, rows: list[Any]) -> None:
        aside = self.folder("_staged") / f"{view}-{len(self._staged)}"
        lines = [line_of(row, schema).replace("$FOLDER", self.folder(view).as_uri()) for row in rows]
        aside.write_text("".join(f"{line}\n" for line in lines))
        os.utime(aside, (MTIME_BASE_S, MTIME_BASE_S + mtime_s))
        self._staged.append((aside, self.folder(view) / name))

    def publish(self) -> None:
        for aside, place in self._staged:
            place.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(place)
        self._staged = []
