"""Lines that one signer wrote twice: by the registration both are linked to, and line against line.

Lines without a link (people not in the file, movers, names that cannot be read) are looked up among all lines, with
the keys, comparisons and weights that find voters. A line found this way joins the group of the line it resembles
most; two groups of different voters are never joined by a line between them, and a line that could be either of two
voters joins none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from referenda.linkage.blocking import PROBES, Candidates, find_candidates
from referenda.linkage.comparison import FEATURES, compare
from referenda.linkage.decide import LINK_FROM
from referenda.linkage.key_arrays import Index
from referenda.linkage.model import Model
from referenda.linkage.people import Column, People
from referenda.linkage.stages import NOBODY, Links

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

SAME_FROM = 1.0
"""Least weight (natural log odds) of two lines by one signer."""

AMBIGUOUS_FROM = 0.15
"""Least probability of a runner-up that keeps a line out of groups: a third line does not tell father from son."""


def find_duplicates(
    lines: People, sheet_zip: Ints, links: Links, model: Model, *, clean_share: float, block: int
) -> Ints:
    """Give for every line the earliest other line by the same signer; -1 for the earliest, and for lines alone."""
    group = np.arange(len(lines))
    linked = np.flatnonzero((links.row != NOBODY) & (links.probability >= LINK_FROM))
    if len(linked):
        _, first, back = np.unique(links.row[linked], return_index=True, return_inverse=True)
        group[linked] = linked[first][back]
    voter = np.where((links.row != NOBODY) & (links.probability >= LINK_FROM), links.row, NOBODY)
    group = _join(group, voter, *_alike_lines(lines, sheet_zip, voter, links, model, clean_share, block))
    day = np.where(lines.day == 0, np.iinfo(np.int32).max, lines.day)
    order = np.lexsort((np.arange(len(lines)), day, group))
    starts = np.flatnonzero(np.append(True, group[order][1:] != group[order][:-1])) if len(order) else order
    earliest = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    result = np.full(len(lines), NOBODY, dtype=np.int64)
    result[order] = np.where(earliest == order, NOBODY, earliest)
    return result


def _alike_lines(
    lines: People, sheet_zip: Ints, voter: Ints, links: Links, model: Model, clean_share: float, block: int
) -> tuple[Ints, Ints]:
    """Find for every loose line the line that resembles it most, if it resembles it enough; strongest first."""
    loose = np.flatnonzero((voter == NOBODY) & (links.runner_up_probability < AMBIGUOUS_FROM))
    if not len(loose):
        return loose, loose
    order = np.lexsort((np.arange(len(lines)), lines.zip5))
    columns = {name: Column(c.values, c.codes[order], c.hashes, c.pairs) for name, c in lines.columns.items()}
    index = Index.of(People(columns, lines.zip5[order], lines.day[order]))
    found: list[tuple[Ints, Ints, Floats]] = []
    for start in range(0, len(loose), block):
        which = loose[start : start + block]
        pairs = find_candidates(index, lines, which, sheet_zip, PROBES)
        other = order[pairs.row] != pairs.line
        pairs = replace(pairs, line=pairs.line[other], row=pairs.row[other], score=pairs.score[other])
        known = pairs.found[np.searchsorted(which, pairs.line)]
        table = compare(lines, pairs, index.people, sheet_zip, known, clean_share)
        weight = model.weigh(table)
        same = (weight >= SAME_FROM) & (table[:, FEATURES.index("address_differs")] == 0)
        best = _strongest(pairs, weight, same)
        found.append((pairs.line[best], order[pairs.row[best]], weight[best]))
    line, like, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    strongest = np.lexsort((like, line, -weight))
    return line[strongest], like[strongest]


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
