"""The plan of a match, in stages that stop early: exact, then candidates by keys, then the full comparison.

Lines whose name and address are in the voter file as written, for one voter only and with nothing against it, are
decided at once. The others get their best few candidates, which are compared in full and share one probability.
Every stage is done for the lines that are named, apart from all others: so lines are worked on in blocks, memory does
not grow with the petition, and the answer does not depend on who does which block, or where (`blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from referenda.linkage.blocking import Candidates, Marks, Probe, ask, find_candidates, line_keys
from referenda.linkage.comparison import compare
from referenda.linkage.key_arrays import Index
from referenda.linkage.model import Model, in_larger_file, posterior
from referenda.linkage.people import People

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

NOBODY = -1

_EXACT = Probe("name", ("last", "first"))


@dataclass
class Links:
    """For every line: its best registration and the runner-up by row (-1: none), each with its probability."""

    row: Ints
    probability: Floats
    runner_up: Ints
    runner_up_probability: Floats
    exact: Flags
    capped: Marks

    @classmethod
    def nothing(cls, count: int) -> Links:
        """Start with no link for any line."""
        return cls(
            np.full(count, NOBODY, dtype=np.int64),
            np.zeros(count, np.float32),
            np.full(count, NOBODY, dtype=np.int64),
            np.zeros(count, np.float32),
            np.zeros(count, bool),
            np.zeros(count, np.uint32),
        )

    def put(self, which: Ints, found: Links) -> None:
        """Take over what was found for the lines named in `which`."""
        for name, column in vars(found).items():
            getattr(self, name)[which] = column


def zip_of_sheets(lines: People, sheets: Ints, index: Index) -> Ints:
    """Give for every line the zip that most lines of its sheet name, among those the voter file knows; 0 if none."""
    zip5 = lines.zip5.astype(np.int64)
    known = np.flatnonzero(index.zip_rows(zip5)[1] > 0)
    result = np.zeros(len(zip5), dtype=np.int64)
    if not len(known):
        return result
    packed, counts = np.unique(sheets[known] * 100_000 + zip5[known], return_counts=True)
    order = np.lexsort((packed, -counts, packed // 100_000))
    sheet, first = np.unique(packed[order] // 100_000, return_index=True)
    chosen = packed[order][first] % 100_000
    place = np.minimum(np.searchsorted(sheet, sheets), len(sheet) - 1)
    return np.where(sheet[place] == sheets, chosen[place], 0)


def match_exact(index: Index, lines: People, which: Ints) -> Links:
    """Find the lines that fit one voter in name, number, street and zip or city, with nothing against it.

    Parameters
    ----------
    which
        Lines to look up, in increasing order. The result has one entry for each, whatever other lines there are.
    """
    voters = index.people
    links = Links.nothing(len(which))
    keys = line_keys(lines, which, _EXACT.fields)
    low, high = index.zip_rows(lines.zip5[which].astype(np.int64))
    everywhere = high == 0
    low, high = np.where(everywhere, 0, low), np.where(everywhere, len(voters), high)
    (asked, row), _ = ask(index, _EXACT, keys, low, high, low)
    line = which[asked]
    same = np.ones(len(line), dtype=bool)
    for field in ("number", "street", "last", "first"):
        mine = lines[field].hash_of(line)
        same &= (mine != 0) & (mine == voters[field].hash_of(row))
    city = lines["city"].hash_of(line)
    same &= (lines.zip5[line] == voters.zip5[row]) | ((city != 0) & (city == voters["city"].hash_of(row)))
    asked, row = asked[same], row[same]
    fits = np.bincount(asked, minlength=len(which))
    kept = (fits[asked] == 1) & ~contradicts(lines, which[asked], voters, row)
    links.row[asked[kept]] = row[kept]
    links.exact[asked[kept]] = True
    return links


def contradicts(lines: People, line: Ints, voters: People, row: Ints) -> Flags:
    """Say where the unit, the suffix, a second surname or the first letter of the middle name speaks against a pair."""
    unit, their_unit = lines["unit"].hash_of(line), voters["unit"].hash_of(row)
    second, their_second = lines["second"].hash_of(line), voters["second"].hash_of(row)
    against = ((unit != their_unit) & (unit != 0)) | ((second != their_second) & (second != 0))
    suffix, their_suffix = lines["suffix"].hash_of(line), voters["suffix"].hash_of(row)
    return np.asarray(against | ((suffix != their_suffix) & (suffix != 0)) | another_middle(lines, line, voters, row))


def another_middle(lines: People, line: Ints, voters: People, row: Ints) -> Flags:
    """Say where both give a middle name, and their first letters differ."""
    middle, other = lines["middle"], voters["middle"]
    letter, their_letter = middle.letters[middle.codes[line]], other.letters[other.codes[row]]
    return np.asarray((letter != their_letter) & (letter != 0) & (their_letter != 0))


def match_rest(index: Index, lines: People, which: Ints, sheet_zip: Ints, model: Model, *, clean_share: float) -> Links:
    """Find and weigh candidates for the lines named in `which`, in increasing order, at most 2^18 of them.

    Parameters
    ----------
    sheet_zip
        For every line, the zip that most lines of its sheet name.
    clean_share
        Share of the whole petition's lines that were decided exactly, in [0, 1].
    """
    pairs = find_candidates(index, lines, which, sheet_zip)
    table = compare(lines, pairs, index.people, sheet_zip, clean_share)
    links = settle(which, pairs, posterior(model.weigh(table), pairs.line), model, len(index.people))
    links.capped[:] = pairs.capped
    return links


def settle(which: Ints, pairs: Candidates, probability: Floats, model: Model, voters: int) -> Links:
    """Keep the best and the second-best candidate of every line; equals stand in the order of the voter file.

    Parameters
    ----------
    voters
        Registrations in the voter file.
    """
    links = Links.nothing(len(which))
    order = np.lexsort((pairs.row, -probability, pairs.line))
    line, row, share = np.searchsorted(which, pairs.line[order]), pairs.row[order], probability[order]
    first = np.flatnonzero(np.append(True, line[1:] != line[:-1])) if len(line) else np.zeros(0, np.int64)
    links.row[line[first]] = row[first]
    links.probability[line[first]] = model.calibrate(share[first])
    second = first + 1
    second = second[second < len(line)]
    second = second[line[second] == line[second - 1]]
    links.runner_up[line[second]] = row[second]
    links.runner_up_probability[line[second]] = share[second]
    links.runner_up_probability = np.minimum(links.runner_up_probability, 1 - links.probability)
    somebody = links.probability + links.runner_up_probability
    more = in_larger_file(somebody, voters) / np.maximum(somebody, np.float32(1e-6))
    links.probability *= more
    links.runner_up_probability *= more
    return links
