"""The index of the clerk's look-up: what it consists of, how it is made, and how it is opened.

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
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError, RecordError
from referenda.linkage.key_arrays import has_index, zip_ranges
from referenda.linkage.lookup_cards import Cards, write_cards
from referenda.linkage.lookup_words import FIELDS, Codes, Ints, Words, codes_of
from referenda.linkage.nicknames import related_names
from referenda.linkage.people import Column, People, column_of

FORMAT = "referenda-lookup/1"
STAGES = {"columns": 2, "words": 6, "names and numbers": 20, "streets": 3, "voters as shown": 60, "digests": 9}
"""The stages that making an index tells of, with their shares of the time."""
COLUMNS = ("last", "second", "first", "middle", "number", "street", "unit", "city", "county", "status")
MIDDLES = ("middle_0", "middle_1")
"""The words of the middle name that are looked at."""
_FIELD_OF = {"last": "surname", "second": "surname", "first": "given", "number": "number", "unit": "unit"}
_STEP = 1 << 21
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


def build_lookup(
    snapshot: Path, out: Path, about: dict[str, Any], tell: Callable[[str, float], None] = lambda stage, share: None
) -> dict[str, Any]:
    """Make the index of a snapshot in a new folder.

    Parameters
    ----------
    snapshot
        Folder with `voters.parquet` and, if it has them, the matcher's `keys`.
    out
        Folder to make; written under another name and renamed when whole.
    about
        What the index says of its source.
    tell
        Called with the stage and the share of it that is done.
    """
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        people = _columns(snapshot, part, tell)
        tell("words", 0.0)
        _write_words(people, part)
        tell("names and numbers", 0.0)
        _write_packed(people, part)
        tell("streets", 0.0)
        _write_places(people, part)
        write_cards(snapshot / "voters.parquet", part, lambda share: tell("voters as shown", share))
        tell("digests", 0.0)
        files = {path.name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for path in sorted(part.iterdir())}
        sizes = {name: len(people[name].values) for name in ("street", "city", "county")}
        made = about | {"format": FORMAT, "voters": len(people), "sizes": sizes, "files": files}
        (part / "index.json").write_text(json.dumps(made, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


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
        elif path.stat().st_size != said["bytes"] or (said["bytes"] <= _CHECKED and _digest(path) != said["sha256"]):
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
        ranks={name: array(f"rank-{name}") for name in (*_FIELD_OF, *MIDDLES)},
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


def _columns(snapshot: Path, part: Path, tell: Callable[[str, float], None]) -> People:
    """Link the snapshot's columns into the index, or make them where the snapshot has no keys; give them all."""
    keys = snapshot / "keys"
    tell("columns", 0.0)
    if has_index(keys):
        for name in COLUMNS:
            _link(keys / f"{name}.codes.npy", part / f"{name}.codes.npy")
        return People(
            {name: Column.load(keys, name) for name in COLUMNS}, np.load(keys / "zip5.npy", mmap_mode="r"), _NO_DAYS
        )
    texts = [f"n_{field}" for field in ("first", "middle", "last", "number", "street", "unit", "city")]

    def read(name: str) -> pa.ChunkedArray:
        return pq.read_table(snapshot / "voters.parquet", columns=[name], read_dictionary=texts)[name]

    columns = {}
    for at, name in enumerate(COLUMNS):
        columns[name] = Column.of(column_of(name, read))
        np.save(part / f"{name}.codes.npy", columns[name].codes)
        tell("columns", (at + 1) / len(COLUMNS))
    return People(columns, np.asarray(read("zip5").fill_null(0).to_numpy(), dtype=np.int32), _NO_DAYS)


_NO_DAYS = np.zeros(0, dtype=np.int32)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write_words(people: People, part: Path) -> None:
    by_field: dict[str, list[Codes]] = {field: [] for field in FIELDS}
    codes = {name: codes_of(people[name].values) for name in _FIELD_OF}
    codes["number"] = codes_of([value.partition(" ")[0] for value in people["number"].values.to_pylist()])
    for name, field in _FIELD_OF.items():
        by_field[field].append(codes[name])
    parts = {name: _parts(people[name]) for name in ("middle", "street", "city", "county")}
    for name, field in (("middle", "given"), ("street", "street"), ("city", "place"), ("county", "place")):
        by_field[field].append(parts[name][1])
    zips, _ = zip_ranges(people)
    by_field["zip"].append(codes_of([f"{zip5:05d}" for zip5 in zips.tolist() if zip5]))
    known = {field: np.unique(np.concatenate(found)) for field, found in by_field.items()}
    known = {field: found[found != 0] for field, found in known.items()}
    words = Words.of(known)
    np.save(part / "words.npy", words.codes)
    np.save(part / "words-before.npy", words.before)
    for name, field in _FIELD_OF.items():
        np.save(part / f"rank-{name}.npy", _ranks(known[field], codes[name]))
    _write_nicknames(part, known["given"])
    values, middle = parts["middle"]
    nth = np.arange(len(values)) - np.searchsorted(values, values)
    for at, name in enumerate(MIDDLES):
        ranks = np.full(len(people["middle"].values), -1, dtype=np.int32)
        ranks[values[nth == at]] = _ranks(known["given"], middle[nth == at])
        np.save(part / f"rank-{name}.npy", ranks)
    for name, field in (("street", "street"), ("city", "place"), ("county", "place")):
        _write_holders(part, name, *parts[name], known[field], people[name].counts)


