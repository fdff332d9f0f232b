"""Changes to a table of votes: each does what it says, and what cannot be done is refused with the rest."""

from __future__ import annotations

from fractions import Fraction

import pytest

from referenda.elections.changes import Changes, change
from referenda.elections.unit_table import Unit, UnitTable
from referenda.errors import InputError

TABLE = UnitTable(
    "two cantons", ("yes", "no"), (Unit("Uri", (50, 31), 200, 90), Unit("Zug", (20, 45), 100, 66)), "made up"
)


def test_new_counts_of_a_unit_bring_their_ballots() -> None:
    changed = change(TABLE, Changes(counts={"uri": {"YES": 60, "registered": 210}}))
    assert changed.table.units[0] == Unit("Uri", (60, 31), 210, 100)
    assert changed.notes == ("Uri: YES 60, registered 210",)


def test_ballots_that_are_given_stay_as_given() -> None:
    changed = change(TABLE, Changes(counts={"Uri": {"yes": 55, "ballots": 90}}))
    assert changed.table.units[0] == Unit("Uri", (55, 31), 200, 90)


def test_a_unit_left_out_takes_its_registered_with_it() -> None:
    table = change(TABLE, Changes(without=["Uri"])).table
    assert (table.totals, table.registered, table.ballots) == ((20, 45), 100, 66)


def test_half_of_the_noes_who_stay_home_are_rounded_in_each_unit_a_half_upwards() -> None:
    table = change(TABLE, Changes(turnout=[("no", Fraction(1, 2))])).table
    assert [unit.votes for unit in table.units] == [(50, 16), (20, 23)]
    assert [unit.ballots for unit in table.units] == [75, 44]


def test_all_choices_of_one_unit_may_stay_home() -> None:
    table = change(TABLE, Changes(turnout=[("Zug", Fraction(0))])).table
    assert [unit.votes for unit in table.units] == [(50, 31), (0, 0)]
    assert table.units[1].ballots == 1


def test_a_swing_is_rounded_in_each_unit_and_takes_no_more_than_there_is() -> None:
    changed = change(TABLE, Changes(swing={"no": Fraction(40)}))  # 32.4 of 81 and 26 of 65, where yes has 20
    assert [unit.votes for unit in changed.table.units] == [(18, 63), (0, 65)]
    assert changed.notes == ("40 points swing from yes to no (as far as yes has them: too few in 1)",)


def test_a_weight_is_that_of_the_unit_and_not_of_its_votes() -> None:
    table = change(TABLE, Changes(weights={"Zug": Fraction(1, 2)})).table
    assert table.totals == TABLE.totals
    assert table.tally().units == Fraction(3, 2)


def test_every_change_that_cannot_be_made_is_named_at_once() -> None:
    changes = Changes(
        counts={"Bern": {"yes": 1}, "Uri": {"maybe": 5}},
        without=["Zugg"],
        weights={"Jura": Fraction(1)},
        turnout=[("nay", Fraction(1, 2)), ("no", Fraction(-1))],
        swing={"yes": Fraction(101)},
    )
    with pytest.raises(InputError) as caught:
        change(TABLE, changes)
    columns = [fault.column for fault in caught.value.faults]
    assert columns == ["--unit", "--unit", "--without", "--weight", *["--turnout/--stay-home"] * 2, "--swing"]
    assert caught.value.faults[2].remedy == "Did you mean Zug?"


def test_counts_that_contradict_each_other_after_the_change_are_refused() -> None:
    with pytest.raises(InputError, match="200 are registered"):
        change(TABLE, Changes(turnout=[("yes", Fraction(4))]))


def test_no_unit_left_is_no_vote() -> None:
    with pytest.raises(InputError, match="no unit is left"):
        change(TABLE, Changes(without=["Uri", "Zug"]))


def test_a_name_of_a_choice_and_a_unit_is_not_guessed() -> None:
    table = UnitTable("odd", ("yes", "no"), (Unit("No", (5, 3)),))
    with pytest.raises(InputError, match="a choice and a unit"):
        change(table, Changes(turnout=[("no", Fraction(1, 2))]))


def test_only_the_pair_swings() -> None:
    table = UnitTable("three", ("D", "R", "other"), (Unit("Ohio", (5, 4, 3)),))
    with pytest.raises(InputError, match="not one of the two"):
        change(table, Changes(swing={"other": Fraction(1)}))
