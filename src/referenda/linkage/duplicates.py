"""Lines that one signer wrote twice: by the registration both are linked to, and line against line.

Lines linked to one voter beyond doubt are one signer's. Every other line (people not in the file, movers, names that
cannot be read, father or son) is compared with the lines that share a key with it or a possible voter, by the
comparisons that find voters and by how probable it is that both lines are one voter's or two different ones'. A
model of its own weighs these. The line joins the group of the line it most probably repeats; two groups of different
voters are never joined by a line between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.linkage.blocking import Candidates, cheap_score, distinct, find_candidates
from referenda.linkage.comparison import FEATURES, compare
from referenda.linkage.decide import proposed
from referenda.linkage.key_arrays import Index
from referenda.linkage.keys import alike
from referenda.linkage.model import Model
from referenda.linkage.people import Column, People
from referenda.linkage.stages import NOBODY, Links

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

PAIR_FEATURES = (*FEATURES, "same_voter", "other_voter", "same_sheet", "next_line")
"""What is compared of two lines, in the order of the columns. Who signs next to somebody is seldom the same person."""

CERTAIN_FROM = 0.97
"""Least probability of a link that puts a line into its voter's group without a look at the other lines."""

SAME_FROM = 0.85
"""Least probability that two lines are one signer's."""

_POSSIBLE_FROM = 0.05
_WINDOW = 600
_SCANNED = 30_000_000
_SCANNED_AT_ONCE = 4_000_000
_LIKE_FROM = 7.0
_LIKE_KEPT = 40
_KEPT = 6
_SCORE_FROM = 10.0


@cache
def shipped_pair_model() -> Model:
    """Load the model of two lines that comes with the package."""
    with as_file(files("referenda.linkage") / "data" / "duplicates.npz") as path:
        return Model.load(path, PAIR_FEATURES)


def find_duplicates(
    lines: People,
    voters: People,
    sheets: Ints,
    sheet_zip: Ints,
    links: Links,
    pair_model: Model,
    *,
    clean_share: float,
    block: int,
) -> Ints:
    """Give for every line the earliest other line by the same signer; -1 for the earliest, and for lines alone.

    Parameters
    ----------
    lines
        The lines of the petition, in the order they stand on its sheets.
    voters
        The voter file, which says how common a name is.
    sheets
        For every line the number of its sheet.
    sheet_zip, clean_share
        As in `comparison.compare`.
    links
        For every line its best registrations.
    block
        Lines compared at a time.
    """
    group, voter = np.arange(len(lines)), certain_voters(links)
    linked = np.flatnonzero(voter != NOBODY)
    if len(linked):
        _, first, back = np.unique(voter[linked], return_index=True, return_inverse=True)
        group[linked] = linked[first][back]
    found: list[tuple[Ints, Ints, Floats]] = []
    loose = np.flatnonzero(voter == NOBODY)
    for pairs, table in pairs_of_lines(
        lines, voters, sheets, sheet_zip, links, loose, clean_share=clean_share, block=block
    ):
        weight = pair_model.weigh(table)
        probability = pair_model.calibrate((1 / (1 + np.exp(-weight.astype(np.float64)))).astype(np.float32))
        best = _strongest(pairs, weight, probability >= SAME_FROM)
        found.append((pairs.line[best], pairs.row[best], weight[best]))
    if found:
        line, like, weight = (np.concatenate(column) for column in zip(*found, strict=True))
        strongest = np.lexsort((like, line, -weight))
        group = _join(group, voter, line[strongest], like[strongest])
    day = np.where(lines.day == 0, np.iinfo(np.int32).max, lines.day)
    order = np.lexsort((np.arange(len(lines)), day, group))
    starts = np.flatnonzero(np.append(True, group[order][1:] != group[order][:-1])) if len(order) else order
    earliest = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    result = np.full(len(lines), NOBODY, dtype=np.int64)
    result[order] = np.where(earliest == order, NOBODY, earliest)
    return result


def certain_voters(links: Links) -> Ints:
    """Give the voter of every line whose link is beyond doubt; -1 for the other lines."""
    return np.where(proposed(links) & (links.probability >= CERTAIN_FROM), links.row, NOBODY)


