"""The program of traffic.ts in Spark Structured Streaming, everything in one batch."""
import os

from pyspark.sql import functions as F
from spark_session import session, topic

spark = session()
events = (
    topic(spark, os.environ["TOPIC"])
    .select(F.from_json(F.col("value").cast("string"), "timestamp TIMESTAMP, url STRING, userId INT, status INT").alias("e"))
    .select("e.*")
)
query = (
    events.groupBy(F.window("timestamp", "1 minute"))
    .count()
    .writeStream.outputMode("complete")
    .format("memory")
    .queryName("counts")
    .option("checkpointLocation", os.environ["CHECKPOINT"])
    .trigger(availableNow=True)
    .start()
)
query.awaitTermination()
answer = spark.sql(
    """SELECT sum(count) AS events, count(*) AS windows, sum(count * (unix_timestamp(window.start) DIV 60 % 1000)) AS checksum
       FROM counts"""
)
print(answer.toJSON().first(), flush=True)
spark.stop()
