"""arrow_tables.py PARQUET_FOLDER FOLDER: every table of the first folder as an Arrow IPC file, beside a link to its Parquet file."""
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def plain_text(table: pa.Table) -> pa.Table:
    """Text in one buffer a column, as every reader of Arrow has it, in place of the generator's views."""
    fields = [field.with_type(pa.string()) if field.type == pa.string_view() else field for field in table.schema]
    return table.cast(pa.schema(fields))


source, folder = Path(sys.argv[1]), Path(sys.argv[2])
for file in sorted(source.glob("*.parquet")):
    table = plain_text(pq.read_table(file))
    with pa.ipc.new_file(folder / f"{file.stem}.arrow", table.schema) as out:
        out.write_table(table, max_chunksize=1 << 20)
    os.link(file, folder / file.name)
