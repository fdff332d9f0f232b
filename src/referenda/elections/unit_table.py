"""A table of units and choices with exact counts: what was counted where, and the sums that follow.

A unit is a place whose votes are counted together (a precinct, a county, a state); a choice is what a vote can be for
(yes and no, or candidates). The first two choices are the pair whose margin is asked for. Counts are whole numbers;
those registered and the ballots may be unknown.

Rules know yes and no: yes is the first choice, no is all others together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from referenda.errors import Fault, InputError
from referenda.law.tally import Tally
from referenda.terms.names import did_you_mean


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its name, its votes for each choice (in the order of the table), and what else is known of it.

    `weight` is what it counts for among the units (a Swiss half-canton 1/2, a state its electors), not a factor of
    its votes.
    """

    name: str
    votes: tuple[int, ...]
    registered: int | None = None
    ballots: int | None = None
    weight: Fraction = Fraction(1)

    @property
    def margin(self) -> int:
        """Votes for the first choice less votes for the second."""
        return self.votes[0] - self.votes[1]

    @property
    def leader(self) -> int | None:
        """The place of the choice with the most votes; None where two or more have the same."""
        most = max(self.votes)
        return self.votes.index(most) if self.votes.count(most) == 1 else None

    def faults(self) -> list[Fault]:
        """Say what cannot be in its counts."""
        valid, faults = sum(self.votes), []
        if self.ballots is not None and valid > self.ballots:
            message = f"the votes of {self.name} make {valid:,}, and its ballots are {self.ballots:,}"
            faults.append(Fault(message, column="ballots", remedy="Correct one of them, or leave ballots empty."))
        cast, what = (valid, "the votes") if self.ballots is None else (self.ballots, "the ballots")
        if self.registered is not None and cast > self.registered:
            message = f"{what} of {self.name} are {cast:,}, and {self.registered:,} are registered in it"
            remedy = "Correct one of them; where people register on the day itself, leave registered empty."
            faults.append(Fault(message, column="registered", remedy=remedy))
        return faults


@dataclass(frozen=True)
class UnitTable:
    """The units of a vote and the choices they were counted for, at least two; `name` and `source` are for people."""

    name: str
    choices: tuple[str, ...]
    units: tuple[Unit, ...]
    source: str = ""

    def __post_init__(self) -> None:
        if len(self.choices) < 2:
            remedy = "Give one column for each choice, such as yes and no."
            raise InputError(Fault("a margin needs two choices", value=", ".join(self.choices) or None, remedy=remedy))

    @property
    def totals(self) -> tuple[int, ...]:
        """The votes for each choice."""
        return tuple(sum(counts) for counts in zip(*(unit.votes for unit in self.units), strict=True))

    @property
    def registered(self) -> int | None:
        """Those registered, None unless every unit says how many."""
        return _sum(unit.registered for unit in self.units)

    @property
    def ballots(self) -> int | None:
        """The ballots cast, None unless every unit says how many."""
        return _sum(unit.ballots for unit in self.units)

    @property
    def margin(self) -> int:
        """Votes for the first choice less votes for the second."""
        return sum(unit.margin for unit in self.units)

    def tally(self) -> Tally:
        """Add up to the counts that a rule is asked about; a unit has carried where the first choice leads."""
        totals = self.totals
        return Tally(
            registered=self.registered,
            ballots=self.ballots,
            yes=totals[0],
            no=sum(totals[1:]),
            units=sum((unit.weight for unit in self.units), Fraction(0)),
            units_carried=sum((unit.weight for unit in self.units if unit.leader == 0), Fraction(0)),
        )

    def weight_carried(self) -> tuple[Fraction, ...]:
        """Add up, for each choice, the weight of the units in which it leads (tied ones are nobody's)."""
        carried = [Fraction(0)] * len(self.choices)
        for unit in self.units:
            if unit.leader is not None:
                carried[unit.leader] += unit.weight
        return tuple(carried)

    def of_pair(self, first: str, second: str) -> UnitTable:
        """Put two choices first, so that the margin is that of the one over the other.

        Raises
        ------
        InputError
            A choice is not known, or both are the same.
        """
        wanted = [find_name(name, self.choices, what="choice") for name in (first, second)]
        if wanted[0] == wanted[1]:
            raise InputError(Fault("a margin needs two different choices", value=f"{first}:{second}"))
        order = wanted + [place for place in range(len(self.choices)) if place not in wanted]
        units = tuple(
            Unit(unit.name, tuple(unit.votes[at] for at in order), unit.registered, unit.ballots, unit.weight)
            for unit in self.units
        )
        return UnitTable(self.name, tuple(self.choices[at] for at in order), units, self.source)

    def as_dict(self) -> dict[str, Any]:
        """Give what it is under the names of `--json`, without its units."""
        return {"name": self.name, "source": self.source, "choices": list(self.choices), "units": len(self.units)}


def same_name(name: str) -> str:
    """Give a name as it is compared: capitals and spaces do not matter."""
    return " ".join(name.casefold().split())


def find_name(name: str, known: Sequence[str], *, what: str) -> int:
    """Find the place of a name among those known; capitals and spaces do not matter.

    Raises
    ------
    InputError
        No such name is known; the remedy has the one that was perhaps meant.
    """
    for place, each in enumerate(known):
        if same_name(each) == same_name(name):
            return place
    remedy = did_you_mean(name, known, what="There are") if len(known) <= 60 else did_you_mean(name, known)[:200]
    raise InputError(Fault(f"the table has no {what} of this name", value=name, remedy=remedy))


def _sum(counts: Iterable[int | None]) -> int | None:
    known = 0
    for count in counts:
        if count is None:
            return None
        known += count
    return known
