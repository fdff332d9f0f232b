"""Reading a CSV of territorial units: their weights, their counts or whether they carried.

The columns are `unit`, `weight` (1 when left out; `1/2` and `0.5` are read), the counts of the rule language, and
`carried` (yes or no) where only the outcome of a unit is known.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

from referenda.errors import InputError, UndeterminedError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.law.expressions import Expression
from referenda.law.tally import Tally
from referenda.law.units import SUMMED, UnitVote
from referenda.law.vote_rule import decide, parse_rule

UNIT_RULE = "yes > no"
COLUMNS = (
    Column("unit", aliases=("canton", "state", "province", "county")),
    Column("weight", "number", required=False, default=Fraction(1)),
    *(Column(name, "integer", required=False) for name in SUMMED),
    Column("carried", "yes_no", required=False),
)


def read_units(path: Path, *, unit_rule: str = UNIT_RULE) -> list[UnitVote]:
    """Read the units of a vote.

    Parameters
    ----------
    path
        The CSV file (see `tables.read_table` for what is accepted).
    unit_rule
        When a unit carries, in the rule language.

    Raises
    ------
    InputError
        Every fault of the file, each with its row; or the rule of the units is none.
    """
    rule = parse_rule(unit_rule)
    table = read_table(path, columns=COLUMNS, what="unit")
    faulty = {fault.row for fault in table.faults}
    units = [unit for row in table if (unit := _unit(row, rule, table, faulty)) is not None]
    table.require_distinct("unit")
    if units and not any(unit.weight for unit in units):
        table.fault("no unit has a weight above zero", column="weight", remedy="Give each unit its weight.")
    table.settle()
    return units


def _unit(row: Row, rule: Expression, table: Table, faulty: Collection[int | None]) -> UnitVote | None:
    """Decide one unit; None, with the faults noted, when its row is faulty, contradicts itself or says too little."""
    said, weight = row.yes_no("carried"), row.number("weight")
    try:
        tally = Tally(**{name: row.integer(name) for name in SUMMED})
        found = _found(rule, tally)
    except InputError as error:
        for fault in error.faults:
            table.fault(fault.message, row=row, remedy="Correct the counts of this row.")
        return None
    if row.line in faulty:
        return None
    if found is None and said is None:
        needed = f"it needs {' and '.join(sorted(rule.names))}"
        if tally.valid == 0:
            needed = "no valid vote was cast in it"
        remedy = "Give its counts, or say under carried how it came out."
        table.fault(f"whether this unit carried is not known: {needed}", row=row, remedy=remedy)
        return None
    if said is not None and found is not None and said != found:
        message = f"carried says {'yes' if said else 'no'}, and by the counts it is {'yes' if found else 'no'}"
        table.fault(message, row=row, column="carried", remedy="Correct the counts, or leave carried empty.")
        return None
    return UnitVote(row.text("unit"), weight or Fraction(0), tally, bool(said if found is None else found))


def _found(rule: Expression, tally: Tally) -> bool | None:
    """Say whether a unit carries by its counts; None when they are not enough to know, or are counts of nothing."""
    if tally.valid == 0 or tally.registered == 0:
        return None
    try:
        return decide(rule, tally).passed
    except UndeterminedError:
        return None
