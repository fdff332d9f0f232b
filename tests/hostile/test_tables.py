"""A CSV table that somebody else made: whatever is wrong with it is said, with row, column, value and remedy."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from referenda.errors import Fault, InputError
from referenda.formats.tables import MAX_BYTES, Column, Table, read_table

COLUMNS = (
    Column("county"),
    Column("raw_count", "integer", aliases=("raw",)),
    Column("share", "number", required=False, default=Fraction(1)),
)
TOO_LONG = "No count is so large; check whether two numbers ran together."
GOOD = "county,raw_count\nKern,10\n"


def read(tmp_path: Path, data: bytes | str) -> Table:
    path = tmp_path / "counties.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(path, columns=COLUMNS, what="county")


def faults_of(tmp_path: Path, data: bytes | str) -> list[Fault]:
    with pytest.raises(InputError) as caught:
        read(tmp_path, data).settle()
    assert all(fault.file and fault.file.endswith("counties.csv") for fault in caught.value.faults)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        b"\n\ncounty,raw_count\n\n,\n Kern , 10 \n\n",
        b"RAW,County\n10,Kern",
        b'"county","raw_count"\n"Kern","10"\n',
    ],
)
def test_the_same_table_is_read_in_every_usual_dress(tmp_path: Path, data: bytes) -> None:
    table = read(tmp_path, data)
    table.settle()
    (row,) = table
    assert (row.text("county"), row.integer("raw_count"), row.number("share")) == ("Kern", 10, 1)


def test_exact_numbers_and_empty_cells(tmp_path: Path) -> None:
    table = read(tmp_path, "county,raw_count,share\nBasel,1,1/2\nBern,2,0.1\nZug,3,\n")
    table.settle()
    assert [row.number("share") for row in table] == [Fraction(1, 2), Fraction(1, 10), 1]


def test_a_cell_may_hold_a_comma_a_line_end_and_a_quotation_mark(tmp_path: Path) -> None:
    table = read(tmp_path, 'county,raw_count\n"Kern, ""the""\nvalley",1\nInyo,2\n')
    table.settle()
    assert [(row.line, row.text("county")) for row in table] == [(2, 'Kern, "the"\nvalley'), (3, "Inyo")]


def test_a_line_separator_of_typographers_is_part_of_its_cell(tmp_path: Path) -> None:
    table = read(tmp_path, "county,raw_count\nKe\u2028rn\x0b\x0c,1\n")
    table.settle()
    assert len(table) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b" \n\r\n", "the file is empty"),
        (b"county,raw_count\n", "there is a heading and no county under it"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-16-be"), "UTF-16 without a mark"),
        (GOOD.encode("utf-32"), "UTF-"),
        (b"PK\x03\x04rest of a workbook", "a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"county,raw_count\nKern\x00,1\n", "not text at all"),
        (b"county;raw_count\nKern;1\n", "the cells are parted by ';'"),
        (b"county\traw_count\nKern\t1\n", "the cells are parted by a tab"),
    ],
)
def test_a_file_that_is_no_table_is_named_for_what_it_is(tmp_path: Path, data: bytes, message: str) -> None:
    (fault,) = faults_of(tmp_path, data)
    assert message in fault.message
    assert fault.remedy


def test_every_row_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, b"county,raw_count\nZ\xfcrich,1\nKern,1\nGen\xe8ve,2\n")
    assert [(fault.row, fault.message) for fault in faults] == [
        (2, "byte 2 of this row is not UTF-8"),
        (4, "byte 4 of this row is not UTF-8"),
    ]


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="the file cannot be read"):
            read_table(path, columns=COLUMNS, what="county")


def test_a_file_above_64_mebibytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than 64 MiB"):
        read_table(path, columns=COLUMNS, what="county")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without an end here")
def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="larger than 64 MiB"):
        read_table(Path("/dev/zero"), columns=COLUMNS, what="county")


def test_every_fault_of_the_heading_is_said_with_those_of_the_cells(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "county,raw_cuont,,county\nKern,5,,x\n,1,2,\n")
    said = [(fault.row, fault.column, fault.message, fault.remedy) for fault in faults]
    assert said == [
        (1, None, "this column is not known", "Did you mean raw_count?"),
        (1, None, "column 3 has no heading", "Name it or take it out."),
        (1, None, "the column county stands here twice", "Keep one."),
        (1, None, "the column raw_count is missing", "Add raw_count to the heading."),
        (3, "county", "this cell is empty", "Write the county."),
    ]


@pytest.mark.parametrize(
    ("cell", "message", "remedy"),
    [
        ("-5", "this is below zero", "Counts begin at 0; check its sign."),
        ("ten", "this is not a whole number", "Write digits only."),
        ("1.5", "this is not a whole number", "Write digits only."),
        ('"1,234,567"', "this is not a whole number", "Write 1234567."),
        ("1'234", "this is not a whole number", "Write 1234."),
        ("1 234", "this is not a whole number", "Write 1234."),
        ("1e3", "this is not a whole number", "Write digits only."),
        ("٣", "this is not a whole number", "Write digits only."),
        ("9" * 19, "this number has more than 18 digits", TOO_LONG),
        (
            "9" * 5000,
            "this number has more than 18 digits",
            TOO_LONG,
        ),
        ("", "this cell is empty", "Write the raw_count."),
        ("NaN", "this is not a whole number", "Write digits only."),
    ],
)
def test_a_cell_that_is_no_count_is_named(tmp_path: Path, cell: str, message: str, remedy: str) -> None:
    (fault,) = faults_of(tmp_path, f"county,raw_count\nInyo,3\nKern,{cell}\n")
    assert (fault.row, fault.column, fault.message, fault.remedy) == (3, "raw_count", message, remedy)
    if cell:
        assert fault.value == cell.strip('"')[:80]


@pytest.mark.parametrize("cell", ["-1", "half", "1/0", "1e-1", "9" * 40, "inf"])
def test_a_cell_that_is_no_share_is_named(tmp_path: Path, cell: str) -> None:
    (fault,) = faults_of(tmp_path, f"county,raw_count,share\nKern,1,{cell}\n")
    assert (fault.row, fault.column) == (2, "share")
    assert fault.remedy


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1:A9)", "=A1&A2"])
def test_a_formula_where_a_name_belongs_is_named(tmp_path: Path, cell: str) -> None:
    (fault,) = faults_of(tmp_path, f"county,raw_count\nInyo,3\n{cell},1\n")
    assert (fault.row, fault.column, fault.value) == (3, "county", cell)
    assert fault.message == "this is a formula of a spreadsheet"
    assert fault.remedy


def test_a_cell_that_is_too_long_is_said_to_be_too_long(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, f"county,raw_count\nInyo,3\n{'K' * 200_000},1\n")
    assert (fault.row, fault.message, fault.remedy) == (3, "a cell has more than 131,072 characters", "Shorten it.")


def test_rows_too_long_and_too_short_are_named(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "county,raw_count\nKern\nInyo,1\nLake,1,234\n")
    assert [(fault.row, fault.message) for fault in faults] == [
        (2, "this row has 1 cells, and the heading has 2"),
        (4, "this row has 3 cells, and the heading has 2"),
    ]
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("data", "row", "message"),
    [
        ('county,raw_count\nInyo,1\n"Kern,2\nLake,3\n', 3, "a quotation mark is never closed"),
        ('county,raw_count\n"Kern,2\n' + "Lake,3\n" * 40_000, 2, "a quotation mark is never closed"),
        ('county,raw_count\n"Kern"s,2\nLake,3\n', 2, "a quotation mark stands inside a cell"),
    ],
)
def test_a_quotation_mark_out_of_place_is_named(tmp_path: Path, data: str, row: int, message: str) -> None:
    (fault,) = faults_of(tmp_path, data)
    assert (fault.row, fault.message) == (row, message)


def test_a_row_that_stands_twice_is_named_with_the_first(tmp_path: Path) -> None:
    table = read(tmp_path, "county,raw_count\nSan  Benito,1\nInyo,2\nSAN BENITO,3\n")
    table.require_distinct("county")
    with pytest.raises(InputError, match="row 4, column county: this county stands in row 2 already") as caught:
        table.settle()
    assert len(caught.value.faults) == 1


def test_faults_come_in_the_order_of_the_rows_and_the_rest_are_counted(tmp_path: Path) -> None:
    table = read(tmp_path, "county,raw_count\n" + "Kern,x\n" * 80)
    table.fault("this is ours", row=table.rows[0])
    with pytest.raises(InputError) as caught:
        table.settle()
    faults = caught.value.faults
    assert len(faults) == 51
    assert [fault.row for fault in faults[:3]] == [2, 2, 3]
    assert faults[-1].message == "31 more faults were found"
