"""Unbiased estimate of the valid distinct signatures of a petition from samples of its counties, with an interval.

What it assumes: in each county the lines to be checked were drawn by simple random sampling without replacement; a
signer signs in one county; `valid_in_sample` counts each signer once, and every further line of a signer who is
already in the sample counts as a duplicate and not as valid. While nobody signs more than twice the estimate is
exactly unbiased; each signer with three lines lowers it by 1 - n/N. The statutory projection is another number, for
the law; this one stands beside it. Derivation, measured coverage and limits: `docs/explanation/estimate.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from referenda.errors import Fault, InputError
from referenda.stats.melding import limits
from referenda.stats.pairs import Numbers, Samples, estimate_each, variance_each


@dataclass(frozen=True)
class SampledCounty:
    """What one county reports of its sample; all four are counts of lines.

    `duplicates_in_sample` are the second and further lines of signers found in the sample; they are not in
    `valid_in_sample`. A full check has `sample_size` equal to `raw_count`; then only `valid_in_sample` matters.
    """

    name: str
    raw_count: int
    sample_size: int
    valid_in_sample: int
    duplicates_in_sample: int


@dataclass(frozen=True)
class CountyEstimate:
    """The estimate of one county; `low` and `high` are the limits of an interval for this county alone."""

    name: str
    valid: float
    low: float
    high: float
    standard_error: float


@dataclass(frozen=True)
class Estimate:
    """The estimate of all counties together, in valid distinct signatures.

    `valid` is the unbiased estimate and is not cut to what is possible: cutting would bias it. `low` and `high` are
    whole numbers that lie between the distinct signers already seen and those plus every line not drawn.
    `standard_error` is the root of the estimated variance. It does not make the interval: see `estimate_valid`.
    """

    valid: float
    low: float
    high: float
    standard_error: float
    confidence: float
    counties: tuple[CountyEstimate, ...]


def duplicate_weight(raw_count: int, sample_size: int) -> float:
    """Give the signatures by which one more duplicate in the sample lowers the unbiased estimate.

    N (N - n) / (n (n - 1)), which is A (A - 1) n / (n - 1) with A = N / n: the statutory weight, a little enlarged.
    It is 0 for a full check.

    Raises
    ------
    InputError
        The counts are not 1 <= n <= N, or one line was drawn of several, which can never show a duplicate.

    Examples
    --------
    >>> round(duplicate_weight(24034, 722), 2)
    1076.3
    """
    if faults := list(_faults_of_size("the county", raw_count, sample_size)):
        raise InputError(*faults)
    if sample_size == raw_count:
        return 0.0
    if sample_size == 1:
        raise InputError(
            Fault(
                "a sample of one line cannot show a duplicate",
                column="sample_size",
                value="1",
                remedy="Draw at least two lines.",
            )
        )
    return raw_count * (raw_count - sample_size) / (sample_size * (sample_size - 1))


def estimate_valid(rows: Sequence[SampledCounty], *, confidence: float = 0.95) -> Estimate:
    """Estimate the valid distinct signatures of every county and of all together.

    Parameters
    ----------
    rows
        One county each, at least one; every one a simple random sample without replacement, or a full check.
    confidence
        Level of the intervals, 0 < confidence < 1. Each of the two limits alone has the level (1 + confidence) / 2.

    Returns
    -------
    Estimate
        With the counties in the order given.

    Raises
    ------
    InputError
        A count is negative, a sample is empty or larger than the raw count, valid and duplicates exceed the sample,
        a duplicate stands without the signature it repeats, there is no row, or the level is not between 0 and 1.
        All faults are reported at once.

    Guarantee
    ---------
    While nobody signs more than twice, the intervals held the truth at least as often as they say in every one of
    the simulated petitions of `tests/calibration/test_interval_coverage.py`, within the margin stated there.

    Notes
    -----
    The interval melds a score distribution of the accepted lines with a gamma distribution of the unseen duplicates;
    a normal interval from `standard_error` fails where few duplicates are seen.

    References
    ----------
    Goodman (1949), Annals of Mathematical Statistics 20, 572-579. Smith and Thomas (2005), Journal of Official
    Statistics 21, 489-504. Fay, Proschan and Brittain (2015), Biometrics 71, 146-156.

    Examples
    --------
    >>> estimate = estimate_valid([SampledCounty("Yuba", 3720, 500, 307, 8)])
    >>> round(estimate.valid, 2), estimate.low, estimate.high
    (1900.0, 1447.0, 2195.0)
    """
    faults = [fault for row in rows for fault in _faults_of_row(row)]
    if not rows:
        faults.append(Fault("there is no county to estimate from", remedy="Give at least one row."))
    if not 0 < confidence < 1:
        faults.append(
            Fault(
                "the confidence must lie between 0 and 1, both excluded",
                column="confidence",
                value=str(confidence),
                remedy="Write 0.95 for 95 percent.",
            )
        )
    if faults:
        raise InputError(*faults)

    samples = Samples(
        _column([row.raw_count for row in rows]),
        _column([row.sample_size for row in rows]),
        _column([row.valid_in_sample for row in rows]),
        _column([row.duplicates_in_sample for row in rows]),
    )
    valid, variance = estimate_each(samples), variance_each(samples)
    low, high = samples.valid.copy(), samples.valid.copy()
    total_low = total_high = samples.valid.sum()
    sampled = samples.unseen > 0
    if sampled.any():
        some = samples.only_sampled()
        fully_checked = samples.valid[~sampled].sum()
        total_low, total_high = (limit + fully_checked for limit in limits(some, confidence))
        low[sampled], high[sampled] = limits(_one_by_one(some), confidence)
    return Estimate(
        float(valid.sum()),
        float(total_low),
        float(total_high),
        float(np.sqrt(variance.sum().clip(0))),
        confidence,
        tuple(
            CountyEstimate(row.name, *map(float, numbers))
            for row, *numbers in zip(rows, valid, low, high, np.sqrt(variance.clip(0)), strict=True)
        ),
    )


def _column(counts: list[int]) -> Numbers:
    return np.array(counts, dtype=np.float64)


def _one_by_one(samples: Samples) -> Samples:
    return Samples(
        samples.raw_counts[:, None],
        samples.sample_sizes[:, None],
        samples.valid[:, None],
        samples.duplicates[:, None],
    )


def _faults_of_row(row: SampledCounty) -> Iterator[Fault]:
    yield from _faults_of_size(row.name, row.raw_count, row.sample_size)
    counts = {"valid_in_sample": row.valid_in_sample, "duplicates_in_sample": row.duplicates_in_sample}
    negative = [column for column, count in counts.items() if count < 0]
    for column in negative:
        yield Fault(f"{row.name}: a count cannot be negative", column=column, value=str(counts[column]))
    if negative:
        return
    found = row.valid_in_sample + row.duplicates_in_sample
    if 0 < row.sample_size < found:
        yield Fault(
            f"{row.name}: valid and duplicates together exceed the sample of {row.sample_size}",
            column="valid_in_sample",
            value=f"{row.valid_in_sample} + {row.duplicates_in_sample}",
            remedy="Count each line once: a further line of the same signer is a duplicate and is not valid.",
        )
    elif row.duplicates_in_sample and not row.valid_in_sample and row.sample_size < row.raw_count:
        yield Fault(
            f"{row.name}: there are duplicates but no valid signature that they repeat",
            column="duplicates_in_sample",
            value=str(row.duplicates_in_sample),
            remedy="The first line of a signer is valid; only the second and further ones are duplicates.",
        )


def _faults_of_size(name: str, raw_count: int, sample_size: int) -> Iterator[Fault]:
    if raw_count < 0:
        yield Fault(f"{name}: a count cannot be negative", column="raw_count", value=str(raw_count))
    if sample_size < 1:
        yield Fault(
            f"{name}: a sample needs at least one line",
            column="sample_size",
            value=str(sample_size),
            remedy="Leave out a county without signatures; for a full check write the raw count.",
        )
    elif 0 <= raw_count < sample_size:
        yield Fault(
            f"{name}: the sample exceeds the raw count of {raw_count}", column="sample_size", value=str(sample_size)
        )
