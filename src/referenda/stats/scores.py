"""How good forecasts were: proper scores, coverage of intervals, reliability, and skill beside a reference.

A score is a penalty for one forecast once it is known what happened: lower is better, and a forecaster expects the
least by saying what they believe, which is what makes a score proper. Arrays are float64; the axis of forecasts is
the first one for probabilities and the last one for draws and quantiles, whose first axis holds the draws or levels.

Sources: Brier (1950), Monthly Weather Review 78, 1-3; Gneiting and Raftery (2007), Strictly proper scoring rules,
prediction and estimation, J. Amer. Statist. Assoc. 102, 359-378; Murphy (1973), J. Appl. Meteorology 12, 595-600.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.errors import Fault, InputError
from referenda.stats.quality import Interval, share_interval

Floats = npt.NDArray[np.float64]

LEAST_PROBABILITY = 0.0001
"""What a smaller probability counts as in `log_score`: one draw of ten thousand, a penalty of at most 9.21."""
TENTHS = tuple(tenth / 10 for tenth in range(11))
_ROUNDING = 1e-6  # how far probabilities may miss a sum of 1


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts whose probability lies from `low` to below `high` (the last bin holds its `high` too).

    `mean_probability` is what they said on average, None where there are none; `happened` how many of them came true,
    as a share with its 95 % Clopper-Pearson interval, which takes the forecasts for independent.
    """

    low: float
    high: float
    forecasts: int
    mean_probability: float | None
    happened: Interval

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {**vars(self), "happened": vars(self.happened)}


