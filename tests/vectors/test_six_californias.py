"""Six Californias (2014): what its public figures give, county by county, and what they leave open.

Of the 58 counties, each is in exactly one list: what comes out of its figures, or why nothing can.
"""

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.law.place import PlaceLaw, load_place
from referenda.petitions.county_count import county_names
from referenda.terms.quantity import read_number, round_to
from referenda.workflows.count_published_rates import (
    SIX_CALIFORNIAS,
    count_published_rates,
    count_six_californias,
    six_californias,
)
from referenda.workflows.project_petition import find_sample_size

ON = date(2014, 9, 12)
AMENDMENT = "constitutional-amendment"
TENTH = Fraction(1, 10)

with (Path(__file__).parent / "data" / "six_californias_weights.csv").open(encoding="utf-8", newline="") as file:
    WEIGHTS = {row["county"]: row for row in csv.DictReader(file)}
with (
    Path(__file__).parents[2] / "src" / "referenda" / "jurisdictions" / "us" / "ca" / "six-californias-2014.csv"
).open(encoding="utf-8", newline="") as file:
    COUNTIES = {row["county"]: row for row in csv.DictReader(file)}

CHECKED_IN_FULL = ["Alpine", "Sierra"]
BEFORE_DUPLICATES = ["Solano", "Sonoma", "Sutter"]
CANNOT = {
    "Inyo": "everything was checked; the rate is public, the number of valid signatures is not",
    "Plumas": "everything was checked; the rate is public, the number of valid signatures is not",
    "San Benito": "everything was checked; the rate is public, the number of valid signatures is not",
    "Tuolumne": "everything was checked; the rate is public, the number of valid signatures is not",
    "San Francisco": "neither rate nor raw count was found",
    "Ventura": "its value of 33.2933, at four decimals, weighs 1,075.2; the 1,075.1 given comes of the unrounded value",
}
RATE_ONLY = {name for name, row in COUNTIES.items() if row["published_percent"] and not row["raw_count"]}
CANNOT |= dict.fromkeys(RATE_ONLY, "its rate is public, and its raw count is not")


@pytest.fixture(scope="module")
def california() -> PlaceLaw:
    return load_place("us/ca")


def test_every_county_is_in_exactly_one_list() -> None:
    lists = [*(WEIGHTS.keys() - CANNOT), *CHECKED_IN_FULL, *BEFORE_DUPLICATES, *CANNOT]
    assert sorted(lists) == sorted(COUNTIES) == sorted(county_names("us/ca"))
    assert len(lists) == 58


@pytest.mark.parametrize("county", sorted(WEIGHTS.keys() - CANNOT))
def test_the_weight_of_one_duplicate_comes_out(california: PlaceLaw, county: str) -> None:
    row = WEIGHTS[county]
    raw, size = int(row["raw_count"]), int(row["sample_size"])
    numbers = {"raw_count": raw, "sample_size": size, "valid_in_sample": size - 1, "duplicates_in_sample": 1}
    weight = california.find("projected_valid", numbers, on=ON, instrument=AMENDMENT).step("duplicate_weight")
    assert weight is not None
    assert round_to(weight, TENTH, "half_up") == read_number(row["weight_of_one_duplicate"])
    assert str(raw) == COUNTIES[county]["raw_count"]


@pytest.mark.parametrize("county", [name for name, row in WEIGHTS.items() if row["sample_size_basis"] == "implied"])
def test_the_sample_size_implied_by_the_law_comes_out(california: PlaceLaw, county: str) -> None:
    row = WEIGHTS[county]
    size = find_sample_size(california, int(row["raw_count"]), on=ON, instrument=AMENDMENT).value
    assert size == int(row["sample_size"])


@pytest.mark.parametrize("county", CHECKED_IN_FULL)
def test_a_county_that_checked_everything_has_its_published_rate(county: str) -> None:
    row = COUNTIES[county]
    rate = Fraction(100 * int(row["valid_in_sample"]), int(row["raw_count"]))
    assert round_to(rate, TENTH, "half_up") == read_number(row["published_percent"])


@pytest.mark.parametrize("county", BEFORE_DUPLICATES)
def test_a_sample_has_its_published_rate_before_the_duplicates_are_taken_off(county: str) -> None:
    row = COUNTIES[county]
    rate = Fraction(100 * int(row["valid_in_sample"]), int(row["sample_size"]))
    assert round_to(rate, TENTH, "half_up") == read_number(row["published_percent_before_duplicates"])


@pytest.mark.parametrize(("duplicates", "rate"), [(2, "58.8"), (8, "51.1")])
def test_yuba_has_its_published_rate_before_and_after_its_duplicates_were_corrected(
    california: PlaceLaw, duplicates: int, rate: str
) -> None:
    numbers = {"raw_count": 3720, "sample_size": 500, "valid_in_sample": 307, "duplicates_in_sample": duplicates}
    projected = california.find("projected_valid", numbers, on=ON, instrument=AMENDMENT).value
    assert round_to(100 * projected / 3720, TENTH, "half_up") == read_number(rate)


@pytest.mark.parametrize("county", [row.county for row in six_californias() if row.source])
def test_every_figure_names_its_page(county: str) -> None:
    assert COUNTIES[county]["source"].startswith("http")


def test_the_known_counties_come_to_615_295_and_the_rest_had_to_reach_72_percent(california: PlaceLaw) -> None:
    counted = count_six_californias(california)
    assert (counted.counties, counted.counties_known) == (58, 29)
    assert (counted.raw_known, counted.raw_rest) == (927755, 210089)
    assert counted.valid_known == 615295
    assert counted.rest_must_reach == 151940
    assert round_to(Fraction(100 * counted.rest_must_reach, counted.raw_rest), TENTH, "half_up") == read_number("72.3")
    assert round_to(Fraction(100 * counted.rest_reached, counted.raw_rest), TENTH, "half_up") == read_number("65.4")


def test_the_published_total_failed_the_petition_by_14_550(california: PlaceLaw) -> None:
    found = count_six_californias(california).as_dict()
    assert found["decision"] == "insufficient"
    assert found["limit"]["signatures"] == 767235
    assert found["limit"]["away"] == -14550


def test_what_is_known_lies_within_the_rounding_of_the_rates(california: PlaceLaw) -> None:
    found = count_six_californias(california).as_dict()
    exact = sum(
        (row.raw_count * row.validity_share for row in six_californias() if row.raw_count and row.validity_share),
        Fraction(0),
    )
    assert found["valid_known_low"] < exact < found["valid_known_high"]


def test_even_with_every_rate_at_its_upper_end_the_published_total_fails() -> None:
    assert SIX_CALIFORNIAS["published_total"] + 461 < 767235


def test_a_raw_count_that_leaves_no_rest_is_refused(california: PlaceLaw) -> None:
    figures = {**SIX_CALIFORNIAS, "raw_count": 927755}
    with pytest.raises(InputError, match="no less than the 927,755"):
        count_published_rates(six_californias(), law=california, on=ON, instrument=AMENDMENT, **figures)


def test_published_rates_are_not_counted_where_the_law_decides_on_pairs() -> None:
    with pytest.raises(InputError, match="does not decide on the projected number"):
        count_published_rates(
            six_californias(), law=load_place("us/wa"), on=ON, instrument="initiative", **SIX_CALIFORNIAS
        )
