"""Votes counted by territorial units: which units carry, and what they make together.

A unit has a weight (a Swiss half-canton counts 1/2; a territory that votes but is no unit counts 0), and carries
under a rule of its own, most often `yes > no`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from referenda.errors import Fault, InputError
from referenda.law.tally import Tally, flag
from referenda.terms.quantity import exact_text, plain, shown

SUMMED = ("registered", "ballots", "valid", "yes", "no", "invalid", "election_ballots")


@dataclass(frozen=True)
class UnitVote:
    """One unit: its name, its weight, its counts as far as they are known, and whether it carries."""

    name: str
    weight: Fraction
    tally: Tally
    carried: bool

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        counts = {name: plain(count) for name, count in self.tally.known().items()}
        return {"unit": self.name, "weight": exact_text(self.weight), "carried": self.carried, **counts}


def total_of(units: Sequence[UnitVote], **given: int | None) -> Tally:
    """Add the units up to the counts of the whole vote.

    Parameters
    ----------
    units
        Every unit, once.
    given
        Counts of the whole vote that are known from elsewhere, in votes.

    Raises
    ------
    InputError
        A count that is given is not the sum of the units (when every unit has it), or the counts contradict
        each other; every fault is named.
    """
    faults: list[Fault] = []
    counts: dict[str, int | None] = dict(given)
    for name in SUMMED:
        parts = [part for unit in units if (part := getattr(unit.tally, name)) is not None]
        if not units or len(parts) != len(units):
            continue
        total, stated = sum(parts), given.get(name)
        if stated is None:
            counts[name] = total
        elif stated != total:
            message = f"{name} is given as {shown(stated)}, and the units add up to {shown(total)}"
            remedy = f"Leave out {flag(name)} to take the sum, or add what is missing as a unit of weight 0."
            faults.append(Fault(message, remedy=remedy))
    if faults:
        raise InputError(*faults)
    if not units:
        return Tally(**counts)
    return Tally(
        **counts,
        units=sum((unit.weight for unit in units), Fraction(0)),
        units_carried=sum((unit.weight for unit in units if unit.carried), Fraction(0)),
    )
