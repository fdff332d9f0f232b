"""A small petition against a small roll: who is proposed, who goes to a person, and why a line could not count."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.workflows.match_lines import MatchReport, _numbered, match_lines

VOTER_HEADING = (
    "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status"
)  # fmt: skip
LINE_HEADING = "line_id,sheet_id,line_no,county,name,address,city,zip,date_signed"

VOTERS = """
V01,María Teresa,,Rojas Ortega,,1993,Camino Real,,Elmira,90171,Norden,2012-03-01,active
V02,Robert,James,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
V03,Susan,K,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
V04,Wen Qiang,D,Deng,,934,N Valley Blvd,12,Elmira,90171,Norden,2018-05-05,active
V05,Harold,,Castellanos,Sr,77,Oak Ave,,Elmira,90171,Norden,1999-01-01,active
V06,Harold,,Castellanos,Jr,77,Oak Ave,,Elmira,90171,Norden,2015-01-01,active
V07,Imogen,Ruth,Vanderbrook,,18,Quarry Rd,,Stonefield,90222,Norden,2016-08-09,cancelled
V08,Petra,,Lindqvist,,2300,Harbor Dr,,Stonefield,90222,Norden,2026-05-01,active
V09,Omar,,Haddad,,15,Elm St,,Farside,95501,Sutton,2011-02-02,active
V10,Lucille,,Okonkwo,,640,Pine St,,Stonefield,90222,Norden,2011-02-02,inactive
V11,Gwendolyn,,Abernathy,,5120,Sunset Blvd,,Stonefield,90222,Norden,2009-02-02,active
"""
LINES = """
plain,S1,1,Norden,MARIA TERESA ROJAS-ORTEGA,1993 Camino Real,Elmira,90171,2026-04-01
nickname,S1,2,Norden,Bob Whitfield,412 North Main Street,Elmira,90171,2026-04-01
relative,S1,3,Norden,Timothy Whitfield,412 N Main St,Elmira,90171,2026-04-01
parted,S1,4,Norden,"Deng, Wen Qiang",934 N. Valley Blvd #12,Elmira,90171,2026-04-01
senior,S1,5,Norden,Harold Castellanos Sr,77 Oak Ave,Elmira,90171,2026-04-01
namesake,S1,6,Norden,Harold Castellanos,77 Oak Ave,Elmira,90171,2026-04-01
cancelled,S2,1,Norden,Imogen R Vanderbrook,18 Quarry Rd,Stonefield,90222,2026-04-01
too-new,S2,2,Norden,Petra Lindqvist,2300 Harbor Dr,Stonefield,90222,2026-04-01
elsewhere,S2,3,Norden,Omar Haddad,15 Elm St,Farside,95501,2026-04-01
inactive,S2,4,Norden,Lucille Okonkwo,640 Pine St,Stonefield,90222,2026-04-01
slip,S2,5,Norden,Gwendolin Abernethy,5120 Sunset Blvd,Stonefield,90222,2026-04-03
again,S2,6,Norden,Gwendolyn Abernathy,5120 Sunset Blvd,Stonefield,90222,2026-04-02
stranger,S2,7,Norden,Zebulon Quartermaine,9 Nowhere Ln,Stonefield,90222,2026-04-01
stranger-again,S3,1,Norden,Zebulon Quartermain,9 Nowhere Ln,Stonefield,90222,2026-04-02
blank,S2,9,Norden,,,Stonefield,90222,2026-04-01
"""


@pytest.fixture
def engine() -> Iterator[DuckdbEngine]:
    engine = DuckdbEngine(memory="512MB")
    yield engine
    engine.close()


def written(folder: Path, name: str, heading: str, rows: str) -> Path:
    file = folder / name
    file.write_text(f"{heading}\n{rows.strip()}\n", encoding="utf-8")
    return file


@pytest.fixture
def answer(tmp_path: Path, engine: DuckdbEngine) -> tuple[MatchReport, dict[str, dict[str, object]]]:
    voters, lines = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS), written(tmp_path, "l.csv", LINE_HEADING, LINES)
    report = match_lines(lines, voters, tmp_path / "out.parquet", engine=engine)
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    return report, {str(row["line_id"]): row for row in rows}


def test_every_line_has_one_row_in_the_order_of_the_file(answer: tuple[MatchReport, dict]) -> None:
    assert list(answer[1]) == [
        row["line_id"] for row in csv.DictReader(f"{LINE_HEADING}\n{LINES.strip()}".splitlines())
    ]
    assert answer[0].lines == 15
    assert answer[0].voters == 11


@pytest.mark.parametrize(
    ("line", "voter"),
    [
        ("plain", "V01"), ("nickname", "V02"), ("parted", "V04"), ("senior", "V05"), ("cancelled", "V07"),
        ("too-new", "V08"), ("elsewhere", "V09"), ("inactive", "V10"), ("slip", "V11"), ("again", "V11"),
    ],
)  # fmt: skip
def test_the_voter_is_proposed_through_slips_nicknames_and_parted_names(
    answer: tuple[MatchReport, dict], line: str, voter: str
) -> None:
    row = answer[1][line]
    assert (row["voter_id"], row["score"] >= 0.5) == (voter, True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("plain", None), ("cancelled", "cancelled"), ("too-new", "registered_after"), ("elsewhere", "other_county"),
        ("inactive", "inactive"), ("slip", "duplicate"), ("stranger", "not_registered"), ("blank", "incomplete"),
        ("stranger-again", "duplicate"),
    ],
)  # fmt: skip
def test_the_reason_says_why_a_line_could_not_count(
    answer: tuple[MatchReport, dict], line: str, reason: str | None
) -> None:
    assert answer[1][line]["reason"] == reason


def test_only_lines_with_nothing_against_them_are_accepted(answer: tuple[MatchReport, dict]) -> None:
    accepted = {name for name, row in answer[1].items() if row["status"] == "accept"}
    assert "plain" in accepted
    assert all(answer[1][name]["reason"] is None for name in accepted)


def test_a_relative_who_is_not_registered_is_not_accepted(answer: tuple[MatchReport, dict]) -> None:
    assert answer[1]["relative"]["status"] != "accept"
    assert answer[1]["relative"]["score"] < 0.5


def test_father_and_son_without_a_suffix_go_to_a_person_and_both_are_named(answer: tuple[MatchReport, dict]) -> None:
    row = answer[1]["namesake"]
    assert row["status"] == "review"
    assert {row["voter_id"], row["runner_up"]} == {"V05", "V06"}


def test_the_earliest_of_two_lines_by_one_signer_is_the_first_by_date(answer: tuple[MatchReport, dict]) -> None:
    assert answer[1]["slip"]["duplicate_of"] == "again"
    assert answer[1]["again"]["duplicate_of"] is None
    assert answer[1]["stranger-again"]["duplicate_of"] == "stranger"


def test_the_same_files_give_the_same_bytes_whatever_the_memory_and_the_threads(tmp_path: Path) -> None:
    voters, lines = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS), written(tmp_path, "l.csv", LINE_HEADING, LINES)
    outs = []
    for threads, memory in ((1, 256 << 20), (2, 4 << 30)):
        engine = DuckdbEngine(memory="512MB", threads=threads)
        out = tmp_path / f"out{threads}.csv"
        match_lines(lines, voters, out, engine=engine, memory_bytes=memory)
        engine.close()
        outs.append(out.read_bytes())
    assert outs[0] == outs[1]


def test_a_day_given_stands_for_a_date_of_signing_that_is_missing(tmp_path: Path, engine: DuckdbEngine) -> None:
    voters = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS)
    lines = written(tmp_path, "l.csv", LINE_HEADING, "a,S,1,Norden,Petra Lindqvist,2300 Harbor Dr,Stonefield,90222,")
    out = tmp_path / "out.parquet"
    match_lines(lines, voters, out, engine=engine)
    assert pq.read_table(out)["reason"].to_pylist() == [None]
    match_lines(lines, voters, out, engine=engine, as_of=date(2026, 1, 1))
    assert pq.read_table(out)["reason"].to_pylist() == ["registered_after"]


def test_an_empty_petition_and_an_empty_roll_are_matched_too(tmp_path: Path, engine: DuckdbEngine) -> None:
    voters, lines = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS), written(tmp_path, "l.csv", LINE_HEADING, LINES)
    nobody, nothing = written(tmp_path, "v0.csv", VOTER_HEADING, ""), written(tmp_path, "l0.csv", LINE_HEADING, "")
    assert match_lines(nothing, voters, tmp_path / "a.parquet", engine=engine).lines == 0
    report = match_lines(lines, nobody, tmp_path / "b.parquet", engine=engine)
    assert report.statuses == {"none": 15}


def test_every_missing_column_is_named(tmp_path: Path, engine: DuckdbEngine) -> None:
    voters = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS)
    lines = written(tmp_path, "l.csv", "line_id,sheet_id,name", "a,S,Petra Lindqvist")
    with pytest.raises(InputError) as raised:
        match_lines(lines, voters, tmp_path / "out.parquet", engine=engine)
    columns = [fault.column for fault in raised.value.faults]
    assert columns == ["line_no", "county", "address", "city", "zip", "date_signed"]
    assert not list(tmp_path.glob("*out*"))


def test_an_id_that_stands_twice_is_refused_with_its_row(tmp_path: Path, engine: DuckdbEngine) -> None:
    voters = written(tmp_path, "v.csv", VOTER_HEADING, VOTERS)
    rows = "a,S,1,Norden,A B,1 Elm St,E,90171,\na,S,2,Norden,C D,2 Elm St,E,90171,\n,S,3,Norden,E F,3 Elm St,E,90171,"
    lines = written(tmp_path, "l.csv", LINE_HEADING, rows)
    with pytest.raises(InputError) as raised:
        match_lines(lines, voters, tmp_path / "out.parquet", engine=engine)
    assert [(fault.row, fault.value) for fault in raised.value.faults] == [(4, None), (3, "a")]


def test_lines_without_a_sheet_lend_one_another_no_neighbourhood() -> None:
    numbers = _numbered(pa.chunked_array([["S1", "", "S1", "", "S2"]]))
    assert numbers[0] == numbers[2]
    assert len(set(numbers.tolist())) == 4


RELATIVES = """
V21,Marguerite,Anne,Delacroix,,8,Mill Rd,,Elmira,90171,Norden,2010-01-01,active
V22,Bartholomew,,Yarborough,Jr,31,Lake Dr,,Elmira,90171,Norden,2010-01-01,active
V23,Philippa,Jane,Winterbourne,,56,Hill St,,Elmira,90171,Norden,2010-01-01,active
V24,Cornelius,,Featherstone,,700,Park Pl,,Elmira,90171,Norden,2010-01-01,active
"""
PERHAPS_RELATIVES = """
initial,S1,1,Norden,M Delacroix,8 Mill Rd,Elmira,90171,2026-04-01
suffix,S1,2,Norden,Bartholomew Yarborough Sr,31 Lake Dr,Elmira,90171,2026-04-01
middle,S1,3,Norden,Philippa T Winterbourne,56 Hill St,Elmira,90171,2026-04-01
plain,S1,4,Norden,Cornelius Featherstone,700 Park Pl,Elmira,90171,2026-04-01
"""


def test_a_person_looks_where_a_relative_of_the_voter_could_have_written_the_line(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    voters = written(tmp_path, "v.csv", VOTER_HEADING, RELATIVES)
    lines = written(tmp_path, "l.csv", LINE_HEADING, PERHAPS_RELATIVES)
    match_lines(lines, voters, tmp_path / "out.parquet", engine=engine)
    status = {row["line_id"]: row["status"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    assert status == {"initial": "review", "suffix": "review", "middle": "review", "plain": "accept"}
