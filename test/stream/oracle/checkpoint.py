"""What a checkpoint's logs say, and crashes made by hand: the newest entry of a log is taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def entries(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in folder.glob("*") if path.name.isdigit())


def next_batch(checkpoint: Path) -> int:
    """The batch after the last committed one."""
    return max(entries(checkpoint / "commits"), default=-1) + 1


def forget(checkpoint: Path, log: str) -> None:
    """As a crash before that log's newest entry was written."""
    newest = max(entries(checkpoint / log))
    for path in (checkpoint / log).glob("*"):
        if path.name.lstrip(".").split(".")[0] == str(newest):
            path.unlink()


def checkpoint_files(checkpoint: Path) -> dict[str, Any]:
    """Both logs: of each entry the version, the watermarks, and the offsets of the sources."""
    return {
        "offsets": {name: offsets_of(checkpoint / "offsets" / str(name)) for name in entries(checkpoint / "offsets")},
        "commits": {name: commit_of(checkpoint / "commits" / str(name)) for name in entries(checkpoint / "commits")},
    }


def offsets_of(path: Path) -> list[Any]:
    version, metadata, *sources = path.read_text().splitlines()
    return [version, json.loads(metadata)["batchWatermarkMs"], *sources]


def commit_of(path: Path) -> list[Any]:
    version, commit = path.read_text().splitlines()
    return [version, json.loads(commit)["nextBatchWatermarkMs"]]
