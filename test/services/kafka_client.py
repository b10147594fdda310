"""A Kafka client other than ours, kafka-python: prints the records of a topic, from its start, as one line of JSON.

Takes one argument, JSON: the topic, how many records to wait for, and the settings of its KafkaConsumer.
"""

import json
import sys

from kafka import KafkaConsumer


def text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def main(asked: dict) -> None:
    consumer = KafkaConsumer(
        asked["topic"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=30_000,
        **asked["settings"],
    )
    records = []
    for record in consumer:
        records.append([record.partition, record.offset, text(record.key), text(record.value)])
        if len(records) == asked["count"]:
            break
    consumer.close()
    print(json.dumps(records))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
