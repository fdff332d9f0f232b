"""Polls and past votes as files: shares and percentages, and everything that is wrong with them, row by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from referenda.errors import Fault, InputError
from referenda.formats.past_votes_csv import read_past_votes
from referenda.formats.polls_csv import read_polls

DAY = date(2017, 7, 25)
POLLS = "end_date,sample_size,yes,no"
VOTES = "name,date,registered,ballots,yes,no"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "given.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        (read_polls if path.read_text(encoding="utf-8").startswith("end_date") else read_past_votes)(path, as_of=DAY)
    return list(caught.value.faults)


@pytest.mark.parametrize("row", ["0.23,0.57,0.2", "23%,57%,20%", "23,57,20"])
def test_polls_are_read_in_shares_and_in_percentages(tmp_path: Path, row: str) -> None:
    text = f"{POLLS},undecided,turnout,pollster\n2016-11-18,800,{row},,SurveyUSA\n"
    (poll,) = read_polls(write(tmp_path, text), as_of=DAY)
    assert (date(2016, 11, 18), 800, 0.23, 0.57, 0.2) == (
        poll.ended_on, poll.sample_size, poll.yes, poll.no, poll.undecided
    )  # fmt: skip
    assert (poll.turnout, poll.pollster) == (None, "SurveyUSA")


def test_the_share_certain_to_vote_is_read_in_the_way_of_the_file(tmp_path: Path) -> None:
    (poll,) = read_polls(write(tmp_path, f"{POLLS},turnout\n2016-11-18,800,40,45,72\n"))
    assert poll.turnout == 0.72


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2016-11-18,800,1.2,0.1\n", [(2, "yes", "yes is not a share from 0 to 1")]),
        ("2016-11-18,800,65,45\n", [(2, "yes", "yes, no and undecided make 110.0%")]),
        ("2016-11-18,0,0.5,0.5\n", [(2, "sample_size", "nobody was asked")]),
        ("2017-08-01,800,0.5,0.5\n", [(2, "end_date", "it ended after the day of the forecast, 2017-07-25")]),
        ("18.11.2016,800,0.5,0.5\n", [(2, "end_date", "this is not a date")]),
        ("2016-11-18,800,0.5,\n", [(2, "no", "this cell is empty")]),
        ("2016-11-18,800,nan,0.5\n", [(2, "yes", "this is not a number")]),
        ("2016-11-18,800,-0.5,0.5\n", [(2, "yes", "this is below zero")]),
        (
            "2016-11-18,800,0.5,0.5\n2016-11-19,800,50,50\n2016-11-20,800,52,44\n",
            [(2, "yes", "some polls are in shares and some in percentages"), (2, None, "")],
        ),
        (
            "2016-11-18,800,1.5,0.1\n2016-11-19,-1,0.5,0.5\n",
            [(2, "yes", "yes is not a share from 0 to 1"), (3, "sample_size", "this is below zero")],
        ),
    ],
)
def test_every_fault_of_the_polls_is_said_with_its_row(
    tmp_path: Path, rows: str, said: list[tuple[int, str | None, str]]
) -> None:
    found = faults_of(write(tmp_path, f"{POLLS}\n{rows}"))
    for (row, column, words), fault in zip([each for each in said if each[2]], found, strict=False):
        assert (row, column) == (fault.row, fault.column)
        assert fault.message.startswith(words)
        assert fault.remedy


def test_past_votes_are_read_with_their_quorum(tmp_path: Path) -> None:
    text = f"{VOTES},invalid,quorum,source\nME,2006-05-21,484718,419236,230711,184954,3571,yes,sudd.ch\n"
    (vote,) = read_past_votes(write(tmp_path, text), as_of=DAY, place="me")
    assert (vote.name, vote.place, vote.under_quorum, vote.source) == ("ME", "me", True, "sudd.ch")
    assert vote.ballots == 419236


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("a,2006-05-21,100,120,60,50", "ballots", "ballots 120 is more than registered 100"),
        ("a,2006-05-21,200,100,60,50", "ballots", "yes and no make 110, and ballots is 100"),
        ("a,2006-05-21,200,100,0,0", "yes", "no valid vote was cast in it"),
        ("a,2018-05-21,200,100,60,40", "date", "it was held after the day of the forecast, 2017-07-25"),
        ("a,May 2006,200,100,60,40", "date", "this is not a date"),
        ("a,2006-05-21,1e9,100,60,40", "registered", "this is not a whole number"),
        (",2006-05-21,200,100,60,40", "name", "this cell is empty"),
    ],
)
def test_every_fault_of_past_votes_is_said_with_its_row(tmp_path: Path, row: str, column: str, said: str) -> None:
    (fault,) = faults_of(write(tmp_path, f"{VOTES}\n{row}\n"))
    assert (2, column) == (fault.row, fault.column)
    assert fault.message.startswith(said)


def test_invalid_ballots_must_make_up_the_rest_and_quorum_is_yes_or_no(tmp_path: Path) -> None:
    text = f"{VOTES},invalid,quorum\na,2006-05-21,200,100,60,30,5,no\nb,2006-05-21,200,100,60,30,10,perhaps\n"
    first, second = faults_of(write(tmp_path, text))
    assert first.message == "yes, no and invalid make 95, and ballots is 100"
    assert (second.row, second.column, second.message) == (3, "quorum", "this is neither yes nor no")


def test_two_past_votes_of_one_name_are_refused(tmp_path: Path) -> None:
    row = "a,2006-05-21,200,100,60,40\n"
    (fault,) = faults_of(write(tmp_path, f"{VOTES}\n{row}{row}"))
    assert fault.message == "this name stands in row 2 already"
