"""Shares of groups against those of their peers: intervals, funnel limits, and a correction for many comparisons.

Groups (circulators, sections, batches, persons) differ for many honest reasons: neighbourhood, hour, handwriting. So
each is compared with what its peers show, not with one rate without spread: the shares of the peers are taken as
beta distributed around the rate they have together, with a spread estimated from the groups themselves after the
outermost tenth at either end was pulled in. The count of a group of n lines is then beta-binomial. Probabilities are
exact for that model, also for small groups, and are corrected by Holm's method: that anybody at all is marked by
chance has at most the stated probability. A mark says that a group differs from its peers, and nothing of why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats  # type: ignore[import-untyped]

from referenda.errors import Fault, InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINSORISED = 0.1
PULLED_IN = 0.6787
"""Variance of a standard normal law whose lowest and highest tenth were pulled in to the quantiles there."""
LEAST_GROUPS = 5
LARGE = 5.0
"""Least n p (1 - p) of the group of a typical line from which shares are taken as near to a normal law."""


@dataclass(frozen=True)
class Interval:
    """A share of counted things, with a Clopper-Pearson interval; None where nothing was counted."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class GroupQuality:
    """One group among its peers.

    `p_value` is the two-sided probability of a count so far from the peers' in the model without this group being
    different; `corrected` is the same after Holm's correction. `differs` says whether that is below the level.
    """

    name: str
    share: Interval
    p_value: float
    corrected: float
    differs: bool


@dataclass(frozen=True)
class Funnel:
    """Groups and their peers: the rate of all, the spread between groups, and limits for groups of any size.

    `spread` is the standard deviation of the groups' true shares that is not chance of counting, in [0, 0.5].
    """

    rate: float
    spread: float
    level: float
    groups: tuple[GroupQuality, ...]

    def limits(self, sizes: Sequence[int], *, corrected: bool) -> list[tuple[float, float]]:
        """Give the lowest and highest share that is expected of groups of these sizes.

        Parameters
        ----------
        corrected
            Whether the limits hold for all groups at once (level divided by their number), or for one.
        """
        tail = self.level / (max(len(self.groups), 1) if corrected else 1) / 2
        found = []
        for size in sizes:
            law = _law(size, self.rate, self.spread)
            found.append((float(law.ppf(tail)) / size, float(law.ppf(1 - tail)) / size))
        return found


def share_interval(count: int, of: int, *, confidence: float = 0.95) -> Interval:
    """Give a share with its exact (Clopper-Pearson) interval.

    Parameters
    ----------
    count, of
        0 <= count <= of, in lines.
    confidence
        Level of the interval, 0 < confidence < 1; it holds the true share at least so often.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> found = share_interval(29, 222)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0893, 0.1822)
    """
    if not 0 <= count <= of or not 0 < confidence < 1:
        remedy = "Give 0 <= count <= of, and a level such as 0.95."
        raise InputError(Fault("these numbers make no share", value=f"{count} of {of} at {confidence}", remedy=remedy))
    if of == 0:
        return Interval(0, 0, None, None, None)
    return _intervals(np.array([count]), np.array([of]), confidence)[0]


def compare_groups(counts: Sequence[tuple[str, int, int]], *, level: float = 0.05) -> Funnel:
    """Compare the shares of groups with those of their peers.

    Parameters
    ----------
    counts
        Name, count and size of each group, 0 <= count <= size, size > 0.
    level
        Probability that any group is marked though all are alike but for the estimated spread, 0 < level < 1.

    Returns
    -------
    Funnel
        With the groups in the order given. Fewer than five groups have no peers to speak of: none is marked.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202 (funnel plots, winsorised spread). Holm (1979),
    Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> groups = [(f"c{n}", 75, 100) for n in range(20)] + [("other", 30, 100)]
    >>> [group.name for group in compare_groups(groups).groups if group.differs]
    ['other']
    """
    faults = [
        Fault(f"group {name} has {count} of {size}, which makes no share")
        for name, count, size in counts
        if not 0 <= count <= size or size < 1
    ]
    if not 0 < level < 1:
        faults.append(Fault("the level must lie between 0 and 1", value=str(level), remedy="Write 0.05."))
    if faults:
        raise InputError(*faults)
    found = np.array([count for _, count, _ in counts], np.int64)
    size = np.array([size for _, _, size in counts], np.int64)
    rate, spread = _peers(found.astype(np.float64), size.astype(np.float64))
    p_values = _two_sided(found, size, rate, spread)
    corrected = _holm(p_values)
    peers = len(counts) >= LEAST_GROUPS
    groups = tuple(
        GroupQuality(name, share, float(p), float(adjusted), peers and bool(adjusted < level))
        for (name, _, _), share, p, adjusted in zip(
            counts, _intervals(found, size, 0.95), p_values, corrected, strict=True
        )
    )
    return Funnel(rate, spread, level, groups)


