"""DuckDB as the engine: one machine, nothing to install, memory bounded, what does not fit goes to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.errors import Fault, InputError
from referenda.linkage.blocks import Deed, in_turn
from referenda.linkage.engine import LINE_COLUMNS
from referenda.linkage.normalize import NORMALISED, VOTER_FIELDS, line_statements, prelude, voter_statements
from referenda.linkage.people import People
from referenda.linkage.stages import Links

Ints = npt.NDArray[np.int64]


class DuckdbEngine:
    """An engine over DuckDB in memory, with a folder for what does not fit.

    Parameters
    ----------
    memory
        Bound on the memory of DuckDB, such as `1GB`.
    threads
        Threads it may use; the answer is the same for any number.
    """

    def __init__(self, *, memory: str = "1GB", threads: int | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="referenda-")
        self._memory, self._threads = memory, threads
        self._connection = self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = connect(temp_directory=self._folder.name)
        try:
            connection.execute(f"SET memory_limit = '{self._memory}'")
        except duckdb.Error as error:
            message = "this is not a size"
            raise InputError(Fault(message, column="--memory", value=self._memory, remedy="Try 2GB.")) from error
        if self._threads:
            connection.execute(f"SET threads = {self._threads}")
        return connection

    def read_lines(self, file: Path) -> pa.Table:
        """Read petition lines in the order of the file; see `Engine.read_lines`."""
        self._open_lines(file)
        with _reading(file):
            lines = normalised_lines(self._connection, "given")
        self._connection.close()  # What it held goes back, for the blocks.
        self._connection = self._connect()
        return lines

    def read_texts(self, file: Path) -> pa.Table:
        """Read petition lines as they are written, with their place from 1: what `normalised_lines` begins with."""
        self._open_lines(file)
        with _reading(file):
            return self._connection.sql("SELECT * FROM given ORDER BY place").to_arrow_table()

    def _open_lines(self, file: Path) -> None:
        texts = self._texts(file, LINE_COLUMNS)
        with _reading(file):
            numbered = f"SELECT row_number() OVER () AS place, * FROM ({texts})"
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE given AS {numbered}")
        self._require_ids(file)

    def prepare_voters(self, file: Path, folder: Path) -> None:
        """Write a plain voter file as the voters of a snapshot; see `Engine.prepare_voters`."""
        texts = self._texts(file, VOTER_FIELDS)
        target = str(folder / "voters.parquet").replace("'", "''")
        order = "zip5, n_street, n_number, n_last, n_first, voter_id"
        options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000"
        with _reading(file):
            for statement in voter_statements(f"({texts})", "voters"):
                self._connection.execute(statement)
            self._connection.execute(f"COPY (SELECT * FROM voters ORDER BY {order}) TO '{target}' ({options})")

    def match_blocks(
        self, deed: Deed, lines: People, which: Ints, sheet_zip: Ints, block: int
    ) -> Iterator[tuple[Ints, Links]]:
        """Do a deed for lines, block by block in this process; see `Engine.match_blocks`."""
        return in_turn(deed, lines, which, sheet_zip, block)

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self._connection.close()
        self._folder.cleanup()

    def _texts(self, file: Path, columns: tuple[str, ...]) -> str:
        """Give the query for the columns as texts without nulls, after a look at the heading."""
        if not file.is_file():
            raise InputError(Fault("there is no such file", file=str(file), remedy="Check the path."))
        path = str(file).replace("'", "''")
        source = f"read_parquet('{path}')"
        if file.suffix.lower() not in (".parquet", ".pq"):
            source = f"read_csv('{path}', header = true, all_varchar = true, nullstr = '', null_padding = true)"
        try:
            found = [row[0] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        except duckdb.Error as error:
            message = f"this file cannot be read as a table: {str(error).splitlines()[0]}"
            raise InputError(Fault(message, file=str(file), remedy="Give CSV with a heading, or Parquet.")) from error
        lower = {name.lower(): name for name in found}
        missing = [column for column in columns if column not in lower]
        if missing:
            remedy = f"The heading must name: {', '.join(columns)}."
            message = "this column is missing"
            raise InputError(*(Fault(message, file=str(file), column=name, remedy=remedy) for name in missing))
        wanted = ", ".join(f"coalesce(CAST(\"{lower[c]}\" AS VARCHAR), '') AS {c}" for c in columns)
        return f"SELECT {wanted} FROM {source}"

    def _require_ids(self, file: Path) -> None:
        empty, twice = "line_id = ''", "GROUP BY line_id HAVING count(*) > 1"
        bad = self._connection.execute(f"SELECT place FROM given WHERE {empty} ORDER BY place LIMIT 5").fetchall()
        remedy = "Give every line an id of its own."
        faults = [
            Fault("this line has no id", file=str(file), row=place + 1, column="line_id", remedy=remedy)
            for (place,) in bad
        ]
        again = f"SELECT max(place), line_id FROM given WHERE NOT {empty} {twice} ORDER BY 1 LIMIT 5"
        faults += [
            Fault("this id stands twice", file=str(file), row=place + 1, column="line_id", value=value, remedy=remedy)
            for place, value in self._connection.execute(again).fetchall()
        ]
        if faults:
            raise InputError(*faults)


def connect(**settings: str | int) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that knows the functions of the normalising rules, and asks no network for more."""
    alone = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    connection = duckdb.connect(":memory:", config={**alone, "preserve_insertion_order": True, **settings})
    for statement in prelude():
        connection.execute(statement)
    return connection


def normalised_lines(connection: duckdb.DuckDBPyConnection, source: str) -> pa.Table:
    """Normalise the petition lines of a relation, in the order of their `place`; every line apart from the others."""
    for statement in line_statements(source, "lines"):
        connection.execute(statement)
    wanted = ", ".join(("place", "line_id", "sheet_id", "county", "date_signed AS date", *NORMALISED))
    return connection.sql(f"SELECT {wanted} FROM lines ORDER BY place").to_arrow_table()


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        message = f"this file could not be read to its end: {str(error).splitlines()[0]}"
        raise InputError(Fault(message, file=str(file), remedy="Check the file near that place.")) from error
