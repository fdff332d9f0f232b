"""Files that would make a careless matcher compare everything with everything, or choke on one field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from referenda.errors import InputError
from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.workflows.match_lines import match_lines


@pytest.fixture
def engine() -> Iterator[DuckdbEngine]:
    engine = DuckdbEngine(memory="512MB")
    yield engine
    engine.close()


def voters(folder: Path, count: int, **fields: str) -> Path:
    row = {"first": "Maria", "middle": "", "last": "Garcia", "suffix": "", "house_number": "1", "street": "Main St"}
    row |= {"unit": "", "city": "Elmira", "zip": "90001", "county": "Norden", "reg_date": "2010-01-01"} | fields
    table = {name: [value] * count for name, value in row.items()}
    table |= {"voter_id": [f"V{number:06d}" for number in range(count)], "status": ["active"] * count}
    pq.write_table(pa.table(table), folder / "voters.parquet")
    return folder / "voters.parquet"


def lines(folder: Path, count: int, **fields: str) -> Path:
    row = {"sheet_id": "S1", "county": "Norden", "name": "Maria Garcia", "address": "1 Main St", "city": "Elmira"}
    row |= {"zip": "90001", "date_signed": "2026-01-01"} | fields
    table = {name: [value] * count for name, value in row.items()}
    table |= {"line_id": [f"L{number}" for number in range(count)], "line_no": [str(n) for n in range(count)]}
    pq.write_table(pa.table(table), folder / "lines.parquet")
    return folder / "lines.parquet"


def test_when_all_are_alike_blocks_are_capped_and_told_and_nobody_is_proposed(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    out = tmp_path / "out.parquet"
    report = match_lines(lines(tmp_path, 300), voters(tmp_path, 20_000), out, engine=engine)
    assert report.capped == 300
    assert report.linked == 0
    assert set(pq.read_table(out)["status"].to_pylist()) <= {"review", "none"}


def test_one_street_of_different_people_is_matched(tmp_path: Path, engine: DuckdbEngine) -> None:
    file = voters(tmp_path, 5_000)
    table = pq.read_table(file)
    letters = "ABCDEFGHIKLMNOPRSTUVW"
    names = [f"{letters[n % 21]}o{letters[n // 21 % 21]}{letters[n // 441 % 21]}ar".title() for n in range(5_000)]
    pq.write_table(table.set_column(table.column_names.index("last"), "last", pa.array(names)), file)
    out = tmp_path / "out.parquet"
    match_lines(lines(tmp_path, 1, name=f"Maria {names[77]}"), file, out, engine=engine)
    assert pq.read_table(out)["voter_id"].to_pylist() == ["V000077"]


@pytest.mark.parametrize("name", ["", "\x00", "�" * 50, "X" * 1_000_000, "'; DROP TABLE lines; --", "🙂 🙂"])
def test_a_field_of_any_content_gives_an_answer_for_every_line(tmp_path: Path, engine: DuckdbEngine, name: str) -> None:
    out = tmp_path / "out.parquet"
    report = match_lines(
        lines(tmp_path, 3, name=name, address=name, city=name), voters(tmp_path, 50), out, engine=engine
    )
    assert report.lines == 3
    assert pq.read_table(out).num_rows == 3


def test_a_file_that_is_no_table_is_refused_and_nothing_is_written(tmp_path: Path, engine: DuckdbEngine) -> None:
    noise = tmp_path / "lines.parquet"
    noise.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InputError, match="cannot be read as a table"):
        match_lines(noise, voters(tmp_path, 5), tmp_path / "out.parquet", engine=engine)
    assert not list(tmp_path.glob("*out*"))


def test_an_interruption_leaves_only_finished_stages_and_the_same_question_goes_on_from_them(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    def interrupt(stage: str, done: int, of: int) -> None:
        if stage == "matching":
            raise KeyboardInterrupt

    file, roll, out = lines(tmp_path, 5, name="Mario Garzia"), voters(tmp_path, 50), tmp_path / "out.parquet"
    with pytest.raises(KeyboardInterrupt):
        match_lines(file, roll, out, engine=engine, progress=interrupt)
    assert [path.name for path in tmp_path.glob("*out*")] == [".out.parquet.work"]
    assert match_lines(file, roll, out, engine=engine).continued
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.parquet"]
    once = out.read_bytes()
    assert not match_lines(file, roll, out, engine=engine).continued
    assert out.read_bytes() == once
