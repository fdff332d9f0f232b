"""What must hold of every projection, whatever the numbers."""

from datetime import date
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.law.place import load_place
from referenda.petitions.county_count import CountyCount
from referenda.workflows.decision_limits import Decisions
from referenda.workflows.project_petition import Projection, project_petition

ON = date(2022, 1, 1)
SAMPLED_BY_COUNTY = ["us/ca", "us/nv", "us/md"]
SAMPLED_AT_ONCE = ["us/wa", "us/co", "us/az", "us/mi", "us/sd", "us/mo", "us/ca/los-angeles"]
MORE = {"us/mi": {"certify_from": 12, "deny_to": 8}}


@st.composite
def counts(draw: st.DrawFn, name: str = "Yuba") -> CountyCount:
    raw = draw(st.integers(2, 400_000))
    size = draw(st.integers(2, min(raw, 20_000)))
    valid = draw(st.integers(1, size - 1))
    duplicates = draw(st.integers(0, size - valid - 1))
    return CountyCount(name, raw, size, valid, duplicates)


@st.composite
def petitions(draw: st.DrawFn) -> list[CountyCount]:
    names = draw(st.lists(st.text("abcdefgh", min_size=1, max_size=5), min_size=1, max_size=5, unique=True))
    return [draw(counts(name)) for name in names]


def projected(place: str, count: CountyCount, **changed: int) -> Fraction:
    law = load_place(place)
    columns = count.columns | MORE.get(place, {}) | changed
    instrument = law.schema.place.instruments[0].name
    return law.count_sample(None, [columns], 1000, on=ON, instrument=instrument).projected_valid


def project(place: str, of: list[CountyCount], requirement: int = 1000) -> Projection:
    return project_petition(load_place(place), of, requirement=requirement, on=ON)


@pytest.mark.parametrize("place", SAMPLED_BY_COUNTY + SAMPLED_AT_ONCE)
@given(count=counts())
def test_one_more_valid_signature_never_lowers_the_projection(place: str, count: CountyCount) -> None:
    assert projected(place, count, valid_in_sample=count.valid_in_sample + 1) >= projected(place, count)


@pytest.mark.parametrize("place", SAMPLED_BY_COUNTY + SAMPLED_AT_ONCE)
@given(count=counts())
def test_one_more_duplicate_never_raises_the_projection(place: str, count: CountyCount) -> None:
    assert projected(place, count, duplicates_in_sample=count.duplicates_in_sample + 1) <= projected(place, count)


@pytest.mark.parametrize("place", SAMPLED_BY_COUNTY)
@given(of=petitions(), order=st.randoms())
def test_the_order_of_the_counties_does_not_matter(place: str, of: list[CountyCount], order: object) -> None:
    shuffled = list(of)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = project(place, of), project(place, shuffled)
    assert one.finding.projected_valid == other.finding.projected_valid
    assert one.finding.decision == other.finding.decision
    assert {c.count.county: c.projected_valid for c in one.counties} == {
        c.count.county: c.projected_valid for c in other.counties
    }


@pytest.mark.parametrize("place", [*SAMPLED_BY_COUNTY, "us/co", "us/sd", "us/mo", "us/ca/los-angeles"])
@given(raw=st.integers(1, 10**6), share=st.fractions(0, 1))
def test_a_county_that_checked_everything_has_what_it_found_valid(place: str, raw: int, share: Fraction) -> None:
    valid = floor(raw * share)
    assert projected(place, CountyCount("Alpine", raw, raw, valid, 0)) == valid


@given(of=petitions())
def test_the_statewide_number_is_the_sum_of_the_counties(of: list[CountyCount]) -> None:
    found = project("us/ca", of)
    assert found.finding.projected_valid == sum(county.projected_valid for county in found.counties)


def half_up(value: Fraction, decimals: int) -> Fraction:
    return Fraction(floor(value * 10**decimals + Fraction(1, 2)), 10**decimals)


@given(count=counts())
def test_californias_projection_is_that_of_its_regulation_worked_out_by_hand(count: CountyCount) -> None:
    n, raw = count.sample_size, count.raw_count
    expected: int = count.valid_in_sample
    if n < raw:
        rate = half_up(Fraction(100 * count.valid_in_sample, n), 2) / 100
        value = half_up(Fraction(raw, n), 4)
        expected = ceil(raw * rate) - ceil(count.duplicates_in_sample * value * (value - 1))
    assert projected("us/ca", count) == expected


@given(count=counts(), requirement=st.integers(1, 400_000))
def test_californias_decision_is_that_of_its_code_worked_out_by_hand(count: CountyCount, requirement: int) -> None:
    found = project("us/ca", [count], requirement)
    valid = found.finding.projected_valid
    if count.raw_count < requirement:
        expected = "insufficient"
    elif count.is_full_check:
        expected = "sufficient" if valid >= requirement else "insufficient"
    elif 100 * valid < 95 * requirement:
        expected = "insufficient"
    else:
        expected = "sufficient" if 100 * valid > 110 * requirement else "full_check"
    assert found.finding.decision == expected


@pytest.mark.parametrize("place", [*SAMPLED_BY_COUNTY, "us/co", "us/az", "us/sd", "us/mo"])
@given(count=counts(), requirement=st.integers(2, 10**6), data=st.data())
def test_the_decision_changes_at_its_limits_and_nowhere_else(
    place: str, count: CountyCount, requirement: int, data: st.DataObject
) -> None:
    found = project(place, [count], requirement)
    decisions = Decisions(found.rule, found.finding, requirement)
    x = data.draw(st.integers(0, 2 * requirement))
    passed = [limit for limit in found.limits if limit.signatures <= x]
    expected = passed[-1].upper if passed else decisions.at(0).decide
    assert decisions.at(x).decide == expected


@given(count=counts())
def test_one_more_duplicate_costs_what_it_says(count: CountyCount) -> None:
    (county,) = project("us/ca", [count]).counties
    changed = projected(
        "us/ca",
        count,
        valid_in_sample=count.valid_in_sample - 1,
        duplicates_in_sample=count.duplicates_in_sample + 1,
    )
    assert county.one_more_duplicate == county.projected_valid - changed
    assert county.one_more_duplicate >= 0


@given(of=petitions())
def test_a_finding_can_be_written_as_json_and_holds_the_promised_keys(of: list[CountyCount]) -> None:
    import json

    found = json.loads(json.dumps(project("us/ca", of).as_dict(), allow_nan=False))
    assert found.keys() >= {"counties", "projected_valid", "decision", "estimate", "readings"}
    assert found["estimate"].keys() >= {"valid", "low", "high"}
    assert all({"county", "projected_valid", "steps"} <= county.keys() for county in found["counties"])
    assert isinstance(found["projected_valid"], int)
    assert found["estimate"]["low"] <= found["estimate"]["high"]
