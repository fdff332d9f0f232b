"""Whole petitions, invented from the first signature to the decision, forecast on the way: do the chances hold?

    python bench/forecast_calibration.py             900 petitions, 2,000 draws each
    python bench/forecast_calibration.py --quick     90
    python bench/forecast_calibration.py --picture F the reliability diagram as SVG or PNG too
    python bench/forecast_calibration.py --json      the figures as JSON

The petitions are made by other rules than the model's. Gathering follows `gathering_shapes`. Lines are valid with a
share of their county around one of the petition (both cut-off normals), falling through the window in half of the
petitions; four of 25 circulators bring a third less. Repeats are a share of the valid lines drawn evenly on the log
scale from 0.4 to 6 percent at the requirement, growing with the lines. Whoever gathers has an own count of valid lines
with an error of eight percent, and files if that reaches 97 percent of the requirement. Counties draw samples as
California's law says; its formula decides.

Each petition is forecast once, at a random time: before the deadline from totals told on one of four schedules, with
nothing, one batch, or forty batches by county and circulator checked; or when it has been filed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from gathering_shapes import FIRST, REQUIREMENT, SCHEDULES, SHAPES, Simulated, simulate
from numpy.typing import NDArray

from referenda.assembly import law_of
from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.county_split import CountySplit, split_of_place
from referenda.forecasting.duplicates import Compared
from referenda.forecasting.gathering_priors import PAPER
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.qualification import Known, forecast_qualification
from referenda.forecasting.validity import CheckedBatch
from referenda.stats.scores import brier, crps_of_quantiles, interval_coverage, log_score, reliability

Floats = NDArray[np.float64]
PLACE = PlaceValidity(mean_logit=1.1, between_sd=0.4, petitions=8)
LAW, INSTRUMENT = "us/ca", "statute"
WORLD = replace(PAPER, qualifying_share=0.3)
"""Three in ten qualify in this world, and a forecaster would know it; the model's other numbers stay as they are."""
STAGES = ("first half", "second half", "filed")
CIRCULATORS = 25  # every eighth brings a third less valid lines than the others, who bring `GOOD` times the mean
GOOD = 25 / (21 + 4 * 2 / 3)
CHECKS = ("nothing checked", "one batch", "forty batches")


@dataclass(frozen=True)
class Truth:
    """A petition whose end is known: its lines by county, what is valid, and what was decided."""

    gathered: Simulated
    raw: Floats
    valid_share: Floats
    drift: float
    repeats: float
    valid: int
    files: bool
    qualifies: bool


