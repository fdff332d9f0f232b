"""A forecast in the record: its form, its fit to the case, and that it moves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from referenda.errors import InputError
from referenda.petitions.events import read_data
from referenda.petitions.forecast_kinds import FAVOURABLE, OUTCOMES, inputs_digest

INPUTS = {"place": "us/ca", "requirement": 546_651, "gathered": [["2025-04-01", 90_000]]}


def forecast(**changed: Any) -> dict[str, Any]:
    data = {
        "question": "qualify", "as_of": "2025-04-01", "method": "qualification/1", "program": "referenda 0.1.0",
        "numpy": "2.3.5", "seed": 1, "draws": 10_000, "inputs": INPUTS, "inputs_sha256": inputs_digest(INPUTS),
        "outcomes": {"not_filed": "0.6000", "full_check_yes": "0.1500", "sufficient_on_sample": "0.2500"},
        "quantiles": {"raw_count": {"0.05": "400000", "0.5": "610000.5", "0.95": "900000"}},
    }  # fmt: skip
    return {**data, **changed}


def test_a_forecast_is_read_as_it_was_written():
    found = read_data("ForecastIssued", forecast())
    assert found.outcomes == {"not_filed": "0.6000", "full_check_yes": "0.1500", "sufficient_on_sample": "0.2500"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcomes": {"not_filed": "0.6000", "full_check_yes": "0.3000"}}, "add up to 0.9000, not to 1"),
        ({"outcomes": {"not_filed": "0.9999", "full_check_yes": "0.0002"}}, "add up to 1.0001, not to 1"),
        ({"outcomes": {}}, "add up to 0.0000"),
        ({"outcomes": {"not_filed": "1.0001"}}, "four decimals"),
        ({"outcomes": {"not_filed": "1"}}, "four decimals"),
        ({"outcomes": {"not_filed": 1}}, "four decimals"),
        ({"outcomes": {"not_filed": "-0.1000", "full_check_yes": "1.1000"}}, "four decimals"),
        ({"outcomes": {"not_fled": "1.0000"}}, "Did you mean `not_filed`"),
        ({"outcomes": {"passed": "1.0000"}}, "has no outcome passed"),
        ({"question": "vote", "outcomes": {"passed": "1.0000"}}, "`vote` names the vote"),
        ({"vote": "ratification"}, "`vote` names the vote"),
        ({"inputs": {"requirement": 1}}, "not `inputs_sha256`"),
        ({"inputs": {"share": 0.5}}, "no number with a point"),
        ({"inputs": [1]}, "an object with keys"),
        ({"draws": 0}, "at least 1"),
        ({"seed": -1}, "at least 0"),
        ({"quantiles": {"raw_count": {"0.05": "5", "0.5": "4"}}}, "fall where their level rises"),
        ({"quantiles": {"raw_count": {"0.5": "5", "0.50": "5"}}}, "fall where their level rises"),
        ({"quantiles": {"raw_count": {"0.05": 5}}}, "plain decimal"),
        ({"quantiles": {"raw_count": {"0.05": "5e3"}}}, "plain decimal"),
        ({"quantiles": {"raw_count": {"0.05": "NaN"}}}, "plain decimal"),
        ({"quantiles": {"raw_count": {"0.0": "5"}}}, "between 0 and 1"),
        ({"quantiles": {"raw_count": {"1.0": "5"}}}, "between 0 and 1"),
        ({"quantiles": {"raw_count": {}}}, "by quantity and level"),
        ({"quantiles": {"Raw count": {"0.5": "5"}}}, "by quantity and level"),
    ],
)
def test_what_is_no_forecast_is_refused_in_plain_words(changed, words):
    with pytest.raises(InputError) as error:
        read_data("ForecastIssued", forecast(**changed))
    assert words in str(error.value)
    assert all(fault.remedy for fault in error.value.faults)


def test_a_forecast_changes_nothing_in_where_the_measure_stands(circulating):
    before = circulating.case
    finding = circulating.do("ForecastIssued", "2025-04-01", "newspaper:Bee", **forecast())
    assert finding.deed is None
    assert vars(circulating.case) == {**vars(before), "size": before.size + 1}


def test_anybody_may_forecast_also_when_the_measure_has_ended(circulating):
    circulating.do("MeasureWithdrawn", "2025-04-01", "proponents", consent=["Ana", "Bo"])
    circulating.do("ForecastIssued", "2025-04-02", "anyone at all", **forecast())
    assert circulating.case.stage == "withdrawn"


def test_a_forecast_cannot_know_a_day_after_its_own(circulating):
    finding = circulating.try_("ForecastIssued", "2025-03-31", "public", **forecast())
    assert [r.message for r in finding.refusals] == [
        "a forecast of 2025-03-31 cannot know what was known on 2025-04-01"
    ]


def test_a_forecast_is_of_a_measure_that_was_received(walk):
    finding = walk.try_("ForecastIssued", "2025-04-01", "public", **forecast())
    assert "there is no case" in finding.refusals[0].message


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"place": "us/wa"}, "for the place us/wa, and that of test-measure is us/ca"),
        ({"instrument": "referendum"}, "for the instrument referendum"),
        ({"requirement": 29_000}, "for the requirement 29000, and that of test-measure is 546651"),
    ],
)
def test_a_forecast_of_another_petition_is_not_kept_in_this_case(circulating, inputs, words):
    data = forecast(inputs=inputs, inputs_sha256=inputs_digest(inputs))
    [refusal] = circulating.try_("ForecastIssued", "2025-04-01", "public", **data).refusals
    assert words in refusal.message


def test_a_requirement_that_is_not_determined_yet_may_be_guessed(walk):
    walk.receive("2025-01-02")
    assert walk.try_("ForecastIssued", "2025-04-01", "public", **forecast()).allowed


def test_the_vote_that_is_forecast_is_scheduled(circulating):
    data = forecast(question="vote", vote="ratification", outcomes={"passed": "0.3000", "failed": "0.7000"})
    finding = circulating.try_("ForecastIssued", "2025-04-01", "public", **data)
    assert "no vote ratification is scheduled" in finding.refusals[0].message


def test_what_supporters_hope_for_are_outcomes_of_the_question():
    assert set(FAVOURABLE) == set(OUTCOMES)
    assert all(set(FAVOURABLE[question]) < set(outcomes) for question, outcomes in OUTCOMES.items())


def test_the_outcomes_of_a_petition_are_those_that_the_forecast_draws():
    from referenda.forecasting.verification import OUTCOMES as DRAWN

    assert OUTCOMES["qualify"] == DRAWN
