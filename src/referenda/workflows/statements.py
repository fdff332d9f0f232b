"""Running a long statement of a database so that progress can be told meanwhile, and Ctrl-C stops it at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


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
