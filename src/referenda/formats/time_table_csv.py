"""Reading a CSV of elections through time, one row an election, for record questions.

The first thing a row needs is when it was held, under `year` (1936) or `date` (1936-11-03), one way in the whole file.
The counts stand under whatever names the table has; those that a question names are read, with `note` and `source`
where there are any, and an empty cell is a count that is not known. Two tables come with Referenda, for California;
their sources stand in their own rows.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import referenda.elections
from referenda.elections.record_value import Measured
from referenda.elections.time_table import Election, Moment, TimeTable, usual_distance
from referenda.errors import Fault, InputError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.terms.days import read_date
from referenda.terms.names import did_you_mean

_DATA = Path(referenda.elections.__file__).parent / "data"
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_TIME, _NOTE, _SOURCE = "year", "note", "source"
_ABOUT = (
    Column(_TIME, aliases=("date", "election_date")),
    Column(_NOTE, required=False, aliases=("notes",)),
    Column(_SOURCE, required=False, aliases=("sources",)),
)


@dataclass(frozen=True)
class OwnTable:
    """A table that comes with Referenda, and what it is asked for where nothing else is said."""

    file: Path
    measured: Measured


OWN_TABLES = {
    "us-president-california": OwnTable(
        _DATA / "us_president_california.csv", Measured("margin", "D", "R", totals=("total",))
    ),
    "california-turnout": OwnTable(
        _DATA / "california_turnout.csv", Measured("share", "ballots", totals=("registered", "eligible"))
    ),
}


def find_table(name: str) -> tuple[Path, Measured | None]:
    """Find a table by its name, or a file by its path.

    Returns
    -------
    tuple
        The file, and what is measured in it where nothing else is said (None for a file).

    Raises
    ------
    InputError
        There is neither.
    """
    if name in OWN_TABLES:
        return OWN_TABLES[name].file, OWN_TABLES[name].measured
    if not Path(name).exists():
        remedy = did_you_mean(name, list(OWN_TABLES), what="Give the path of a CSV file, or one of the tables")
        raise InputError(Fault("there is no table and no file of this name", value=name, remedy=remedy))
    return Path(name), None


def read_time_table(path: Path, measured: Measured, *, name: str = "", every: int | None = None) -> TimeTable:
    """Read the elections of a table, in the order of time.

    Parameters
    ----------
    path
        The CSV file.
    measured
        The columns that are read.
    name
        How the table is called (the path, where it is left out).
    every
        How many years at most lie between two elections; found in the table where it is left out.

    Raises
    ------
    InputError
        Every fault of the file: a column that is missing, a cell that is no count or no year, two rows of one moment,
        a total that is less than its parts.
    """
    counts = (*measured.parts, *measured.totals)
    _check_names(counts)
    # its heading first: a column that a question misnames is then not taken for a fault of the file
    _check_columns(read_table(path, columns=_ABOUT, what="election", others=True), counts)
    columns = (
        *_ABOUT,
        *(Column(count, "integer", required=False, aliases=(_heading(count),)) for count in counts),
    )
    table = read_table(path, columns=columns, what="election", others=True)
    _check_form_of_time(table)
    elections = [election for row in table if (election := _election(row, table, measured, counts)) is not None]
    table.require_distinct(_TIME)
    table.settle()
    elections.sort(key=lambda election: election.moment)
    moments = tuple(election.moment for election in elections)
    return TimeTable(name or str(path), tuple(elections), usual_distance(moments) if every is None else every)


def _heading(name: str) -> str:
    return "_".join(name.lower().split())


def _check_names(counts: tuple[str, ...]) -> None:
    taken = Counter(_heading(count) for count in counts)
    taken.update(name for column in _ABOUT for name in (column.name, *column.aliases))
    twice = dict.fromkeys(count for count in counts if taken[_heading(count)] > 1)
    if twice:
        remedy = "Name columns of counts, each once, and none of them year, date, note or source."
        raise InputError(
            *(Fault("this cannot be a column of counts here", value=name, remedy=remedy) for name in twice)
        )


def _check_columns(table: Table, counts: tuple[str, ...]) -> None:
    """Refuse names that the heading does not have, with the one that was perhaps meant."""
    there = {_heading(name) for name in table.ignored}
    for name in counts:
        if _heading(name) not in there:
            remedy = did_you_mean(name, table.ignored, what="Its other columns")
            table.fault(f"there is no column {name}", row=1, remedy=remedy)
    if any(_heading(name) not in there for name in counts):
        table.settle()


def _check_form_of_time(table: Table) -> None:
    years = [row for row in table if _YEAR.fullmatch(row.text(_TIME))]
    days = [row for row in table if row.text(_TIME) and not _YEAR.fullmatch(row.text(_TIME))]
    if years and days:
        row = min(years, days, key=len)[0]
        remedy = "Write years in every row, or days in every row."
        table.fault("some rows have a year and some a day", row=row, column=_TIME, value=row.text(_TIME), remedy=remedy)


def _election(row: Row, table: Table, measured: Measured, counts: tuple[str, ...]) -> Election | None:
    """Read one election; None, with the faults noted, when its row is faulty."""
    text = row.text(_TIME)
    if not text:
        return None
    try:
        day = None if _YEAR.fullmatch(text) else read_date(text)
    except InputError as error:
        for fault in error.faults:
            remedy = "Write a year such as 1936, or a day such as 1936-11-03."
            table.fault(fault.message, row=row, column=_TIME, value=text, remedy=remedy)
        return None
    known = {name: row.integer(name) for name in counts}
    parts = [known[name] or 0 for name in measured.parts]
    for name in measured.totals:
        total = known[name]
        if total is not None and total < sum(parts):
            message = f"{name} is less than {' and '.join(measured.parts)} together, {sum(parts):,}"
            table.fault(message, row=row, column=name, value=str(total), remedy="Correct one of them.")
    moment = Moment(int(text)) if day is None else Moment(day.year, day.month, day.day)
    return Election(moment, known, row.text(_NOTE), row.text(_SOURCE))