def brier(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> Floats:
    """Give the squared error of each forecast of an outcome.

    Parameters
    ----------
    probabilities
        Of shape (n, k): the probabilities of k outcomes that exclude each other, adding up to 1; or of shape (n,): the
        probability of one event, in [0, 1].
    happened
        Of shape (n,): which outcome happened, as an index from 0; or whether the event did.

    Returns
    -------
    Floats
        Of shape (n,). For k outcomes the sum of squared differences, in [0, 2], as Brier defined it [1]_; for one
        event the square of its own difference, in [0, 1], half of what its two outcomes would give.

    Raises
    ------
    InputError
        A probability lies outside [0, 1] or they do not add up to 1, an outcome is none of them, or shapes differ.

    References
    ----------
    .. [1] Brier (1950), eq. 2.

    Examples
    --------
    >>> brier([[0.2, 0.5, 0.3]], [1]).round(2).tolist()
    [0.38]
    >>> brier([0.7, 0.1], [True, False]).round(2).tolist()
    [0.09, 0.01]
    """
    said, index = _forecasts(probabilities, happened)
    if said.ndim == 1:
        return np.square(said - index)
    return np.asarray(np.square(said - np.eye(said.shape[1])[index]).sum(axis=1))


def log_score(probabilities: npt.ArrayLike, happened: npt.ArrayLike, *, least: float = LEAST_PROBABILITY) -> Floats:
    """Give minus the natural logarithm of the probability of what happened, in nats.

    Parameters
    ----------
    probabilities, happened
        As for `brier`.
    least
        A smaller probability counts as this one, 0 <= least < 1, for a forecast made of draws says 0 of what is rare.
        At 0 such a forecast is infinitely bad.

    Returns
    -------
    Floats
        Of shape (n,), from 0 to -ln(least); ln 2 = 0.693 is what an even chance costs.

    Raises
    ------
    InputError
        As `brier`, or `least` lies outside its range.

    References
    ----------
    Gneiting and Raftery (2007), section 3 (logarithmic score), with the sign turned.

    Examples
    --------
    >>> log_score([0.5, 0.0], [True, True]).round(3).tolist()
    [0.693, 9.21]
    """
    if not 0 <= least < 1:
        raise InputError(Fault("the least probability lies from 0 to below 1", column="least", value=str(least)))
    said, index = _forecasts(probabilities, happened)
    given = np.where(index == 1, said, 1 - said) if said.ndim == 1 else said[np.arange(len(said)), index]
    with np.errstate(divide="ignore"):
        return -np.log(np.maximum(given, least)) + 0.0


def crps_of_draws(draws: npt.ArrayLike, actual: npt.ArrayLike) -> Floats:
    """Give the continuous ranked probability score of forecasts that are draws, in the unit of what is forecast.

    Parameters
    ----------
    draws
        Of shape (m,) for one forecast or (m, n) for n of them, in any order.
    actual
        What came: one number, or of shape (n,).

    Returns
    -------
    Floats
        E|X - y| - E|X - X'| / 2 of the draws as they are [1]_, of the shape of `actual`. At m draws its mean lies
        above that of the law they come from by E|X - X'| / 2m, one part in thousands at 10,000.

    Raises
    ------
    InputError
        There are no draws, shapes do not fit, or a number is not finite.

    References
    ----------
    .. [1] Gneiting and Raftery (2007), eq. 21, with the sign turned.

    Examples
    --------
    >>> float(crps_of_draws([1.0, 3.0], 2.0))
    0.5
    """
    drawn, came = _finite("draws", draws), _finite("actual", actual)
    if drawn.ndim == 0 or len(drawn) == 0 or drawn.shape[1:] != came.shape:
        raise InputError(_shapes(drawn.shape, came.shape))
    m = len(drawn)
    ordered = np.sort(drawn, axis=0)
    weights = (2 * np.arange(1, m + 1) - m - 1) / m**2
    half_spread = np.tensordot(weights, ordered, axes=(0, 0))
    return np.asarray(np.abs(drawn - came).mean(axis=0) - half_spread, dtype=np.float64)


def crps_of_quantiles(levels: npt.ArrayLike, quantiles: npt.ArrayLike, actual: npt.ArrayLike) -> Floats:
    """Give the continuous ranked probability score as far as some quantiles tell it.

    Parameters
    ----------
    levels
        Of shape (q,): rising, between 0 and 1.
    quantiles
        Of shape (q,) for one forecast or (q, n) for n of them, rising or level along the first axis.
    actual
        What came: one number, or of shape (n,).

    Returns
    -------
    Floats
        Twice the quantile (pinball) loss of the levels [1]_, each weighted by its part of [0, 1], which ends halfway to
        its neighbours; of the shape of `actual`. With ever more levels it comes to the score itself; with few it is
        still proper for these quantiles.

    Raises
    ------
    InputError
        Levels do not rise between 0 and 1, quantiles fall, shapes do not fit, or a number is not finite.

    References
    ----------
    .. [1] Gneiting and Raftery (2007), section 6.1 (quantile score), with the sign turned.

    Examples
    --------
    >>> float(crps_of_quantiles([0.25, 0.75], [1.0, 3.0], 2.0))
    0.5
    """
    tau, said, came = _finite("levels", levels), _finite("quantiles", quantiles), _finite("actual", actual)
    if tau.ndim != 1 or len(tau) == 0 or said.shape != (*tau.shape, *came.shape):
        raise InputError(_shapes(said.shape, came.shape))
    if tau[0] <= 0 or tau[-1] >= 1 or np.any(np.diff(tau) <= 0):
        raise InputError(Fault("levels must rise between 0 and 1", column="levels", value=str(tau.tolist())))
    if np.any(np.diff(said, axis=0) < 0):
        raise InputError(Fault("quantiles of higher levels must not be lower", column="quantiles"))
    ends = np.concatenate(([0.0], (tau[1:] + tau[:-1]) / 2, [1.0]))
    above = came - said
    column = tau.reshape(-1, *(1,) * came.ndim)
    loss = np.where(above >= 0, column * above, (column - 1) * above)
    return np.asarray(2 * np.tensordot(np.diff(ends), loss, axes=(0, 0)), dtype=np.float64)


def interval_coverage(
    low: npt.ArrayLike, high: npt.ArrayLike, actual: npt.ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Count how many intervals hold what came, their ends included.

    Parameters
    ----------
    low, high, actual
        Of shape (n,), in one unit, low <= high.
    confidence
        Level of the Clopper-Pearson interval of the share, which takes the forecasts for independent.

    Raises
    ------
    InputError
        Shapes differ, a number is not finite, or an interval ends before it begins.

    Examples
    --------
    >>> found = interval_coverage([1, 1, 1], [3, 3, 3], [2, 3, 4])
    >>> found.count, found.of, round(found.low, 3), round(found.high, 3)
    (2, 3, 0.094, 0.992)
    """
    first, last, came = _finite("low", low), _finite("high", high), _finite("actual", actual)
    if not first.shape == last.shape == came.shape or came.ndim != 1:
        raise InputError(_shapes(first.shape, came.shape))
    if np.any(last < first):
        raise InputError(Fault("an interval ends before it begins", column="high", remedy="Give low <= high."))
    inside = int(np.count_nonzero((first <= came) & (came <= last)))
    return share_interval(inside, len(came), confidence=confidence)


def reliability(
    probabilities: npt.ArrayLike, happened: npt.ArrayLike, *, edges: Sequence[float] = TENTHS
) -> tuple[ReliabilityBin, ...]:
    """Set what was said against what happened, bin by bin: of forecasts of 70 %, seven in ten should come true.

    Parameters
    ----------
    probabilities, happened
        Of shape (n,): the probability of an event, and whether it happened.
    edges
        Where the bins part, rising, from 0 to 1.

    Raises
    ------
    InputError
        As `brier`, or the edges do not rise from 0 to 1.

    References
    ----------
    Murphy (1973); Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    said, index = _forecasts(probabilities, happened)
    cuts = _finite("edges", edges)
    if cuts.ndim != 1 or len(cuts) < 2 or cuts[0] != 0 or cuts[-1] != 1 or np.any(np.diff(cuts) <= 0):
        raise InputError(Fault("the edges must rise from 0 to 1", column="edges", value=str(cuts.tolist())))
    if said.ndim != 1:
        raise InputError(_shapes(said.shape, index.shape))
    place = np.minimum(np.searchsorted(cuts, said, side="right") - 1, len(cuts) - 2)
    bins = []
    for number in range(len(cuts) - 1):
        here = place == number
        count = int(np.count_nonzero(here))
        mean = float(said[here].mean()) if count else None
        came_true = share_interval(int(index[here].sum()), count)
        bins.append(ReliabilityBin(float(cuts[number]), float(cuts[number + 1]), count, mean, came_true))
    return tuple(bins)


def skill(scores: npt.ArrayLike, reference: npt.ArrayLike) -> float | None:
    """Give the share of a reference's mean score that forecasts save: 1 perfect, 0 no better, below 0 worse.

    Parameters
    ----------
    scores, reference
        Of shape (n,): scores of the forecasts, and of the reference on the same questions.

    Returns
    -------
    float or None
        1 - mean(scores) / mean(reference); None where there are no forecasts or the reference made no error.

    Raises
    ------
    InputError
        Shapes differ, or a number is not finite.

    Examples
    --------
    >>> skill([0.1, 0.1], [0.2, 0.2])
    0.5
    """
    own, others = _finite("scores", scores), _finite("reference", reference)
    if own.shape != others.shape or own.ndim != 1:
        raise InputError(_shapes(own.shape, others.shape))
    if len(own) == 0 or others.mean() == 0:
        return None
    return float(1 - own.mean() / others.mean())


def _forecasts(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Read forecasts and what happened as arrays that fit each other."""
    said = _finite("probabilities", probabilities)
    came = np.asarray(happened)
    if came.size == 0:
        came = came.astype(np.int64)
    if said.ndim not in (1, 2) or came.shape != said.shape[:1]:
        raise InputError(_shapes(said.shape, came.shape))
    if came.dtype.kind not in "biu":
        raise InputError(Fault("what happened is an index from 0, or true and false", column="happened"))
    kinds = 2 if said.ndim == 1 else said.shape[1]
    index = came.astype(np.int64)
    faults = []
    if np.any((said < 0) | (said > 1)):
        faults.append(Fault("a probability lies from 0 to 1", column="probabilities"))
    elif said.ndim == 2 and np.any(np.abs(said.sum(axis=1) - 1) > _ROUNDING):
        faults.append(Fault("the probabilities of all outcomes add up to 1", column="probabilities"))
    if np.any((index < 0) | (index >= kinds)):
        faults.append(Fault(f"there are {kinds} outcomes, 0 to {kinds - 1}", column="happened"))
    if faults:
        raise InputError(*faults)
    return said, index


def _finite(name: str, numbers: npt.ArrayLike) -> Floats:
    array = np.asarray(numbers, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise InputError(Fault("a number here is not finite", column=name, remedy="Leave out what is not known."))
    return array


def _shapes(said: tuple[int, ...], came: tuple[int, ...]) -> Fault:
    return Fault(f"arrays of the shapes {said} and {came} do not fit each other")
