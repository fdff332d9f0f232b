"""Tables of elections through time: which columns are read, in which order, and which tables are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.elections.record_value import Measured
from referenda.formats.time_table_csv import OWN_TABLES, find_table, read_time_table

LEAD = Measured("margin", "D", "R", ("total",))


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode())
    return path


def test_columns_that_no_question_names_are_not_read(tmp_path: Path) -> None:
    table = read_time_table(write(tmp_path, "year,D,R,total,others,Place\n1936,1,2,9,x,=B2\n"), LEAD)
    assert table.elections[0].counts == {"D": 1, "R": 2, "total": 9}


def test_elections_are_put_in_the_order_of_time(tmp_path: Path) -> None:
    text = "\ufeffDate,D,R,total,Note,Source\r\n2003-10-07,1,2,9,recall,a page\r\n1998-11-03,,2,,,\r\n"
    table = read_time_table(write(tmp_path, text), LEAD)
    assert [str(each.moment) for each in table.elections] == ["1998-11-03", "2003-10-07"]
    assert [(each.note, each.source) for each in table.elections] == [("", ""), ("recall", "a page")]
    assert table.elections[0].counts == {"D": None, "R": 2, "total": None}


def test_the_distance_of_elections_is_what_is_said_else_what_is_usual(tmp_path: Path) -> None:
    path = write(tmp_path, "year,D,R,total\n1932,1,2,9\n1936,1,2,9\n1940,1,2,9\n1948,1,2,9\n")
    assert [(read_time_table(path, LEAD, every=every).every) for every in (None, 8)] == [4, 8]
    assert [len(read_time_table(path, LEAD, every=every).gaps) for every in (None, 8)] == [1, 0]


def test_a_table_is_called_by_its_path_where_it_has_no_other_name(tmp_path: Path) -> None:
    path = write(tmp_path, "year,D,R,total\n1932,1,2,9\n")
    assert [read_time_table(path, LEAD).name, read_time_table(path, LEAD, name="x").name] == [str(path), "x"]


@pytest.mark.parametrize("name", OWN_TABLES)
def test_a_table_that_is_here_is_found_by_its_name(name: str) -> None:
    file, measured = find_table(name)
    assert measured is not None
    assert len(read_time_table(file, measured).elections) >= 24


def test_of_a_file_nothing_is_assumed(tmp_path: Path) -> None:
    path = write(tmp_path, "year,D,R,total\n")
    assert find_table(str(path)) == (path, None)
