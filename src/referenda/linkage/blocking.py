"""Which registrations are worth comparing with a line: several keys, each missing something that may be damaged.

A key takes two to four fields, so that few people share it. Keys over names or over an address are asked for in the
whole state; keys that are weak there are asked for in the line's zip, and in the zip that most lines of its sheet
name. Where more people share a key than its cap, those who live nearest to the line's zip are taken (people are
sorted by zip, street and number) and the line is counted as capped; no block is ever compared whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from referenda.linkage.key_arrays import KEYS, Index, part
from referenda.linkage.keys import alike, combine
from referenda.linkage.people import People

Ints = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Marks = npt.NDArray[np.uint32]

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
    Probe("sound_first", ("last:sound", "first:2"), near=True),
    Probe("first_number", ("first", "number"), near=True),
    Probe("first_street", ("first", "street"), near=True),
    Probe("number_initials", ("number", "last:1", "first:1"), near=True),
    Probe("name", ("first", "last")),
    Probe("name", ("last", "middle")),
    Probe("name", ("middle", "first")),
    Probe("name", ("second", "first")),
    Probe("last_number", ("second", "number")),
    Probe("last_number", ("middle", "number")),
    Probe("last_number", ("first", "number")),
    Probe("head_first", ("first:4", "last:1"), near=True),
)


@dataclass
class Candidates:
    """Pairs of a line and a registration, sorted by line, then by cheap score, best first."""

    line: Ints
    row: Ints
    score: Scores
    found: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Registrations that shared a key with each line, before only the best were kept."""
    capped: Marks = field(default_factory=lambda: np.zeros(0, np.uint32))
    """For every line the keys that more people share than their cap: bit k for the k-th of `KEYS`."""


def find_candidates(
    index: Index, lines: People, which: Ints, sheet_zip: Ints, probes: tuple[Probe, ...] = PROBES, kept: int = KEPT
) -> Candidates:
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
    neighbours = np.where(own[1] > 0, own[0], sheet[0])
    elsewhere = (sheet[0], np.where(sheet[0] == own[0], sheet[0], sheet[1]))
    capped = np.zeros(len(which), dtype=np.uint32)
    packed: list[npt.NDArray[np.uint64]] = []
    bits = np.uint64(index.arrays["name"].row_bits)
    for probe in probes:
        keys = line_keys(lines, which, probe.fields)
        everywhere = (np.zeros(len(which), np.int64), np.full(len(which), len(index.people), np.int64))
        for low, high in (own, elsewhere) if probe.near else (everywhere,):
            asked = np.flatnonzero((keys != 0) & (high > low))
            pairs, over = ask(index, probe, keys[asked], low[asked], high[asked], neighbours[asked])
            capped[asked[over]] |= np.uint32(1 << list(KEYS).index(probe.key))
            packed.append((asked[pairs[0]].astype(np.uint64) << bits) | pairs[1].astype(np.uint64))
    every = np.unique(np.concatenate(packed))
    line = (every >> bits).astype(np.int64)
    row = (every & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    found = np.bincount(line, minlength=len(which))
    score = cheap_score(lines, which[line], index.people, row)
    line, row, score = _best(line, row, score, kept, int(bits))
    return Candidates(which[line], row, score, found, capped)


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
    given = _names(lines, line, voters, row, "first", "last", "last")
    for first, last, theirs, less in (("last", "first", "last", 2), ("first", "last", "second", 1)):
        given = np.maximum(given, _names(lines, line, voters, row, first, last, theirs) - less)
    score = np.maximum(given, _names(lines, line, voters, row, "first", "middle", "last") - 2)
    number = lines["number"].hash_of(line)
    score += 4 * ((number == voters["number"].hash_of(row)) & (number != 0))
    street = alike(lines["street"].pairs_of(line), voters["street"].pairs_of(row))
    score += 5 * street
    score += 2 * (lines.zip5[line] == voters.zip5[row])
    return score.astype(np.float32)


def _names(lines: People, line: Ints, voters: People, row: Ints, first: str, last: str, surname: str) -> Scores:
    mine, theirs = lines[last].hash_of(line), voters[surname].hash_of(row)
    score = alike(lines[last].pairs_of(line), voters[surname].pairs_of(row)) * 9 + 2 * ((mine == theirs) & (mine != 0))
    mine, theirs = lines[first].hash_of(line), voters["first"].hash_of(row)
    score += alike(lines[first].pairs_of(line), voters["first"].pairs_of(row)) * 6 + (mine == theirs)
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
