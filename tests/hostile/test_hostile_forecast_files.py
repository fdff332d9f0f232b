"""Files for forecasts that are not what they are said to be: refused with the row and the reason, never half-read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referenda.errors import Fault, InputError
from referenda.formats.counties_csv import read_raw_counts
from referenda.formats.past_votes_csv import read_past_votes
from referenda.formats.polls_csv import read_polls

Reader = Callable[[Path], Any]
AS_OF = date(2017, 1, 26)
POLLS = "end_date,sample_size,yes,no,undecided\n2017-01-20,500,0.32,0.53,0.15\n2017-01-10,1000,0.3,0.6,0.1\n"
VOTES = (
    "name,date,registered,ballots,yes,no,invalid\nA,2012-11-06,1000,700,300,350,50\nB,2014-11-04,1000,500,300,190,10\n"
)
COUNTS = "county,raw_count\nYuba,3720\nKern,61000\n"
READERS: dict[str, tuple[Reader, str]] = {
    "polls": (lambda path: read_polls(path, as_of=AS_OF), POLLS),
    "past votes": (lambda path: read_past_votes(path, as_of=AS_OF), VOTES),
    "raw counts": (lambda path: read_raw_counts(path, place_name="California"), COUNTS),
}
NUMBERS = {"polls": ("sample_size", 1), "past votes": ("yes", 4), "raw counts": ("raw_count", 1)}
DAYS = {"polls": 0, "past votes": 1}
NO_NUMBERS = ["NaN", "inf", "-inf", "1e999", "=1+1", "\u0661", "½", "1_000", "9" * 400, "-1", ""]
NO_DAYS = ["2017-02-30", "30.1.2017", "2017-1-1", "20170120", "=TODAY()", "2017-01-27", "0000-01-01", ""]
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
@pytest.mark.parametrize(
    "day", ["2017-02-30", "30.1.2017", "2017-1-1", "20170120", "=TODAY()", "2017-01-27", "0000-01-01"]
)
def test_a_day_that_is_none_or_has_not_come_is_named_with_its_row(kind, day, tmp_path):
    faults = refused(kind, replaced(kind, 2, DAYS[kind], day), tmp_path)
    assert {fault.row for fault in faults} == {2}
    assert all(fault.remedy for fault in faults)


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
