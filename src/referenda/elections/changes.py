"""What may be changed in a table of votes: units left out, counts, weights, who stays home, and a swing.

Each change takes a table and gives another; nothing is estimated. Where a share of votes is taken it is rounded in
each unit, for each choice, to the nearest whole vote, and a half upwards. A vote that comes or goes is a ballot that
comes or goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction

from referenda.elections.unit_table import Unit, UnitTable, find_name, same_name
from referenda.errors import Fault, InputError
from referenda.terms.quantity import round_to, shown

COUNTED = ("registered", "ballots")


@dataclass(frozen=True)
class Changes:
    """What is asked to be changed; applied in the order of the fields.

    Attributes
    ----------
    counts
        For a unit, new counts of choices, of `registered` or of `ballots`.
    without
        Units that are left out.
    weights
        For a unit, its new weight, from zero.
    turnout
        For a choice or a unit, by what its votes are multiplied, from zero (1/2: half of them stay home).
    swing
        For one choice of the pair, the percentage points of all votes that it gains in every unit from the other,
        0 to 100; as far as the other has them.
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    without: Sequence[str] = ()
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    turnout: Sequence[tuple[str, Fraction]] = ()
    swing: Mapping[str, Fraction] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((self.counts, self.without, self.weights, self.turnout, self.swing))


@dataclass(frozen=True)
class Changed:
    """A table as changed, and what was done, in words."""

    table: UnitTable
    notes: tuple[str, ...]


def change(table: UnitTable, changes: Changes) -> Changed:
    """Apply changes to a table.

    Raises
    ------
    InputError
        A name is not known or is both a unit's and a choice's, a share is out of range, no unit is left, or the
        counts of a unit contradict each other after the change; all at once.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    units = list(table.units)
    places = {same_name(unit.name): place for place, unit in enumerate(units)}
    names = [unit.name for unit in units]

    def unit_at(name: str, option: str) -> int | None:
        place = places.get(same_name(name))
        if place is None:
            with _asked_by(option, faults):
                find_name(name, names, what="unit")
        return place

    for name, counts in changes.counts.items():
        if (place := unit_at(name, "--unit")) is not None:
            with _asked_by("--unit", faults):
                units[place] = _recounted(units[place], counts, table.choices)
                said = ", ".join(f"{each} {count:,}" for each, count in counts.items())
                notes.append(f"{names[place]}: {said}")
    left_out = {place for name in changes.without if (place := unit_at(name, "--without")) is not None}
    if left_out:
        notes.append(f"without {', '.join(names[place] for place in sorted(left_out))}")
    for name, weight in changes.weights.items():
        if (place := unit_at(name, "--weight")) is not None:
            if weight < 0:
                faults.append(Fault("a weight is below zero", column="--weight", value=name, remedy="Begin at 0."))
            units[place] = replace(units[place], weight=weight)
            notes.append(f"{names[place]} weighs {shown(weight)}")
    for name, factor in changes.turnout:
        with _asked_by("--turnout/--stay-home", faults):
            touched, choices = _meant(name, table.choices, places)
            for place in range(len(units)) if touched is None else (touched,):
                units[place] = _scaled(units[place], choices, factor)
            home = f"{shown((1 - factor) * 100)} % of {name} stay home"
            notes.append(home if factor <= 1 else f"votes of {name} times {shown(factor)}")
    units = [unit for place, unit in enumerate(units) if place not in left_out]
    if not units:
        faults.append(Fault("no unit is left", column="--without", remedy="Leave out fewer of them."))
    for choice, points in changes.swing.items():
        with _asked_by("--swing", faults):
            units, held = _swung(units, table.choices, choice, points)
            other = table.choices[1 - find_name(choice, table.choices, what="choice")]
            note = f"{shown(points)} points swing from {other} to {choice}"
            notes.append(note + (f" (as far as {other} has them: too few in {held:,})" if held else ""))
    if changes and not faults:
        faults += [replace(fault, column=None) for unit in units for fault in unit.faults()]
    if faults:
        raise InputError(*faults)
    return Changed(replace(table, units=tuple(units)), tuple(notes))


@contextmanager
def _asked_by(option: str, faults: list[Fault]) -> Iterator[None]:
    """Note the faults of what is asked inside under the option that asked it."""
    try:
        yield
    except InputError as error:
        faults += [replace(fault, column=fault.column or option) for fault in error.faults]


def _recounted(unit: Unit, counts: Mapping[str, int], choices: Sequence[str]) -> Unit:
    votes, known = list(unit.votes), {"registered": unit.registered, "ballots": None}
    for name, count in counts.items():
        place = find_name(name, (*choices, *COUNTED), what="choice")
        if place < len(choices):
            votes[place] = count
        else:
            known[COUNTED[place - len(choices)]] = count
    ballots = known["ballots"]
    if ballots is None and unit.ballots is not None:
        ballots = unit.ballots + sum(votes) - sum(unit.votes)
    return replace(unit, votes=tuple(votes), registered=known["registered"], ballots=ballots)


def _meant(name: str, choices: Sequence[str], places: Mapping[str, int]) -> tuple[int | None, frozenset[int]]:
    """Find the unit that a name means (None: all of them), and the places of the choices."""
    of_choice = [place for place, choice in enumerate(choices) if same_name(choice) == same_name(name)]
    unit = places.get(same_name(name))
    if of_choice and unit is not None:
        raise InputError(Fault("this is a choice and a unit too", value=name, remedy="Rename one in the table."))
    if unit is None and not of_choice:
        find_name(name, [*choices, *places], what="choice or unit")
    return unit, frozenset(of_choice or range(len(choices)))


def _scaled(unit: Unit, choices: frozenset[int], factor: Fraction) -> Unit:
    if factor < 0:
        raise InputError(Fault("votes cannot be multiplied by less than zero", value=shown(factor)))
    votes = tuple(
        int(round_to(count * factor, 1, "half_up")) if place in choices else count
        for place, count in enumerate(unit.votes)
    )
    ballots = None if unit.ballots is None else unit.ballots + sum(votes) - sum(unit.votes)
    return replace(unit, votes=votes, ballots=ballots)


def _swung(units: Sequence[Unit], choices: Sequence[str], choice: str, points: Fraction) -> tuple[list[Unit], int]:
    """Move votes between the pair in every unit; say in how many units there were not enough of them."""
    gaining = find_name(choice, choices, what="choice")
    if gaining > 1:
        remedy = f"Swing is between {choices[0]} and {choices[1]}; ask for another pair with --margin."
        raise InputError(Fault("this choice is not one of the two", value=choice, remedy=remedy))
    if not 0 <= points <= 100:
        raise InputError(Fault("a swing has from 0 to 100 points", value=shown(points), remedy="Write yes=1.5."))
    swung, held = [], 0
    for unit in units:
        wanted = int(round_to(sum(unit.votes) * points / 100, 1, "half_up"))
        moved = min(wanted, unit.votes[1 - gaining])
        held += moved < wanted
        votes = list(unit.votes)
        votes[gaining] += moved
        votes[1 - gaining] -= moved
        swung.append(replace(unit, votes=tuple(votes)))
    return swung, held
