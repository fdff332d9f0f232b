"""How often the forecast of a petition's valid share holds the truth: invented petitions whose every line is known.

    python bench/forecast_validity.py            the table of docs/explanation/forecast-validity.md (minutes)
    python bench/forecast_validity.py --quick    the same with fewer petitions
    python bench/forecast_validity.py --json     the figures as JSON

The petitions are made by other rules than the model's: counties' shares are beta distributed around the petition's,
which is itself beta distributed; circulators are honest or, one in ten, bad by a quarter of their lines; validity
falls, rises or stays through the time of gathering, in a line or in a step; sheets have luck of their own. Each
petition is shown to the model in one of several ways, from nothing at all to samples of every county.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from referenda.forecasting.gathering import Window
from referenda.forecasting.history import PlaceValidity
from referenda.forecasting.validity import CheckedBatch, draw_validity

Floats = NDArray[np.float64]

# Shares with mean 0.74 and standard deviation 0.075, as those of a State's petitions are.
LEVEL_MEAN, LEVEL_SD = 0.74, 0.075
PLACE = PlaceValidity(mean_logit=1.06, between_sd=0.40, petitions=6)
WINDOW = Window(date(2026, 1, 1), date(2026, 6, 29))
LINES_OF_A_UNIT = 60
SIZES = {
    "58 counties": (58, 300_000, 1.4),
    "12 counties": (12, 120_000, 1.0),
    "40 tiny counties": (40, 6_000, 1.2),
    "one county": (1, 40_000, 0.0),
}
DRIFTS = ("none", "falls", "rises", "falls at the end")
SHOWN = (
    "nothing",
    "one count, early",
    "one random sample",
    "checks by circulator, half the time",
    "samples of every county",
    "half of the counties, all lines",
    "volumes, 40 percent",
)
LEVELS = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True)
class Invented:
    """A petition in units (some sheets of one circulator in one week): shapes are (units,)."""

    counties: tuple[str, ...]
    county: NDArray[np.int64]
    circulator: NDArray[np.int64]
    when: Floats
    lines: NDArray[np.int64]
    valid: NDArray[np.int64]

    @property
    def raw(self) -> Floats:
        """Lines by county."""
        return np.bincount(self.county, self.lines, len(self.counties))

    @property
    def share(self) -> float:
        """The truth: share of all lines that are valid."""
        return float(self.valid.sum() / self.lines.sum())


def beta(mean: Floats | float, sd: float, rng: np.random.Generator) -> Floats:
    """Draw shares with this mean and standard deviation."""
    mean = np.asarray(mean)
    size = mean * (1 - mean) / np.minimum(sd**2, 0.5 * mean * (1 - mean)) - 1
    return np.asarray(rng.beta(mean * size, (1 - mean) * size))


def invent(size: str, drift: str, rng: np.random.Generator) -> Invented:
    """Make a petition."""
    counties, lines, unequal = SIZES[size]
    weights = rng.lognormal(0, unequal, counties)
    units = max(int(lines * rng.uniform(0.7, 1.3) / LINES_OF_A_UNIT), 60)
    crews = max(units // int(rng.integers(4, 16)), 8)
    home = rng.choice(counties, crews, p=weights / weights.sum())
    # Circulators work for a while each, more of them towards the end; some gather ten times as much as others.
    begins = rng.beta(*((1.0, 1.0) if rng.random() < 0.5 else (2.0, 1.3)), crews)
    who = rng.choice(crews, units, p=(effort := rng.lognormal(0, 0.8, crews)) / effort.sum())
    when = np.clip(begins[who] + rng.uniform(-0.1, 0.1, units), 0, 1)
    county = home[who]
    bad = rng.random(crews) < 0.1
    of_crew = rng.normal(0, rng.uniform(0.01, 0.05), crews) - bad * rng.uniform(0.1, 0.3)
    by_time = {
        "none": 0 * when,
        "falls": -rng.uniform(0.02, 0.18) * (when - 0.5),
        "rises": rng.uniform(0.0, 0.08) * (when - 0.5),
        "falls at the end": -rng.uniform(0.02, 0.10) * (when > 0.7),
    }[drift]
    level = beta(LEVEL_MEAN, LEVEL_SD, rng)
    of_county = beta(np.full(counties, level), rng.uniform(0.03, 0.08), rng) - level
    beyond = of_crew[who] + by_time + of_county[county]
    # The level is the mean of the whole petition, whatever its counties and circulators are.
    share = np.clip(level + beyond - beyond.mean(), 0.03, 0.97)
    count = np.maximum(rng.poisson(LINES_OF_A_UNIT, units), 1)
    valid = rng.binomial(count, beta(share, 0.04, rng))
    return Invented(tuple(f"County {n}" for n in range(1, counties + 1)), county, who, when, count, valid)


def show(made: Invented, way: str, rng: np.random.Generator) -> tuple[list[CheckedBatch], Window | None]:
    """Show a part of it as checked batches."""
    order = np.argsort(made.when, kind="stable")
    if way == "nothing":
        return [], WINDOW
    if way == "one count, early":
        some = order[: max(int(len(order) * rng.uniform(0.1, 0.5)), 1)]
        return [CheckedBatch(int(made.lines[some].sum()), int(made.valid[some].sum()), on=day(made.when[some]))], WINDOW
    if way == "one random sample":
        size = min(2_000, int(made.lines.sum()) // 4)
        return [CheckedBatch(size, hypergeometric(made, np.ones(len(order), bool), size, rng), random=True)], None
    if way == "checks by circulator, half the time":
        some = order[: len(order) // 2][rng.random(len(order) // 2) < 0.25]
        return [batch(made, unit, made.when[unit]) for unit in some], WINDOW
    if way == "samples of every county":
        return list(samples(made, rng)), None
    if way == "half of the counties, all lines":
        done = rng.permutation(len(made.counties))[: max(len(made.counties) // 2, 1)]
        if len(made.counties) == 1:
            return list(volumes(made, 0.5, rng)), None
        return [
            CheckedBatch(int(made.lines[of].sum()), int(made.valid[of].sum()), made.counties[county])
            for county in done
            if (of := made.county == county).any()
        ], None
    return list(volumes(made, 0.4, rng)), None


def batch(made: Invented, unit: int, when: float) -> CheckedBatch:
    """Check one unit."""
    county = made.counties[made.county[unit]]
    return CheckedBatch(
        int(made.lines[unit]), int(made.valid[unit]), county, str(made.circulator[unit]), day(np.array(when))
    )


def samples(made: Invented, rng: np.random.Generator) -> Iterator[CheckedBatch]:
    """Draw 500 lines or 3 percent of every county, as California does."""
    for number, county in enumerate(made.counties):
        of = made.county == number
        lines = int(made.lines[of].sum())
        if size := min(lines, max(500, round(0.03 * lines))):
            yield CheckedBatch(size, hypergeometric(made, of, size, rng), county, random=True)


def volumes(made: Invented, part: float, rng: np.random.Generator) -> Iterator[CheckedBatch]:
    """Check volumes of bound sheets one after another, each with luck of its own, up to a part of all."""
    crews = rng.permutation(int(made.circulator.max()) + 1)
    order = np.argsort(crews[made.circulator], kind="stable")
    checked = order[: int(part * len(order))]
    for some in np.array_split(checked, max(len(checked) // 100, 3)):
        yield CheckedBatch(int(made.lines[some].sum()), int(made.valid[some].sum()))


def hypergeometric(made: Invented, of: NDArray[np.bool_], size: int, rng: np.random.Generator) -> int:
    """Draw lines by chance and count the valid ones."""
    valid = int(made.valid[of].sum())
    return int(rng.hypergeometric(valid, int(made.lines[of].sum()) - valid, size))


def day(when: Floats) -> date:
    """Give the day on which the average line was gathered."""
    return WINDOW.first + timedelta(days=int(np.mean(when) * (WINDOW.days - 1)))


@dataclass
class Held:
    """How forecasts of some kind did."""

    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Give the share held by the 80 percent interval, its mean width in points, and the mean rank of the truth."""
        return {
            "petitions": len(self.held),
            "held_percent": 100 * float(np.mean(self.held)),
            "width_points": 100 * float(np.mean(self.widths)),
            "mean_rank_percent": 100 * float(np.mean(self.ranks)),
        }


