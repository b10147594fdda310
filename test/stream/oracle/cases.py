"""The case files as data: what `test/stream/cases/README.md` describes, with a file's defaults filled in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent.parent / "cases"
SUFFIX = ".expected.json"


@dataclass(frozen=True)
class View:
    schema: str
    format: str = "json"
    options: dict[str, str] = field(default_factory=dict)
    watermark: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """Spark reads a table from files in any case, so `stored` is for Millrace."""

    schema: str
    rows: list[Any]
    stored: bool = False


@dataclass(frozen=True)
class Case:
    """One program with its inputs; `program` is a list of calls, or SQL text."""

    name: str
    program: list[Any] | str
    views: dict[str, View]
    tables: dict[str, Table]
    steps: list[dict[str, Any]]
    mode: str
    trigger: str
    conf: dict[str, str]
    ordered: bool
    masked: list[str]
    progress: list[str]
    logs: bool
    fail_in: list[int]
    programs: dict[str, list[Any]]


def case_files(names: list[str]) -> list[Path]:
    """The named files (paths, or names without folder and ending), or all."""
    known = sorted(path for path in CASES.glob("*.json") if not path.name.endswith(SUFFIX))
    if not names:
        return known
    wanted = {Path(name).name.removesuffix(".json") for name in names}
    missing = wanted - {path.stem for path in known}
    if missing:
        raise SystemExit(f"There is no case file {', '.join(sorted(missing))} in {CASES}")
    return [path for path in known if path.stem in wanted]


def read_cases(path: Path) -> list[Case]:
    document = json.loads(path.read_text())
    programs = document.get("programs", {})
    return [case_of(raw, document.get("views", {}), programs) for raw in document["cases"]]


def case_of(raw: dict[str, Any], views: dict[str, Any], programs: dict[str, list[Any]]) -> Case:
    return Case(
        name=raw["name"],
        program=program_of(raw, programs),
        views={name: view_of(view) for name, view in raw.get("views", views).items()},
        tables={name: Table(**table) for name, table in raw.get("tables", {}).items()},
        steps=raw["steps"],
        mode=raw.get("mode", "append"),
        trigger=raw.get("trigger", "processingTime"),
        conf=raw.get("conf", {}),
        ordered=raw.get("ordered", False),
        masked=raw.get("masked", []),
        progress=raw.get("progress", []),
        logs=raw.get("logs", False),
        fail_in=raw.get("failIn", []),
        programs=programs,
    )


def program_of(raw: dict[str, Any], programs: dict[str, list[Any]]) -> list[Any] | str:
    """A list of calls, the name of one of the file's programs, or SQL."""
    if "sql" in raw:
        return raw["sql"]
    program = raw["program"]
    return programs[program] if isinstance(program, str) else program


def view_of(raw: str | dict[str, Any]) -> View:
    if isinstance(raw, str):
        return View(schema=raw)
    watermark = raw.get("watermark")
    return View(
        schema=raw["schema"],
        format=raw.get("format", "json"),
        options=raw.get("options", {}),
        watermark=None if watermark is None else (watermark[0], watermark[1]),
    )
