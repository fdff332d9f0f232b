"""`referenda vote what-if`: what it says to people and to programs, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from referenda.cli.app import app

CSV = "unit,registered,ballots,yes,no\nUri,200,90,50,31\nZug,100,66,20,45\n"


@pytest.fixture
def votes(tmp_path: Path) -> str:
    file = tmp_path / "votes.csv"
    file.write_text(CSV, encoding="utf-8")
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["vote", "what-if", *arguments])


def finding(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_state_left_out_turns_the_popular_vote() -> None:
    result = run("--table", "us-president", "--year", "2016", "--without", "California")
    assert result.exit_code == 0
    assert "+2,868,519" in result.stdout
    assert "-1,401,459" in result.stdout
    assert "What if: without California" in result.stdout


def test_the_keys_that_people_script_against(votes: str) -> None:
    found = finding(votes, "--without", "Uri", "--rule", "ballots >= 50% of registered and yes > no")
    assert set(found) == {"table", "changes", "before", "after"}
    assert found["before"]["margin"]["votes"] == -6
    assert found["after"]["margin"]["votes"] == -25
    assert found["before"]["rules"][0]["passed"] is False
    assert found["before"]["rules"][0]["fewest_yes"] == {"yes": 76, "ballots": 150, "registered": 300}


def test_every_change_is_made(votes: str) -> None:
    found = finding(
        votes, "--unit", "Uri: yes=60, no=30", "--weight", "Zug=1/2", "--turnout", "yes=50%", "--stay-home", "no=10%",
        "--swing", "yes=10%",
    )  # fmt: skip
    # Uri 60, 30 -> 30, 27 -> 36, 21; Zug 20, 45 -> 10, 41 -> 15, 36.
    assert found["after"]["votes"] == {"yes": 51, "no": 57}
    assert found["after"]["weight_carried"] == {"yes": "1", "no": "0.5"}
    assert len(found["changes"]) == 5


def test_another_margin_may_be_asked_for(votes: str) -> None:
    assert finding(votes, "--margin", "no:yes")["before"]["margin"]["votes"] == 6


def test_the_words_say_what_would_turn_it_and_how_each_rule_comes_out(votes: str) -> None:
    result = run(votes, "--rule", "yes > 50% of voting", "--rule", "yes >= 25% of registered")
    assert "4 votes that go from no to yes would put yes ahead; 2.0548 points in every unit alike" in result.stdout
    assert "Units without which yes would be ahead: Zug." in result.stdout
    assert "Reading of “voting”: valid failed; ballots failed (chosen: valid)" in result.stdout
    assert "25 % of registered: yes 70; 25 % of 300 is 75: missed by 5 votes  ← the rule" in result.stdout
    assert "The fewest yes votes that can pass: 75 (25 % of 300 registered), of 75 ballots" in result.stdout


def test_words_of_a_file_are_not_obeyed(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("unit,[bold]yes,no\n[red]Uri[/red],5,3\nZug,1,0\n", encoding="utf-8")
    result = run(str(file), "--without", "[red]Uri[/red]")
    assert result.exit_code == 0
    assert "[bold]yes" in result.stdout
    assert "without [red]Uri[/red]" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), ["a table is needed"]),
        (("--table", "us-president"), ["one election for each year"]),
        (("--table", "us-president", "--year", "2015"), ["no election of this year"]),
        (("--table", "us-presidnet", "--year", "2016"), ["Did you mean us-president"]),
        (("FILE", "--table", "us-president"), ["two tables"]),
        (("FILE", "--year", "2016"), ["a file has no years"]),
        (("FILE", "--margin", "yes"), ["this is not a pair"]),
        (("FILE", "--margin", "yes:nay"), ["--margin", "no choice of this name"]),
        (
            ("FILE", "--unit", "yes=5", "--unit", "Uri: yes=five", "--weight", "Uri"),
            ["names no unit", "digits", "pair"],
        ),
        (("FILE", "--unit", "Uri: yes=five", "--without", "Zugg"), ["digits", "Did you mean Zug"]),
        (("FILE", "--unit", "Uri: yes=5", "--unit", "Uri: no=5"), ["given twice"]),
        (("FILE", "--stay-home", "no=150%", "--rule", "yes >"), ["no more than all", "rule"]),
        (("FILE", "--without", "Urii", "--swing", "yes=200"), ["Did you mean Uri", "0 to 100"]),
        (("FILE", "--swing", "1.5"), ["this is not a pair"]),
    ],
)
def test_what_is_wrong_is_said_at_once(votes: str, arguments: tuple[str, ...], said: list[str]) -> None:
    result = run(*(votes if each == "FILE" else each for each in arguments))
    assert result.exit_code == 2
    assert [each for each in said if each not in result.stderr] == []
