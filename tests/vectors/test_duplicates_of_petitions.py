"""The estimate against real petitions whose samples, and sometimes full checks, are public.

Facts from the Secretary of State of Washington's news and blog (R-71: blogs.sos.wa.gov/fromourcorner, August and
September 2009; I-917: news release of 2006; I-1125: blog of 2011; I-1351 and I-1401: initiatives FAQ and blog), Los
Angeles County's recall of 2022 (spectrumnews1.com, 15 July 2022), the reports on "Six Californias" of 2014
(calitics.com) and the example of 2 CCR § 20540.
"""

from __future__ import annotations

import pytest

from referenda.stats.estimators import Estimate, SampledCounty, duplicate_weight, estimate_valid

# Washington R-71, 2009: every line was checked, and progress was published by day.
R71_RAW_COUNT, R71_VALID = 137_881, 122_007
R71 = [  # checked, accepted, duplicates
    (17_317, 15_067, 45),
    (48_289, 43_147, 242),
    (50_493, 45_099, 263),
    (65_531, 58_306, 470),
    (79_195, 69_949, 703),
    (88_191, 77_637, 867),
    (97_287, 85_920, 1_021),
    (103_898, 91_716, 1_172),
    (110_288, 97_261, 1_314),
    (117_069, 103_198, 1_477),
]


def estimate(raw_count: int, sample_size: int, valid: int, duplicates: int) -> Estimate:
    return estimate_valid([SampledCounty("all", raw_count, sample_size, valid, duplicates)])


def pairs_estimated(checked: int, duplicates: int) -> float:
    return duplicates * R71_RAW_COUNT * (R71_RAW_COUNT - 1) / (checked * (checked - 1))


@pytest.mark.parametrize(("checked", "accepted", "duplicates"), R71[1:])
def test_duplicates_of_r71_grow_with_the_square_of_what_was_checked(
    checked: int, accepted: int, duplicates: int
) -> None:
    assert 1_960 < pairs_estimated(checked, duplicates) < 2_132
    assert duplicates / (checked / R71_RAW_COUNT) ** 2 == pytest.approx(pairs_estimated(checked, duplicates), rel=1e-4)


def test_the_duplicates_at_35_percent_foretell_those_at_85_percent() -> None:
    early, late = R71[1], R71[-1]
    foretold = pairs_estimated(early[0], early[2]) * late[0] * (late[0] - 1) / (R71_RAW_COUNT * (R71_RAW_COUNT - 1))
    assert foretold == pytest.approx(1_422, abs=1)
    assert late[2] == pytest.approx(foretold, rel=2 / early[2] ** 0.5)  # two standard errors of 242 rare events


@pytest.mark.parametrize(("checked", "accepted", "duplicates"), R71[1:3])
def test_the_estimates_of_r71_at_35_percent_hold_its_final_count(checked: int, accepted: int, duplicates: int) -> None:
    found = estimate(R71_RAW_COUNT, checked, accepted, duplicates)
    assert found.low <= R71_VALID <= found.high
    assert found.valid == pytest.approx(R71_VALID, abs=100)


@pytest.mark.parametrize(("checked", "accepted", "duplicates"), [R71[0], *R71[3:]])
def test_volumes_that_were_no_random_sample_and_rejections_later_reversed_put_r71_outside(
    checked: int, accepted: int, duplicates: int
) -> None:
    found = estimate(R71_RAW_COUNT, checked, accepted, duplicates)
    assert found.high < R71_VALID
    assert found.valid == pytest.approx(R71_VALID, rel=0.04 if checked < 20_000 else 0.012)


