"""Petition lines that were damaged or written by a hostile hand: every fault at once, with its row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.formats.voter_file import open_voter_file
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.workflows.check_lines import LONGEST_CELL, CheckedLines, check_lines
from referenda.workflows.match_lines import match_lines

HEADING = "line_id,sheet_id,line_no,county,name,address,city,zip,date_signed\n"
GOOD = "L{n},S1,{n},Norden,Ana Ruiz,12 Oak St,Elmira,90001,2026-04-01\n"
VOTERS = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
VOTER = "V{n},Ana,,Ruiz,,{n},Oak St,,Elmira,90001,Norden,2015-03-01,active\n"


def checked(folder: Path, content: str | bytes, name: str = "lines.csv") -> CheckedLines:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_lines(path, folder / "clean.parquet")


def refusal(folder: Path, content: str | bytes) -> list[tuple[int | None, str]]:
    with pytest.raises(InputError) as caught:
        checked(folder, content)
    assert [path.name for path in folder.iterdir()] == ["lines.csv"]
    return [(fault.row, fault.message) for fault in caught.value.faults]


def test_all_that_makes_a_file_unfit_is_told_at_once_with_its_rows(tmp_path: Path) -> None:
    rows = [GOOD.format(n=n).encode() for n in range(12)]
    rows[2] = rows[2].replace(b"Ruiz", "Núñez".encode("latin-1"))
    rows[4] = b"L4,S1,4,Norden\n"
    rows[5] = rows[5].strip() + b",more\n"
    rows[7] = rows[7].replace(b"L7", b"", 1)
    rows[9] = rows[9].replace(b"L9", b"L8", 1)
    assert refusal(tmp_path, HEADING.encode() + b"".join(rows)) == [
        (4, "this row is not UTF-8"),
        (6, "this row has too few cells"),
        (7, "this row has too many cells"),
        (6, "this line has no id"),
        (8, "this id stands twice"),
    ]


def test_ten_rows_of_a_kind_are_named_and_the_others_counted(tmp_path: Path) -> None:
    told = refusal(tmp_path, HEADING + "".join(GOOD.format(n=1) for _ in range(400)))
    assert [row for row, _ in told] == [*range(3, 13), None]
    assert told[-1][1] == "the same in 389 more rows: this id stands twice"


def test_faults_of_lines_that_are_matched_all_the_same_are_counted_with_their_first_lines(tmp_path: Path) -> None:
    content = (
        HEADING
        + "L1,S1,1,Norden,,12 Oak St,Elmira,90001,2026-04-01\n"
        + "L2,S1,2,Norden,Ana Ruiz,,Elmira,90001,2026-02-30\n"
        + "L3,S1,3,Norden,Ana\x00Ruiz,12 Oak St,Elmira,90001,yesterday\n"
        + f"L4,S1,4,Norden,{'Ana ' * 25_000},12 Oak St,Elmira,90001,\n"
    )
    found = checked(tmp_path, content)
    assert {fault["kind"]: (fault["count"], fault["first"][0]["row"]) for fault in found.faults} == {
        "name_missing": (1, 2),
        "address_missing": (1, 3),
        "date_not_read": (2, 3),
        "sign_not_text": (1, 4),
        "cell_too_long": (1, 5),
    }
    dates = next(fault for fault in found.faults if fault["kind"] == "date_not_read")
    assert [line["value"] for line in dates["first"]] == ["2026-02-30", "yesterday"]
    rows = pq.read_table(found.file).to_pylist()
    assert [row["date_signed"] for row in rows] == ["2026-04-01", "", "", ""]
    assert len(rows[3]["name"]) == LONGEST_CELL


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_a_byte_order_mark_and_capitals_in_the_heading_are_read(
    tmp_path: Path, delimiter: str
) -> None:
    content = b"\xef\xbb\xbf" + (HEADING.upper() + GOOD.format(n=1)).replace(",", delimiter).encode()
    assert pq.read_table(checked(tmp_path, content).file)["name"].to_pylist() == ["Ana Ruiz"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\n\x03", b"a" * (2 << 20), b"colour,shape\nred,round\n"])
def test_what_is_no_file_of_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content)


def test_dates_and_numbers_of_a_parquet_file_are_read_as_text(tmp_path: Path) -> None:
    from datetime import date, datetime

    for day in (date(2026, 4, 1), datetime(2026, 4, 1, 12, 30)):
        row = {name: [text] for name, text in zip(HEADING.strip().split(","), GOOD.format(n=1).split(","), strict=True)}
        table = pa.table(row | {"line_no": [7], "zip": [90001], "date_signed": [day]})
        pq.write_table(table, tmp_path / "lines.parquet")
        clean = check_lines(tmp_path / "lines.parquet", tmp_path / "clean.parquet")
        assert clean.faults == []
        read = pq.read_table(clean.file).to_pylist()[0]
        assert (read["line_no"], read["zip"], read["date_signed"]) == ("7", "90001", "2026-04-01")


@pytest.fixture
def engine() -> Iterator[DuckdbEngine]:
    engine = DuckdbEngine(memory="512MB")
    yield engine
    engine.close()


def test_the_faults_of_a_raw_voter_file_are_told_as_its_import_tells_them(tmp_path: Path, engine: DuckdbEngine) -> None:
    voters, lines = tmp_path / "voters.csv", tmp_path / "lines.csv"
    voters.write_bytes(
        (VOTERS + "".join(VOTER.format(n=n) for n in range(10, 20)) + VOTER.format(n=12)).encode()
        + VOTER.format(n=30).replace("Ruiz", "Núñez").encode("latin-1")
        + VOTER.format(n=31).replace("2015-03-01", "never").encode()
    )
    lines.write_text(HEADING + GOOD.format(n=1), encoding="utf-8")
    report = match_lines(lines, open_voter_file([voters]), tmp_path / "out.parquet", engine=engine)
    assert report.voter_faults is not None
    assert {fault["reason"].split(";")[0]: fault["count"] for fault in report.voter_faults["set_aside"]} == {
        "not UTF-8": 1,
        "this voter_id stands in another row, registered later or the same, which was taken": 1,
    }
    assert [fault["kind"] for fault in report.voter_faults["faults"]] == ["date_not_read"]
    assert pq.read_table(tmp_path / "out.parquet")["voter_id"].to_pylist() == ["V12"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lines.csv", "out.parquet", "voters.csv"]


def test_a_key_that_too_many_share_is_split_by_the_zip_and_told_by_its_name(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    voters, lines = tmp_path / "voters.csv", tmp_path / "lines.csv"
    near = "".join(VOTER.format(n=n) for n in range(2000))
    voters.write_text(VOTERS + near + near.replace("V", "W").replace("90001", "95501"), encoding="utf-8")
    lines.write_text(HEADING + GOOD.format(n=1).replace("Ana Ruiz,12 Oak", "Anna Ruiz,1999 Oak"), encoding="utf-8")
    report = match_lines(lines, open_voter_file([voters]), tmp_path / "out.parquet", engine=engine)
    assert report.capped == 1
    assert "last_street" in report.capped_by_key
    assert pq.read_table(tmp_path / "out.parquet")["voter_id"].to_pylist() == ["V1999"]


def test_two_matches_do_not_write_one_answer_at_a_time(tmp_path: Path, engine: DuckdbEngine) -> None:
    from referenda.errors import EngineError

    voters, lines = tmp_path / "voters.csv", tmp_path / "lines.csv"
    voters.write_text(VOTERS + VOTER.format(n=1), encoding="utf-8")
    lines.write_text(HEADING + GOOD.format(n=1), encoding="utf-8")

    def another(stage: str, done: int, of: int) -> None:
        if stage == "writing":
            with pytest.raises(EngineError, match="another match is writing this answer"):
                match_lines(lines, open_voter_file([voters]), tmp_path / "out.parquet", engine=engine)

    report = match_lines(lines, open_voter_file([voters]), tmp_path / "out.parquet", engine=engine, progress=another)
    assert report.lines == 1
