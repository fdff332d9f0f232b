"""Simulated petitions with planted truth: is the estimate unbiased, does the interval hold what it says?

The shapes and the simulation are those of `bench/estimate_calibration.py`, which prints the table of the docs.
Margins are three standard errors of a share seen in 2,000 petitions: 2.7, 2.0, 1.5 and 0.7 points at 80, 90, 95 and
99 percent. Coverage may lie above the level (few duplicates come in whole numbers), never further below it.
"""

from __future__ import annotations

import importlib.util
import sys
from math import sqrt
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from referenda.stats.estimators import SampledCounty, estimate_valid
from referenda.stats.melding import limits
from referenda.stats.pairs import Samples


def load_bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "estimate_calibration.py"
    spec = importlib.util.spec_from_file_location("estimate_calibration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bench = load_bench()
PETITIONS = 2_000


def margin(share: float) -> float:
    return 3 * sqrt(share * (1 - share) / PETITIONS)


SHAPES = [
    *(bench.by_rule("58 counties", bench.CALIFORNIA, 0.75, share) for share in (0, 0.01, 0.06)),
    bench.by_rule("58 counties", bench.CALIFORNIA, 0.95, 0.01),
    bench.by_rule("10 small counties", bench.SMALL, 0.70, 0.05),
    bench.Shape("30 tiny counties", (20,) * 30, (8,) * 30, 0.75, 0.05),
    bench.Shape("100 tiny counties", (30,) * 100, (2,) * 100, 0.80, 0.07),
    bench.Shape("one thin county", (300_000, *(3_000,) * 40), (3_000, *(1_500,) * 40), 0.75, 0.02),
    bench.by_rule("just above 500", (501,), 0.95, 0.03),
    bench.by_rule("just above 500", (560,), 0.75, 0.01),
    bench.by_rule("one county", (3_000,), 0.95, 0.005),
    bench.by_rule("one county", (16_000,), 0.95, 0.03),
    bench.by_rule("one county", (50_000,), 0.50, 0.10),
    bench.by_rule("one county", (300_000,), 0.95, 0.002),
    bench.by_share(137_881, 0.35, 0.90, 0.015),
]
WITH_TRIPLES = [
    bench.by_rule("58 counties", bench.CALIFORNIA, 0.75, 0.03, 0.05),
    bench.by_share(137_881, 0.05, 0.90, 0.015, 0.04),
]


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.name}-{shape.accepted}-{shape.duplicates}")
def test_the_interval_holds_the_truth_as_often_as_it_says(shape: Any) -> None:
    measured = bench.measure(shape, PETITIONS)
    for level in bench.LEVELS:
        tail = (1 - level) / 2
        assert measured.covered[level] >= level - margin(level)
        assert measured.too_high[level] <= tail + margin(tail)
        assert measured.too_low[level] <= tail + margin(tail)
    assert abs(measured.error) <= 4 * measured.standard_deviation / sqrt(PETITIONS)
    if shape.name == "58 counties":
        assert measured.width[0.95] <= 1.25


@pytest.mark.slow
@pytest.mark.parametrize("shape", WITH_TRIPLES, ids=lambda shape: shape.name)
def test_a_few_signers_with_three_lines_lower_the_estimate_and_spare_the_interval(shape: Any) -> None:
    measured = bench.measure(shape, PETITIONS)
    planted = bench.plant(shape)
    unseen = 1 - np.array(shape.sample_sizes) / np.array(shape.raw_counts)
    expected = -float((planted.thrice * unseen).sum())
    assert expected < 0
    assert abs(measured.error - expected) <= 4 * measured.standard_deviation / sqrt(PETITIONS) + 1
    for level in bench.LEVELS:
        assert measured.covered[level] >= level - margin(level)
        assert measured.too_high[level] <= (1 - level) / 2 + margin((1 - level) / 2)


