"""A table of votes through time: one row an election, with its counts, and what is missing from it.

A table tells nothing of the elections that it leaves out. Where its rows come at a usual distance (every four years)
a wider step between two neighbours is a gap, and whoever says "since" over a gap has to say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple


class Moment(NamedTuple):
    """When an election was held: a year alone (month and day are 0), or a day."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}" if self.month else str(self.year)


class Gap(NamedTuple):
    """Two moments between which a row is missing; `later` itself is in the table."""

    earlier: Moment
    later: Moment

    def __str__(self) -> str:
        return f"nothing between {self.earlier} and {self.later}"


@dataclass(frozen=True)
class Election:
    """One row: counts by column (whole numbers from zero, None where the cell is empty), a note and a source."""

    moment: Moment
    counts: Mapping[str, int | None]
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class TimeTable:
    """Elections in the order of time, no two at one moment.

    `every` is how many years at most lie between two neighbours where none is missing; None where that is not known,
    and then no gap can be seen.
    """

    name: str
    elections: tuple[Election, ...]
    every: int | None
    gaps: tuple[Gap, ...] = field(init=False)

    def __post_init__(self) -> None:
        steps = pairwise(election.moment for election in self.elections)
        every = self.every
        wide = () if every is None else tuple(Gap(a, b) for a, b in steps if b.year - a.year > every)
        object.__setattr__(self, "gaps", wide)

    @property
    def first(self) -> Moment:
        """Give the first moment of the table."""
        return self.elections[0].moment

    @property
    def last(self) -> Moment:
        """Give the last moment of the table."""
        return self.elections[-1].moment

    def gaps_within(self, after_year: int, until: Moment) -> tuple[Gap, ...]:
        """Give the gaps in which an election after a year and before a moment may be missing."""
        every = self.every or 1
        return tuple(gap for gap in self.gaps if gap.earlier < until and _last_missing(gap, every) > after_year)


def _last_missing(gap: Gap, every: int) -> int:
    whole = (gap.later.year - gap.earlier.year) % every == 0
    return gap.later.year - (every if whole else 1)


def usual_distance(moments: tuple[Moment, ...]) -> int | None:
    """Find at which distance, in years, the rows of a table come.

    Returns
    -------
    int or None
        The distance of more than half of at least two pairs of neighbours (those of one year left out), else None.

    Examples
    --------
    >>> usual_distance((Moment(2000), Moment(2004), Moment(2008), Moment(2016)))
    4
    """
    steps = Counter(b.year - a.year for a, b in pairwise(moments) if b.year > a.year)
    if steps.total() < 2:
        return None
    distance, often = steps.most_common(1)[0]
    return distance if 2 * often > steps.total() else None
