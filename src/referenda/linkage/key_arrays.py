"""Sorted arrays of keys: one number a person and key, the hash above and the person's row below.

A number is (hash >> b << b) | row, with b bits for the row; sorted, all people of one key stand together, in the order
of their rows. People are sorted by zip code, so those of one key *and* one zip stand together too: the same array
answers for the whole state and for one zip. A search reads neighbouring parts of the file when the searched keys are
sorted.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from referenda.errors import Fault, RecordError
from referenda.linkage.keys import Hashes, Texts, combine
from referenda.linkage.people import TEXT_FIELDS, Column, People, column_of, days_of

FORMAT = "referenda-keys/1"

KEYS: dict[str, tuple[str, ...]] = {
    "name": ("last", "first"),
    "address_last": ("number", "street", "last:1"),
    "address_first": ("number", "street", "first:1"),
    "last_number": ("last", "number"),
    "last_street": ("last", "street"),
    "first_number": ("first", "number"),
    "first_street": ("first", "street"),
    "tail_first": ("last:-4", "first:1"),
    "head_first": ("last:4", "first:1"),
    "sound_first": ("last:sound", "first:2"),
    "number_initials": ("number", "last:1", "first:1"),
}
"""Keys by name: the fields they are made of. `:4` means the first four letters, `:-4` the last, `:sound` the sound."""

_STEP = 1 << 21


def part(texts: Texts, what: str) -> Hashes:
    """Hash the part of every text that a key asks for."""
    if not what:
        return texts.hash()
    if what == "sound":
        return texts.sound()
    count = int(what)
    return texts.head(count) if count > 0 else texts.tail(-count)


@dataclass(frozen=True)
class KeyArray:
    """One sorted array of keys over a number of people."""

    packed: Hashes
    row_bits: int

    def find(
        self, keys: Hashes, low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Find where the people of every key with rows from `low` up to, not including, `high` stand.

        Returns the first place and the place after the last; both equal where nobody is found or the key is 0.
        """
        shift = np.uint64(self.row_bits)
        order = np.argsort(keys)
        base = (keys[order] >> shift) << shift
        first = np.searchsorted(self.packed, base | low[order].astype(np.uint64))
        last = first.copy()
        here = np.flatnonzero(first < len(self.packed))
        here = here[(self.packed[first[here]] >> shift) == (base[here] >> shift)]
        here = here[base[here] != 0]
        last[here] = np.searchsorted(self.packed, base[here] + high[order][here].astype(np.uint64))
        start, end = np.empty_like(first), np.empty_like(last)
        start[order], end[order] = first, np.maximum(last, first)
        return start, end

    def rows(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the rows of the people who stand at these places."""
        mask = np.uint64((1 << self.row_bits) - 1)
        return (self.packed[places] & mask).astype(np.int64)


def make_key_array(people: People, name: str) -> KeyArray:
    """Make the sorted array of one key; who has a second surname stands in it under either."""
    count = len(people)
    row_bits = max(int(count).bit_length(), 1)
    shift = np.uint64(row_bits)
    fields = [spec.partition(":") for spec in KEYS[name]]
    found: list[Hashes] = []
    for surname in ("last", "second"):
        if surname == "second" and not any(field == "last" for field, _, _ in fields):
            continue
        columns = [(people[surname if field == "last" else field], what) for field, _, what in fields]
        parts = [(column.codes, part(column.texts, what)) for column, what in columns]
        for start in range(0, count, _STEP):
            end = min(start + _STEP, count)
            key = combine(*(hashes[codes[start:end]] for codes, hashes in parts))
            rows = np.arange(start, end, dtype=np.uint64)
            found.append((((key >> shift) << shift) | rows)[key != 0])
    packed = np.concatenate(found) if found else np.zeros(0, np.uint64)
    packed.sort()
    return KeyArray(packed, row_bits)


@dataclass(frozen=True)
class Index:
    """People with their key arrays and the rows of every zip code."""

    people: People
    arrays: Mapping[str, KeyArray]
    zips: npt.NDArray[np.int64]
    zip_starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, people: People, names: tuple[str, ...] = tuple(KEYS)) -> Index:
        """Make it in memory; people must be sorted by zip."""
        arrays = {name: make_key_array(people, name) for name in names}
        return cls(people, arrays, *zip_ranges(people))

    def zip_rows(self, zip5: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Give the first row of every zip and the row after its last; both 0 for a zip that nobody has."""
        place = np.searchsorted(self.zips, zip5)
        inside = np.minimum(place, max(len(self.zips) - 1, 0))
        known = (zip5 > 0) & (self.zips[inside] == zip5) if len(self.zips) else np.zeros(len(zip5), dtype=bool)
        return np.where(known, self.zip_starts[inside], 0), np.where(known, self.zip_starts[inside + 1], 0)


def zip_ranges(people: People) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the zip codes that occur, in order, and the first row of each, with the number of people at the end."""
    zips, starts = np.unique(people.zip5, return_index=True)
    if not len(zips):
        return np.zeros(1, np.int64), np.zeros(2, np.int64)
    return zips.astype(np.int64), np.append(starts, len(people)).astype(np.int64)


def build_index(voters: Path, folder: Path) -> None:
    """Make the index of a snapshot's `voters.parquet` in a new folder, one column and one key at a time in memory.

    Raises
    ------
    RecordError
        The voters are not sorted by zip.
    """
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    texts = [f"n_{field}" for field in ("first", "middle", "last", "suffix", "number", "street", "unit", "city")]

    def read(name: str) -> pa.ChunkedArray:
        return pq.read_table(voters, columns=[name], read_dictionary=texts)[name]

    for field in TEXT_FIELDS:
        Column.of(column_of(field, read)).save(part, field)
    table = pq.read_table(voters, columns=["zip5", "reg_date"])
    zip5 = np.asarray(table["zip5"].fill_null(0).to_numpy(), dtype=np.int32)
    if np.any(np.diff(zip5) < 0):
        remedy = "Import the voter file again."
        raise RecordError(Fault("the voters are not sorted by zip code", file=voters.name, remedy=remedy))
    np.save(part / "zip5.npy", zip5)
    np.save(part / "day.npy", days_of(table["reg_date"]))
    del table, zip5
    people = People.load(part)
    for name in KEYS:
        np.save(part / f"key-{name}.npy", make_key_array(people, name).packed)
    about = {"format": FORMAT, "voters": len(people), "keys": {name: list(fields) for name, fields in KEYS.items()}}
    (part / "index.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    part.replace(folder)


def has_index(folder: Path) -> bool:
    """Say whether the folder holds an index that this version made or could have made."""
    about = folder / "index.json"
    if not about.is_file():
        return False
    said = json.loads(about.read_text(encoding="utf-8"))
    return bool(said["format"] == FORMAT and said["keys"] == {name: list(fields) for name, fields in KEYS.items()})


@dataclass(frozen=True)
class StoredArrays(Mapping[str, KeyArray]):
    """Key arrays on disk; each is mapped into memory when it is asked for, and let go with its last user."""

    folder: Path
    row_bits: int

    def __getitem__(self, name: str) -> KeyArray:
        return KeyArray(np.load(self.folder / f"key-{name}.npy", mmap_mode="r"), self.row_bits)

    def __iter__(self) -> Iterator[str]:
        return iter(KEYS)

    def __len__(self) -> int:
        return len(KEYS)


def load_index(folder: Path) -> Index:
    """Map a saved index into memory."""
    people = People.load(folder)
    return Index(people, StoredArrays(folder, max(len(people).bit_length(), 1)), *zip_ranges(people))
