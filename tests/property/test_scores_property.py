"""Whatever is forecast: scores are proper, keep their ranges, and move with the unit of what is forecast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.stats.scores import brier, crps_of_draws, crps_of_quantiles, log_score, reliability, skill

PROBABILITIES = st.floats(0, 1)
NUMBERS = st.floats(-1e6, 1e6)
WEIGHTS = st.lists(st.integers(1, 1000), min_size=2, max_size=6)


def shares(weights: list[int]) -> np.ndarray:
    return np.array(weights) / sum(weights)


@given(believed=WEIGHTS, data=st.data())
def test_nobody_expects_to_gain_by_saying_other_than_they_believe(believed, data):
    belief = shares(believed)
    said = shares(data.draw(st.lists(st.integers(1, 1000), min_size=len(belief), max_size=len(belief))))
    outcomes = np.arange(len(belief))
    for score in (brier, log_score):
        honest = belief @ score(np.tile(belief, (len(belief), 1)), outcomes)
        other = belief @ score(np.tile(said, (len(belief), 1)), outcomes)
        assert honest <= other + 1e-12


@given(probability=PROBABILITIES, came=st.booleans())
def test_two_outcomes_score_twice_what_the_event_alone_does(probability, came):
    both = brier([[1 - probability, probability]], [int(came)])[0]
    assert both == pytest.approx(2 * brier([probability], [came])[0])
    assert 0 <= both <= 2


@given(draws=st.lists(NUMBERS, min_size=1, max_size=30), actual=NUMBERS, moved=NUMBERS, factor=st.floats(0.1, 10))
def test_draws_in_another_unit_score_the_same_in_that_unit(draws, actual, moved, factor):
    score = float(crps_of_draws(draws, actual))
    there = float(crps_of_draws([moved + factor * d for d in draws], moved + factor * actual))
    assert -1e-6 <= score <= max(abs(d - actual) for d in draws) + 1e-6
    assert there == pytest.approx(factor * score, abs=1e-3)


@given(draws=st.lists(NUMBERS, min_size=1, max_size=30), actual=NUMBERS)
def test_the_order_of_draws_does_not_matter(draws, actual):
    assert crps_of_draws(draws, actual) == pytest.approx(float(crps_of_draws(draws[::-1], actual)), abs=1e-6)


@given(quantiles=st.lists(NUMBERS, min_size=1, max_size=9).map(sorted), actual=NUMBERS)
def test_as_many_quantiles_as_draws_score_as_the_draws_do(quantiles, actual):
    # m draws are the quantiles of their own law at (i - 1/2) / m.
    levels = (np.arange(len(quantiles)) + 0.5) / len(quantiles)
    score = float(crps_of_quantiles(levels, quantiles, actual))
    assert score == pytest.approx(float(crps_of_draws(quantiles, actual)), rel=1e-9, abs=1e-4)


@given(forecasts=st.lists(st.tuples(PROBABILITIES, st.booleans()), max_size=40))
def test_every_forecast_stands_in_one_bin(forecasts):
    bins = reliability([p for p, _ in forecasts], [came for _, came in forecasts])
    assert len(forecasts) == sum(one.forecasts for one in bins)
    assert sum(came for _, came in forecasts) == sum(one.happened.count for one in bins)
    for one in bins:
        assert one.mean_probability is None or one.low - 1e-12 <= one.mean_probability <= one.high + 1e-12


@given(scores=st.lists(st.floats(0, 2), min_size=1, max_size=20))
def test_what_is_no_better_than_its_reference_has_no_skill(scores):
    assert skill(scores, scores) in (0.0, None)
