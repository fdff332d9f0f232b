"""Repeats of a signer: how many lines of a petition are further lines of somebody whose first counts.

Among N lines there are about N (N - 1) / 2 pairs, and each is of one signer with the same small chance: so repeats
grow with the square of the lines, and their share with the lines. Washington's R-71, checked in full, showed it by
day: the repeats found, divided by the square of the share checked, stayed at 1,960 to 2,130 from 35 to 85 percent.
A `rate` is the share of the valid lines that one more line filed adds; `duplicate_share` turns it into the share at
a number of lines, and bends it where many have signed already, as if every signer drew from 1 / (2 rate) willing ones.

Petitions differ far more than their sizes do: from 0.4 percent of the valid lines (recalls gathered by volunteers) to
8.8 (gathered for pay). The prior speaks of the share at as many lines as the requirement, because the requirement is
a set part of the voters who could sign twice, and is known where the electorate is not. Its facts, each with its
source, stand in `data/duplicates.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.forecasting.validity import CheckedBatch, fold_county

Floats = NDArray[np.float64]

# The grid over the log of the rate: its points, how far it reaches below and above the prior's mean at first, and how
# often it is narrowed to where the logarithm of the chance is above `_NEGLIGIBLE`.
_GRID = 801
_REACH = (-20.0, 8.0)
_NARROWED = 3
_NEGLIGIBLE = -30.0


@dataclass(frozen=True)
class Compared:
    """Lines that were all compared with one another.

    `lines` are those compared, `duplicates` the further lines of signers who stand among them already. Where only
    valid lines were compared, as checkers do, `valid` says how many of the lines are valid, those repeats among them;
    None: repeats were counted among all lines, valid or not.
    """

    lines: int
    duplicates: int
    valid: int | None = None


@dataclass(frozen=True)
class PastDuplicates:
    """What was compared in a petition of the past, and its requirement."""

    measure: str
    requirement: int
    compared: Compared

    @property
    def share_at_requirement(self) -> float:
        """Share of its valid lines that would repeat a signer had as many lines been filed as were required."""
        compared = self.compared
        return compared.duplicates / (compared.valid or compared.lines) * self.requirement / compared.lines


@dataclass(frozen=True)
class DuplicatePriors:
    """What is thought of repeats before a petition's own lines were compared.

    The share at as many lines as required is gamma distributed with mean `mean_share` and this `shape` (the square of
    mean over standard deviation): petitions of the past crowd below twice their mean, with a long way down to those
    that volunteers gathered, and none far above. `spread` is the standard deviation, as a part of the mean, of what a
    part of the lines shows beyond chance (signers of one street or week are no random part).
    """

    mean_share: float
    shape: float
    # R-71 by day stays within 4 percent of its end from 35 percent on, and is 39 percent off at 13 percent, where
    # chance alone makes 15; where people sign again near to where they signed, a first part shows more yet.
    spread: float = 0.2

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


@lru_cache
def read_duplicates() -> tuple[PastDuplicates, ...]:
    """Read the petitions of the past whose repeats are known."""
    table = files("referenda.forecasting").joinpath("data", "duplicates.csv").read_text("utf-8")
    return tuple(
        PastDuplicates(
            row["measure"],
            int(row["requirement"]),
            Compared(int(row["lines"]), int(row["duplicates"]), int(row["valid"])),
        )
        for row in csv.DictReader(StringIO(table))
    )


@lru_cache
def usual_duplicates(leave_out: str | None = None) -> DuplicatePriors:
    """Fit the prior to the petitions of the past by moments; the shape is lessened for how few they are.

    `leave_out` names a measure that is not used, so that it can be forecast.
    """
    past = [each.share_at_requirement for each in read_duplicates() if each.measure != leave_out]
    mean = float(np.mean(past))
    return DuplicatePriors(mean_share=mean, shape=mean**2 / (float(np.var(past, ddof=1)) * (1 + 1 / len(past))))


def compared_in(
    batches: Iterable[CheckedBatch], counties: Sequence[str] = (), shares: Sequence[float] | Floats = ()
) -> list[Compared]:
    """Take the comparisons out of checked batches: those whose repeats inside the batch were counted.

    Nearly everybody signs in one county only. So a batch of a county with a part p of the lines shows as many repeats
    as 1 / p times its lines would, taken from all counties; `shares` are those parts, in the order of `counties`. A
    batch of a county whose part is not known is left out.
    """
    part = {fold_county(county): float(share) for county, share in zip(counties, shares, strict=True)}
    found = []
    for batch in batches:
        if len(part) < 2 or batch.county is None:
            of_all = 1.0 if len(part) == 1 or batch.county is None else 0.0
        else:
            of_all = part.get(fold_county(batch.county), 0.0)
        if batch.duplicates is not None and batch.lines > 1 and of_all > 0:
            found.append(Compared(round(batch.lines / of_all), batch.duplicates, batch.valid))
    return found


def duplicate_share(rate: Floats | float, lines: Floats | float) -> Floats:
    """Give the share of valid lines that repeat a signer, in [0, 1), when so many lines are filed.

    Parameters
    ----------
    rate
        Share that one more line adds, per line, as `draw_duplicate_rate` gives it; zero or more.
    lines
        Lines filed, valid or not; zero or more.

    Examples
    --------
    >>> float(duplicate_share(1e-7, 200_000).round(4))
    0.0197
    """
    # x lines for every willing signer leave x / (1 - exp(-x)) lines for each that signed at all.
    x = np.maximum(2 * np.asarray(rate, dtype=np.float64) * lines, 1e-12)
    return np.asarray(1 + np.expm1(-x) / x)


def draw_duplicate_rate(
    compared: Sequence[Compared],
    *,
    requirement: int,
    draws: int,
    rng: np.random.Generator,
    raw_count: float | None = None,
    priors: DuplicatePriors | None = None,
) -> Floats:
    """Draw the rate of repeats, given what was compared.

    Parameters
    ----------
    compared
        Comparisons that do not overlap, each of lines that stand for the whole petition; none gives the prior.
    requirement
        Valid signatures needed, which sets the scale of the prior; at least 1.
    raw_count
        Lines that the petition holds or will hold, about. The more of them one comparison covers, the more its own
        count binds; None: none covers a large part.
    priors
        None: those of `usual_duplicates`.

    Returns
    -------
    NDArray
        Shape (draws,): share of the valid lines that one more line filed adds.

    Raises
    ------
    InputError
        A comparison with more repeats than lines, or a requirement below 1: all faults are named.

    Notes
    -----
    Repeats in n lines of which v are valid are negative binomial with the mean v s(n), s being `duplicate_share`, and
    the variance mean + (spread (1 - n / raw_count)² mean)². The posterior of the log rate is taken on a grid.
    """
    if faults := check_compared(compared, requirement):
        raise InputError(*faults)
    priors = priors or usual_duplicates()
    middle = np.log(priors.mean_share / requirement)
    low, high = middle + _REACH[0], middle + _REACH[1]
    for _ in range(_NARROWED):
        log_rate = np.linspace(low, high, _GRID)
        weight = priors.shape * (log_rate - middle - np.exp(log_rate - middle))  # the gamma's density of the log share
        rate = np.exp(log_rate)
        for each in compared:
            covered = 0.0 if raw_count is None else min(each.lines / max(raw_count, 1.0), 1.0)
            mean = (each.lines if each.valid is None else each.valid) * duplicate_share(rate, each.lines)
            weight = weight + _log_chance(each.duplicates, mean, (priors.spread * (1 - covered) ** 2) ** 2)
        weight = weight - weight.max()
        likely = np.flatnonzero(weight > _NEGLIGIBLE)
        low, high = log_rate[max(likely[0] - 1, 0)], log_rate[min(likely[-1] + 1, _GRID - 1)]
    cumulative = np.cumsum(np.exp(weight))
    # Within a step of the grid every rate is as likely, so that draws are not confined to the grid.
    at = np.interp(rng.random(draws), cumulative / cumulative[-1], np.arange(_GRID) + 0.5)
    return np.asarray(np.exp(np.interp(at, np.arange(_GRID), log_rate)))


def check_compared(compared: Sequence[Compared], requirement: int) -> list[Fault]:
    """Name what cannot be: more repeats than lines, counts below zero, a requirement below one."""
    faults = []
    if requirement < 1:
        faults.append(Fault("the requirement is below 1", value=str(requirement), remedy="Give the signatures needed."))
    for number, each in enumerate(compared, 1):
        valid = each.lines if each.valid is None else each.valid
        if not 0 <= each.duplicates <= valid <= each.lines:
            message = (
                f"comparison {number} has {each.duplicates:,} duplicates among {valid:,} valid of {each.lines:,} lines"
            )
            faults.append(
                Fault(message, value=str(each.duplicates), remedy="Duplicates are a part of the lines compared.")
            )
    return faults


def _log_chance(count: int, mean: Floats, excess: float) -> Floats:
    """Give the log of the negative binomial chance (Poisson where excess is 0), less what the mean does not change."""
    if excess < 1e-9:
        return np.asarray(count * np.log(mean) - mean)
    return np.asarray(count * np.log(mean) - (count + 1 / excess) * np.log1p(excess * mean))
