"""Running a long statement of a database so that progress can be told meanwhile, and Ctrl-C stops it at once.

The database is DuckDB in memory, which needs nothing installed, fetches nothing, and spills what does not fit.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@contextmanager
def database(memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory of so many bytes; what does not fit is spilled to a temporary folder."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="referenda-") as folder:
        settings: dict[str, Any] = {
            "memory_limit": f"{memory >> 20}MiB",
            "temp_directory": folder,
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as connection:
            connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
            yield connection


def run_statement(
    connection: duckdb.DuckDBPyConnection, statement: str, tell: Callable[[float], None] = lambda share: None
) -> None:
    """Run it in a thread of its own.

    Parameters
    ----------
    connection
        A connection that nobody else uses meanwhile.
    tell
        Called in the caller's thread, five times a second, with the share that is done, from 0 to 1.
    """
    failed: list[BaseException] = []
    done = threading.Event()  # Thread.join may take a thread for ended when Ctrl-C falls into it.

    def work() -> None:
        try:
            connection.execute(statement)
        except BaseException as error:
            failed.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
    try:
        while not done.wait(0.2):
            tell(max(0.0, connection.query_progress() / 100))
    except BaseException:
        while not done.wait(0.1):
            connection.interrupt()
        raise
    if failed:
        raise failed[0]
    tell(1.0)
