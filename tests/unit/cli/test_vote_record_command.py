"""`referenda vote record`: what it says to people and to programs, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from referenda.cli.app import app

PRESIDENT, TURNOUT = "us-president-california", "california-turnout"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["vote", "record", *arguments])


def found(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def faults(*arguments: str) -> list[tuple[str | None, str]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 2, result.output
    return [(fault.get("column"), fault["message"]) for fault in json.loads(result.stdout)["error"]["faults"]]


@pytest.fixture
def votes(tmp_path: Path) -> str:
    path = tmp_path / "votes.csv"
    path.write_text(
        "year,yes,no,cast,note\n2000,60,40,,no total\n2004,9,1,200,\n2008,70,30,100,[red]doubtful\n2016,5,5,10,\n"
    )
    return str(path)


def test_the_finding_for_programs_is_exact_and_says_since_when() -> None:
    said = found(PRESIDENT, "--question", "largest since 1936", "--for", "2016", "--by", "points")
    either, of_one_side = said["answers"]
    assert (either["led_by"], of_one_side["led_by"]) == (None, "D")
    assert {key: either[key] for key in ("unit", "exact", "holds", "met")} == {
        "unit": "points of total",
        "exact": "4269978/14181595",
        "holds": True,
        "met": True,
    }
    assert either["since"] == {"election": "1936", "value": 930405 / 2638882, "exact": "930405/2638882"}
    assert (
        either["reached_in"], either["rank"], either["unless"], either["gaps"], either["elections_behind"]
    ) == (None, [2, 2], [], [], 19)  # fmt: skip
    assert [each["election"] for each in said["not_known_exactly"]] == ["1940", "1944"]
    assert tuple(said[key] for key in ("for", "from", "to", "every", "elections")) == ("2016", "1932", "2024", 4, 24)


def test_the_words_say_what_is_true_in_which_unit() -> None:
    said = run(PRESIDENT, "--question", "largest since 1936", "--for", "2016").stdout
    assert "the largest in the table, which begins in 1932; reached in 2020 (5,103,821); rank 2 of 24" in said
    assert "30.11  the largest since 1936 (35.26); not reached up to 2024" in said
    assert "1940, points of total: total is missing, so at most 16.3" in said
    assert "FALSE" not in said and "OPEN" not in said


def test_the_elections_that_are_named_come_with_their_sources() -> None:
    arguments = (PRESIDENT, "--question", "largest since 1936", "--for", "2016", "--by", "votes")
    assert list(found(*arguments)["sources"]) == ["2016", "2020"]
    assert "\nSources:\n  2016, 2020: MIT Election Data and Science Lab" in run(*arguments).stdout


def test_an_election_behind_the_one_before_it_holds_no_record() -> None:
    said = run(PRESIDENT, "--question", "largest", "--for", "2020", "--by", "points").stdout
    assert "no record: 2016 before it was as large already (30.11)" in said
    assert "TRUE" not in said and "FALSE" not in said  # nothing was claimed


def test_what_the_table_leaves_open_is_said(votes: str) -> None:
    arguments = (votes, "--margin", "yes:no", "--of", "cast", "--by", "points", "--every", "4")
    said = run(*arguments, "--question", "smallest since 1990", "--for", "2004").stdout
    assert "OPEN   points of cast              4" in said
    assert "unless 2000 reached it, which is not known" in said
    assert "nothing between 2008 and 2016" in said
    assert "2000: no total" in said
    answer = found(*arguments, "--question", "smallest since 1990", "--for", "2004")["answers"][0]
    assert (answer["holds"], answer["holds_unless"], answer["unless"]) == (None, ["2000"], ["2000"])


def test_gaps_are_told_and_markup_of_a_note_is_text(votes: str) -> None:
    said = run(votes, "--margin", "yes:no", "--question", "largest", "--for", "2008", "--every", "4").stdout
    assert "4 elections from 2000 to 2016, at least every 4 years; nothing between 2008 and 2016" in said
    assert "2008: [red]doubtful" in said


def test_a_table_at_no_usual_distance_says_so(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("date,cast\n2000-01-01,5\n2001-01-01,6\n")
    said = run(str(path), "--share", "cast", "--question", "largest", "--for", "2001").stdout
    assert "at no usual distance, so a missing one is not seen" in said


def test_elections_that_meet_a_bound_are_listed() -> None:
    said = found(TURNOUT, "--question", "below 50% since 1990", "--of", "registered")
    (listing,) = said["listings"]
    assert [each["election"] for each in listing["elections"]] == ["1993-11-02", "2009-05-19", "2014-11-04"]
    assert (listing["not_known"], listing["compared"], listing["unit"]) == (["2022-11-08"], 23, "points of registered")
    words = run(TURNOUT, "--question", "below 50% since 1990").stdout
    assert "3 of 23: 1993-11-02 (36.37), 2009-05-19 (28.4), 2014-11-04 (42.2); not known of 2022-11-08" in words


def test_a_bound_is_asked_of_one_election_too() -> None:
    said = run(TURNOUT, "--question", "first below 30%", "--for", "2009", "--of", "registered").stdout
    assert "TRUE   % of registered          28.4  the first below 30 % in the table, which begins in 1910" not in said
    assert "OPEN   % of registered          28.4  the first below 30 % in the table" in said  # 1910: no register
    assert "1910-11-08, % of registered: registered is missing, so at most 100" in said
    missed = run(PRESIDENT, "--question", "above 50%", "--for", "2016").stdout
    assert "FALSE  points of total         30.11  not above 50 points" in missed
    again = run(TURNOUT, "--question", "below 50%", "--for", "1979", "--of", "eligible").stdout
    assert "below 50 %, as was 1978-11-07 before it (48.25)" in again


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PRESIDENT, "--question", "huge", "--for", "2016"), ("--question", "this is not a record question")),
        ((PRESIDENT, "--question", "largest"), ("--question", "this is asked of one election")),
        ((PRESIDENT, "--question", "first above 50%"), ("--question", "this is asked of one election")),
        ((PRESIDENT, "--question", "largest", "--for", "2018"), ("--for", "the table has no such election")),
        ((TURNOUT, "--question", "largest", "--for", "1930-01-01"), ("--for", "the table has no such election")),
        ((PRESIDENT, "--question", "largest", "--for", "2016", "--by", "miles"), ("--by", "there is no such unit")),
        (
            (PRESIDENT, "--question", "above 5%", "--by", "votes"),
            ("--question", "it cannot be said in any unit that is asked for"),
        ),
        (
            (PRESIDENT, "--question", "largest since 2016", "--for", "2016"),
            ("--question", "2016 does not come after this year"),
        ),
        ((PRESIDENT, "--question", "largest", "--for", "2016", "--margin", "D"), ("--margin", "a column is not named")),
        ((PRESIDENT, "--question", "largest", "--for", "2016", "--share", ":R"), ("--share", "a column is not named")),
        (
            (PRESIDENT, "--question", "largest", "--for", "2016", "--share", "D", "--margin", "D:R"),
            ("--share", "a margin and a share are two questions"),
        ),
        (
            ("nowhere.csv", "--question", "largest", "--for", "2016"),
            (None, "there is no table and no file of this name"),
        ),
    ],
)
def test_a_wrong_question_is_refused_in_plain_words(arguments: tuple[str, ...], said: tuple[str | None, str]) -> None:
    assert said in faults(*arguments)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert [
        column for column, _ in faults("nowhere.csv", "--question", "huge", "--by", "miles", "--margin", "a:b")
    ] == ["--question", None, "--by"]


def test_a_table_of_ones_own_needs_to_be_told_what_is_measured(votes: str) -> None:
    assert faults(votes, "--question", "largest", "--for", "2008") == [(None, "it is not said what is to be measured")]


def test_an_election_is_named_by_its_day_where_a_year_has_several(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("date,cast\n2000-03-07,5\n2000-11-07,6\n")
    asked = (str(path), "--share", "cast", "--question", "largest", "--for")
    assert faults(*asked, "2000") == [("--for", "there are several elections in this year")]
    assert found(*asked, "2000-11-07")["for"] == "2000-11-07"
