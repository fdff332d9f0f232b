"""The rule worked out on draws: chances, conditions, staying home, units, readings, and what it needs to know."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.forecasting.past_votes import logit
from referenda.forecasting.vote import CELLS, FINER, VoteForecast, forecast_vote
from referenda.forecasting.vote_shares import VoteShares
from referenda.law.tally import Tally
from referenda.law.units import UnitVote

HALF_AND_55 = "ballots >= 50% of registered and yes >= 55% of valid"


def shares(turnout: list[float], yes: list[float], invalid: float = 0.02, *, quorum: bool = False) -> VoteShares:
    blank = logit(np.full(len(turnout), invalid))
    return VoteShares(logit(np.array(turnout)), logit(np.array(yes)), blank, quorum, ())


def forecast(rule: str, given: VoteShares, **options: object) -> VoteForecast:
    return forecast_vote(rule, given, rng=np.random.default_rng(1), **options)  # type: ignore[arg-type]


FOUR = shares([0.61, 0.61, 0.41, 0.41], [0.61, 0.51, 0.61, 0.51])


def test_each_condition_has_its_chance_and_what_is_missing_is_told() -> None:
    found = forecast(HALF_AND_55, FOUR, staying_home=0.0)
    assert found.passes == 0.25
    half, yes = found.conditions
    assert (half.met, yes.met) == (0.5, 0.5)
    assert half.missing_of_failed == pytest.approx(2 / 3)
    assert half.only_missing == pytest.approx(1 / 3)


def test_margins_are_shares_of_those_registered() -> None:
    half, yes = forecast(HALF_AND_55, shares([0.6] * 3, [0.6] * 3), staying_home=0.0).conditions
    assert half.margin["0.5"] == pytest.approx(0.1)
    assert yes.margin["0.5"] == pytest.approx(0.6 * 0.98 * 0.05)


def test_staying_home_defeats_a_measure_under_a_quorum_and_helps_it_without_one() -> None:
    given = shares([0.52] * 2, [0.58] * 2)
    under, without = forecast(HALF_AND_55, given), forecast("yes >= 60% of valid", given)
    assert list(under.at_boycott.values()) == [1, 0, 0, 0]
    assert list(without.at_boycott.values()) == [0, 1, 1, 1]
    assert 0.5 < under.boycott < 0.6
    assert without.boycott == 0


def test_staying_home_does_nothing_against_a_quorum_of_yes() -> None:
    found = forecast("yes > no and yes >= 30% of registered", shares([0.6] * 2, [0.55] * 2))
    assert list(found.at_boycott.values()) == [1, 1, 1, 1]
    assert found.boycott == 0


def test_a_boycott_that_is_in_the_turnout_already_is_not_added() -> None:
    found = forecast(HALF_AND_55, shares([0.52] * 2, [0.58] * 2, quorum=True))
    assert (found.boycott, found.passes) == (0, 1)


def test_a_share_staying_home_that_is_given_is_taken() -> None:
    given = shares([0.52] * 2, [0.58] * 2)
    assert forecast(HALF_AND_55, given, staying_home=0.25).passes == 0
    assert forecast(HALF_AND_55, given, staying_home=0.0).passes == 1


def test_the_answer_is_the_mixture_of_a_boycott_and_none() -> None:
    given = shares([0.52] * 40_000, [0.58] * 40_000)
    found = forecast(HALF_AND_55, given)
    assert found.passes == pytest.approx(1 - found.boycott, abs=0.02)


def test_the_chance_is_given_for_each_turnout_and_each_share_of_yes() -> None:
    found = forecast(HALF_AND_55, FOUR, staying_home=0.0)
    assert (found.if_turnout["0.45"], found.if_turnout["0.5"]) == (0, 0.5)
    assert (found.if_yes["0.5"], found.if_yes["0.55"]) == (0, 0.5)


def test_opponents_who_know_that_they_are_ahead_vote() -> None:
    given = shares([0.9] * 100, [0.52] * 100)
    rule = "ballots >= 50% of registered and yes > no"
    assert forecast(rule, given).if_yes["0.45"] == 0
    assert forecast(rule, given, staying_home=0.5).if_yes["0.45"] == 1


def test_an_open_word_is_forecast_under_both_readings() -> None:
    given = shares([0.6, 0.6], [0.56, 0.60], invalid=0.05)
    found = forecast("yes >= 55% of voting", given)
    assert found.readings == {"valid": 1.0, "ballots": 0.5}
    assert found.passes == 1
    assert forecast("yes >= 55% of voting", given, voting="ballots").passes == 0.5
    assert forecast(HALF_AND_55, given).readings == {}


def test_units_are_counted_from_a_comparable_vote() -> None:
    units = [UnitVote(name, Fraction(1), Tally(yes=yes, no=100 - yes), True) for name, yes in
             (("Uri", 30), ("Zug", 50), ("Bern", 70))]  # fmt: skip
    rule = "yes > no and units_carried > 50% of units"
    found = forecast(rule, shares([0.5] * 2, [0.2, 0.8]), units=units)
    assert found.passes == 0.5
    assert found.grid.passes is None
    assert found.quantiles["units_carried"]["0.95"] > 2.8
    with pytest.raises(UndeterminedError, match="the rule counts units"):
        forecast(rule, FOUR)


def test_a_rule_with_absolute_numbers_needs_the_number_registered() -> None:
    for rule in ("yes >= 5000", "yes > no and ballots > 10000000"):
        with pytest.raises(InputError, match="absolute numbers"):
            forecast(rule, FOUR)
    assert forecast("yes >= 3500", FOUR, registered=10_000).passes == 0.25


def test_the_picture_holds_every_draw_and_the_rule_at_every_point() -> None:
    found = forecast(HALF_AND_55, FOUR, staying_home=0.0)
    assert found.grid.share.sum() == pytest.approx(1)
    assert found.grid.share[found.grid.share > 0].tolist() == [0.25] * 4
    assert found.grid.share[int(0.61 * CELLS), int(0.61 * CELLS)] == 0.25
    assert found.grid.passes is not None
    assert found.grid.passes.shape == (CELLS * FINER, CELLS * FINER)
    written = found.grid.as_dict()
    middle = (np.array(written["edges"][1:]) + np.array(written["edges"][:-1])) / 2
    expected = (middle[:, None] >= 0.5) & (middle[None, :] >= 0.55)
    assert np.array_equal(expected, np.array(written["passes"]))


def test_a_rule_that_divides_by_zero_is_refused_as_the_law_refuses_it() -> None:
    for rule in ("yes > 1 / 0", "yes / (valid - yes - no) > 1"):
        with pytest.raises(InputError, match="is zero, and nothing can be divided by it"):
            forecast(rule, shares([0.5] * 30, [0.5] * 30, invalid=0.5), registered=1024)
    found = forecast("if(no > 1000, yes / (no - no) > 1, yes > no)", FOUR, registered=100)
    assert found.passes == 1
    assert found.conditions[1].margin == {}


def test_what_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        forecast("yes > no", FOUR, registered=0, staying_home=1.5, voting="all")
    assert [fault.column for fault in caught.value.faults] == ["--registered", "--boycott", "--reading"]
    with pytest.raises(InputError, match="this is a number"):
        forecast("yes + no", FOUR)


def test_the_error_of_the_draws_is_told() -> None:
    assert forecast(HALF_AND_55, FOUR, staying_home=0.0).error == pytest.approx(np.sqrt(0.25 * 0.75 / 4))
