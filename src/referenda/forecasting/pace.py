"""The pace of gathering as a walk: what observed totals say of it, and how it may go on.

The logarithm of the pace is a local level with a trend that dies away. Its moves follow Student's t with few degrees
of freedom, so that a wave nobody foresaw is rare and not impossible; a stretch may be odd (a pause, a burst, a batch
handed in late) and then says little of the pace; the end may see a rush. Every draw has its own volatility and noise,
and those that explain the observed totals well count for more (a particle filter). Each observed increment is met
exactly: what a draw's own path leaves open is its next move, whose density is the draw's weight, so that the scale of
the petition cancels out and no surprise can leave all draws without weight.

Time is a share of the window: 0 before its first day, 1 at the end of its last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special  # type: ignore[import-untyped]

from referenda.forecasting.gathering_priors import GatheringPriors

Floats = NDArray[np.float64]

STEPS = 48  # of a whole window, at most
RUSH_FROM = 0.8
LARGEST_MOVE = 6.0  # log units, so that sums stay finite
WEEK = 7.0


@dataclass(frozen=True)
class Stretch:
    """What was gathered from one moment of the window (`begin`) to another (`end`), over so many days."""

    begin: float
    end: float
    gathered: float
    days: float


@dataclass(frozen=True)
class Paces:
    """Draws of the pace at one moment; every array has the shape (draws,).

    `level` is the log of the pace in signatures per window, without rush.
    """

    level: Floats
    trend: Floats
    volatility: Floats
    noise: Floats
    rush: Floats
    log_weight: Floats

    def pick(self, index: NDArray[np.intp]) -> Paces:
        """Give chosen draws, all of the same weight."""
        picked = {field.name: getattr(self, field.name)[index] for field in fields(self)}
        return Paces(**picked | {"log_weight": np.zeros(len(index))})


def first_paces(draws: int, rng: np.random.Generator, priors: GatheringPriors) -> Paces:
    """Draw paces before anything is known; their level is relative (0 at the beginning)."""
    return Paces(
        level=np.zeros(draws),
        trend=priors.trend * rng.standard_normal(draws),
        volatility=priors.volatility * np.exp(priors.volatility_spread * rng.standard_normal(draws)),
        noise=priors.noise * np.exp(priors.noise_spread * rng.standard_normal(draws)),
        rush=_rushes(draws, rng, priors),
        log_weight=np.zeros(draws),
    )


def follow(paces: Paces, stretches: Sequence[Stretch], rng: np.random.Generator, priors: GatheringPriors) -> Paces:
    """Follow observed stretches, each beginning where the one before ends, the first at the beginning of the window.

    Returns
    -------
    Paces
        At the end of the last stretch, on the petition's scale, with log weights that are not normalised.
    """
    for index, stretch in enumerate(stretches):
        paces = _meet(paces, stretch, rng, priors, first=index == 0)
        weight = np.exp(paces.log_weight - np.max(paces.log_weight))
        if np.sum(weight) ** 2 < np.sum(weight**2) * len(weight) / 2:
            paces = _shake(paces.pick(resample(weight, len(weight), rng)), stretch.end, rng, priors)
    return paces


def run_on(
    paces: Paces, begin: float, rng: np.random.Generator, priors: GatheringPriors, *, late: bool = False
) -> tuple[Floats, Floats]:
    """Let the paces run on to the deadline.

    Parameters
    ----------
    begin
        The moment from which they run, 0 <= begin < 1.
    late
        Whether gathering may begin later than `begin`, as before the first signature.

    Returns
    -------
    tuple
        The moments at the end of each step, shape (steps,), and what was gathered from `begin` to each, shape
        (draws, steps), in signatures (relative to the level of the paces).
    """
    draws = len(paces.level)
    edges = np.linspace(begin, 1.0, max(1, int(np.ceil((1 - begin) * STEPS))) + 1)
    start = _start(draws, begin, 1.0, rng, priors) if late else np.full(draws, begin)
    level, trend = paces.level.copy(), paces.trend
    gathered = np.empty((draws, len(edges) - 1))
    for step, (low, high) in enumerate(pairwise(edges)):
        width = high - low
        trend = _next_trend(trend, width, rng, priors)
        level = level + trend * width + _moves(paces.volatility * np.sqrt(width), rng, priors)
        odd = np.where(rng.random(draws) < priors.odd, priors.odd_spread * rng.standard_normal(draws), 0.0)
        pace = np.exp(np.minimum(level + odd + _rush(paces.rush, low, high), 60.0))
        gathered[:, step] = pace * np.clip(high - np.maximum(low, start), 0.0, width)
    return edges[1:], np.cumsum(gathered, axis=1)


def resample(weight: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw indices in proportion to weights, evenly spread over them (systematic resampling)."""
    cumulated = np.cumsum(weight)
    places = (np.arange(draws) + rng.random()) * (cumulated[-1] / draws)
    index: NDArray[np.intp] = np.minimum(np.searchsorted(cumulated, places, side="right"), len(weight) - 1)
    return index