def _write_nicknames(part: Path, known: Codes) -> None:
    pairs = sorted(related_names())
    one, other = (codes_of([pair[side] for pair in pairs]) for side in (0, 1))
    there = np.isin(other, known)
    one, given = one[there], np.searchsorted(known, other[there])
    order = np.lexsort((given, one))
    np.save(part / "nicknames-codes.npy", one[order])
    np.save(part / "nicknames-given.npy", given[order].astype(np.int32))


def _parts(column: Column) -> tuple[Ints, Codes]:
    """Give every word of every value of a column, and the number of the value it stands in."""
    words = [(at, word) for at, value in enumerate(column.values.to_pylist()) for word in value.split(" ") if word]
    return np.array([at for at, _ in words], dtype=np.int64), codes_of([word for _, word in words])


def _ranks(known: Codes, codes: Codes) -> npt.NDArray[np.int32]:
    place = np.searchsorted(known, codes).astype(np.int32)
    return np.where(codes == 0, np.int32(-1), place)


def _write_holders(part: Path, name: str, values: Ints, codes: Codes, known: Codes, counts: Ints) -> None:
    rank = np.searchsorted(known, codes)
    order = np.lexsort((values, rank))
    rank, values = rank[order], values[order]
    np.save(part / f"{name}-starts.npy", np.searchsorted(rank, np.arange(len(known) + 1)))
    np.save(part / f"{name}-values.npy", values.astype(np.int32))
    np.save(part / f"{name}-voters.npy", np.append(0, np.cumsum(counts[values])).astype(np.int64))


def _write_packed(people: People, part: Path) -> None:
    def ranks(name: str) -> npt.NDArray[np.int32]:
        return np.asarray(np.load(part / f"rank-{name}.npy"))

    last, second, first, number = (ranks(name) for name in ("last", "second", "first", "number"))
    size = dict(zip(FIELDS, np.load(part / "words-before.npy", mmap_mode="r")[-1].tolist(), strict=True))
    for name, pairs, field, other in (
        ("by_surname", (("last", last, "first", first), ("second", second, "first", first)), "surname", "given"),
        ("by_given", (("first", first, "last", last), ("first", first, "second", second)), "given", "surname"),
        ("by_number", (("number", number, "last", last), ("number", number, "second", second)), "number", "surname"),
        ("by_second", (("second", second, "last", last),), "surname", "surname"),
    ):
        row_bits, second_bits = max(len(people).bit_length(), 1), (size[other] + 1).bit_length()
        found = []
        for at, (a, a_rank, b, b_rank) in enumerate(pairs):
            for start in range(0, len(people), _STEP):
                rows = slice(start, min(start + _STEP, len(people)))
                one, two = a_rank[people[a].codes[rows]], b_rank[people[b].codes[rows]]
                kept = np.flatnonzero((one >= 0) & ((two >= 0) if at and b == "second" else True))
                head = one[kept].astype(np.uint64) << np.uint64(second_bits)
                packed = (head | (two[kept] + 1).astype(np.uint64)) << np.uint64(row_bits)
                found.append(packed | (kept + start).astype(np.uint64))
        numbers = np.concatenate(found) if found else np.zeros(0, np.uint64)
        numbers.sort()
        np.save(part / f"{name}.npy", numbers)
        heads = np.arange(size[field] + 1, dtype=np.uint64) << np.uint64(second_bits + row_bits)
        np.save(part / f"{name}-starts.npy", np.searchsorted(numbers, heads))


def _write_places(people: People, part: Path) -> None:
    zip5, street, city = np.asarray(people.zip5), people["street"].codes, people["city"].codes
    total = len(people)
    changes = [np.zeros(1 if total else 0, np.int64)]
    pairs = []
    zips, starts = zip_ranges(people)
    for start in range(0, total, _STEP):
        rows = slice(max(start - 1, 0), min(start + _STEP, total))
        moved = (np.diff(zip5[rows]) != 0) | (street[rows][1:] != street[rows][:-1])
        changes.append(np.flatnonzero(moved) + rows.start + 1)
        pairs.append(np.unique(city[rows].astype(np.int64) << 32 | np.searchsorted(zips, zip5[rows])))
    low = np.concatenate(changes)
    high = np.append(low[1:], total)[: len(low)]
    of = street[low].astype(np.int64)
    order = np.argsort(of, kind="stable")
    np.save(part / "runs.npy", np.stack([low[order], high[order]]))
    np.save(part / "run-starts.npy", np.searchsorted(of[order], np.arange(len(people["street"].values) + 1)))
    pair = np.unique(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
    np.save(part / "city_zips-starts.npy", np.searchsorted(pair >> 32, np.arange(len(people["city"].values) + 1)))
    zips_of = pair & 0xFFFFFFFF
    np.save(part / "city_zips-values.npy", zips_of.astype(np.int32))
    np.save(part / "city_zips-voters.npy", np.append(0, np.cumsum(np.diff(starts)[zips_of])).astype(np.int64))
    np.save(part / "zips.npy", zips)
    np.save(part / "zip-starts.npy", starts)
    active = np.array([value == "ACTIVE" for value in people["status"].values.to_pylist()])
    np.save(part / "active.npy", active)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
