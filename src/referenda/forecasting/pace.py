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

    The log of the pace, in signatures per window, is `level` (what lasts) plus `wave` (what fades at the rate `fade`,
    per window) plus the rush of the end. `fading` is the part of every move that goes into the wave, `bend` the
    standard deviation of the trend.
    """

    level: Floats
    wave: Floats
    trend: Floats
    bend: Floats
    fade: Floats
    fading: Floats
    volatility: Floats
    noise: Floats
    rush: Floats
    log_weight: Floats

    def pick(self, index: NDArray[np.intp]) -> Paces:
        """Give chosen draws, all of the same weight."""
        picked = {field.name: getattr(self, field.name)[index] for field in fields(self)}
        return Paces(**picked | {"log_weight": np.zeros(len(index))})

    def drift(self, width: Floats | float, rng: np.random.Generator, priors: GatheringPriors) -> Paces:
        """Let time pass without a move: the wave fades, the trend works and changes."""
        kept = np.exp(-np.asarray(width) / priors.trend_memory)
        trend = self.trend * kept + self.bend * np.sqrt(1 - kept**2) * rng.standard_normal(len(self.trend))
        return replace(self, level=self.level + trend * width, wave=self.wave * np.exp(-self.fade * width), trend=trend)

    def move(self, by: Floats) -> Paces:
        """Change the pace by so many log units, a part of which will fade."""
        return replace(self, level=self.level + (1 - self.fading) * by, wave=self.wave + self.fading * by)

    def pace(self, low: Floats | float, high: Floats | float) -> Floats:
        """Give the pace from one moment to another, in signatures per window."""
        middle = (np.asarray(low) + np.asarray(high)) / 2
        rush = self.rush * np.clip((middle - RUSH_FROM) / (1 - RUSH_FROM), 0.0, 1.0) * 2
        pace: Floats = np.exp(np.minimum(self.level + self.wave + rush, 60.0))
        return pace


def first_paces(draws: int, days: int, rng: np.random.Generator, priors: GatheringPriors) -> Paces:
    """Draw paces before anything is known, for a window of so many days; their level is relative (0 in the beginning).

    The wave with which gathering begins may be high (friends and press at once) or low (forms still to be printed).
    """

    def spread(median: float, spread: float) -> Floats:
        drawn: Floats = median * np.exp(spread * rng.standard_normal(draws))
        return drawn

    bend = spread(priors.trend, priors.trend_spread)
    return Paces(
        level=np.zeros(draws),
        wave=priors.first_wave + priors.first_wave_spread * rng.standard_normal(draws),
        trend=bend * rng.standard_normal(draws),
        bend=bend,
        fade=days / spread(priors.fade_days, priors.fade_spread),
        fading=rng.random(draws),
        volatility=spread(priors.volatility, priors.volatility_spread),
        noise=spread(priors.noise, priors.noise_spread),
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
    paces: Paces, moments: Floats, rng: np.random.Generator, priors: GatheringPriors, *, late: bool = False
) -> Floats:
    """Let the paces run on from the first of some rising moments to the last.

    Parameters
    ----------
    moments
        Shape (steps + 1,), in [0, 1].
    late
        Whether gathering may begin later than the first of them, as before the first signature.

    Returns
    -------
    Floats
        What was gathered from the first moment to each, shape (draws, steps + 1), in signatures (relative to the level
        of the paces).
    """
    draws, begin = len(paces.level), moments[0]
    start = _start(draws, begin, 1.0, rng, priors) if late else np.full(draws, begin)
    stop = start + rng.exponential(1 / priors.stops, draws)
    gathered = np.zeros((draws, len(moments)))
    for step, (low, high) in enumerate(pairwise(moments), 1):
        width = high - low
        paces = paces.drift(width, rng, priors).move(_moves(paces.volatility, width, rng, priors))
        odd = np.where(rng.random(draws) < priors.odd, priors.odd_spread * rng.standard_normal(draws), 0.0)
        open_for = np.clip(np.minimum(high, stop) - np.maximum(low, start), 0.0, width)
        gathered[:, step] = paces.pace(low, high) * np.exp(odd) * open_for
    return np.cumsum(gathered, axis=1)


def moments_between(begin: float, end: float) -> Floats:
    """Cut a part of the window into the model's steps: their ends and the beginning of the first."""
    return np.linspace(begin, end, max(1, int(np.ceil((end - begin) * STEPS))) + 1)


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
    gathered = np.zeros(draws)
    for step in range(steps):
        paces = paces.drift(step_width, rng, priors)
        if step:
            paces = paces.move(_moves(paces.volatility, step_width if first else step_width / 2, rng, priors))
        low = start + step * step_width
        gathered += paces.pace(low, low + step_width) * step_width
    count = max(stretch.gathered, 0.5)
    missing = np.log(count / gathered)
    noise = np.sqrt(paces.noise**2 * WEEK / max(stretch.days, WEEK / 2) + 1 / (1 + count)) * rng.standard_normal(draws)
    if first:
        return replace(paces, level=paces.level + missing - noise)
    moved_in = width / 2 if steps > 1 else width
    odd = rng.random(draws) < priors.odd
    move = np.where(odd, _moves(paces.volatility, moved_in, rng, priors), missing - noise)
    surprise = np.where(
        odd,
        log_t((missing - move) / priors.odd_spread, 2.0) - np.log(priors.odd_spread),
        _log_density(move, paces.volatility, moved_in, priors),
    )
    return replace(paces.move(move), log_weight=paces.log_weight + surprise)


def _start(draws: int, begin: float, end: float, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    """Draw when gathering begins, which is before `end`, for by then something was gathered."""
    late = rng.random(draws) < priors.late_share
    return begin + np.where(late, rng.random(draws) * min(priors.late, 0.95 * (end - begin)), 0.0)


def _moves(volatility: Floats, width: Floats | float, rng: np.random.Generator, priors: GatheringPriors) -> Floats:
    """Draw moves over a part of the window: Student's t, or now and then news that calls people up."""
    draws = len(volatility)
    common = volatility * np.sqrt(width) * rng.standard_t(priors.move_freedom, draws)
    news = rng.random(draws) < -np.expm1(-priors.news * np.asarray(width))
    moves = np.where(news, rng.exponential(priors.news_size, draws), common)
    return np.asarray(np.clip(moves, -LARGEST_MOVE, LARGEST_MOVE), dtype=np.float64)


def _log_density(move: Floats, volatility: Floats, width: float, priors: GatheringPriors) -> Floats:
    """Give the log density of a move, as `_moves` draws them."""
    scale, no_news = volatility * np.sqrt(width), -priors.news * width
    common: Floats = log_t(move / scale, priors.move_freedom) - np.log(scale) + no_news
    if not priors.news:
        return common
    called_up = np.log(-np.expm1(no_news) / priors.news_size) - move / priors.news_size
    together: Floats = np.where(move > 0, np.logaddexp(common, called_up), common)
    return together


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
