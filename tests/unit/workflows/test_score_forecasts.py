"""Forecasts of a petition's record, scored by what became of it."""

from __future__ import annotations

from datetime import date, datetime
from math import log
from typing import Any

import pytest

from referenda.assembly import law_of, open_store
from referenda.errors import InputError, RecordError
from referenda.ledger.event import Draft
from referenda.workflows.keep_case import new_draft, open_case, record_deed
from referenda.workflows.keep_forecast import forecast_data, keep_forecast
from referenda.workflows.score_forecasts import score_forecasts


class Cases:
    """Statutes received on 2 January 2025 and circulated from 3 March until 2 September."""

    def __init__(self, path) -> None:
        self.store = open_store(path)
        self.law = law_of("us/ca")

    def open(self, name: str) -> None:
        open_case(
            self.store, self.law, name, "statute", received=date(2025, 1, 2), title="Test",
            proponents=["Ana", "Bo"], more={"fee_dollars": 2000},
        )  # fmt: skip
        self.do(name, "TitleIssued", "2025-03-03", "attorney_general", title="Test.", identifier="26-0001")

    def do(self, name: str, kind: str, on: str, by: str, /, **data: Any) -> None:
        record_deed(self.store, name, new_draft(kind, date.fromisoformat(on), by, data))

    def never_filed(self, name: str) -> None:
        self.do(name, "MeasureFailed", "2025-09-16", "secretary_of_state", reason="no_filing")

    def withdrawn(self, name: str) -> None:
        self.do(name, "MeasureWithdrawn", "2025-07-20", "proponents", consent=["Ana", "Bo"])

    def filed(self, name: str, raw_count: int) -> None:
        self.do(name, "PetitionFiled", "2025-07-01", "proponents", county="Yuba")
        self.do(name, "RawCountReported", "2025-07-10", "county:Yuba", county="Yuba", raw_count=raw_count)

    def forecast(self, name: str, on: str, share: float = 0.2, **changed: Any) -> None:
        """Forecast that it qualifies with a probability, and is not filed else."""
        given = {
            "question": "qualify", "as_of": date.fromisoformat(on), "method": "guess/1", "seed": 1, "draws": 1000,
            "inputs": {"share": share}, "outcomes": {"not_filed": 1 - share, "full_check_yes": share},
        }  # fmt: skip
        keep_forecast(self.store, name, {**given, **changed}, by="public", on=date.fromisoformat(on))


@pytest.fixture
def cases(tmp_path):
    made = Cases(str(tmp_path / "cases.db"))
    made.open("a")
    yield made
    made.store.close()


def test_without_forecasts_there_is_nothing_to_score(cases):
    found = score_forecasts(cases.store)
    assert (found.forecasts, found.questions) == ((), ())


def test_a_forecast_is_scored_once_its_question_is_answered(cases):
    cases.forecast("a", "2025-04-01", 0.2)
    assert [one.standing for one in score_forecasts(cases.store).forecasts] == ["open"]
    cases.never_filed("a")
    [one] = score_forecasts(cases.store).forecasts
    assert (one.standing, one.outcome, one.lead_days) == ("scored", "not_filed", 168)
    assert one.probability == pytest.approx(0.8)
    assert one.brier == pytest.approx(2 * 0.2**2)
    assert one.log_score == pytest.approx(-log(0.8))


def test_a_forecast_recorded_after_the_answer_is_late_whatever_day_it_gives(cases):
    cases.never_filed("a")
    cases.forecast("a", "2025-04-01")
    found = score_forecasts(cases.store)
    assert [one.standing for one in found.forecasts] == ["late"]
    assert found.questions == ()


def test_a_forecast_of_a_day_after_the_answer_is_late_though_the_answer_was_recorded_later(cases):
    cases.forecast("a", "2025-09-17")
    cases.never_filed("a")
    assert [one.standing for one in score_forecasts(cases.store).forecasts] == ["late"]


def test_a_forecast_of_the_same_day_recorded_before_the_answer_is_scored(cases):
    cases.forecast("a", "2025-09-16")
    cases.never_filed("a")
    [one] = score_forecasts(cases.store).forecasts
    assert (one.standing, one.lead_days) == ("scored", 0)


def test_a_question_that_falls_away_is_not_scored(cases):
    cases.forecast("a", "2025-04-01")
    cases.filed("a", 600_000)
    cases.withdrawn("a")
    assert [one.standing for one in score_forecasts(cases.store).forecasts] == ["fell_away"]


