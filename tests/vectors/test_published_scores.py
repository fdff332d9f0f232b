"""Scores of forecasts against numbers that others have published, or that follow from a closed form."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest
from scipy import stats

from referenda.stats.scores import brier, crps_of_draws, crps_of_quantiles, interval_coverage, log_score

LEVELS = (np.arange(20_000) + 0.5) / 20_000


def crps_of_normal(z: float) -> float:
    """Closed form for the standard normal law: Gneiting and Raftery (2007), section 4.2, with the sign turned."""
    return float(z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / sqrt(pi))


def test_ten_forecasts_of_rain_score_as_brier_scored_them():
    # Brier (1950), table 1: rain or no rain on ten occasions, score 0.19.
    rain = np.array([0.7, 0.9, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 0.1])
    came = np.array([0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    assert brier(np.column_stack([1 - rain, rain]), came).mean() == pytest.approx(0.19)
    assert 2 * brier(rain, came).mean() == pytest.approx(0.19)


def test_the_score_of_a_normal_law_is_the_published_one():
    # 2.43657473: value for a standard normal law and -3 that the R package scoringRules tests itself by (crps_norm).
    assert crps_of_normal(-3) == pytest.approx(2.43657473, abs=1e-8)
    assert crps_of_draws(stats.norm.ppf(LEVELS), -3.0) == pytest.approx(2.43657473, abs=1e-5)
    assert crps_of_quantiles(LEVELS, stats.norm.ppf(LEVELS), -3.0) == pytest.approx(2.43657473, abs=1e-5)


@pytest.mark.parametrize("z", [-2.0, -0.3, 0.0, 0.5, 1.7])
def test_draws_and_quantiles_come_to_the_closed_form_of_the_normal_law(z):
    quantiles = stats.norm.ppf(LEVELS)
    assert crps_of_draws(10 + 4 * quantiles, 10 + 4 * z) == pytest.approx(4 * crps_of_normal(z), abs=1e-4)
    assert crps_of_quantiles(LEVELS, 10 + 4 * quantiles, 10 + 4 * z) == pytest.approx(4 * crps_of_normal(z), abs=1e-4)


def test_draws_come_to_the_closed_form_of_the_uniform_law():
    # On [0, 1] and y inside: the integral of (x - 1{x >= y})^2 is y^3 / 3 + (1 - y)^3 / 3.
    assert crps_of_draws(LEVELS, 0.2) == pytest.approx((0.2**3 + 0.8**3) / 3, abs=1e-6)


def test_an_even_chance_costs_one_bit():
    assert log_score([0.5], [True])[0] / np.log(2) == pytest.approx(1.0)


def test_the_share_of_intervals_has_the_limits_of_clopper_and_pearson():
    # None of ten: the upper limit is 1 - 0.025^(1/10) (Clopper and Pearson 1934, in closed form).
    found = interval_coverage(np.zeros(10), np.ones(10), np.full(10, 2.0))
    assert (found.count, found.of, found.low) == (0, 10, 0.0)
    assert found.high == pytest.approx(1 - 0.025**0.1)