def measure(petitions: int, *, seed: int = 4, draws: int = 1_000) -> dict[str, dict[str, dict[str, float]]]:
    """Forecast so many petitions, every way of showing in turn with every size and drift, and say how it went."""
    kinds: dict[str, dict[str, Held]] = {name: {} for name in ("all", "shown", "size", "drift")}
    sizes = list(SIZES)
    for number in range(petitions):
        rng = np.random.default_rng([seed, number])
        way, size = SHOWN[number % len(SHOWN)], sizes[number // len(SHOWN) % len(sizes)]
        drift = DRIFTS[number // (len(SHOWN) * len(sizes)) % len(DRIFTS)]
        made = invent(size, drift, rng)
        batches, window = show(made, way, rng)
        raw = made.raw
        drawn = draw_validity(
            batches, counties=made.counties, raw_by_county=raw, place=PLACE, window=window, draws=draws, rng=rng
        )
        total = (drawn.share * raw).sum(axis=1) / raw.sum()
        low, high = np.quantile(total, [0.1, 0.9])
        for kind, name in (("all", "all"), ("shown", way), ("size", size), ("drift", drift)):
            held = kinds[kind].setdefault(name, Held())
            held.held.append(bool(low <= made.share <= high))
            held.widths.append(float(high - low))
            held.ranks.append(float((total < made.share).mean()))
    return {kind: {name: held.figures() for name, held in names.items()} for kind, names in kinds.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    figures = measure(1_120, draws=500) if words.quick else measure(3_360)
    if words.json:
        print(json.dumps(figures))
        return
    for kind, names in figures.items():
        print(f"\n{kind}")
        for name, values in names.items():
            print(f"  {name:40} " + "  ".join(f"{key} {value:.1f}" for key, value in values.items()))


if __name__ == "__main__":
    main()
