"""The program of traffic.ts in Bytewax, to the end of the topic."""
import json
import os
from datetime import datetime, timedelta, timezone

import bytewax.operators as op
import bytewax.operators.windowing as windowing
import orjson
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, run_main

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

out = []
flow = Dataflow("traffic")
messages = op.input("in", flow, KafkaSource([os.environ["BOOTSTRAP"]], [os.environ["TOPIC"]], tail=False, batch_size=10_000))
events = op.key_on("key", op.map("parse", messages, lambda message: orjson.loads(message.value)), lambda event: "all")
# Partitions are read unevenly: a day of waiting loses nothing.
clock = windowing.EventClock(lambda event: datetime.fromisoformat(event["timestamp"]), wait_for_system_duration=timedelta(days=1))
counts = windowing.fold_window(
    "count",
    events,
    clock,
    windowing.TumblingWindower(length=MINUTE, align_to=EPOCH),
    lambda: 0,
    lambda n, event: n + 1,
    lambda a, b: a + b,
)
op.output("out", counts.down, TestingSink(out))
run_main(flow)
# A window's number counts minutes from the epoch.
pairs = [(window % 1000, count) for _, (window, count) in out]
answer = {"events": sum(n for _, n in pairs), "windows": len(pairs), "checksum": sum(minute * n for minute, n in pairs)}
print(json.dumps(answer), flush=True)
