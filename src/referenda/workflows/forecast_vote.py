"""Forecast a vote: polls, past votes and the rule put together, and the answer with all that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from referenda.errors import Fault, InputError, noting
from referenda.forecasting.boycott import BoycottPriors
from referenda.forecasting.draws import check_draws
from referenda.forecasting.past_votes import ComparablePriors, PastVote, shipped_votes
from referenda.forecasting.polls import Poll, PollPriors
from referenda.forecasting.unit_swing import SwingPriors
from referenda.forecasting.vote import VoteForecast, forecast_vote
from referenda.forecasting.vote_shares import VoteEvidence, check_evidence, draw_shares
from referenda.law.units import UnitVote
from referenda.law.vote_rule import parse_rule

METHOD = "vote-shares/1"


@dataclass(frozen=True)
class VoteFacts:
    """What somebody knows of a vote on a day; what is not known stays None or empty.

    `staying_home` is the share of the would-be noes that stays home, in [0, 1], or None to let it be drawn.
    """

    rule: str
    as_of: date
    vote_on: date | None = None
    place: str | None = None
    registered: int | None = None
    polls: Sequence[Poll] = ()
    past_votes: Sequence[PastVote] = ()
    staying_home: float | None = None
    units: Sequence[UnitVote] = ()
    voting: str = "valid"

    @property
    def evidence(self) -> VoteEvidence:
        """What of it bears on turnout and the share of yes."""
        return VoteEvidence(self.as_of, self.vote_on, self.place, self.polls, self.past_votes)

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "rule": self.rule,
            "as_of": self.as_of.isoformat(),
            "vote_on": None if self.vote_on is None else self.vote_on.isoformat(),
            "place": self.place,
            "registered": self.registered,
            "polls": [poll.as_dict() for poll in self.polls],
            "past_votes": [vote.as_dict() for vote in self.past_votes],
            "staying_home": "auto" if self.staying_home is None else self.staying_home,
            "units": [unit.as_dict() for unit in self.units],
            "voting": self.voting,
        }


@dataclass(frozen=True)
class VoteOutlook:
    """A forecast of a vote, with what went into it."""

    facts: VoteFacts
    forecast: VoteForecast
    seed: int
    priors: dict[str, dict[str, float]] = field(repr=False)

    @property
    def outcomes(self) -> dict[str, float]:
        """The chance of each outcome; they add to one."""
        return {"passed": self.forecast.passes, "failed": 1 - self.forecast.passes}

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            **self.forecast.as_dict(),
            "outcomes": self.outcomes,
            "seed": self.seed,
            "method": METHOD,
            "inputs": self.facts.as_dict(),
            "priors": self.priors,
        }


def forecast_a_vote(facts: VoteFacts, *, draws: int = 10_000, seed: int = 1) -> VoteOutlook:
    """Forecast whether a measure passes under its rule.

    Parameters
    ----------
    facts
        What is known.
    draws
        From 500 to 1,000,000.
    seed
        The same seed, facts and NumPy give the same answer.

    Raises
    ------
    InputError
        The rule is none, or what is given contradicts itself; every fault is named.
    UndeterminedError
        The rule counts units, and none are given.
    """
    faults = check_evidence(facts.evidence)
    with noting(faults):
        parse_rule(facts.rule)
    with noting(faults):
        check_draws(draws)
    known = {vote.place for vote in shipped_votes()}
    if facts.place is not None and not facts.past_votes and facts.place not in known:
        message = "no past vote of this place ships with Referenda"
        remedy = f"Give --past-votes FILE, or leave it out; there are {', '.join(sorted(known))}."
        faults.append(Fault(message, column="--place", value=facts.place, remedy=remedy))
    if faults:
        raise InputError(*faults)
    shares_chance, rule_chance = np.random.default_rng(seed).spawn(2)  # what one draws never shifts the other
    comparable, polled, boycott, swing = ComparablePriors(), PollPriors(), BoycottPriors(), SwingPriors()
    shares = draw_shares(facts.evidence, draws=draws, rng=shares_chance, comparable=comparable, polled=polled)
    found = forecast_vote(
        facts.rule,
        shares,
        rng=rule_chance,
        registered=facts.registered,
        staying_home=facts.staying_home,
        units=facts.units,
        voting=facts.voting,
        boycott=boycott,
        swing=swing,
    )
    priors = {
        "comparable_votes": comparable.as_dict(),
        "polls": polled.as_dict(),
        "boycott": boycott.as_dict(),
        "units": swing.as_dict(),
    }
    return VoteOutlook(facts, found, seed, priors)
