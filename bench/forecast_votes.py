"""Forecasts of votes held to votes that were held, to polls of measures, to simulated votes, and as of a story's day.

    python bench/forecast_votes.py             all
    python bench/forecast_votes.py --quick     fewer draws and simulated votes
    python bench/forecast_votes.py --json      the figures as JSON

- *world*: each past vote that ships with the package, left out with all others of its place and day, forecast from
  the rest: how often the 80 % interval of turnout and of the share of yes holds it, and the Brier and log scores of
  "passes under its own rule" and of "would pass with half of those registered and 55 %", beside the base rate of the
  others.
- *California*: each measure as of the day before its election, from what was held before it.
- *polls*: polls of ballot measures against their results (`bench/data/votes/measure_polls.csv`): their errors, and
  how often the 80 % interval from all polls of a measure held its result.
- *simulated*: coverage on votes made by other means (`vote_shapes.py`).
- *California's independence*: the second vote of the 2016 initiative (half of those registered, 55 %) as of the
  story's days, from the polls published by then.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from vote_shapes import SHAPES

from referenda.errors import ReferendaError
from referenda.forecasting.past_votes import PastVote, logit, share_of, shipped_elections, shipped_votes
from referenda.forecasting.polls import Poll, PollPriors, draw_yes_from_polls, error_covariance
from referenda.forecasting.vote import VoteForecast, forecast_vote
from referenda.forecasting.vote_shares import VoteEvidence, VoteShares, draw_shares
from referenda.law.tally import Tally
from referenda.law.vote_rule import decide
from referenda.stats.scores import brier, log_score, reliability, skill

DATA = Path(__file__).resolve().parent / "data" / "votes"
HALF_AND_55 = "ballots >= 50% of registered and yes >= 55% of valid"
LATEST = date(2026, 1, 1)


def rng_of(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(2026, spawn_key=key)))


def forecast(evidence: VoteEvidence, rule: str, draws: int, *key: int, **given: Any) -> tuple[VoteShares, VoteForecast]:
    first, second = rng_of(*key).spawn(2)
    history = given.pop("history", None)
    shares = draw_shares(evidence, draws=draws, rng=first, history=history)
    return shares, forecast_vote(rule, shares, rng=second, **given)


def passed(vote: PastVote, rule: str) -> bool:
    tally = Tally(registered=vote.registered, ballots=vote.ballots, yes=vote.yes, no=vote.no)
    return decide(rule, tally).passed


def rule_of(vote: PastVote) -> str:
    return RULES[vote.name]


def _rules() -> dict[str, str]:
    path = Path(__file__).resolve().parents[1] / "src" / "referenda" / "forecasting" / "data" / "past_votes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["vote"]: row["rule"] for row in csv.DictReader(file)}


RULES = _rules()


def held(draws: np.ndarray, actual: float, level: float = 0.8) -> bool:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return bool(low <= actual <= high)


def share_held(rows: Iterable[bool]) -> float:
    values = list(rows)
    return float(np.mean(values)) if values else float("nan")


def compared(chances: Sequence[float], base: Sequence[float], came: Sequence[bool]) -> dict[str, Any]:
    happened = [int(each) for each in came]
    return {
        "votes": len(came),
        "passed": sum(happened),
        "Brier, model / base rate": [round(float(brier(each, happened).mean()), 3) for each in (chances, base)],
        "log score, model / base rate": [round(float(log_score(each, happened).mean()), 3) for each in (chances, base)],
        "Brier skill": skill(brier(chances, happened), brier(base, happened)),
    }


def world(draws: int) -> dict[str, Any]:
    votes = [vote for vote in shipped_votes() if vote.place != "us/ca"]
    rows: dict[str, list[bool]] = {"turnout": [], "yes": []}
    own: list[tuple[float, float, bool]] = []
    strict: list[tuple[float, float, bool]] = []
    for index, vote in enumerate(votes):
        rest = [each for each in votes if (each.place, each.held_on) != (vote.place, vote.held_on)]
        evidence = VoteEvidence(LATEST, place=vote.place)
        rule = rule_of(vote) or "yes > no"
        try:
            came = passed(vote, rule)
        except ReferendaError:  # a rule that counts units
            rule, came = "yes > no", vote.yes > vote.no
        shares, found = forecast(evidence, rule, draws, 1, index, history=rest)
        rows["turnout"].append(held(shares.turnout, float(logit(vote.turnout))))
        rows["yes"].append(held(shares.yes, float(logit(vote.yes_share))))
        own.append((found.passes, 0.0, came))
        _, half = forecast(evidence, HALF_AND_55, draws, 1, index, history=rest)
        strict.append((half.passes, 0.0, passed(vote, HALF_AND_55)))
    return {
        "votes": len(votes),
        "80 % interval holds turnout / yes": [round(share_held(rows[name]), 2) for name in ("turnout", "yes")],
        "passes its own rule": compared(*_with_base_rate(own)),
        "passes half and 55 %": compared(*_with_base_rate(strict)),
    }


def _with_base_rate(rows: list[tuple[float, float, bool]]) -> tuple[list[float], list[float], list[bool]]:
    """Put beside each chance the share of the other votes that passed."""
    came = [row[2] for row in rows]
    total = sum(came)
    return [row[0] for row in rows], [(total - each) / (len(came) - 1) for each in came], came


def california(draws: int) -> dict[str, Any]:
    votes = [vote for vote in shipped_votes() if vote.place == "us/ca"]
    turnout, yes, rows, strict = {}, [], [], []
    for index, vote in enumerate(votes):
        evidence = VoteEvidence(vote.held_on - timedelta(days=1), vote.held_on, "us/ca")
        shares, found = forecast(evidence, "yes > no", draws, 2, index)
        turnout[vote.held_on] = held(shares.turnout, float(logit(vote.turnout)))
        yes.append(held(shares.yes, float(logit(vote.yes_share))))
        rows.append((found.passes, 0.0, vote.yes > vote.no))
        _, half = forecast(evidence, HALF_AND_55, draws, 2, index)
        strict.append((half.passes, 0.0, passed(vote, HALF_AND_55)))
    return {
        "measures / elections": [len(votes), len(turnout)],
        "80 % interval holds turnout (elections) / yes (measures)": [
            round(share_held(turnout.values()), 2),
            round(share_held(yes), 2),
        ],
        "passes": compared(*_with_base_rate(rows)),
        "passes half and 55 %": compared(*_with_base_rate(strict)),
    }


def elections(draws: int) -> dict[str, Any]:
    """Forecast the turnout of each election of California since 1946 from those before it."""
    rows = []
    for index, election in enumerate(shipped_elections("us/ca")):
        if election.held_on.year >= 1946:
            evidence = VoteEvidence(election.held_on - timedelta(days=1), election.held_on, "us/ca")
            turnout = draw_shares(evidence, draws=draws, rng=rng_of(9, index)).turnout
            actual = float(logit(election.turnout))
            middle = float(share_of(np.median(turnout)))
            rows.append((held(turnout, actual), held(turnout, actual, 0.5), abs(middle - election.turnout)))
    means = np.mean(rows, axis=0)
    return {
        "elections": len(rows),
        "interval holds turnout, 80 % / 50 %": [round(float(value), 2) for value in means[:2]],
        "mean error of the median in points": round(100 * float(means[2]), 1),
    }


def measure_polls() -> dict[str, tuple[list[Poll], date, float]]:
    """Give the polls of each measure, the day of its vote and its share of yes."""
    found: dict[str, tuple[list[Poll], date, float]] = {}
    with (DATA / "measure_polls.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yes, no = float(row["yes"]) / 100, float(row["no"]) / 100
            poll = Poll(date.fromisoformat(row["end_date"]), int(row["sample_size"]), yes, no, max(0.0, 1 - yes - no))
            kept = found.setdefault(
                row["measure"], ([], date.fromisoformat(row["vote_date"]), float(row["result_yes_share"]))
            )
            kept[0].append(poll)
    return found


def polls(draws: int) -> dict[str, Any]:
    errors, sampling, rows = [], [], []
    for index, (given, vote_on, result) in enumerate(measure_polls().values()):
        for poll in given:
            if (vote_on - poll.ended_on).days <= 21:
                decided = poll.yes + poll.no
                errors.append(poll.yes / decided - result)
                sampling.append(0.25 / (poll.sample_size * decided))
        drawn = draw_yes_from_polls(given, vote_on=vote_on, draws=draws, rng=rng_of(3, index))
        rows.append((held(drawn, float(logit(result))), held(drawn, float(logit(result)), 0.5),
                     float((drawn > 0).mean()), result > 0.5))  # fmt: skip
    chances, came = [row[2] for row in rows], [row[3] for row in rows]
    ahead = [float(np.mean([poll.yes > poll.no for poll in given])) for given, _, _ in measure_polls().values()]
    return {
        "polls / measures": [sum(len(given) for given, _, _ in measure_polls().values()), len(rows)],
        "polls of the last 21 days": len(errors),
        "their error in points: root mean square / mean / by sampling alone": [
            round(100 * float(np.sqrt(np.mean(np.square(errors)))), 1),
            round(100 * float(np.mean(errors)), 1),
            round(100 * float(np.sqrt(np.mean(sampling))), 1),
        ],
        "interval holds the result, 80 % / 50 %": [round(share_held(row[i] for row in rows), 2) for i in (0, 1)],
        "yes wins": compared(chances, _with_base_rate([(0, 0, each) for each in came])[1], came),
        "Brier of who leads the polls": round(float(brier(ahead, [int(each) for each in came]).mean()), 3),
    }


def refitted(draws: int, repeats: int) -> dict[str, Any]:
    """Fit the errors of polls to half of the measures, and forecast the other half."""
    cases, chance, rows = list(measure_polls().values()), rng_of(11), []
    for _ in range(repeats):
        order = chance.permutation(len(cases))
        for half in (0, 1):
            fitted = fit_polls([cases[index] for index in order[half::2]])
            for given, vote_on, result in (cases[index] for index in order[1 - half :: 2]):
                drawn = draw_yes_from_polls(given, vote_on=vote_on, draws=draws, rng=chance, priors=fitted)
                rows.append((held(drawn, float(logit(result))), float((drawn > 0).mean()), result > 0.5))
    best = fit_polls(cases)
    names = ("own_error", "walk_per_day", "fall_per_30_days", "undecided_to_yes")
    return {
        "80 % interval holds the result": round(share_held(row[0] for row in rows), 2),
        "yes wins, Brier": round(float(brier([row[1] for row in rows], [int(row[2]) for row in rows]).mean()), 3),
        "fitted to all: own error / walk / fall / undecided to yes": [round(getattr(best, name), 2) for name in names],
    }


def fit_polls(cases: Sequence[tuple[list[Poll], date, float]]) -> PollPriors:
    """Find the likeliest errors of polls, the error that all share and the spread of the undecided held."""

    def made(at: np.ndarray) -> PollPriors:
        return replace(
            PollPriors(),
            own_error=float(np.exp(at[0])),
            walk_per_day=float(np.exp(at[1])),
            fall_per_30_days=float(at[2]),
            undecided_to_yes=float(share_of(at[3])),
        )

    def unlikely(at: np.ndarray) -> float:
        priors, total = made(at), 0.0
        for given, vote_on, result in cases:
            days = np.array([float((vote_on - poll.ended_on).days) for poll in given])
            yes, no = (np.array([getattr(poll, name) for poll in given]) for name in ("yes", "no"))
            undecided = np.clip(1 - yes - no, 0, 1)
            said = logit((yes + priors.undecided_to_yes * undecided) / (yes + no + undecided))
            error = said - priors.fall_per_30_days / 30 * np.minimum(days, priors.fall_days) - float(logit(result))
            shared = priors.shared_error**2 + (4 * priors.undecided_spread) ** 2 * np.outer(undecided, undecided)
            covariance = error_covariance(given, days, priors) + shared
            total += error @ np.linalg.solve(covariance, error) + np.linalg.slogdet(covariance)[1]
        return float(total)

    options = {"maxiter": 800, "xatol": 1e-3, "fatol": 1e-3}
    return made(minimize(unlikely, [-2.8, -3.5, 0.15, -0.3], method="Nelder-Mead", options=options).x)


def simulated(count: int, draws: int) -> dict[str, Any]:
    figures, said, came = {}, [], []
    for key, (name, shape) in enumerate(SHAPES.items()):
        rows = []
        for index in range(count):
            case = shape(rng_of(4, key, index))
            shares = draw_shares(case.evidence, draws=draws, rng=rng_of(5, key, index), history=case.history)
            turnout, yes = share_of(shares.turnout), share_of(shares.yes)
            rows.append((held(turnout, case.turnout), held(yes, case.yes_share),
                         held(turnout * yes, case.turnout * case.yes_share)))  # fmt: skip
            said.append(float(np.mean((turnout >= 0.5) & (yes >= 0.55))))
            came.append(case.turnout >= 0.5 and case.yes_share >= 0.55)
        figures[name] = [round(float(value), 3) for value in np.mean(rows, axis=0)]
    bins = reliability(said, [int(each) for each in came], edges=(0, 0.1, 0.3, 0.5, 0.7, 0.9, 1))
    return {
        f"80 % interval holds turnout / yes / yes of registered, {count} votes each": figures,
        "chance of half and 55 %, nobody at home: said / came / votes": {
            f"{each.low:.0%} to {each.high:.0%}": [
                round(float(each.mean_probability), 2),
                round(each.happened.share, 2),
                each.forecasts,
            ]
            for each in bins
            if each.mean_probability is not None
        },
    }  # fmt: skip


def calexit_polls(as_of: date) -> list[Poll]:
    with (DATA / "calexit_polls.csv").open(encoding="utf-8", newline="") as file:
        given = [
            Poll(date.fromisoformat(row["end_date"]), int(row["sample_size"]),
                 *(float(row[name]) / 100 for name in ("yes", "no", "undecided")), pollster=row["pollster"])
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return [poll for poll in given if poll.ended_on <= as_of]


def calexit(draws: int) -> dict[str, Any]:
    figures = {}
    days = {"title and summary asked for": date(2016, 11, 22), "cleared to circulate": date(2017, 1, 27),
            "the second story": date(2017, 7, 25)}  # fmt: skip
    for index, (story, as_of) in enumerate(days.items()):
        evidence = VoteEvidence(as_of, date(2019, 3, 13), "us/ca", calexit_polls(as_of))
        _, found = forecast(evidence, HALF_AND_55, draws, 6, index, registered=19_411_771)
        _, blind = forecast(replace(evidence, polls=()), HALF_AND_55, draws, 7, index, registered=19_411_771)
        _, first = forecast(replace(evidence, vote_on=date(2018, 11, 6)), "yes > no", draws, 10, index)
        figures[f"{as_of.isoformat()}, {story}"] = {
            "polls": len(evidence.polls),
            "passes": round(found.passes, 4),
            "half take part / 55 % say yes": [round(condition.met, 3) for condition in found.conditions],
            "share of yes, 80 % interval": [round(found.quantiles["yes_share"][at], 3) for at in ("0.1", "0.9")],
            "without any poll": round(blind.passes, 3),
            "the first vote, November 2018, by a majority": round(first.passes, 3),
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    draws, count = (2_000, 100) if given.quick else (10_000, 1_000)
    figures = {
        "world": world(draws),
        "California": california(draws),
        "turnout of California's elections": elections(draws),
        "polls": polls(draws),
        "polls, their errors fitted to half of the measures": refitted(draws, 1 if given.quick else 5),
        "simulated": simulated(count, 2_000),
        "California's independence, 50 % and 55 %": calexit(draws),
    }
    start = time.perf_counter()
    forecast(VoteEvidence(date(2017, 7, 25), date(2019, 3, 13), "us/ca", calexit_polls(date(2017, 7, 25))),
             HALF_AND_55, 10_000, 8)  # fmt: skip
    figures["seconds of one forecast, 10,000 draws"] = round(time.perf_counter() - start, 2)
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
