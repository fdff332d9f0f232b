"""Open a county's office for a petition: its private folder, its secret, and the log of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path
from secrets import token_hex

from referenda.errors import Fault, InputError
from referenda.ledger.event import Draft
from referenda.petitions.county_count import county_names, fold_county, is_stranger, nearest_county
from referenda.workflows.keep_case import case_state
from referenda.workflows.office_files import FORMAT, address_to_store, stored_address
from referenda.workflows.office_folder import Office, OpenStore

_FOLDERS = ("sections", "batches", "matches")


def open_office(
    folder: Path,
    open_store: OpenStore,
    store: str,
    *,
    case: str,
    place: str,
    county: str,
    on: date,
    by: str | None = None,
) -> Office:
    """Make an office's folder and begin its log. A store that is a file becomes readable by its owner alone.

    Parameters
    ----------
    folder
        A folder that does not exist or is empty; the one above it exists.
    open_store, store
        Opens a store by its address, and the address of the store that holds the public case.
    case, place, county
        The public case, the place whose law it is judged by, and the county whose sections are taken in.
    on
        The day.
    by
        The person who opens it.

    Returns
    -------
    Office
        Open; it is for the caller to close.

    Raises
    ------
    InputError
        With everything that is wrong with the case, the place, the county and the folder.
    EngineError
        The store cannot be opened, or the folder cannot be written.
    """
    opened = open_store(store)
    try:
        known, law = case_state(opened, case)
        faults = list(_new_folder_faults(folder))
        if law.id != place:
            message = f"the case {case} is one of {law.id}"
            faults.append(Fault(message, column="--place", value=place, remedy=f"Write --place {law.id}."))
        names = county_names(law.id) or tuple(known.counties)
        if not county.strip() or "," in county or is_stranger(county, names):
            near = nearest_county(county, names)
            remedy = f"Did you mean {near}?" if near else "Name one of its counties, without a comma."
            faults.append(Fault(f"{law.name} has no such county", column="--county", value=county, remedy=remedy))
        filed = known.county(county)
        named = (
            filed.name if filed else next((name for name in names if fold_county(name) == fold_county(county)), county)
        )
        office = Office(folder, case, law.id, known.instrument, " ".join(named.split()), on, opened)
        if opened.size(office.log):
            message = f"{county} has an office for the case {case} already: its log is in this store"
            faults.append(Fault(message, column="--county", value=county, remedy="Go on in its folder."))
        if faults:
            raise InputError(*faults)
        told = {
            "format": FORMAT,
            **{name: getattr(office, name) for name in ("case", "place", "instrument", "county")},
            "opened_on": on.isoformat(),
            "store": address_to_store(folder, store),
        }
        _make(folder, json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        about = {name: told[name] for name in ("case", "place", "instrument", "county")}
        try:
            office.record([Draft("PetitionTakenIn", 1, on, office.by_person(by), about)], expected_size=0)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for suffix in ("", "-wal", "-shm"):  # from now on the store names voters
            file = Path(stored_address(folder, told["store"]) + suffix)
            if file.is_file():
                file.chmod(0o600)
    except BaseException:
        opened.close()
        raise
    return office


def _new_folder_faults(folder: Path) -> list[Fault]:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        return [Fault("this is there already", str(folder), remedy="Name a new folder.")]
    if not folder.absolute().parent.is_dir():
        return [Fault("the folder above it does not exist", str(folder), remedy="Make it first.")]
    return []


def _make(folder: Path, told: str) -> None:
    """Make the folder whole under another name, for its owner alone, and rename it."""
    place = folder.absolute()
    made = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))  # made with 0700
    try:
        for name in _FOLDERS:
            (made / name).mkdir(mode=0o700)
        for name, text in (("petition.json", told), ("secret", token_hex(32) + "\n")):
            handle = os.open(made / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
        if place.is_dir():
            place.rmdir()
        made.rename(place)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
