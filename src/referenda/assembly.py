"""The only place that picks law documents, stores and engines for the doors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from referenda.errors import Fault, InputError

if TYPE_CHECKING:
    from referenda.law.place import PlaceLaw
    from referenda.ledger.log import EventStore
    from referenda.linkage.engine import Engine

DEFAULT_STORE = "sqlite:///referenda.db"


def law_of(place_id: str, root: Path | None = None) -> PlaceLaw:
    """Load the law of a place, such as `us/ca`.

    Parameters
    ----------
    place_id
        Its name.
    root
        A folder with places of one's own, beside those that come with Referenda and before them where both have one;
        what `REFERENDA_LAW` names when absent.

    Raises
    ------
    InputError
        No place of this name is known, or there is no such folder.
    LawError
        Its documents do not load.
    """
    from referenda.law.place import known_places, load_place
    from referenda.terms.names import check_name

    own = _own_places(root)
    if own is not None and place_id in known_places(own):
        return load_place(place_id, root=own)
    check_name("place", place_id, places(root))
    return load_place(place_id)


def places(root: Path | None = None) -> list[str]:
    """Name the places whose law is at hand, in order; `root` as for `law_of`."""
    from referenda.law.place import known_places

    own = _own_places(root)
    return sorted({*known_places(), *(known_places(own) if own is not None else ())})


def _own_places(root: Path | None) -> Path | None:
    named = os.environ.get("REFERENDA_LAW")
    own = root or (Path(named) if named else None)
    if own is not None and not own.is_dir():
        raise InputError(Fault("there is no such folder", column="--root" if root else "REFERENDA_LAW", value=str(own)))
    return own


ENGINES = ("duckdb", "spark")


def matching_engine(name: str, *, memory_bytes: int) -> Engine:
    """Give the engine that reads and normalises petition lines and matches blocks of them.

    Half of the memory is the database's, or Java's. Spark runs where `REFERENDA_SPARK_MASTER` says, else on this
    machine.

    Raises
    ------
    InputError
        No engine of this name is built in.
    EngineError
        What the engine needs is missing, or it does not start.
    """
    if name not in ENGINES:
        remedy = f"The engines that are built in are {' and '.join(ENGINES)}."
        raise InputError(Fault("this engine is not known", column="--engine", value=name, remedy=remedy))
    if name == "spark":
        from referenda.linkage.engines.spark import SparkEngine

        return SparkEngine(memory_bytes=memory_bytes // 2, master=os.environ.get("REFERENDA_SPARK_MASTER", "local[*]"))
    from referenda.linkage.engines.duckdb import DuckdbEngine

    return DuckdbEngine(memory=f"{memory_bytes // 2 >> 20}MiB")


def open_store(url: str | None = None, *, make: bool = True) -> EventStore:
    """Open the store of cases: the URL given, else `REFERENDA_STORE`, else `referenda.db` in this folder.

    A plain path means SQLite; PostgreSQL is `postgresql+psycopg://user@host/database`. Where there is no store yet one
    is made, unless `make` is false.

    Raises
    ------
    EngineError
        There is none and none is to be made, or it cannot be opened.
    """
    from referenda.ledger.stores.sql import SqlStore

    chosen = url or os.environ.get("REFERENDA_STORE") or DEFAULT_STORE
    return SqlStore(chosen if "://" in chosen else f"sqlite:///{chosen}", make=make)