def invent(rng: np.random.Generator, count: CountInDraws, split: CountySplit) -> Truth:
    """Invent a petition."""
    gathered = simulate(str(rng.choice(list(SHAPES))), rng)
    total = gathered.final
    shares = split.shares * rng.uniform(0.4, 1.9, len(split.shares))
    raw = np.floor(total * shares / shares.sum())
    level = np.clip(rng.normal(0.745, 0.075), 0.45, 0.93)
    valid_share = np.clip(level + np.clip(rng.normal(0, 0.06, len(raw)), -0.2, 0.15), 0.2, 0.98)
    repeats = float(np.exp(rng.uniform(np.log(0.004), np.log(0.06)))) * total / REQUIREMENT
    accepted = rng.binomial(raw.astype(np.int64), valid_share)
    pairs = rng.poisson(np.minimum(repeats, 0.35) * accepted)
    pairs = np.minimum(pairs, accepted // 2)
    valid = int((accepted - pairs).sum())
    files = bool(valid * np.exp(rng.normal(0, 0.08)) >= 0.97 * REQUIREMENT)
    drift = float(rng.choice([0.0, -0.05]))
    return Truth(
        gathered, raw, valid_share, drift, repeats, valid, files,
        files and total >= REQUIREMENT and decide(rng, count, raw, accepted, pairs),
    )  # fmt: skip


def decide(
    rng: np.random.Generator, count: CountInDraws, raw: Floats, accepted: NDArray[np.int64], pairs: NDArray[np.int64]
) -> bool:
    """Draw the counties' samples and decide by the law; a full check counts the signers."""
    size = np.rint(np.asarray(count.sample_size(raw))).astype(np.int64)
    lines = raw.astype(np.int64)
    shown = rng.hypergeometric(accepted, lines - accepted, size)
    seen = rng.binomial(pairs, (size * np.maximum(size - 1, 0)) / np.maximum(lines * (lines - 1), 1))
    columns = {
        "raw_count": raw[None, :],
        "sample_size": size[None, :].astype(np.float64),
        "valid_in_sample": (shown - seen)[None, :].astype(np.float64),
        "duplicates_in_sample": seen[None, :].astype(np.float64),
    }
    decision = count.decisions[int(count.decide(columns).decision[0])]
    return decision == "sufficient" or (decision == "full_check" and int((accepted - pairs).sum()) >= REQUIREMENT)


def checks(rng: np.random.Generator, truth: Truth, kind: str, until: float, split: CountySplit) -> list[CheckedBatch]:
    """Check batches of what was gathered up to a share of the window; early lines are better where validity falls."""
    gathered = truth.gathered.totals[max(int(until * len(truth.gathered.totals)) - 1, 0)]
    if kind == "nothing checked" or gathered < 2000:
        return []
    batches = []
    for _ in range(1 if kind == "one batch" else 40):
        county = int(rng.choice(len(truth.raw), p=truth.raw / truth.raw.sum()))
        when = rng.uniform(0, until)
        share = truth.valid_share[county] + truth.drift * (when - 0.5) * 2
        if kind == "one batch":
            share = float(truth.raw @ truth.valid_share / truth.raw.sum()) + truth.drift * (until / 2 - 0.5) * 2
        circulator = int(rng.integers(CIRCULATORS))
        share *= GOOD * (2 / 3 if circulator % 8 == 0 else 1)
        lines = int(min(rng.integers(100, 800), gathered / 50, max(truth.raw[county] / 4, 1)))
        if lines < 5:
            continue
        day = FIRST + timedelta(days=int(when * len(truth.gathered.totals)))
        valid = int(rng.binomial(lines, np.clip(share + rng.normal(0, 0.02), 0.02, 0.99)))
        name = split.counties[county] if kind == "forty batches" else None
        batches.append(CheckedBatch(lines, valid, name, f"c{circulator}" if name else None, day))
    return batches


def known_of(rng: np.random.Generator, truth: Truth, split: CountySplit) -> tuple[Known, str, str]:
    """Choose when the petition is forecast, and what is known then."""
    stage = str(rng.choice(STAGES))
    kind = str(rng.choice(CHECKS))
    window = truth.gathered.window
    until = {"first half": rng.uniform(0.1, 0.5), "second half": rng.uniform(0.5, 0.97), "filed": 1.0}[stage]
    compared = []
    if rng.random() < 0.5 and (lines := int(truth.gathered.totals[int(until * window.days) - 1] * 0.3)) > 1000:
        expected = truth.repeats * lines / max(truth.gathered.final, 1) * lines * 0.75
        compared = [Compared(lines, int(rng.poisson(expected)))]
    known = Known(
        as_of=window.deadline + timedelta(days=10),
        requirement=REQUIREMENT,
        gathering_priors=WORLD,
        split=CountySplit(split.counties, truth.raw / truth.raw.sum(), 0.0),
        window=window,
        raw_count=int(truth.raw.sum()),
        checked=checks(rng, truth, kind, until, split),
        compared=compared,
    )
    if stage == "filed" and truth.files:
        return known, stage, kind
    if stage == "filed":
        stage, until = "second half", float(rng.uniform(0.5, 0.97))
        known = replace(known, checked=checks(rng, truth, kind, until, split), compared=[])
    as_of, told = truth.gathered.observed(until, str(rng.choice(SCHEDULES)))
    return replace(known, as_of=as_of, raw_count=None, split=split, gathered=told), stage, kind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    petitions = 90 if options.quick else 900
    law = law_of(LAW)
    split = split_of_place(LAW)
    count = CountInDraws(law, instrument=INSTRUMENT, on=date(2026, 1, 1), requirement=REQUIREMENT)
    rows: list[dict[str, Any]] = []
    begun = time.monotonic()
    for number in range(petitions):
        rng = np.random.default_rng([20_161_121, number])
        truth = invent(rng, count, split)
        known, stage, kind = known_of(rng, truth, split)
        found = forecast_qualification(known, place=PLACE, count=count, draws=2_000, seed=number)
        row: dict[str, Any] = {"stage": stage, "checks": kind, "chance": found.qualifies, "came": truth.qualifies}
        for name, actual in (("raw_count", truth.gathered.final), ("valid", truth.valid)):
            levels = found.quantiles[name]
            row[name] = (levels["0.1"], levels["0.9"], actual)
            row[f"{name} crps"] = float(
                crps_of_quantiles([float(level) for level in levels], list(levels.values()), actual)
            )
        rows.append(row)
        if not options.json and sys.stderr.isatty():
            left = (time.monotonic() - begun) / (number + 1) * (petitions - number - 1)
            print(f"\r{number + 1} of {petitions}, {left:.0f} s left ", end="", file=sys.stderr)
    seconds = time.monotonic() - begun

    def held(name: str, chosen: list[dict[str, Any]]) -> str:
        low, high, actual = (np.array(part) for part in zip(*(row[name] for row in chosen), strict=True))
        found = interval_coverage(low, high, actual)
        return f"{100 * found.share:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f}) of {len(chosen)}"

    open_ = [row for row in rows if row["stage"] != "filed"]
    chances, came = np.array([row["chance"] for row in rows]), np.array([row["came"] for row in rows])
    base = np.full(len(rows), came.mean())
    groups = reliability(chances, came)
    figures: dict[str, Any] = {
        "petitions": len(rows),
        "qualified": int(came.sum()),
        "seconds a forecast": seconds / len(rows),
        "80 % interval of the raw count holds": held("raw_count", open_),
        "80 % interval of the valid signatures holds": held("valid", rows),
        "valid, by stage": {s: held("valid", [row for row in rows if row["stage"] == s]) for s in STAGES},
        "valid, by what was checked": {c: held("valid", [row for row in rows if row["checks"] == c]) for c in CHECKS},
        "Brier": float(brier(chances, came).mean()),
        "log score": float(log_score(chances, came).mean()),
        "Brier of the base rate": float(brier(base, came).mean()),
        "log score of the base rate": float(log_score(base, came).mean()),
        "reliability": {
            f"{100 * group.low:.0f} to {100 * group.high:.0f} %": f"{group.mean_probability:.2f} said, "
            f"{group.happened.share:.2f} of {group.forecasts} came "
            f"({group.happened.low:.2f} to {group.happened.high:.2f})"
            for group in groups
            if group.mean_probability is not None
        },
    }
    if options.picture:
        from referenda.pages.reliability_chart import ForecastGroup, reliability_diagram

        drawn = reliability_diagram(
            [
                ForecastGroup(group.mean_probability, group.forecasts, round(group.happened.share * group.forecasts))
                for group in groups
                if group.mean_probability is not None
            ],
            event="the petition qualified",
            note=f"{len(rows)} invented petitions, each forecast once at a random time.",
        )
        if options.picture.suffix == ".png":
            options.picture.write_bytes(drawn.png())
        else:
            options.picture.write_text(drawn.svg(), "utf-8")
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
