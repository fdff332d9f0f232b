from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from referenda.errors import InputError
from referenda.stats.estimators import SampledCounty, duplicate_weight, estimate_valid
from referenda.stats.melding import limits
from referenda.stats.pairs import Samples

YUBA = SampledCounty("Yuba", 3720, 500, 307, 8)
SIERRA = SampledCounty("Sierra", 208, 208, 159, 0)
LARGE = SampledCounty("Large", 300_000, 9_000, 6_700, 3)


def test_a_sample_without_duplicates_projects_its_valid_share() -> None:
    estimate = estimate_valid([SampledCounty("one", 10_000, 500, 400, 0)])
    assert estimate.valid == pytest.approx(8_000)
    assert estimate.confidence == 0.95


def test_one_more_duplicate_costs_its_weight() -> None:
    more = replace(LARGE, duplicates_in_sample=4)
    cost = estimate_valid([LARGE]).valid - estimate_valid([more]).valid
    assert cost == pytest.approx(duplicate_weight(300_000, 9_000)) == pytest.approx(1077.9, abs=0.1)


def test_the_weight_is_the_statutory_one_enlarged_by_n_over_n_minus_1() -> None:
    factor = 24_034 / 722
    assert duplicate_weight(24_034, 722) == pytest.approx(factor * (factor - 1) * 722 / 721)


def test_a_duplicate_found_in_a_full_check_weighs_nothing() -> None:
    assert duplicate_weight(208, 208) == 0.0
    assert duplicate_weight(1, 1) == 0.0


def test_a_full_check_is_exact_and_has_no_error() -> None:
    estimate = estimate_valid([SIERRA])
    assert (estimate.valid, estimate.low, estimate.high, estimate.standard_error) == (159, 159, 159, 0)
    assert estimate == estimate_valid([replace(SIERRA, duplicates_in_sample=7)])


def test_full_checks_add_their_signatures_to_the_sampled_counties() -> None:
    alone, together = estimate_valid([YUBA]), estimate_valid([SIERRA, YUBA])
    assert together.valid == pytest.approx(alone.valid + 159)
    assert (together.low, together.high) == (alone.low + 159, alone.high + 159)
    assert [county.name for county in together.counties] == ["Sierra", "Yuba"]
    assert together.standard_error == pytest.approx(alone.standard_error)


def test_a_county_alone_has_the_interval_of_its_row() -> None:
    total, row = estimate_valid([YUBA]), estimate_valid([YUBA, LARGE]).counties[0]
    assert (row.valid, row.low, row.high, row.standard_error) == pytest.approx(
        (total.valid, total.low, total.high, total.standard_error)
    )


def test_errors_of_counties_cancel_out_so_the_sum_is_known_better_than_its_parts() -> None:
    estimate = estimate_valid([LARGE, YUBA])
    assert estimate.high - estimate.low < sum(county.high - county.low for county in estimate.counties)
    assert estimate.valid == pytest.approx(sum(county.valid for county in estimate.counties))


def test_no_duplicate_in_the_sample_still_leaves_room_for_some() -> None:
    none = estimate_valid([replace(LARGE, duplicates_in_sample=0)])
    weight = duplicate_weight(300_000, 9_000)
    assert none.valid - none.low > 3 * weight
    assert none.high - none.valid < 3 * weight


def test_a_sample_that_is_all_good_still_leaves_room_for_bad_lines() -> None:
    estimate = estimate_valid([SampledCounty("clean", 560, 500, 500, 0)])
    assert estimate.valid == estimate.high == 560
    assert 550 < estimate.low < 560


