"""Real Spark as the oracle of SQL: what it answers to a case's statements, as the lines of the case's expected part."""
import json
import logging
import os
import re
import shutil
import tempfile
from pathlib import Path

import pyspark
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

TABLES = Path(__file__).parent / "tables.sql"
ZONE_DEFAULT = "America/Los_Angeles"
# These can change nothing, so that such cases share one session; every other case has a session of its own.
HARMLESS = re.compile(r"\s*(/\*.*?\*/\s*)?(SELECT|WITH|VALUES|FROM|TABLE|\()", re.IGNORECASE | re.DOTALL)
# Plan nodes that keep the order of the rows below them.
KEEP_ORDER = {"Project", "GlobalLimit", "LocalLimit", "Offset", "Filter", "SubqueryAlias", "WithCTE"}


class Oracle:
    """A local Spark with the views of tables.sql. @param partitions over how many partitions rows are spread"""

    def __init__(self, partitions):
        os.environ["TZ"] = "UTC"
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        self.folder = tempfile.mkdtemp(prefix="slt-")
        self.spark = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.memory", "1g")
            .config("spark.sql.shuffle.partitions", str(partitions))
            .config("spark.sql.leafNodeDefaultParallelism", str(partitions))
            .config("spark.sql.adaptive.enabled", "false")  # no plan changes for tiny tables: twice as fast
            .config("spark.sql.session.timeZone", ZONE_DEFAULT)
            .config("spark.sql.warehouse.dir", f"{self.folder}/warehouse")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.log.level", "OFF")
            .getOrCreate()
        )
        self.spark.sparkContext.setLogLevel("OFF")
        make_tables(self.spark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.spark.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def versions(self):
        java = self.spark._jvm.System.getProperty("java.version").split(".")[0]
        return f"Spark {pyspark.__version__}, Java {java}"

    def answer(self, statements, options):
        """@returns the lines from `----` on. @throws where a statement before the last one fails: a mistake of the case"""
        *setup, last = statements
        if not setup and HARMLESS.match(last) and not settings_of(options):
            prepare(self.spark, options)
            return answer(self.spark, last, options)
        session = self.spark.newSession()
        try:
            make_tables(session, statements)
            prepare(session, options)
            for statement in setup:
                session.sql(statement).collect()
            return answer(session, last, options)
        finally:
            remove_tables(session)


def make_tables(session, statements=("SHOW",)):
    """Makes the views that the statements name, or all where they may list them."""
    used = " ".join(statements).lower()
    for statement in TABLES.read_text(encoding="utf-8").split(";\n"):
        name = statement.split(" VIEW ", 1)[1].split(" ", 1)[0]
        if name in used or "show" in used:
            session.sql(statement)


def remove_tables(session):
    """Tables, functions and databases are shared by all sessions, unlike views, settings and variables."""
    session.sql("USE spark_catalog.default")
    for row in session.sql("SHOW TABLES").collect():
        if not row.isTemporary:
            dropped = session.sql(f"DESCRIBE EXTENDED `{row.tableName}`").collect()
            kind = "VIEW" if any(r.col_name == "Type" and r.data_type == "VIEW" for r in dropped) else "TABLE"
            session.sql(f"DROP {kind} `{row.tableName}`")
    for row in session.sql("SHOW USER FUNCTIONS").collect():
        if "." in row.function:  # a temporary one ends with its session
            session.sql(f"DROP FUNCTION IF EXISTS {row.function}")
    for row in session.sql("SHOW DATABASES").collect():
        if row.namespace != "default":
            session.sql(f"DROP DATABASE `{row.namespace}` CASCADE")


def settings_of(options):
    return {key[len("conf.") :]: value for key, value in options.items() if key.startswith("conf.")}


def prepare(session, options):
    session.conf.set("spark.sql.session.timeZone", options.get("zone", ZONE_DEFAULT))
    session.conf.set("spark.sql.ansi.enabled", options.get("ansi", "true"))
    for key, value in settings_of(options).items():
        session.conf.set(key, value)


def answer(session, sql, options):
    args = json.loads(options.get("params") or options.get("args") or "null")
    try:
        frame = session.sql(sql, args=args)
        fields = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
        names = [f"c{i}" for i in range(len(fields))]
        texts = frame.toDF(*names).selectExpr(*[text_of(name, kind) for name, (_, kind) in zip(names, fields)])
        rows = [one_line(list(row)) for row in texts.collect()]
        return ["---- ordered" if is_ordered(frame) else "----", one_line(fields), *rows]
    except Exception as error:  # every failure of Spark is an answer
        return ["----", condition_of(error)]


def one_line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(name, kind):
    return f"hex({name})" if kind == "binary" else f"CAST({name} AS STRING)"


def is_ordered(frame):
    """Whether the outermost query sorts its rows."""
    node = frame._jdf.queryExecution().analyzed()
    while node.nodeName() in KEEP_ORDER:
        node = node.children().head()
    return node.nodeName() == "Sort" and getattr(node, "global")()


def condition_of(error):
    name = error.getCondition() if isinstance(error, PySparkException) else None
    if name is None:
        found = re.search(r"\[([A-Z0-9_.]+)\]", str(error))
        name = found.group(1) if found else type(error).__name__
    state = error.getSqlState() if isinstance(error, PySparkException) else None
    if state is None:
        found = re.search(r"SQLSTATE: (\w{5})", str(error))
        state = found.group(1) if found else "-----"
    return f"error {name} {state}"
