"""The tables of votes that ship with the package, each row with where it was read.

`us_president_state.csv`: votes for president of the United States by state, 1940-2024, for the nominee of the
Democrats (D), of the Republicans (R) and for all others; facts only. The state's total is as printed and holds blank
or scattered ballots in a few states. Sums of states may differ from the certified ones.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from referenda.elections.unit_table import Unit, UnitTable
from referenda.errors import Fault, InputError
from referenda.terms.names import check_name

TABLES = ("us-president",)
SOURCES = {
    "medsl": "MIT Election Data and Science Lab, president 1976-2020, version 20210113, doi:10.7910/DVN/42MVDX",
    "gov1347": "popvote_bystate_1948-2016.csv, github.com/camilne9/election_analytics_blog (75604fa)",
    "jjcarre": "github.com/jjcarre/jjcarre.github.io (530711e), electionmap/data; no authority",
    "tonmcg": "github.com/tonmcg/US_County_Level_Election_Results_08-24 (faf9ef4), counties summed; not certified",
}


def shipped_table(name: str, year: int | None) -> UnitTable:
    """Read a table that ships with the package.

    Parameters
    ----------
    name
        One of `TABLES`.
    year
        The year of the election.

    Returns
    -------
    UnitTable
        Choices D, R and, where totals are known, other. Where a party had no nominee on a state's ballot (Alabama,
        D, 1948 and 1964) it has no votes.

    Raises
    ------
    InputError
        There is no such table or year.
    """
    check_name("table", name, TABLES)
    rows = [row for row in _rows() if row["year"] == str(year)]
    if not rows:
        years = sorted({row["year"] for row in _rows()})
        remedy = f"Give --year, every fourth from {years[0]} to {years[-1]}."
        message = f"{name} has one election for each year" if year is None else f"{name} has no election of this year"
        raise InputError(Fault(message, column="--year", value=None if year is None else str(year), remedy=remedy))
    choices = ("D", "R", "other") if all(row["other"] for row in rows) else ("D", "R")
    units = tuple(Unit(row["state"], tuple(int(row[choice] or 0) for choice in choices)) for row in rows)
    source = "; ".join(dict.fromkeys(SOURCES[row["source_key"]] for row in rows))
    return UnitTable(f"president of the United States {year}, by state", choices, units, source)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("referenda.elections").joinpath("data", "us_president_state.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
