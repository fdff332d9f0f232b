"""Turnout and yes drawn together: from which source each comes, that it says so, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.forecasting.past_votes import PastVote, logit, share_of, shipped_votes
from referenda.forecasting.polls import Poll
from referenda.forecasting.vote_shares import VoteEvidence, VoteShares, check_evidence, draw_shares

DAY, VOTE = date(2017, 7, 25), date(2018, 11, 6)
NOTHING = VoteEvidence(DAY, VOTE)
POLL = Poll(date(2017, 7, 1), 1000, 0.35, 0.55, 0.1)
OWN = [PastVote(str(year), "here", date(year, 5, 1), 1000, 600, 300, 280) for year in (2011, 2013, 2015)]


def drawn(evidence: VoteEvidence, seed: int = 1, draws: int = 20_000) -> VoteShares:
    return draw_shares(evidence, draws=draws, rng=np.random.default_rng(seed))


def test_without_polls_and_past_votes_it_answers_from_all_votes_and_says_so() -> None:
    found = drawn(NOTHING)
    assert "No past vote is known" in found.notes[0]
    assert "hardly more than a guess" in found.notes[1]
    assert np.quantile(share_of(found.yes), 0.9) - np.quantile(share_of(found.yes), 0.1) > 0.5


def test_polls_give_the_share_of_yes_and_the_world_turnout() -> None:
    found = drawn(replace(NOTHING, polls=[POLL]))
    assert np.median(share_of(found.yes)) == pytest.approx(0.33, abs=0.03)
    assert np.median(found.turnout) == pytest.approx(np.median(drawn(NOTHING).turnout), abs=0.05)
    assert "1 poll; the last ended 493 days before the vote" in " ".join(found.notes)


def test_past_votes_of_the_asker_give_turnout_and_yes() -> None:
    found = drawn(replace(NOTHING, votes=OWN))
    assert 0.6 < np.median(share_of(found.turnout)) < 0.67  # drawn a little towards the world's 0.74
    assert 300 / 580 < np.median(share_of(found.yes)) < 0.58  # and towards the world's 0.83
    assert np.median(share_of(found.invalid)) == pytest.approx(20 / 600, abs=0.01)
    assert "Turnout comes from past votes on 3 days." in found.notes


def test_past_votes_that_are_given_temper_polls_and_those_of_the_place_do_not() -> None:
    polled = replace(NOTHING, polls=[POLL])
    alone, tempered = np.median(drawn(polled).yes), np.median(drawn(replace(polled, votes=OWN)).yes)
    assert tempered > alone + 0.1
    assert np.median(drawn(replace(polled, place="us/ca")).yes) == pytest.approx(alone, abs=0.05)


def test_turnout_of_california_comes_from_elections_of_the_same_kind() -> None:
    general = drawn(replace(NOTHING, place="us/ca"))
    special = drawn(replace(NOTHING, place="us/ca", vote_on=date(2019, 3, 13)))
    presidential = drawn(replace(NOTHING, place="us/ca", vote_on=date(2020, 11, 3)))
    assert np.median(special.turnout) < np.median(general.turnout) < np.median(presidential.turnout)
    assert "general elections of us/ca" in general.notes[0]


def test_nothing_later_than_the_day_of_the_forecast_is_used() -> None:
    """Were the votes of 2021 known in 2017, another share of yes would come of it."""
    late = replace(NOTHING, place="us/ca", as_of=date(2022, 1, 1), vote_on=date(2022, 11, 8))
    found = drawn(replace(NOTHING, place="us/ca"))
    assert "28 past votes of us/ca" in " ".join(found.notes)
    assert "29 past votes of us/ca" in " ".join(drawn(late).notes)


def test_votes_under_a_quorum_hold_their_boycotts_already() -> None:
    found = drawn(replace(NOTHING, place="it"))
    assert found.boycott_in_turnout
    assert "a boycott is in their turnout already" in found.notes[-1]
    assert not drawn(replace(NOTHING, place="us/ca")).boycott_in_turnout


def test_turnout_and_yes_go_together_as_they_did_in_past_votes() -> None:
    found = drawn(replace(NOTHING, votes=OWN))
    assert 0.1 < np.corrcoef(found.turnout, found.yes)[0, 1] < 0.7
    polled = drawn(replace(NOTHING, votes=OWN, polls=[POLL]))
    assert abs(np.corrcoef(polled.turnout, polled.yes)[0, 1]) < 0.1


def test_the_same_chance_gives_the_same_draws() -> None:
    evidence = replace(NOTHING, place="us/ca", polls=[POLL])
    assert np.array_equal(drawn(evidence, draws=500).yes, drawn(evidence, draws=500).yes)
    assert not np.array_equal(drawn(evidence, draws=500).yes, drawn(evidence, seed=2, draws=500).yes)


def test_a_poll_more_does_not_change_the_draws_of_turnout_but_their_order() -> None:
    one = drawn(replace(NOTHING, place="us/ca", polls=[POLL]))
    two = drawn(replace(NOTHING, place="us/ca", polls=[POLL, POLL]))
    assert np.array_equal(np.sort(one.turnout), np.sort(two.turnout))


def test_everything_that_is_wrong_is_said_at_once() -> None:
    late = PastVote("late", "x", date(2020, 1, 1), 100, 120, 60, 50)
    evidence = VoteEvidence(DAY, polls=[replace(POLL, yes=0.9)], votes=[late])
    said = [fault.message for fault in check_evidence(evidence)]
    assert said == [
        "polls are worth the less the longer it is to the vote, and its day is not given",
        "yes, no and undecided make 155.0%",
        "ballots 120 is more than registered 100",
        "late was held after the day of the forecast, 2017-07-25",
    ]
    with pytest.raises(InputError):
        drawn(evidence)
    over = VoteEvidence(DAY, date(2016, 11, 8))
    assert "the vote was held before the day of the forecast" in check_evidence(over)[0].message


def test_history_can_be_given_in_place_of_the_shipped_votes() -> None:
    flat = [replace(vote, yes=vote.yes + vote.no, no=0) for vote in shipped_votes()]
    found = draw_shares(NOTHING, draws=5_000, rng=np.random.default_rng(1), history=flat)
    assert np.median(found.yes) == pytest.approx(float(logit(1.0)), abs=0.01)
