"""A table of units: sums, margins, weights, what is unknown and what cannot be."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.elections.unit_table import Unit, UnitTable
from referenda.errors import InputError


def test_the_counts_of_the_whole_are_those_of_the_units() -> None:
    units = (Unit("Uri", (5, 3), 20, 9, Fraction(1)), Unit("Zug", (2, 4), 10, 7, Fraction(1, 2)))
    tally = UnitTable("cantons", ("yes", "no"), units).tally()
    assert (tally.yes, tally.no, tally.invalid, tally.ballots, tally.registered) == (7, 7, 2, 16, 30)
    assert (tally.units, tally.units_carried) == (Fraction(3, 2), 1)


def test_what_one_unit_does_not_say_is_not_known_of_the_whole() -> None:
    table = UnitTable("half known", ("yes", "no"), (Unit("Uri", (5, 3), 20, 9), Unit("Zug", (2, 4))))
    assert (table.registered, table.ballots) == (None, None)


def test_no_is_all_the_other_choices_together() -> None:
    table = UnitTable("three", ("D", "R", "other"), (Unit("Ohio", (5, 4, 3)),))
    assert (table.tally().yes, table.tally().no) == (5, 7)


def test_a_unit_is_carried_by_the_choice_with_the_most_votes_and_by_none_in_a_tie() -> None:
    units = (
        Unit("Ohio", (5, 4, 3), weight=Fraction(18)),
        Unit("Iowa", (1, 1, 0), weight=Fraction(6)),
        Unit("Utah", (1, 3, 5), weight=Fraction(6)),
    )
    assert UnitTable("three", ("D", "R", "other"), units).weight_carried() == (18, 0, 6)


def test_another_pair_is_put_first() -> None:
    table = UnitTable("three", ("D", "R", "other"), (Unit("Ohio", (5, 4, 3), 20, 13),)).of_pair("OTHER", "d")
    assert table.choices == ("other", "D", "R")
    assert table.units == (Unit("Ohio", (3, 5, 4), 20, 13),)
    assert table.margin == -2


@pytest.mark.parametrize(("first", "second"), [("yes", "yes"), ("yes", "maybe")])
def test_a_pair_that_is_none_is_refused(first: str, second: str) -> None:
    with pytest.raises(InputError):
        UnitTable("t", ("yes", "no"), (Unit("Uri", (5, 3)),)).of_pair(first, second)


def test_one_choice_makes_no_margin() -> None:
    with pytest.raises(InputError, match="two choices"):
        UnitTable("t", ("yes",), (Unit("Uri", (5,)),))


@pytest.mark.parametrize(
    ("unit", "columns"),
    [
        (Unit("Uri", (5, 3), 20, 8), []),
        (Unit("Uri", (5, 3), 20, 7), ["ballots"]),
        (Unit("Uri", (5, 3), 7, None), ["registered"]),
        (Unit("Uri", (5, 3), 6, 7), ["ballots", "registered"]),
    ],
)
def test_counts_that_contradict_each_other_are_all_named(unit: Unit, columns: list[str]) -> None:
    assert columns == [fault.column for fault in unit.faults()]
