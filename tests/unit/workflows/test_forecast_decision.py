"""What the rest of a sample must do, and what work each decision leaves."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.law.place import known_places, load_place
from referenda.petitions.county_count import CountyCount
from referenda.workflows.forecast_decision import DecisionForecast, Pace, watch_decision

ON = date(2022, 1, 1)
YUBA = (CountyCount("Yuba", 3720, 500, 307, 8), 500)
NAPA = (CountyCount("Napa", 20_000, 600, 220, 0), 300)


def watch(*counts: tuple[CountyCount, int], requirement: int = 17_000, **more: object) -> DecisionForecast:
    return watch_decision(load_place("us/ca"), counts, requirement=requirement, on=ON, draws=1000, **more)  # type: ignore[arg-type]


def test_the_rest_must_come_to_the_limit_less_what_is_finished() -> None:
    found = watch(YUBA, NAPA)
    lower, upper = found.reaches
    assert (lower.limit.signatures, upper.limit.signatures) == (16_150, 18_701)
    assert lower.must_reach == 16_150 - 1901
    assert lower.must_share == pytest.approx(14_249 / 20_000)
    assert lower.expected_share == pytest.approx(found.outlook.counties[1].middle / 20_000)
    assert lower.chance == pytest.approx(1 - found.outlook.decisions["insufficient"])
    assert upper.chance == pytest.approx(found.outlook.decisions["sufficient"])


def test_where_every_county_is_finished_nothing_is_asked_of_the_rest() -> None:
    found = watch(YUBA, requirement=2100)
    assert found.open_counties == []
    assert {reach.must_share for reach in found.reaches} == {None}
    assert [reach.chance for reach in found.reaches] == [0.0, 0.0]


def test_a_full_check_costs_every_line_that_is_not_checked() -> None:
    found = watch(YUBA, NAPA, pace=Pace(Fraction(3), Fraction(6)))
    work = {each.decision: each.lines for each in found.work}
    assert work == {"insufficient": 300, "full_check": 300 + 3220 + 19_400, "sufficient": 300}
    assert {each.decision: each.days for each in found.work}["full_check"] == pytest.approx(22_920 * 3 / 60 / 6)


def test_counties_without_a_signature_are_left_out() -> None:
    empty = (CountyCount("Alpine", 0, 0, 0, 0), 0)
    assert [county.check.county for county in watch(YUBA, empty, NAPA).outlook.counties] == ["Yuba", "Napa"]
    with pytest.raises(InputError, match="no county has a signature"):
        watch(empty)


def test_counties_that_are_missing_are_named() -> None:
    found = watch(YUBA, NAPA, known_counties=["Yuba", "Napa", "Alpine"])
    assert any("Alpine" in note for note in found.notes)


def test_a_place_that_draws_no_sample_is_told() -> None:
    [place, *_] = [name for name in known_places() if not load_place(name).schema.sample_counts]
    with pytest.raises(UndeterminedError, match="no way to count"):
        watch_decision(load_place(place), [YUBA], requirement=100, on=ON)


def test_what_would_not_fit_into_memory_is_refused() -> None:
    many = [(CountyCount(f"County {number}", 600, 500, 0, 0), 0) for number in range(301)]
    with pytest.raises(InputError, match="301 counties, and at most 300"):
        watch(*many)
    with pytest.raises(InputError, match="Give at most 10,000,000"):
        watch_decision(load_place("us/ca"), [YUBA, NAPA], requirement=17_000, on=ON, draws=10_000_001)


def test_json_holds_what_makes_the_forecast_again() -> None:
    found = watch(YUBA, NAPA, seed=7).as_dict()
    assert (found["seed"], found["draws"], found["requirement"], found["on"]) == (7, 1000, 17_000, "2022-01-01")
    assert found["law"] == load_place("us/ca").digest
    assert {"validity", "duplicates", "verification", "validity_of_place"} <= found["priors"].keys()
    assert [county["checked"] for county in found["counties"]] == [500, 300]
    assert found["rest"] == {"counties": 1, "raw_count": 20_000, "lines": 300}
