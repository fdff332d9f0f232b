"""The folder of a county's office for one petition: what it keeps for itself, and the log that says what is in it.

```
petition.json        what the folder is of, and in which store its log and the public case stand
secret               32 random bytes in hexadecimal; without them no commitment can be opened
sections/NNNN.parquet  lists of sections, batches/NNNN.parquet  keyed lines, matches/NNNN.parquet  the matcher's answers
```

Nobody but its owner may read it (0700, files 0600), nothing in it is ever changed, and nothing of it is published. A
file is read only if the log names it and its SHA-256 is the one that the log gives.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError, RecordError
from referenda.law.place import PlaceLaw
from referenda.ledger.event import Draft, Event
from referenda.ledger.log import EventStore
from referenda.petitions.case import Case
from referenda.petitions.office import Books, Filed
from referenda.petitions.office_kinds import office_log
from referenda.petitions.section import Section
from referenda.workflows.import_voters import digest_of
from referenda.workflows.keep_case import case_state
from referenda.workflows.office_files import private_file, read_petition, stored_address

KEPT_AFTER = 1000
"""Events of the log that are read again sooner than kept."""
OpenStore = Callable[[str], EventStore]

SECTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("section", "box", "circulator", "declaration")),
        ("lines", pa.int32()),
        *((name, pa.date32()) for name in ("signed_from", "signed_until", "received_on")),
    ]
)
LINES = pa.schema(
    [
        ("identity", pa.string()),
        ("section", pa.string()),
        ("line_no", pa.int32()),
        *((name, pa.string()) for name in ("county", "name", "address", "city", "zip", "date_signed", "given_id")),
        ("batch", pa.int32()),
    ]
)
MATCHES = ("voter_id", "score", "status", "reason", "duplicate_of", "runner_up", "runner_up_score")


@dataclass
class Office:
    """A county's office at work on one petition.

    Parameters
    ----------
    folder
        The office's folder.
    case, place, instrument, county
        What it is of.
    store
        Holds the public case and the office's own log.
    """

    folder: Path
    case: str
    place: str
    instrument: str
    county: str
    opened_on: date
    store: EventStore

    def __post_init__(self) -> None:
        self._books = Books()
        self._lines: tuple[int, pa.Table] | None = None
        self._sections: tuple[int, dict[str, Section]] | None = None

    @classmethod
    def open(cls, folder: Path, open_store: OpenStore, *, store: str | None = None) -> Self:
        """Open an office's folder and the store of its log.

        Parameters
        ----------
        open_store
            Opens a store that is there by its address (`assembly.open_store`).
        store
            The store's address, where it is no longer the one that the folder was opened with.

        Raises
        ------
        InputError
            There is no such folder, or it is not an office's.
        EngineError
            The store cannot be opened.
        """
        told = read_petition(folder)
        address = store or stored_address(folder, str(told["store"]))
        opened = open_store(address)
        office = cls(
            folder, told["case"], told["place"], told["instrument"], told["county"],
            date.fromisoformat(told["opened_on"]), opened,
        )  # fmt: skip
        if not opened.size(office.log):
            opened.close()
            message = f"the log of this office, {office.log}, is not in the store"
            remedy = "Name the store that holds it with --store."
            raise InputError(Fault(message, str(folder / "petition.json"), remedy=remedy))
        return office

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def log(self) -> str:
        """The name of the office's own log."""
        return office_log(self.case, self.county)

    @property
    def by(self) -> str:
        """Who does what the county does in the public case."""
        return f"county:{self.county}"

    def by_person(self, person: str | None) -> str:
        """Name a person at work in the office; the office itself where nobody is named."""
        return f"{self.by}/{person}" if person else self.by

    def secret(self) -> bytes:
        """Give the 32 bytes from which every salt is made.

        Raises
        ------
        RecordError
            The file is missing, or is not what was written there.
        """
        file = self.folder / "secret"
        try:
            return bytes.fromhex(file.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            why = "is missing or cannot be read" if isinstance(error, OSError) else "was changed"
            remedy = "Take it back from the office's own copy; without it no receipt can be given."
            raise RecordError(Fault(f"the office's secret {why}", str(file), remedy=remedy)) from None

    def public(self) -> tuple[Case, PlaceLaw]:
        """Give where the public case stands, and the law it is pinned to."""
        return case_state(self.store, self.case)

    def events(self, start: int = 0) -> Iterator[Event]:
        """Read the office's own log."""
        return self.store.read(self.log, start)

    def record(self, drafts: Sequence[Draft], *, expected_size: int | None = None) -> list[Event]:
        """Add events to the office's own log, all or none; see `EventStore.append`."""
        events = self.store.append(self.log, drafts, expected_size=expected_size)
        if events and events[0].position == self._books.size:
            self._books.take(events)  # so that they are not read back
        return events

    def books(self) -> Books:
        """Give what the log says of the folder; what was read of a long log is kept beside it, in `books.json`."""
        if not self._books.size:
            self._books = self._kept_books() or Books()
        before = self._books.size
        self._books.take(self.events(before))
        if self._books.size - before >= KEPT_AFTER:
            self._keep_books()
        return self._books

    def sections(self) -> Mapping[str, Section]:
        """Give every section taken in, by its name, in the order of their names."""
        books = self.books()
        if self._sections is None or self._sections[0] != len(books.lists):
            found: dict[str, Section] = {}
            for file in books.lists:
                found.update((section.name, section) for section in _sections(self._read("sections", file)))
            self._sections = (len(books.lists), {name: found[name] for name in sorted(found)})
        known = self._sections[1]
        rejected = {name: replace(known[name], rejected=code) for name, code in books.rejected.items() if name in known}
        return known | rejected

    def lines(self, *, batches: int | None = None) -> pa.Table:
        """Give the keyed lines that stand, in order of identity, with the columns of `LINES`.

        Of a line that was keyed more than once the latest batch stands; only batches 1 to `batches` are read where it
        is given. `given_id` is the id that a line had where it was keyed, `batch` the number of its batch.
        """
        files = self.books().batches[:batches]
        if self._lines is None or self._lines[0] != len(files):
            tables = []
            for filed, file in enumerate(files):
                table = self._read("batches", file)
                for name, number in (("batch", file.number), ("filed", filed)):
                    table = table.append_column(name, pa.repeat(pa.scalar(number, pa.int32()), file.rows))
                tables.append(table)
            standing = latest(pa.concat_tables(tables)).select(LINES.names) if tables else LINES.empty_table()
            self._lines = (len(files), standing)
        return self._lines[1]

    def matches(self) -> pa.Table | None:
        """Give the matcher's newest answer for every line that stands, in their order; None before there is one.

        Columns are `identity` and those of `MATCHES`, null for a line that was keyed after the match.
        """
        matched = self.books().matched
        if not matched:
            return None
        last, lines = matched[-1], self.lines()
        answer = self._read("matches", last.file)
        answered = pa.array([file.number for file in self.books().batches[: last.batches]], pa.int32())
        row = pc.index_in(lines["identity"], value_set=answer["line_id"].combine_chunks())
        row = pc.if_else(pc.is_in(lines["batch"], value_set=answered), row, pa.scalar(None, pa.int32()))
        return answer.select(MATCHES).take(row).add_column(0, "identity", lines["identity"])

    def file(self, kind: str, number: int) -> Path:
        """Give the place of a numbered file of the folder."""
        return self.folder / kind / f"{number:04}.parquet"

    def write_file(self, kind: str, write: Callable[[Path], Any]) -> tuple[int, str]:
        """Write the next numbered file of a kind; give its number and SHA-256. It counts once the log names it."""
        while True:
            known = [int(path.stem) for path in (self.folder / kind).glob("[0-9]*.parquet") if path.stem.isdigit()]
            number = max(known, default=0) + 1
            try:
                with private_file(self.file(kind, number)) as part:
                    write(part)
            except FileExistsError:
                continue  # somebody else filed at the same moment
            return number, digest_of(self.file(kind, number))

    def _kept_books(self) -> Books | None:
        """Read what was kept, if it was read of this log."""
        try:
            kept = json.loads((self.folder / "books.json").read_text(encoding="utf-8"))
            books, leaf = Books.from_dict(kept["books"]), kept["leaf"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        last = next(self.events(books.size - 1), None) if books.size else None
        return books if last is not None and last.leaf_hash.hex() == leaf else None

    def _keep_books(self) -> None:
        last = next(self.events(self._books.size - 1))
        text = json.dumps({"books": asdict(self._books), "leaf": last.leaf_hash.hex()})
        handle, name = tempfile.mkstemp(prefix=".books.", suffix=".part", dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(name).replace(self.folder / "books.json")

    def _read(self, kind: str, file: Filed) -> pa.Table:
        path = self.file(kind, file.number)
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"a file that the office's log names cannot be read: {(error.strerror or '').lower()}"
            raise RecordError(Fault(message, str(path), remedy="Take it back from a copy.")) from None
        if sha256(data).hexdigest() != file.sha256:
            message = "this file was changed since it was filed: its SHA-256 is another"
            raise RecordError(Fault(message, str(path), remedy="Take it back from a copy."))
        return pq.read_table(pa.BufferReader(data))


def latest(lines: pa.Table) -> pa.Table:
    """Put lines in order of identity (section, then number), and keep the one that was filed last of each."""
    ordered = lines.sort_by([("section", "ascending"), ("line_no", "ascending"), ("filed", "ascending")])
    names = ordered["identity"]
    last = np.ones(len(names), dtype=bool)
    last[:-1] = pc.not_equal(names[:-1], names[1:]).to_numpy()
    return ordered.filter(pa.array(last)).combine_chunks()


def _sections(table: pa.Table) -> Iterator[Section]:
    for row in table.to_pylist():
        yield Section(row.pop("section"), row.pop("lines"), **row)
