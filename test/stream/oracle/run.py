"""Runs one case in Spark, step by step, and gives its log: what each batch read, held and put out, and what failed."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import StreamingQuery

from .cases import Case, program_of
from .checkpoint import checkpoint_files, forget, next_batch
from .errors import error_of, innermost, java_conditions
from .inputs import Inputs
from .log import Masks, batch_line
from .program import Program

TIMEOUT_S = 120


class FailedOnPurpose(Exception):
    """What the sink throws in the batches of a case's `failIn`."""


class Run:
    """One case. A query runs from a step that needs it until a restart, an error, or the end."""

    def __init__(self, spark: SparkSession, case: Case, root: Path) -> None:
        self.spark = spark
        self.case = case
        self.inputs = Inputs(root / "in")
        self.checkpoint = root / "checkpoint"
        self.program: list[Any] | str = case.program
        self.mode = case.mode
        self.trigger = case.trigger
        self.conf = dict(case.conf)
        self.fail_in = set(case.fail_in)
        self.columns: list[list[str]] | None = None
        self.log: list[dict[str, Any]] = []
        self.masks = Masks(case.masked)
        self._query: StreamingQuery | None = None
        self._rows: list[tuple[int, list[str]]] = []
        self._failure: BaseException | None = None
        self._ended = False
        self._reported = 0

    def run(self) -> dict[str, Any]:
        for name in [*self.case.views, *self.case.tables]:
            self.inputs.folder(name)
        for name, table in self.case.tables.items():
            self.inputs.stage(name, table.schema, "0000.json", 0, table.rows)
        self.inputs.publish()
        try:
            for step in self.case.steps:
                self.take(step)
            if not self._ended and self._query is None and self.trigger == "processingTime":
                self.process()
            self.stop()
        finally:
            if self._query is not None:
                self._query.stop()
            for key in self.conf:
                self.spark.conf.unset(key)
        if self.case.logs:
            self.log.append(checkpoint_files(self.checkpoint))
        return {"columns": self.columns, "log": self.log}

    def take(self, step: dict[str, Any]) -> None:
        if "restart" in step:
            self.restart(step["restart"])
            return
        self.stage(step)
        if step.get("hold", False):
            self.inputs.publish()
            return
        if "waitMs" in step:
            time.sleep(step["waitMs"] / 1000)
        if not self._ended:
            self.process()

    def stage(self, step: dict[str, Any]) -> None:
        for view, rows in step.get("add", {}).items():
            self.inputs.add(view, self.case.views[view].schema, rows)
        for view, name, mtime_s, rows in step.get("files", []):
            self.inputs.stage(view, self.case.views[view].schema, name, mtime_s, rows)
        for name, rows in step.get("table", {}).items():
            self.inputs.stage(name, self.case.tables[name].schema, "0000.json", 0, rows)

    def restart(self, changes: dict[str, Any]) -> None:
        """Stops the query; the next step starts it again from its checkpoint, with the changes."""
        self.stop()
        if "program" in changes or "sql" in changes:
            self.program = program_of(changes, self.case.programs)
        self.mode = changes.get("mode", self.mode)
        self.trigger = changes.get("trigger", self.trigger)
        self.conf |= changes.get("conf", {})
        for log in changes.get("forget", []):
            forget(self.checkpoint, log)
        self._ended = False
        self.log.append({"restart": True})

    def process(self) -> None:
        """All that lies in the inputs, and what follows from it."""
        try:
            if self._query is None:
                self.inputs.publish()
                self._query = self.start()
            else:
                self.publish_between_batches()
            if self.trigger == "processingTime":
                self._query.processAllAvailable()
            elif not self._query.awaitTermination(TIMEOUT_S):
                raise TimeoutError(f"{self.case.name}: not ended after {TIMEOUT_S} s")
        except TimeoutError:
            raise
        except Exception as error:  # every failure of Spark is an answer
            self.failed(error)
            return
        if self.trigger == "processingTime":
            self.collect()
        else:
            self.stop()
            self.log.append({"end": True})

    def start(self) -> StreamingQuery:
        for key, value in self.conf.items():
            self.spark.conf.set(key, value)
        frame = Program(self.spark, self.case, self.inputs).frame(self.program)
        self.columns = self.columns or [[f.name, f.dataType.simpleString()] for f in frame.schema.fields]
        writer = frame.writeStream.outputMode(self.mode).option("checkpointLocation", str(self.checkpoint))
        if self.trigger == "availableNow":
            writer = writer.trigger(availableNow=True)
        elif self.trigger == "once":
            writer = writer.trigger(once=True)
        return writer.foreachBatch(self.on_batch).start()

    def on_batch(self, batch: DataFrame, batch_id: int) -> None:
        try:
            rows = list(batch._jdf.toJSON().collectAsList())
        except Exception as error:
            self._failure = error
            raise
        self._rows.append((batch_id, rows if self.case.ordered else sorted(rows)))
        if batch_id in self.fail_in:
            self.fail_in.remove(batch_id)
            raise FailedOnPurpose(f"batch {batch_id}")

    def publish_between_batches(self) -> None:
        """The query looks for new files under this lock: no batch sees only some of a step's files."""
        lock = self._query._jsq.streamingQuery().awaitProgressLock()
        lock.lock()
        try:
            self.inputs.publish()
        finally:
            lock.unlock()

    def collect(self) -> None:
        """Moves what the query did since the last time into the log."""
        if self._query is None:
            return
        recent = self._query.recentProgress
        for progress in recent[self._reported :]:
            if "addBatch" not in progress.durationMs:
                continue  # a trigger that found nothing to do
            rows = self.rows_of(progress.batchId)
            self.log.append(batch_line(progress, rows, self.masks, self.case.progress))
        self._reported = len(recent)

    def rows_of(self, batch_id: int) -> list[str] | None:
        """What the sink got in that batch; None where it was not called."""
        found = next((rows for batch, rows in self._rows if batch == batch_id), None)
        self._rows = [entry for entry in self._rows if entry[0] != batch_id]
        return found

    def failed(self, error: Exception) -> None:
        """Logs what came before the error, what the failed batch had put out, and the error itself."""
        self.collect()
        for batch_id, rows in self._rows:
            self.log.append({"batch": batch_id, "rows": self.masks.apply(rows)})
        if self._query is None:
            line = error_of(self.spark, error) | {"at": "start"}
        elif self._failure is not None:
            line = error_of(self.spark, self._failure) | {"at": f"batch {next_batch(self.checkpoint)}"}
        else:
            thrown = self._query._jsq.exception()
            found = java_conditions(self.spark, thrown.get()) if thrown.isDefined() else None
            line = (innermost(found) if found else error_of(self.spark, error)) | {
                "at": f"batch {next_batch(self.checkpoint)}"
            }
        self.log.append(line)
        self.stop()
        self._ended = True

    def stop(self) -> None:
        if self._query is not None:
            self._query.stop()
            if not self._ended:
                self.collect()
        self._query = None
        self._rows = []
        self._reported = 0
        self._failure = None


def run_case(spark: SparkSession, case: Case, root: Path) -> dict[str, Any]:
    """A case's answer: the columns of its result and the log of its batches."""
    folder = root / case.name
    try:
        return Run(spark, case, folder).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
