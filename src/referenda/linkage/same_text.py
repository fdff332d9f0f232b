"""Lines that say the same: a digest of all that a line says, and the first of every set of equal lines.

Two lines with one digest are given the same registration with the same probability, in whatever petition they stand:
so equal lines are matched once, and a line that was matched yesterday need not be matched today. The digest is over the
hashes of the normalised fields (`keys`), the zip, the day of signing and the zip that most lines of the sheet name.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from referenda.linkage.keys import Hashes, chain
from referenda.linkage.people import TEXT_FIELDS, Column, People
from referenda.linkage.stages import Links

Ints = npt.NDArray[np.int64]

_STEP = 1 << 20
SAID = tuple(field for field in TEXT_FIELDS if field != "status")


def digests_of(lines: People, sheet_zip: Ints) -> Hashes:
    """Give the digest of every line."""
    found = np.empty(len(lines), np.uint64)
    for start in range(0, len(lines), _STEP):
        rows = slice(start, min(start + _STEP, len(lines)))
        texts = [lines[field].hashes[lines[field].codes[rows]] for field in SAID]
        numbers = [column[rows].astype(np.int64).view(np.uint64) for column in (lines.zip5, lines.day, sheet_zip)]
        found[rows] = chain(*texts, *numbers)
    return found


def ranks_of(digests: Hashes) -> tuple[Ints, Ints]:
    """Give for every line the first line that is equal to it, and how many equal lines stand before it."""
    order = np.argsort(digests, kind="stable")
    starts = np.flatnonzero(np.append(True, digests[order][1:] != digests[order][:-1])) if len(order) else order
    sizes = np.diff(np.append(starts, len(order)))
    first, rank = np.empty_like(order), np.empty_like(order)
    first[order] = np.repeat(order[starts], sizes)
    rank[order] = np.arange(len(order)) - np.repeat(starts, sizes)
    return first, rank


def taken(people: People, rows: Ints) -> People:
    """Give some of the people, in the order of the rows."""
    columns = {name: Column(c.values, c.codes[rows], c.hashes, c.pairs) for name, c in people.columns.items()}
    return People(columns, people.zip5[rows], people.day[rows])


def links_of(links: Links, rows: Ints) -> Links:
    """Give the links of some lines, in the order of the rows."""
    return replace(links, **{name: column[rows] for name, column in vars(links).items()})
