"""Reading a CSV of votes that hang on one another.

The columns are `name`, `rule`, `on` (a date), `hangs_on` (the name of another vote), `outcome` (passed or failed,
what the other must have come to; passed when left empty) and the counts of the rule language. A vote whose counts
are all empty is not counted yet.
"""

from __future__ import annotations

from pathlib import Path

from referenda.errors import InputError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.law.tally import Tally
from referenda.law.units import SUMMED
from referenda.law.vote_chain import ChainedVote, Outcome, order_faults
from referenda.law.vote_rule import parse_rule
from referenda.terms.days import read_date

COLUMNS = (
    Column("name"),
    Column("rule"),
    Column("on", required=False),
    Column("hangs_on", required=False),
    Column("outcome", required=False, default="passed"),
    *(Column(name, "integer", required=False) for name in SUMMED),
    Column("units", "number", required=False),
    Column("units_carried", "number", required=False),
)


def read_chain(path: Path) -> list[ChainedVote]:
    """Read votes that hang on one another, in the order of the file.

    Raises
    ------
    InputError
        Every fault of the file, each with its row.
    """
    table = read_table(path, columns=COLUMNS, what="vote")
    votes = [_vote(row, table) for row in table]
    table.require_distinct("name")
    table.faults += order_faults(votes)
    table.settle()
    return votes


def _vote(row: Row, table: Table) -> ChainedVote:
    """Read one vote as far as its cells can be read; every fault is noted."""
    on = None
    if row.text("on"):
        try:
            on = read_date(row.text("on"))
        except InputError as error:
            for fault in error.faults:
                table.fault(fault.message, row=row, column="on", value=fault.value, remedy=fault.remedy)
    if row.text("outcome") not in ("passed", "failed"):
        remedy = "Write passed or failed."
        table.fault("this is not an outcome", row=row, column="outcome", value=row.text("outcome"), remedy=remedy)
    try:
        if row.text("rule"):
            parse_rule(row.text("rule"))
    except InputError as error:
        for fault in error.faults:
            message = f"character {fault.column}: {fault.message}"
            table.fault(message, row=row, column="rule", value=row.text("rule"), remedy=fault.remedy)
    votes = {name: row.integer(name) for name in SUMMED}
    units, carried = row.number("units"), row.number("units_carried")
    tally = None
    if any(count is not None for count in (*votes.values(), units, carried)):
        try:
            tally = Tally(**votes, units=units, units_carried=carried)
        except InputError as error:
            for fault in error.faults:
                table.fault(fault.message, row=row, remedy="Correct the counts of this row.")
    outcome: Outcome = "failed" if row.text("outcome") == "failed" else "passed"
    name, rule, hangs_on = row.text("name"), row.text("rule"), row.text("hangs_on") or None
    return ChainedVote(name, rule, tally, on, hangs_on, outcome, table.file, row.line)
