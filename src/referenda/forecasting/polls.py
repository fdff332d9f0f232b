"""What polls say of the share of yes on the day of the vote, and how far polls of measures are off.

A poll's yes and no, with those undecided shared out, is the share of yes on the day of the vote plus, on the logit
scale: an error that all polls of a measure share, an error of the poll's own beside its sampling error, and what
opinion moves until the vote: a fall of yes over the last weeks and a random walk. Polls close in time share most of
the walk, so many of them are not many times as good as one.

What the numbers rest on (measured by `bench/forecast_votes.py` over 55 polls of 34 measures, sources there): in the
last three weeks the share of yes among those decided was off by 4.2 points (root mean square) where sampling alone
gives 1.7, and 1.6 points too high on average.

Sources: Shirani-Mehr, Rothschild, Goel, Gelman, Disentangling Bias and Variance in Election Polls, JASA 113 (2018)
607-614 (3.5 points beside candidates, of which about 2 are shared by all polls of an election); S. Fisher,
electionsetc.com, September 2014 (final polls too high for yes in 12 of 16 referendums); CalMatters, October 2019
(support less opposition fell by 7 points a month on average in PPIC's polls of measures since 1998); Rogers and Aida,
Vote Self-Prediction Hardly Predicts Who Will Vote, American Politics Research 42 (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.forecasting.past_votes import Numbers, logit, share_of


@dataclass(frozen=True)
class Poll:
    """One poll: shares of those asked, in [0, 1]; `turnout` is the share that is said to be certain to vote."""

    ended_on: date
    sample_size: int
    yes: float
    no: float
    undecided: float = 0.0
    turnout: float | None = None
    pollster: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {**asdict(self), "ended_on": self.ended_on.isoformat()}


@dataclass(frozen=True)
class PollPriors:
    """How far polls of measures are off; logits of the share of yes unless said otherwise."""

    shared_error: float = 0.10  # shared by all polls of a measure: about 2.5 points (Shirani-Mehr and others 2018)
    shared_freedom: float = 5.0  # Student's t: now and then all polls are far off together
    own_error: float = 0.06  # of each poll beside sampling (0.05 in the fit to the 55 polls)
    walk_per_day: float = 0.03  # standard deviation of a day's move of opinion (0.04 in the fit)
    walk_days: int = 365  # beyond a year opinion is taken to wander no further from the poll
    fall_per_30_days: float = 0.15  # mean fall of yes before a vote: CalMatters 2019 (0.28 in the fit)
    fall_days: int = 90  # over the campaign only
    undecided_to_yes: float = 0.42  # mean share of the undecided who end at yes (0.41 and 0.50 in two fits)
    undecided_spread: float = 0.15  # standard deviation of that share
    prior_spread: float = 1.5  # of the share of yes before any poll: hardly informative
    turnout_error: float = 0.8  # of the share said certain to vote: "hardly predicts", little bias (Rogers and Aida)

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


def check_poll(poll: Poll, *, as_of: date | None = None, vote_on: date | None = None) -> list[Fault]:
    """Say what cannot be in a poll: shares outside [0, 1] or above one together, nobody asked, days out of order."""
    faults = []
    for name in ("yes", "no", "undecided", "turnout"):
        value = getattr(poll, name)
        if value is not None and not 0 <= value <= 1:
            remedy = "Write a share such as 0.52, or a percentage such as 52 in every row."
            faults.append(Fault(f"{name} is not a share from 0 to 1", column=name, value=f"{value:g}", remedy=remedy))
    together = poll.yes + poll.no + poll.undecided
    if not faults and together > 1.0201:
        message = f"yes, no and undecided make {together:.1%}"
        faults.append(Fault(message, column="yes", remedy="They are parts of one whole; at most 100 % together."))
    if not faults and poll.yes + poll.no <= 0:
        faults.append(Fault("nobody in it has decided", column="yes", remedy="Leave this poll out."))
    if poll.sample_size < 1:
        message, value = "nobody was asked", str(poll.sample_size)
        faults.append(Fault(message, column="sample_size", value=value, remedy="Give how many people were asked."))
    for day, words in ((as_of, "the day of the forecast"), (vote_on, "the day of the vote")):
        if day is not None and poll.ended_on > day:
            message = f"it ended after {words}, {day.isoformat()}"
            remedy = "Leave it out, or move that day."
            faults.append(Fault(message, column="end_date", value=poll.ended_on.isoformat(), remedy=remedy))
            break
    return faults


def draw_yes_from_polls(
    polls: Sequence[Poll],
    *,
    vote_on: date,
    draws: int,
    rng: np.random.Generator,
    past: Numbers | None = None,
    priors: PollPriors | None = None,
) -> Numbers:
    """Draw the share of yes on the day of the vote from polls.

    Parameters
    ----------
    polls
        At least one, each checked by `check_poll`.
    vote_on
        The day of the vote; no poll ends later.
    draws
        How many, at least 1.
    rng
        The source of chance.
    past
        Draws (in logits) from votes that the asker says are comparable; without them hardly anything is assumed.
    priors
        How far polls are off.

    Returns
    -------
    array
        `(draws,)`, in logits of the share of yes among valid votes.

    Raises
    ------
    InputError
        There is no poll, or one is faulty.
    """
    priors = priors or PollPriors()
    faults = [fault for poll in polls for fault in check_poll(poll, vote_on=vote_on)]
    if not polls or faults:
        raise InputError(*(faults or [Fault("there is no poll", remedy="Give at least one.")]))
    undecided = np.array([max(0.0, min(poll.undecided or 1 - poll.yes - poll.no, 1)) for poll in polls])
    yes, no = (np.array([getattr(poll, name) for poll in polls]) for name in ("yes", "no"))
    to_yes = np.clip(priors.undecided_to_yes + priors.undecided_spread * rng.standard_normal((draws, 1)), 0.02, 0.98)
    implied = logit((yes + to_yes * undecided) / (yes + no + undecided))
    days = np.array([(vote_on - poll.ended_on).days for poll in polls], dtype=np.float64)
    implied -= priors.fall_per_30_days / 30 * np.minimum(days, priors.fall_days)
    weights, own = _weights(error_covariance(polls, days, priors))
    # The shared error and opinion's walk are in no poll's power to show: the first is drawn with heavy tails.
    tails = np.sqrt(priors.shared_freedom / rng.chisquare(priors.shared_freedom, draws))
    noise = own + (priors.shared_error * tails) ** 2
    middle = implied @ weights
    mean, spread = (0.0, priors.prior_spread) if past is None else (float(past.mean()), float(past.std()))
    precision = 1 / noise + 1 / spread**2
    centre: Numbers = (middle / noise + mean / spread**2) / precision
    return centre + rng.standard_normal(draws) / np.sqrt(precision)


def adjust_turnout(turnout: Numbers, polls: Sequence[Poll], priors: PollPriors | None = None) -> Numbers:
    """Move draws of turnout (logits) towards what people said in polls, as far as that deserves trust.

    The draws are shrunk linearly, which is exact for normal ones; all polls together count as one answer, because
    what people say of themselves errs in the same way in each.
    """
    priors = priors or PollPriors()
    said = [(poll.turnout, poll.sample_size) for poll in polls if poll.turnout is not None]
    if not said:
        return turnout
    answer = float(logit(np.average([share for share, _ in said], weights=[size for _, size in said])))
    variance = float(turnout.var())
    kept = priors.turnout_error**2 / (priors.turnout_error**2 + variance)
    middle = float(turnout.mean())
    moved: Numbers = kept * middle + (1 - kept) * answer + np.sqrt(kept) * (turnout - middle)
    return moved


def error_covariance(polls: Sequence[Poll], days: Numbers, priors: PollPriors) -> NDArray[np.float64]:
    """Give the covariance of the polls' errors (n, n), in logits, without the error that all share.

    `days` (n,) are those from each poll to the vote; the walk of opinion from the later of two polls on is in both.
    """
    two_way = np.array([poll.yes / (poll.yes + poll.no) for poll in polls])
    held = share_of(logit(two_way))
    decided = np.array([poll.sample_size * (poll.yes + poll.no) for poll in polls])
    sampling = 1 / (decided * held * (1 - held))
    walked = np.minimum(days, priors.walk_days)
    covariance: NDArray[np.float64] = np.diag(
        priors.own_error**2 + sampling
    ) + priors.walk_per_day**2 * np.minimum.outer(walked, walked)
    return covariance


def _weights(covariance: NDArray[np.float64]) -> tuple[Numbers, float]:
    """Give the weights of the best linear mean of polls, and its variance (generalised least squares)."""
    inverse: Numbers = np.linalg.solve(covariance, np.ones(len(covariance))).astype(np.float64)
    total = float(inverse.sum())
    return inverse / total, 1 / total
