"""A vote's forecast put together: what is known, the answer with all it rests on, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from referenda.errors import InputError
from referenda.forecasting.polls import Poll
from referenda.workflows.forecast_vote import METHOD, VoteFacts, forecast_a_vote

FACTS = VoteFacts(
    rule="ballots >= 50% of registered and yes >= 55% of valid",
    as_of=date(2017, 7, 25),
    vote_on=date(2019, 3, 13),
    place="us/ca",
    registered=19_411_771,
    polls=[Poll(date(2016, 11, 18), 800, 0.23, 0.57, 0.2, pollster="SurveyUSA")],
)


def test_californias_second_vote_was_very_unlikely_to_pass() -> None:
    found = forecast_a_vote(FACTS)
    half, yes = found.forecast.conditions
    assert found.forecast.passes < 0.02
    assert 0.3 < half.met < 0.6
    assert yes.met < 0.04


def test_the_answer_is_json_with_inputs_priors_seed_and_method() -> None:
    found = json.loads(json.dumps(forecast_a_vote(FACTS, draws=1000, seed=7).as_dict()))
    assert (found["seed"], found["method"], found["draws"]) == (7, METHOD, 1000)
    assert found["inputs"]["polls"][0]["pollster"] == "SurveyUSA"
    assert {"comparable_votes", "polls", "boycott", "units"} == set(found["priors"])
    assert found["priors"]["polls"]["shared_error"] == 0.10
    assert sum(found["outcomes"].values()) == pytest.approx(1)


def test_the_same_facts_and_seed_give_the_same_answer() -> None:
    first, second, other = (forecast_a_vote(FACTS, draws=1000, seed=seed).as_dict() for seed in (1, 1, 2))
    assert first == second
    assert first["quantiles"] != other["quantiles"]


def test_what_is_assumed_of_a_boycott_does_not_change_the_draws_behind_it() -> None:
    auto = forecast_a_vote(FACTS, draws=1000)
    given = forecast_a_vote(replace(FACTS, staying_home=0.25), draws=1000)
    assert auto.forecast.at_boycott == given.forecast.at_boycott
    assert given.forecast.passes == given.forecast.at_boycott["0.25"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = replace(FACTS, rule="yes > nope", place="atlantis", vote_on=None)
    with pytest.raises(InputError) as caught:
        forecast_a_vote(wrong, draws=3)
    said = [fault.message for fault in caught.value.faults]
    assert len(said) == 4
    assert "its day is not given" in said[0]
    assert "`nope` is not a quantity" in said[1]
    assert said[2] == "so many draws are not made"
    assert "no past vote of this place" in said[3]
