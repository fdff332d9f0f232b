"""`referenda forecast decision`: what it says to people and to programs, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from referenda.cli.forecast_decision import COMMANDS

COUNTS = """county,raw_count,sample_size,checked,valid_in_sample,duplicates_in_sample
Yuba,3720,500,500,307,8
Napa,20000,600,300,220,0
Inyo,20000,600,0,0,0
"""
FAST = ["--draws", "1000", "--on", "2022-01-01"]


def run(path: Path, *arguments: str, place: str = "us/ca") -> Result:
    app = typer.Typer()
    app.command()(COMMANDS["decision"])
    return CliRunner().invoke(app, [place, str(path), *FAST, *arguments])


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    return path


def finding(path: Path, *arguments: str, place: str = "us/ca") -> Any:
    result = run(path, *arguments, "--json", place=place)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_json_gives_chances_work_limits_and_counties(counts: Path) -> None:
    found = finding(counts, "--requirement", "29000")
    assert sum(found["decisions"].values()) == pytest.approx(1)
    assert found["work"]["full_check"]["lines"] == 900 + 3220 + 19_400 + 19_400
    assert found["work"]["full_check"]["days"] == pytest.approx(42_920 * 2 / 60 / 7)
    assert [limit["signatures"] for limit in found["limits"]] == [27_550, 31_901]
    assert found["counties"][2]["share_of_variance"] > found["counties"][0]["share_of_variance"] == 0
    assert list(found["projected"]) == ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"]


def test_a_forecast_is_kept_in_the_case_whose_petition_it_is(counts: Path, tmp_path: Path) -> None:
    from referenda.assembly import law_of, open_store
    from referenda.workflows.load_cases import load_case

    url = str(tmp_path / "cases.db")
    store = open_store(url)
    load_case(store, "us-ca-15-0037", law_of)
    more = ["--case", "us-ca-15-0037", "--store", url]
    assert "that of us-ca-15-0037 is 365880" in run(counts, "--requirement", "29000", *more).output
    kept = finding(counts, "--requirement", "365880", *more)["kept"]
    [event] = store.read("us-ca-15-0037", kept["position"])
    store.close()
    assert (event.data["question"], event.data["outcomes"]["insufficient"]) == ("decision", "1.0000")
    assert event.data["inputs"]["counties"][1]["checked"] == 300
    assert event.data["inputs"]["priors"]["verification"] == {"duplicates_between_counties": "0.5"}


def test_the_same_seed_gives_the_same_bytes(counts: Path) -> None:
    one, same = (run(counts, "--requirement", "29000", "--seed", "3", "--json").stdout for _ in range(2))
    assert one == same


def test_the_words_name_chance_work_limits_and_counties(counts: Path) -> None:
    said = run(counts, "--requirement", "29000", "--minutes-per-line", "1.5").stdout
    assert "With 900 lines of the sample still to be checked" in said
    assert "1.5 minutes a line and 7 hours a day" in said
    assert "27,550 signatures for full check: the 2 counties not finished must come to 25,649, 64.1 % of" in said
    assert said.index("Inyo ") < said.index("Napa ")


def test_a_finished_sample_says_its_decision_and_no_chance(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(COUNTS.splitlines()[:2]) + "\n", encoding="utf-8")
    said = run(path, "--requirement", "2100").stdout
    assert "The sample is checked, and decides: insufficient: the petition fails." in said
    assert "%" not in said.split("Limit")[0]


def test_a_page_is_written_whole(counts: Path, tmp_path: Path) -> None:
    page = tmp_path / "decision.html"
    result = run(counts, "--requirement", "29000", "--html", str(page))
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert "What the rest must do" in text
    assert "Inyo" in text


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS.replace("600,300,220", "600,700,220"), encoding="utf-8")
    result = run(path, "--requirement", "0", "--minutes-per-line", "-1", "--hours-per-day", "25")
    assert result.exit_code == 2
    for said in ("--requirement", "--minutes-per-line", "--hours-per-day", "row 3, column checked"):
        assert said in result.stderr
    assert result.stdout == ""


def test_names_from_the_file_are_text(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS.replace("Inyo", "[bold]<b>Inyo\x1b[31m"), encoding="utf-8")
    page = tmp_path / "decision.html"
    result = run(path, "--requirement", "29000", "--html", str(page))
    assert result.exit_code == 0, result.output
    assert "[bold]<b>Inyo" in result.stdout
    assert "\x1b" not in result.stdout
    assert "<b>Inyo" not in page.read_text("utf-8")


def test_washington_decides_between_certifying_and_checking_all(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(f"{COUNTS.splitlines()[0]}\nState,200000,8000,3000,2500,1\n", encoding="utf-8")
    found = finding(path, "--requirement", "160000", place="us/wa")
    assert list(found["decisions"]) == ["full_check", "sufficient"]
    assert found["limits"] == []