def _meet(paces: Paces, stretch: Stretch, rng: np.random.Generator, priors: GatheringPriors, *, first: bool) -> Paces:
    """Move the paces over one stretch so that each gathers what was observed; weigh them by the move this takes."""
    draws, width = len(paces.level), stretch.end - stretch.begin
    steps = max(1, int(np.ceil(width * STEPS)))
    start = np.full(draws, stretch.begin)
    if first:
        start = _start(draws, stretch.begin, stretch.end, rng, priors)
    step_width = (stretch.end - start) / steps
    relative, trend, gathered = np.zeros(draws), paces.trend, np.zeros(draws)
    for step in range(steps):
        trend = _next_trend(trend, step_width, rng, priors)
        relative = relative + trend * step_width
        if step:
            relative = relative + _moves(paces.volatility * np.sqrt(step_width / 2), rng, priors)
        low = start + step * step_width
        gathered += np.exp(relative + _rush(paces.rush, low, low + step_width)) * step_width
    count = max(stretch.gathered, 0.5)
    missing = np.log(count / gathered) - paces.level
    noise = np.sqrt(paces.noise**2 * WEEK / max(stretch.days, WEEK / 2) + 1 / (1 + count)) * rng.standard_normal(draws)
    if first:
        return replace(paces, level=paces.level + missing - noise + relative, trend=trend)
    scale = paces.volatility * np.sqrt(width / 2 if steps > 1 else width)
    odd = rng.random(draws) < priors.odd
    move = np.where(odd, _moves(scale, rng, priors), missing - noise)
    surprise = np.where(
        odd,
        log_t((missing - move) / priors.odd_spread, 2.0) - np.log(priors.odd_spread),
        log_t(move / scale, priors.move_freedom) - np.log(scale),
    )
    return replace(paces, level=paces.level + move + relative, trend=trend, log_weight=paces.log_weight + surprise)


def _start(draws: int, begin: float, end: float, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    """Draw when gathering begins, which is before `end`, for by then something was gathered."""
    late = rng.random(draws) < priors.late_share
    return begin + np.where(late, rng.random(draws) * min(priors.late, 0.95 * (end - begin)), 0.0)


def _next_trend(trend: Floats, width: Floats | float, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    kept = np.exp(-np.asarray(width) / priors.trend_memory)
    next_: Floats = trend * kept + priors.trend * np.sqrt(1 - kept**2) * rng.standard_normal(len(trend))
    return next_


def _moves(scale: Floats, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    return np.clip(scale * rng.standard_t(priors.move_freedom, len(scale)), -LARGEST_MOVE, LARGEST_MOVE)


def _rush(rush: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """Give the rise of the log pace in the middle of a step: none until RUSH_FROM, then growing to the deadline."""
    middle = (np.asarray(low) + np.asarray(high)) / 2
    rise: Floats = rush * np.clip((middle - RUSH_FROM) / (1 - RUSH_FROM), 0.0, 1.0) * 2
    return rise


def log_t(value: Floats, freedom: float) -> Floats:
    """Give the log density of Student's t with scale 1."""
    constant = special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2) - 0.5 * np.log(freedom * np.pi)
    density: Floats = constant - (freedom + 1) / 2 * np.log1p(value**2 / freedom)
    return density


def _rushes(draws: int, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    return rng.exponential(priors.rush, draws) * (rng.random(draws) < priors.rush_share)


def _shake(paces: Paces, moment: float, rng: np.random.Generator, priors: GatheringPriors) -> Paces:
    """Shake what does not move by itself a little, so that the copies of a draw do not stay the same for good.

    Until the last fifth nothing was learned of the rush, so it is drawn anew.
    """
    draws = len(paces.level)
    return replace(
        paces,
        volatility=paces.volatility * np.exp(0.05 * rng.standard_normal(draws)),
        noise=paces.noise * np.exp(0.05 * rng.standard_normal(draws)),
        rush=_rushes(draws, rng, priors) if moment <= RUSH_FROM else paces.rush,
    )
