"""Voter files that are no voter files: a clear fault, no traceback, nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from referenda.errors import InputError
from referenda.synth.parameters import read_parameters
from referenda.synth.petition import PetitionPlan, write_petition
from referenda.synth.voters import COLUMNS

HEADING = ",".join(COLUMNS)
ROW = "1,Ann,,Lee,,12,Main St,,Aldora,90001,Corona,2001-02-03,active"


def sign(file: Path) -> dict[str, int]:
    plan = PetitionPlan(10, 1, read_parameters("keyed"))
    files = {name: file.with_name(f"{name}.csv") for name in ("lines", "truth", "sheets")}
    return write_petition(file, plan, **files)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (HEADING.encode() + b"\n", "no rows"),
        (b"name,town\nAnn,Aldora\n", "columns voter_id, first"),
        (f"{HEADING}\n{ROW.replace('2001-02-03', '03.02.2001')}\n".encode(), "expected YYYY-MM-DD"),
        (f"{HEADING}\n{ROW},one,two\n".encode(), "cannot be read"),
        (f"{HEADING}\n".encode() + ROW.encode().replace(b"Ann", b"\xff\xfe"), "cannot be read"),
        (b"PAR1 nothing at all", "cannot be read"),
    ],
    ids=["empty", "heading only", "other columns", "other dates", "too many fields", "not UTF-8", "not CSV"],
)
def test_a_damaged_csv_is_refused_and_nothing_is_written(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "voters.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        sign(file)
    assert [path.name for path in tmp_path.iterdir()] == ["voters.csv"]


def test_a_damaged_parquet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "voters.parquet"
    file.write_bytes(b"PAR1 nothing at all PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        sign(file)


def test_every_missing_column_of_a_parquet_is_named(tmp_path: Path) -> None:
    file = tmp_path / "voters.parquet"
    pyarrow.parquet.write_table(pa.table({"zip": ["90001"], "county": ["Corona"]}), file)
    with pytest.raises(InputError) as refused:
        sign(file)
    assert [fault.column for fault in refused.value.faults] == ["status", "reg_date"]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        sign(tmp_path / "voters.csv")


def test_a_roll_without_dates_zip_codes_and_active_voters_still_signs(tmp_path: Path) -> None:
    file = tmp_path / "voters.csv"
    rows = "\n".join(f"{number},Ann,,Lee,,,,,,,,,removed" for number in range(40))
    file.write_text(f"{HEADING}\n{rows}\n", encoding="utf-8")
    assert sum(sign(file).values()) == 10
