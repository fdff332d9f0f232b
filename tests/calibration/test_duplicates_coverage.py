"""Invented signers who sign twice: does the forecast of all repeats, from a part of the lines, hold as it says?

Signers are drawn from a pool of the willing, some far more willing than others, and up to one in 250 signs again near
to where he signed, so that the first lines of a petition show more repeats than their square would. Half of the
petitions are compared by a random part, half by their first lines; between 8 and 80 percent of the lines.
"""

from __future__ import annotations

import numpy as np
import pytest

from referenda.forecasting.duplicates import Compared, draw_duplicate_rate, duplicate_share

PETITIONS = 200


def held_by_the_interval(rng: np.random.Generator) -> bool:
    """Invent a petition and say whether the interval of 80 percent holds its repeats."""
    requirement = int(rng.integers(5_000, 25_000))
    lines = int(requirement * rng.uniform(1.05, 1.7))
    share = min(rng.lognormal(np.log(0.02), 0.8), 0.12)
    willing = rng.gamma(4.0, size=int(requirement / (2 * share))).cumsum()
    signers = np.searchsorted(willing, rng.random(lines) * willing[-1])
    again = np.flatnonzero(rng.random(lines) < rng.uniform(0, 0.004))
    signers[again] = signers[np.maximum(again - rng.integers(1, lines // 20, len(again)), 0)]
    size = int(rng.uniform(0.08, 0.8) * lines)
    part = signers[:size] if rng.random() < 0.5 else rng.permutation(signers)[:size]
    rate = draw_duplicate_rate(
        [Compared(size, size - len(np.unique(part)))],
        requirement=requirement,
        draws=1_000,
        rng=rng,
        raw_count=lines,
    )
    low, high = np.quantile(duplicate_share(rate, lines) * lines, [0.1, 0.9])
    return bool(low <= lines - len(np.unique(signers)) <= high)


@pytest.mark.slow
def test_intervals_of_eighty_percent_hold_the_repeats_of_all_lines() -> None:
    held = [held_by_the_interval(np.random.default_rng([5, number])) for number in range(PETITIONS)]
    # Three standard errors of 2.8 points; wider where much was compared, a little narrow where little was.
    assert 0.72 <= np.mean(held) <= 0.89
