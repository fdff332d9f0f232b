"""`referenda explain-match` tells why a line was matched as it was, and says plainly what it was not given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from referenda.cli.app import app
from referenda.cli.usage import run

VOTERS = """voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status
V01,Robert,James,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
V02,Susan,K,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
"""
LINES = """line_id,sheet_id,line_no,county,name,address,city,zip,date_signed
L1,S1,1,Norden,Bob Whitfeld,412 North Main Street,Elmira,90171,2026-04-01
"""


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "v.csv").write_text(VOTERS, encoding="utf-8")
    (folder / "l.csv").write_text(LINES, encoding="utf-8")
    told(["voters", "import", str(folder / "v.csv"), "--out", str(folder / "snap")])
    told(["match", str(folder / "l.csv"), str(folder / "snap"), "--out", str(folder / "m.parquet")])
    return folder


def told(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        run(app, arguments)
    return int(left.value.code or 0)


def asked(folder: Path, *more: str) -> int:
    return told(["explain-match", *(str(folder / name) for name in ("l.csv", "snap", "m.parquet")), *more])


def test_the_fields_are_told_in_words_with_the_heaviest_first(
    matched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert asked(matched, "--line", "L1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    best = found["candidates"][0]
    words = {field["field"]: field["words"] for field in best["explanation"]["fields"]}
    weights = [abs(field["weight"]) for field in best["explanation"]["fields"]]
    assert best["voter_id"] == "V01"
    assert (words["given name"], words["surname"]) == ("one is a nickname of the other", "one slip apart")
    assert weights == sorted(weights, reverse=True)


def test_any_registration_can_be_compared_with_the_line(matched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert asked(matched, "--line", "L1", "--voter", "V02") == 0
    shown = capsys.readouterr().out
    assert "Voter V02" in shown
    assert "all together" in shown


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--line", "L9"), "this line is not in the answer"),
        (("--line", "L1", "--voter", "V99"), "there is no such voter in the snapshot"),
    ],
)
def test_a_line_or_voter_that_is_not_there_is_named(
    matched: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], words: str
) -> None:
    assert asked(matched, *more) == 2
    assert words in " ".join(capsys.readouterr().err.split())
