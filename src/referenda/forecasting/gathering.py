"""How many raw signatures a petition will have on the day it is filed, from any number of observed totals.

The law of the final total comes from history (`gathering_priors`), the way towards it from a walk of the pace (`pace`);
a draw is a whole path, weighed by how well its pace explains what was observed and by how likely history finds its
end. An organised drive stops when it reaches its target; whoever ends below the requirement seldom files at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special  # type: ignore[import-untyped]

from referenda.errors import Fault, InputError
from referenda.forecasting.draws import LEVELS
from referenda.forecasting.gathering_priors import PAPER, TARGET_FREEDOM, GatheringPriors
from referenda.forecasting.pace import Stretch, first_paces, follow, log_t, moments_between, resample, run_on

Floats = NDArray[np.float64]

MOST = 50.0  # times the requirement: more than that is as good as everybody
FINEST = 1 / 96  # of the window; totals that stand closer together are thinned
PATHS_PER_DRAW = 2
LEAST_BEGINNING = 0.005  # chance that a drive begins when it is too late for all that history knows


@dataclass(frozen=True)
class Gathered:
    """All raw signatures gathered by the end of a day; a `correction` may be lower than the day before."""

    on: date
    total: int
    correction: bool = False


@dataclass(frozen=True)
class Window:
    """The first day on which signatures may be gathered, and the last on which the petition may be filed."""

    first: date
    deadline: date

    @property
    def days(self) -> int:
        """Count the days of the window, both ends included."""
        return (self.deadline - self.first).days + 1

    def share(self, on: date) -> float:
        """Give the share of the window that is over at the end of a day, in [0, 1]."""
        return min(max((on - self.first).days + 1, 0) / self.days, 1.0)


@dataclass(frozen=True)
class GatheringDraws:
    """Draws of the end of gathering; arrays have the shape (draws,) unless they say otherwise.

    `total` are raw signatures on the day of filing, or at the deadline where nothing is filed (`filed` is False).
    `fan` has the shape (levels, days): quantiles of the cumulative total at the end of each of `days`.
    """

    total: Floats
    filed: NDArray[np.bool_]
    days: tuple[date, ...]
    fan: Floats
    levels: tuple[float, ...]
    organised_share: float
    priors: GatheringPriors


def check_gathered(observed: Sequence[Gathered], window: Window, as_of: date) -> list[Fault]:
    """Find what is wrong with observed totals, window and day of the forecast.

    Returns
    -------
    list
        Empty when nothing is: every fault names its day, in `value`.
    """
    faults = []
    if window.deadline < window.first:
        remedy = "Give the first day of circulation and the last day for filing."
        faults.append(Fault("the deadline lies before the first day", value=str(window.deadline), remedy=remedy))
        return faults
    if as_of > window.deadline:
        remedy = "Once the time is over, give the raw count that was filed instead."
        faults.append(Fault("the forecast is made after the deadline", value=str(as_of), remedy=remedy))
    earlier: Gathered | None = None
    for row in sorted(observed, key=lambda row: row.on):
        shown = f"{row.on}: {row.total:,}"
        if row.total < 0:
            faults.append(Fault("this total is below zero", value=shown, remedy="Counts begin at 0."))
        if row.on < window.first and row.total > 0:
            remedy = f"Signatures count from {window.first} on; check the day or the window."
            faults.append(Fault("this day lies before the first day of the window", value=shown, remedy=remedy))
        elif row.on > window.deadline:
            remedy = "Check the day, or the deadline."
            faults.append(Fault(f"this day lies after the deadline ({window.deadline})", value=shown, remedy=remedy))
        elif row.on > as_of:
            remedy = "Leave it out, or make the forecast as of a later day."
            faults.append(Fault(f"this day lies after the day of the forecast ({as_of})", value=shown, remedy=remedy))
        if earlier is not None and earlier.on == row.on:
            faults.append(Fault("this day stands here twice", value=shown, remedy="Keep one total for each day."))
        elif earlier is not None and row.total < earlier.total and not row.correction:
            remedy = "Give cumulative totals; mark a total that was corrected downwards as a correction."
            message = f"this total is lower than that of {earlier.on} ({earlier.total:,})"
            faults.append(Fault(message, value=shown, remedy=remedy))
        earlier = row
    return faults


def draw_gathering(
    observed: Sequence[Gathered],
    window: Window,
    *,
    as_of: date,
    requirement: int,
    draws: int,
    rng: np.random.Generator,
    priors: GatheringPriors = PAPER,
) -> GatheringDraws:
    """Draw how the gathering of signatures ends.

    Parameters
    ----------
    observed
        Cumulative raw totals in signatures, in any order; none, one or hundreds.
    window
        When signatures may be gathered and filed.
    as_of
        The day of the forecast: not after the deadline, nor before any observed day.
    requirement
        Valid signatures that the law asks for, at least 1.
    draws
        At least 1.
    rng
        The source of chance: the same generator gives the same draws.

    Returns
    -------
    GatheringDraws
        With `draws` draws of equal weight.

    Raises
    ------
    InputError
        With everything that `check_gathered` finds, or a requirement or number of draws below 1.
    """
    faults = check_gathered(observed, window, as_of)
    if requirement < 1:
        faults.append(Fault("the requirement is below 1", value=str(requirement), remedy="Give what the law asks for."))
    if draws < 1:
        faults.append(Fault("at least one draw is needed", value=str(draws), remedy="Write 10000."))
    if faults:
        raise InputError(*faults)
    readings = _read(observed, window)
    since = max((window.share(row.on) for row in observed), default=0.0)
    moments = moments_between(since, 1.0)
    if readings:
        share = [draws * (n + 1) // len(readings) - draws * n // len(readings) for n in range(len(readings))]
        parts = [
            _given(stretches, moments, window, requirement, part, rng, priors)
            for stretches, part in zip(readings, share, strict=True)
            if part
        ]
        organised, totals = (np.concatenate(part) for part in zip(*parts, strict=True))
    else:
        organised, totals = _before_any(moments, window, requirement, draws, rng, priors)
    final = totals[:, -1].copy()
    filed = rng.random(draws) < priors.filing_chance(final / requirement)
    days = tuple(as_of + timedelta(days=n) for n in range((window.deadline - as_of).days + 1))
    at = [window.share(day) for day in days]
    quantiles = [np.quantile(totals, level, axis=0) for level in LEVELS]
    fan: Floats = np.array([np.interp(at, moments, quantile) for quantile in quantiles])
    return GatheringDraws(final, filed, days, fan, LEVELS, float(np.mean(organised)), priors)


def _read(observed: Sequence[Gathered], window: Window) -> list[list[Stretch]]:
    """Cut what was observed into stretches that end on observed days, none much finer than the model's steps.

    A total that stays the same says little until it changes, for it may only not have been told: it is left out. Where
    the last totals are the same there are two readings: nothing was told since the first of them, or nothing gathered.
    """
    rows = sorted((row for row in observed if row.on >= window.first), key=lambda row: row.on)
    totals = np.minimum.accumulate(np.array([row.total for row in rows], np.float64)[::-1])[::-1]  # as corrected later
    points = [(window.share(row.on), float(total)) for row, total in zip(rows, totals, strict=True)]
    if not points or points[-1][1] == 0:
        return []
    begin = max((point for point in points if point[1] == 0), default=(0.0, 0.0))
    kept = [begin]
    for point in points:
        if point[1] > kept[-1][1] and point[0] - kept[-1][0] >= FINEST:
            kept.append(point)
    last = next((point for point in points if point[1] == points[-1][1]), begin)
    if kept[-1][1] < last[1]:
        kept[-1:] = [last] if len(kept) > 1 else [begin, last]
    readings = [kept] if len(kept) > 1 else []
    if kept[-1][0] < points[-1][0]:
        readings.append([*kept, points[-1]])
    return [
        [
            Stretch(low, high, total - earlier, (high - low) * window.days)
            for (low, earlier), (high, total) in pairwise(reading)
        ]
        for reading in readings
    ]


def _given(
    stretches: Sequence[Stretch],
    moments: Floats,
    window: Window,
    requirement: int,
    draws: int,
    rng: np.random.Generator,
    priors: GatheringPriors,
) -> tuple[NDArray[np.bool_], Floats]:
    """Draw drives given one reading of what was observed: organised or not, and totals at each moment."""
    paths = draws * PATHS_PER_DRAW
    paces = follow(first_paces(paths, window.days, rng, priors), stretches, rng, priors)
    reached, end = float(sum(stretch.gathered for stretch in stretches)), stretches[-1].end
    untold = moments_between(end, moments[0])[:-1] if end < moments[0] else moments[:0]
    coming = run_on(paces, np.concatenate([untold, moments]), rng, priors)[:, len(untold) :]
    ends = np.minimum(reached + coming[:, -1], MOST * requirement + reached)
    organised, target, log_weight = _weigh(ends, reached - stretches[-1].gathered, requirement, rng, priors)
    weight = paces.log_weight + log_weight
    chosen = resample(np.exp(weight - np.max(weight)), draws, rng)
    most = np.where(organised, np.maximum(target, reached), MOST * requirement + reached)[chosen]
    return organised[chosen], np.rint(np.minimum(reached + coming[chosen], most[:, np.newaxis]))


def _weigh(
    ends: Floats, passed: float, requirement: int, rng: np.random.Generator, priors: GatheringPriors
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Weigh where paths end by history, and draw which drives are organised and what their targets are.

    An organised drive's target lies above what it had passed before the last stretch; in that one it may have stopped.
    """
    least = (np.log(max(passed, 1.0) / requirement) - np.log(priors.target)) / priors.target_spread
    above = special.stdtr(TARGET_FREEDOM, -least)
    value = -special.stdtrit(TARGET_FREEDOM, above * (1 - rng.random(len(ends))))
    target = requirement * priors.target * np.exp(priors.target_spread * value)
    end = np.log(np.maximum(ends, 0.5))
    room = (end - np.log(target) - priors.capacity) / priors.capacity_spread
    share = priors.organised_share
    organised = np.log(share * above) - room**2 / 2 - np.log(priors.capacity_spread * np.sqrt(2 * np.pi))
    short = (end - np.log(requirement * priors.short)) / priors.short_spread
    unorganised = np.log(1 - share) + log_t(short, priors.short_freedom) - np.log(priors.short_spread)
    together = np.logaddexp(organised, unorganised)
    return np.log(rng.random(len(ends))) < organised - together, target, together


