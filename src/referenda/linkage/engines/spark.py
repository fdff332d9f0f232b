"""Apache Spark as the engine: its workers normalise and match blocks of lines, on one machine or on many.

Spark moves blocks and watches over them; it computes nothing itself. A record is one Arrow table, and a worker runs
on it the very functions that run without Spark: the normalising SQL in a DuckDB of its own, the keys, comparisons
and weights of `blocks`. So there is no second definition of anything, and both engines give the same rows.

Every worker maps the voters' keys from storage that all of them read; pages that no line asks for are not loaded. The
driver reads the lines' file and groups duplicates, for which the whole petition is needed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.errors import EngineError, Fault
from referenda.linkage.blocks import Deed, done, packed, read_links
from referenda.linkage.engines.duckdb import DuckdbEngine, connect, normalised_lines
from referenda.linkage.people import People
from referenda.linkage.stages import Links

if TYPE_CHECKING:
    import duckdb
    from pyspark import SparkContext

Ints = npt.NDArray[np.int64]
Result = TypeVar("Result")

SMALLEST_BLOCK = 1 << 10
LARGEST_BYTES = 32 << 20
"""Bytes of one block; Spark hands a worker at most 128 MiB at a time."""
ROUND = 4
"""Blocks for every core that are handed out at a time, in about this part of Java's memory; then progress is told."""
LEAST_HEAP = 512
"""MiB of Java's memory; Spark does not start with less than 450."""


