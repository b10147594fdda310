"""Flink SQL in one process, as someone who tunes it for a machine of two cores has it."""
import os

from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment

JARS = os.environ["FLINK_JARS"]


def environment() -> TableEnvironment:
    configuration = Configuration()
    settings = {
        "pipeline.jars": ";".join(f"file://{JARS}/{jar}" for jar in os.listdir(JARS)),
        "parallelism.default": str(os.cpu_count()),
        "execution.checkpointing.interval": "1 s",
        "execution.checkpointing.dir": f"file://{os.environ['CHECKPOINT']}",
        "execution.checkpointing.storage": "filesystem",
        "execution.buffer-timeout.interval": "5 ms",
        "table.local-time-zone": "UTC",
        "rest.bind-address": "127.0.0.1",
        "rest.address": "127.0.0.1",
        "rest.port": "0",
        "rest.bind-port": "28081-28199",
        "taskmanager.memory.managed.size": "256m",
        "pipeline.object-reuse": "true",
    }
    for name, value in settings.items():
        configuration.set_string(name, value)
    return TableEnvironment.create(EnvironmentSettings.new_instance().in_streaming_mode().with_configuration(configuration).build())


def topic_options(topic: str) -> str:
    """The WITH clause of a table over a Kafka topic of JSON, from its beginning."""
    return (
        f"'connector'='kafka', 'topic'='{topic}', 'properties.bootstrap.servers'='{os.environ['BOOTSTRAP']}', "
        "'scan.startup.mode'='earliest-offset', 'format'='json', 'json.timestamp-format.standard'='ISO-8601'"
    )
