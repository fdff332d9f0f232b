"""The tables of votes that ship: every year, every source told, totals that hold what is counted."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import referenda.elections
from referenda.elections.tables import SOURCES, shipped_table
from referenda.errors import InputError

DATA = Path(referenda.elections.__file__).parent / "data" / "us_president_state.csv"


def test_every_row_has_a_source_and_its_votes_make_its_total() -> None:
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["source_key"] for row in rows} == set(SOURCES)
    whole = [row for row in rows if row["total"]]
    assert len(whole) == len(rows) - 96  # 1940 and 1944 have no totals
    assert [row for row in whole if sum(int(row[each] or 0) for each in ("D", "R", "other")) != int(row["total"])] == []


@pytest.mark.parametrize(("year", "units"), [(1940, 48), (1960, 50), (1964, 51), (2024, 51)])
def test_each_year_has_its_states(year: int, units: int) -> None:
    table = shipped_table("us-president", year)
    assert len({unit.name for unit in table.units}) == units


def test_totals_that_are_not_known_leave_the_two_choices() -> None:
    assert shipped_table("us-president", 1944).choices == ("D", "R")
    assert shipped_table("us-president", 1948).choices == ("D", "R", "other")


@pytest.mark.parametrize(("name", "year"), [("us-president", None), ("us-president", 2015), ("us-presidents", 2016)])
def test_a_table_or_year_that_is_not_there_is_refused(name: str, year: int | None) -> None:
    with pytest.raises(InputError):
        shipped_table(name, year)
