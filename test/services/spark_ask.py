"""A Spark Connect client: sends SQL to the server at `sc://host:port` and prints its version, columns and rows as one line of JSON."""

import json
import sys

from pyspark.sql import SparkSession


def main(url: str, query: str) -> None:
    spark = SparkSession.builder.remote(url).getOrCreate()
    frame = spark.sql(query)
    rows = [list(row) for row in frame.collect()]
    print(json.dumps({"version": spark.version, "columns": frame.columns, "rows": rows}, default=str))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:3])
