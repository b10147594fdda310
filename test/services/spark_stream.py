"""A streaming query for the test of Spark: counts the words of the JSON files of a folder, one file a batch, to their end."""

import json
import sys

from pyspark.sql import SparkSession

folder, checkpoint = sys.argv[1:3]
spark = SparkSession.builder.getOrCreate()
batches: list[list] = []


def keep(frame, _: int) -> None:
    batches.append([list(row) for row in frame.orderBy("word").collect()])


words = spark.readStream.schema("word STRING").option("maxFilesPerTrigger", 1).json(folder)
writer = words.groupBy("word").count().writeStream.outputMode("update").trigger(availableNow=True)
query = writer.option("checkpointLocation", checkpoint).foreachBatch(keep).start()
query.awaitTermination()
print(json.dumps(batches))
spark.stop()
