"""The program of traffic.ts in Spark Structured Streaming, tuned: two shuffle partitions, one batch, no UI."""
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", ",".join(os.path.join(os.environ["SPARK_JARS"], jar) for jar in os.listdir(os.environ["SPARK_JARS"])))
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.memory", "2g")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
events = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", os.environ["BOOTSTRAP"])
    .option("subscribe", os.environ["TOPIC"])
    .option("startingOffsets", "earliest")
    .load()
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
total, windows = spark.sql("SELECT sum(count), count(*) FROM counts").first()
print(f"{total} events, {windows} windows", flush=True)
spark.stop()
sys.exit(0)
