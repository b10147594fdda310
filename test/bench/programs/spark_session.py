"""Spark as someone who tunes it for a machine of two cores has it."""
import os

from pyspark.sql import SparkSession

JARS = os.environ["SPARK_JARS"]


def session() -> SparkSession:
    builder = SparkSession.builder.master(f"local[{os.cpu_count()}]")
    settings = {
        "spark.jars": ",".join(os.path.join(JARS, jar) for jar in os.listdir(JARS)),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "2g",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def topic(spark: SparkSession, name: str):
    """All of a Kafka topic, as a stream."""
    stream = spark.readStream.format("kafka").option("kafka.bootstrap.servers", os.environ["BOOTSTRAP"])
    return stream.option("subscribe", name).option("startingOffsets", "earliest").load()
