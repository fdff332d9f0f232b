"""What would have been: margins, ties, what turns them, and rules as counted and as changed."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from referenda.elections.changes import Changes
from referenda.elections.fewest_yes import fewest_yes
from referenda.elections.unit_table import Unit, UnitTable
from referenda.elections.what_if import ask_what_if
from referenda.errors import InputError, UndeterminedError


def table(*votes: tuple[int, ...], choices: tuple[str, ...] = ("yes", "no")) -> UnitTable:
    return UnitTable("made up", choices, tuple(Unit(f"unit {at}", each) for at, each in enumerate(votes)))


def test_a_margin_is_said_in_votes_in_points_and_of_the_two() -> None:
    standing = ask_what_if(table((30, 20, 50), choices=("D", "R", "other"))).before
    assert (standing.margin, standing.points, standing.share_of_two) == (10, 10, Fraction(3, 5))
    assert standing.ahead == "other"
    assert standing.swing_to_tie == 5


def test_nothing_is_after_where_nothing_is_changed() -> None:
    assert ask_what_if(table((30, 20))).after is None


def test_a_tie_is_turned_by_one_vote_and_by_no_removal() -> None:
    standing = ask_what_if(table((30, 20), (10, 20))).before
    assert (standing.ahead, standing.votes_to_turn, standing.swing_to_tie) == (None, 1, 0)
    assert (standing.turned_without, standing.smallest_removal, standing.turned_by_swing_in) == ((), None, ())


def test_a_removal_that_only_makes_a_tie_turns_nothing() -> None:
    standing = ask_what_if(table((30, 20), (30, 30))).before
    assert (standing.turned_without, standing.smallest_removal) == ((), None)


def test_the_smallest_removal_takes_the_largest_margins() -> None:
    standing = ask_what_if(table((10, 4), (9, 4), (8, 4), (0, 9))).before
    assert standing.margin == 6
    assert standing.turned_without == ()
    assert standing.smallest_removal == ("unit 0", "unit 1")


def test_a_swing_in_one_unit_turns_it_only_where_enough_votes_are() -> None:
    standing = ask_what_if(table((10, 4), (3, 0), (1, 1))).before
    assert standing.margin == 9
    assert standing.turned_by_swing_in == (("unit 0", Fraction(450, 14)),)


def test_a_uniform_swing_reckons_with_units_that_run_out() -> None:
    # Two votes of three turn it: the second unit has none of yes to give, so all come from the first.
    standing = ask_what_if(table((6, 0), (0, 2))).before
    assert standing.swing_to_tie == Fraction(200, 6)


def test_a_rule_that_hangs_on_what_is_not_known_says_which_column_is_missing() -> None:
    with pytest.raises(UndeterminedError, match="column registered"):
        ask_what_if(table((30, 20)), rules=["yes >= 40% of registered"])


def test_faults_of_rules_and_changes_are_named_together() -> None:
    with pytest.raises(InputError) as caught:
        ask_what_if(table((30, 20)), Changes(without=["Bern"]), rules=["yes >", "yes > no"])
    assert len(caught.value.faults) == 2


def test_a_change_that_leaves_no_vote_is_refused() -> None:
    with pytest.raises(InputError, match="no vote"):
        ask_what_if(table((30, 20), (0, 0)), Changes(without=["unit 0"]))


def test_a_unit_that_turns_a_rule_is_named() -> None:
    (outcome,) = ask_what_if(table((30, 20), (20, 25)), rules=["yes > 50% of valid"]).before.rules
    assert outcome.turned_without == ("unit 0",)


@pytest.mark.parametrize(
    ("rule", "yes"),
    [
        ("yes > no", 1),
        ("ballots >= 50% of registered and yes > no", 26),
        ("yes >= 40% of registered and yes > no", 40),
        ("ballots >= 50% of registered and yes >= 55% of valid", 28),
        ("yes >= 120% of valid", None),
        ("yes > no or ballots < 10% of registered", None),
        ("units_carried > 50% of units", None),
    ],
)
def test_the_fewest_yes_that_pass_of_a_hundred_registered(rule: str, yes: int | None) -> None:
    found = fewest_yes(rule, 100)
    assert yes == (None if found is None else found.yes)


def test_all_of_it_can_be_written_as_json() -> None:
    found = ask_what_if(table((30, 20), (1, 2)), Changes(without=["unit 0"]), rules=["yes > no"]).as_dict()
    read = json.loads(json.dumps(found))
    assert found == read
    assert read["before"]["margin"]["points_exact"] == "900/53"
    assert read["after"]["rules"][0]["passed"] is False
