"""A voter file becomes a snapshot: the layouts of the states, the same bytes every time, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from referenda.cli.voters import app
from referenda.errors import InputError
from referenda.formats.voter_file import open_voter_file
from referenda.formats.voter_layout import FIELDS, NEEDED, layouts
from referenda.linkage.normalize import NORMALISED, VOTER_FIELDS, normalize_voter
from referenda.workflows.compare_voters import compare_voters, read_snapshot
from referenda.workflows.import_voters import digest_of, import_voters

VOTER = {
    "voter_id": "7", "first": "José", "middle": "Luis", "last": "De La Cruz", "suffix": "Jr.", "house_number": "123",
    "street": "N Main St", "unit": "APT 4B", "city": "San José", "zip": "95112", "county": "Fresno",
    "reg_date": "2015-03-09", "status": "active",
}  # fmt: skip
CODES = {
    "california": ("10", "03/09/2015", "A", "Fresno"),
    "colorado": ("Adams", "03/09/2015", "Active", "Adams"),
    "florida": ("DAD", "03/09/2015", "ACT", "Miami-Dade"),
    "north-carolina": ("WAKE", "03/09/2015", "A", "WAKE"),
    "ohio": ("18", "2015-03-09", "ACTIVE", "Cuyahoga"),
    "referenda": ("Fresno", "2015-03-09", "active", "Fresno"),
    "washington": ("KI", "03/09/2015", "Active", "King"),
}
JOINED = {
    "house_number": ["123"],
    "street": ["N", "Main", "St"],
    "unit": ["APT", "4B"],
}


def export_of(name: str, folder: Path) -> Path:
    """Write one voter as the state would."""
    layout = layouts()[name]
    county, day, status, _ = CODES[name]
    given = VOTER | {"county": county, "reg_date": day, "status": status}
    if "house_number" not in layout.fields:
        given["street"] = f"{given['house_number']} {given['street']}"
    if "unit" not in layout.fields:
        given["street"] += f"  {given['unit']}"
    cells: dict[str, str] = {}
    for field, columns in layout.fields.items():
        pieces = JOINED.get(field, [given[field]]) if len(columns) > 1 else [given[field]]
        if field == "street" and len(columns) == 4 and name == "washington":
            pieces = ["N", "Main", "St", ""]
        for alternatives, piece in zip(columns, [*pieces, "", "", ""], strict=False):
            cells[alternatives[0]] = piece
    rows = [list(layout.columns)] if layout.heading else []
    rows.append([cells.get(column, "other") for column in layout.columns])
    path = folder / f"{name}.txt"
    path.write_text("".join(layout.delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(snapshot: Path) -> list[dict[str, Any]]:
    return pq.read_table(snapshot / "voters.parquet").to_pylist()


def our_file(folder: Path, voters: Sequence[dict[str, str]], name: str = "voters.csv") -> Path:
    path = folder / name
    lines = [",".join(VOTER_FIELDS), *(",".join((VOTER | voter)[field] for field in VOTER_FIELDS) for voter in voters)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def snapshot_of(folder: Path, voters: Sequence[dict[str, str]], name: str) -> Path:
    source = open_voter_file([our_file(folder, voters, f"{name}.csv")])
    import_voters(source, folder / name, as_of=date(2020, 1, 1))
    return folder / name


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_voter_of_every_layout_becomes_the_same_normalised_row(name: str, tmp_path: Path) -> None:
    source = open_voter_file([export_of(name, tmp_path)], layout="florida" if name == "florida" else None)
    assert source.layout == name
    report = import_voters(source, tmp_path / "snapshot")
    assert (report.snapshot["rows"], report.snapshot["set_aside"], report.snapshot["faults"]) == (1, [], [])
    row = rows_of(tmp_path / "snapshot")[0]
    assert {field: row[field] for field in NORMALISED} == normalize_voter(VOTER)
    assert (row["voter_id"], row["reg_date"], row["status"]) == ("7", "2015-03-09", "active")
    assert row["county"] == CODES[name][3]


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: layout.name)
def test_every_layout_says_where_its_fields_stand_and_whence_it_is_known(layout: Any) -> None:
    assert set(layout.fields) <= set(FIELDS)
    assert set(NEEDED) <= set(layout.fields)
    for columns in layout.fields.values():
        for alternatives in columns:
            assert set(alternatives) <= set(layout.columns)
    assert layout.source
    assert layout.dates


def test_the_same_file_gives_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    source = tmp_path / "voters.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'V' || i AS voter_id, 'Ana' || hash(i) % 90 AS first, '' AS middle, "
            "'Ruiz' || hash(i * 3) % 700 AS last, '' AS suffix, (hash(i * 5) % 900)::VARCHAR AS house_number, "
            "'Oak' || hash(i * 7) % 500 || ' Street' AS street, '' AS unit, 'Fresno' AS city, "
            "(93700 + hash(i * 11) % 40)::VARCHAR AS zip, 'Fresno' AS county, DATE '2001-02-03' AS reg_date, "
            f"'active' AS status FROM range(260000) AS r(i)) TO '{source}' (FORMAT parquet)"
        )
    made = []
    for threads in (1, 2):
        out = tmp_path / f"snapshot-{threads}"
        import_voters(open_voter_file([source]), out, threads=threads, memory=256 << 20)
        made.append({path.name: digest_of(path) for path in out.iterdir()})
    assert made[0] == made[1]
    zips = pq.read_table(tmp_path / "snapshot-1" / "voters.parquet", columns=["zip5"])["zip5"].to_pylist()
    assert zips == sorted(zips)
    assert pq.ParquetFile(tmp_path / "snapshot-1" / "voters.parquet").metadata.num_row_groups == 3


def test_a_snapshot_says_what_it_was_made_of(tmp_path: Path) -> None:
    folder = snapshot_of(tmp_path, [{"voter_id": "1"}, {"voter_id": "2", "first": "Ana"}], "snapshot")
    about = read_snapshot(folder)
    assert (about["format"], about["as_of"], about["rows"]) == ("referenda-voters/1", "2020-01-01", 2)
    assert about["sources"][0]["sha256"] == digest_of(tmp_path / "snapshot.csv")
    assert {name: file["sha256"] for name, file in about["files"].items()} == {
        name: digest_of(folder / name) for name in ("voters.parquet", "names.parquet", "set_aside.csv")
    }
    assert about["statuses"] == {"active": 2}
    names = pq.read_table(folder / "names.parquet").to_pylist()
    assert names == [
        {"field": "first", "value": "ANA", "count": 1},
        {"field": "first", "value": "JOSE", "count": 1},
        {"field": "last", "value": "DELACRUZ", "count": 2},
    ]


def test_a_file_in_several_parts_is_one_voter_file(tmp_path: Path) -> None:
    parts = [our_file(tmp_path, [{"voter_id": str(n)}], f"part{n}.csv") for n in range(3)]
    assert import_voters(open_voter_file(parts), tmp_path / "snapshot").snapshot["rows"] == 3


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_copy_saved_with_another_delimiter_is_read_all_the_same(delimiter: str, tmp_path: Path) -> None:
    path = our_file(tmp_path, [{"voter_id": "1"}, {"voter_id": "2"}])
    path.write_text(path.read_text(encoding="utf-8").replace(",", delimiter), encoding="utf-8")
    assert import_voters(open_voter_file([path]), tmp_path / "snapshot").snapshot["rows"] == 2


def test_cells_that_an_old_system_padded_are_trimmed(tmp_path: Path) -> None:
    source = open_voter_file([our_file(tmp_path, [{field: f" {cell}   " for field, cell in VOTER.items()}])])
    assert import_voters(source, tmp_path / "snapshot").snapshot["faults"] == []
    row = rows_of(tmp_path / "snapshot")[0]
    assert {field: row[field] for field in VOTER_FIELDS} == VOTER
    assert {field: row[field] for field in NORMALISED} == normalize_voter(VOTER)


def test_columns_that_are_not_used_and_not_there_are_told(tmp_path: Path) -> None:
    path = tmp_path / "voters.csv"
    path.write_text("voter_id,first,last,house_number,street,city,zip,shoe\n1,Ana,Ruiz,1,Oak St,Fresno,93701,42\n")
    said = [note.message for note in open_voter_file([path]).notes]
    assert said == [
        "columns that the layout referenda does not know are not used: shoe",
        "the file does not say: middle, suffix, unit, county, reg_date, status",
    ]


def test_two_snapshots_are_compared_by_voter_and_field(tmp_path: Path) -> None:
    old = snapshot_of(tmp_path, [{"voter_id": "1"}, {"voter_id": "2"}, {"voter_id": "3"}, {"voter_id": "4"}], "old")
    later = [
        {"voter_id": "1"},
        {"voter_id": "2", "status": "cancelled"},
        {"voter_id": "3", "street": "Elm St", "city": "Clovis"},
        {"voter_id": "5"},
    ]
    new = snapshot_of(tmp_path, later, "new")
    changes = compare_voters(old, new, out=tmp_path / "changes.parquet")
    assert (changes.new_voters, changes.gone_voters, changes.changed_voters) == (1, 1, 2)
    assert changes.by_field == {"street": 1, "city": 1, "status": 1}
    assert changes.status_changes == [{"before": "active", "after": "cancelled", "voters": 1}]
    rows = pq.read_table(tmp_path / "changes.parquet").to_pylist()
    assert [row for row in rows if row["change"] == "changed"] == [
        {"voter_id": "2", "change": "changed", "field": "status", "before": "active", "after": "cancelled"},
        {"voter_id": "3", "change": "changed", "field": "city", "before": "San José", "after": "Clovis"},
        {"voter_id": "3", "change": "changed", "field": "street", "before": "N Main St", "after": "Elm St"},
    ]
    assert {row["voter_id"] for row in rows if row["change"] == "gone"} == {"4"}
    assert {row["before"] for row in rows if row["change"] == "new"} == {None}


def test_what_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a snapshot of voters"):
        compare_voters(tmp_path, tmp_path)


def test_the_command_imports_with_keys_and_compares(tmp_path: Path) -> None:
    file = our_file(tmp_path, [{"voter_id": str(n), "zip": str(93700 + n)} for n in range(5)])
    arguments = ["import", str(file), "--out", str(tmp_path / "a"), "--as-of", "2020-01-01", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 5
    assert (tmp_path / "a" / "keys" / "index.json").is_file()
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2
    assert json.loads(again.stdout)["error"]["faults"][0]["column"] == "--out"
    words = CliRunner().invoke(app, ["diff", str(tmp_path / "a"), str(tmp_path / "a")])
    assert words.exit_code == 0
    assert "changed 0" in words.stdout
    listed = CliRunner().invoke(app, ["layouts"])
    assert all(name in listed.stdout for name in CODES)


def test_the_command_says_what_is_wrong_in_words(tmp_path: Path) -> None:
    file = our_file(tmp_path, [{"voter_id": "1", "zip": "none"}, {"voter_id": "2"}])
    with file.open("a") as stream:
        stream.write("3,Ana\n")
    done = CliRunner().invoke(app, ["import", str(file), "--out", str(tmp_path / "a"), "--no-keys"])
    assert done.exit_code == 0, done.output
    for said in ("2 registrations", "too few cells in this row", "voters.csv, row 4", "a zip code that is missing"):
        assert said in done.stdout
