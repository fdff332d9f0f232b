"""Votes that were held, and what they say of the next one: turnout, the share of yes and the share without an answer.

Two tables ship with the package, each row with its source. `past_votes.csv` has votes with registered, ballots, yes
and no; California's measures, votes on independence, and others under unusual rules. `elections.csv` has registered
and ballots of statewide elections, by kind. Both are facts of public record; neither is a sample of anything.

The model of comparable votes is normal on the logit scale with a conjugate (normal, inverse chi-squared) prior taken
from all other votes, so the next vote of a place follows Student's t: a place with many votes is judged by them, one
with a single vote mostly by the rest of the world.

Source: Gelman, Carlin, Stern, Dunson, Vehtari, Rubin, Bayesian Data Analysis, 3rd ed. (2013), section 3.3.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit  # type: ignore[import-untyped]

from referenda.errors import Fault, InputError

Numbers = NDArray[np.float64]
ELECTION_KINDS = ("presidential", "general", "special")
LEAST_SHARE = 0.0005  # a share of nothing or of everything has no logit; it is taken for this far from it


@dataclass(frozen=True)
class PastVote:
    """One vote that was held.

    `registered`, `ballots`, `yes` and `no` are votes; `under_quorum` says whether staying home could defeat it, so
    that its turnout may hold a boycott already.
    """

    name: str
    place: str
    held_on: date
    registered: int
    ballots: int
    yes: int
    no: int
    under_quorum: bool = False
    source: str = ""

    @property
    def turnout(self) -> float:
        """Ballots as a share of those registered."""
        return self.ballots / self.registered

    @property
    def yes_share(self) -> float:
        """Yes as a share of the valid votes."""
        return self.yes / (self.yes + self.no)

    @property
    def invalid_share(self) -> float:
        """Ballots that answer neither yes nor no, as a share of all ballots."""
        return 1 - (self.yes + self.no) / self.ballots

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {**asdict(self), "held_on": self.held_on.isoformat()}


@dataclass(frozen=True)
class PastElection:
    """Registered voters and ballots of one election of a place; its kind is one of `ELECTION_KINDS`."""

    place: str
    held_on: date
    kind: str
    registered: int
    ballots: int

    @property
    def turnout(self) -> float:
        """Ballots as a share of those registered."""
        return self.ballots / self.registered


@dataclass(frozen=True)
class ComparablePriors:
    """How much all other votes count beside those of the place."""

    # kappa: the rest of the world weighs as so many votes of the place. Turnout varies as much within a place as
    # between places, the share of yes (and of blank ballots) less; leave-one-out over the places with several votes.
    turnout_world_votes: float = 0.7
    yes_world_votes: float = 0.33
    freedom: float = 4.0  # nu: degrees of freedom of the spread before any vote of the place; leave-one-out bench
    bandwidth: float = 0.35  # jitter of a drawn past vote, as a share of the spread of all; Silverman's rule for ~50
    years_of_elections: int = 16  # older turnout is left out; chosen with the drift on 46 elections of California
    turnout_drift: float = 0.1  # of turnout beside what the years show, in logits; so that 80 % intervals held 80 %

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


def check_past_vote(vote: PastVote) -> list[Fault]:
    """Say what cannot be in the counts of a vote that was held."""
    faults = []
    for name in ("registered", "ballots", "yes", "no"):
        if getattr(vote, name) < 0:
            faults.append(Fault(f"{name} is below zero", column=name, value=str(getattr(vote, name))))
    if faults:
        return faults
    if vote.ballots > vote.registered:
        message = f"ballots {vote.ballots:,} is more than registered {vote.registered:,}"
        faults.append(Fault(message, column="ballots", remedy="Check both; turnout cannot be above one."))
    if vote.yes + vote.no > vote.ballots:
        message = f"yes and no make {vote.yes + vote.no:,}, and ballots is {vote.ballots:,}"
        faults.append(Fault(message, column="ballots", remedy="Give all ballots, with those blank or spoiled."))
    if vote.yes + vote.no == 0:
        faults.append(Fault("no valid vote was cast in it", column="yes", remedy="Leave this vote out."))
    return faults


def shipped_votes() -> tuple[PastVote, ...]:
    """Read the votes that ship with the package, earliest first."""
    return tuple(
        PastVote(
            name=row["vote"],
            place=row["place"],
            held_on=date.fromisoformat(row["date"]),
            registered=int(row["registered"]),
            ballots=int(row["ballots"]),
            yes=int(row["yes"]),
            no=int(row["no"]),
            under_quorum=row["quorum"] == "yes",
            source=row["source"],
        )
        for row in _rows("past_votes.csv")
    )


def shipped_elections(place: str | None = None) -> tuple[PastElection, ...]:
    """Read the elections that ship with the package, of one place where one is named, earliest first."""
    return tuple(
        PastElection(
            place=row["place"],
            held_on=date.fromisoformat(row["date"]),
            kind=row["kind"],
            registered=int(row["registered"]),
            ballots=int(row["ballots"]),
        )
        for row in _rows("elections.csv")
        if place is None or row["place"] == place
    )


def kind_of_election(on: date) -> str:
    """Say which kind of election an American state holds on a day.

    The Tuesday after the first Monday of November in an even year has a general election, a presidential one every
    fourth year; every other day is taken for that of a special one (primaries are not told apart).
    """
    if on.month != 11 or on.year % 2 or on.weekday() != 1 or not 2 <= on.day <= 8:
        return "special"
    return "general" if on.year % 4 else "presidential"


def logit(share: float | Numbers) -> Numbers:
    """Take the logit of shares, each held `LEAST_SHARE` away from nothing and everything."""
    held = np.clip(np.asarray(share, dtype=np.float64), LEAST_SHARE, 1 - LEAST_SHARE)
    given: Numbers = np.log(held / (1 - held))
    return given


def share_of(value: Numbers) -> Numbers:
    """Take the share whose logit is given."""
    given: Numbers = 1 / (1 + np.exp(-value))
    return given


def draw_next(
    past: Sequence[float],
    others: Sequence[float],
    weights: Sequence[float] | None = None,
    *,
    world_votes: float,
    freedom: float,
    draws: int,
    rng: np.random.Generator,
) -> Numbers:
    """Draw the logit of a share for the next vote of a place from its past ones.

    Parameters
    ----------
    past
        Logits of the share in votes of the place, at least one.
    others
        Logits in all other votes, from which the prior is taken; at least three.
    weights
        Of the other votes, at least zero (many measures of one day are one day's turnout); equal where none are given.
    world_votes, freedom
        How many votes of the place the others count for, above zero; and the degrees of freedom of the spread, above
        zero (`ComparablePriors`).
    draws
        How many, at least 1.
    rng
        The source of chance.

    Returns
    -------
    array
        `(draws,)`, in logits: Student's t with mean, scale and freedom of section 3.3 of [1]_.

    Raises
    ------
    InputError
        There is no past vote, or there are fewer than three others.

    References
    ----------
    .. [1] Gelman et al., Bayesian Data Analysis, 3rd ed., 2013.
    """
    if not past or len(others) < 3:
        raise InputError(Fault("at least one past vote and three others are needed", remedy="Give more past votes."))
    mean, spread = _mean_and_spread(np.asarray(others), weights)
    own = np.asarray(past, dtype=np.float64)
    kappa, nu, count = world_votes, freedom, len(own)
    # A place without votes would have the middle four fifths of the others.
    within = spread**2 * kappa / (1 + kappa) * (ndtri(0.9) / stdtrit(nu, 0.9)) ** 2
    squares = ((own - own.mean()) ** 2).sum() + kappa * count / (kappa + count) * (own.mean() - mean) ** 2
    middle = (kappa * mean + count * own.mean()) / (kappa + count)
    scale = np.sqrt((nu * within + squares) / (nu + count) * (1 + 1 / (kappa + count)))
    drawn: Numbers = middle + scale * rng.standard_t(nu + count, draws)
    return drawn


def draw_any(
    votes: Sequence[PastVote], *, draws: int, rng: np.random.Generator, priors: ComparablePriors | None = None
) -> tuple[Numbers, Numbers, Numbers]:
    """Draw turnout, share of yes and share without an answer from all votes known, for a place of which none is.

    A past vote is drawn (the measures of one place and day share one chance) and jittered, all three shares of it
    together, so that what went with what stays so.

    Returns
    -------
    tuple
        Logits of turnout, of the share of yes and of the share without an answer, each `(draws,)`.

    Raises
    ------
    InputError
        There are fewer than three votes.
    """
    priors = priors or ComparablePriors()
    if len(votes) < 3:
        raise InputError(Fault("fewer than three past votes are known", remedy="Give past votes or polls."))
    weights = np.asarray(weights_of(votes))
    known = np.stack([logits(votes, name) for name in ("turnout", "yes_share", "invalid_share")])
    # The jitter shrinks towards the mean, so that the spread of the draws stays that of the votes; then all are drawn
    # apart a little, because the mean and the spread of few days are not known better than that.
    means = (known * weights).sum(1, keepdims=True) / weights.sum()
    deviations = np.sqrt((weights * (known - means) ** 2).sum(1, keepdims=True) / weights.sum())
    width, days = priors.bandwidth, max(weights.sum(), 3.0)
    picked = known[:, rng.choice(len(votes), draws, p=weights / weights.sum())]
    jitter = width * deviations * rng.standard_normal((3, draws))
    apart = np.sqrt((days + 1) / (days - 1) / (1 + width**2))
    turnout, yes, invalid = means + (picked - means + jitter) * apart
    return turnout, yes, invalid


def weights_of(votes: Iterable[PastVote]) -> list[float]:
    """Weigh votes so that those of one place on one day weigh as one."""
    days = [(vote.place, vote.held_on) for vote in votes]
    return [1 / days.count(day) for day in days]


def logits(votes: Sequence[PastVote], share: str) -> Numbers:
    """Give the logits of one share (`turnout`, `yes_share`, `invalid_share`) of votes."""
    return logit(np.array([getattr(vote, share) for vote in votes], dtype=np.float64))


def correlation(votes: Sequence[PastVote]) -> float:
    """Measure how turnout and the share of yes go together over votes (on the logit scale, weighed by day)."""
    weights = weights_of(votes)
    if len(votes) < 4:
        return 0.0
    covariance = np.cov(np.stack([logits(votes, "turnout"), logits(votes, "yes_share")]), aweights=weights)
    product = covariance[0, 0] * covariance[1, 1]
    return float(covariance[0, 1] / np.sqrt(product)) if product > 0 else 0.0


def _mean_and_spread(values: Numbers, weights: Sequence[float] | None) -> tuple[float, float]:
    given = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64)
    mean = float((given * values).sum() / given.sum())
    return mean, float(np.sqrt((given * (values - mean) ** 2).sum() / given.sum()))


def _rows(name: str) -> list[dict[str, str]]:
    text = files("referenda.forecasting").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
