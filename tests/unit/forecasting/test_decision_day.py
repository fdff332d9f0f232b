"""While the sample is being checked: what is certain, what is pooled, and what cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from referenda.errors import InputError
from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.decision_day import CountyCheck, DecisionOutlook, forecast_decision
from referenda.forecasting.history import read_history, validity_of_place
from referenda.law.place import known_places, load_place

ON = date(2022, 1, 1)


def forecast(
    *checks: CountyCheck, requirement: int, place: str = "us/ca", seed: int = 1, draws: int = 1000
) -> DecisionOutlook:
    law = load_place(place)
    count = CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=requirement)
    usual = validity_of_place(read_history(), place, year=ON.year)
    return forecast_decision(checks, count=count, place=usual, draws=draws, seed=seed)


YUBA = CountyCheck("Yuba", 3720, 500, 500, 307, 8)
ALPINE = CountyCheck("Alpine", 8, 8, 8, 5, 0)
HALF = CountyCheck("Napa", 20_000, 600, 300, 220, 0)
NOT_BEGUN = CountyCheck("Inyo", 20_000, 600, 0, 0, 0)


def test_a_sample_that_is_checked_leaves_no_doubt() -> None:
    found = forecast(YUBA, ALPINE, requirement=2100)
    assert found.decisions == {"insufficient": 1.0, "full_check": 0.0, "sufficient": 0.0}
    assert set(found.projected.values()) == {1906.0}
    assert [county.share for county in found.counties] == [0.0, 0.0]
    assert found.full_check_qualifies is None


def test_chances_of_the_decisions_add_up() -> None:
    found = forecast(YUBA, HALF, NOT_BEGUN, requirement=29_000)
    assert sum(found.decisions.values()) == pytest.approx(1)
    assert list(found.decisions) == ["insufficient", "full_check", "sufficient"]
    assert 0 < found.decisions["full_check"] < 1
    assert found.full_check_qualifies is not None
    assert found.decisions["sufficient"] <= found.qualifies <= 1 - found.decisions["insufficient"]


def test_a_county_that_has_not_begun_leaves_the_most_doubt() -> None:
    found = forecast(YUBA, HALF, NOT_BEGUN, requirement=29_000)
    shares = {county.check.county: county.share for county in found.counties}
    assert shares["Yuba"] == 0
    assert shares["Inyo"] > shares["Napa"] > 0
    assert sum(shares.values()) == pytest.approx(1)


def test_a_county_that_has_not_begun_is_thought_like_the_others() -> None:
    def inyo(valid: int) -> float:
        others = [CountyCheck(name, 20_000, 600, 600, valid, 0) for name in ("Kern", "Kings", "Lake", "Marin")]
        return forecast(*others, NOT_BEGUN, requirement=60_000).counties[-1].middle / NOT_BEGUN.raw_count

    assert inyo(360) < 0.66
    assert inyo(500) > 0.78


def test_more_checked_means_less_doubt() -> None:
    def width(checked: int) -> float:
        found = forecast(YUBA, CountyCheck("Napa", 20_000, 600, checked, checked * 7 // 10, 0), requirement=15_000)
        return found.projected["0.9"] - found.projected["0.1"]

    assert width(500) < width(100) < width(0)


def test_the_same_seed_gives_the_same_forecast_and_another_nearly_so() -> None:
    one, same, other = (forecast(HALF, NOT_BEGUN, requirement=29_000, seed=seed) for seed in (1, 1, 2))
    assert one.projected == same.projected
    assert one.projected != other.projected
    assert one.projected["0.5"] == pytest.approx(other.projected["0.5"], rel=0.02)


def test_where_one_sample_is_drawn_of_all_lines_one_row_is_forecast() -> None:
    found = forecast(CountyCheck("all", 200_000, 8_000, 3_000, 2_500, 1), requirement=160_000, place="us/wa")
    assert list(found.decisions) == ["full_check", "sufficient"]
    assert found.counties[0].share == pytest.approx(1)


def test_too_few_lines_are_insufficient_whatever_the_sample_shows() -> None:
    found = forecast(HALF, requirement=20_001)
    assert found.decisions["insufficient"] == 1
    assert found.projected == {}
    assert found.counties[0].share == 0


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (CountyCheck("Napa", 20_000, 600, 601, 0, 0), "601 checked of 600 drawn"),
        (CountyCheck("Napa", 500, 600, 100, 0, 0), "600 drawn of 500"),
        (CountyCheck("Napa", 20_000, 600, 300, 299, 2), "more valid and duplicate lines than the 300"),
        (CountyCheck("Napa", 0, 0, 0, 0, 0), "no line was filed"),
    ],
)
def test_what_cannot_be_is_refused(check: CountyCheck, said: str) -> None:
    with pytest.raises(InputError, match=said):
        forecast(check, requirement=100)


def test_every_county_that_cannot_be_is_named() -> None:
    with pytest.raises(InputError) as refused:
        forecast(
            CountyCheck("Napa", 20_000, 600, 601, 0, 0), CountyCheck("Inyo", 10, 10, 5, 6, 0), HALF, requirement=100
        )
    assert len(refused.value.faults) == 2


def test_a_place_that_draws_no_sample_is_told() -> None:
    [place, *_] = [name for name in known_places() if not load_place(name).schema.sample_counts]
    with pytest.raises(InputError, match="draws no sample"):
        forecast(HALF, requirement=100, place=place)
