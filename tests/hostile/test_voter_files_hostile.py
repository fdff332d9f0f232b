"""Voter files that were damaged, disguised or written by a hostile hand: said clearly, never dropped in silence."""

from __future__ import annotations

import csv
import gzip
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from referenda.errors import InputError
from referenda.formats.voter_file import open_voter_file
from referenda.workflows.import_voters import ImportReport, import_voters

HEADING = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
GOOD = "V{n},Ana,,Ruiz,,12,Oak St,,Fresno,93701,Fresno,2015-03-01,active\n"


def good(count: int) -> str:
    return "".join(GOOD.format(n=n) for n in range(count))


def write(folder: Path, content: str | bytes, name: str = "voters.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def imported(folder: Path, content: str | bytes, **options: Any) -> ImportReport:
    encoding = options.pop("encoding", "utf-8")
    source = open_voter_file([write(folder, content)], encoding=encoding)
    return import_voters(source, folder / "snapshot", memory=512 << 20, **options)


def set_aside(folder: Path) -> list[dict[str, str]]:
    with (folder / "snapshot" / "set_aside.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults(report: ImportReport) -> dict[str, int]:
    return {fault["kind"]: fault["count"] for fault in report.snapshot["faults"]}


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        open_voter_file([path], **options)
    return str(caught.value)


def test_rows_with_too_few_or_too_many_cells_are_set_aside_with_their_row(tmp_path: Path) -> None:
    content = HEADING + GOOD.format(n=1) + "V2,Ana\n" + GOOD.format(n=3).strip() + ",more\n" + GOOD.format(n=4)
    report = imported(tmp_path, content)
    assert report.snapshot["rows"] == 2
    assert [(row["row"], row["reason"]) for row in set_aside(tmp_path)] == [
        ("3", "too few cells in this row"),
        ("4", "too many cells in this row"),
    ]
    assert {reason["reason"]: reason["count"] for reason in report.snapshot["set_aside"]} == {
        "too few cells in this row": 1,
        "too many cells in this row": 1,
    }


def test_a_row_that_is_not_utf_8_is_set_aside_and_latin_1_is_offered(tmp_path: Path) -> None:
    content = (HEADING + good(3)).encode() + GOOD.format(n=9).replace("Ruiz", "Núñez").encode("latin-1")
    report = imported(tmp_path, content)
    assert report.snapshot["rows"] == 3
    assert "--encoding latin-1" in report.snapshot["set_aside"][0]["reason"]


def test_an_older_systems_file_is_read_as_latin_1_when_asked(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    content = (HEADING + GOOD.format(n=9).replace("Ruiz", "Núñez")).encode("latin-1")
    assert imported(tmp_path, content, encoding="latin-1").snapshot["rows"] == 1
    row = pq.read_table(tmp_path / "snapshot" / "voters.parquet").to_pylist()[0]
    assert (row["last"], row["n_last"]) == ("Núñez", "NUNEZ")


def test_a_quotation_mark_that_is_never_closed_is_told(tmp_path: Path) -> None:
    report = imported(tmp_path, HEADING + good(3) + GOOD.format(n=7).replace("Ana", '"Ana') + good(5))
    assert report.snapshot["rows"] == 3
    assert "a quotation mark is not closed" in report.snapshot["set_aside"][0]["reason"]


def test_a_voter_who_stands_twice_is_taken_once_by_the_latest_registration(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    later = GOOD.format(n=1).replace("2015", "2019").replace("Oak", "Elm")
    report = imported(tmp_path, HEADING + GOOD.format(n=1) + later + GOOD.format(n=2) + GOOD.format(n=2))
    table = pq.read_table(tmp_path / "snapshot" / "voters.parquet").to_pylist()
    assert sorted((row["voter_id"], row["street"]) for row in table) == [("V1", "Elm St"), ("V2", "Oak St")]
    assert report.snapshot["rows"] == 2
    assert len(set_aside(tmp_path)) == 2


def test_a_row_without_voter_id_is_set_aside(tmp_path: Path) -> None:
    report = imported(tmp_path, HEADING + good(2) + GOOD.format(n="x").replace("Vx", ""))
    assert report.snapshot["rows"] == 2
    assert [row["reason"] for row in set_aside(tmp_path)] == ["no voter_id"]


def test_a_file_that_repeats_one_voter_and_lacks_ids_is_told_in_few_words(tmp_path: Path) -> None:
    nobody = GOOD.format(n="").replace("V,", ",", 1)
    report = imported(tmp_path, HEADING + GOOD.format(n=1) * 20_000 + nobody * 20_000)
    assert report.snapshot["rows"] == 1
    assert [(reason["count"], len(reason["first"])) for reason in report.snapshot["set_aside"]] == [
        (20_000, 3),
        (19_999, 3),
    ]
    assert len(set_aside(tmp_path)) == 39_999


def test_bad_cells_are_counted_and_their_rows_taken(tmp_path: Path) -> None:
    content = (
        HEADING
        + "V1,,,,,12,Oak St,,Fresno,93701,Fresno,2015-03-01,active\n"
        + "V2,Ana,,Ruiz,,,Oak St,,Fresno,9370,Fresno,2015-02-30,active\n"
        + "V3,Ana,,Ruiz,,12,Oak St,,Fresno,none,Fresno,yesterday,\n"
        + "V4,Ana\x00,,Ruiz,,12,,,Fresno,93701,Fresno,,active\n"
        + f"V5,{'A' * 3000},,Ruiz,,12,Oak St,,Fresno,93701,Fresno,2031-01-01,active\n"
    )
    report = imported(tmp_path, content, as_of=date(2020, 1, 1))
    assert report.snapshot["rows"] == 5
    assert faults(report) == {
        "name_missing": 1,
        "street_missing": 1,
        "number_missing": 1,
        "zip_not_read": 1,
        "date_missing": 1,
        "date_not_read": 2,
        "status_missing": 1,
        "sign_not_text": 1,
        "cell_too_long": 1,
        "date_after_file": 1,
    }
    dates = next(fault for fault in report.snapshot["faults"] if fault["kind"] == "date_not_read")
    assert dates["first"] == [{"voter_id": "V2", "value": "2015-02-30"}, {"voter_id": "V3", "value": "yesterday"}]


def test_a_cell_of_a_megabyte_is_read_and_one_of_three_is_set_aside(tmp_path: Path) -> None:
    content = HEADING + good(1) + GOOD.format(n=5).replace("Ana", "A" * 1_000_000)
    content += GOOD.format(n=6).replace("Ana", "A" * 3_000_000) + GOOD.format(n=7)
    report = imported(tmp_path, content)
    assert report.snapshot["rows"] == 3
    assert report.snapshot["set_aside"][0]["reason"] == "the row is longer than 2 MB"


def test_rows_with_ends_of_different_kinds_are_refused(tmp_path: Path) -> None:
    content = HEADING + good(1).replace("\n", "\r\n") + good(2)
    with pytest.raises(InputError, match="ends of the rows are of different kinds"):
        imported(tmp_path, content)
    assert [path.name for path in tmp_path.iterdir()] == ["voters.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (HEADING.encode(), "a heading and no voter"),
        (b"\xff\xfe" + HEADING.encode("utf-16-le"), "UTF-16"),
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(b"voter_id", mtime=0), "a compressed file"),
        (b"PAR1 and then nothing of the kind", "cannot be read as one"),
        (b"\x00\x01\x02\n\x03", "this is not text"),
        (b"a" * (2 << 20), "longer than 1 MiB"),
        (b"colour,shape\nred,round\n", "not the heading of any voter file"),
    ],
)
def test_what_is_no_voter_file_is_refused_for_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(write(tmp_path, content))


def test_a_spreadsheet_renamed_to_csv_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "voters.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "a spreadsheet" in refusal(path)


def test_a_file_that_lacks_columns_is_refused_with_the_nearest_layout(tmp_path: Path) -> None:
    path = write(tmp_path, "SOS_VOTERID,COUNTY_NUMBER,LAST_NAME,FIRST_NAME,VOTER_STATUS\nOH1,1,Ruiz,Ana,ACTIVE\n")
    said = refusal(path)
    assert "nearest layout is ohio" in said
    assert "RESIDENTIAL_ADDRESS1" in said


def test_a_layout_that_is_misspelled_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    assert "Did you mean north-carolina?" in refusal(write(tmp_path, HEADING), layout="north_carolna")


def test_all_files_that_are_wrong_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_voter_file([tmp_path / "none.csv", write(tmp_path, b"")])
    assert len(caught.value.faults) == 2


def test_nothing_half_written_is_left_when_no_row_can_be_taken(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no row of the file can be taken"):
        imported(tmp_path, HEADING + "V1,Ana\n")
    assert [path.name for path in tmp_path.iterdir()] == ["voters.csv"]


def test_a_stop_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def stop(stage: str, share: float) -> None:
        if stage.startswith("normalising"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(tmp_path, HEADING + good(1000), tell=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["voters.csv"]


def test_a_snapshot_is_never_written_over(tmp_path: Path) -> None:
    imported(tmp_path, HEADING + good(2))
    with pytest.raises(InputError, match="this exists already"):
        imported(tmp_path, HEADING + good(2))
