"""State functions that cases name, as pyspark writes them; `test/stream/program/functions.ts` has the same in TypeScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class StateFunction:
    """What `applyInPandasWithState` takes."""

    run: Callable
    output: str
    state: str


FUNCTIONS: dict[str, StateFunction] = {}
