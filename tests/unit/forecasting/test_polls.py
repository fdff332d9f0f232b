"""What polls say of the day of the vote: sampling error alone, undecided people, the fall before a vote, many polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.forecasting.past_votes import Numbers, logit, share_of
from referenda.forecasting.polls import Poll, PollPriors, adjust_turnout, check_poll, draw_yes_from_polls

VOTE = date(2026, 11, 3)
EXACT = PollPriors(
    shared_error=0, own_error=0, walk_per_day=0, fall_per_30_days=0, undecided_spread=0, undecided_to_yes=0.5,
    prior_spread=1000,
)  # fmt: skip


def poll(yes: float, no: float, undecided: float = 0.0, *, days: int = 10, size: int = 1000) -> Poll:
    return Poll(VOTE - timedelta(days=days), size, yes, no, undecided)


def drawn(*polls: Poll, priors: PollPriors | None = None, past: Numbers | None = None) -> Numbers:
    return draw_yes_from_polls(
        polls, vote_on=VOTE, draws=100_000, rng=np.random.default_rng(3), priors=priors, past=past
    )


def test_a_poll_without_other_errors_has_its_sampling_error() -> None:
    found = drawn(poll(0.6, 0.4), priors=EXACT)
    assert found.mean() == pytest.approx(float(logit(0.6)), abs=0.002)
    assert found.std() == pytest.approx(1 / np.sqrt(1000 * 0.6 * 0.4), rel=0.01)


def test_polls_are_weighed_by_their_precision() -> None:
    found = drawn(poll(0.6, 0.4, size=3000), poll(0.5, 0.5, size=1000), priors=EXACT)
    weights = np.array([3000 * 0.24, 1000 * 0.25])
    assert found.mean() == pytest.approx(float(weights @ [logit(0.6), 0.0] / weights.sum()), abs=0.002)


def test_undecided_people_are_shared_out() -> None:
    half = drawn(poll(0.5, 0.3, 0.2), priors=EXACT)
    none = drawn(poll(0.5, 0.3, 0.2), priors=replace(EXACT, undecided_to_yes=0.25))
    assert share_of(half).mean() == pytest.approx(0.6, abs=0.002)
    assert share_of(none).mean() == pytest.approx(0.55, abs=0.002)


def test_those_not_accounted_for_are_undecided() -> None:
    assert drawn(poll(0.5, 0.3), priors=EXACT).mean() == pytest.approx(drawn(poll(0.5, 0.3, 0.2), priors=EXACT).mean())


def test_yes_falls_over_the_last_three_months_and_no_more_before() -> None:
    priors = replace(EXACT, fall_per_30_days=0.15)
    at = {days: drawn(poll(0.6, 0.4, days=days), priors=priors).mean() for days in (0, 30, 90, 400)}
    assert at[0] - at[30] == pytest.approx(0.15, abs=0.005)
    assert at[0] - at[90] == pytest.approx(0.45, abs=0.005)
    assert at[400] == pytest.approx(at[90], abs=0.005)


def test_ten_polls_of_one_day_are_hardly_better_than_one_because_they_share_an_error() -> None:
    one, ten = drawn(poll(0.55, 0.45)).std(), drawn(*[poll(0.55, 0.45)] * 10).std()
    assert 0.8 * one < ten < one


def test_an_early_poll_says_less_than_a_late_one() -> None:
    late, early, very_early = (drawn(poll(0.55, 0.45, days=days)).std() for days in (3, 60, 700))
    assert late < early < very_early
    assert drawn(poll(0.55, 0.45, days=3), poll(0.40, 0.60, days=150)).mean() > 0


def test_polls_of_measures_are_off_by_about_twice_their_sampling_error() -> None:
    sampling = 1 / np.sqrt(1000 * 0.25)
    assert 1.8 * sampling < drawn(poll(0.5, 0.5, days=10)).std() < 3 * sampling


def test_comparable_votes_pull_a_poll_towards_them() -> None:
    past = np.random.default_rng(1).normal(-1.0, 0.2, 10_000)
    assert drawn(poll(0.6, 0.4), past=past).mean() < drawn(poll(0.6, 0.4)).mean() - 0.1


def test_what_people_say_of_turnout_moves_it_a_little() -> None:
    before = np.random.default_rng(1).normal(0.0, 0.8, 50_000)
    after = adjust_turnout(before, [replace(poll(0.5, 0.5), turnout=0.9)])
    assert after.mean() == pytest.approx(float(logit(0.9)) / 2, abs=0.02)  # the two are trusted alike
    assert after.std() == pytest.approx(before.std() / np.sqrt(2), rel=0.01)
    assert adjust_turnout(before, [poll(0.5, 0.5)]) is before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (poll(1.2, 0.1), "yes is not a share from 0 to 1"),
        (poll(0.6, 0.5), "yes, no and undecided make 110.0%"),
        (poll(0.0, 0.0, 1.0), "nobody in it has decided"),
        (poll(0.5, 0.5, size=0), "nobody was asked"),
        (poll(0.5, 0.5, days=-3), "it ended after the day of the vote, 2026-11-03"),
        (poll(float("nan"), 0.5), "yes is not a share from 0 to 1"),
    ],
)
def test_nonsense_in_a_poll_is_named(wrong: Poll, said: str) -> None:
    assert said in [fault.message for fault in check_poll(wrong, vote_on=VOTE)]
    with pytest.raises(InputError, match=said.split(",")[0]):
        drawn(wrong)


def test_without_a_poll_nothing_is_drawn() -> None:
    with pytest.raises(InputError, match="there is no poll"):
        drawn()
