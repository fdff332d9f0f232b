from datetime import date
from fractions import Fraction

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.place import load_place
from referenda.petitions.county_count import CountyCount, county_names
from referenda.workflows.project_petition import Projection, find_sample_size, project_petition

ON = date(2014, 9, 12)
YUBA = CountyCount("Yuba", 3720, 500, 307, 8)
ALPINE = CountyCount("Alpine", 8, 8, 5, 0)
EXAMPLE = CountyCount("Example", 24034, 722, 516, 2)


def project(*counts: CountyCount, requirement: int = 1900, **more: object) -> Projection:
    return project_petition(load_place("us/ca"), counts, requirement=requirement, on=ON, **more)  # type: ignore[arg-type]


def test_the_statutory_number_and_the_estimate_stand_side_by_side_and_differ() -> None:
    found = project(EXAMPLE)
    assert found.finding.projected_valid == 15028
    assert found.estimate.valid != 15028
    assert found.estimate.low < found.estimate.valid < found.estimate.high


def test_each_county_has_its_steps_its_share_and_the_cost_of_one_more_duplicate() -> None:
    yuba, alpine = project(YUBA, ALPINE).as_dict()["counties"]
    assert (yuba["projected_valid"], alpine["projected_valid"]) == (1901, 5)
    # 8 duplicates of 307 valid: 61.40 % and 384; 9 of 306: 61.20 % and 432; 8 and 48 signatures less.
    assert yuba["one_more_duplicate"] == 56
    assert alpine["one_more_duplicate"] == 1
    assert yuba["share_of_total"] == pytest.approx(1901 / 1906)
    assert yuba["validity_share"] == pytest.approx(1901 / 3720)
    assert [step["name"] for step in yuba["steps"]][-1] == "projected_valid"
    assert (yuba["full_check"], alpine["full_check"]) == (False, True)


def test_the_limits_of_six_californias_are_those_that_observers_used() -> None:
    big = CountyCount("All", 1_137_844, 34136, 24000, 10)
    limits = project(big, requirement=807615, instrument="constitutional-amendment").limits
    assert [(limit.signatures, limit.lower, limit.upper) for limit in limits] == [
        (767235, "insufficient", "full_check"),
        (888377, "full_check", "sufficient"),
    ]


def test_a_limit_says_how_far_away_the_projection_is() -> None:
    lower, upper = project(YUBA, ALPINE).as_dict()["limits"]
    assert (lower["signatures"], lower["away"]) == (1805, 101)
    assert (upper["signatures"], upper["away"]) == (2091, -185)


def test_every_alternative_of_every_reading_has_its_number() -> None:
    readings = {reading["name"]: reading for reading in project(EXAMPLE).as_dict()["readings"]}
    rates = {a["name"]: a["projected_valid"] for a in readings["validity_rate_rounding"]["alternatives"]}
    assert rates == {"half_up": 15028, "half_even": 15028, "truncate": 15025}


def test_another_reading_may_be_chosen() -> None:
    found = project(EXAMPLE, readings={"validity_rate_rounding": "truncate"})
    assert found.finding.projected_valid == 15025
    assert found.alternatives_of("validity_rate_rounding")["half_up"].projected_valid == 15028


def test_an_unknown_reading_or_alternative_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="validity_rate_rounding"):
        project(EXAMPLE, readings={"validity_rate_roundin": "truncate"})
    with pytest.raises(InputError, match="truncate"):
        project(EXAMPLE, readings={"validity_rate_rounding": "truncat"})


def test_a_county_without_signatures_counts_nothing_and_breaks_nothing() -> None:
    found = project(YUBA, CountyCount("Alpine", 0, 0, 0, 0))
    assert found.finding.projected_valid == 1901
    assert found.as_dict()["counties"][1]["projected_valid"] == 0


def test_a_sample_smaller_than_the_law_asks_is_noted_and_counted() -> None:
    (note,) = project(CountyCount("Kern", 26422, 700, 600, 0)).notes
    assert "Kern sampled 700 of 26,422 signatures" in note
    assert "793" in note


def test_a_raw_count_below_the_requirement_is_noted() -> None:
    assert any("below the 5,000" in note for note in project(YUBA, requirement=5000).notes)


def test_a_misspelled_county_and_missing_ones_are_noted() -> None:
    notes = project(YUBA, CountyCount("Alpin", 8, 8, 5, 0), known_counties=county_names("us/ca")).notes
    assert "Alpin is not a county that is known here; did you mean Alpine?" in notes
    assert any(note.startswith("57 of 58 counties have no row: Alameda,") for note in notes)


