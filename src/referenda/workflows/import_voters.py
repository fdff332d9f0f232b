"""Importing a voter file: every row normalised, sorted and written once as an immutable snapshot.

A snapshot is a folder: `voters.parquet` (sorted by zip code and address), `names.parquet` (how often each name
stands in it), `set_aside.csv` (rows that could not be taken, each with its reason), `keys/` where they were asked for,
and `snapshot.json`, which says what it was made of and the digests of its files. The same files give the same bytes,
whatever the threads. It is written beside its place and renamed when whole: a stop leaves nothing half-written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from referenda.errors import EngineError, Fault, InputError
from referenda.linkage.normalize import NORMALISED, VOTER_FIELDS, prelude, voter_statements
from referenda.workflows.statements import run_statement
from referenda.workflows.voter_faults import SAID, count_faults

if TYPE_CHECKING:
    import duckdb

FORMAT = "referenda-voters/1"
SORTED_BY = "zip5, n_street, n_number, n_last, n_first, voter_id"
ROW_GROUP = 100_000
NO_ID = "no voter_id"
NOT_CLOSED = "a quotation mark is not closed, and the rows after it are lost in it"
AFTER_QUOTE = "text after a closing quotation mark"
UNREAD = {
    "MISSING COLUMNS": "too few cells in this row",
    "TOO MANY COLUMNS": "too many cells in this row",
    "INVALID ENCODING": "not UTF-8; if the file comes from an older system, try --encoding latin-1",
    "LINE SIZE OVER MAXIMUM": "the row is longer than 2 MB",
}
REPEATED = "this voter_id stands in another row, registered later or the same, which was taken"
_WRITTEN = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, WRITE_BLOOM_FILTER false"
Tell = Callable[[str, float], None]


STAGES = {
    "digest": 0.01,
    "streets": 0.03,
    "normalising and sorting": 0.70,
    "rows set aside": 0.02,
    "names": 0.02,
    "faults": 0.04,
    "keys": 0.18,
}
"""The stages in their order, and the share of the time that each takes, measured with 22 million voters."""
_OF_DATABASE = 0.7  # Share of the memory that the database is given; it uses somewhat more than it is given.


class MakeKeys(Protocol):
    """What makes the matcher's keys of `voters.parquet` in a new folder, within a bound of memory."""

    def __call__(
        self, voters: Path, folder: Path, *, memory: int, threads: int | None, tell: Callable[[float], None]
    ) -> None:
        """Make them."""


class VoterRows(Protocol):
    """What the import needs of an opened voter file."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files."""

    @property
    def layout(self) -> str:
        """The name of their layout."""

    @property
    def notes(self) -> tuple[Fault, ...]:
        """What is worth knowing about them."""

    @property
    def relation(self) -> str:
        """SQL of their rows as text."""

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The names of each file's columns."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did: rows read, taken and set aside, faults by kind, and the snapshot's own description."""

    snapshot: dict[str, Any]
    notes: tuple[Fault, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Give the report in plain values."""
        return self.snapshot | {"notes": [note.as_dict() for note in self.notes]}


def import_voters(
    source: VoterRows,
    out: Path,
    *,
    as_of: date | None = None,
    memory: int = 2 << 30,
    threads: int | None = None,
    make_keys: MakeKeys | None = None,
    tell: Tell = lambda stage, share: None,
) -> ImportReport:
    """Import an opened voter file into a new snapshot.

    Parameters
    ----------
    source
        The opened voter file.
    out
        The snapshot's folder, which must not exist yet: a snapshot is never written over.
    as_of
        The day whose registrations the file holds.
    memory
        Bytes that may be used; what does not fit is spilled beside `out`.
    threads
        Threads to use; all if not given. The snapshot is the same for any number.
    make_keys
        Makes the matcher's keys, such as `key_arrays.build_index`.
    tell
        Called with the stage and the share of it that is done, from 0 to 1.

    Raises
    ------
    InputError
        The folder exists, or the file holds no row that can be taken.
    EngineError
        The disk is full, or the database failed otherwise.
    """
    if out.exists():
        remedy = "Choose another name: a snapshot is never written over."
        raise InputError(Fault("this exists already", str(out), column="--out", remedy=remedy))
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    try:
        work = _Import(source, folder, memory=memory, threads=threads, tell=tell)
        try:
            made = work.run(as_of)
        finally:
            work.close()
        if make_keys is not None:
            tell("keys", 0.0)
            make_keys(
                folder / "voters.parquet", folder / "keys", memory=memory, threads=threads,
                tell=lambda share: tell("keys", share),
            )  # fmt: skip
            tell("keys", 1.0)
        (folder / "snapshot.json").write_text(_json(made), encoding="utf-8")
        folder.chmod(0o755)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ImportReport(made, source.notes)


