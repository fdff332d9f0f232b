"""Which registrations are worth comparing with a line: several keys, each missing something that may be damaged.

A key takes two to four fields, so that few people share it. Keys over names or over an address are asked for in the
whole state; keys that are weak there are asked for in the line's zip, and in the zip that most lines of its sheet
name. Where more people share a key than its cap, those who live nearest to the line's zip are taken (people are
sorted by zip, street and number) and the line is counted as capped; no block is ever compared whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from referenda.linkage.key_arrays import KEYS, Index, part
from referenda.linkage.keys import alike, combine
from referenda.linkage.people import People
from referenda.linkage.street_walk import walk

Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Marks = npt.NDArray[np.uint32]
_Whole = TypeVar("_Whole", np.int64, np.uint64)

KEPT = 6
"""Candidates a line that are compared in full."""


@dataclass(frozen=True)
class Probe:
    """One question to a key array: which fields of the line stand in for the fields of the key, and where to look."""

    key: str
    fields: tuple[str, ...]
    near: bool = False
    cap: int = 40


PROBES = (
    Probe("name", ("last", "first")),
    Probe("address_last", ("number", "street", "last:1")),
    Probe("address_first", ("number", "street", "first:1")),
    Probe("last_number", ("last", "number")),
    Probe("last_street", ("last", "street")),
    Probe("head_first", ("last:4", "first:1"), near=True),
    Probe("tail_first", ("last:-4", "first:1"), near=True),
    Probe("first_number", ("first", "number"), near=True),
    Probe("first_street", ("first", "street"), near=True),
    *(
        Probe("name", pair)
        for pair in (("first", "last"), ("last", "middle"), ("middle", "first"), ("second", "first"))
    ),
    *(Probe("last_number", (name, "number")) for name in ("second", "middle", "first")),
)
"""Asked for every line."""

WIDE_PROBES = (
    Probe("number", ("number",), near=True, cap=100),
    Probe("address_first", ("number", "street", "last:1")),
    Probe("address_last", ("number", "street", "first:1")),
)
"""Asked for lines with nobody good among the first, whose street is walked too: two or three damaged fields."""

WEAK_BELOW = 19.0
"""Cheap score of the best candidate below which a line is asked for more widely: one field more has to differ."""


@dataclass
class Candidates:
    """Pairs of a line and a registration, sorted by line, then by cheap score, best first."""

    line: Ints
    row: Ints
    score: Scores
    found: Ints
    """For every pair, the registrations that shared a key with its line, before only the best were kept."""
    same_name: Ints
    """For every pair, the registrations in the whole file whose given name and surname are those of its line."""
    capped: Marks = field(default_factory=lambda: np.zeros(0, np.uint32))
    """For every line asked for, the keys that more people share than their cap: bit k for the k-th of `KEYS`."""

    def where(self, kept: npt.NDArray[Any]) -> Candidates:
        """Give some of the pairs."""
        line, row, score = self.line[kept], self.row[kept], self.score[kept]
        return Candidates(line, row, score, self.found[kept], self.same_name[kept], self.capped)


def find_candidates(index: Index, lines: People, which: Ints, sheet_zip: Ints) -> Candidates:
    """Find the best few registrations for every line named in `which`, by the keys and a cheap score.

    Parameters
    ----------
    index
        The voters with their key arrays.
    lines
        The lines of the petition.
    which
        Lines to look up, at most 2^18 of them.
    sheet_zip
        For every line of the petition, the zip that most lines of its sheet name; 0 where there is none.
    """
    own = index.zip_rows(lines.zip5[which].astype(np.int64))
    sheet = index.zip_rows(sheet_zip[which])
    bits = np.uint64(index.arrays["name"].row_bits)
    low_bits = (np.uint64(1) << bits) - np.uint64(1)

    def pairs_of(packed: npt.NDArray[np.uint64], among: Ints) -> tuple[Ints, Ints, Scores]:
        line, row = (packed >> bits).astype(np.int64), (packed & low_bits).astype(np.int64)
        return line, row, cheap_score(lines, among[line], index.people, row)

    packed, capped = _probe(index, lines, which, PROBES, (own, sheet))
    line, row, score = pairs_of(packed, which)
    best = np.full(len(which), -np.inf)
    np.maximum.at(best, line, score)
    weak = np.flatnonzero(best < WEAK_BELOW)
    mended = index.zip_rows(likely_zip(index, lines, which[weak]))
    places = ((own[0][weak], own[1][weak]), (sheet[0][weak], sheet[1][weak]), mended)
    more, over = _probe(index, lines, which[weak], WIDE_PROBES, places)
    capped[weak] |= over
    asked, there = walk(index.stretches, index.people, lines, which[weak], places)
    more = distinct(np.append(more, (asked.astype(np.uint64) << bits) | there.astype(np.uint64)))
    more = (weak.astype(np.uint64)[(more >> bits).astype(np.int64)] << bits) | (more & low_bits)
    further = pairs_of(more[~among(more, packed)], which)
    line, row = np.append(line, further[0]), np.append(row, further[1])
    score = np.append(score, further[2])
    found = np.bincount(line, minlength=len(which))
    line, row, score = _best(line, row, score, KEPT, int(bits))
    everywhere = np.zeros(len(which), np.int64), np.full(len(which), len(index.people), np.int64)
    start, end = index.arrays["name"].find(line_keys(lines, which, ("last", "first")), *everywhere)
    return Candidates(which[line], row, score, found[line], (end - start)[line], capped)


def _probe(
    index: Index, lines: People, which: Ints, probes: tuple[Probe, ...], places: tuple[tuple[Ints, Ints], ...]
) -> tuple[npt.NDArray[np.uint64], Marks]:
    """Ask the probes for lines, those that are near in every place given, the most trusted first.

    Returns every pair once, (place in `which` << bits of a row) | row, and for every line the keys
    that were past their cap.
    """
    bits = np.uint64(index.arrays["name"].row_bits)
    near = np.zeros(len(which), dtype=np.int64)
    for low, high in reversed(places):
        near = np.where(high > 0, low, near)
    everywhere = (np.zeros(len(which), np.int64), np.full(len(which), len(index.people), np.int64))
    capped = np.zeros(len(which), dtype=np.uint32)
    packed: list[npt.NDArray[np.uint64]] = [np.zeros(0, np.uint64)]
    for probe in probes:
        keys = line_keys(lines, which, probe.fields)
        for number, (low, high) in enumerate(places if probe.near else (everywhere,)):
            again = np.zeros(len(which), dtype=bool)
            for earlier in places[:number]:
                again |= (earlier[0] == low) & (earlier[1] == high)
            asked = np.flatnonzero((keys != 0) & (high > low) & ~again)
            pairs, over = ask(index, probe, keys[asked], low[asked], high[asked], near[asked])
            capped[asked[over]] |= np.uint32(1 << list(KEYS).index(probe.key))
            packed.append((asked[pairs[0]].astype(np.uint64) << bits) | pairs[1].astype(np.uint64))
    return distinct(np.concatenate(packed)), capped


def distinct(values: npt.NDArray[_Whole]) -> npt.NDArray[_Whole]:
    """Give every value once, in increasing order; NumPy's `unique` hashes first, which takes many times as long."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def among(values: npt.NDArray[_Whole], known: npt.NDArray[_Whole]) -> npt.NDArray[np.bool_]:
    """Say which values are among those known, which are distinct and in increasing order."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[place] == values)


def likely_zip(index: Index, lines: People, which: Ints) -> Ints:
    """Guess the zip of lines whose own is not in the file or is of another city than the line names; 0 elsewhere.

    It is the zip with the most digits and letter pairs of its city in common with the line.
    """
    result = np.zeros(len(which), dtype=np.int64)
    cities, middles = index.people["city"], (index.zip_starts[:-1] + index.zip_starts[1:]) // 2
    if not len(which) or not len(index.people):
        return result
    own = lines.zip5[which].astype(np.int64)
    place = np.minimum(np.searchsorted(index.zips, own), len(index.zips) - 1)
    city = lines["city"]
    theirs = cities.hash_of(middles)
    fits = (index.zips[place] == own) & ((city.hash_of(which) == theirs[place]) | (city.hash_of(which) == 0))
    asked = np.flatnonzero(~fits & ((own != 0) | (city.hash_of(which) != 0)))
    once, back = np.unique(own[asked] << 32 | city.codes[which[asked]].astype(np.int64), return_inverse=True)
    tens = 10 ** np.arange(5)
    digits = index.zips[:, None] // tens % 10
    best = np.zeros(len(once), dtype=np.int64)
    for start in range(0, len(once), 256):
        zip5, code = once[start : start + 256] >> 32, once[start : start + 256] & 0xFFFFFFFF
        like = 4 * alike(city.pairs[code][:, None], cities.pairs_of(middles)[None, :])
        written = np.where(zip5 < 10_000, zip5 * 10, zip5)
        same = np.zeros(like.shape, dtype=np.int64)
        for number in (zip5, written):
            equal = (number[:, None, None] // tens % 10 == digits[None]).sum(axis=2)
            same = np.maximum(same, equal)
        best[start : start + 256] = index.zips[np.argmax(like + np.where(zip5[:, None] > 0, same, 0), axis=1)]
    result[asked] = best[back]
    return result


def line_keys(lines: People, which: Ints, fields: tuple[str, ...]) -> npt.NDArray[np.uint64]:
    """Make the keys of lines from the fields a probe names."""
    parts = []
    for spec in fields:
        name, _, what = spec.partition(":")
        column = lines[name]
        hashes = column.__dict__.setdefault(f"part:{what}", part(column.texts, what))
        parts.append(hashes[column.codes[which]])
    return combine(*parts)


def ask(
    index: Index, probe: Probe, keys: npt.NDArray[np.uint64], low: Ints, high: Ints, near: Ints
) -> tuple[tuple[Ints, Ints], npt.NDArray[np.bool_]]:
    """Ask one key array for every key, between two rows; past the cap, take those nearest to the row `near`.

    Returns the pairs (place of the key, row found), and which keys were past their cap.
    """
    array = index.arrays[probe.key]
    start, end = array.find(keys, low, high)
    over = end - start > probe.cap
    if over.any():
        middle, _ = array.find(keys[over], near[over], high[over])
        first = np.clip(middle - probe.cap // 2, start[over], end[over] - probe.cap)
        start[over], end[over] = first, first + probe.cap
    counts = end - start
    asked = np.repeat(np.arange(len(keys)), counts)
    places = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(start, counts)
    return (asked, array.rows(places)), over


def cheap_score(lines: People, line: Ints, voters: People, row: Ints) -> Scores:
    """Score pairs by equal values and letter pairs in common, without looking at a letter: about -4 to 30."""
    mine = {name: _looked_up(lines, name, line) for name in ("first", "middle", "last", "second")}
    theirs = {name: _looked_up(voters, name, row) for name in ("first", "last", "second")}
    given = _names(mine["first"], mine["last"], theirs["first"], theirs["last"])
    for first, last, surname, less in (
        ("last", "first", "last", 2),
        ("first", "last", "second", 1),
        ("first", "second", "last", 1),
        ("first", "middle", "last", 2),
    ):
        known = (mine[last][0] != 0) & (theirs[surname][0] != 0)
        at = np.flatnonzero(known & (given < _SAME_NAME - less))
        sides = (mine[first], mine[last], theirs["first"], theirs[surname])
        given[at] = np.maximum(given[at], _names(*((hashes[at], pairs[at]) for hashes, pairs in sides)) - less)
    score = given
    number = lines["number"].hash_of(line)
    score += 4 * ((number == voters["number"].hash_of(row)) & (number != 0))
    street = alike(lines["street"].pairs_of(line), voters["street"].pairs_of(row))
    score += 5 * street
    score += 2 * (lines.zip5[line] == voters.zip5[row])
    return score.astype(np.float32)


_Looked = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]
_SAME_NAME = 18  # Score of two names that are equal.


def _looked_up(people: People, field: str, who: Ints) -> _Looked:
    """Give the hash and the letter pairs of a field, with one look at the codes of those named."""
    column = people[field]
    codes = column.codes[who]
    return column.hashes[codes], column.pairs[codes]


def _names(first: _Looked, last: _Looked, their_first: _Looked, their_last: _Looked) -> Scores:
    score = alike(last[1], their_last[1]) * 9 + 2 * ((last[0] == their_last[0]) & (last[0] != 0))
    score += alike(first[1], their_first[1]) * 6 + (first[0] == their_first[0])
    return np.asarray(score, dtype=np.float32)


def _best(line: Ints, row: Ints, score: Scores, kept: int, bits: int) -> tuple[Ints, Ints, Scores]:
    steps = np.clip((40 - score) * 1024, 0, 65535).astype(np.uint64)
    shift = np.uint64(bits)
    order = np.argsort(((line.astype(np.uint64) << np.uint64(16)) | steps) << shift | row.astype(np.uint64))
    line, row, score = line[order], row[order], score[order]
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1])) if len(line) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(line)))
    rank = np.arange(len(line)) - np.repeat(starts, sizes)
    best = np.repeat(score[starts], sizes) if len(line) else score
    keep = (rank < kept) & (score > best - 14) & (score > 5)
    return line[keep], row[keep], score[keep]
