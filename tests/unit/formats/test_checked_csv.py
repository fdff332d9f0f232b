"""A CSV of checked lines, batch by batch: what it means, and every fault with its row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from referenda.errors import Fault, InputError
from referenda.forecasting.validity import CheckedBatch
from referenda.formats.checked_csv import read_checked


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "checked.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(tmp_path: Path, text: str) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read_checked(write(tmp_path, text), as_of=date(2026, 3, 1))
    assert all(fault.file and fault.remedy for fault in caught.value.faults)
    return list(caught.value.faults)


def test_lines_and_valid_are_enough(tmp_path: Path) -> None:
    assert [CheckedBatch(500, 380)] == read_checked(write(tmp_path, "lines,valid\n500,380\n"))


def test_all_that_may_be_known_of_a_batch_is_read(tmp_path: Path) -> None:
    text = "County,Circulator,Date,Lines,Valid,Duplicates,Random\nAlder,,2026-02-01,500,380,3,yes\n,C 7,,40,31,,\n"
    assert [
        CheckedBatch(500, 383, "Alder", None, date(2026, 2, 1), 3, random=True),
        CheckedBatch(40, 31, None, "C 7"),
    ] == read_checked(write(tmp_path, text))


def test_a_second_signature_is_valid_standing_alone(tmp_path: Path) -> None:
    (batch,) = read_checked(write(tmp_path, "lines,valid,duplicates\n100,70,5\n"))
    assert (batch.valid, batch.duplicates) == (75, 5)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("100,101,,,,", "valid", "more lines are valid than were checked (100)"),
        ("100,98,3,,,", "duplicates", "with the valid ones these are more than the lines checked (100)"),
        ("0,0,,,,", "lines", "this batch has no lines"),
        ("100,-1,,,,", "valid", "this is below zero"),
        ("100,0.8,,,,", "valid", "this is not a whole number"),
        ("1e999,5,,,,", "lines", "this is not a whole number"),
        ("100,nan,,,,", "valid", "this is not a whole number"),
        (",80,,,,", "lines", "this cell is empty"),
        ("100,80,,,2026-03-02,", "date", "this lies after the day of the forecast, 2026-03-01"),
        ("100,80,,,2.3.2026,", "date", "this is not a date"),
        ("100,80,,,,perhaps", "random", "this is neither yes nor no"),
        ("100,80,,C 7,,yes", "random", "lines of one circulator are no random draw from all"),
    ],
)
def test_a_fault_is_named_with_its_row_and_column(tmp_path: Path, row: str, column: str, said: str) -> None:
    (fault,) = faults_of(tmp_path, f"lines,valid,duplicates,circulator,date,random\n200,150,,,,\n{row}\n")
    assert (3, column, said) == (fault.row, fault.column, fault.message)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "lines,valid,date\n100,101,2027-01-01\n100,x,\n50,60,\n")
    assert [(fault.row, fault.column) for fault in faults] == [(2, "valid"), (2, "date"), (3, "valid"), (4, "valid")]


def test_a_date_may_lie_anywhere_where_no_day_of_the_forecast_is_given(tmp_path: Path) -> None:
    (batch,) = read_checked(write(tmp_path, "lines,valid,date\n100,80,2999-01-01\n"))
    assert date(2999, 1, 1) == batch.on
