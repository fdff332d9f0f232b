"""Staying home: when it is expected, and what it does to the counts."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.forecasting.boycott import BoycottPriors, chance_of_boycott, draw_boycott, without_those_at_home
from referenda.law.tally import Tally
from referenda.law.vote_rule import decide

YES, NO = np.array([True]), np.array([False])


def test_a_boycott_is_expected_only_where_yes_is_ahead_and_staying_home_defeats_the_measure() -> None:
    assert BoycottPriors().where_it_helps == chance_of_boycott(YES, YES)
    assert [chance_of_boycott(*pair) for pair in ((YES, NO), (NO, YES), (NO, NO))] == [0, 0, 0]
    half = np.array([True, False])
    assert chance_of_boycott(half, np.array([True, True])) == pytest.approx(BoycottPriors().where_it_helps / 2)


def test_as_many_draws_have_a_boycott_as_its_chance_says_and_two_thirds_of_the_noes_join() -> None:
    home = draw_boycott(0.3, draws=100_000, rng=np.random.default_rng(1))
    assert np.mean(home > 0) == pytest.approx(0.3, abs=0.01)
    assert home[home > 0].mean() == pytest.approx(2 / 3, abs=0.01)
    assert home.max() <= 1
    assert not draw_boycott(0, draws=1000, rng=np.random.default_rng(1)).any()


def test_staying_home_can_beat_voting_no() -> None:
    """Yes at 30 % of those registered, no at 22 %: passes when the noes vote, fails when they stay home."""
    rule = "ballots >= 50% of registered and yes >= 55% of valid"
    for home, passes in ((0.0, True), (1.0, False)):
        ballots, yes, no = (float(each) for each in without_those_at_home(*map(np.asarray, (52.0, 30.0, 22.0)), home))
        tally = Tally(registered=100, ballots=round(ballots), yes=round(yes), no=round(no))
        assert decide(rule, tally).passed is passes


def test_blank_ballots_stay() -> None:
    ballots, yes, no = without_those_at_home(*map(np.asarray, (60.0, 30.0, 20.0)), 0.5)
    assert (float(ballots), float(yes), float(no)) == (50.0, 30.0, 10.0)
