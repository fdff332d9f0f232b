"""Turnout, the share of yes and the share without an answer, drawn together for one vote before any boycott.

Turnout comes from elections of the place of the same kind where they ship with the package, else from past votes of
the place; the share of yes from polls, from past votes that the asker gives as comparable, or from both. Where
nothing of the kind is known the answer comes from all votes known, and says so. What is drawn from separate sources
is tied by a correlation, because a rule with a quorum makes the two interact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from referenda.errors import Fault, InputError
from referenda.forecasting.past_votes import (
    ComparablePriors,
    Numbers,
    PastVote,
    check_past_vote,
    correlation,
    draw_any,
    draw_next,
    kind_of_election,
    logit,
    logits,
    shipped_elections,
    shipped_votes,
    weights_of,
)
from referenda.forecasting.polls import Poll, PollPriors, adjust_turnout, check_poll, draw_yes_from_polls


@dataclass(frozen=True)
class VoteEvidence:
    """What is known of a vote on the day of the forecast.

    `votes` are past votes that the asker gives as comparable; `place` (such as us/ca) stands for those that ship with
    the package and for its elections. Nothing later than `as_of` is used.
    """

    as_of: date
    vote_on: date | None = None
    place: str | None = None
    polls: Sequence[Poll] = ()
    votes: Sequence[PastVote] = ()


@dataclass(frozen=True)
class VoteShares:
    """Draws of one vote before any boycott; logits, `(draws,)` each.

    `boycott_in_turnout` says that past votes under a quorum gave the turnout, so that it holds their boycotts already.
    `notes` say in words what the draws rest on.
    """

    turnout: Numbers = field(repr=False)
    yes: Numbers = field(repr=False)
    invalid: Numbers = field(repr=False)
    boycott_in_turnout: bool
    notes: tuple[str, ...]


def check_evidence(evidence: VoteEvidence) -> list[Fault]:
    """Say everything that is wrong with what is given: see `check_poll` and `check_past_vote`."""
    faults = []
    if evidence.vote_on is not None and evidence.vote_on < evidence.as_of:
        message = "the vote was held before the day of the forecast"
        remedy = f"Forecast it as of a day up to {evidence.vote_on.isoformat()}: --as-of."
        faults.append(Fault(message, column="--on", value=evidence.vote_on.isoformat(), remedy=remedy))
    if evidence.polls and evidence.vote_on is None:
        message = "polls are worth the less the longer it is to the vote, and its day is not given"
        faults.append(Fault(message, column="--on", remedy="Give the day of the vote: --on."))
    for poll in evidence.polls:
        faults += check_poll(poll, as_of=evidence.as_of)
    for vote in evidence.votes:
        faults += check_past_vote(vote)
        if vote.held_on > evidence.as_of:
            message = f"{vote.name} was held after the day of the forecast, {evidence.as_of.isoformat()}"
            value = vote.held_on.isoformat()
            faults.append(Fault(message, column="date", value=value, remedy="Leave it out, or move that day."))
    return faults


def draw_shares(
    evidence: VoteEvidence,
    *,
    draws: int,
    rng: np.random.Generator,
    comparable: ComparablePriors | None = None,
    polled: PollPriors | None = None,
    history: Sequence[PastVote] | None = None,
) -> VoteShares:
    """Draw turnout, the share of yes and the share without an answer.

    Parameters
    ----------
    evidence
        What is known.
    draws
        How many, at least 1.
    rng
        The source of chance.
    comparable, polled
        How much other votes count, and how far polls are off.
    history
        All past votes known; those that ship with the package where none are given.

    Raises
    ------
    InputError
        What is given contradicts itself; every fault is named.
    """
    if faults := check_evidence(evidence):
        raise InputError(*faults)
    comparable, polled = comparable or ComparablePriors(), polled or PollPriors()
    chances = dict(zip(("any", "turnout", "invalid", "yes", "polls", "tie"), rng.spawn(6), strict=True))
    known = [vote for vote in (history or shipped_votes()) if vote.held_on <= evidence.as_of]
    own = list(evidence.votes) or [vote for vote in known if vote.place == evidence.place]
    others = [vote for vote in known if vote not in own and vote.place != evidence.place and not vote.under_quorum]
    notes = []
    turnout, yes, invalid = draw_any(others, draws=draws, rng=chances["any"], priors=comparable)
    if not own:
        about = f" of {evidence.place}" if evidence.place else ""
        days = len({(vote.place, vote.held_on) for vote in others})
        notes.append(
            f"No past vote{about} is known: turnout and blank ballots come from {len(others)} votes of the world "
            f"on {days} days, which say little."
        )
    else:
        invalid = _drawn(own, others, "invalid_share", draws, chances["invalid"], comparable)
        if not evidence.polls or evidence.votes:
            yes = _drawn(own, others, "yes_share", draws, chances["yes"], comparable)
    turnout, said = _turnout(evidence, own, others, turnout, draws, chances["turnout"], comparable)
    notes += said
    if evidence.polls and evidence.vote_on is not None:
        given = yes if evidence.votes else None
        yes = draw_yes_from_polls(
            evidence.polls, vote_on=evidence.vote_on, draws=draws, rng=chances["polls"], past=given, priors=polled
        )
        notes.append(_polls_in_words(evidence))
        if any(poll.turnout is not None for poll in evidence.polls):
            turnout = adjust_turnout(turnout, evidence.polls, polled)
            notes.append("Turnout was moved a little towards what people say of themselves in polls.")
    elif own:
        which = "given" if evidence.votes else f"of {evidence.place} that ship with the package"
        notes.append(f"The share of yes comes from {len(own)} past votes {which}; there are no polls.")
    else:
        notes.append("The share of yes comes from those votes too: without polls this is hardly more than a guess.")
    if own or evidence.polls:
        rho = _correlations(others, bool(evidence.polls), draws, chances["tie"])
        turnout, yes, invalid = _tied(turnout, yes, invalid, rho, chances["tie"])
    under_quorum = any(vote.under_quorum for vote in own)
    if under_quorum:
        notes.append("Some of the past votes were held under a quorum: a boycott is in their turnout already.")
    return VoteShares(turnout, yes, invalid, under_quorum, tuple(notes))


def _turnout(
    evidence: VoteEvidence,
    own: Sequence[PastVote],
    others: Sequence[PastVote],
    anywhere: Numbers,
    draws: int,
    rng: np.random.Generator,
    priors: ComparablePriors,
) -> tuple[Numbers, list[str]]:
    """Draw turnout: from elections of the place, else from the days of its past votes, else as anywhere."""
    held = shipped_elections(evidence.place) if evidence.place and not evidence.votes else ()
    first = evidence.as_of.year - priors.years_of_elections
    recent = [each for each in held if each.held_on <= evidence.as_of and each.held_on.year >= first]
    if len(recent) >= 3:
        kind = kind_of_election(evidence.vote_on) if evidence.vote_on else None
        alike = [each for each in recent if kind in (None, each.kind)] or recent
        values, rest = (logit(np.array([each.turnout for each in group])).tolist() for group in (alike, recent))
        words = f"{kind} elections" if kind else "elections of all kinds"
        note = f"Turnout comes from {len(alike)} {words} of {evidence.place} since {first}, beside its other elections."
        drawn = draw_next(
            values, rest, world_votes=priors.turnout_world_votes, freedom=priors.freedom, draws=draws, rng=rng
        )
        return drawn + priors.turnout_drift * rng.standard_normal(draws), [note]
    if not own:
        return anywhere, []
    days = {(vote.place, vote.held_on): vote for vote in own}
    drawn = _drawn(list(days.values()), others, "turnout", draws, rng, priors)
    return drawn, [f"Turnout comes from past votes on {len(days)} day{'s' if len(days) > 1 else ''}."]


def _drawn(
    own: Sequence[PastVote],
    others: Sequence[PastVote],
    share: str,
    draws: int,
    rng: np.random.Generator,
    priors: ComparablePriors,
) -> Numbers:
    """Draw one share of the next vote from that of past ones and of all others."""
    worth = priors.turnout_world_votes if share == "turnout" else priors.yes_world_votes
    past, rest = (logits(votes, share).tolist() for votes in (own, others))
    return draw_next(past, rest, weights_of(others), world_votes=worth, freedom=priors.freedom, draws=draws, rng=rng)


def _polls_in_words(evidence: VoteEvidence) -> str:
    days = (evidence.vote_on - max(poll.ended_on for poll in evidence.polls)).days if evidence.vote_on else 0
    count = len(evidence.polls)
    word = "poll" if count == 1 else "polls"
    given = " and from the past votes given" if evidence.votes else ""
    return f"The share of yes comes from {count} {word}{given}; the last ended {days:,} days before the vote."


def _correlations(others: Sequence[PastVote], polled: bool, draws: int, rng: np.random.Generator) -> Numbers:
    """Draw the correlation of turnout and the share of yes.

    Without polls it is that of past votes (Fisher's z and its error, by days); what polls are wrong by has no known
    tie to turnout, so around polls it is centred at none.
    """
    days = sum(weights_of(others))
    centre = 0.0 if polled else np.arctanh(np.clip(correlation(others), -0.95, 0.95))
    spread = 0.3 if polled else 1 / np.sqrt(max(days - 3, 1))
    return np.tanh(centre + spread * rng.standard_normal(draws))


def _tied(
    turnout: Numbers, yes: Numbers, invalid: Numbers, rho: Numbers, rng: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers]:
    """Put two sets of draws in an order in which they go together (a Gaussian copula); each keeps its values."""
    first, own = rng.standard_normal((2, len(turnout)))
    second = rho * first + np.sqrt(1 - rho**2) * own
    order = np.argsort(turnout)[first.argsort().argsort()]
    return turnout[order], np.sort(yes)[second.argsort().argsort()], invalid[order]
