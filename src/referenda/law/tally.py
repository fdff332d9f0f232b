"""The counts of a vote: what each is called, what follows from others, and where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from referenda.errors import Fault, InputError
from referenda.terms.quantity import shown

VOTES = ("registered", "ballots", "valid", "yes", "no", "invalid", "election_ballots", "voting")
UNITS = ("units", "units_carried")
QUANTITIES = frozenset({*VOTES, *UNITS})


@dataclass(frozen=True)
class Tally:
    """The counts of one vote; what is unknown is None.

    What follows from the counts that are given is filled in (`valid = yes + no`, `ballots = valid + invalid`).
    Votes are whole numbers from zero; units are weighed (a half-canton is 1/2).

    Raises
    ------
    InputError
        The counts contradict each other; every contradiction is named.
    """

    registered: int | None = None
    ballots: int | None = None
    valid: int | None = None
    yes: int | None = None
    no: int | None = None
    invalid: int | None = None
    election_ballots: int | None = None
    units: int | Fraction | None = None
    units_carried: int | Fraction | None = None

    def __post_init__(self) -> None:
        faults = [
            Fault(f"{name} is below zero", value=str(value), remedy=f"Check {flag(name)}.")
            for name, value in self.known().items()
            if value < 0
        ]
        self._add_up("valid", "yes", "no", faults)
        self._add_up("ballots", "valid", "invalid", faults)
        if self.yes is None or self.no is None:
            self._add_up("valid", "yes", "no", faults)
        smallest = ("valid",) if self.valid is not None else ("yes",) if self.yes is not None else ("no",)
        chain = [(name, getattr(self, name)) for name in (*smallest, "ballots", "election_ballots", "registered")]
        known = [(name, count) for name, count in chain if count is not None]
        faults += [
            _larger(small, large)
            for small, large in pairwise(known)
            if small[1] > large[1] and (small[0], large[0]) != ("valid", "ballots")
        ]
        if self.units is not None and self.units_carried is not None and self.units_carried > self.units:
            faults.append(_larger(("units_carried", self.units_carried), ("units", self.units)))
        if faults:
            raise InputError(*dict.fromkeys(faults))

    def _add_up(self, whole: str, first: str, second: str, faults: list[Fault]) -> None:
        """Fill in the one of three counts that is missing, or see that whole = first + second."""
        total, one, other = (getattr(self, name) for name in (whole, first, second))
        if total is not None and one is not None and other is not None:
            if total != one + other:
                message = (
                    f"{first} {one:,} and {second} {other:,} make {one + other:,}, and {whole} is given as {total:,}"
                )
                remedy = f"Correct one of them, or leave out the one you trust least ({flag(whole)}, {flag(second)})."
                faults.append(Fault(message, remedy=remedy))
        elif one is not None and other is not None:
            object.__setattr__(self, whole, one + other)
        elif total is not None:
            for name, count, rest in ((first, one, second), (second, other, first)):
                if count is not None and count > total:
                    faults.append(_larger((name, count), (whole, total)))
                elif count is not None:
                    object.__setattr__(self, rest, total - count)

    def known(self) -> dict[str, int | Fraction]:
        """Give the counts that are known."""
        return {name: count for name, count in vars(self).items() if count is not None}


def flag(name: str) -> str:
    """Give the option of the command line that gives a quantity."""
    return "--units FILE" if name in UNITS else "--" + name.replace("_", "-")


def _larger(small: tuple[str, int | Fraction], large: tuple[str, int | Fraction]) -> Fault:
    message = f"{small[0]} {shown(small[1])} is more than {large[0]} {shown(large[1])}"
    remedy = f"Check {' and '.join(dict.fromkeys((flag(small[0]), flag(large[0]))))}."
    if large[0] == "registered":
        remedy += (
            " Where people register on the day itself, give the number at the close of the polls, or leave it out."
        )
    return Fault(message, remedy=remedy)
