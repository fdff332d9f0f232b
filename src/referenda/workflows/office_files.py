"""Files of an office's folder: its description, the address of its store, and files that only their owner reads."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from referenda.errors import Fault, InputError

FORMAT = "referenda-office/1"


def read_petition(folder: Path) -> dict[str, Any]:
    """Read what an office's folder is of (`petition.json`).

    Raises
    ------
    InputError
        There is no such folder, or it is not an office's.
    """
    file = folder / "petition.json"
    remedy = "Make an office's folder with `referenda petition open`."
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"this is not an office's folder: {(error.strerror or '').lower()}"
        raise InputError(Fault(message, str(file), remedy=remedy)) from None
    except ValueError:
        told = None
    keys = ("case", "county", "instrument", "opened_on", "place", "store")
    if not (
        isinstance(told, dict) and told.get("format") == FORMAT and all(isinstance(told.get(k), str) for k in keys)
    ):
        message = f"this is not the description of an office's folder in the format {FORMAT}"
        raise InputError(Fault(message, str(file), remedy=remedy))
    return told


def address_to_store(folder: Path, url: str) -> str:
    """Write a store's address for `petition.json`: a file by its way from the folder, so that both can move together.

    Raises
    ------
    InputError
        The address holds a password.
    """
    scheme, sign, rest = url.partition("://")
    if not sign or scheme == "sqlite":
        return os.path.relpath(rest.removeprefix("/") if sign else url, folder)
    if "@" in rest and ":" in rest.partition("@")[0]:
        remedy = "Leave it out, and put it in ~/.pgpass or PGPASSWORD."
        raise InputError(Fault("a password in the store's address would be kept in a file", "--store", remedy=remedy))
    return url


def stored_address(folder: Path, kept: str) -> str:
    """Give the address of a store that `address_to_store` wrote."""
    return kept if "://" in kept else os.path.normpath(folder / kept)


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """Give a place to write a new file at; it has its name, which nobody else took, only when it is whole.

    Raises
    ------
    FileExistsError
        There is such a file: none is ever written over.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # made with 0600
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.link(part, path)
    finally:
        part.unlink(missing_ok=True)
