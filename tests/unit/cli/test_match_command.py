"""`referenda match` at its door: sizes of memory, bad options, JSON and words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from referenda.cli.match import match, memory_of
from referenda.errors import InputError

app = typer.Typer()
app.command()(match)

VOTERS = (
    "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
    "V1,Robert,,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active\n"
)
LINES = (
    "line_id,sheet_id,line_no,county,name,address,city,zip,date_signed\n"
    "L1,S1,1,Norden,Robert Whitfield,412 North Main Street,Elmira,90171,2026-04-01\n"
    "L2,S1,2,Norden,Zoe Quartermaine,9 Nowhere Ln,Elmira,90171,2026-04-01\n"
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "voters.csv").write_text(VOTERS, encoding="utf-8")
    (tmp_path / "lines.csv").write_text(LINES, encoding="utf-8")
    return [str(tmp_path / "lines.csv"), str(tmp_path / "voters.csv"), "--out", str(tmp_path / "out.csv")]


@pytest.mark.parametrize(("text", "size"), [("2GB", 2 << 30), ("512MiB", 512 << 20), ("1.5g", 3 << 29)])
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert memory_of(text) == size


@pytest.mark.parametrize("text", ["", "lots", "-1GB", "12KB", "100MB"])
def test_a_size_that_is_none_or_too_small_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--memory"):
        memory_of(text)


def test_the_finding_is_json_when_asked(files: list[str]) -> None:
    result = CliRunner().invoke(app, [*files, "--json"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["lines"], said["voters"], said["linked"]) == (2, 1, 1)
    assert said["statuses"] == {"accept": 1, "none": 1}
    assert said["reasons"] == {"not_registered": 1}


def test_the_finding_is_said_in_words_otherwise(files: list[str]) -> None:
    result = CliRunner().invoke(app, files)
    assert result.exit_code == 0
    assert "2 lines matched against 1 registrations" in result.stdout
    assert "no registration fits" in result.stdout


@pytest.mark.parametrize("options", [["--engine", "abacus"], ["--memory", "tiny"], ["--out", "matches.txt"]])
def test_a_bad_option_ends_with_2_and_names_itself(files: list[str], options: list[str]) -> None:
    result = CliRunner().invoke(app, [*files, *options])
    assert result.exit_code == 2
    assert options[0] in result.stderr
