"""Lines that one signer wrote twice: by the registration both are linked to, and line against line.

Lines linked to one voter beyond doubt are one signer's. Every other line (people not in the file, movers, names that
cannot be read, father or son) is compared with the lines most like it (`line_pairs`), by the comparisons that find
voters and by how probable it is that both lines are one voter's or two different ones'. A model of its own weighs
these from either line. Lines that are most probably one signer's are joined first, and whoever is joined to either
of them follows; two groups of different voters are never joined by a line between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from referenda.linkage.blocking import Candidates
from referenda.linkage.comparison import FEATURES, compare
from referenda.linkage.decide import proposed
from referenda.linkage.key_arrays import Index
from referenda.linkage.line_pairs import Faces, pairs_by_keys
from referenda.linkage.model import Model
from referenda.linkage.people import People
from referenda.linkage.stages import NOBODY, Links

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

PAIR_FEATURES = (
    *FEATURES,
    *("same_voter", "other_voter", "line_linked", "other_linked"),
    *("same_sheet", "next_line", "registered", "again", "name_run", "address_run"),
)
"""What is compared of two lines, in the order of the columns.

How probable it is that both are one voter's, or two voters', and that each is the voter's proposed for it; whether they
stand on one sheet or next to each other (nobody signs twice in a row); whether the other line is compared by the face
of its registration; how often lines repeat others in this petition; and names and addresses as one word each.
"""

CERTAIN_FROM = 0.99
"""Least probability of a link that puts a line into its voter's group without a look at the other lines."""

SAME_FROM = 0.6
"""Least probability that two lines are one signer's."""

_LIKELY_FROM = 0.3
_POSSIBLE_FROM = 0.05


@cache
def shipped_pair_model() -> Model:
    """Load the model of two lines that comes with the package."""
    with as_file(files("referenda.linkage") / "data" / "duplicates.npz") as path:
        return Model.load(path, PAIR_FEATURES)


def find_duplicates(
    lines: People,
    voters: Index,
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
        The voter file, which says how common a name is and what the registrations of signers say.
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
    found: list[tuple[Ints, Floats]] = []
    loose = np.flatnonzero(voter == NOBODY)
    for pairs, table in pairs_of_lines(
        lines, voters, sheets, sheet_zip, links, loose, clean_share=clean_share, block=block
    ):
        first, second = np.minimum(pairs.line, pairs.row), np.maximum(pairs.line, pairs.row)
        found.append((first << 32 | second, pair_model.weigh(table)))
    if found:
        pair, weight = _once(*(np.concatenate(column) for column in zip(*found, strict=True)))
        probability = pair_model.calibrate((1 / (1 + np.exp(-weight))).astype(np.float32))
        same = np.flatnonzero(probability >= SAME_FROM)
        same = same[np.lexsort((pair[same], -weight[same]))]
        group = _join(group, voter, pair[same] >> 32, pair[same] & 0xFFFFFFFF)
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
    voters: Index,
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
    certain = certain_voters(links)
    faces, holders = Faces.of(lines, voters, sheet_zip, links, certain), _Holders(links)
    people, again = faces.index.people, _repeating(certain, len(voters.people))
    for start in range(0, len(which), block):
        part = which[start : start + block]
        pairs = pairs_by_keys(faces, lines, part, sheet_zip, holders.of(part))
        table = compare(lines, pairs, people, sheet_zip, clean_share, everybody=voters.people)
        line, row = pairs.line, pairs.row
        pairs.row = other = faces.line[row]
        same_sheet = sheets[line] == sheets[other]
        more = (
            *_shared_voters(links, line, other),
            *(links.probability[line], links.probability[other]),
            *(same_sheet, same_sheet & (np.abs(line - other) == 1)),
            *(faces.registered[row], np.full(len(line), again)),
            *(_run(lines, line, people, row, fields) for fields in (("first", "last"), ("number", "street"))),
        )
        yield pairs, np.column_stack([table, *(column.astype(np.float32) for column in more)])


def _run(lines: People, line: Ints, others: People, row: Ints, fields: tuple[str, ...]) -> Floats:
    """Measure two fields as one word, as they are where a machine lost the space; 0 where nothing is known."""
    mine, theirs = (
        np.stack([people[field].hash_of(who) for field in fields]) for people, who in ((lines, line), (others, row))
    )
    result: Floats = ((mine == theirs).all(axis=0) & (mine != 0).any(axis=0)).astype(np.float32)
    rest = np.flatnonzero((mine != theirs).any(axis=0) & (mine != 0).any(axis=0) & (theirs != 0).any(axis=0))
    sides = []
    for people, who in ((lines, line[rest]), (others, row[rest])):
        words = [people[field].words[people[field].codes[who]].tolist() for field in fields]
        sides.append(["".join(parts).replace(" ", "")[:64] for parts in zip(*words, strict=True)])
    result[rest] = cpdist(*sides, scorer=fuzz.ratio, dtype=np.float32) / 100
    return result


def _repeating(certain: Ints, voters: int) -> float:
    """Give how many times more often a line repeats a given one than it is another given voter's, as decimal log.

    Counted among the lines whose voter is beyond doubt. Where father and son fit alike, nothing else speaks for one.
    """
    lines = int((certain != NOBODY).sum())
    repeated = lines - len(np.unique(certain[certain != NOBODY]))
    return float(np.log10((repeated + 1) / (lines + 1)) - np.log10((lines + 1) / (voters + 1)))


class _Holders:
    """The first two lines of every voter, by likely links."""

    def __init__(self, links: Links) -> None:
        self._links = links
        line = np.flatnonzero((links.row != NOBODY) & (links.probability >= _LIKELY_FROM))
        order = line[np.argsort(links.row[line], kind="stable")]
        self._voters, starts, counts = np.unique(links.row[order], return_index=True, return_counts=True)
        self._first = order[starts] if len(order) else order
        self._second = order[starts + np.minimum(counts - 1, 1)] if len(order) else order

    def of(self, which: Ints) -> Ints:
        """Give pairs of a line and another that is likely of a voter the line may be of, (line << 32) | other."""
        pairs = [np.zeros(0, np.int64)]
        links = self._links
        for row, probability in ((links.row, links.probability), (links.runner_up, links.runner_up_probability)):
            asked = which[(row[which] != NOBODY) & (probability[which] >= _POSSIBLE_FROM)]
            place = np.searchsorted(self._voters, row[asked])
            inside = place < len(self._voters)
            asked, place = asked[inside], place[inside]
            there = self._voters[place] == row[asked]
            pairs += [asked[there] << 32 | holder[place[there]] for holder in (self._first, self._second)]
        return np.concatenate(pairs)


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


def _once(pair: Ints, weight: Floats) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Give every pair once, with the mean of what it weighs from either line."""
    once, back = np.unique(pair, return_inverse=True)
    return once, np.bincount(back, weight) / np.bincount(back)


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
