"""`referenda vote`: what its commands say to people and to programs, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from referenda.cli.vote import app

MONTENEGRO = ["--registered", "484718", "--ballots", "419236", "--yes", "230711", "--no", "184954"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def finding(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_vote_is_decided_with_the_keys_that_people_script_against() -> None:
    found = finding("decide", "--rule", "ballots >= 50% of registered and yes >= 55% of valid", *MONTENEGRO)
    assert found["passed"] is True
    least = {"text", "met", "left", "right", "margin_votes"}
    assert all(least <= condition.keys() for condition in found["conditions"])
    assert [condition["margin_votes"] for condition in found["conditions"]] == [176877, 2095]


def test_a_vote_that_failed_is_a_finding_too() -> None:
    result = run("decide", "--rule", "yes >= 60% of valid", *MONTENEGRO)
    assert result.exit_code == 0
    assert "FAILED" in result.stdout
    assert "60 % of 415,665 is 249,399: missed by 18,688 votes" in result.stdout


def test_the_words_show_conditions_readings_and_alternatives() -> None:
    result = run("decide", "--rule", "yes >= 55.2% of voting", *MONTENEGRO, "--side-by-side")
    assert "PASSED  yes >= 55.2% of voting" in result.stdout
    assert "valid (the votes for yes and for no): passed  ← chosen" in result.stdout
    assert "ballots (all ballots cast, with those left blank or spoiled): failed" in result.stdout
    assert "55.2 % of registered: yes 230,711; 55.2 % of 484,718 is 267,565: missed by 36,854 votes" in result.stdout
    chosen = run("decide", "--rule", "yes >= 55.2% of voting", *MONTENEGRO, "--reading", "voting=ballots")
    assert "FAILED" in chosen.stdout


def test_units_decide_a_double_majority(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("unit,weight,yes,no\nUri,1,10,1\nZug,1/2,1,5\nBern,1,1,5\nJura,1,3,2\n")
    rule = "yes > no and units_carried > 50% of units"
    found = finding("decide", "--rule", rule, "--units", str(units))
    assert found["passed"] is True
    assert found["quantities"] == {"valid": 28, "yes": 15, "no": 13, "units": 3.5, "units_carried": 2}
    assert found["conditions"][1]["margin_votes"] is None
    assert found["conditions"][1]["margin"] == "0.25"
    assert [unit["carried"] for unit in found["units"]] == [True, False, False, True]
    words = run("decide", "--rule", rule, "--units", str(units))
    assert "Units that carried: 2\n  Uri, Jura" in words.stdout
    assert "Units that did not carry: 1.5\n  Zug (0.5), Bern" in words.stdout
    by_two_thirds = finding("decide", "--rule", rule, "--units", str(units), "--unit-rule", "yes >= 2/3 of valid")
    assert by_two_thirds["passed"] is False


def test_totals_that_differ_from_the_units_are_refused(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("unit,yes,no\nUri,10,1\nZug,1,5\n")
    result = run("decide", "--rule", "yes > no", "--units", str(units), "--yes", "12")
    assert result.exit_code == 2
    assert "yes is given as 12, and the units add up to 11" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (
            ["--rule", "yes > 40% of regsitered", "--yes", "484,718", "--no", "-3", "--reading", "voting"],
            ["Write 484718.", "--no: this is below zero", "--reading: this is not a pair", "Did you mean registered?"],
        ),
        (["--rule", "yes > 40% of electorate", "--yes", "5"], ["character 14", "Did you mean registered?"]),
        (["--rule", "yes > 40% of registered", "--yes", "5"], ["the rule needs registered", "Give --registered."]),
        (["--rule", "yes > no", "--yes", "5", "--no", "6", "--ballots", "10"], ["valid 11 is more than ballots 10"]),
        (["--rule", "yes > no", *MONTENEGRO, "--reading", "voting=all"], ["voting is read as valid or as ballots"]),
        (["--rule", "yes > no", *MONTENEGRO, "--reading", "a=b", "--reading", "a=c"], ["a is given twice"]),
        (["--rule", "yes > 50% of valid", "--yes", "5"], ["Give --valid, or --yes and --no."]),
        (["--rule", f"{'*'.join(['yes'] * 99)} > no", "--yes", "9" * 18, "--no", "1"], ["more than 600 digits"]),
        (["--rule", "yes > no", "--units", "no-such-file.csv"], ["no-such-file.csv: the file cannot be read"]),
    ],
)
def test_bad_input_ends_with_code_2_and_says_everything(arguments: list[str], messages: list[str]) -> None:
    result = run("decide", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    for message in messages:
        assert message in result.stderr
    with_json = run("decide", *arguments, "--json")
    assert with_json.exit_code == 2
    assert len(json.loads(with_json.stdout)["error"]["faults"]) == len(result.stderr.splitlines())


def test_a_chain_of_votes_is_told_in_order(tmp_path: Path) -> None:
    chain = tmp_path / "chain.csv"
    chain.write_text(
        "name,on,rule,hangs_on,registered,ballots,yes,no\n"
        "vote,2018-11-06,yes > no,,,,60,40\n"
        "plebiscite,2019-03-05,ballots >= 50% of registered and yes >= 55% of valid,vote,300,149,100,45\n"
        "commission,,yes > no,plebiscite,,,,\n"
    )
    found = finding("chain", str(chain))["votes"]
    assert [(vote["name"], vote["status"]) for vote in found] == [
        ("vote", "passed"),
        ("plebiscite", "failed"),
        ("commission", "not held"),
    ]
    result = run("chain", str(chain))
    assert "FAILED  plebiscite, 2019-03-05: vote passed" in result.stdout
    assert "missed: ballots 149; 50 % of 300 is 150: missed by 1 vote" in result.stdout
    assert "NOT HELD  commission: it is held only if plebiscite passed (plebiscite: failed)" in result.stdout


def test_of_conflicting_measures_one_prevails() -> None:
    found = finding("conflict", "--measure", "62=6361788:7218625", "--measure", "66=6626159:6333731")
    assert (found["prevails"], found["passed"], found["undetermined"]) == ("66", ["66"], False)
    tie = run("conflict", "--measure", "a=5:4", "--measure", "b=5:3")
    assert "Undetermined: a and b have 5 yes votes each" in tie.stdout
    none = run("conflict", "--measure", "a=5:6", "--measure", "b=5:8")
    assert "None prevails: no measure passed." in none.stdout


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        (["a=5:4"], "a conflict needs two measures"),
        (["a=5:4", "b=5"], "the votes of b are not two counts"),
        (["a=5:4", "a=5:3"], "a is given twice"),
        (["a=5:4", "5:3"], "--measure: this is not a pair"),
        (["a=5:4", "b=7", "=5:3"], "the votes of b are not two counts"),
        (["a=5:4", "b=7", "=5:3"], "Write NAME=YES:NO."),
    ],
)
def test_measures_that_cannot_be_read_are_refused(measures: list[str], message: str) -> None:
    result = run("conflict", *(part for measure in measures for part in ("--measure", measure)))
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_rule_of_a_conflict_can_only_ask_for_what_is_given_of_a_measure() -> None:
    measures = ["--measure", "a=5:4", "--measure", "b=6:3"]
    result = run("conflict", *measures, "--rule", "yes > 50% of registered")
    assert result.exit_code == 2
    assert "--rule: the rule needs registered" in result.stderr
    assert "--registered" not in result.stderr
    assert run("conflict", *measures, "--rule", "yes >= 60% of voting").exit_code == 0


def test_what_a_vote_of_a_chain_lacks_is_asked_for_in_its_row(tmp_path: Path) -> None:
    chain = tmp_path / "chain.csv"
    chain.write_text("name,rule,yes,no\na,yes > no,5,4\n")
    assert run("chain", str(chain)).exit_code == 0
    chain.write_text("name,rule,yes,no\na,yes > 25% of registered,5,4\n")
    result = run("chain", str(chain))
    assert result.exit_code == 2
    assert "row 2: a: the rule needs registered" in result.stderr
    assert "--registered" not in result.stderr


def test_nothing_is_decided_where_nobody_is_registered_or_voted() -> None:
    none = ("--registered", "0", "--ballots", "0", "--yes", "0", "--no", "0")
    result = run("decide", "--rule", "ballots >= 50% of registered", *none)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nobody is registered" in result.stderr
    assert "no valid vote was cast" in result.stderr
