"""Reading a CSV of units and choices: `unit`, one column for each choice, and any of the other columns.

These are `weight`, `registered`, `ballots`, `invalid` (blank and spoiled ballots) and `source`. Every heading that is
none of these is a choice. A row or a column of totals would count every vote twice, so it is a fault.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from referenda.elections.unit_table import Unit, UnitTable
from referenda.formats.tables import Column, Row, Table, read_table

COLUMNS = (
    Column("unit", aliases=("canton", "state", "province", "county", "precinct")),
    Column("weight", "number", required=False, default=Fraction(1)),
    Column("registered", "integer", required=False),
    Column("ballots", "integer", required=False),
    Column("invalid", "integer", required=False, aliases=("blank", "spoiled", "blank_invalid")),
    Column("source", required=False),
)
_TOTALS = re.compile(r"(grand |sub)?totals?|sum|all( units)?", re.IGNORECASE)
_TOTALS_OF_ROWS = re.compile(r"(total|valid|all)([ _]votes)?|votes|ballots[ _]cast|margin|turnout", re.IGNORECASE)


def read_unit_table(path: Path) -> UnitTable:
    """Read the units of a vote with their counts for each choice.

    Parameters
    ----------
    path
        The CSV file (see `tables.read_table` for what is accepted).

    Raises
    ------
    InputError
        Every fault of the file, each with its row: cells that are no counts, units named twice, rows of totals, more
        votes than ballots, more ballots than registered, fewer than two choices.
    """
    first = read_table(path, columns=COLUMNS, what="unit", others=True)
    choices = tuple(first.ignored)
    if len(choices) < 2:
        remedy = "Give one column for each choice, such as yes and no."
        first.fault("a margin needs two choices", row=1, value=", ".join(choices) or None, remedy=remedy)
        first.settle()
    if totals := [choice for choice in choices if _TOTALS_OF_ROWS.fullmatch(choice)]:
        remedy = "Take it out, or name the choice that it is; the choices are added up here."
        for choice in totals:
            first.fault("this column holds totals, and is no choice", row=1, value=choice, remedy=remedy)
        first.settle()
    del first  # a large file is not held twice
    keys = {"_".join(choice.lower().split()): choice for choice in choices}
    counted = tuple(Column(key, "integer") for key in keys)
    table = read_table(path, columns=(*COLUMNS, *counted), what="unit")
    faulty = {fault.row for fault in table.faults}
    units: list[Unit] = []
    for row in table:
        unit = _unit(row, tuple(keys), table)
        if row.line not in faulty:
            for fault in unit.faults():
                table.faults.append(replace(fault, file=table.file, row=row.line))
        if _TOTALS.fullmatch(unit.name.strip()):
            _fault_of_totals(row, unit.name, table)
        units.append(unit)
    table.require_distinct("unit")
    if not table.faults:
        _find_totals(table, units)
    table.settle()
    return UnitTable(path.name, choices, tuple(units))


def _unit(row: Row, choices: tuple[str, ...], table: Table) -> Unit:
    votes = tuple(row.integer(choice) or 0 for choice in choices)
    ballots, invalid = row.integer("ballots"), row.integer("invalid")
    if invalid is not None:
        cast = sum(votes) + invalid
        if ballots not in (None, cast):
            message = f"votes and invalid make {cast:,}, and ballots is {ballots:,}"
            table.fault(message, row=row, column="invalid", remedy="Correct one of them, or leave invalid out.")
        ballots = cast
    return Unit(row.text("unit"), votes, row.integer("registered"), ballots, row.number("weight") or Fraction(0))


def _find_totals(table: Table, units: list[Unit]) -> None:
    """Note a unit whose votes are, for every choice, those of all the others together."""
    sums = tuple(sum(counts) for counts in zip(*(unit.votes for unit in units), strict=True))
    for row, unit in zip(table, units, strict=True):
        if (
            len(units) > 2
            and sum(unit.votes) > 0
            and all(2 * own == all_ for own, all_ in zip(unit.votes, sums, strict=True))
        ):
            _fault_of_totals(row, unit.name, table)


def _fault_of_totals(row: Row, name: str, table: Table) -> None:
    remedy = "Take it out; the units are added up here."
    table.fault(
        "this row holds totals, which would count every vote twice", row=row, column="unit", value=name, remedy=remedy
    )
