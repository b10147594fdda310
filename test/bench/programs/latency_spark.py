"""The program of latency.ts in Spark Structured Streaming: micro-batches as fast as they come."""
import json
import os
import threading
import time

from pyspark.sql import functions as F
from spark_session import session, topic

TOTAL = int(os.environ["TOTAL"])
spark = session()
latest: dict[tuple[int, int], int] = {}
done = threading.Event()
observations = open(os.environ["OBSERVATIONS"], "w")


def observe(frame, batch_id):
    rows = frame.collect()
    seen = int(time.time() * 1000)
    for start, partition, count in rows:
        observations.write(f"{seen} {start} {partition} {count}\n")
        latest[start, partition] = count
    if sum(latest.values()) >= TOTAL:
        done.set()


events = topic(spark, os.environ["TOPIC"]).select(
    F.from_json(F.col("value").cast("string"), "timestamp TIMESTAMP, url STRING, userId INT, status INT").alias("e"), "partition"
)
counts = events.groupBy(F.window("e.timestamp", "10 seconds"), "partition").count()
query = (
    counts.selectExpr("unix_millis(window.start) AS start", "partition", "count")
    .writeStream.outputMode("update")
    .option("checkpointLocation", os.environ["CHECKPOINT"])
    .foreachBatch(observe)
    .start()
)
while not query.status["message"].startswith(("Waiting", "Processing")):
    time.sleep(0.1)
print("ready", flush=True)
done.wait()
query.stop()
observations.close()
print(json.dumps({"groups": len(latest)}), flush=True)
spark.stop()