class _Import:
    """One run over one connection."""

    def __init__(self, source: VoterRows, folder: Path, *, memory: int, threads: int | None, tell: Tell) -> None:
        import duckdb

        self.source, self.folder, self.tell = source, folder, tell
        settings: dict[str, Any] = {
            "memory_limit": f"{int(memory * _OF_DATABASE) >> 20}MiB",
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        } | ({"threads": threads} if threads else {})
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(config=settings)
        self.connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        for statement in prelude():
            self.connection.execute(statement)

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self.folder / "spill", ignore_errors=True)

    def run(self, as_of: date | None) -> dict[str, Any]:
        """Write the files of the snapshot; give its description."""
        sources = [self._source(path) for path in self.source.paths]
        streets, view = voter_statements(self.source.relation, "voters")
        self._do("streets", streets)
        self.connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
        self.connection.execute(view)
        self._copy("normalising and sorting", f"SELECT * FROM voters ORDER BY {SORTED_BY}", "voters.parquet")
        self._set_aside_unread()
        self._set_aside_unfit()
        rows = self._number(f"SELECT count(*) FROM {self._voters}")
        set_aside = self._set_aside()
        if not rows:
            reason = f": {set_aside[0]['reason']}" if set_aside else ""
            remedy = "Look at the file, its layout and its encoding."
            message = f"no row of the file can be taken{reason}"
            raise InputError(Fault(message, str(self.source.paths[0]), remedy=remedy))
        self._copy(
            "names",
            " UNION ALL ".join(
                f"SELECT '{name}' AS field, n_{name} AS value, count(*) AS count FROM {self._voters} "
                f"WHERE n_{name} <> '' GROUP BY n_{name}"
                for name in ("first", "last")
            )
            + " ORDER BY field, value",
            "names.parquet",
        )
        self.tell("faults", 0.0)
        faults = count_faults(self.connection, self._voters, as_of)
        statuses = self.connection.execute(
            f"SELECT status, count(*) FROM {self._voters} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        return {
            "format": FORMAT,
            "as_of": as_of.isoformat() if as_of else None,
            "layout": self.source.layout,
            "rows": rows,
            "set_aside": set_aside,
            "faults": faults,
            "statuses": dict(statuses),
            "sources": sources,
            "files": {
                name: {"bytes": (self.folder / name).stat().st_size, "sha256": digest_of(self.folder / name)}
                for name in ("voters.parquet", "names.parquet", "set_aside.csv")
            },
            "columns": [*VOTER_FIELDS, *NORMALISED],
            "sorted_by": SORTED_BY.split(", "),
            "made_by": f"referenda {version('referenda')}",
        }

    @property
    def _voters(self) -> str:
        return f"read_parquet('{str(self.folder / 'voters.parquet').replace(chr(39), chr(39) * 2)}')"

    def _source(self, path: Path) -> dict[str, Any]:
        size = path.stat().st_size
        self.tell("digest", 0.0)
        return {"name": path.name, "bytes": size, "sha256": digest_of(path)}

    def _copy(self, stage: str, query: str, name: str) -> None:
        target = str(self.folder / name).replace("'", "''")
        self._do(stage, f"COPY ({query}) TO '{target}' ({_WRITTEN})")

    def _do(self, stage: str, statement: str) -> None:
        """Run a statement, telling how far it is."""
        import duckdb

        try:
            run_statement(self.connection, statement, lambda share: self.tell(stage, share))
        except duckdb.Error as error:
            raise _translated(error, self.source.paths) from error

    def _number(self, query: str) -> int:
        found = self.connection.execute(query).fetchall()
        return int(found[0][0])

    def _set_aside_unread(self) -> None:
        """Set aside the rows that the reader could not read."""
        self.connection.execute("CREATE TEMP TABLE set_aside (file VARCHAR, row BIGINT, reason VARCHAR, text VARCHAR)")
        if not self._number("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
            return
        whens = " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in UNREAD.items())
        lost = f"CASE WHEN contains(e.csv_line, chr(10)) THEN '{NOT_CLOSED}' ELSE '{AFTER_QUOTE}' END"
        self.connection.execute(
            "INSERT INTO set_aside SELECT regexp_extract(s.file_path, '[^/]*$'), e.line, "
            f"min(CASE e.error_type::VARCHAR {whens} WHEN 'UNQUOTED VALUE' THEN {lost} "
            "ELSE split_part(e.error_message, chr(10), 1) END), min(left(e.csv_line, 300)) "
            "FROM reject_errors AS e JOIN (SELECT DISTINCT scan_id, file_id, file_path FROM reject_scans) AS s "
            "USING (scan_id, file_id) GROUP BY s.file_path, e.line"
        )

    def _set_aside(self) -> list[dict[str, Any]]:
        """Write the rows set aside; count them by reason, with the first of each."""
        order = "file = '', file, row, reason, text"
        target = str(self.folder / "set_aside.csv").replace("'", "''")
        self._do(
            "rows set aside", f"COPY (SELECT * FROM set_aside ORDER BY {order}) TO '{target}' (FORMAT csv, HEADER)"
        )
        counts = self.connection.execute("SELECT reason, count(*) FROM set_aside GROUP BY 1 ORDER BY 1").fetchall()
        found = []
        for reason, count in counts:
            first = self.connection.execute(
                f"SELECT file, row, left(text, 80) FROM set_aside WHERE reason = $1 ORDER BY {order} LIMIT {SAID}",
                [reason],
            ).fetchall()
            named = [{"file": file, "row": row, "text": text} for file, row, text in first]
            found.append({"reason": reason, "count": count, "first": named})
        return found

    def _set_aside_unfit(self) -> None:
        """Set aside rows without a voter's id, and all rows of a voter but one."""
        import numpy as np

        hashes = self.connection.execute(f"SELECT hash(voter_id) AS h FROM {self._voters}").fetchnumpy()["h"]
        hashes.sort()
        twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        name = self._voters.removesuffix(")") + ", file_row_number = true)"
        others = ", ".join(column for column in VOTER_FIELDS if column not in ("voter_id", "reg_date"))
        self.connection.execute("CREATE TEMP TABLE twice_hashes AS SELECT unnest($1::UBIGINT[]) AS h", [twice.tolist()])
        self.connection.execute(
            "CREATE TEMP TABLE taken_out AS SELECT file_row_number AS place, voter_id, first, last, street FROM ("
            f"SELECT *, row_number() OVER (PARTITION BY voter_id ORDER BY reg_date DESC, {others}) AS n "
            f"FROM {name} WHERE hash(voter_id) IN (SELECT h FROM twice_hashes) OR voter_id = '') "
            "WHERE n > 1 OR voter_id = ''"
        )
        if self._number("SELECT count(*) FROM taken_out"):
            kept = "file_row_number NOT IN (SELECT place FROM taken_out)"
            query = f"SELECT * EXCLUDE (file_row_number) FROM {name} WHERE {kept} ORDER BY {SORTED_BY}"
            self._copy("rows set aside", query, "again")
            (self.folder / "again").replace(self.folder / "voters.parquet")
            self.connection.execute(
                f"INSERT INTO set_aside SELECT '', 0, CASE WHEN voter_id = '' THEN '{NO_ID}' ELSE '{REPEATED}' END, "
                "left(trim(concat(voter_id, ' ', first, ' ', last, ', ', street)), 300) FROM taken_out"
            )


def share_of_all(stage: str, share: float) -> float:
    """Give the share of a whole import that is done when a share of a stage is."""
    names = list(STAGES)
    before = sum(STAGES[name] for name in names[: names.index(stage)]) if stage in STAGES else 0.0
    return (before + STAGES.get(stage, 0.0) * share) / sum(STAGES.values())


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _translated(error: duckdb.Error, paths: Sequence[Path]) -> InputError | EngineError:
    text = str(error).split("\n")[0]
    if "state machine" in str(error):
        remedy = "Give all rows the same end (LF or CR LF) and import it again."
        return InputError(Fault("the ends of the rows are of different kinds", str(paths[0]), remedy=remedy))
    remedy = "See whether the disk has room, or give more with --memory."
    return EngineError(Fault(f"the database could not do it: {text}", remedy=remedy))


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
