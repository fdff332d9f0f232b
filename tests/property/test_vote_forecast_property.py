"""Properties of a vote's forecast: the law's own decision on every draw, and what more yes or more boycott may do."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.forecasting.past_votes import logit, share_of
from referenda.forecasting.vote import forecast_vote
from referenda.forecasting.vote_shares import VoteShares
from referenda.law.tally import Tally
from referenda.law.vote_rule import decide

REGISTERED = 1_000_000
RULES = st.sampled_from(
    [
        "yes > no",
        "ballots >= 50% of registered and yes >= 55% of valid",
        "yes > no and yes >= 40% of registered",
        "yes >= 2/3 of valid or (yes > no and valid > 50% of registered)",
        "not (no >= yes) and invalid < 10% of ballots",
        "if(ballots >= 50% of registered, yes > no, yes >= 40% of registered)",
    ]
)
SHARES = st.floats(0.02, 0.98)


def one(turnout: float, yes: float, invalid: float) -> VoteShares:
    return VoteShares(*(logit(np.array([share])) for share in (turnout, yes, invalid)), False, ())


@given(rule=RULES, turnout=SHARES, yes=SHARES, invalid=st.floats(0.01, 0.3))
@settings(max_examples=150)
def test_a_draw_is_decided_as_the_law_decides_its_counts(rule: str, turnout: float, yes: float, invalid: float) -> None:
    """Counts in whole votes are given back to the draw as shares, so both see the same vote."""
    ballots = max(round(REGISTERED * turnout), 2)
    blank = min(round(ballots * invalid), ballots - 1)
    for_yes = round((ballots - blank) * yes)
    tally = Tally(registered=REGISTERED, ballots=ballots, yes=for_yes, no=ballots - blank - for_yes)
    shares = one(ballots / REGISTERED, for_yes / (ballots - blank), blank / ballots)
    if not (0.0006 < for_yes / (ballots - blank) < 0.9994):
        return
    found = forecast_vote(rule, shares, rng=np.random.default_rng(1), registered=REGISTERED, staying_home=0.0)
    assert found.passes == decide(rule, tally).passed


@given(turnout=SHARES, yes=st.lists(SHARES, min_size=2, max_size=2), home=st.floats(0, 1))
@settings(max_examples=60)
def test_more_yes_never_harms_a_measure_and_without_a_quorum_neither_does_staying_home(
    turnout: float, yes: list[float], home: float
) -> None:
    rule, chance = "yes > no and yes >= 30% of registered", np.random.default_rng(1)
    less, more = (forecast_vote(rule, one(turnout, share, 0.02), rng=chance, registered=100) for share in sorted(yes))
    assert less.passes <= more.passes
    stays = forecast_vote(rule, one(turnout, yes[0], 0.02), rng=chance, registered=100, staying_home=home)
    assert stays.at_boycott["0"] <= stays.passes <= stays.at_boycott["1"]


@given(share=st.floats(0.001, 0.999))
def test_a_share_is_the_share_of_its_logit(share: float) -> None:
    assert np.isclose(share, float(share_of(logit(share))))