def _before_any(
    moments: Floats,
    window: Window,
    requirement: int,
    draws: int,
    rng: np.random.Generator,
    priors: GatheringPriors,
) -> tuple[NDArray[np.bool_], Floats]:
    """Draw drives without a signature until the first moment: organised or not, and totals at each moment.

    Nobody tells that a drive will never begin; the longer none is gathered the likelier it is. One that begins late has
    less time.
    """
    passed = float(moments[0])
    still_to_begin = max(priors.late_share * (1 - passed / priors.late), LEAST_BEGINNING) if passed else 1.0
    of_short = priors.never_begins + (1 - priors.never_begins) * still_to_begin
    odds = priors.organised_share / (1 - priors.organised_share) * still_to_begin / of_short
    organised = rng.random(draws) < odds / (1 + odds)
    target = requirement * priors.target * np.exp(priors.target_spread * rng.standard_t(TARGET_FREEDOM, draws))
    able = target * (1 - passed) * np.exp(priors.capacity + priors.capacity_spread * rng.standard_normal(draws))
    short = (
        requirement
        * (1 - passed)
        * priors.short
        * np.exp(priors.short_spread * rng.standard_t(priors.short_freedom, draws))
    )
    shape = run_on(first_paces(draws, window.days, rng, priors), moments, rng, priors, late=True)
    ends, most = np.where(organised, able, short), np.where(organised, target, MOST * requirement)
    totals = shape * np.divide(ends, np.maximum(shape[:, -1], np.finfo(np.float64).tiny))[:, np.newaxis]
    return organised, np.rint(np.minimum(totals, most[:, np.newaxis]))
