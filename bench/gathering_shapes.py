"""Simulated petitions of many shapes, made by other means than the model of gathering: no walk, no Student's t.

Each shape is a curve of its own (a formula, or a list of pauses and bursts) for the share gathered by each day; days
are noisy beside it. Where it ends is drawn apart from the shape: half of the petitions come to one to two times the
requirement, the other half mostly stay far below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from referenda.forecasting.gathering import Gathered, Window

Floats = NDArray[np.float64]
FIRST = date(2026, 1, 5)
REQUIREMENT = 500_000
TIMES = (0.25, 0.5, 0.75)
SCHEDULES = ("one total", "five totals", "weekly", "daily")


@dataclass(frozen=True)
class Simulated:
    """A petition whose end is known: cumulative totals by day of its window."""

    shape: str
    window: Window
    totals: NDArray[np.int64]

    @property
    def final(self) -> int:
        """Give the total at the deadline."""
        return int(self.totals[-1])

    def observed(self, time: float, schedule: str) -> tuple[date, list[Gathered]]:
        """Give the day at a share of the window and what had been told by then, on a schedule."""
        last = max(round(time * self.window.days), 1)
        days = {
            "one total": [last],
            "five totals": sorted({max(round(last * part / 5), 1) for part in range(1, 6)}),
            "weekly": list(range(last, 0, -7))[::-1],
            "daily": list(range(1, last + 1)),
        }[schedule]
        told = [Gathered(FIRST + timedelta(days=day - 1), int(self.totals[day - 1])) for day in days]
        return told[-1].on, told


def logistic(t: Floats, rng: np.random.Generator) -> Floats:
    """Slow, fast, slow."""
    steep, middle = rng.uniform(5, 14), rng.uniform(0.3, 0.9)
    return np.exp(-np.logaddexp(0, -steep * (t - middle)))


def with_pauses(t: Floats, rng: np.random.Generator) -> Floats:
    """Steady, with one to four pauses."""
    rate = np.ones_like(t)
    for _ in range(rng.integers(1, 5)):
        begin = rng.uniform(0, 1)
        rate[(t >= begin) & (t < begin + rng.uniform(0.03, 0.15))] = 0.02
    return np.cumsum(rate)


def front_loaded(t: Floats, rng: np.random.Generator) -> Floats:
    """Most at first, then ever less: an exponential that saturates, or a power of time."""
    if rng.random() < 0.5:
        return 1 - np.exp(-rng.uniform(2, 8) * t)
    return np.asarray(t ** rng.uniform(0.25, 0.7), dtype=np.float64)


def end_rush(t: Floats, rng: np.random.Generator) -> Floats:
    """Steady, and up to five times as fast near the deadline."""
    begin, times = rng.uniform(0.7, 0.92), rng.uniform(1.5, 5)
    return np.cumsum(np.where(t < begin, 1.0, times))


def bursts(t: Floats, rng: np.random.Generator) -> Floats:
    """A low base and a few bursts that die away."""
    rate = np.ones_like(t)
    for _ in range(rng.integers(2, 8)):
        begin, height, length = rng.uniform(0, 1), rng.lognormal(1.2, 0.8), rng.uniform(0.01, 0.06)
        rate += height * np.exp(-np.maximum(t - begin, 0) / length) * (t >= begin)
    return np.cumsum(rate)


def weekly(t: Floats, rng: np.random.Generator) -> Floats:
    """Week-ends several times as strong, while the whole grows or falls by and by."""
    day = np.arange(len(t))
    drift = np.exp(rng.normal(0, 0.8) * t)
    return np.cumsum(drift * np.where(day % 7 >= 5, rng.uniform(1.5, 5), 1.0))


def late_start(t: Floats, rng: np.random.Generator) -> Floats:
    """Hardly anything at first, then steady: circulators are hired late."""
    begin = rng.uniform(0.05, 0.3)
    return np.cumsum(0.02 + np.clip((t - begin) / 0.1, 0, 1))


def stops_early(t: Floats, rng: np.random.Generator) -> Floats:
    """Steady until enough is gathered, then next to nothing."""
    end = rng.uniform(0.3, 1.0)
    return np.cumsum(np.where(t < end, 1.0, 0.01))


SHAPES: dict[str, Callable[[Floats, np.random.Generator], Floats]] = {
    "logistic": logistic,
    "with pauses": with_pauses,
    "front-loaded": front_loaded,
    "end rush": end_rush,
    "bursts": bursts,
    "weekly cycle": weekly,
    "late start": late_start,
    "stops early": stops_early,
}


def simulate(shape: str, rng: np.random.Generator, *, scale_free: bool = False) -> Simulated:
    """Make one petition of a shape; `scale_free` draws its end without regard to the requirement."""
    days = int(rng.choice([90, 150, 180, 365]))
    t = (np.arange(days) + 1) / days
    daily = np.diff(SHAPES[shape](t, rng), prepend=0.0)
    ratio = rng.uniform(1.0, 2.0) if rng.random() < 0.5 else rng.lognormal(np.log(0.12), 1.2)
    if scale_free:
        ratio = np.exp(rng.uniform(np.log(0.02), np.log(3)))
    spread = rng.uniform(0.1, 0.5)
    noisy = daily * rng.gamma(1 / spread**2, spread**2, days)
    return Simulated(shape, Window(FIRST, FIRST + timedelta(days=days - 1)), _counts(noisy, ratio * REQUIREMENT, rng))


def _counts(daily: Floats, final: float, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.cumsum(rng.poisson(daily * (final / daily.sum())))
