"""Whether a petition qualifies: the parts put together."""

from datetime import date

import pytest

from referenda.assembly import law_of
from referenda.forecasting.duplicates import Compared
from referenda.forecasting.gathering import Gathered
from referenda.forecasting.qualification import Qualification
from referenda.forecasting.validity import CheckedBatch
from referenda.forecasting.verification import OUTCOMES
from referenda.workflows.forecast_petition import PetitionFacts, prepare, qualify

AMENDMENT = "constitutional-amendment"
SUMMARY = {"official_summary_date": date(2017, 1, 26)}
CHECKED = (CheckedBatch(20_000, 15_400),)
COMPARED = (Compared(800_000, 12_000),)


def forecast(seed: int = 1, draws: int = 2000, place: str = "us/ca", **known: object) -> Qualification:
    given = {"as_of": date(2017, 7, 24), "instrument": AMENDMENT, "events": SUMMARY, **known}
    return qualify(prepare(place, law_of(place), PetitionFacts(**given)), draws=draws, seed=seed)  # type: ignore[arg-type]


def test_the_chances_of_all_outcomes_add_up_to_one() -> None:
    found = forecast(as_of=date(2017, 4, 26), gathered=[Gathered(date(2017, 4, 26), 300_000)])
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert list(found.probabilities) == list(OUTCOMES)


def test_the_same_seed_gives_the_same_forecast_and_another_nearly_the_same() -> None:
    first, again, other = (forecast(seed, raw_count=850_000, checked=CHECKED) for seed in (1, 1, 2))
    assert again.as_dict() == first.as_dict()
    assert other.as_dict() != first.as_dict()
    assert other.qualifies == pytest.approx(first.qualifies, abs=0.05)


def test_with_nothing_gathered_yet_the_chance_is_about_that_of_earlier_initiatives() -> None:
    found = forecast(as_of=date(2017, 1, 27), draws=6000)
    assert found.qualifies == pytest.approx(0.17, abs=0.06)  # 19 percent of those cleared qualify


def test_more_signatures_by_the_same_day_make_qualifying_more_likely() -> None:
    day = date(2017, 4, 26)
    chances = [forecast(as_of=day, gathered=[Gathered(day, total)]).qualifies for total in (20_000, 150_000, 450_000)]
    assert chances == sorted(chances)
    assert chances[0] < 0.1
    assert chances[2] > chances[0] + 0.15


def test_a_raw_count_below_the_requirement_fails_by_itself() -> None:
    assert forecast(raw_count=585_406).probabilities["fails_raw_count"] == 1


def test_twice_the_requirement_with_good_lines_qualifies_on_the_sample() -> None:
    found = forecast(raw_count=1_170_814, checked=CHECKED, compared=COMPARED)
    assert found.probabilities["sufficient_on_sample"] > 0.99


def test_checked_lines_narrow_the_count_of_valid_signatures() -> None:
    def width(found: Qualification) -> float:
        return found.quantiles["valid"]["0.9"] - found.quantiles["valid"]["0.1"]

    assert width(forecast(raw_count=850_000, checked=CHECKED)) < width(forecast(raw_count=850_000)) / 1.4


def test_the_share_of_valid_lines_is_the_driver_where_nothing_was_checked() -> None:
    found = forecast(raw_count=800_000)
    assert found.drivers[0].name == "valid_share"
    assert found.drivers[0].chance_if_low < 0.05 < 0.8 < found.drivers[0].chance_if_high
    assert found.drivers[0].share > 0.5
    assert "raw_count" not in {driver.name for driver in found.drivers}