def _intervals(count: Ints, of: Ints, confidence: float) -> list[Interval]:
    tail = (1 - confidence) / 2
    low = np.where(count == 0, 0.0, stats.beta.ppf(tail, np.maximum(count, 1), of - count + 1))
    high = np.where(count == of, 1.0, stats.beta.ppf(1 - tail, count + 1, np.maximum(of - count, 1)))
    return [
        Interval(int(k), int(n), float(k / n), float(a), float(b))
        for k, n, a, b in zip(count, of, low, high, strict=True)
    ]


def _peers(found: Floats, size: Floats) -> tuple[float, float]:
    """Estimate the rate of all and the spread between groups, with the outermost groups pulled in.

    The spread is the one under which the pulled-in z-scores vary as those of a normal law would; of few groups it is
    not well known, so the upper limit of an 80 percent one-sided interval is taken. Where groups are so small that
    their shares lie far from a normal law, none of them weighs much, and the rate is simply that of all lines.
    """
    if not len(size) or not 0 < np.sum(found) < np.sum(size):
        return float(np.sum(found) / max(np.sum(size), 1.0)), 0.0
    rate, spread = float(np.sum(found) / np.sum(size)), 0.0
    freedom = max(len(size) - 1, 1)
    expected = PULLED_IN * float(stats.chi2.ppf(0.2, freedom)) / freedom
    large = float(np.sum(size**2) / np.sum(size)) * rate * (1 - rate) >= LARGE
    for _ in range(4):  # the pulled-in shares move the rate a little, and that moves them
        least, most = 0.0, 0.5
        for _ in range(30):
            spread = (least + most) / 2
            least, most = (spread, most) if _variation(found, size, rate, spread) > expected else (least, spread)
        if not large:
            break
        error = np.sqrt(rate * (1 - rate) / size + spread**2)
        shares = rate + error * _pulled_in(found, size, rate, spread)
        rate = float(np.clip(np.sum(shares / error**2) / np.sum(1 / error**2), 1e-6, 1 - 1e-6))
    return rate, spread if spread > 1e-4 else 0.0


def _pulled_in(found: Floats, size: Floats, rate: float, spread: float) -> Floats:
    z = (found / size - rate) / np.sqrt(rate * (1 - rate) / size + spread**2)
    return np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))


def _variation(found: Floats, size: Floats, rate: float, spread: float) -> float:
    z = _pulled_in(found, size, rate, spread)
    return float(np.sum((z - np.mean(z)) ** 2) / max(len(z) - 1, 1))


def _law(size: int, rate: float, spread: float) -> Any:
    """Give the distribution of a group's count: beta-binomial, or binomial where there is no spread."""
    together = spread**2 / (rate * (1 - rate)) if 0 < rate < 1 else 0.0
    if together < 1e-9:
        return stats.binom(size, rate)
    together = min(together, 0.99)
    scale = (1 - together) / together
    return stats.betabinom(size, rate * scale, (1 - rate) * scale)


def _two_sided(count: Ints, size: Ints, rate: float, spread: float) -> Floats:
    """Give the probability of a count so far from what is expected, on both sides; groups of one size at a time."""
    p_values = np.ones(len(count))
    for each in np.unique(size):
        there = np.flatnonzero(size == each)
        chance = _law(int(each), rate, spread).pmf(np.arange(each + 1))
        up_to, from_on = np.cumsum(chance), np.cumsum(chance[::-1])[::-1]
        p_values[there] = np.minimum(1.0, 2 * np.minimum(up_to[count[there]], from_on[count[there]]))
    return p_values


def _holm(p_values: Floats) -> Floats:
    """Correct for many comparisons: step down from the smallest, never falling below the one before."""
    order = np.argsort(p_values, kind="stable")
    left = len(p_values) - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * left))
    return corrected
