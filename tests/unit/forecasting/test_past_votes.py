"""What past votes say of the next: shares, the t distribution of a place's next vote, and votes of the world drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import t  # type: ignore[import-untyped]

from referenda.errors import InputError
from referenda.forecasting.past_votes import (
    PastVote,
    check_past_vote,
    correlation,
    draw_any,
    draw_next,
    kind_of_election,
    logit,
    share_of,
    shipped_elections,
    shipped_votes,
    weights_of,
)

MONTENEGRO = PastVote("2006", "me", date(2006, 5, 21), 484718, 419236, 230711, 184954, under_quorum=True)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_shares_of_montenegro_are_the_published_ones() -> None:
    assert (round(MONTENEGRO.turnout, 4), round(MONTENEGRO.yes_share, 4)) == (0.8649, 0.5550)
    assert round(MONTENEGRO.invalid_share, 4) == round(3571 / 419236, 4)


def test_a_share_of_nothing_or_everything_is_held_a_little_away() -> None:
    assert np.all(np.isfinite(logit(np.array([0.0, 0.3, 1.0]))))
    assert float(share_of(logit(0.3))) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ballots": 500000}, "ballots 500,000 is more than registered 484,718"),
        ({"yes": 330711}, "yes and no make 515,665, and ballots is 419,236"),
        ({"yes": 0, "no": 0}, "no valid vote was cast in it"),
        ({"no": -1}, "no is below zero"),
    ],
)
def test_counts_that_cannot_be_are_named(changed: dict[str, int], said: str) -> None:
    vote = PastVote(**{**vars(MONTENEGRO), **changed})
    assert [said] == [fault.message for fault in check_past_vote(vote)]
    assert check_past_vote(MONTENEGRO) == []


def test_the_next_vote_of_a_place_follows_the_t_distribution_of_the_book() -> None:
    """By hand from section 3.3: past 0, 1, 2; others -1, 0, 1 (mean 0, variance 2/3); kappa 1, nu 4.

    The others' middle four fifths need a variance of (2/3)(1/2)(1.28155/1.53321)^2 = 0.23289 within a place; squares
    2 + 3/4; mean 3/4; scale^2 = (4 x 0.23289 + 2.75)/7 x 5/4 = 0.65743.
    """
    drawn = draw_next([0, 1, 2], [-1, 0, 1], world_votes=1, freedom=4, draws=400_000, rng=rng())
    levels = np.array([0.05, 0.1, 0.5, 0.9, 0.95])
    expected = 0.75 + np.sqrt(0.65743) * t.ppf(levels, 7)
    assert np.quantile(drawn, levels) == pytest.approx(expected, abs=0.02)


def test_a_place_with_many_votes_is_judged_by_them_and_one_with_one_vote_by_the_world() -> None:
    world = [-2.0, -1.0, 0.0, 1.0, 2.0]
    one = draw_next([3.0], world, world_votes=1, freedom=4, draws=20_000, rng=rng())
    many = draw_next([3.0] * 40, world, world_votes=1, freedom=4, draws=20_000, rng=rng())
    assert 1.4 < np.median(one) < 1.6
    assert 2.8 < np.median(many) < 3.0
    assert many.std() < one.std()


def test_without_a_past_vote_or_three_others_nothing_is_drawn() -> None:
    for past, others in (([], [1.0, 2.0, 3.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(InputError, match="three others are needed"):
            draw_next(past, others, world_votes=1, freedom=4, draws=10, rng=rng())
    with pytest.raises(InputError, match="fewer than three past votes"):
        draw_any([MONTENEGRO], draws=10, rng=rng())


def test_votes_of_one_day_weigh_as_one() -> None:
    twice = [MONTENEGRO, PastVote(**{**vars(MONTENEGRO), "name": "second question"})]
    other = PastVote("x", "is", date(1918, 10, 19), 31143, 13653, 12411, 999)
    assert weights_of([*twice, other]) == [0.5, 0.5, 1]


def test_votes_drawn_from_the_world_keep_its_mean_its_spread_and_its_correlation() -> None:
    votes = shipped_votes()
    turnout, yes, invalid = draw_any(votes, draws=200_000, rng=rng())
    weights = np.array(weights_of(votes))
    for drawn, name in ((turnout, "turnout"), (yes, "yes_share"), (invalid, "invalid_share")):
        known = logit(np.array([getattr(vote, name) for vote in votes]))
        mean = np.average(known, weights=weights)
        assert drawn.mean() == pytest.approx(mean, abs=0.03)
        assert drawn.std() == pytest.approx(np.sqrt(np.average((known - mean) ** 2, weights=weights)), rel=0.05)
    assert np.corrcoef(turnout, yes)[0, 1] == pytest.approx(correlation(votes), abs=0.06)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2016, 11, 8), "presidential"),
        (date(2018, 11, 6), "general"),
        (date(2019, 3, 13), "special"),
        (date(2016, 11, 1), "special"),
        (date(2016, 11, 15), "special"),
        (date(2021, 9, 14), "special"),
        (date(2005, 11, 8), "special"),
    ],
)
def test_the_kind_of_an_election_follows_from_its_day(day: date, kind: str) -> None:
    assert kind == kind_of_election(day)


def test_the_shipped_votes_and_elections_are_possible_and_dated_and_sourced() -> None:
    votes = shipped_votes()
    assert [fault for vote in votes for fault in check_past_vote(vote)] == []
    assert len({vote.name for vote in votes}) == len(votes) == 80
    assert all(vote.source for vote in votes)
    elections = shipped_elections("us/ca")
    assert {"presidential", "general", "special"} == {election.kind for election in elections}
    assert all(0 < election.turnout < 1 for election in elections)
    assert shipped_elections("nowhere") == ()
    for election in elections:
        if election.held_on.year > 1970:
            assert election.kind == kind_of_election(election.held_on)