def pairs_of_lines(
    lines: People,
    voters: People,
    sheets: Ints,
    sheet_zip: Ints,
    links: Links,
    which: Ints,
    *,
    clean_share: float,
    block: int,
) -> Iterator[tuple[Candidates, Floats]]:
    """Find the lines that may repeat those named in `which`, and compare them: a column for each of `PAIR_FEATURES`.

    In the pairs given, `row` is the other line. See `find_duplicates` for the parameters.
    """
    if not len(which):
        return
    order = np.lexsort((np.arange(len(lines)), lines.zip5))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    columns = {name: Column(c.values, c.codes[order], c.hashes, c.pairs) for name, c in lines.columns.items()}
    index = Index.of(People(columns, lines.zip5[order], lines.day[order]))
    holders = _Holders(links)
    window = min(_WINDOW, _SCANNED // len(which))
    for start in range(0, len(which), block):
        part = which[start : start + block]
        pairs = find_candidates(index, lines, part, sheet_zip)
        found, same_name = np.zeros(len(part), np.int64), np.zeros(len(part), np.int64)
        at = np.searchsorted(part, pairs.line)
        found[at], same_name[at] = pairs.found, pairs.same_name
        held, holder = holders.of(part)
        packed = [pairs.line << 32 | pairs.row, held << 32 | place[holder]]
        packed.extend(_alike_nearby(index, lines, part, zips, order, window) for zips in (lines.zip5, sheet_zip))
        once = distinct(np.concatenate(packed))
        line, row = once >> 32, once & 0xFFFFFFFF
        line, row = line[order[row] != line], row[order[row] != line]
        score = cheap_score(lines, line, index.people, row)
        best = np.lexsort((row, -score, line))
        line, row, score = line[best], row[best], score[best]
        likely = (np.arange(len(line)) - np.searchsorted(line, line) < _KEPT) & (score >= _SCORE_FROM)
        line, row, score = line[likely], row[likely], score[likely]
        at = np.searchsorted(part, line)
        pairs = Candidates(line, row, score, found[at], same_name[at])
        table = compare(lines, pairs, index.people, sheet_zip, clean_share, everybody=voters)
        pairs.row = order[row]
        same_sheet = sheets[line] == sheets[pairs.row]
        next_line = same_sheet & (np.abs(line - pairs.row) == 1)
        yield pairs, np.column_stack([table, *_shared_voters(links, line, pairs.row), same_sheet, next_line])


def _alike_nearby(
    index: Index, lines: People, which: Ints, zips: npt.NDArray[Any], order: Ints, window: int
) -> npt.NDArray[np.int64]:
    """Look through the lines of a zip that stand nearest in the petition for names with many letter pairs in common.

    Returns (line << 32) | row of the index.
    """
    low, high = index.zip_rows(zips[which].astype(np.int64))
    middle = np.searchsorted(
        lines.zip5[order].astype(np.int64) << 32 | order, zips[which].astype(np.int64) << 32 | which
    )
    start = np.clip(middle - window // 2, low, np.maximum(high - window, low))
    counts = np.minimum(high - start, window) * (window > 0)
    ends = np.cumsum(counts)
    found = [np.zeros(0, np.int64)]
    at = 0
    while at < len(which):
        before = ends[at - 1] if at else 0
        stop = max(int(np.searchsorted(ends, before + _SCANNED_AT_ONCE, side="right")), at + 1)
        size = counts[at:stop]
        line = np.repeat(which[at:stop], size)
        row = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(start[at:stop], size)
        given, surname = (
            alike(lines[name].pairs_of(line), index.people[name].pairs_of(row)) for name in ("first", "last")
        )
        like = np.flatnonzero(6 * given + 9 * surname >= _LIKE_FROM)
        nearest = like[_first_few(line[like], np.abs(row[like] - np.repeat(middle[at:stop], size)[like]))]
        found.append(line[nearest] << 32 | row[nearest])
        at = stop
    return np.concatenate(found)


def _first_few(line: Ints, distance: Ints) -> Ints:
    """Give the places of at most `_LIKE_KEPT` pairs a line, the nearest; the lines come in increasing order.

    So a street of namesakes is not compared whole.
    """
    order = np.lexsort((distance, line))
    rank = np.arange(len(line)) - np.searchsorted(line, line)
    return np.sort(order[rank < _LIKE_KEPT])


class _Holders:
    """The first two lines of every voter, by likely links."""

    def __init__(self, links: Links) -> None:
        self._links = links
        line = np.flatnonzero((links.row != NOBODY) & (links.probability >= 0.3))
        order = line[np.argsort(links.row[line], kind="stable")]
        self._voters, starts, counts = np.unique(links.row[order], return_index=True, return_counts=True)
        self._first = order[starts] if len(order) else order
        self._second = order[starts + np.minimum(counts - 1, 1)] if len(order) else order

    def of(self, which: Ints) -> tuple[Ints, Ints]:
        """Give pairs of a line and another that is likely of a voter the line may be of."""
        lines, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        links = self._links
        for row, probability in ((links.row, links.probability), (links.runner_up, links.runner_up_probability)):
            asked = which[(row[which] != NOBODY) & (probability[which] >= _POSSIBLE_FROM)]
            place = np.searchsorted(self._voters, row[asked])
            inside = place < len(self._voters)
            asked, place = asked[inside], place[inside]
            there = self._voters[place] == row[asked]
            for holder in (self._first, self._second):
                lines.append(asked[there])
                others.append(holder[place[there]])
        return np.concatenate(lines), np.concatenate(others)


def _shared_voters(links: Links, line: Ints, other: Ints) -> tuple[Floats, Floats]:
    """Give the probability that two lines are one voter's, and that they are two different voters'."""
    same = np.zeros(len(line), dtype=np.float32)
    both = np.zeros(len(line), dtype=np.float32)
    kinds = ((links.row, links.probability), (links.runner_up, links.runner_up_probability))
    for row, probability in kinds:
        for their_row, their_probability in kinds:
            product = probability[line] * their_probability[other]
            known = (row[line] != NOBODY) & (their_row[other] != NOBODY)
            both += np.where(known, product, 0)
            same += np.where(known & (row[line] == their_row[other]), product, 0)
    return same, both - same


def _strongest(pairs: Candidates, weight: Floats, same: npt.NDArray[np.bool_]) -> Ints:
    at = np.flatnonzero(same)
    order = at[np.lexsort((pairs.row[at], -weight[at], pairs.line[at]))]
    line = pairs.line[order]
    return order[np.append(True, line[1:] != line[:-1])] if len(order) else order


def _join(group: Ints, voter: Ints, line: Ints, like: Ints) -> Ints:
    """Join groups along the pairs given, never two that hold different voters."""
    parent = group.copy()

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = int(parent[at])
        return at

    held = voter.copy()
    for a, b in zip(line.tolist(), like.tolist(), strict=True):
        first, second = root(a), root(b)
        if first == second or (held[first] != NOBODY and held[second] != NOBODY):
            continue
        parent[second] = first
        held[first] = held[second] if held[first] == NOBODY else held[first]
    for at in np.unique(np.concatenate([line, like, group])).tolist() if len(line) else []:
        parent[at] = root(at)
    return parent[group] if len(line) else group
