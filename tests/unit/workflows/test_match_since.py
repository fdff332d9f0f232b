"""Lines that came yesterday keep their answer today, unless a registration that could be theirs has changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.formats.voter_file import open_voter_file
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.linkage.key_arrays import build_index
from referenda.synth.place import make_place
from referenda.workflows.import_voters import import_voters
from referenda.workflows.match_lines import MatchReport, match_lines

VOTER_HEADING = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status"
LINE_HEADING = "line_id,sheet_id,line_no,county,name,address,city,zip,date_signed"
VOTERS = """
V01,María,,Rojas,,1993,Camino Real,,Elmira,90171,Norden,2012-03-01,active
V02,Robert,James,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
V03,Susan,K,Whitfield,,412,N Main St,,Elmira,90171,Norden,2010-01-01,active
V04,Omar,,Haddad,,15,Elm St,,Farside,95501,Norden,2011-02-02,active
V05,Lucille,,Okonkwo,,640,Pine St,,Stonefield,90222,Norden,2011-02-02,active
V06,Gwendolyn,,Abernathy,,5120,Sunset Blvd,,Stonefield,90222,Norden,2009-02-02,active
V07,Imogen,,Vanderbrook,,18,Quarry Rd,,Stonefield,90222,Norden,2016-08-09,active
V08,Petra,,Lindqvist,,2300,Harbor Dr,,Stonefield,90222,Norden,2014-05-01,active
V09,Harold,,Castellanos,,77,Oak Ave,,Elmira,90171,Norden,1999-01-01,active
"""
YESTERDAY = """
a1,S1,1,Norden,Maria Rojas,1993 Camino Real,Elmira,90171,2026-04-01
a2,S1,2,Norden,Bob Whitfeild,412 N Main St,Elmira,90171,2026-04-01
"""
TODAY = """
b1,S2,1,Norden,Omar Haddad,15 Elm St,Farside,95501,2026-04-02
b2,S2,2,Norden,Gwendolin Abernethy,5120 Sunset Blvd,Stonefield,90222,2026-04-02
"""
AGAIN = "b3,S2,3,Norden,Bob Whitfeild,412 N Main St,Elmira,90171,2026-04-02\n"


@pytest.fixture
def engine() -> Iterator[DuckdbEngine]:
    engine = DuckdbEngine(memory="512MB")
    yield engine
    engine.close()


class Office:
    """A folder with snapshots, lines and answers."""

    def __init__(self, folder: Path, engine: DuckdbEngine) -> None:
        self.folder, self.engine = folder, engine
        self.old = self.snapshot("old", VOTERS)

    def snapshot(self, name: str, rows: str) -> Path:
        file = self.folder / f"{name}.csv"
        file.write_text(f"{VOTER_HEADING}\n{rows.strip()}\n", encoding="utf-8")
        import_voters(open_voter_file([file]), self.folder / name, make_keys=build_index)
        return self.folder / name

    def match(self, name: str, rows: str, voters: Path | None = None, **options: Path) -> MatchReport:
        file = self.folder / f"{name}-lines.csv"
        file.write_text(f"{LINE_HEADING}\n{rows.strip()}\n", encoding="utf-8")
        return match_lines(file, voters or self.old, self.answer(name), engine=self.engine, **options)

    def answer(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


@pytest.fixture
def office(tmp_path: Path, engine: DuckdbEngine) -> Office:
    return Office(tmp_path, engine)


def test_an_answer_that_goes_on_is_byte_for_byte_the_one_made_anew_while_the_share_of_clean_lines_stays(
    office: Office,
) -> None:
    office.match("yesterday", YESTERDAY)
    report = office.match("on", YESTERDAY + TODAY, since=office.answer("yesterday"))
    whole = office.match("anew", YESTERDAY + TODAY)
    assert (report.kept, whole.kept) == (2, 0)
    assert report.clean_share == report.clean_share_now == whole.clean_share == 0.5
    assert office.answer("on").read_bytes() == office.answer("anew").read_bytes()


def test_nothing_but_the_share_of_clean_lines_differs_from_matching_all_anew(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    place = make_place(tmp_path / "place", voters=12_000, lines=1_000, seed=8, channel="ocr")
    voters, half = tmp_path / "voters", tmp_path / "half.parquet"
    import_voters(open_voter_file([place.voters]), voters, make_keys=build_index)
    pq.write_table(pq.read_table(place.lines).slice(0, 500), half)
    first, empty, on, anew = (tmp_path / f"{name}.parquet" for name in ("first", "empty", "on", "anew"))
    match_lines(half, voters, first, engine=engine)
    pq.write_table(pq.read_table(first).slice(0, 0), empty)  # Only its share of clean lines is left.
    report = match_lines(place.lines, voters, on, engine=engine, since=first)
    match_lines(place.lines, voters, anew, engine=engine, since=empty)
    assert report.kept > 450
    assert report.clean_share != report.clean_share_now
    assert on.read_bytes() == anew.read_bytes()


def test_a_share_of_clean_lines_that_changed_is_told_and_the_earlier_one_is_used(office: Office) -> None:
    office.match("yesterday", YESTERDAY)
    report = office.match("on", YESTERDAY + AGAIN, since=office.answer("yesterday"))
    assert (report.clean_share, report.clean_share_now) == (0.5, 0.3333)


def test_a_line_that_repeats_a_signer_of_yesterday_is_found(office: Office) -> None:
    office.match("yesterday", YESTERDAY)
    office.match("on", YESTERDAY + TODAY + AGAIN, since=office.answer("yesterday"))
    rows = {row["line_id"]: row for row in pq.read_table(office.answer("on")).to_pylist()}
    assert rows["b3"]["duplicate_of"] == "a2"


def test_a_line_that_was_corrected_is_matched_again(office: Office) -> None:
    office.match("yesterday", YESTERDAY + TODAY)
    corrected = (YESTERDAY + TODAY).replace("Gwendolin Abernethy", "Lucille Okonkwo").replace("5120 Sunset", "640 Pine")
    report = office.match("on", corrected.replace("Blvd", "St"), since=office.answer("yesterday"))
    rows = {row["line_id"]: row for row in pq.read_table(office.answer("on")).to_pylist()}
    assert report.kept == 3
    assert rows["b2"]["voter_id"] == "V05"


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("Okonkwo,,640,Pine St,,Stonefield,90222,Norden,2011-02-02,active",
         "Okonkwo,,640,Pine St,,Stonefield,90222,Norden,2011-02-02,cancelled",
         "c1,S,1,Norden,Lucille Okonkwo,640 Pine St,Stonefield,90222,2026-04-02", ("V05", "cancelled")),
        ("V05,Lucille,,Okonkwo", "V99,Ezekiel,,Thornbury",
         "c1,S,1,Norden,Ezekiel Thornbury,640 Pine St,Stonefield,90222,2026-04-02", ("V99", None)),
        ("V09,Harold,,Castellanos,,77", "V09,Harold,,Castellanos,,99",
         "c1,S,1,Norden,Harold Castellanos,99 Oak Ave,Elmira,90171,2026-04-02", ("V09", None)),
        ("V05,Lucille,,Okonkwo", "V99,Ezekiel,,Cobb",
         "c1,S,1,Norden,Ezekiel Cubb,460 Pime St,Stonefield,90222,2026-04-02", ("V99", None)),
    ],
    ids=["the status changed", "a voter came and another went", "a voter moved", "one came whom only a walk finds"],
)  # fmt: skip
def test_with_a_newer_voter_file_the_lines_that_it_concerns_are_matched_again_and_the_others_are_not(
    office: Office, before: str, after: str, line: str, expected: tuple[str, str | None]
) -> None:
    petition = YESTERDAY + TODAY + line
    office.match("old", petition)
    new = office.snapshot("new", VOTERS.replace(before, after))
    report = office.match("on", petition, new, since=office.answer("old"), voters_before=office.old)
    office.match("anew", petition, new)
    rows = pq.read_table(office.answer("on")).to_pylist()
    assert (rows[-1]["voter_id"], rows[-1]["reason"]) == expected
    assert 0 < report.kept < 5
    shown = ("line_id", "voter_id", "status", "duplicate_of")
    anew = pq.read_table(office.answer("anew"), columns=list(shown)).to_pylist()
    assert [{name: row[name] for name in shown} for row in rows] == anew


def test_a_newer_voter_file_needs_the_snapshot_of_the_earlier_answer(office: Office) -> None:
    office.match("old", YESTERDAY)
    new = office.snapshot("new", VOTERS.replace("Haddad", "Hadad"))
    with pytest.raises(InputError, match="--voters-before"):
        office.match("on", YESTERDAY, new, since=office.answer("old"))
    with pytest.raises(InputError, match="not the snapshot that the earlier answer was made with"):
        office.match("on", YESTERDAY, new, since=office.answer("old"), voters_before=new)


def test_an_answer_that_cannot_be_continued_is_refused_for_what_it_is(office: Office, tmp_path: Path) -> None:
    office.match("old", YESTERDAY)
    table = tmp_path / "table.csv"
    table.write_text("line_id,voter_id\na1,V01\n", encoding="utf-8")
    other = tmp_path / "other.parquet"
    pq.write_table(
        pq.read_table(office.answer("old")).replace_schema_metadata({"referenda.match": '{"format": "x"}'}), other
    )
    for file, said in ((table, "not an answer that a match can continue"), (other, "made by another version")):
        with pytest.raises(InputError, match=said):
            office.match("on", YESTERDAY, since=file)
        assert not list(tmp_path.glob("*on.parquet*"))


def test_a_petition_goes_on_from_no_lines_at_all_and_may_lose_all_of_them(office: Office) -> None:
    office.match("none", "")
    report = office.match("some", YESTERDAY, since=office.answer("none"))
    assert (report.lines, report.kept) == (2, 0)
    assert office.match("none-again", "", since=office.answer("some")).lines == 0


def test_lines_that_say_the_same_are_matched_once_and_repeat_one_signer(office: Office) -> None:
    rows = list(csv.reader(YESTERDAY.strip().splitlines()))
    many = "\n".join(",".join([f"x{n}", *rows[1][1:]]) for n in range(5))
    report = office.match("equal", many)
    answer = pq.read_table(office.answer("equal")).to_pylist()
    assert report.equal == 4
    assert {row["voter_id"] for row in answer} == {"V02"}
    assert [row["duplicate_of"] for row in answer] == [None, "x0", "x0", "x0", "x0"]
