"""California's projection and decision against published counts.

Sources: 2 CCR § 20540 (the official example); Yuba County and the limits of the Six Californias petition, as reported
by observers in 2014 (calitics.com, 31 July and 23 August 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.finding import Finding, SampleFinding
from referenda.law.place import load_place

LAW = load_place("us/ca")
ON = date(2014, 9, 11)


def row(raw: int, size: int, valid: int, duplicates: int = 0) -> dict[str, int]:
    return {
        "raw_count": raw,
        "sample_size": size,
        "valid_in_sample": valid,
        "duplicates_in_sample": duplicates,
    }


def county(raw: int, size: int, valid: int, duplicates: int, **readings: str) -> Finding:
    given = row(raw, size, valid, duplicates)
    return LAW.find("projected_valid", given, on=ON, instrument="statute", readings=readings)


def count(
    rows: list[dict[str, int]], requirement: int, name: str | None = None, *, on: date = ON, **readings: str
) -> SampleFinding:
    return LAW.count_sample(name, rows, requirement, on=on, instrument="statute", readings=readings)


def test_the_official_example_projects_15028_step_by_step() -> None:
    found = county(24034, 722, 516, 2)
    assert [(step.name, step.value) for step in found.steps] == [
        ("counted_valid", 516),
        ("validity_rate", Fraction(7147, 10000)),
        ("uncorrected_valid", 17178),
        ("signature_value", Fraction(332881, 10000)),
        ("duplicate_weight", Fraction(107480950161, 100000000)),
        ("estimated_duplicates", 2150),
        ("projected_valid", 15028),
    ]
    assert found.value == 15028
    assert [step.cite for step in found.steps[1:]] == [
        "2 CCR § 20530(c)",
        "2 CCR § 20530(d)",
        "2 CCR § 20531(a)",
        "2 CCR § 20531(b)",
        "2 CCR § 20531(c)",
        "2 CCR § 20532",
    ]


def test_a_step_says_in_words_what_was_done() -> None:
    found = county(24034, 722, 516, 2)
    assert found.steps[1].words == "516 / 722 = 0.714681…, rounded half up to 0.0001: 0.7147"
    assert found.steps[2].words == "24,034 × 0.7147 = 17,177.0998, rounded up to a whole number: 17,178"


@pytest.mark.parametrize(
    ("numbers", "projected"),
    [((24034, 722, 516, 2), 15028), ((25000, 1250, 900, 1), 17620), ((3720, 500, 307, 8), 1901)],
)
def test_known_counties_project_as_published(numbers: tuple[int, int, int, int], projected: int) -> None:
    assert county(*numbers).value == projected


def test_yuba_comes_to_51_percent() -> None:
    assert round(county(3720, 500, 307, 8).value / 3720 * 100, 1) == Fraction(511, 10)


@pytest.mark.parametrize("weight", ["unrounded", "four_decimals"])
@pytest.mark.parametrize(
    ("numbers", "projected"),
    [((24034, 722, 516, 2), 15028), ((25000, 1250, 900, 1), 17620), ((3720, 500, 307, 8), 1901)],
)
def test_no_published_county_settles_whether_the_weight_is_rounded(
    numbers: tuple[int, int, int, int], projected: int, weight: str
) -> None:
    assert county(*numbers, duplicate_weight_rounding=weight).value == projected


def test_rounding_the_weight_can_change_a_county() -> None:
    found = [county(10007, 501, 300, 50, duplicate_weight_rounding=w).step("duplicate_weight") for w in
             ("unrounded", "four_decimals")]  # fmt: skip
    assert found[0] != found[1]


def test_cutting_decimals_off_contradicts_the_official_example() -> None:
    assert county(24034, 722, 516, 2, validity_rate_rounding="truncate").value == 15025


def test_counting_both_of_a_pair_as_valid_is_another_reading() -> None:
    found = county(24034, 722, 516, 2, second_of_a_pair="among_valid")
    assert found.step("counted_valid") == 514
    assert found.value == 14960


def test_a_county_that_checks_everything_projects_what_it_found() -> None:
    found = county(208, 208, 159, 0)
    assert found.value == 159
    assert [step.name for step in found.steps] == ["projected_valid"]


def test_a_sample_above_the_raw_count_fits_no_version_of_the_rule() -> None:
    with pytest.raises(InputError, match="no version of the formula projected_valid fits"):
        county(100, 101, 50, 0)


def test_before_the_regulation_nothing_is_projected() -> None:
    with pytest.raises(UndeterminedError, match="from 1993-10-28"):
        LAW.find("projected_valid", row(10, 5, 5), on=date(1990, 1, 1), instrument="statute")


def limits(requirement: int, **readings: str) -> tuple[Fraction | None, Fraction | None]:
    found = count([row(10**6, 30000, 20000)], requirement, **readings)
    steps: Mapping[str, Fraction] = {step.name: step.value for step in found.steps}
    return steps["insufficient_below"], steps["sufficient_from"]


def test_the_limits_of_six_californias_are_767235_and_888377_under_both_readings() -> None:
    assert limits(807615) == limits(807615, upper_limit="rounded_up") == (767235, 888377)


def test_a_whole_limit_is_where_the_readings_part() -> None:
    assert limits(1000) == (950, 1101)
    assert limits(1000, upper_limit="rounded_up") == (950, 1100)


@pytest.mark.parametrize(
    ("valid", "decision", "cite"),
    [
        (949, "insufficient", "Elec. Code § 9030(f)"),
        (950, "full_check", "Elec. Code § 9031(a)"),
        (1100, "full_check", "Elec. Code § 9031(a)"),
        (1101, "sufficient", "Elec. Code § 9030(g)"),
    ],
)
def test_a_projection_below_95_fails_above_110_passes_and_between_is_checked(
    valid: int, decision: str, cite: str
) -> None:
    # one county examined all and one sampled without a valid signature, so that the projection is what is wanted
    found = count([row(valid, valid, valid), row(2000, 500, 0)], 1000)
    assert found.projected_valid == valid
    assert (decision, cite) == (found.decision, found.decision_cite)


def test_when_every_county_has_checked_everything_the_requirement_itself_decides() -> None:
    assert count([row(700, 700, 600), row(450, 450, 400)], 1000).decision == "sufficient"
    short = count([row(700, 700, 600), row(450, 450, 399)], 1000)
    assert (short.decision, short.decision_cite) == ("insufficient", "Elec. Code § 9031")


def test_fewer_signatures_than_needed_end_it_at_the_raw_count() -> None:
    found = count([row(999, 500, 500)], 1000)
    assert (found.decision, found.decision_cite) == ("insufficient", "Elec. Code § 9030(b)")


def test_since_2015_a_full_check_may_end_as_soon_as_there_are_enough() -> None:
    rows = [row(900, 900, 700), row(600, 350, 300)]
    assert count(rows, 1000, "full_check", on=date(2016, 1, 1)).decision == "sufficient"
    assert count(rows, 1001, "full_check", on=date(2016, 1, 1)).decision == "full_check"
    assert count(rows, 1000, "full_check", on=date(2014, 12, 31)).decision == "full_check"


def test_a_full_check_that_has_seen_everything_decides_by_the_requirement() -> None:
    rows = [row(900, 900, 700), row(600, 600, 300)]
    for on in (date(2014, 1, 1), date(2024, 1, 1)):
        assert count(rows, 1000, "full_check", on=on).decision == "sufficient"
        assert count(rows, 1001, "full_check", on=on).decision == "insufficient"


def test_a_statewide_count_names_every_reading_it_met_once() -> None:
    found = count([row(24034, 722, 516, 2), row(3720, 500, 307, 8)], 10000)
    assert [reading.name for reading in found.readings] == [
        "second_of_a_pair",
        "validity_rate_rounding",
        "signature_value_rounding",
        "duplicate_weight_rounding",
        "upper_limit",
    ]
    assert found.totals == {"raw_count": 27754, "sample_size": 1222, "projected_valid": 16929}


@pytest.mark.parametrize(
    ("raw", "sample"),
    [(0, 0), (1, 1), (500, 500), (501, 500), (16666, 500), (16667, 501), (24034, 722), (100000, 3000), (100001, 3001)],
)
def test_a_county_samples_three_percent_and_at_least_five_hundred(raw: int, sample: int) -> None:
    assert sample == LAW.find("sample_size", {"raw_count": raw}, on=ON, instrument="statute").value
