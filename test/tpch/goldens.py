"""Writes expected/*.json (`npm run goldens -- tpch [--check] [QUERY…]`): the answers of Spark over CSV, where DuckDB over Parquet gives the
same. `--check` only says which of them are given no more.

Both read what data.ts makes at the scale factor of the tests. Spark computes averages and quotients of decimals as decimals, DuckDB as
doubles: these must be the double rounded to the decimal's digits. Where the engines disagree nothing is written.
"""
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from oracles import cell_text, duckdb_connection, keep, run_node, spark_columns, spark_session, text_rows, wanted

SCALE = 0.01
DOUBLE_ERROR_MAX = 1e-9
TAIL = re.compile(r"order by (?P<keys>[^()]+?)(?:\s+limit (?P<limit>\d+))?\s*$")


def folder(form: str) -> str:
    return run_node("test/tpch/data.ts", "--scale", str(SCALE), "--format", form)


def query(name: str) -> str:
    fraction = f"{0.0001 / SCALE:.12f}".rstrip("0")
    return (HERE / "queries" / f"{name}.sql").read_text().replace("{FRACTION}", fraction)


def parts(sql: str):
    """The query without its LIMIT, the names it orders by, the limit."""
    found = TAIL.search(sql)
    if found is None:
        return sql, [], None
    names = [re.sub(r"\s+(?:asc|desc)$", "", key.strip()) for key in found["keys"].split(",")]
    limit = found["limit"]
    return re.sub(r"\s+limit \d+\s*$", "", sql), names, int(limit) if limit else None


def with_ties(rows: list, keys: list, limit: int | None):
    """The rows of the limit and those that tie with its last."""
    if limit is None or len(rows) <= limit:
        return rows
    last = [rows[limit - 1][key] for key in keys]
    end = limit
    while end < len(rows) and [rows[end][key] for key in keys] == last:
        end += 1
    return rows[:end]


def same_cell(spark, duck) -> bool:
    if isinstance(duck, float) and isinstance(spark, (Decimal, float)):
        digits = -spark.as_tuple().exponent if isinstance(spark, Decimal) else 18
        return abs(float(spark) - duck) <= 0.5 * 10**-digits + DOUBLE_ERROR_MAX * abs(duck)
    if isinstance(duck, Decimal) and isinstance(spark, Decimal):
        return spark == duck
    return cell_text(spark) == cell_text(duck)


def difference(spark_rows: list, duck_rows: list, keys: list) -> str | None:
    """The first one. Rows that tie may come in any order: both sides are ordered further by their other cells."""
    if len(spark_rows) != len(duck_rows):
        return f"Spark gives {len(spark_rows)} rows, DuckDB {len(duck_rows)}"
    for index, (left, right) in enumerate(zip(settle(spark_rows, keys), settle(duck_rows, keys))):
        if not all(same_cell(a, b) for a, b in zip(left, right, strict=True)):
            return f"row {index + 1}:\n  Spark  {text_rows([left])[0]}\n  DuckDB {text_rows([right])[0]}"
    return None


def settle(rows: list, keys: list) -> list:
    """Sorts within runs of equal keys only, so that the order of the engine still counts."""
    runs: list = []
    for row in rows:
        if runs and all(runs[-1][-1][key] == row[key] for key in keys):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [row for run in runs for row in sorted(run, key=lambda r: [cell_text(v) or "" for v in r])]


def main() -> int:
    names, check = wanted(__doc__, HERE / "queries")
    csv, parquet = folder("csv"), folder("parquet")
    spark, duck = spark_session(), duckdb_connection()
    for statement in (HERE / "tables.sql").read_text().replace("$DATA", csv).split(";\n"):
        if statement.strip():
            spark.sql(statement)
    for file in Path(parquet).glob("*.parquet"):
        duck.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    failed = 0
    for name in names:
        sql, order_by, limit = parts(query(name))
        frame = spark.sql(sql)
        keys = [frame.columns.index(key) for key in order_by]
        rows, other = (with_ties(list(map(tuple, found)), keys, limit) for found in (frame.collect(), duck.execute(sql).fetchall()))
        found = difference(rows, other, keys)
        count = len(rows) if limit is None else min(limit, len(rows))
        head = {"columns": spark_columns(frame), "orderBy": order_by, "rowCount": count}
        if found is None and not keep(HERE / "expected" / f"{name}.json", head, text_rows(settle(rows, keys)), check):
            found = "the stored answer is another"
        if found is not None:
            print(f"✗ {name}: {found}", file=sys.stderr)
            failed += 1
            continue
        print(f"✓ {name}: {count} rows{f', {len(rows) - count} more tie' if len(rows) > count else ''}", file=sys.stderr)
    spark.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