class SparkEngine:
    """An engine over Spark.

    Parameters
    ----------
    memory_bytes
        Bound on the memory of the driver's Java, and on that of DuckDB while it reads.
    master
        Where Spark runs: `local[*]` is this machine with all its cores and nothing but the loopback network;
        `spark://host:7077`, `yarn` and the like are a cluster. Other settings are read from where Spark itself looks
        for them (`SPARK_CONF_DIR`).

    Raises
    ------
    EngineError
        PySpark or Java is missing, or Spark does not start.
    """

    _java: ClassVar[Any] = None

    def __init__(self, *, memory_bytes: int = 1 << 30, master: str = "local[*]") -> None:
        try:
            import pyspark
        except ImportError as error:
            remedy = "Install it: pip install 'referenda[spark]'."
            raise EngineError(Fault("PySpark is not installed", column="--engine", remedy=remedy)) from error
        if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
            remedy = "Install Java 17, such as Debian's openjdk-17-jre-headless, or set JAVA_HOME."
            raise EngineError(Fault("Spark needs Java, and there is none", column="--engine", remedy=remedy))
        self._memory = max(memory_bytes, LEAST_HEAP << 20)
        conf = pyspark.SparkConf().setAppName("referenda").setMaster(master)
        conf.set("spark.driver.memory", f"{self._memory >> 20}m").set("spark.driver.maxResultSize", "0")
        conf.set("spark.ui.enabled", "false").set("spark.ui.showConsoleProgress", "false")
        if master.startswith("local"):
            conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Else workers take another Python.
        self._files = DuckdbEngine(memory=f"{memory_bytes >> 20}MiB")
        self._conf = conf

    @cached_property
    def _context(self) -> SparkContext:
        """Start Spark, when it is first needed; what Java says is shown only when it does not start."""
        from py4j.protocol import Py4JError
        from pyspark import SparkContext
        from pyspark.errors import PySparkRuntimeError
        from pyspark.java_gateway import launch_gateway

        with tempfile.TemporaryFile() as said:
            try:
                if SparkEngine._java is None:
                    SparkEngine._java = self._launched(
                        partial(launch_gateway, self._conf, {"stdout": said, "stderr": said})
                    )
                return _apart(partial(SparkContext, conf=self._conf, gateway=SparkEngine._java)).result()
            except (PySparkRuntimeError, Py4JError, OSError) as error:
                said.seek(0)
                java = said.read().decode("utf-8", "replace") if SparkEngine._java is None else ""
                remedy = "See whether Java 17 runs here, and whether the master can be reached."
                raise EngineError(
                    Fault(f"Spark did not start: {_reason(java or str(error))}", remedy=remedy)
                ) from error

    @staticmethod
    def _launched(launch: Callable[[], Result]) -> Result:
        """Launch Java; when that is interrupted, wait until it can be spoken to, else it would not hear of the end."""
        launching = _apart(launch)
        try:
            return launching.result()
        except KeyboardInterrupt:
            launching.exception()
            raise

    def read_lines(self, file: Path) -> pa.Table:
        """Read petition lines here and normalise them by the workers; see `Engine.read_lines`."""
        texts = self._files.read_texts(file)
        size = self._size(len(texts), len(texts))
        blocks = (texts.slice(start, size) for start in range(0, len(texts), size))
        tables = list(self._by_workers(_normalise, _not_too_large(blocks)))
        return pa.concat_tables(tables) if tables else _normalise(texts)

    def prepare_voters(self, file: Path, folder: Path) -> None:
        """Write a plain voter file as the voters of a snapshot, here, once; see `Engine.prepare_voters`."""
        self._files.prepare_voters(file, folder)

    def match_blocks(
        self, deed: Deed, lines: People, which: Ints, sheet_zip: Ints, block: int
    ) -> Iterator[tuple[Ints, Links]]:
        """Do a deed for lines by the workers, every block one task; see `Engine.match_blocks`."""
        size = self._size(len(which), block)
        blocks = (packed(lines, which[start : start + size], sheet_zip) for start in range(0, len(which), size))
        start = 0
        for table in self._by_workers(partial(done, deed), _not_too_large(blocks)):
            yield which[start : start + len(table)], read_links(table)
            start += len(table)

    def close(self) -> None:
        """Stop Spark; its Java ends with this process."""
        if "_context" in vars(self):
            self._context.stop()
        self._files.close()

    def _size(self, count: int, largest: int) -> int:
        """Give the lines of a block: as many as are allowed, and few enough that every core has two."""
        cores: int = self._context.defaultParallelism
        return max(min(largest, max(-(-count // (2 * cores)), SMALLEST_BLOCK)), 1)

    def _by_workers(self, work: Callable[[pa.Table], pa.Table], tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Do the same work on every table; give the results in order, whoever did them."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        while some := self._round(tables):
            blocks = self._context.parallelize(some, len(some)).map(partial(_work, work, _versions()))
            try:
                results = _apart(blocks.collect).result()
            except KeyboardInterrupt:
                self._context.cancelAllJobs()
                raise
            except (PySparkException, Py4JError) as error:
                raise EngineError(Fault(f"a worker failed: {_reason(str(error))}", remedy=_SHARED)) from error
            yield from map(_table_of, results)

    def _round(self, tables: Iterator[pa.Table]) -> list[bytes]:
        """Take so many tables that every core has work and Java's memory is not filled."""
        some: list[bytes] = []
        most = ROUND * self._context.defaultParallelism
        while len(some) < most and sum(map(len, some)) < self._memory // ROUND:
            table = next(tables, None)
            if table is None:
                break
            some.append(_bytes_of(table))
        return some


_SHARED = "Every worker needs the same packages as this machine, and the snapshot of voters under the same path."


def _apart(work: Callable[[], Result]) -> Future[Result]:
    """Do what asks Java in a thread of its own, so that Ctrl-C comes at once and not into the middle of an answer."""
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done


def _not_too_large(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Halve tables until each can be handed to a worker."""
    for table in tables:
        if table.nbytes > LARGEST_BYTES and len(table) > 1:
            half = len(table) // 2
            yield from _not_too_large(iter((table.slice(0, half), table.slice(half))))
        else:
            yield table


@cache
def _versions() -> dict[str, str]:
    """Name the packages that compute, with their versions here."""
    return {name: version(name) for name in ("referenda", "duckdb", "numpy", "pyarrow", "rapidfuzz")}


def _work(work: Callable[[pa.Table], pa.Table], versions: dict[str, str], data: bytes) -> bytes:
    """Do one block; a worker whose packages are not the driver's is refused, for it might give other rows."""
    if _versions() != versions:
        raise EngineError(f"this worker has {_versions()}, and the driver has {versions}")
    return _bytes_of(work(_table_of(data)))


def _bytes_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _table_of(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()


def _normalise(texts: pa.Table) -> pa.Table:
    connection = _database()
    connection.register("given", texts)
    try:
        return normalised_lines(connection, "given")
    finally:
        connection.unregister("given")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Open this worker's DuckDB; a worker has one core."""
    return connect(threads=1)


def _reason(said: str) -> str:
    """Give what names the error: a worker's Python, else the deepest cause that Java knows, else the first line."""
    python = re.findall(r"^[\w.]*Error: .*", said, re.MULTILINE)
    java = re.findall(r"[\w.]+(?:Error|Exception): .*", said)
    return (python[:1] or java[-1:] or said.strip().splitlines()[:1] or ["it gave no reason"])[0]
