"""Petitions of the past, each forecast at filing from all the others, beside simpler forecasts.

    python bench/forecast_history.py             10,000 draws for each petition
    python bench/forecast_history.py --quick     2,000
    python bench/forecast_history.py --json      the figures as JSON

What is known is what was known at filing: the raw count, the requirement, the place. The petition itself is left out of
the history of validity and of duplicates. Beside it:

- *base rate*: the share of the other petitions that qualified.
- *raw x mean validity*: raw count times the mean share of valid lines of the place's other petitions (of all others
  where there are none) against the requirement; its yes or no is said with the chance with which that was right for
  the other petitions, so that a log score exists.

A score is better when lower; skill is 1 - score / score of the reference. Petitions whose raw count was not published
or whose outcome is open are left out, and so is what a court or a campaign counted in place of an office.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import date
from typing import Any

import numpy as np

from referenda.assembly import law_of, places
from referenda.errors import ReferendaError
from referenda.forecasting.counting import CountInDraws, FullCheck
from referenda.forecasting.county_split import split_of_place
from referenda.forecasting.duplicates import usual_duplicates
from referenda.forecasting.history import PastPetition, read_history, validity_of_place
from referenda.forecasting.qualification import Known, forecast_qualification
from referenda.stats.scores import brier, log_score, reliability, skill

SEED = 20_161_121


def forecast(past: PastPetition, history: tuple[PastPetition, ...], draws: int) -> dict[str, Any]:
    """Forecast one petition from all the others."""
    requirement = past.requirement or 0
    known = Known(
        as_of=date(past.year, 7, 1),
        requirement=requirement,
        split=split_of_place(past.place),
        raw_count=past.raw_count,
        duplicate_priors=usual_duplicates(past.measure),
    )
    count: CountInDraws | FullCheck = FullCheck(requirement)
    if past.place in places():
        law = law_of(past.place)
        count = CountInDraws(law, instrument=law.first_instrument, on=known.as_of, requirement=requirement)
    place = validity_of_place(history, past.place, leave_out=past.measure)
    try:
        found = forecast_qualification(known, place=place, count=count, draws=draws, seed=SEED)
    except ReferendaError:  # the law of that year is not encoded whole
        count = FullCheck(requirement)
        found = forecast_qualification(known, place=place, count=count, draws=draws, seed=SEED)
    low, high = (found.quantiles["valid"][level] for level in ("0.1", "0.9"))
    return {"chance": found.qualifies, "by_law": count.has_sample, "low": low, "high": high}


def rule_of_thumb(past: PastPetition, others: list[PastPetition]) -> bool:
    """Say whether raw count times the place's mean share of valid signatures reaches the requirement."""

    def share(each: PastPetition) -> float | None:
        known = each.valid and each.raw_count and each.valid_kind in ("distinct", "projected", "projected_lines")
        return (each.valid or 0) / (each.raw_count or 1) if known else None

    shares = [(each.state, found) for each in others if (found := share(each)) is not None]
    here = [found for state, found in shares if state == past.state]
    mean = np.mean(here or [found for _, found in shares])
    return bool((past.raw_count or 0) * mean >= (past.requirement or 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    draws = 2_000 if options.quick else 10_000
    history = read_history()
    used = [
        past
        for past in history
        if past.raw_count and past.requirement and past.qualified is not None
        and past.valid_kind not in ("court", "campaign", "challenge", "districts", "running")
    ]  # fmt: skip
    happened = np.array([bool(past.qualified) for past in used])
    found = []
    for number, past in enumerate(used, 1):
        found.append(forecast(past, history, draws))
        if not options.json and sys.stderr.isatty():
            print(f"\r{number} of {len(used)}", end="", file=sys.stderr)
    chances = np.array([each["chance"] for each in found])
    base = (happened.sum() - happened) / (len(used) - 1)
    thumbs = np.array([rule_of_thumb(past, [o for o in history if o.measure != past.measure]) for past in used])
    right = thumbs == happened
    sure = (right.sum() - right + 1) / (len(used) + 1)
    thumb = np.where(thumbs, sure, 1 - sure)
    scores: dict[str, Any] = {}
    for name, said in (("Referenda", chances), ("base rate", base), ("raw x mean validity", thumb)):
        scores[name] = {"Brier": float(brier(said, happened).mean()), "log": float(log_score(said, happened).mean())}
        scores[name]["right at one half"] = float(np.mean((said >= 0.5) == happened))
    against = {
        name: {
            "Brier skill": skill(brier(chances, happened), brier(said, happened)),
            "log skill": skill(log_score(chances, happened), log_score(said, happened)),
        }
        for name, said in (("base rate", base), ("raw x mean validity", thumb))
    }
    known = [
        (each["low"] <= past.valid <= each["high"])
        for each, past in zip(found, used, strict=True)
        if past.valid and past.valid_kind in ("distinct", "projected", "projected_lines")
    ]
    figures = {
        "petitions": len(used),
        "qualified": int(happened.sum()),
        "counted by the place's own law": sum(each["by_law"] for each in found),
        "scores": scores,
        "skill beside": against,
        "80 % interval of valid signatures holds": f"{sum(known)} of {len(known)}",
        "reliability": {
            f"{100 * group.low:.0f} to {100 * group.high:.0f} %": f"{group.mean_probability:.2f} said, "
            f"{group.happened.share:.2f} happened, {group.forecasts} petitions"
            for group in reliability(chances, happened, edges=(0, 0.2, 0.4, 0.6, 0.8, 1))
            if group.mean_probability is not None
        },
        "by place": dict(Counter(past.state for past in used).most_common()),
    }
    if options.json:
        print(json.dumps(figures))
        return
    print()
    for past, each, thumb_said in sorted(zip(used, found, thumbs, strict=True), key=lambda row: row[1]["chance"]):
        said = f"{past.state} {past.year} {past.measure}"
        print(
            f"{each['chance']:.3f}  {'yes' if past.qualified else 'NO '}  {'' if thumb_said else 'thumb: no'}  {said}"
        )
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
