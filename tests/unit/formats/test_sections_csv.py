"""Lists of sections: what they hold, and everything wrong with one at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.formats.sections_csv import read_sections
from referenda.petitions.section import Section

REASONS = ("circulator_declaration_missing", "circulator_declaration_incomplete")


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sections.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[tuple[int | None, str | int | None]]:
    with pytest.raises(InputError) as error:
        read_sections(path, county="Alder", reasons=REASONS)
    return [(fault.row, fault.column) for fault in error.value.faults]


def test_a_list_gives_each_section_with_what_the_office_keeps_of_it(tmp_path):
    text = (
        "section,lines,county,box,circulator,declaration,signed_from,signed_until,received_on,rejected\n"
        "000123,8,Alder,B 1,Ana Ruiz,complete,2026-03-01,2026-03-04,2026-07-01,\n"
        "000124,3,,,,Missing,,,,circulator_declaration_missing\n"
    )
    found = read_sections(listed(tmp_path, text), county="Alder County", reasons=REASONS)
    first = Section("000123", 8, "B 1", "Ana Ruiz", "complete", date(2026, 3, 1), date(2026, 3, 4), date(2026, 7, 1))
    second = Section("000124", 3, declaration="missing", rejected="circulator_declaration_missing")
    assert found.sections == (first, second)
    assert found.says_rejected
    assert found.rows == {"000123": 2, "000124": 3}


def test_name_and_lines_are_enough_and_a_sheet_is_a_section(tmp_path):
    found = read_sections(listed(tmp_path, "sheet_id,signatures\nS1,10\n"), county="Alder")
    assert found.sections == (Section("S1", 10),)
    assert not found.says_rejected


def test_everything_wrong_with_a_list_is_said_at_once(tmp_path):
    text = (
        "section,lines,county,declaration,signed_from,signed_until,rejected\n"
        "a b,8,Alder,complete,,,\n"
        "000124,10001,Birch,perhaps,2026-03-04,2026-03-01,no_such_reason\n"
        "000125,-1,,,4 March,,\n"
        "000125,2,,,,,\n"
    )
    assert faults(listed(tmp_path, text)) == [
        (2, "section"),
        (3, "county"),
        (3, "lines"),
        (3, "declaration"),
        (3, "rejected"),
        (3, "signed_until"),
        (4, "lines"),
        (4, "signed_from"),
        (5, "section"),
    ]


def test_a_reason_that_was_misspelled_is_named(tmp_path):
    path = listed(tmp_path, "section,lines,rejected\n1,2,circulator_declaration_mising\n")
    with pytest.raises(InputError, match="Did you mean circulator_declaration_missing"):
        read_sections(path, county="Alder", reasons=REASONS)


def test_the_sheets_of_an_invented_petition_are_taken_as_they_stand(tmp_path):
    head = {"sheet_id": ["S1", "S2"], "county": ["Alder", "Alder"], "circulator": ["C0", "C1"], "lines": [7, 8]}
    sheets = pa.table({**head, "defective": [False, True], "copied_from": ["a", "b"]})
    pq.write_table(sheets, tmp_path / "sheets.parquet")
    pyarrow.csv.write_csv(sheets, tmp_path / "sheets.csv")
    for name in ("sheets.parquet", "sheets.csv"):
        found = read_sections(tmp_path / name, county="Alder", reasons=REASONS)
        assert found.sections == (
            Section("S1", 7, circulator="C0", declaration="complete"),
            Section("S2", 8, circulator="C1", declaration="missing"),
        )
        assert not found.says_rejected
        assert found.notes == ("columns of sections that are not read: copied_from",)


def test_a_column_that_was_misspelled_is_not_passed_over(tmp_path):
    with pytest.raises(InputError, match="Did you mean rejected"):
        read_sections(listed(tmp_path, "section,lines,rejeced\nS1,1,x\n"), county="Alder", reasons=REASONS)


def test_a_list_of_another_countys_sections_is_told_in_one_sentence(tmp_path):
    path = listed(tmp_path, "section,lines,county\nS1,1,Birch\nS2,1,Cedar\n")
    with pytest.raises(InputError) as error:
        read_sections(path, county="Alder")
    [fault] = error.value.faults
    assert (fault.message, fault.value) == ("every section is of another county", "Birch, Cedar")
    assert "the office of Alder" in str(fault.remedy)


def test_a_parquet_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "sheets.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(InputError, match="this Parquet file cannot be read"):
        read_sections(path, county="Alder")
