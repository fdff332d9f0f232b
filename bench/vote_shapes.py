"""Simulated votes of several shapes, made by other means than the model: no normal errors, no Student's t.

Places differ by a skewed law, votes within a place follow beta distributions, polls are counts of people with uniform
house effects, opinion moves in jumps, and each measure has its own way of sharing out the undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from referenda.forecasting.past_votes import PastVote
from referenda.forecasting.polls import Poll
from referenda.forecasting.vote_shares import VoteEvidence

AS_OF, FIRST = date(2026, 9, 1), date(1990, 1, 1)
REGISTERED = 1_000_000


@dataclass(frozen=True)
class SimulatedVote:
    """What is known before a vote, the votes of the world, and what comes of it."""

    evidence: VoteEvidence
    history: list[PastVote]
    turnout: float
    yes_share: float


def _vote(name: str, place: str, on: date, turnout: float, yes: float, chance: np.random.Generator) -> PastVote:
    ballots = round(REGISTERED * turnout)
    valid = round(ballots * (1 - chance.beta(2, 60)))
    return PastVote(name, place, on, REGISTERED, ballots, round(valid * yes), valid - round(valid * yes))


def _place(chance: np.random.Generator) -> tuple[float, float]:
    """Give the usual turnout and share of yes of a place; many plebiscites of old come near to all for yes."""
    yes = chance.triangular(0.3, 0.55, 0.8) if chance.random() < 0.7 else chance.uniform(0.75, 0.99)
    return float(chance.beta(6, 4)), float(yes)


def _held(place: tuple[float, float], chance: np.random.Generator, firm: float = 18) -> tuple[float, float]:
    """Give turnout and the share of yes of one vote of a place: beta distributions around what is usual."""
    turnout, yes = (np.clip(chance.beta(firm * usual, firm * (1 - usual)), 0.01, 0.99) for usual in place)
    return float(turnout), float(yes)


def _world(chance: np.random.Generator, places: int = 45) -> list[PastVote]:
    return [
        _vote(str(index), f"place {index}", FIRST + timedelta(days=250 * index), *_held(_place(chance), chance), chance)
        for index in range(places)
    ]


def nothing_known(chance: np.random.Generator) -> SimulatedVote:
    """Neither polls nor past votes: the next vote is one of the world's."""
    turnout, yes = _held(_place(chance), chance)
    return SimulatedVote(VoteEvidence(AS_OF), _world(chance), turnout, yes)


def past_votes(chance: np.random.Generator, most: int = 9) -> SimulatedVote:
    """Some past votes of the place, no polls."""
    place = _place(chance)
    own = [
        _vote(f"own {index}", "here", date(2016, 1, 1) + timedelta(days=400 * index), *_held(place, chance), chance)
        for index in range(int(chance.integers(1, most)))
    ]
    turnout, yes = _held(place, chance)
    return SimulatedVote(VoteEvidence(AS_OF, votes=own), _world(chance), turnout, yes)


def late_polls(chance: np.random.Generator) -> SimulatedVote:
    """One to six polls in the last weeks."""
    return _polled(chance, int(chance.integers(1, 7)), first=40)


def early_polls(chance: np.random.Generator) -> SimulatedVote:
    """One to three polls, half a year to two months before the vote."""
    return _polled(chance, int(chance.integers(1, 4)), first=180, last=60)


def _polled(chance: np.random.Generator, count: int, *, first: int, last: int = 2) -> SimulatedVote:
    vote_on = AS_OF + timedelta(days=last)
    turnout, _ = _held(_place(chance), chance)
    at_last = float(chance.uniform(0.25, 0.75))
    break_to_yes = float(chance.beta(4, 5.5))
    months = float(chance.uniform(0, 0.07))  # of support lost a month over the campaign
    jumps = [(int(chance.integers(0, 200)), float(chance.choice([-1, 1])) * 0.04) for _ in range(3)]
    house = float(chance.uniform(-0.045, 0.045))
    polls = []
    for ago in sorted((int(day) for day in chance.integers(last, first + 1, count)), reverse=True):
        opinion = at_last + months * min(ago, 90) / 30 + sum(size for day, size in jumps if day < ago)
        undecided = float(chance.uniform(0.02, 0.1) + 0.12 * min(ago, 120) / 120)
        share = np.clip(opinion + house + chance.uniform(-0.03, 0.03), 0.04, 0.96)
        said_yes = np.clip(share - undecided * break_to_yes, 0.01, 1 - undecided - 0.01)
        size = int(chance.integers(400, 1500))
        answers = chance.multinomial(size, [said_yes, 1 - undecided - said_yes, undecided]) / size
        polls.append(Poll(vote_on - timedelta(days=ago), size, *(float(each) for each in answers)))
    return SimulatedVote(VoteEvidence(AS_OF, vote_on, polls=polls), _world(chance), turnout, at_last)


SHAPES: dict[str, Callable[[np.random.Generator], SimulatedVote]] = {
    "nothing known": nothing_known,
    "past votes": past_votes,
    "late polls": late_polls,
    "early polls": early_polls,
}
