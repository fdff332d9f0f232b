from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import comb
from random import Random

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from referenda.stats.estimators import SampledCounty, duplicate_weight, estimate_valid
from referenda.stats.pairs import Samples, estimate_each, variance_each


def every_sample(lines_of: list[int], invalid: int, size: int) -> Samples:
    """Every sample that can be drawn from signers with so many lines each, all equally likely."""
    lines = [signer for signer, lines in enumerate(lines_of) for _ in range(lines)] + [-1] * invalid
    valid, duplicates = [], []
    for drawn in combinations(lines, size):
        seen = Counter(signer for signer in drawn if signer >= 0)
        valid.append(len(seen))
        duplicates.append(seen.total() - len(seen))
    ones = np.ones(len(valid))
    return Samples(
        ones * len(lines), ones * size, np.array(valid, dtype=np.float64), np.array(duplicates, dtype=np.float64)
    )


populations = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 4))


@given(populations, st.integers(2, 9))
@example((2, 2, 2), 4)
def test_the_estimate_is_unbiased_over_all_samples_while_nobody_signs_more_than_twice(
    population: tuple[int, int, int], size: int
) -> None:
    once, twice, invalid = population
    assume(size <= once + 2 * twice + invalid <= 12)
    samples = every_sample([1] * once + [2] * twice, invalid, size)
    assert estimate_each(samples).mean() == pytest.approx(once + twice)


@given(populations, st.integers(4, 9))
@example((4, 2, 1), 5)
def test_the_variance_is_estimated_without_bias_over_all_samples(population: tuple[int, int, int], size: int) -> None:
    once, twice, invalid = population
    assume(size <= once + 2 * twice + invalid <= 12)
    samples = every_sample([1] * once + [2] * twice, invalid, size)
    assert variance_each(samples).mean() == pytest.approx(estimate_each(samples).var(), abs=1e-9)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(0, 3), st.integers(2, 9))
@example([3, 3, 1], 2, 4)
def test_a_signer_with_s_lines_biases_the_estimate_as_the_formula_says(
    lines_of: list[int], invalid: int, size: int
) -> None:
    raw = sum(lines_of) + invalid
    assume(size <= raw <= 12)
    samples = every_sample(lines_of, invalid, size)

    def bias(lines: int) -> float:
        if size == raw:
            return 0.0
        missed = comb(raw - lines, size) / comb(raw, size)
        expected_duplicates = lines * size / raw - 1 + missed
        return (lines - 1) - expected_duplicates * raw * (raw - 1) / (size * (size - 1))

    expected = len(lines_of) + sum(map(bias, lines_of))
    assert estimate_each(samples).mean() == pytest.approx(expected)


@st.composite
def rows(draw: st.DrawFn) -> SampledCounty:
    raw = draw(st.integers(1, 400_000))
    size = draw(st.one_of(st.integers(1, raw), st.just(raw), st.just(min(raw, max(500, -(-raw * 3 // 100))))))
    accepted = draw(st.integers(0, size))
    duplicates = draw(st.integers(0, min(accepted // 2, 40)))
    return SampledCounty(str(draw(st.integers(1, 58))), raw, size, accepted - duplicates, duplicates)


petitions = st.lists(rows(), min_size=1, max_size=8)
levels = st.floats(0.01, 0.9999)


@given(petitions, levels)
def test_the_interval_holds_every_estimate_that_is_possible(petition: list[SampledCounty], level: float) -> None:
    estimate = estimate_valid(petition, confidence=level)
    seen = sum(row.valid_in_sample for row in petition)
    most = seen + sum(row.raw_count - row.sample_size for row in petition)
    assert seen <= estimate.low <= estimate.high <= most
    assert estimate.low <= max(estimate.valid, seen) + 1e-6
    assert estimate.high >= min(estimate.valid, most) - 1e-6
    for row, county in zip(petition, estimate.counties, strict=True):
        least = row.valid_in_sample
        assert least <= county.low <= county.high <= least + row.raw_count - row.sample_size
        assert county.standard_error >= 0


@given(petitions, st.randoms())
def test_the_order_of_the_counties_does_not_matter(petition: list[SampledCounty], random: Random) -> None:
    shuffled = list(petition)
    random.shuffle(shuffled)
    one, other = estimate_valid(petition), estimate_valid(shuffled)
    assert (one.valid, one.standard_error) == pytest.approx((other.valid, other.standard_error))
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1)  # a sum may round across a whole


@given(petitions, levels, levels)
def test_a_higher_level_never_narrows_the_interval(petition: list[SampledCounty], level: float, other: float) -> None:
    narrow = estimate_valid(petition, confidence=min(level, other))
    wide = estimate_valid(petition, confidence=max(level, other))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@given(rows())
def test_a_further_duplicate_lowers_the_estimate_by_its_weight_and_moves_both_limits_down(row: SampledCounty) -> None:
    assume(row.valid_in_sample > 0 and row.valid_in_sample + row.duplicates_in_sample < row.sample_size)
    further = SampledCounty(
        row.name, row.raw_count, row.sample_size, row.valid_in_sample - 1, row.duplicates_in_sample + 1
    )
    assume(further.valid_in_sample > 0 and row.sample_size < row.raw_count)
    before, after = estimate_valid([row]), estimate_valid([further])
    one_line = row.raw_count / row.sample_size
    cost = duplicate_weight(row.raw_count, row.sample_size) + one_line
    assert before.valid - after.valid == pytest.approx(cost, rel=1e-6, abs=1e-6)
    assert after.low <= before.low
    assert after.high <= before.high