def test_more_confidence_makes_a_wider_interval() -> None:
    widths = [
        estimate.high - estimate.low
        for estimate in (estimate_valid([LARGE], confidence=level) for level in (0.5, 0.8, 0.95, 0.99, 0.9999))
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 3


def test_the_interval_stays_between_those_seen_and_all_who_may_be_unseen() -> None:
    estimate = estimate_valid([SampledCounty("odd", 10_000, 500, 300, 40)])
    assert estimate.valid < 0
    assert 300 <= estimate.low <= estimate.high <= 300 + 9_500


def test_one_line_out_of_many_is_given_the_largest_possible_error() -> None:
    estimate = estimate_valid([SampledCounty("one", 10, 1, 1, 0)])
    assert (estimate.valid, estimate.standard_error) == (10, 5)
    assert (estimate.low, estimate.high) == (1, 10)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(
    ("raw", "size", "valid", "duplicates"),
    [(16_000, 500, 475, 0), (16_000, 500, 475, 1), (300_000, 9_000, 6_700, 30), (800, 500, 250, 12)],
)
def test_the_limits_are_quantiles_of_the_melded_distributions(
    raw: int, size: int, valid: int, duplicates: int, level: float
) -> None:
    rng, draws = np.random.default_rng(5), 1_000_000
    samples = Samples(*(np.array([float(count)]) for count in (raw, size, valid, duplicates)))
    low, high = limits(samples, level)

    share, effective = (valid + duplicates) / size, size * (raw - 1) / (raw - size)
    score = rng.standard_normal(draws)  # Wilson's limits in closed form, at random scores
    centre = share + score**2 / (2 * effective)
    reach = score * np.sqrt(share * (1 - share) / effective + score**2 / (4 * effective**2))
    lines = raw * (centre + reach) / (1 + score**2 / effective)
    pairs = raw * (raw - 1) / (size * (size - 1))
    wait = rng.gamma((duplicates + 1) * (pairs - 1) / pairs, pairs, draws)
    known = rng.gamma(duplicates * (pairs - 1) / pairs, pairs, draws) if duplicates else 0
    expected_low = np.quantile(lines - wait, (1 - level) / 2) - duplicates
    expected_high = np.quantile(lines - known, (1 + level) / 2) - duplicates

    tolerance = 1.5 + 0.015 * (expected_high - expected_low)
    assert float(low) == pytest.approx(expected_low, abs=tolerance)
    assert float(high) == pytest.approx(min(expected_high, valid + raw - size), abs=tolerance)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (SampledCounty("A", 100, 50, 40, 11), "valid and duplicates together exceed the sample of 50"),
        (SampledCounty("A", 100, 101, 40, 0), "the sample exceeds the raw count of 100"),
        (SampledCounty("A", 100, 0, 0, 0), "a sample needs at least one line"),
        (SampledCounty("A", -1, 0, 0, 0), "a count cannot be negative"),
        (SampledCounty("A", 100, 50, -1, 0), "a count cannot be negative"),
        (SampledCounty("A", 100, 50, 10, -1), "a count cannot be negative"),
        (SampledCounty("A", 100, 50, 0, 2), "no valid signature that they repeat"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_county(row: SampledCounty, words: str) -> None:
    with pytest.raises(InputError, match=f"A: .*{words}"):
        estimate_valid([row])


def test_all_faults_are_reported_at_once() -> None:
    rows = [SampledCounty("A", 100, 101, 40, 0), YUBA, SampledCounty("B", 100, 50, -1, -2)]
    with pytest.raises(InputError) as caught:
        estimate_valid(rows, confidence=95)
    assert [fault.column for fault in caught.value.faults] == [
        "sample_size",
        "valid_in_sample",
        "duplicates_in_sample",
        "confidence",
    ]


def test_no_row_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no county"):
        estimate_valid([])


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0, float("nan")])
def test_a_level_that_is_no_share_is_refused(confidence: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        estimate_valid([YUBA], confidence=confidence)


@pytest.mark.parametrize(("raw", "size"), [(10, 11), (10, 0), (-1, 1), (10, 1)])
def test_a_weight_needs_a_sample_that_can_show_duplicates(raw: int, size: int) -> None:
    with pytest.raises(InputError):
        duplicate_weight(raw, size)
