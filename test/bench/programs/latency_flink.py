"""
The program of latency.ts in Flink SQL: one update per event, into a compacted topic. An update is seen when the broker has
appended it there.
"""
import json
import os
import time

from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient, NewTopic
from flink_environment import environment, topic_options

BOOTSTRAP, TOTAL = os.environ["BOOTSTRAP"], int(os.environ["TOTAL"])
OUT = f"{os.environ['TOPIC']}-counts"
admin = AdminClient({"bootstrap.servers": BOOTSTRAP})
admin.create_topics([NewTopic(OUT, 1, 1, config={"message.timestamp.type": "LogAppendTime"})])[OUT].result(20)
tables = environment()
tables.execute_sql(
    f"""CREATE TABLE events (`timestamp` TIMESTAMP_LTZ(3), url STRING, userId INT, status INT, p INT METADATA FROM 'partition' VIRTUAL)
        WITH ({topic_options(os.environ["TOPIC"])})"""
)
tables.execute_sql(
    f"""CREATE TABLE counts (start_ BIGINT, p INT, c BIGINT, PRIMARY KEY (start_, p) NOT ENFORCED) WITH ('connector'='upsert-kafka',
        'topic'='{OUT}', 'properties.bootstrap.servers'='{BOOTSTRAP}', 'key.format'='json', 'value.format'='json')"""
)
seconds = "UNIX_TIMESTAMP(CAST(`timestamp` AS STRING)) / 10 * 10000"
job = tables.execute_sql(f"INSERT INTO counts SELECT {seconds}, p, COUNT(*) FROM events GROUP BY {seconds}, p").get_job_client()
while job.get_job_status().result().name != "RUNNING":
    time.sleep(0.1)
print("ready", flush=True)
consumer = Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": OUT, "auto.offset.reset": "earliest"})
consumer.subscribe([OUT])
latest: dict[tuple[int, int], int] = {}
with open(os.environ["OBSERVATIONS"], "w") as observations:
    while sum(latest.values()) < TOTAL:
        for message in consumer.consume(1000, 0.2):
            if message.error() or message.value() is None:
                continue
            row = json.loads(message.value())
            observations.write(f"{message.timestamp()[1]} {row['start_']} {row['p']} {row['c']}\n")
            latest[row["start_"], row["p"]] = row["c"]
job.cancel().result()
consumer.close()
print(json.dumps({"groups": len(latest)}), flush=True)
