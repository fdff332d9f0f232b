"""Events in a relational database: SQLite for one machine, PostgreSQL for an office with many clerks.

Writers of one case take turns: SQLite lets one writer in (`BEGIN IMMEDIATE`), PostgreSQL locks the case's row. A
write returns when the database has it on the disk (`synchronous = FULL`, `synchronous_commit`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from referenda.errors import EngineError, Fault, RecordError
from referenda.ledger.event import Draft, Event, instant_text, read_instant, require_case_name
from referenda.ledger.stores.schema import cases, events, is_store, make_store
from referenda.ledger.tree import HASH_LENGTH, Tree, leaf_hash

BATCH = 1000
PATIENCE_SECONDS = 60  # how long a writer waits for the others

_REMEDY = {
    "sqlite": "See that the file is a store of Referenda, that you may write to it and to its folder, and that the "
    "disk is not full.",
    "postgresql": "See that the server runs and can be reached, and that the address, the user and the password are "
    "right.",
}


def _now() -> datetime:
    return datetime.now(UTC)


class SqlStore:
    """A store of cases in SQLite or PostgreSQL; see `referenda.ledger.log.EventStore` for what each deed does.

    Parameters
    ----------
    url
        `sqlite:///PATH` (the file is made when it is missing, its folder is not) or
        `postgresql+psycopg://USER@HOST/DATABASE`.
    now
        The clock, giving aware instants.
    make
        Whether a store is made where there is none.

    Raises
    ------
    EngineError
        The database cannot be opened, is not a store, or is one of a newer Referenda; or there is none.
    RecordError
        A case's size and its last event disagree.
    """

    def __init__(self, url: str, *, now: Callable[[], datetime] = _now, make: bool = True) -> None:
        parts = _read_url(url)
        self._where = _shown(parts)
        self._make = make
        if not make and parts.get_backend_name() == "sqlite" and not Path(parts.database or "").exists():
            raise self._none_here()
        self._now = now
        self._engine = _engine(parts)
        try:
            with self._door():
                self._open()
        except BaseException:
            self.close()
            raise

    def append(self, case: str, drafts: Sequence[Draft], *, expected_size: int | None = None) -> list[Event]:
        """Add events at the end of a case, all or none; see `EventStore.append`."""
        require_case_name(case)
        if not drafts:
            return []
        with self._door(), self._writing() as connection:
            tree, previous = self._lock_head(connection, case)
            if expected_size not in (None, tree.size):
                raise RecordError(
                    Fault(
                        f"the case {case} has {tree.size} events, not {expected_size}: somebody else wrote first",
                        remedy="Read the case again, see whether the deed still stands, and repeat it.",
                    )
                )
            recorded_at = max(self._now().astimezone(UTC), previous)
            written = _number(case, drafts, tree.size, recorded_at)
            leaves = [new.leaf_hash for new in written]
            for leaf in leaves:
                tree.append(leaf)
            connection.execute(
                update(cases).where(cases.c.case_name == case),
                {"size": tree.size, "peaks": b"".join(tree.peaks), "recorded_at": instant_text(recorded_at)},
            )
            connection.execute(
                events.insert(),
                [
                    {"case_name": case, "position": new.position, "line": new.line, "leaf_hash": leaf}
                    for new, leaf in zip(written, leaves, strict=True)
                ],
            )
        return written

    def read(self, case: str, start: int = 0) -> Iterator[Event]:
        """Read the events of a case from position `start`, as many as there are now; see `EventStore.read`."""
        for position, line, _ in self._rows(case, start, self.size(case)):
            yield _event_of(case, position, line)

    def size(self, case: str) -> int:
        """Count the events of a case."""
        with self._door(), self._engine.begin() as connection:
            return connection.execute(select(cases.c.size).where(cases.c.case_name == case)).scalar() or 0

    def root(self, case: str) -> bytes:
        """Give the root of the hash tree over all events of a case, 32 bytes."""
        with self._door(), self._engine.begin() as connection:
            return self._tree(connection, case).root()

    def verify(self, case: str) -> int:
        """Read, hash and build everything again; see `EventStore.verify`."""
        with self._door(), self._engine.begin() as connection:
            head = self._tree(connection, case)
        again = Tree()
        before = datetime.min.replace(tzinfo=UTC)
        for position, line, leaf in self._rows(case, 0, head.size):
            found = _event_of(case, position, line)
            if leaf_hash(line) != leaf:
                raise RecordError(Fault(f"event {position} of the case {case} was changed: its hash is another"))
            if found.recorded_at < before:
                raise RecordError(Fault(f"event {position} of the case {case} was recorded before the event before it"))
            before = found.recorded_at
            again.append(leaf)
        if again.root() != head.root():
            raise RecordError(Fault(f"the root of the case {case} is not that of its events"))
        return head.size

    def cases(self) -> list[str]:
        """List the names of all cases, in order."""
        with self._door(), self._engine.begin() as connection:
            return sorted(connection.execute(select(cases.c.case_name)).scalars())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _open(self) -> None:
        with self._engine.begin() as connection:
            ready = is_store(connection, self._where)
        if not ready:
            if not self._make:
                raise self._none_here()
            if self._engine.dialect.name == "sqlite":
                _use_write_ahead_log(self._engine)
            with self._writing() as connection:
                make_store(connection, self._where)
        last = select(func.max(events.c.position)).where(events.c.case_name == cases.c.case_name).scalar_subquery()
        with self._engine.begin() as connection:
            torn = connection.execute(
                select(cases.c.case_name).where(cases.c.size.is_distinct_from(func.coalesce(last, -1) + 1))
            ).scalars()
            faults = [
                Fault(
                    f"the size of the case {case} is not that of its events",
                    file=self._where,
                    remedy="The store was changed by another program: take back a copy.",
                )
                for case in torn
            ]
        if faults:
            raise RecordError(*faults)

    def _none_here(self) -> EngineError:
        remedy = (
            "Open a case (referenda case open), load real ones (referenda case load), or name another with --store."
        )
        return EngineError(Fault("there is no store here", file=self._where, remedy=remedy))

    def _rows(self, case: str, start: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Give positions, lines and leaves, in batches of a transaction each: what is there stays as it is."""
        query = select(events.c.position, events.c.line, events.c.leaf_hash).where(events.c.case_name == case)
        for first in range(start, end, BATCH):
            wanted = range(first, min(end, first + BATCH))
            batch = query.where(events.c.position.between(wanted.start, wanted.stop - 1)).order_by(events.c.position)
            with self._door(), self._engine.begin() as connection:
                rows = connection.execute(batch).all()
            for position, row in zip_longest(wanted, rows):
                if row is None or row.position != position or not isinstance(row.line, bytes):
                    raise RecordError(Fault(f"event {position} of the case {case} is missing", file=self._where))
                yield position, row.line, row.leaf_hash

    def _lock_head(self, connection: Connection, case: str) -> tuple[Tree, datetime]:
        """Make other writers of the case wait, and give its tree and the instant of its last event."""
        query = select(cases).where(cases.c.case_name == case).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            connection.execute(
                text(
                    "INSERT INTO referenda_cases (case_name, size, peaks, recorded_at)"
                    " VALUES (:case, 0, :peaks, '0001-01-01T00:00:00.000000Z') ON CONFLICT DO NOTHING"
                ),
                {"case": case, "peaks": b""},
            )
            row = connection.execute(query).one()
        return _tree_of(case, row.size, row.peaks), read_instant(row.recorded_at)

    def _tree(self, connection: Connection, case: str) -> Tree:
        row = connection.execute(select(cases.c.size, cases.c.peaks).where(cases.c.case_name == case)).one_or_none()
        return _tree_of(case, row.size, row.peaks) if row else Tree()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._engine.execution_options(writes=True).begin()

    @contextmanager
    def _door(self) -> Iterator[None]:
        """Say what the database says, without addresses that hold a password and without what was to be stored."""
        try:
            yield
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error, UnicodeDecodeError) as error:
            cause = str(getattr(error, "orig", error)).partition("\n")[0]
            remedy = _REMEDY[self._engine.dialect.name]
            raise EngineError(Fault(f"the database failed: {cause}", file=self._where, remedy=remedy)) from None


