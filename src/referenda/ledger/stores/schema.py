"""The tables of a store, their guards, and how a store is made or refused when it is opened.

`referenda_events` holds each event's line as bytes, and its leaf hash, so that a changed line can be named.
`referenda_cases` holds each case's size and the peaks of its hash tree, so that to append is O(log n).
Triggers refuse to change or remove an event, in either database: a mistake in some other program stops there.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    select,
    text,
)

from referenda.errors import EngineError, Fault

VERSION = 1

metadata = MetaData()
store = Table("referenda_store", metadata, Column("version", BigInteger, primary_key=True, autoincrement=False))
cases = Table(
    "referenda_cases",
    metadata,
    Column("case_name", String(80), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("recorded_at", String(27), nullable=False),
    sqlite_with_rowid=False,
)
events = Table(
    "referenda_events",
    metadata,
    Column("case_name", String(80), ForeignKey(cases.c.case_name), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

_GUARDS = {
    "sqlite": (
        """CREATE TRIGGER referenda_events_end BEFORE INSERT ON referenda_events
           WHEN NEW.position IS NOT 1 + coalesce(
             (SELECT max(position) FROM referenda_events WHERE case_name = NEW.case_name), -1)
           BEGIN SELECT RAISE(ABORT, 'an event is added at the end of its case'); END""",
        """CREATE TRIGGER referenda_events_keep_content BEFORE UPDATE ON referenda_events
           BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
        """CREATE TRIGGER referenda_events_keep BEFORE DELETE ON referenda_events
           BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END""",
        """CREATE TRIGGER referenda_cases_keep BEFORE DELETE ON referenda_cases
           BEGIN SELECT RAISE(ABORT, 'a case is never removed'); END""",
        """CREATE TRIGGER referenda_cases_grow BEFORE UPDATE ON referenda_cases WHEN NEW.size <= OLD.size
           BEGIN SELECT RAISE(ABORT, 'a case only grows'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION referenda_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN RAISE EXCEPTION 'an event or a case is never changed or removed'; END$$""",
        """CREATE TRIGGER referenda_events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON referenda_events
           FOR EACH STATEMENT EXECUTE FUNCTION referenda_refuse()""",
        """CREATE TRIGGER referenda_cases_keep BEFORE DELETE OR TRUNCATE ON referenda_cases
           FOR EACH STATEMENT EXECUTE FUNCTION referenda_refuse()""",
        """CREATE TRIGGER referenda_cases_grow BEFORE UPDATE ON referenda_cases
           FOR EACH ROW WHEN (NEW.size <= OLD.size) EXECUTE FUNCTION referenda_refuse()""",
    ),
}
_CREATION_LOCK = 0x5245464552454E44  # "REFEREND": one process at a time makes the tables


def is_store(connection: Connection, where: str) -> bool:
    """Find out whether the database is a store of this version; False for a database that may become one.

    Raises
    ------
    EngineError
        The database belongs to another program, or to a newer Referenda.
    """
    tables = set(inspect(connection).get_table_names())
    if store.name in tables:
        version = connection.execute(select(store.c.version)).scalar()
        if version != VERSION:
            raise EngineError(
                Fault(
                    f"this store has version {version}, and this Referenda knows version {VERSION}",
                    file=where,
                    remedy="Install the newer Referenda that wrote it.",
                )
            )
        return True
    if tables if connection.dialect.name == "sqlite" else tables & metadata.tables.keys():
        raise EngineError(
            Fault("this database belongs to another program", file=where, remedy="Name a new file or database.")
        )
    return False


def make_store(connection: Connection, where: str) -> None:
    """Make the tables and their guards, unless another process was faster."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
    if not is_store(connection, where):
        metadata.create_all(connection)
        for guard in _GUARDS[dialect]:
            connection.exec_driver_sql(guard)
        connection.execute(store.insert(), {"version": VERSION})