def test_scores_stand_beside_those_of_the_base_rate(cases):
    cases.open("b")
    for name in ("a", "b"):
        cases.forecast(name, "2025-04-01", 0.25)
    cases.never_filed("a")
    cases.filed("b", 500_000)
    cases.do("b", "RequirementDetermined", "2025-03-03", "secretary_of_state", **requirement(cases))
    cases.do("b", "MeasureFailed", "2025-07-12", "secretary_of_state", reason="raw_count")
    [question] = score_forecasts(cases.store).questions
    assert (question.question, question.forecasts, question.cases) == ("qualify", 2, 2)
    assert {name: share for name, share in question.base_rates.items() if share} == {
        "not_filed": 0.5,
        "fails_raw_count": 0.5,
    }
    # Half and half every time scores 1/2; the forecasts 1/8 where nothing was filed, 1 + 9/16 + 1/16 for the other.
    assert question.base_brier == pytest.approx(0.5)
    assert question.brier == pytest.approx((1 / 8 + 1 + 5 / 8) / 2)
    assert question.brier_skill == pytest.approx(1 - 0.875 / 0.5)
    assert [(one.low, one.forecasts, one.happened.count) for one in question.reliability if one.forecasts] == [
        (0.2, 2, 0)
    ]


def requirement(cases):
    from referenda.petitions.findings import requirement_data

    return requirement_data(cases.law, "statute", date(2025, 3, 3))


def test_a_base_rate_without_error_leaves_nothing_to_compare(cases):
    cases.forecast("a", "2025-04-01")
    cases.never_filed("a")
    [question] = score_forecasts(cases.store).questions
    assert (question.base_brier, question.brier_skill) == (0.0, None)


def test_what_was_said_of_numbers_is_held_against_the_record(cases):
    quantiles = {"raw_count": {"0.1": 400_000, "0.5": 480_000, "0.9": 560_000}, "valid_share": {"0.5": 0.75}}
    cases.forecast("a", "2025-04-01", quantiles=quantiles)
    cases.do("a", "RequirementDetermined", "2025-03-03", "secretary_of_state", **requirement(cases))
    cases.filed("a", 500_000)
    cases.forecast("a", "2025-07-11", quantiles={"raw_count": {"0.1": 500_000, "0.9": 500_000}})
    cases.do("a", "MeasureFailed", "2025-07-12", "secretary_of_state", reason="raw_count")
    found = score_forecasts(cases.store)
    [quantity] = found.forecasts[0].quantities
    assert (quantity.name, quantity.actual, quantity.median, quantity.inside) == ("raw_count", 500_000, 480_000, True)
    # Twice the pinball losses 0.1 * 100,000, 0.5 * 20,000 and 0.1 * 60,000, for 0.3, 0.4 and 0.3 of the levels.
    assert quantity.crps == pytest.approx(2 * (0.3 * 10_000 + 0.4 * 10_000 + 0.3 * 6_000))
    assert found.forecasts[1].quantities == ()  # what was known already is no forecast
    assert (found.questions[0].covered["raw_count"].count, found.questions[0].covered["raw_count"].of) == (1, 1)


def test_only_the_cases_that_are_named_are_scored(cases):
    cases.open("b")
    cases.forecast("a", "2025-04-01")
    cases.forecast("b", "2025-04-01")
    assert [one.case for one in score_forecasts(cases.store, ["b"]).forecasts] == ["b"]
    with pytest.raises(InputError, match="no case of this name") as error:
        score_forecasts(cases.store, ["x1", "a", "x2"])
    assert [fault.value for fault in error.value.faults] == ["x1", "x2"]


def test_inputs_that_were_changed_in_the_record_are_found_by_their_hash(cases):
    given = {"question": "qualify", "as_of": "2025-04-01", "method": "guess/1", "seed": 1, "draws": 1000}
    data = forecast_data({**given, "inputs": {"share": 0.2}, "outcomes": {"not_filed": 1.0}})
    forged = Draft("ForecastIssued", 1, date(2025, 4, 1), "public", {**data, "inputs": {"share": "0.3"}})
    cases.store.append("a", [forged])
    with pytest.raises(RecordError, match="event 2 of a: ForecastIssued: the inputs have the SHA-256"):
        score_forecasts(cases.store)


def test_everything_is_given_for_json(cases):
    import json

    cases.forecast("a", "2025-04-01", quantiles={"raw_count": {"0.5": 480_000}})
    cases.never_filed("a")
    given = json.loads(json.dumps(score_forecasts(cases.store).as_dict()))
    assert given["forecasts"][0]["happened"] == "not_filed"
    assert given["forecasts"][0]["answered_on"] == datetime(2025, 9, 16).date().isoformat()
    assert given["questions"][0]["reliability"][2]["happened"]["of"] == 1
