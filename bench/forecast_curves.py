"""How well the pace of gathering is forecast: real curves, and simulated petitions of many shapes.

    python bench/forecast_curves.py            the tables of docs/explanation/forecast-gathering.md (three minutes)
    python bench/forecast_curves.py --quick    the same with fewer simulated petitions and draws
    python bench/forecast_curves.py --json     figures for bench/run.py

Real curves (`data/curves/`, sources in its index): a forecast is made when 25, 50 and 75 percent of the time up to the
last known day are over, with what was known that day, of the total on the last known day, which is the deadline only
where the curve is whole. Beside it stands the straight line from nothing through the last known total. The European
initiative that jumped is forecast on the eve of its jump too.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from gathering_shapes import REQUIREMENT, SCHEDULES, SHAPES, TIMES, simulate
from numpy.typing import NDArray

from referenda.forecasting.gathering import LEVELS, Gathered, GatheringDraws, Window, draw_gathering
from referenda.forecasting.gathering_priors import EUROPEAN, PAPER, GatheringPriors
from referenda.stats.scores import crps_of_draws, crps_of_quantiles, log_score

CURVES = Path(__file__).parent / "data" / "curves"
EVE = ("eci_2024_000007", date(2025, 6, 18))  # its 323rd day, 12 before a million were passed


@dataclass(frozen=True)
class Curve:
    """A real petition: what was told of it by day; `whole` if the last day is the deadline."""

    name: str
    title: str
    place: str
    window: Window
    threshold: int
    whole: bool
    told: tuple[Gathered, ...]

    @property
    def priors(self) -> GatheringPriors:
        """Take those of European initiatives for whatever is signed online."""
        return PAPER if self.place.startswith("us") else EUROPEAN


@dataclass(frozen=True)
class Forecast:
    """One forecast of a total, and what came; `reached` is None where the deadline is not known or too near."""

    name: str
    time: float
    known: int
    actual: int
    low: float
    median: float
    high: float
    crps: float
    straight: float
    chance: float | None
    reached: bool | None

    @property
    def held(self) -> bool:
        """Say whether the 80 percent interval holds what came."""
        return self.low <= self.actual <= self.high


def read_curves() -> list[Curve]:
    """Read the real curves."""
    curves = []
    with (CURVES / "index.csv").open(encoding="utf-8") as index:
        for row in csv.DictReader(index):
            with (CURVES / f"{row['curve']}.csv").open(encoding="utf-8") as opened:
                told = tuple(
                    Gathered(date.fromisoformat(day["date"]), int(day["total"])) for day in csv.DictReader(opened)
                )
            window = Window(date.fromisoformat(row["first"]), date.fromisoformat(row["deadline"]))
            threshold, whole = int(row["threshold"]), row["whole"] == "yes"
            curves.append(Curve(row["curve"], row["title"], row["place"], window, threshold, whole, told))
    return curves


def forecast(curve: Curve, as_of: date, time_over: float, draws: int) -> Forecast | None:
    """Forecast the last known total of a curve as of a day; None where nothing was told by then."""
    known = [row for row in curve.told if row.on <= as_of]
    if not known:
        return None
    rng = np.random.default_rng([2026, as_of.toordinal()])
    drawn = draw_gathering(
        known, curve.window, as_of=as_of, requirement=curve.threshold, draws=draws, rng=rng, priors=curve.priors
    )
    last, first = curve.told[-1], curve.window.first
    passed, whole = (known[-1].on - first).days + 1, (last.on - first).days + 1
    straight = known[-1].total * whole / passed
    quantiles = drawn.fan[:, drawn.days.index(last.on)]
    low, median, high = (float(quantiles[LEVELS.index(level)]) for level in (0.1, 0.5, 0.9))
    asked = curve.whole and known[-1].total < curve.threshold
    return Forecast(
        curve.name,
        time_over,
        known[-1].total,
        last.total,
        low,
        median,
        high,
        float(crps_of_quantiles(LEVELS, np.log(np.maximum(quantiles, 1)), np.log(last.total))),
        abs(float(np.log(straight / last.total))),
        float(np.mean(drawn.total >= curve.threshold)) if asked else None,
        last.total >= curve.threshold if asked else None,
    )


def real_forecasts(draws: int) -> list[Forecast]:
    """Make the forecasts of all real curves."""
    made = []
    for curve in read_curves():
        span = (curve.told[-1].on - curve.window.first).days
        days = [(share, curve.window.first + timedelta(days=round(share * span))) for share in TIMES]
        if curve.name == EVE[0]:
            days.append((((EVE[1] - curve.window.first).days + 1) / curve.window.days, EVE[1]))
        made += [one for share, day in days if (one := forecast(curve, day, share, draws)) is not None]
    return made


def summarise(made: Sequence[Forecast]) -> dict[str, Any]:
    """Give coverage and mean scores of forecasts; of the log of the total, so that all petitions count alike."""
    asked = [one for one in made if one.chance is not None]
    return {
        "forecasts": len(made),
        "in 80 % interval": round(float(np.mean([one.held for one in made])), 3),
        "above it": round(float(np.mean([one.actual > one.high for one in made])), 3),
        "CRPS of log total": round(float(np.mean([one.crps for one in made])), 3),
        "the same of a straight line": round(float(np.mean([one.straight for one in made])), 3),
        "log score of reaching the threshold": round(
            float(np.mean(log_score([one.chance for one in asked], [one.reached for one in asked]))), 3
        ),
    }


@dataclass(frozen=True)
class Simulation:
    """Forecasts of simulated petitions: of each, its shape, time, schedule, and what its interval did."""

    shape: NDArray[np.str_]
    time: NDArray[np.float64]
    schedule: NDArray[np.str_]
    held: NDArray[np.bool_]
    below: NDArray[np.bool_]
    crps: NDArray[np.float64]

    def coverage(self, chosen: NDArray[np.bool_] | slice = slice(None)) -> float:
        """Give the share of 80 percent intervals that hold the end."""
        return float(np.mean(self.held[chosen]))


def simulate_forecasts(
    each: int, draws: int, *, seed: int, scale_free: bool = False, priors: GatheringPriors = PAPER
) -> Simulation:
    """Forecast `each` petitions of every shape at three times, on a schedule drawn for each forecast."""
    rows = []
    for shape in SHAPES:
        for number in range(each):
            rng = np.random.default_rng([seed, list(SHAPES).index(shape), number])
            petition = simulate(shape, rng, scale_free=scale_free)
            for time_over in TIMES:
                schedule = SCHEDULES[rng.integers(len(SCHEDULES))]
                as_of, told = petition.observed(time_over, schedule)
                drawn = draw_gathering(
                    told, petition.window, as_of=as_of, requirement=REQUIREMENT, draws=draws, rng=rng, priors=priors
                )
                rows.append((shape, time_over, schedule, *_judge(drawn, petition.final)))
    shapes, times, schedules, held, below, crps = zip(*rows, strict=True)
    return Simulation(
        np.array(shapes), np.array(times), np.array(schedules), np.array(held), np.array(below), np.array(crps)
    )


def _judge(drawn: GatheringDraws, final: int) -> tuple[bool, bool, float]:
    low, high = np.quantile(drawn.total, [0.1, 0.9])
    return bool(low <= final <= high), bool(final < low), float(crps_of_draws(np.log1p(drawn.total), np.log1p(final)))


def measure_simulated(each: int, draws: int, seed: int = 2026) -> dict[str, Any]:
    """Give coverage over the mix, and by shape, time and schedule."""
    mix = simulate_forecasts(each, draws, seed=seed)
    elsewhere = simulate_forecasts(max(each // 3, 1), draws, seed=seed + 1, scale_free=True)
    return {
        "forecasts": len(mix.held),
        "in 80 % interval": round(mix.coverage(), 3),
        "end below the interval": round(float(np.mean(mix.below)), 3),
        "CRPS of log total": round(float(np.mean(mix.crps)), 4),
        "by shape": {shape: round(mix.coverage(mix.shape == shape), 3) for shape in SHAPES},
        "by time": {f"{t:.0%}": round(mix.coverage(mix.time == t), 3) for t in TIMES},
        "by schedule": {schedule: round(mix.coverage(mix.schedule == schedule), 3) for schedule in SCHEDULES},
        "ends drawn without regard to the requirement": round(elsewhere.coverage(), 3),
    }


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    begun = time.perf_counter()
    made = real_forecasts(2_000 if given.quick else 10_000)
    simulated = measure_simulated(10 if given.quick else 150, 1_000 if given.quick else 2_000)
    figures = {"real curves": summarise(made), "simulated": simulated, "seconds": round(time.perf_counter() - begun)}
    if given.json:
        print(json.dumps(figures))
        return
    for one in made:
        chance = "" if one.chance is None else f"{one.chance:8.1%} {'yes' if one.reached else 'no'}"
        print(
            f"{one.name:18} {one.time:4.0%} {one.known:>10,} -> {one.actual:>10,}  "
            f"{one.low:>10,.0f} {one.median:>10,.0f} {one.high:>10,.0f}  {'held  ' if one.held else 'missed'} "
            f"{one.crps:6.3f} {one.straight:6.3f} {chance}"
        )
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
