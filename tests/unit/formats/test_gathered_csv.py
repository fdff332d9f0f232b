"""Signatures gathered by day: running totals or daily ones, by county or not, with all faults told at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.forecasting.gathering import Gathered
from referenda.formats.gathered_csv import read_gathered


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gathered.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(tmp_path: Path, text: str) -> list[tuple[int | None, str | int | None, str]]:
    with pytest.raises(InputError) as caught:
        read_gathered(write(tmp_path, text))
    assert all(fault.remedy and fault.file for fault in caught.value.faults)
    return [(fault.row, fault.column, fault.message) for fault in caught.value.faults]


def test_running_totals_are_read_in_the_order_of_their_days(tmp_path: Path) -> None:
    read = read_gathered(write(tmp_path, "Date,Total\n2026-01-20,900\n2026-01-10,400\n2026-01-31,900\n"))
    assert read.totals == (
        Gathered(date(2026, 1, 10), 400),
        Gathered(date(2026, 1, 20), 900),
        Gathered(date(2026, 1, 31), 900),
    )
    assert read.by_county == {}


def test_what_each_day_brought_is_added_up(tmp_path: Path) -> None:
    read = read_gathered(write(tmp_path, "date,gathered\n2026-01-12,7\n2026-01-10,5\n2026-01-11,0\n"))
    assert [(row.total, row.on.day) for row in read.totals] == [(5, 10), (5, 11), (12, 12)]


def test_counties_are_added_up_by_day_and_kept_apart(tmp_path: Path) -> None:
    text = "date,county,total\n2026-01-10,Kern,40\n2026-01-12,Alameda,100\n2026-01-14,KERN ,60\n"
    read = read_gathered(write(tmp_path, text))
    assert [(row.on.day, row.total) for row in read.totals] == [(10, 40), (12, 140), (14, 160)]
    assert read.by_county == {"Kern": 60, "Alameda": 100}


def test_counties_may_tell_what_each_day_brought(tmp_path: Path) -> None:
    text = "date,county,gathered\n2026-01-10,Kern,40\n2026-01-10,Alameda,10\n2026-01-11,Kern,5\n"
    read = read_gathered(write(tmp_path, text))
    assert [row.total for row in read.totals] == [50, 55]
    assert read.by_county == {"Kern": 45, "Alameda": 10}


def test_a_correction_may_be_lower(tmp_path: Path) -> None:
    text = "date,total,correction\n2026-01-10,400,\n2026-01-11,350,yes\n2026-01-12,380,no\n"
    read = read_gathered(write(tmp_path, text))
    assert [row.correction for row in read.totals] == [False, True, False]
    by_county = "date,county,total,correction\n2026-01-10,Kern,40,no\n2026-01-11,Inyo,10,\n2026-01-12,Kern,30,YES\n"
    corrected = read_gathered(write(tmp_path, by_county))
    assert [(row.total, row.correction) for row in corrected.totals] == [(40, False), (50, False), (40, True)]


def test_all_faults_are_told_with_their_rows(tmp_path: Path) -> None:
    text = (
        "date,total,correction\n"
        "2026-01-10,400,\n"
        "10.1.2026,500,\n"
        "2026-01-12,,\n"
        "2026-01-13,300,\n"
        "2026-01-13,310,\n"
        "2026-02-30,600,\n"
        '2026-01-15,"1,200",\n'
        "2026-01-16,-3,\n"
        ",700,\n"
        "2026-01-17,800,perhaps\n"
    )
    assert faults_of(tmp_path, text) == [
        (3, "date", "this is not a date"),
        (4, "total", "this cell is empty"),
        (5, "total", "this total is lower than the 400 of the day before it"),
        (6, "date", "this day stands in row 5 already"),
        (7, "date", "there is no such day"),
        (8, "total", "this is not a whole number"),
        (9, "total", "this is below zero"),
        (10, "date", "this cell is empty"),
        (11, "correction", "this is neither yes nor no"),
    ]


@pytest.mark.parametrize(
    ("text", "row", "column", "said"),
    [
        ("date,total,gathered\n2026-01-10,4,4\n", 1, None, "total and gathered both stand here"),
        ("date,county\n2026-01-10,Kern\n", 1, None, "neither total nor gathered stands here"),
        ("date,county,total\n2026-01-10,,4\n", 2, "county", "this row names no county"),
        (
            "date,county,total\n2026-01-10,Kern,4\n2026-01-10,kern,5\n",
            3,
            "date",
            "this day stands in row 2 already for kern",
        ),
        ("date,totl\n2026-01-10,4\n", 1, None, "this column is not known"),
        ("date,total\n", None, None, "there is a heading and no day under it"),
        ("", None, None, "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_counted_is_told_why(
    tmp_path: Path, text: str, row: int | None, column: str | None, said: str
) -> None:
    assert (row, column, said) in faults_of(tmp_path, text)


def test_a_county_that_shrinks_is_told_though_the_sum_grows(tmp_path: Path) -> None:
    text = "date,county,total\n2026-01-10,Kern,40\n2026-01-11,Kern,30\n2026-01-11,Inyo,500\n"
    assert faults_of(tmp_path, text) == [(3, "total", "this total is lower than the 40 of the day before it")]
