"""What a record is a record of: a margin or a share, in each unit in which it can be said, exactly.

A share of all votes cannot be known where the total is missing, but it is not unknown either: the total is at least
the votes that are counted, so the share is at most that of these votes alone. Such a value is a span, and a span that
lies whole on one side of another value compares with it as surely as a number does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from referenda.elections.time_table import Election

UnitKind = Literal["votes", "points", "two-party", "ratio"]
UNIT_KINDS: tuple[UnitKind, ...] = ("votes", "points", "two-party", "ratio")


@dataclass(frozen=True)
class Span:
    """An exact value (`low` is `high`), or the bounds between which it lies; None where a bound is not known."""

    low: Fraction | None
    high: Fraction | None

    @property
    def exact(self) -> Fraction | None:
        """Give the value where it is known, else None."""
        return self.low if self.low == self.high else None

    def above(self, other: Span) -> bool | None:
        """Say whether this value is above another; None where the bounds do not tell."""
        if self.low is not None and other.high is not None and self.low > other.high:
            return True
        if self.high is not None and other.low is not None and self.high <= other.low:
            return False
        return None

    def reaches(self, other: Span) -> bool | None:
        """Say whether this value is as high as another; None where the bounds do not tell."""
        under = other.above(self)
        return None if under is None else not under

    def turned(self) -> Span:
        """Give the value below zero, so that the lowest becomes the highest."""
        return Span(None if self.high is None else -self.high, None if self.low is None else -self.low)


UNKNOWN = Span(None, None)


def exactly(value: Fraction | int) -> Span:
    """Give the span of a value that is known."""
    return Span(Fraction(value), Fraction(value))


@dataclass(frozen=True)
class Unit:
    """One way to say a value: in votes, in points (or as a share) of a total, of the two alone, or as a ratio."""

    kind: UnitKind
    of: str | None = None

    def __str__(self) -> str:
        return f"points of {self.of}" if self.of else self.kind

    @property
    def is_share(self) -> bool:
        """Say whether values lie in [0, 1], and are shown in hundredths."""
        return self.kind in ("points", "two-party")


@dataclass(frozen=True)
class Measured:
    """A margin between two columns, or the share of one column (beside another, where one is named).

    Parameters
    ----------
    kind
        `margin`: votes of the leading column less those of the other; `share`: the votes of `first`.
    first, second
        Names of columns; `second` may be absent from a share.
    totals
        Columns of which the value is taken in points; each holds at least what `first` and `second` hold together.
    """

    kind: Literal["margin", "share"]
    first: str
    second: str | None = None
    totals: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Give every unit in which this can be said, in the order in which they are shown."""
        pair = (Unit("two-party"), Unit("ratio")) if self.second else ()
        return (Unit("votes"), *(Unit("points", total) for total in self.totals), *pair)

    @property
    def parts(self) -> tuple[str, ...]:
        """Give the columns whose votes are set against a total."""
        return (self.first, self.second) if self.second else (self.first,)

    def leader(self, election: Election) -> str | None:
        """Give the column with more votes; None for a tie, for a share and where a count is missing."""
        first, second = (election.counts.get(name) for name in (self.first, self.second or ""))
        if self.kind == "share" or first is None or second is None or first == second:
            return None
        return self.first if first > second else self.second

    def value(self, election: Election, unit: Unit, *, led_by: str | None = None) -> Span | None:
        """Compute the value of one election.

        Parameters
        ----------
        election
            Its counts.
        unit
            One of `units`.
        led_by
            Compare a margin only where this column led.

        Returns
        -------
        Span or None
            Exact, with bounds where a total is missing, `UNKNOWN` where a count is missing or nothing can be divided;
            None where it is not to be compared, because another column led.
        """
        first = election.counts.get(self.first)
        second = election.counts.get(self.second) if self.second else None
        if first is None or (second is None and (self.kind == "margin" or unit.kind in ("two-party", "ratio"))):
            return UNKNOWN
        if led_by is not None and self.leader(election) != led_by:
            return None
        other = second or 0
        counted = first + other
        over, under = (first, other) if self.kind == "share" else (max(first, other), min(first, other))
        if unit.kind == "ratio":
            return exactly(Fraction(over, under)) if under else UNKNOWN
        votes = first if self.kind == "share" else over - under
        if unit.kind == "votes":
            return exactly(votes)
        total = election.counts.get(unit.of) if unit.of else counted
        if total is None:
            return _at_most(votes, counted)
        return exactly(Fraction(votes, total)) if total else UNKNOWN

    def missing(self, election: Election, unit: Unit) -> str:
        """Say in words why a value is not known."""
        columns = [*self.parts, *([unit.of] if unit.of else [])]
        empty = [name for name in columns if election.counts.get(name) is None]
        if not empty:
            return "nothing can be divided by 0"
        return f"{' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} missing"


def _at_most(votes: int, counted: int) -> Span:
    """Bound the share of votes in a total that is not known, but is no less than the votes that are counted."""
    if counted == 0:
        return UNKNOWN
    return Span(Fraction(0), Fraction(votes, counted))
