"""The program of latency.ts in Bytewax: a running count per window and partition, seen as it reaches the sink."""
import json
import os
import time
from datetime import datetime

import bytewax.operators as op
import orjson
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main

TOTAL = int(os.environ["TOTAL"])
latest: dict[str, int] = {}
observations = open(os.environ["OBSERVATIONS"], "w")


class Partition(StatelessSinkPartition):
    def __init__(self):
        self.seen = 0

    def write_batch(self, items):
        now = int(time.time() * 1000)
        for key, count in items:
            observations.write(f"{now} {key} {count}\n")
            latest[key] = count
        self.seen += len(items)
        if self.seen >= TOTAL:
            observations.close()
            print(json.dumps({"groups": len(latest)}), flush=True)
            os._exit(0)  # a source that tails its topic never ends


class Sink(DynamicSink):
    def build(self, step_id, worker_index, worker_count):
        return Partition()


def keyed(message):
    at = datetime.fromisoformat(orjson.loads(message.value)["timestamp"]).timestamp()
    return f"{int(at // 10) * 10_000} {message.partition}", None


flow = Dataflow("latency")
source = KafkaSource([os.environ["BOOTSTRAP"]], [os.environ["TOPIC"]], tail=True, batch_size=1000)
events = op.map("parse", op.input("in", flow, source), keyed)
counts = op.stateful_map("count", events, lambda n, _: ((n or 0) + 1, (n or 0) + 1))
op.output("out", counts, Sink())
print("ready", flush=True)
run_main(flow)