@pytest.mark.parametrize(
    ("raw_count", "sample_size", "valid", "duplicates", "by_the_states_formula"),
    [
        (266_006, 10_819, 9_442, 24, 218_231),  # I-917, 2006: published error rate 17.96 %
        (328_632, 10_012, 8_961, 13, 280_555),  # I-1125, 2011: 14.63 %
        (348_072, 10_512, 9_606, 9, 308_503),  # I-1351, 2014
        (348_627, 1_897, 1_636, 0, 300_661),  # I-1401, 2015, report on progress
        (25_000, 1_250, 900, 1, 17_620),
        (24_034, 722, 516, 2, 15_028),  # the regulation's example, with the regulation's rounding
        (3_720, 500, 307, 8, 1_901),  # Yuba, 2014
        (3_720, 500, 307, 2, 2_188),  # Yuba before its duplicates were corrected (58.8 %)
    ],
)
def test_the_estimate_lies_within_a_few_signatures_of_the_states_formula(
    raw_count: int, sample_size: int, valid: int, duplicates: int, by_the_states_formula: int
) -> None:
    found = estimate(raw_count, sample_size, valid, duplicates)
    assert found.valid == pytest.approx(by_the_states_formula, abs=4)
    assert found.low < by_the_states_formula < found.high


def test_what_sets_the_estimate_apart_from_the_states_formula_is_one_nth_of_its_correction() -> None:
    raw_count, sample_size, valid, duplicates = 266_006, 10_819, 9_442, 24
    factor = raw_count / sample_size
    by_formula = factor * valid - duplicates * factor * (factor - 1)
    difference = by_formula - estimate(raw_count, sample_size, valid, duplicates).valid
    assert difference == pytest.approx(duplicates * factor * (factor - 1) / (sample_size - 1))
    assert difference == pytest.approx(1.29, abs=0.01)


def test_a_report_on_progress_without_duplicates_says_next_to_nothing_about_them() -> None:
    weight = duplicate_weight(348_627, 1_897)
    assert weight == pytest.approx(33_608, abs=1)
    found = estimate(348_627, 1_897, 1_636, 0)
    assert found.valid - found.low > 3.5 * weight
    assert found.low < 246_372 < found.valid  # the requirement lies inside: a larger sample was needed


def test_counties_of_six_californias_that_checked_every_line_are_exact() -> None:
    found = estimate_valid([SampledCounty("Alpine", 8, 8, 5, 0), SampledCounty("Sierra", 208, 208, 159, 0)])
    assert (found.valid, found.low, found.high, found.standard_error) == (164, 164, 164, 0)


# Recall of the district attorney of Los Angeles, 2022: sample of 5 %, then a full count. The duplicates of the sample
# were not published; the full count found 43,593.
LA_RAW, LA_SAMPLE, LA_VALID_IN_SAMPLE, LA_VALID, LA_DUPLICATES = 715_833, 35_793, 27_983, 520_050, 43_593


def test_the_los_angeles_sample_and_full_count_agree_once_its_duplicates_are_placed() -> None:
    chance = LA_SAMPLE * (LA_SAMPLE - 1) / (LA_RAW * (LA_RAW - 1))
    expected_in_sample = LA_DUPLICATES * chance
    assert expected_in_sample == pytest.approx(109, abs=0.1)
    found = estimate(LA_RAW, LA_SAMPLE, LA_VALID_IN_SAMPLE, round(expected_in_sample))
    assert found.low <= LA_VALID <= found.high
    without = estimate(LA_RAW, LA_SAMPLE, LA_VALID_IN_SAMPLE, 0).valid
    needed = (without - LA_VALID) / duplicate_weight(LA_RAW, LA_SAMPLE)
    assert needed == pytest.approx(104.2, abs=0.1)
    assert abs(needed - expected_in_sample) < expected_in_sample**0.5


def test_without_its_duplicates_the_los_angeles_sample_cannot_say_what_the_full_count_will_be() -> None:
    few, many = (estimate(LA_RAW, LA_SAMPLE, LA_VALID_IN_SAMPLE, duplicates) for duplicates in (0, 150))
    assert few.valid - LA_VALID == pytest.approx(39_589, abs=1)  # read as none: seven percent of the requirement
    assert few.low > LA_VALID > many.high
