"""arrow_tables.py PARQUET_FOLDER FOLDER: every table of the first folder as an Arrow IPC file, beside a link to its Parquet file."""
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
for file in sorted(source.glob("*.parquet")):
    table = pq.read_table(file)
    with pa.ipc.new_file(folder / f"{file.stem}.arrow", table.schema) as out:
        out.write_table(table, max_chunksize=1 << 20)
    os.link(file, folder / file.name)
