"""Files for forecasts that are not what they are said to be: refused with the row and the reason, never half-read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referenda.errors import Fault, InputError
from referenda.formats.checked_csv import read_checked
from referenda.formats.counties_csv import read_counties_in_work, read_raw_counts
from referenda.formats.gathered_csv import read_gathered
from referenda.formats.past_votes_csv import read_past_votes
from referenda.formats.polls_csv import read_polls
from referenda.law.place import load_place
from referenda.law.sampled import sample_count

Reader = Callable[[Path], Any]
AS_OF = date(2017, 1, 26)
POLLS = "end_date,sample_size,yes,no,undecided\n2017-01-20,500,0.32,0.53,0.15\n2017-01-10,1000,0.3,0.6,0.1\n"
VOTES = (
    "name,date,registered,ballots,yes,no,invalid\nA,2012-11-06,1000,700,300,350,50\nB,2014-11-04,1000,500,300,190,10\n"
)
GATHERED = "date,total,county\n2017-01-20,5000,Yuba\n2017-01-22,9000,Yuba\n"
CHECKED = "lines,valid,county,date,duplicates\n500,380,Yuba,2017-01-20,5\n400,300,Kern,2017-01-22,0\n"
COUNTS = "county,raw_count\nYuba,3720\nKern,61000\n"
WORK = """county,raw_count,sample_size,checked,valid_in_sample,duplicates_in_sample
Yuba,3720,500,500,307,8
Napa,20000,600,300,220,0
"""
LAW = load_place("us/ca")
SAMPLE = sample_count(LAW, None, on=AS_OF, instrument="statute")
READERS: dict[str, tuple[Reader, str]] = {
    "polls": (lambda path: read_polls(path, as_of=AS_OF), POLLS),
    "past votes": (lambda path: read_past_votes(path, as_of=AS_OF), VOTES),
    "gathered": (lambda path: read_gathered(path).totals, GATHERED),
    "checked": (lambda path: read_checked(path, as_of=AS_OF), CHECKED),
    "sample in work": (lambda path: read_counties_in_work(path, count=SAMPLE, place_name="California"), WORK),
    "raw counts": (lambda path: read_raw_counts(path, place_name="California"), COUNTS),
}
NUMBERS = {
    "polls": ("sample_size", 1),
    "past votes": ("yes", 4),
    "gathered": ("total", 1),
    "checked": ("valid", 1),
    "sample in work": ("valid_in_sample", 4),
    "raw counts": ("raw_count", 1),
}
DAYS = {"polls": 0, "past votes": 1, "gathered": 0, "checked": 3}
NO_NUMBERS = ["NaN", "inf", "-inf", "1e999", "=1+1", "\u0661", "½", "1_000", "9" * 400, "-1", ""]
NO_DAYS = ["2017-02-30", "30.1.2017", "2017-1-1", "20170120", "=TODAY()", "0000-01-01"]
CELLS = [*NO_NUMBERS, *NO_DAYS, "0", "1", "0.5", "52", "2017-01-20", "yes", "Yuba", "1,234", "50%", "150%", "1/0"]
EVERY = pytest.mark.parametrize("kind", READERS)


def refused(kind: str, content: bytes | str, folder: Path) -> tuple[Fault, ...]:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        READERS[kind][0](path)
    assert all(fault.file == str(path) for fault in caught.value.faults)
    return caught.value.faults


def replaced(kind: str, row: int, column: int, cell: str) -> str:
    """Put another cell into a row of the good file; rows count from 1 and include the heading."""
    lines = READERS[kind][1].splitlines()
    cells = lines[row - 1].split(",")
    cells[column] = f'"{cell}"' if "," in cell else cell
    lines[row - 1] = ",".join(cells)
    return "\n".join(lines) + "\n"


@EVERY
def test_the_good_file_is_read_and_marks_of_a_spreadsheet_program_do_no_harm(kind, tmp_path):
    reader, good = READERS[kind]
    path = tmp_path / "file.csv"
    path.write_text(good)
    plain = reader(path)
    path.write_bytes(
        b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode() + b"," * good.split("\n")[0].count(",") + b"\r\n"
    )
    assert len(plain) == 2
    assert reader(path) == plain


@EVERY
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda good: b"", "empty"),
        (lambda good: good.split("\n")[0].encode(), "under it"),
        (lambda good: good.encode("utf-16"), "UTF-16"),
        (lambda good: good.encode("utf-16-be"), "UTF-16"),
        (lambda good: good.encode() + b"\xe9", "not UTF-8"),
        (lambda good: b"PK\x03\x04" + b"\x00" * 99, "spreadsheet"),
        (lambda good: b"%PDF-1.7", "PDF"),
        (lambda good: good.replace(",", ";").encode(), "parted by ';'"),
        (lambda good: good.encode() + b'"', "never closed"),
        (lambda good: good.encode() + b"1\n", "cells, and the heading has"),
        (lambda good: good.encode() + b"x" * 10_000_000 + b"\n", "more than 131,072 characters"),
        (lambda good: good.split(",")[0].encode() + b"," + good.encode(), "stands here twice"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_reason(kind, damage, message, tmp_path):
    said = " ".join(fault.message for fault in refused(kind, damage(READERS[kind][1]), tmp_path))
    assert message in said


@EVERY
def test_a_file_of_more_than_64_mebibytes_is_refused_before_it_is_read(kind, tmp_path):
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.truncate(70 * 2**20)
    with pytest.raises(InputError, match="larger than 64 MiB"):
        READERS[kind][0](path)


@EVERY
@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_a_cell_that_is_no_number_is_named_with_its_row_and_column(kind, cell, tmp_path):
    name, column = NUMBERS[kind]
    [fault] = refused(kind, replaced(kind, 3, column, cell), tmp_path)
    assert (fault.row, fault.column) == (3, name)
    assert fault.remedy


@pytest.mark.parametrize("kind", DAYS)
@pytest.mark.parametrize("day", NO_DAYS)
def test_a_day_that_is_none_is_named_with_its_row(kind, day, tmp_path):
    faults = refused(kind, replaced(kind, 2, DAYS[kind], day), tmp_path)
    assert {fault.row for fault in faults} == {2}
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize("kind", ["polls", "past votes", "checked"])
def test_what_was_not_known_on_the_day_of_the_forecast_is_refused(kind, tmp_path):
    [fault] = refused(kind, replaced(kind, 2, DAYS[kind], "2017-01-27"), tmp_path)
    assert fault.row == 2
    assert "2017-01-26" in fault.message


@EVERY
def test_every_fault_of_a_file_is_said_at_once(kind, tmp_path):
    bad = READERS[kind][1].splitlines()
    rows = [",".join("x" for _ in bad[0].split(",")) for _ in range(3)]
    assert {fault.row for fault in refused(kind, "\n".join([bad[0], *rows]), tmp_path)} == {2, 3, 4}


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        (2, "1.32", "not a share"),
        (2, "0.9", "make 158.0%"),
        (1, "0", "nobody was asked"),
        (2, "32", "some polls are in shares and some in percentages"),
    ],
)
def test_a_poll_that_cannot_be_is_refused(column, cell, words, tmp_path):
    assert words in " ".join(fault.message for fault in refused("polls", replaced("polls", 2, column, cell), tmp_path))


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        (3, "1001", "more than registered"),
        (4, "400", "yes and no make 750"),
        (6, "51", "yes, no and invalid make 701"),
        (0, "b", "stands in row"),
    ],
)
def test_a_past_vote_that_cannot_be_is_refused(column, cell, words, tmp_path):
    faults = refused("past votes", replaced("past votes", 2, column, cell), tmp_path)
    assert words in " ".join(fault.message for fault in faults)


@pytest.mark.parametrize(
    ("row", "column", "cell", "words"),
    [
        (3, 1, "4999", "lower than the 5,000"),
        (3, 0, "2017-01-20", "this day stands in row 2 already for Yuba"),
        (3, 2, "", "names no county"),
    ],
)
def test_totals_that_shrink_and_days_given_twice_are_refused(row, column, cell, words, tmp_path):
    [fault] = refused("gathered", replaced("gathered", row, column, cell), tmp_path)
    assert fault.row == 3
    assert words in fault.message


def test_a_county_that_is_spelled_otherwise_is_the_same(tmp_path):
    faults = refused("gathered", GATHERED + "2017-01-22,9500, yuba \n", tmp_path)
    assert [fault.message for fault in faults] == ["this day stands in row 3 already for yuba"]


@pytest.mark.parametrize("heading", ["date,county", "date,total,gathered"])
def test_gathered_signatures_are_told_in_one_way(heading, tmp_path):
    row = ",".join("2017-01-20" if name == "date" else "5" for name in heading.split(","))
    [fault] = refused("gathered", f"{heading}\n{row}\n", tmp_path)
    assert "total" in fault.message
    assert "gathered" in fault.message


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        (1, "501", "more lines are valid than were checked (500)"),
        (0, "0", "no lines"),
        (4, "121", "more than the lines checked (500)"),
        (3, "2017-01-27", "after the day of the forecast"),
    ],
)
def test_a_batch_with_more_valid_than_checked_is_refused(column, cell, words, tmp_path):
    faults = refused("checked", replaced("checked", 2, column, cell), tmp_path)
    assert words in " ".join(fault.message for fault in faults)


@pytest.mark.parametrize("kind", DAYS)
def test_forty_thousand_bad_rows_are_refused_as_fast_as_they_are_read(kind, tmp_path):
    heading = READERS[kind][1].split("\n")[0]
    row = ",".join("x" for _ in heading.split(","))
    before = process_time()
    faults = refused(kind, "\n".join([heading, *[row] * 40_000]), tmp_path)
    assert process_time() - before < 15  # looking through all faults for every row takes 25 seconds
    assert faults[-1].message.endswith("more faults were found")


@EVERY
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(content=b"\xef\xbb\xbf")
def test_no_content_whatever_does_other_than_be_read_or_refused(kind, content):
    _read_or_refused(kind, content)


@EVERY
@given(rows=st.lists(st.lists(st.sampled_from(CELLS), min_size=7, max_size=7), max_size=4))
def test_no_cell_whatever_does_other_than_be_read_or_refused(kind, rows):
    heading = READERS[kind][1].split("\n")[0]
    wide = heading.count(",") + 1
    lines = [",".join(f'"{cell}"' for cell in row[:wide]) for row in rows]
    _read_or_refused(kind, "\n".join([heading, *lines]).encode())


def _read_or_refused(kind: str, content: bytes) -> None:
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        try:
            READERS[kind][0](Path(file.name))
        except InputError as error:
            assert error.faults
            assert all(fault.message for fault in error.faults)
