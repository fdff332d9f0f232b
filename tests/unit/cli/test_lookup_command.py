"""`referenda voters index` and `voters find` at their door: words, JSON and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.app import app

VOTERS = (
    "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
    "V1,Robert,,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active\n"
    "V2,Roberta,,Whitfield,,9,[red]Oak[/red] St,,Elmira,90171,Norden,2010-01-01,active\n"
)


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "140"}).invoke(app, ["voters", *words])


@pytest.fixture
def index(tmp_path: Path) -> str:
    (tmp_path / "voters.csv").write_text(VOTERS, encoding="utf-8")
    made = run("index", str(tmp_path / "voters.csv"), "--out", str(tmp_path / "index"))
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("2 registrations indexed")
    return str(tmp_path / "index")


def test_a_voter_is_found_in_words(index: str) -> None:
    found = run("find", index, "whitfeld robert 412")
    assert found.exit_code == 0
    assert "Not in the file as typed: WHITFELD." in found.stdout
    assert "Robert Whitfield" in found.stdout


def test_markup_in_the_file_is_text(index: str) -> None:
    assert "[red]Oak[/red]" in run("find", index, "roberta").stdout


def test_a_voter_is_found_as_json(index: str) -> None:
    said = json.loads(run("find", index, "whit rob", "--limit", "1", "--json").stdout)
    assert set(said) == {"query", "understood", "voters", "more", "milliseconds"}
    assert [voter["voter_id"] for voter in said["voters"]] == ["V1"]
    assert said["more"]


def test_nobody_found_is_a_finding(index: str) -> None:
    found = run("find", index, "zzyzx")
    assert (found.exit_code, found.stdout.splitlines()[-1][:13]) == (0, "Nobody found.")


def test_the_index_says_what_it_holds_as_json(index: str, tmp_path: Path) -> None:
    said = json.loads(run("index", str(tmp_path / "voters.csv"), "--out", str(tmp_path / "again"), "--json").stdout)
    assert said["voters"] == 2
    assert said["own_bytes"] > 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("find", "nowhere", "x"), "this is not an index for the look-up"),
        (("index", "nowhere.csv", "--out", "index"), "nowhere.csv"),
    ],
)
def test_what_is_not_there_is_refused(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert message in refused.stderr