def test_counties_of_an_example_are_not_measured_against_the_list() -> None:
    assert project(EXAMPLE, known_counties=county_names("us/ca")).notes == ()


@pytest.mark.parametrize("requirement", [0, -5])
def test_a_requirement_is_above_zero(requirement: int) -> None:
    with pytest.raises(InputError, match="requirement must be above zero"):
        project(YUBA, requirement=requirement)


def test_without_a_single_signature_there_is_nothing_to_count() -> None:
    with pytest.raises(InputError, match="nothing to count"):
        project(CountyCount("Alpine", 0, 0, 0, 0))


def test_before_the_rule_was_law_there_is_no_count() -> None:
    with pytest.raises(UndeterminedError):
        project_petition(load_place("us/ca"), [YUBA], requirement=1900, on=date(1990, 1, 1))


def test_a_place_without_a_count_from_samples_says_so() -> None:
    with pytest.raises(UndeterminedError, match="no way to count"):
        project_petition(load_place("me"), [YUBA], requirement=1900, on=ON)


@pytest.mark.parametrize(
    ("place", "raw", "size"),
    [
        ("us/ca", 24034, 722),
        ("us/ca", 16666, 500),
        ("us/ca", 16667, 501),
        ("us/ca", 500, 500),
        ("us/ca", 8, 8),
        ("us/wa", 348072, 10443),
        ("us/co", 50000, 4000),
        ("us/co", 106119, 5306),
        ("us/co", 300, 300),
        ("us/az", 399838, 19992),
        ("us/nv", 501, 500),
        ("us/nv", 10001, 501),
        ("us/md", 20000, 1000),
        ("us/mi", 388310, 500),
        ("us/ca/los-angeles", 715833, 35792),
    ],
)
def test_the_size_of_the_sample_is_the_laws(place: str, raw: int, size: int) -> None:
    assert find_sample_size(load_place(place), raw, on=date(2022, 1, 1)).value == size


def test_the_laws_decision_stands_when_the_estimate_says_otherwise() -> None:
    found = project(EXAMPLE, requirement=15816)
    assert Fraction(15028 * 100, 15816) > 95
    assert found.finding.decision == "full_check"
    assert found.estimate.valid < Fraction(95 * 15816, 100)


def test_a_single_county_that_is_misspelled_is_noted() -> None:
    notes = project(CountyCount("Los Angles", 3720, 500, 307, 8), known_counties=county_names("us/ca")).notes
    assert "Los Angles is not a county that is known here; did you mean Los Angeles?" in notes
    assert any(note.startswith("58 of 58 counties have no row") for note in notes)


def test_of_many_names_that_are_no_counties_ten_are_said_and_the_rest_counted() -> None:
    strange = [CountyCount(f"Precinct {n}", 8, 8, 5, 0) for n in range(13)]
    notes = project(YUBA, *strange, known_counties=county_names("us/ca")).notes
    assert sum("is not a county" in note for note in notes) == 10
    assert notes[-1] == "3 more names are not those of counties that are known here."


@pytest.mark.parametrize(
    ("place", "instrument", "on", "said"),
    [
        ("us/co", "constitutional-amendment", date(2024, 8, 1), "each of the 35 senate districts"),
        ("us/co", "constitutional-amendment", date(2014, 8, 1), None),
        ("us/co", "statute", date(2024, 8, 1), None),
        ("us/nv", "statute", date(2024, 8, 1), "petition district"),
        ("us/mo", "statute", date(2024, 8, 1), "two thirds of the districts"),
        ("us/md", "referendum", date(2024, 8, 1), "half of the signatures"),
        ("us/ca", "statute", date(2024, 8, 1), None),
    ],
)
def test_what_the_law_asks_beside_the_count_is_said_with_the_decision(
    place: str, instrument: str, on: date, said: str | None
) -> None:
    count = CountyCount("All", 200000, 10000, 9000, 0)
    law = load_place(place)
    kind = instrument if instrument in law.instruments else law.first_instrument
    found = project_petition(law, [count], requirement=124238, on=on, instrument=kind)
    assert [said in caution for caution in found.cautions] == [True] if said else found.cautions == ()
    assert found.as_dict()["notes"][: len(found.cautions)] == list(found.cautions)
