"""The program of traffic.ts in Flink SQL: the topic is bounded at its end, the counts go to CSV files."""
import json
import os
from datetime import datetime, timezone
from pathlib import Path

from flink_environment import environment, topic_options

out = Path(os.environ["CHECKPOINT"]) / "out"
tables = environment()
tables.execute_sql(
    f"""CREATE TABLE events (`timestamp` TIMESTAMP_LTZ(3), url STRING, userId INT, status INT,
        WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '5' SECOND)
        WITH ({topic_options(os.environ["TOPIC"])}, 'scan.bounded.mode'='latest-offset')"""
)
tables.execute_sql(
    f"CREATE TABLE counts (start_ TIMESTAMP(3), c BIGINT) WITH ('connector'='filesystem', 'path'='file://{out}', 'format'='csv')"
)
tables.execute_sql(
    """INSERT INTO counts SELECT window_start, COUNT(*)
       FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(`timestamp`), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end"""
).wait()
lines = [line for file in out.rglob("*") if file.is_file() for line in file.read_text().splitlines()]
counts = []
for line in lines:
    start, count = line.replace('"', "").rsplit(",", 1)
    seconds = int(datetime.fromisoformat(start).replace(tzinfo=timezone.utc).timestamp())
    counts.append((seconds // 60 % 1000, int(count)))
answer = {"events": sum(n for _, n in counts), "windows": len(counts), "checksum": sum(minute * n for minute, n in counts)}
print(json.dumps(answer), flush=True)
