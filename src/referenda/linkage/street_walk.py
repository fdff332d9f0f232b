"""Who lives in the street that a line seems to name: for lines that no key leads to anybody good.

A key needs one field whole at least. Where a letter is wrong in the name *and* in the address, only a person finds the
voter, by looking down the street; so does this. Voters are sorted by zip and street, so those of one street in one
zip stand together: a stretch. The two stretches of the line's zip whose street is most like the line's are walked,
and whoever agrees with the line in two of number, given name and surname, more or less, is a candidate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from referenda.linkage.keys import alike
from referenda.linkage.people import People

Ints = npt.NDArray[np.int64]

LIKE = 0.5
"""Least share of letter pairs in common for a street that is walked."""
WALKED = 2
"""Streets that are walked for a line, in every zip where it is looked for."""
FOUND = 0.8
"""Share of letter pairs in common from which the street is found, and not looked for in a further zip."""
NEARLY = 0.25
"""How much less than the street most like the line's another one may be like it, to be walked too."""
LONGEST = 2_000
"""People of a stretch, and stretches of a zip, beyond which it is not walked."""
_PAIRS = 1 << 21  # Of a line and a stretch or a person, held at a time.


@dataclass(frozen=True)
class Stretches:
    """The stretches of all voters: the first row of each with the number of voters at the end, and its street."""

    starts: Ints
    streets: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, voters: People) -> Stretches:
        """Find them."""
        street, zip5 = voters["street"].codes, voters.zip5
        new = np.flatnonzero((street[1:] != street[:-1]) | (zip5[1:] != zip5[:-1])) + 1
        starts = np.concatenate([[0], new, [len(voters)]]) if len(voters) else np.zeros(1, np.int64)
        return cls(starts.astype(np.int64), voters["street"].pairs_of(starts[:-1]))


def walk(
    stretches: Stretches, voters: People, lines: People, which: Ints, places: tuple[tuple[Ints, Ints], ...]
) -> tuple[Ints, Ints]:
    """Find the people in streets like those of lines, who agree more or less with the line's number and names.

    Parameters
    ----------
    which
        The lines.
    places
        Where to look, for every line, the most trusted first: the first row of a zip and the row after its last, both
        0 for nowhere.

    Returns
    -------
    tuple
        Places in `which`, and the rows found for them; a pair may stand twice.
    """
    asked, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    street = lines["street"].pairs_of(which)
    sought = street != 0
    for low, high in places:
        first, last = (np.searchsorted(stretches.starts, row) for row in (low, high))
        there = np.flatnonzero(sought & (last - first <= LONGEST) & (last > first))
        for some in _portions(there, (last - first)[there]):
            line, stretch = _spread(some, first[some], last[some])
            like = alike(street[line], stretches.streets[stretch])
            size = stretches.starts[stretch + 1] - stretches.starts[stretch]
            kept = np.flatnonzero((like >= LIKE) & (size <= LONGEST))
            kept = kept[np.lexsort((-like[kept], line[kept]))]
            rank = _rank(line[kept])
            kept = kept[(rank < WALKED) & (like[kept] >= like[kept][np.arange(len(kept)) - rank] - NEARLY)]
            sought[line[kept[like[kept] >= FOUND]]] = False
            for few in _portions(kept, size[kept]):
                here, row = _spread(line[few], stretches.starts[stretch[few]], stretches.starts[stretch[few] + 1])
                fits = _like(lines, which[here], voters, row)
                asked.append(here[fits])
                rows.append(row[fits])
    return np.concatenate(asked), np.concatenate(rows)


def _like(lines: People, line: Ints, voters: People, row: Ints) -> npt.NDArray[np.bool_]:
    """Say who agrees with the line in two of number, given name and surname, or in one where the line lacks another.

    Half the letter pairs have to be the same; names may have changed places.
    """
    number = lines["number"].pairs_of(line)
    agree = _half(number, voters["number"].pairs_of(row)).astype(np.int8)
    (first, last), (given, surname) = (
        [people[name].pairs_of(who) for name in ("first", "last")] for people, who in ((lines, line), (voters, row))
    )
    straight = _half(first, given).astype(np.int8) + _half(last, surname)
    agree += np.maximum(straight, _half(first, surname).astype(np.int8) + _half(last, given))
    wanted = 2 - ((number == 0) | (first == 0) | (last == 0))
    return np.asarray(agree >= wanted)


def _half(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    both = np.bitwise_count(a & b)
    return np.asarray((4 * both >= np.bitwise_count(a) + np.bitwise_count(b)) & (both > 0))


def _spread(who: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Give every whole number from `first` up to, not including, `last`, beside the one it is for."""
    counts = last - first
    return np.repeat(who, counts), np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)


def _portions(values: Ints, weights: Ints) -> list[Ints]:
    """Part values, so that the weights of a part come to about `_PAIRS` at most."""
    if not len(values):
        return []
    return np.split(values, np.flatnonzero(np.diff(np.cumsum(weights) // _PAIRS)) + 1)


def _rank(line: Ints) -> Ints:
    """Count, for every place of sorted lines, the places before it of the same line."""
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1])) if len(line) else np.zeros(0, np.int64)
    return np.arange(len(line)) - np.repeat(starts, np.diff(np.append(starts, len(line))))
