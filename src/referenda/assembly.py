"""The only place that picks law documents and stores for the doors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from referenda.law.place import PlaceLaw
    from referenda.ledger.log import EventStore

DEFAULT_STORE = "sqlite:///referenda.db"


def law_of(place_id: str) -> PlaceLaw:
    """Load the law of a place, such as `us/ca`; a folder named by `REFERENDA_LAW` may hold more places.

    Raises
    ------
    InputError
        No place of this name is known.
    LawError
        Its documents do not load.
    """
    from referenda.law.place import load_place

    own = os.environ.get("REFERENDA_LAW")
    if own and (Path(own) / place_id).is_dir():
        return load_place(place_id, root=Path(own))
    return load_place(place_id)


def open_store(url: str | None = None) -> EventStore:
    """Open the store of cases: the URL given, else `REFERENDA_STORE`, else `referenda.db` in this folder.

    A plain path means SQLite; PostgreSQL is `postgresql+psycopg://user@host/database`.
    """
    from referenda.ledger.stores.sql import SqlStore

    chosen = url or os.environ.get("REFERENDA_STORE") or DEFAULT_STORE
    return SqlStore(chosen if "://" in chosen else f"sqlite:///{chosen}")