def _number(case: str, drafts: Sequence[Draft], position: int, recorded_at: datetime) -> list[Event]:
    """Give drafts their places in the case; with the faults of all of them, if their data are wrong."""
    written, faults = [], []
    for place, draft in enumerate(drafts):
        new = Event(
            case, position + place, draft.kind, draft.version, draft.occurred_on, recorded_at, draft.by, draft.data
        )
        try:
            new.line  # noqa: B018  (made here, and kept)
        except RecordError as error:
            faults += [
                replace(fault, message=f"{draft.kind}: {fault.message}", row=place + 1) for fault in error.faults
            ]
        written.append(new)
    if faults:
        raise RecordError(*faults)
    return written


def _event_of(case: str, position: int, line: bytes) -> Event:
    """Read a stored line, which has to be the event of this case and position."""
    try:
        found = Event.from_line(line)
    except RecordError as error:
        raise RecordError(
            *(replace(f, message=f"event {position} of the case {case}: {f.message}") for f in error.faults)
        ) from None
    if (found.case, found.position) != (case, position):
        raise RecordError(Fault(f"event {position} of the case {case} is event {found.position} of {found.case}"))
    return found


def _tree_of(case: str, size: int, peaks: bytes) -> Tree:
    try:
        return Tree(size, [peaks[i : i + HASH_LENGTH] for i in range(0, len(peaks), HASH_LENGTH)])
    except (ValueError, TypeError) as error:
        raise RecordError(Fault(f"the stored tree of the case {case} is damaged: {error}")) from None


def _read_url(url: str) -> URL:
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise EngineError(
            Fault(
                "this is not the address of a store",
                remedy="Write a path, sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE.",
            )
        ) from None
    backend = parts.get_backend_name()
    if backend == "postgresql":
        return parts.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise EngineError(
            Fault(
                "cases are kept in SQLite or PostgreSQL only",
                value=backend,
                remedy="Write sqlite:/// or postgresql://.",
            )
        )
    if parts.database in (None, "", ":memory:"):
        raise EngineError(Fault("a store needs a file", remedy="Write sqlite:///PATH."))
    path = Path(str(parts.database))
    if not path.parent.is_dir():
        raise EngineError(
            Fault("the folder of this store does not exist", file=str(path), remedy="Make the folder, or name another.")
        )
    return parts


def _shown(parts: URL) -> str:
    """Name a store to people: its path, or its host and database, without user, password or options."""
    if parts.get_backend_name() == "sqlite":
        return str(parts.database)
    return f"{parts.host or 'localhost'}/{parts.database or ''}"


def _engine(parts: URL) -> Engine:
    """Make the engine, with the settings that every connection needs."""
    if parts.get_backend_name() == "sqlite":
        engine = create_engine(parts, hide_parameters=True, connect_args={"timeout": PATIENCE_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(parts, hide_parameters=True, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except ImportError:
        raise EngineError(
            Fault("PostgreSQL needs the library psycopg", remedy="Install referenda[postgres].")
        ) from None
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
    connection.autocommit = False


def _use_write_ahead_log(engine: Engine) -> None:
    """Let readers read while a writer writes; the file remembers it."""
    connection = engine.raw_connection()
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
