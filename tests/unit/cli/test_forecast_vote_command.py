"""`referenda forecast vote`: what it says to people and to programs, the page and the picture, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from referenda.assembly import open_store
from referenda.cli.app import app
from referenda.cli.forecast_vote import COMMANDS

HALF_AND_55 = "ballots >= 50% of registered and yes >= 55% of valid"
FAST = ["--draws", "2500", "--as-of", "2017-07-25"]
POLLS = "end_date,sample_size,yes,no,undecided\n2016-11-18,800,23,57,20\n2017-01-31,800,18,68,14\n"


def run(*arguments: str, rule: str = HALF_AND_55) -> Result:
    alone = typer.Typer()
    alone.command()(COMMANDS["vote"])
    return CliRunner().invoke(alone, ["--rule", rule, *FAST, *arguments])


@pytest.fixture
def polls(tmp_path: Path) -> str:
    path = tmp_path / "polls.csv"
    path.write_text(POLLS, encoding="utf-8")
    return str(path)


def finding(*arguments: str, rule: str = HALF_AND_55) -> Any:
    result = run(*arguments, "--json", rule=rule)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_people_read_the_answer_the_conditions_and_what_it_rests_on(polls: str) -> None:
    said = run("--polls", polls, "--on", "2019-03-13", "--place", "us/ca").stdout
    assert said.startswith("It is exceptionally unlikely that the measure passes: the chance is less than 1 in 100.")
    assert "ballots >= 50% of registered" in said
    assert "2 polls; the last ended 771 days before the vote" in said
    assert "If opponents stay home: none of them < 1 %" in said


def test_programs_get_everything(polls: str) -> None:
    found = finding("--polls", polls, "--on", "2019-03-13", "--place", "us/ca", "--registered", "19411771")
    assert found["passes"] < 0.02
    assert {"0", "0.25", "0.5", "1"} == set(found["boycott"]["passes_if_staying_home"])
    assert len(found["grid"]["share"]) == len(found["grid"]["passes"]) == len(found["grid"]["edges"]) - 1
    assert found["inputs"]["registered"] == 19411771
    assert found["kept"] is None


def test_without_polls_and_past_votes_it_answers_and_says_that_this_is_a_guess() -> None:
    assert "hardly more than a guess" in " ".join(finding(rule="yes > no")["notes"])


def test_a_boycott_can_be_given_and_a_reading_chosen() -> None:
    home = finding("--boycott", "50%")
    assert home["passes"] == home["boycott"]["passes_if_staying_home"]["0.5"]
    words = run("--reading", "voting=ballots", rule="yes >= 55% of voting").stdout
    assert "as ballots (all ballots cast, with those left blank or spoiled)" in words
    assert "← chosen" in words


def test_units_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("unit,weight,yes,no\nUri,1,40,60\nZug,1/2,50,50\nBern,1,70,30\n", encoding="utf-8")
    found = finding("--units", str(path), rule="yes > no and units_carried > 50% of units")
    assert found["quantiles"]["units_carried"]["0.95"] <= 2.5
    assert found["grid"]["passes"] is None


def test_the_page_and_the_picture_are_written(polls: str, tmp_path: Path) -> None:
    page, picture = tmp_path / "vote.html", tmp_path / "vote.svg"
    done = run("--polls", polls, "--on", "2019-03-13", "--html", str(page), "--picture", str(picture))
    assert done.exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "Will the measure pass?" in text
    assert "less than 1 in 100" in text
    assert "SurveyUSA" not in text
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "polls.csv"
    path.write_text("end_date,sample_size,yes,no\n2018-11-18,800,0.9,0.57\n", encoding="utf-8")
    done = run("--polls", str(path), "--boycott", "2", "--reading", "turnout=x", "--registered", "many", "--case", "c")
    assert done.exit_code == 2
    for words in (
        "it ended after the day of the forecast", "--boycott: this share is not between 0 and 1",
        "there is no reading called turnout", "--registered: this is not a whole number",
        "a forecast is kept for a vote of a case", "yes, no and undecided make 147.0%",
    ):  # fmt: skip
        assert words in done.output, words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--boycott", "some"], "--boycott: this is not a share"),
        (["--on", "2016-11-08"], "the vote was held before the day of the forecast"),
        (["--place", "atlantis"], "no past vote of this place ships"),
        (["--picture", "vote.gif"], "this is no kind of picture"),
        (["--draws", "3"], "Give from 500 to 1,000,000"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_a_rule_that_counts_units_or_people_asks_for_them() -> None:
    assert "--units FILE" in run(rule="units_carried > 50% of units").output
    assert "Give --registered" in run(rule="yes >= 5000").output


def test_a_forecast_is_kept_for_a_vote_of_a_case(polls: str, tmp_path: Path) -> None:
    store = str(tmp_path / "cases.db")
    assert CliRunner().invoke(app, ["case", "load", "us-ca-16-0011A1", "--store", store]).exit_code == 0
    given = ["--polls", polls, "--on", "2019-03-13", "--place", "us/ca", "--case", "us-ca-16-0011A1", "--store", store]
    kept = finding(*given, "--vote", "plebiscite")["kept"]
    opened = open_store(store, make=False)
    (event,) = opened.read("us-ca-16-0011A1", kept["position"])
    opened.close()
    assert (event.kind, event.data["question"], event.data["vote"]) == ("ForecastIssued", "vote", "plebiscite")
    assert float(event.data["outcomes"]["passed"]) < 0.02
    assert event.data["inputs"]["priors"]["boycott"]["where_it_helps"] == "0.55"
    assert "Scheduled: ratification, plebiscite." in run(*given, "--vote", "third").output
