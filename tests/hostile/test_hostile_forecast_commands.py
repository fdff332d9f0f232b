"""Nonsense at the door of forecasts: exit 2 with every fault and a remedy, never a trace, and nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from referenda.assembly import law_of, open_store
from referenda.cli.app import app
from referenda.workflows.load_cases import load_case

QUALIFY = ["qualify", "us/ca", "--instrument", "statute", "--as-of", "2017-03-01", "--draws", "500"]
WINDOW = ["--start", "2017-01-26", "--deadline", "2017-07-25", "--requirement", "365880"]
VOTE = ["vote", "--rule", "yes > no", "--on", "2018-11-06", "--as-of", "2017-03-01", "--draws", "500"]
CUSHION = ["cushion", "us/ca", "--instrument", "statute", "--as-of", "2017-03-01", "--requirement", "365880"]


def refused(*words: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["forecast", *words, "--json"])
    assert done.exit_code == 2, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if not done.stdout:
        return [{"message": done.stderr}]  # what the parser of the command line refuses itself
    faults: list[dict[str, Any]] = json.loads(done.stdout)["error"]["faults"]
    return faults


def messages(*words: str) -> str:
    faults = refused(*words)
    assert all(fault.get("remedy") for fault in faults if fault.keys() != {"message"})
    return " ".join(fault["message"] for fault in faults)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--gathered-so-far", "-5"], "below zero"),
        (["--gathered-so-far", "1e999"], "not a whole number"),
        (["--gathered-so-far", "NaN"], "not a whole number"),
        (["--gathered-so-far", "9" * 30], "more than 18 digits"),
        (["--valid", "11/10"], "more than all of the lines"),
        (["--valid", "0.76"], "not a part of lines"),
        (["--valid", "0/0"], "a part of no lines"),
        (["--duplicates", "11/10"], "more than all of the lines"),
        (["--duplicates", "0/0"], "a part of no lines"),
        (["--duplicates", "600/1000"], "more than half of the lines would be second signatures"),
        (["--requirement", "0"], "above zero"),
        (["--raw-count", "0"], "nothing was filed"),
        (["--raw-count", "1000", "--valid", "900/1001"], "more lines were checked than the 1,000 filed"),
        (["--gathered-so-far", "100", "--valid", "90/101"], "more lines were checked than the 100 gathered"),
        (["--deadline", "2017-01-01"], "deadline is not after the first day"),
        (["--deadline", "2017-02-01"], "the deadline was 2017-02-01"),
        (["--as-of", "2017-13-01"], "no such month"),
        (["--as-of", "NaT"], "not a date"),
        (["--seed", "-1"], "below zero"),
        (["--seed", "half"], "not a whole number"),
        (["--draws", "0"], "so many draws"),
        (["--draws", "100000000000"], "so many draws"),
        (["--event", "official_summary_date"], "not a pair"),
        (["--reading", "no=such"], "no"),
        (["--instrument", "revolution"], "instrument"),
    ],
)
def test_nonsense_about_a_petition_is_refused(more, words):
    assert words in messages(*QUALIFY, *WINDOW, *more)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--registered", "-1"], "below zero"),
        (["--boycott", "1.5"], "not between 0 and 1"),
        (["--boycott", "NaN"], "not a share"),
        (["--rule", "yes >"], ""),
        (["--rule", "maybe > no"], ""),
        (["--draws", "1"], "draws"),
        (["--draws", "99999999999"], "draws"),
        (["--on", "2018-02-30"], "no such day"),
        (["--on", "2016-11-08"], "before"),
        (["--reading", "voting=everybody"], "voting"),
        (["--place", "us/atlantis"], "no past vote of this place"),
        (["--case", "a"], "kept for a vote of a case"),
    ],
)
def test_nonsense_about_a_vote_is_refused(more, words):
    assert words in messages(*VOTE, *more)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--certainty", "1.5"], "a level between 0 and 1"),
        (["--certainty", "NaN"], "a level between 0 and 1"),
        (["--cost", "much"], "not an amount"),
        (["--cost", "NaN"], "not an amount"),
        (["--cost", "Infinity"], "not an amount"),
        (["--cost", "-1"], "not an amount"),
        (["--cost", "1e400"], "not an amount"),
        (["--at", "0"], "nothing would be filed"),
        (["--at", "-1"], "below zero"),
    ],
)
def test_nonsense_about_a_cushion_is_refused(more, words):
    assert words in messages(*CUSHION, *more)


def test_several_faults_are_said_together():
    said = messages(*QUALIFY, "--gathered-so-far", "x", "--valid", "y", "--seed", "z", "--start", "w")
    assert said.count("not a whole number") == 2
    assert "not a part of lines" in said
    assert "not a date" in said


@pytest.mark.parametrize("name", ["gathered", "filed", "checked"])
def test_a_file_that_is_not_there_is_named(name, tmp_path: Path):
    [fault] = refused(*QUALIFY, *WINDOW, f"--{name}", str(tmp_path / "none.csv"))
    assert fault["file"] == str(tmp_path / "none.csv")


def test_signatures_gathered_outside_the_window_or_after_the_forecast_are_refused(tmp_path: Path):
    file = tmp_path / "gathered.csv"
    file.write_text("date,total\n2017-01-20,100\n2017-02-01,200\n2017-04-01,300\n2017-09-01,400\n")
    said = messages(*QUALIFY, *WINDOW, "--gathered", str(file))
    assert "before the first day of the window" in said
    assert "after the day of the forecast" in said
    assert "after the deadline" in said


def test_a_refused_forecast_writes_no_page_and_keeps_nothing(tmp_path: Path):
    page, store = tmp_path / "page.html", tmp_path / "cases.db"
    more = ["--html", str(page), "--case", "a", "--store", str(store)]
    refused(*QUALIFY, *WINDOW, "--valid", "2/1", *more)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*QUALIFY, *WINDOW, "--gathered-so-far", "100", "--case", "us-ca-16-0011A2"], "no case of this name"),
        ([*QUALIFY, *WINDOW, "--gathered-so-far", "100", "--case", "us-ca-16-0011A1"], "for the instrument statute"),
        ([*VOTE, "--case", "us-ca-16-0011A2", "--vote", "plebiscite"], "no case of this name"),
        ([*VOTE, "--case", "us-ca-16-0011A1", "--vote", "plebicite"], "no vote plebicite is scheduled"),
    ],
)
def test_a_forecast_for_a_case_or_a_vote_that_is_not_there_draws_and_writes_nothing(words, message, tmp_path: Path):
    page, url = tmp_path / "page.html", str(tmp_path / "cases.db")
    store = open_store(url)
    load_case(store, "us-ca-16-0011A1", law_of)
    size = store.size("us-ca-16-0011A1")
    assert message in messages(*words, "--html", str(page), "--store", url)
    assert not page.exists()
    assert store.size("us-ca-16-0011A1") == size
    store.close()


def test_a_forecast_for_a_case_where_there_is_no_store_makes_none(tmp_path: Path):
    refused(*QUALIFY, *WINDOW, "--gathered-so-far", "100", "--case", "a", "--store", str(tmp_path / "cases.db"))
    assert list(tmp_path.iterdir()) == []


def test_scores_without_a_store_are_refused(tmp_path: Path):
    [fault] = refused("score", "--store", str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()
    assert "none.db" in json.dumps(fault)
