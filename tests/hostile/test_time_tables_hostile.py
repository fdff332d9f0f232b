"""Tables of elections with every kind of fault: each is named with its row, all of a file at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.elections.record_value import Measured
from referenda.errors import Fault, InputError
from referenda.formats.time_table_csv import find_table, read_time_table

LEAD = Measured("margin", "D", "R", ("total",))


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def faults_of(tmp_path: Path, text: str | bytes, measured: Measured = LEAD) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read_time_table(write(tmp_path, text), measured)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,D,R,total\n1936,1,2,9\n1936,1,2,9\n", (3, "year", "this year stands in row 2 already")),
        ("date,D,R,total\n1936-11-03,1,2,9\n1936-11-03,1,2,9\n", (3, "year", "this year stands in row 2 already")),
        ("year,D,R,total\n1936,-1,2,9\n", (2, "D", "this is below zero")),
        ("year,D,R,total\n1936,one,2,9\n", (2, "D", "this is not a whole number")),
        ("year,D,R,total\n1936,1.5,2,9\n", (2, "D", "this is not a whole number")),
        ('year,D,R,total\n1936,"1,324,157",2,9\n', (2, "D", "this is not a whole number")),
        ("year,D,R,total\n36,1,2,9\n", (2, "year", "this is not a date")),
        ("year,D,R,total\n1936-13-03,1,2,9\n", (2, "year", "there is no such month")),
        ("year,D,R,total\n11/03/1936,1,2,9\n", (2, "year", "this is not a date")),
        ("year,D,R,total\n\u0661\u0669\u0663\u0666,1,2,9\n", (2, "year", "this is not a date")),
        ("year,D,R,total\n,1,2,9\n", (2, "year", "this cell is empty")),
        ("year,D,R,total\n1936,5,5,9\n", (2, "total", "total is less than D and R together, 10")),
        ("year,D,R,total\n1936,,10,9\n", (2, "total", "total is less than D and R together, 10")),
        ("year,D,R,total\n1936,1,2\n", (2, None, "this row has 3 cells, and the heading has 4")),
        ("year,D,total\n1936,1,9\n", (1, None, "there is no column R")),
        ("D,R,total\n1,2,9\n", (1, None, "the column year is missing")),
        ("year;D;R;total\n1936;1;2;9\n", (1, None, "the cells are parted by ';'")),
        ("year,D,R,total\n1936,=A1,2,9\n", (2, "D", "this is not a whole number")),
        ("year,D,R,D,total\n1936,1,2,1,9\n", (1, None, "the column D stands here twice")),
        ("year,date,D,R,total\n1936,1936-11-03,1,2,9\n", (1, None, "the column year stands here twice")),
        ("year,D,R,total\n", (None, None, "there is a heading and no election under it")),
        ("", (None, None, "the file is empty")),
        (b"year,D,R,total\n1936,1,2,9,\xff\n", (2, None, "byte 12 of this row is not UTF-8")),
        (b"PK\x03\x04", (None, None, "this is a spreadsheet or another zip archive, not a CSV file")),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, text: str | bytes, said: tuple[int | None, str | None, str]
) -> None:
    found = [(fault.row, fault.column, fault.message) for fault in faults_of(tmp_path, text)]
    assert said in found


def test_all_faults_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = "year,D,R,total\n1936,x,2,9\n1940-11-05,1,2,9\n1944,5,5,9\n1944,1,2,9\n"
    rows = [(fault.row, fault.column) for fault in faults_of(tmp_path, text)]
    assert rows == [(2, "D"), (3, "year"), (4, "total"), (5, "year")]


def test_a_column_that_is_not_there_is_named_with_the_one_that_was_perhaps_meant(tmp_path: Path) -> None:
    text = "year,yes,no,cast\n1936,1,2,9\n"
    found = faults_of(tmp_path, text, Measured("margin", "yess", "against", ("cst",)))
    assert [(fault.message, fault.remedy) for fault in found] == [
        ("there is no column yess", "Did you mean yes?"),
        ("there is no column against", "Its other columns: yes, no, cast."),
        ("there is no column cst", "Did you mean cast?"),
    ]


def test_years_and_days_in_one_file_are_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "year,D,R,total\n1936,1,2,9\n1940,1,2,9\n1944-11-07,1,2,9\n")
    assert (fault.row, fault.message) == (4, "some rows have a year and some a day")


@pytest.mark.parametrize("name", ["year", "Date", "notes", "d", "D"])
def test_a_column_of_counts_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    measured = Measured("margin", "D", name)
    (*_, fault) = faults_of(tmp_path, "year,D,R\n1936,1,2\n", measured)
    assert (name, "this cannot be a column of counts here") == (fault.value, fault.message)


def test_a_name_that_is_no_table_and_no_file_is_refused_with_the_table_meant() -> None:
    with pytest.raises(InputError, match="Did you mean us-president-california"):
        find_table("us-president-californa")
