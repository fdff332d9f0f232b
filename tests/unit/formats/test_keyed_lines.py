"""Keyed lines: their identities, what is refused and what is only told, and that nobody's name is in a message."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.formats.keyed_lines import NAMED, read_keyed_lines

SECTIONS = {"000123": 8, "000124": 3}
HEAD = "section,line_no,name,address,city,zip,date_signed\n"


def keyed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path):
    return read_keyed_lines(path, county="Alder", sections=SECTIONS)


def faults(path: Path):
    with pytest.raises(InputError) as error:
        read(path)
    return error.value.faults


def test_a_line_is_named_by_its_section_and_its_number_there(tmp_path):
    found = read(
        keyed(tmp_path, HEAD + '000123,07,"Ruiz, Ana",1 Elm St,Alder,90001,2026-03-01\n000124,1,Bo,2 Elm,,,\n')
    )
    assert found.table["identity"].to_pylist() == ["000123/7", "000124/1"]
    assert found.table["line_no"].to_pylist() == [7, 1]
    assert found.table["name"].to_pylist() == ["Ruiz, Ana", "Bo"]
    assert found.table["county"].to_pylist() == ["Alder", "Alder"]
    assert found.table["given_id"].to_pylist() == [None, None]
    assert found.notes == ()


def test_parquet_gives_the_same_as_csv(tmp_path):
    rows = {"sheet_id": ["000123", "000124"], "line_no": pa.array([7, 1], pa.int32()), "name": ["Ana", None]}
    table = pa.table({**rows, "address": ["1 Elm", "2 Elm"], "zip": ["90001", ""], "line_id": ["L1", "000124/1"]})
    pq.write_table(table, tmp_path / "lines.parquet")
    text = "line_id,section,line_no,name,address,zip\nL1,000123,7,Ana,1 Elm,90001\n,000124,1,,2 Elm,\n"
    assert read(tmp_path / "lines.parquet").table.equals(read(keyed(tmp_path, text)).table)
    assert read(tmp_path / "lines.parquet").table["given_id"].to_pylist() == ["L1", None]


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path):
    text = "county,line_id,section,line_no,name,address\n"
    text += "Birch,,000123,1,a,b\n"  # another county
    text += ",000123/3,000123,2,a,b\n"  # another line
    text += ",,000999,1,a,b\n"  # not counted in
    text += ",,no name,1,a,b\n"  # no section can have this name
    text += ",,000124,4,a,b\n"  # the section has three
    text += ",,000124,0,a,b\n,,000124,1a,a,b\n"  # no numbers
    text += f",,000124,1,{'x' * 501},b\n"  # too long
    text += ",,000124,2,a,b\n,,000124,02,a,b\n"  # twice
    found = {(fault.row, fault.column) for fault in faults(keyed(tmp_path, text))}
    assert found == {
        (2, "county"), (3, "line_id"), (4, "section"), (5, "section"), (6, "line_no"), (7, "line_no"), (8, "line_no"),
        (9, "name"), (11, "line_no"),
    }  # fmt: skip


def test_of_each_fault_the_first_rows_are_named_and_the_others_counted(tmp_path):
    text = HEAD + "".join(f"000999,{number},a,b,,,\n" for number in range(1, 41))
    found = faults(keyed(tmp_path, text))
    assert [fault.row for fault in found] == [*range(2, 2 + NAMED), None]
    assert found[-1].message.startswith("30 more rows")


def test_no_message_holds_what_a_signer_wrote(tmp_path):
    secret = "Zebulon Quist"
    text = HEAD + f"000999,1,{secret},{secret},{secret},{secret},{secret}\n000123,1,{secret * 40},b,,,{secret}\n"
    assert secret not in str([str(fault) for fault in faults(keyed(tmp_path, text))])
    ragged = faults(keyed(tmp_path, HEAD + f"000123,1,{secret}\n"))
    assert secret not in str(ragged[0]) and ragged[0].row == 2


def test_what_is_no_fault_is_told(tmp_path):
    text = "section,line_no,name,address,date_signed,phone\n000123,1,,,3/1/26,5\n000123,2,Ana,1 Elm,2026-03-01,6\n"
    assert read(keyed(tmp_path, text)).notes == (
        "1 lines have a date of signing that is not written year-month-day",
        "1 lines have neither name nor address",
        "columns that are not read: phone",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("section,line_no,name\n", "column is missing"),
        (HEAD, "no line under it"),
        ("section,sheet_id,line_no,name,address\n1,1,1,a,b\n", "stands here twice"),
        (HEAD + '000123,1,"Ana,1 Elm,,,\n', "this row has 3 cells"),
    ],
)
def test_a_file_that_is_no_table_of_lines_is_refused(tmp_path, text, why):
    with pytest.raises(InputError, match=why):
        read(keyed(tmp_path, text))


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_bytes(HEAD.encode() + b"000123,1,Pe\xf1a,1 Elm,,,\n")
    with pytest.raises(InputError, match="cannot be read as a table"):
        read(path)
    (tmp_path / "lines.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="cannot be read as a table"):
        read(tmp_path / "lines.parquet")
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.csv")


def test_a_file_of_another_countys_lines_is_told_in_one_sentence(tmp_path):
    text = "county,section,line_no,name,address\nBirch,000123,1,a,b\nBirch,000123,2,a,b\n"
    [fault] = faults(keyed(tmp_path, text))
    assert (fault.message, fault.value, fault.row) == ("every line is of another county", "Birch", None)
    assert "the office of Alder" in str(fault.remedy)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("section;line_no;name;address\n000123;1;a;b\n", "the cells are parted by ';'"),
        ("section\tline_no\tname\taddress\n", "the cells are parted by a tab"),
        ("", "the file is empty"),
        (HEAD + "000123,1,A\0B,1 Elm,,,\n", "this holds the sign NUL"),
    ],
    ids=["semicolons", "tabs", "nothing", "NUL"],
)
def test_a_file_that_is_no_list_of_lines_is_refused_in_one_sentence(tmp_path, text, words):
    [fault] = faults(keyed(tmp_path, text))
    assert words in fault.message
    assert fault.file is not None
