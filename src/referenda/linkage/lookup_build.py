"""Making the index of the clerk's look-up out of a snapshot of voters; `lookup_index` says what it consists of.

One column is turned at a time, and sorted arrays are made one after the other, so that memory stays bounded: about
1.2 GB for 22 million voters. The same snapshot gives the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from referenda.linkage.key_arrays import has_index, zip_ranges
from referenda.linkage.lookup_cards import write_cards
from referenda.linkage.lookup_index import COLUMNS, FIELD_OF, FORMAT, MIDDLES, digest_of
from referenda.linkage.lookup_words import FIELDS, Codes, Ints, Words, codes_of
from referenda.linkage.nicknames import related_names
from referenda.linkage.people import Column, People, column_of

STAGES = {"columns": 2, "words": 6, "names and numbers": 20, "streets": 3, "voters as shown": 60, "digests": 9}
"""The stages that making an index tells of, with their shares of the time."""
_STEP = 1 << 21
_NO_DAYS = np.zeros(0, dtype=np.int32)


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
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": digest_of(path)} for path in sorted(part.iterdir())
        }
        sizes = {name: len(people[name].values) for name in ("street", "city", "county")}
        made = about | {"format": FORMAT, "voters": len(people), "sizes": sizes, "files": files}
        (part / "index.json").write_text(json.dumps(made, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


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


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write_words(people: People, part: Path) -> None:
    by_field: dict[str, list[Codes]] = {field: [] for field in FIELDS}
    codes = {name: codes_of(people[name].values) for name in FIELD_OF}
    codes["number"] = codes_of([value.partition(" ")[0] for value in people["number"].values.to_pylist()])
    for name, field in FIELD_OF.items():
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
    for name, field in FIELD_OF.items():
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
