import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.output import busy
from referenda.cli.petition import app

HEADING = "county,raw_count,sample_size,valid_in_sample,duplicates_in_sample\n"


@pytest.fixture
def counties(tmp_path: Path) -> Path:
    path = tmp_path / "counties.csv"
    path.write_text(f"{HEADING}Yuba,3720,500,307,2\nAlpine,8,8,5,0\n")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def project(counties: Path, *words: object) -> Result:
    return run("project", "us/ca", counties, "--requirement", 1900, "--on", "2014-09-12", *words)


def test_the_finding_is_json_with_the_keys_that_people_script_against(counties: Path) -> None:
    result = project(counties, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found)[:5] == ["counties", "projected_valid", "decision", "estimate", "readings"]
    assert (found["projected_valid"], found["decision"]) == (2194, "sufficient")


def test_words_for_people_say_number_decision_limits_and_why(counties: Path) -> None:
    result = project(counties)
    assert result.exit_code == 0
    for words in ("Yuba", "2,194", "sufficient", "above 110 percent", "Elec. Code § 9030(g)", "decides nothing"):
        assert words in result.stdout


def test_an_amendment_is_applied_before_counting_and_named(counties: Path, tmp_path: Path) -> None:
    amend = tmp_path / "amend.csv"
    amend.write_text("county,duplicates_in_sample\nYuba,8\n")
    found = json.loads(project(counties, "--amend", amend, "--json").stdout)
    assert found["projected_valid"] == 1906
    assert found["amendments"] == [{"county": "Yuba", "column": "duplicates_in_sample", "from": 2, "to": 8}]
    assert "2 → 8" in project(counties, "--amend", amend).stdout


def test_an_insufficient_petition_is_a_finding_and_not_an_error(counties: Path) -> None:
    result = run("project", "us/ca", counties, "--requirement", 3000, "--json")
    assert (result.exit_code, json.loads(result.stdout)["decision"]) == (0, "insufficient")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--on", "tomorrow"), "this is not a date"),
        (("--reading", "half_even"), "NAME=VALUE"),
        (("--reading", "no_such=half_even"), "no reading of this name"),
        (("--instrument", "statut"), "Did you mean statute?"),
        (("--confidence", "1.5"), "confidence"),
        (("--amend", "missing.csv"), "cannot be read"),
    ],
)
def test_a_wrong_option_is_refused_with_exit_code_2(counties: Path, words: tuple[str, ...], said: str) -> None:
    result = project(counties, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_an_unknown_place_is_refused_with_a_suggestion(counties: Path) -> None:
    result = run("project", "us/cal", counties, "--requirement", 1900)
    assert result.exit_code == 2
    assert "Did you mean us/ca" in result.stderr


def test_every_fault_of_a_file_is_said_and_stands_in_the_json(counties: Path) -> None:
    counties.write_text(f"{HEADING}Yuba,3720,500,501,2\nyuba,8,9,5,0\n")
    result = project(counties, "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["kind"] == "input"
    assert [(fault["row"], fault["column"]) for fault in error["faults"]] == [
        (2, "valid_in_sample"),
        (3, "sample_size"),
        (3, "county"),
    ]
    assert result.stderr.count("error: ") == 3


def test_names_of_counties_are_shown_as_they_are(counties: Path) -> None:
    counties.write_text(f"{HEADING}[red]Yuba[/red],3720,500,307,2\n")
    assert "[red]Yuba[/red]" in project(counties).stdout


def test_many_counties_are_cut_to_the_largest_unless_all_are_asked_for(counties: Path) -> None:
    counties.write_text(HEADING + "".join(f"County {i:02},{3000 + i},500,307,2\n" for i in range(20)))
    assert "The 12 largest of 20" in project(counties).stdout
    assert "County 00" not in project(counties).stdout
    assert "County 00" in project(counties, "--all").stdout


def test_the_size_of_a_sample_is_said_with_its_steps() -> None:
    result = run("sample-size", "us/ca", 24034)
    assert result.exit_code == 0
    assert "722" in result.stdout
    assert "2 CCR § 20540" in result.stdout
    assert json.loads(run("sample-size", "us/ca", 24034, "--json").stdout)["sample_size"] == 722


def test_a_negative_raw_count_is_refused() -> None:
    result = run("sample-size", "us/ca", "--json", "--", -1)
    assert result.exit_code == 2
    assert "below zero" in result.stderr


@pytest.mark.parametrize("number", ["abc", "1.5", "1e3", "5,000", "", "-5"])
def test_a_requirement_that_is_no_count_is_refused_like_any_other_count(counties: Path, number: str) -> None:
    result = run("project", "us/ca", counties, "--requirement", number, "--json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert (fault["column"], fault["value"]) == ("--requirement", number)
    assert fault["remedy"]


@pytest.mark.parametrize("level", ["abc", "0", "1", "1.5", "-0.5", "nan"])
def test_a_confidence_that_is_no_level_is_refused_with_its_option(counties: Path, level: str) -> None:
    result = project(counties, "--confidence", level, "--json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert (fault["column"], fault["value"], fault["remedy"]) == (
        "--confidence",
        level,
        "Write 0.95 for 95 percent.",
    )


def test_a_confidence_may_be_a_percentage(counties: Path) -> None:
    assert json.loads(project(counties, "--confidence", "90%", "--json").stdout)["estimate"]["confidence"] == 0.9


def test_all_that_is_wrong_with_the_options_is_said_at_once(counties: Path) -> None:
    options = ("--on", "2020-02-30", "--instrument", "zzz", "--reading", "foo=bar", "--reading", "baz=bar")
    result = run("project", "us/ca", counties, "--requirement", "x", "--confidence", "2", *options)
    assert result.exit_code == 2
    for said in ("--requirement", "--confidence", "'zzz'", "'2020-02-30'", "'foo'", "'baz'"):
        assert said in result.stderr
    assert len(result.stderr.splitlines()) == 6


def test_a_count_and_a_day_that_cannot_be_read_are_said_together() -> None:
    result = run("sample-size", "us/ca", "12x", "--on", "today", "--instrument", "zzz")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3
    assert "column" not in result.stderr


def test_counties_without_a_row_are_told_beside_the_decision(counties: Path) -> None:
    shown = project(counties).stdout
    decision, missing = shown.index("Decision"), shown.index("56 of 58 counties have no row")
    assert decision < missing < shown.index("Limit")
    assert "Notes" not in shown


def test_work_that_lasts_is_told_on_a_terminal_only_and_only_after_a_second(capfd: pytest.CaptureFixture[str]) -> None:
    with busy("Counting"):
        pass
    assert capfd.readouterr() == ("", "")
