"""Commands that invent places: what they write, what they say, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from referenda.cli.synth import app

run = CliRunner()


def test_a_place_is_written_and_its_truth_summed_up(tmp_path: Path) -> None:
    done = run.invoke(app, ["place", str(tmp_path), "--voters", "3000", "--lines", "400", "--seed", "2"])
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{n}.parquet" for n in ("voters", "lines", "sheets", "truth")
    }
    assert "not registered" in done.output


def test_voters_and_their_petition_are_written_apart(tmp_path: Path) -> None:
    file, folder = tmp_path / "voters.csv", tmp_path / "petition"
    done = run.invoke(
        app, ["voters", "--out", str(file), "--voters", "2000", "--face", "ascii", "--as-of", "2025-01-31"]
    )
    assert done.exit_code == 0, done.output
    assert "2,000 invented voters" in done.output
    done = run.invoke(
        app,
        [
            "petition",
            str(file),
            "--out",
            str(folder),
            "--lines",
            "300",
            "--channel",
            "ocr",
            "--format",
            "csv",
            "--json",
        ],
    )
    assert done.exit_code == 0, done.output
    finding = json.loads(done.output)
    assert sum(finding["reasons"].values()) == finding["lines"] == 300
    assert {Path(name).name for name in finding["files"].values()} == {"lines.csv", "truth.csv", "sheets.csv"}
    assert (folder / "lines.csv").read_text(encoding="utf-8").count("\n") == 301


def test_a_place_of_one_county_that_is_named(tmp_path: Path) -> None:
    done = run.invoke(app, ["place", str(tmp_path), "--voters", "60000", "--lines", "300", "--county", "Alder"])
    assert done.exit_code == 0, done.output
    for name in ("voters", "lines", "sheets"):
        table = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        assert set(table["county"].to_pylist()) == {"Alder"}


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    arguments = ["--voters", "1500", "--lines", "200", "--seed", "7", "--json"]
    one, two = (run.invoke(app, ["place", str(tmp_path / name), *arguments]).output for name in ("a", "b"))
    assert json.loads(one)["reasons"] == json.loads(two)["reasons"]
    tables = [pyarrow.parquet.read_table(tmp_path / name / "truth.parquet") for name in ("a", "b")]
    assert tables[0].equals(tables[1])


def test_parameters_change_by_a_file(tmp_path: Path) -> None:
    changes = tmp_path / "changes.yaml"
    rest = "moved other_county cancelled inactive pending registered_after mismatch circulator_spread bad_circulator"
    zeros = "".join(f"  {name}: 0\n" for name in rest.split())
    changes.write_text(f"petition:\n  not_registered: 1\n{zeros}", encoding="utf-8")
    arguments = ["--voters", "1500", "--lines", "200", "--parameters", str(changes), "--json"]
    done = run.invoke(app, ["place", str(tmp_path / "place"), *arguments])
    assert done.exit_code == 0, done.output
    assert "valid" not in json.loads(done.output)["reasons"]


def test_parameters_are_shown_with_what_they_rest_on() -> None:
    shown = run.invoke(app, ["parameters"])
    assert shown.exit_code == 0
    assert "nickname" in shown.output
    known = json.loads(run.invoke(app, ["parameters", "--json"]).output)
    assert all(entry["source"] for part in known.values() for entry in part.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["place", "OUT", "--voters", "0"], "from 1 to 100,000,000 voters"),
        (["place", "OUT", "--channel", "fax"], "keyed or ocr"),
        (["place", "OUT", "--format", "xls"], "parquet or csv"),
        (["place", "OUT", "--face", "bold"], "title, upper, ascii"),
        (["voters", "--out", "OUT/voters.txt"], ".parquet or .csv"),
        (["voters", "--out", "OUT/voters.csv", "--as-of", "yesterday"], "--as-of"),
        (["petition", "OUT/none.csv", "--out", "OUT"], "no such file"),
    ],
)
def test_what_cannot_be_is_refused_with_exit_code_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run.invoke(app, [argument.replace("OUT", str(tmp_path)) for argument in arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".csv", ".parquet")]
