"""A CSV of units and choices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from referenda.elections.unit_table import Unit
from referenda.formats.unit_table_csv import read_unit_table


def test_every_heading_that_is_not_known_is_a_choice(tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("county,Jane Roe,registered,John Doe,Ballots\nAlpine,30,100,20,52\nMono,1,,2,\n", encoding="utf-8")
    table = read_unit_table(file)
    assert table.choices == ("Jane Roe", "John Doe")
    assert table.units == (Unit("Alpine", (30, 20), 100, 52), Unit("Mono", (1, 2)))
    assert table.name == "votes.csv"


def test_a_weight_is_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "cantons.csv"
    file.write_text("canton,weight,yes,no\nUri,1,5,3\nZug,1/2,2,4\n", encoding="utf-8")
    assert [unit.weight for unit in read_unit_table(file).units] == [1, Fraction(1, 2)]


def test_invalid_ballots_are_no_choice_and_make_up_the_ballots(tmp_path: Path) -> None:
    file = tmp_path / "states.csv"
    file.write_text("state,yes,no,invalid,source\nTasmania,82785,158818,4460,printed\n", encoding="utf-8")
    assert read_unit_table(file).units == (Unit("Tasmania", (82785, 158818), None, 246063),)
