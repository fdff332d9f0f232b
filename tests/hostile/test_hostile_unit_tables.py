"""Tables of units that are wrong: every fault is said with its row, and nothing is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.formats.unit_table_csv import read_unit_table


def faults_of(path: Path, text: str | bytes) -> list[str]:
    file = path / "votes.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        read_unit_table(file)
    return [f"{fault.row} {fault.column}: {fault.message}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("unit,yes,no\n", "no unit under it"),
        ("unit,yes\nUri,5\n", "two choices"),
        ("unit,yes,yes\nUri,5,5\n", "stands here twice"),
        ("unit,yes,YES\nUri,5,5\n", "stands here twice"),
        ("yes,no\n5,5\n", "the column unit is missing"),
        ("unit,registred,yes,no\nUri,9,5,3\n", "not known"),
        ("unit;yes;no\nUri;5;3\n", "parted by"),
        ("unit,yes,no\nUri,-5,3\n", "below zero"),
        ("unit,yes,no\nUri,5.5,3\n", "not a whole number"),
        ('unit,yes,no\nUri,"5,000",3\n', "not a whole number"),
        ("unit,yes,no\nUri,٥,3\n", "not a whole number"),
        ("unit,yes,no\nUri,,3\n", "this cell is empty"),
        ("unit,yes,no\n,5,3\n", "this cell is empty"),
        ("unit,yes,no\nUri,5\n", "2 cells"),
        ("unit,yes,no\nUri,5,3\nuri ,5,3\n", "stands in row 2 already"),
        ("unit,yes,no\nUri,9999999999999999999,3\n", "more than 18 digits"),
        ("unit,yes,no\n=A1,5,3\n", "formula"),
        ("unit,ballots,yes,no\nUri,7,5,3\n", "its ballots are 7"),
        ("unit,registered,yes,no\nUri,7,5,3\n", "7 are registered"),
        ("unit,yes,no\nUri,5,3\nZug,1,2\nTOTAL,6,5\n", "would count every vote twice"),
        ("unit,yes,no\nUri,5,3\nZug,1,2\nSwitzerland,6,5\n", "would count every vote twice"),
        ("unit,yes,no,total\nUri,5,3,8\n", "column holds totals"),
        ("unit,yes,no,Valid votes\nUri,5,3,8\n", "column holds totals"),
        ("unit,ballots,yes,no,invalid\nUri,9,5,3,2\n", "votes and invalid make 10, and ballots is 9"),
        (b"unit,yes,no\nUr\xff,5,3\n", "not UTF-8"),
        (b"PK\x03\x04unit", "spreadsheet"),
        ('unit,yes,no\n"Uri,5,3\n', "never closed"),
    ],
)
def test_a_fault_is_said(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, text))


def test_all_faults_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = "unit,ballots,yes,no\nUri,7,5,3\nZug,x,1,2\nBern,9,-1,2\nUri,9,1,1\n"
    assert faults_of(tmp_path, text) == [
        "2 ballots: the votes of Uri make 8, and its ballots are 7",
        "3 ballots: this is not a whole number",
        "4 yes: this is below zero",
        "5 unit: this unit stands in row 2 already",
    ]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_unit_table(tmp_path / "none.csv")
