"""The index of the clerk's look-up: what it consists of, and how it is opened.

It is a folder beside a snapshot of voters and shares the snapshot's columns of codes (`keys/*.codes.npy`, linked, not
copied): the batch's hashes answer for equal values only, and a clerk types beginnings. What is added keeps an order:

- `words*.npy`: all words sorted (`lookup_words`);
- `rank-COLUMN.npy`: the rank of a column's value among the words of its field, -1 for none (of 12 1/2, that of 12);
- `by_surname.npy`: for every voter (surname, first name, row), `by_given.npy`: (first name, surname, row), and
  `by_number.npy`: (number, surname, row), each three whole numbers in the bits of one, sorted; a second surname stands
  in them like a first;
- `nicknames-*.npy`: names and the given names of the file that they stand for (`nicknames`);
- `by_second.npy`: (second surname, surname, row) of those who have two;
- `street-*`, `city-*`, `county-*`: the values that hold a word; `run-*`: the rows of every street, zip by zip;
- `cards.*`: the voters as the file shows them (`lookup_cards`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.errors import Fault, InputError, RecordError
from referenda.linkage.lookup_cards import Cards
from referenda.linkage.lookup_words import Codes, Ints, Words

FORMAT = "referenda-lookup/1"
COLUMNS = ("last", "second", "first", "middle", "number", "street", "unit", "city", "county", "status")
MIDDLES = ("middle_0", "middle_1")
"""The words of the middle name that are looked at."""
FIELD_OF = {"last": "surname", "second": "surname", "first": "given", "number": "number", "unit": "unit"}
"""The field whose words each column of single words holds."""
_CHECKED = 1 << 20
"""Files up to this many bytes are checked against their digest when an index is opened; of larger ones the size is."""


@dataclass(frozen=True)
class Packed:
    """Sorted numbers of three parts each: a rank, another rank plus one (0: not known), and a row."""

    numbers: Codes
    starts: Ints
    """Where each first rank begins."""
    second_bits: int
    row_bits: int

    def rows(self, low: Ints, high: Ints) -> Ints:
        """Give the rows at these places, range by range."""
        mask = np.uint64((1 << self.row_bits) - 1)
        return (self.numbers[spread(low, high)] & mask).astype(np.int64)

    def places(self, first: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """Find where every first rank stands together with every range of second ranks."""
        head = first.astype(np.uint64) << np.uint64(self.second_bits + self.row_bits)
        shift = np.uint64(self.row_bits)
        needles = np.concatenate([(low + 1).astype(np.uint64) << shift, (high + 1).astype(np.uint64) << shift])
        found = np.searchsorted(self.numbers, (head[:, None] | needles[None, :]).ravel()).reshape(len(first), -1)
        return found[:, : len(low)].ravel(), found[:, len(low) :].ravel()


@dataclass(frozen=True)
class Holders:
    """For every word of a field the values of a column that hold it, and the voters up to each, counted."""

    starts: Ints
    values: npt.NDArray[np.int32]
    voters: Ints


@dataclass(frozen=True)
class LookupIndex:
    """An opened index: everything is mapped into memory and only read, so any number of processes share it."""

    about: dict[str, Any]
    words: Words
    ranks: dict[str, npt.NDArray[np.int32]]
    columns: dict[str, npt.NDArray[Any]]
    by_surname: Packed
    by_number: Packed
    by_second: Packed
    by_given: Packed
    nicknames: tuple[Codes, npt.NDArray[np.int32]]
    """The sorted codes of names, and beside each the rank of a given name of the file that it stands for."""
    holders: dict[str, Holders]
    runs: npt.NDArray[np.int64]
    run_starts: Ints
    zip_starts: Ints
    """The first row of every zip, in order, and the number of voters."""
    no_zip: int
    """1 when the first zip stands for voters without one, else 0."""
    city_zips: Holders
    active: npt.NDArray[np.bool_]
    cards: Cards

    def __len__(self) -> int:
        return int(self.about["voters"])

    def packed_of(self, field: str) -> Packed | None:
        """Give the sorted array that begins with a field: surname, given or number; other fields have none."""
        return {"surname": self.by_surname, "given": self.by_given, "number": self.by_number}.get(field)

    @property
    def sizes(self) -> dict[str, int]:
        """Give how many values street, city and county have."""
        sizes: dict[str, int] = self.about["sizes"]
        return sizes


def spread(low: Ints, high: Ints) -> Ints:
    """Write out ranges: low, low + 1, ... up to, not including, high, one range after the other."""
    if len(low) == 1:
        return np.arange(int(low[0]), int(high[0]))
    counts = high - low
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(low - (ends - counts), counts) + np.arange(total)


def distinct(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give every number once, in order (sorting is quicker here than NumPy's own way by hashes)."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def open_index(folder: Path) -> LookupIndex:
    """Open an index, read-only.

    Raises
    ------
    InputError
        The folder is no index of this format.
    RecordError
        A file of it is missing, or is not as it was made.
    """
    about = _read_about(folder)
    remedy = "Make the index again with `referenda voters index`."
    faults = []
    for name, said in about["files"].items():
        path = folder / name
        if not path.is_file():
            faults.append(Fault("a file of the index is missing", str(path), remedy=remedy))
        elif path.stat().st_size != said["bytes"] or (said["bytes"] <= _CHECKED and digest_of(path) != said["sha256"]):
            faults.append(Fault("a file of the index is not as it was made", str(path), remedy=remedy))
    if faults:
        raise RecordError(*faults)

    def array(name: str) -> npt.NDArray[Any]:
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))

    words = Words(array("words"), array("words-before"))
    row_bits = max(int(about["voters"]).bit_length(), 1)

    def packed(name: str, second: str) -> Packed:
        return Packed(array(name), array(f"{name}-starts"), (words.count(second) + 1).bit_length(), row_bits)

    def holders(name: str) -> Holders:
        return Holders(*(array(f"{name}-{what}") for what in ("starts", "values", "voters")))

    return LookupIndex(
        about=about,
        words=words,
        ranks={name: array(f"rank-{name}") for name in (*FIELD_OF, *MIDDLES)},
        columns={name: array(f"{name}.codes") for name in COLUMNS},
        by_surname=packed("by_surname", "given"),
        by_number=packed("by_number", "surname"),
        by_second=packed("by_second", "surname"),
        by_given=packed("by_given", "surname"),
        nicknames=(array("nicknames-codes"), array("nicknames-given")),
        holders={name: holders(name) for name in ("street", "city", "county")},
        runs=array("runs"),
        run_starts=array("run-starts"),
        zip_starts=array("zip-starts"),
        no_zip=int(array("zips")[:1].sum() == 0),
        city_zips=holders("city_zips"),
        active=array("active"),
        cards=Cards(array("cards"), np.memmap(folder / "cards.bin", np.uint8, "r")),
    )


def _read_about(folder: Path) -> dict[str, Any]:
    remedy = "Give a folder made by `referenda voters index`."
    try:
        about: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(Fault("this is not an index for the look-up", str(folder), remedy=remedy)) from error
    if not _is_about(about):
        message = f"this is not an index in the format {FORMAT}"
        raise InputError(Fault(message, str(folder), remedy="Make the index again with `referenda voters index`."))
    return about


def _is_about(about: Any) -> bool:
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        return False
    voters, sizes, files = about.get("voters"), about.get("sizes"), about.get("files")
    if not isinstance(voters, int) or not isinstance(sizes, dict) or not isinstance(files, dict):
        return False
    plain = all(Path(name).name == name and isinstance(said, dict) for name, said in files.items())
    return plain and all({"bytes", "sha256"} <= said.keys() for said in files.values())


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
