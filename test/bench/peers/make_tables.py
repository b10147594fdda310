"""make_tables.py FOLDER ROWS: the tables of the batch suite, seeded, as Arrow IPC files and the same rows as Parquet.

`events` is for windows; `groupby` has the columns and cardinalities of the h2oai db-benchmark's G1 with 100 groups;
`x`, `small`, `medium` and `big` are its join tables, of whose keys nine in ten find their match. The string columns
that no join reads are left out.
"""
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 42
START_US = 1_704_067_200_000_000
HOUR_US = 3_600_000_000
LATE_US = 5_000_000


def names(prefix: str, width: int, ids: np.ndarray) -> pa.Array:
    """Strings like id007 for the numbers in `ids`."""
    return pa.array([f"{prefix}{i:0{width}d}" for i in range(int(ids.max()) + 1)]).take(pa.array(ids))


def cents(r: np.random.Generator, n: int) -> np.ndarray:
    return np.round(r.random(n) * 100, 6)


def events(r: np.random.Generator, n: int) -> dict:
    """An hour of event time in order, up to 5 s late or early; keys of 100 and 100,000 values."""
    ts = START_US + np.arange(n) * HOUR_US // n + r.integers(-LATE_US, LATE_US, n)
    return {
        "ts": pa.array(np.maximum(ts, START_US), pa.timestamp("us", "UTC")),
        "low": r.integers(0, 100, n),
        "medium": r.integers(0, 100_000, n),
        "v": r.random(n) * 100,
    }


def groupby(r: np.random.Generator, n: int) -> dict:
    # In a small table groups stay large enough to have a correlation.
    few, many = 100 if n >= 1_000_000 else 10, max(n // 100, 100)
    ids = {f"id{i}": r.integers(1, (many if i in (3, 6) else few) + 1, n) for i in range(1, 7)}
    return {
        "id1": names("id", 3, ids["id1"]),
        "id2": names("id", 3, ids["id2"]),
        "id3": names("id", 10, ids["id3"]),
        **{name: ids[name].astype("i4") for name in ("id4", "id5", "id6")},
        "v1": r.integers(1, 6, n).astype("i4"),
        "v2": r.integers(1, 16, n).astype("i4"),
        "v3": cents(r, n),
    }


def joins(r: np.random.Generator, n: int) -> dict[str, dict]:
    sizes = {"id1": max(n // 1_000_000, 10), "id2": max(n // 1000, 100), "id3": n}
    keys = {name: r.permutation(int(size * 1.1))[:size] for name, size in sizes.items()}
    x = {name: r.integers(0, int(size * 1.1), n) for name, size in sizes.items()}
    small, medium, big = keys.values()
    return {
        "x": {**x, "id5": names("id", 1, x["id2"]), "v1": cents(r, n)},
        "small": {"id1": small, "v2": cents(r, len(small))},
        "medium": {"id2": medium, "id5": names("id", 1, medium), "v2": cents(r, len(medium))},
        "big": {"id3": big, "v2": cents(r, len(big))},
    }


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    r = np.random.default_rng(SEED)
    tables = {"events": events(r, rows), "groupby": groupby(r, rows), **joins(r, rows)}
    for name, columns in tables.items():
        table = pa.table(columns)
        with pa.ipc.new_file(folder / f"{name}.arrow", table.schema) as file:
            file.write_table(table, max_chunksize=1 << 20)
        pq.write_table(table, folder / f"{name}.parquet")


if __name__ == "__main__":
    main()
