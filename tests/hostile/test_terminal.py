"""Names and texts of others on the terminal: markup is shown as it stands, and nothing drives the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.app import app

# What somebody wrote, and what stands on the terminal.
NAMES = [
    ("[red]x[/]", "[red]x[/]"),
    ("[/]", "[/]"),
    ("[bold", "[bold"),
    ("[link]y[/link]", "[link]y[/link]"),
    ("\\[x]", "\\[x]"),
    ("\\", "\\"),
    ("Yu\x1b]0;owned\x07ba", "Yu\N{REPLACEMENT CHARACTER}]0;owned"),
    ("a\x9b31mb", "a\N{REPLACEMENT CHARACTER}31mb"),
]
COUNTS = "county,raw_count,sample_size,valid_in_sample,duplicates_in_sample\n"
LAW = """
place: {id: xx/lakeland, name: "[/]Lake[red]land", instruments: [{name: ordinance, words: "[/]Ordinance"}]}
sources: [{cite: "[/]Charter", title: "[/]Title", url: "[/]", standing: read}]
parameters:
  - name: circulation_days
    unit: days
    about: "[/]Days"
    values: [{value: 90, cite: "[/]Charter § 1", note: "[/]note"}]
  - name: motto
    unit: text
    about: "[/]Motto"
    values: [{value: "[/]text", cite: "[/]Charter § 1"}]
formulas:
  - name: requirement
    about: "[/]Needed"
    steps:
      - {name: requirement, is: circulation_days * 2, about: "[/]about", cite: "[/]Charter § 2", reading: question}
  - name: sample_size
    about: "[/]Sampled"
    inputs: [raw_count]
    steps: [{name: sample_size, is: raw_count / 2, about: "[/]half", cite: "[/]Charter § 2"}]
readings:
  - name: question
    question: "[/]Question?"
    alternatives: [{name: one, about: "[/]one"}, {name: two, about: "[/]two"}]
    chosen: one
    because: "[/]Because"
    cite: "[/]Charter § 2"
clocks:
  - {name: filing_deadline, starts: received_date, days: circulation_days, about: "[/]File", cite: "[/]Charter § 3"}
procedures:
  - name: ordinance
    about: "[/]Life"
    stages: [{name: received, about: "[/]Received"}]
    deeds:
      - {event: MeasureReceived, actor: proponents, from: start, to: received, dates: received_date, about: "[/]In",
         cite: "[/]Charter § 4"}
      - {event: TitleIssued, actor: clerk, from: received, about: "[/]Named", cite: "[/]Charter § 5"}
coverage: [{topic: "[/]topic", state: not, confidence: low, about: "[/]about"}]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})


def plainly(result: Result) -> str:
    """Give what was written, which holds no control character but line ends."""
    assert result.exit_code == 0, result.output
    assert [c for c in result.output if not c.isprintable() and c != "\n"] == []
    return result.output


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_the_name_of_a_county_is_shown_as_it_stands(tmp_path: Path, name: str, shown: str) -> None:
    counties = tmp_path / "[red].csv"
    counties.write_text(f"{COUNTS}{name},3720,500,307,2\nYuba,8,8,5,0\n", encoding="utf-8")
    amend = tmp_path / "amend.csv"
    amend.write_text(f"county,duplicates_in_sample\n{name},8\n", encoding="utf-8")
    words = ("petition", "project", "us/ca", counties, "--requirement", 1900, "--on", "2014-09-12", "--amend", amend)
    assert plainly(run(*words)).count(shown) >= 2
    assert json.loads(run(*words, "--json").stdout)["counties"][0]["county"] == name


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_the_names_of_units_votes_and_measures_are_shown_as_they_stand(tmp_path: Path, name: str, shown: str) -> None:
    units = tmp_path / "units.csv"
    units.write_text(f"unit,yes,no\n{name},2,1\nB,1,2\n", encoding="utf-8")
    assert shown in plainly(run("vote", "decide", "--rule", "units_carried >= 1", "--units", units))
    chain = tmp_path / "chain.csv"
    chain.write_text(f"name,rule,hangs_on,yes,no\n{name},yes > no,,2,1\nB,yes > no,{name},,\n", encoding="utf-8")
    assert shown in plainly(run("vote", "chain", chain))
    assert shown in plainly(run("vote", "conflict", "--measure", f"{name}=2:1", "--measure", "B=3:1"))


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_a_fault_names_cell_and_file_without_driving_the_terminal(tmp_path: Path, name: str, shown: str) -> None:
    counties = tmp_path / "[x]\x1b[31m.csv"
    counties.write_text(f"{COUNTS}{name},one,500,307,{name}\n", encoding="utf-8")
    result = run("petition", "project", "us/ca", counties, "--requirement", 1)
    assert result.exit_code == 2
    assert [c for c in result.output if not c.isprintable() and c != "\n"] == []
    assert repr(name) in result.stderr


@pytest.fixture
def lakeland(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "xx" / "lakeland"
    place.mkdir(parents=True)
    (place / "place.yaml").write_text(LAW, encoding="utf-8")
    monkeypatch.setenv("REFERENDA_LAW", str(tmp_path))
    monkeypatch.setenv("REFERENDA_STORE", str(tmp_path / "cases.db"))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("places",),
        ("show", "xx/lakeland"),
        ("show", "xx/lakeland", "motto"),
        ("show", "xx/lakeland", "question"),
        ("show", "xx/lakeland", "motto", "--on", "1900-01-01"),
        ("explain", "xx/lakeland", "requirement"),
        ("explain", "xx/lakeland", "sample_size"),
        ("explain", "xx/lakeland", "circulation_days"),
        ("explain", "xx/lakeland", "filing_deadline"),
        ("requirement", "xx/lakeland", "ordinance"),
        ("calendar", "xx/lakeland", "ordinance", "--event", "received_date=2020-01-01"),
        ("coverage", "xx/lakeland"),
        ("check", "xx/lakeland"),
    ],
    ids=" ".join,
)
def test_the_law_of_a_place_is_shown_as_it_stands(lakeland: Path, words: tuple[str, ...]) -> None:
    assert "[/]" in plainly(run("law", *words))


def test_steps_of_a_sample_size_are_shown_as_they_stand(lakeland: Path) -> None:
    assert "[/]half" in plainly(run("petition", "sample-size", "xx/lakeland", 100))


def test_a_case_is_shown_as_it_stands(lakeland: Path) -> None:
    words = ("--received", "2020-01-02", "--title", "[/]T\x1b[31m", "--proponent", "[/]P\x9b")
    assert "[/]T" in plainly(run("case", "open", "xx/lakeland", "ordinance", "xx-1", *words))
    for command in ("show", "deadlines", "may"):
        assert "[/]" in plainly(run("case", command, "xx-1"))
    assert "[/]T" in plainly(run("case", "list"))


def test_a_name_of_a_file_that_is_not_utf_8_can_be_told_as_json() -> None:
    result = run("petition", "project", "us/ca", "\udcff.csv", "--requirement", 1, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["faults"][0]["file"]) == (2, "\udcff.csv")


def test_a_place_that_cannot_be_written_to_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("demo", "--out", tmp_path / "file" / "folder")
    assert result.exit_code == 2
    assert "file/folder" in result.stderr.replace("\\", "/")
    assert "Traceback" not in result.stderr