@pytest.mark.slow
def test_many_signers_with_three_lines_in_a_large_sample_break_the_upper_limit_but_never_the_lower() -> None:
    measured = bench.measure(bench.by_share(137_881, 0.35, 0.90, 0.06, 0.04), PETITIONS)
    assert measured.covered[0.95] < 0.95 - margin(0.95)
    assert measured.too_high[0.95] <= 0.025


@pytest.mark.slow
def test_a_normal_interval_would_fail_where_few_duplicates_are_seen() -> None:
    measured = bench.measure(bench.by_rule("one county", (16_000,), 0.95, 0.03), PETITIONS)
    assert measured.covered_by_normal[0.95] < 0.60
    assert measured.covered[0.95] >= 0.95 - margin(0.95)


@pytest.mark.slow
def test_counties_that_all_check_every_line_have_the_truth_and_no_width() -> None:
    shape = bench.Shape("full check", bench.CALIFORNIA, bench.CALIFORNIA, 0.75, 0.03)
    measured = bench.measure(shape, 50)
    assert (measured.error, measured.standard_deviation, measured.width[0.95]) == (0, 0, 0)
    assert set(measured.covered.values()) == {1.0}


def test_drawing_by_counts_has_the_distribution_of_drawing_line_by_line() -> None:
    from scipy.stats import chi2_contingency

    shape = bench.Shape("small", (60,), (25,), accepted=0.8, duplicates=0.3, thrice=0.5)
    planted, draws = bench.plant(shape), 6_000
    assert min(int(planted.once[0]), int(planted.twice[0]), int(planted.thrice[0])) > 0
    rng = np.random.default_rng(11)
    by_counts = np.column_stack([kind[:, 0] for kind in bench.draw(rng, planted, (25,), draws)])
    literally = np.array([bench.draw_line_by_line(rng, planted, 25) for _ in range(draws)])
    found, place = np.unique(np.vstack([by_counts, literally]), axis=0, return_inverse=True)
    table = np.zeros((2, len(found)))
    np.add.at(table, (np.repeat([0, 1], draws), place.ravel()), 1)
    common = table.sum(0) >= 20
    table = np.column_stack([table[:, common], table[:, ~common].sum(1)])
    assert chi2_contingency(table).pvalue > 0.001


def test_lines_drawn_literally_and_the_public_estimate_agree_with_the_simulation() -> None:
    shape = bench.by_rule("one county", (900,), 0.75, 0.05)
    planted, rng = bench.plant(shape), np.random.default_rng(12)
    held, errors = 0, []
    for _ in range(300):
        valid, duplicates = bench.draw_line_by_line(rng, planted, 500)
        estimate = estimate_valid([SampledCounty("one", 900, 500, valid, duplicates)])
        held += estimate.low <= planted.distinct <= estimate.high
        errors.append(estimate.valid - planted.distinct)
    assert held >= 300 * 0.95 - 3 * sqrt(300 * 0.95 * 0.05)
    assert abs(np.mean(errors)) <= 4 * np.std(errors) / sqrt(300)


def test_the_arrays_of_the_simulation_and_the_public_estimate_give_the_same_interval() -> None:
    shape = bench.by_rule("58 counties", bench.CALIFORNIA, 0.75, 0.02)
    valid, duplicates = bench.draw(np.random.default_rng(13), bench.plant(shape), shape.sample_sizes, 3)
    raw, sizes = (np.array(counts, dtype=np.float64) for counts in (shape.raw_counts, shape.sample_sizes))
    samples = Samples(raw, sizes, valid.astype(np.float64), duplicates.astype(np.float64))
    low, high = limits(samples.only_sampled(), 0.95)
    checked = samples.valid[:, raw == sizes].sum(-1)
    for petition in range(3):
        counts = zip(shape.raw_counts, shape.sample_sizes, valid[petition], duplicates[petition], strict=True)
        rows = [SampledCounty(str(i), raw, size, int(v), int(d)) for i, (raw, size, v, d) in enumerate(counts)]
        estimate = estimate_valid(rows)
        assert (estimate.low, estimate.high) == pytest.approx(
            (low[petition] + checked[petition], high[petition] + checked[petition]), abs=1
        )
