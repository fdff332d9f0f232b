"""Sorted arrays of keys: one number a person and key, the hash above and the person's row below.

A number is (hash >> b << b) | row, with b bits for the row; sorted, all people of one key stand together, in the order
of their rows. People are sorted by zip code, so those of one key *and* one zip stand together too: the same array
answers for the whole state and for one zip. A search reads neighbouring parts of the file when the searched keys are
sorted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, RecordError
from referenda.linkage.keys import Hashes, Texts, combine
from referenda.linkage.people import TEXT_FIELDS, Column, People, column_of, days_of
from referenda.linkage.street_walk import Stretches

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
    "number": ("number",),
}
"""Keys by name: the fields they are made of. `:4` means the first four letters, `:-4` the last."""

_STEP = 1 << 15
_BYTES_A_PERSON = 32  # That a column or key needs while it is made.


def part(texts: Texts, what: str) -> Hashes:
    """Hash the part of every text that a key asks for."""
    if not what:
        return texts.hash()
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


def make_key_array(people: People, made_of: tuple[str, ...]) -> KeyArray:
    """Make the sorted array of a key over these fields; who has a second surname stands in it under either."""
    count = len(people)
    row_bits = max(int(count).bit_length(), 1)
    shift = np.uint64(row_bits)
    fields = [spec.partition(":") for spec in made_of]
    second = people["second"]
    twice = any(field == "last" for field, _, _ in fields)
    also = np.flatnonzero(second.hashes[second.codes] != 0) if twice else np.zeros(0, np.int64)
    packed = np.empty(count + len(also), np.uint64)
    end = 0
    for surname, rows in (("last", None), ("second", also)):
        columns = [(people[surname if field == "last" else field], what) for field, _, what in fields]
        parts = [(column.codes, part(column.texts, what)) for column, what in columns]
        total = count if rows is None else len(rows)
        for start in range(0, total, _STEP):  # Steps that stay in the processor's cache.
            stop = min(start + _STEP, total)
            here = slice(start, stop) if rows is None else rows[start:stop]
            who = np.arange(start, stop, dtype=np.uint64) if rows is None else rows[start:stop].astype(np.uint64)
            key = combine(*(hashes[codes[here]] for codes, hashes in parts))
            known = (((key >> shift) << shift) | who)[key != 0]
            packed[end : end + len(known)] = known
            end += len(known)
    packed = packed[:end]
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
    def of(cls, people: People, keys: Mapping[str, tuple[str, ...]] = KEYS) -> Index:
        """Make it in memory; people must be sorted by zip."""
        arrays = {name: make_key_array(people, fields) for name, fields in keys.items()}
        return cls(people, arrays, *zip_ranges(people))

    @cached_property
    def stretches(self) -> Stretches:
        """Give the stretches of one street in one zip."""
        return Stretches.of(self.people)

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


def build_index(
    voters: Path,
    folder: Path,
    *,
    memory: int = 2 << 30,
    threads: int | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> None:
    """Make the index of a snapshot's `voters.parquet` in a new folder.

    Parameters
    ----------
    voters
        The voters, sorted by zip.
    folder
        The folder to make; it appears when all of it is written.
    memory
        Bytes that may be used: they bound how many columns and keys are worked on at a time.
    threads
        Columns and keys worked on at a time; all cores if not given. The files are the same for any number.
    tell
        Called with the share that is done, from 0 to 1, in the caller's thread.

    Raises
    ------
    RecordError
        The voters are not sorted by zip.
    """
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    count = pq.read_metadata(voters).num_rows
    at_once = max(1, min(threads or os.cpu_count() or 1, memory // (_BYTES_A_PERSON * max(count, 1))))
    steps = len(TEXT_FIELDS) + 1 + len(KEYS)
    try:
        with ThreadPoolExecutor(at_once) as pool:
            work = [pool.submit(_save_days, voters, part)]
            work += [pool.submit(_save_field, voters, part, field) for field in TEXT_FIELDS]
            _finish(work, lambda done: tell(done / steps))
            people = People.load(part)
            for column in people.columns.values():
                _ = column.texts  # Made once, before several keys ask for it.
            work = [pool.submit(_save_key, people, part, name) for name in KEYS]
            _finish(work, lambda done: tell((len(TEXT_FIELDS) + 1 + done) / steps))
        about = {"format": FORMAT, "voters": count, "keys": {name: list(fields) for name, fields in KEYS.items()}}
        (part / "index.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _finish(work: list[Future[None]], tell: Callable[[int], None]) -> None:
    """Wait for all; at the first failure, or at Ctrl-C, begin nothing more."""
    try:
        while True:
            done, left = wait(work, timeout=0.2, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            tell(len(done))
            if not left:
                return
    finally:
        for future in work:
            future.cancel()


def _save_key(people: People, folder: Path, name: str) -> None:
    np.save(folder / f"key-{name}.npy", make_key_array(people, KEYS[name]).packed)


def _save_days(voters: Path, folder: Path) -> None:
    zip5 = np.asarray(pq.read_table(voters, columns=["zip5"])["zip5"].fill_null(0).to_numpy(), dtype=np.int32)
    if np.any(zip5[1:] < zip5[:-1]):
        remedy = "Import the voter file again."
        raise RecordError(Fault("the voters are not sorted by zip code", file=voters.name, remedy=remedy))
    np.save(folder / "zip5.npy", zip5)
    texts, codes = _coded(voters, "reg_date")
    np.save(folder / "day.npy", days_of(texts)[codes])


def _save_field(voters: Path, folder: Path, field: str) -> None:
    """Save one field of all people; what a field is made of is looked at once a distinct text, not once a person."""
    source = {"county": "county", "status": "status", "second": "n_last"}.get(field, f"n_{field}")
    texts, codes = _coded(voters, source)
    if field == "middle":
        texts, codes = _with_rest_of_first(voters, texts, codes)
    else:
        made = column_of(field, {source: texts}.__getitem__)
        texts, codes = _recoded(made, codes)
    Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), texts.combine_chunks())).save(folder, field)


def _coded(voters: Path, name: str) -> tuple[pa.ChunkedArray, npt.NDArray[np.int32]]:
    """Read a column as its distinct texts, and the number of its text for every row."""
    column = pq.read_table(voters, columns=[name], read_dictionary=[name])[name]
    if not column.num_chunks:
        return pa.chunked_array([[""]], pa.string()), np.zeros(0, np.int32)
    column = column.unify_dictionaries()
    texts = column.chunk(0).dictionary.cast(pa.string())
    codes = np.empty(len(column), np.int32)
    end = 0
    for chunk in column.chunks:
        codes[end : end + len(chunk)] = chunk.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        end += len(chunk)
    return pa.chunked_array([pa.concat_arrays([texts, pa.array([""], pa.string())])]), codes


def _recoded(texts: pa.ChunkedArray | pa.Array, codes: npt.NDArray[Any]) -> tuple[pa.ChunkedArray, npt.NDArray[Any]]:
    """Bring texts, of which some may have become equal, to distinct ones again."""
    encoded = pa.chunked_array(texts).combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    place = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return pa.chunked_array([encoded.dictionary.cast(pa.string())]), place[codes]


def _with_rest_of_first(
    voters: Path, texts: pa.ChunkedArray, codes: npt.NDArray[np.int32]
) -> tuple[pa.ChunkedArray, npt.NDArray[Any]]:
    """Put what stands after the first word of the given names in front of the middle name."""
    given, given_codes = _coded(voters, "n_first")
    several = np.asarray(pc.match_substring(given, " ").to_numpy(), dtype=bool)
    rows = np.flatnonzero(several[given_codes])
    pairs, back = np.unique(given_codes[rows].astype(np.int64) * len(texts) + codes[rows], return_inverse=True)
    taken = {"n_first": given.take(pa.array(pairs // len(texts))), "n_middle": texts.take(pa.array(pairs % len(texts)))}
    joined = column_of("middle", taken.__getitem__) if len(pairs) else pa.array([], pa.string())
    codes[rows] = len(texts) + back
    return _recoded(pa.concat_arrays([texts.combine_chunks(), pa.array(joined, pa.string())]), codes)


def has_index(folder: Path) -> bool:
    """Say whether the folder holds an index with the keys of this version; one of an earlier version may hold more."""
    about = folder / "index.json"
    if not about.is_file():
        return False
    said = json.loads(about.read_text(encoding="utf-8"))
    return bool(said["format"] == FORMAT and all(said["keys"].get(name) == list(KEYS[name]) for name in KEYS))


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
