"""A batch query for the test of Spark: what it counts comes from its arguments."""

import json
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
words = spark.createDataFrame([(word,) for word in sys.argv[1:]], "word STRING")
counts = words.groupBy("word").count().orderBy("word").collect()
master = spark.sparkContext.master
print(json.dumps({"version": spark.version, "master": master, "counts": [list(row) for row in counts]}))
spark.stop()
