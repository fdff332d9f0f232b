"""Reading a CSV of polls on a vote.

The columns are `end_date`, `sample_size`, `yes`, `no` and any of `undecided`, `turnout` (the share said to be certain
to vote), `pollster` and `source`. Shares are written as such (`0.52`, `52%`) or as percentages without a sign (`52`),
one way or the other in the whole file.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from referenda.forecasting.polls import Poll, check_poll
from referenda.formats.tables import Column, Row, Table, read_table

SHARES = ("yes", "no", "undecided", "turnout")
COLUMNS = (
    Column("end_date", "date", aliases=("date", "ended_on")),
    Column("sample_size", "integer", aliases=("sample", "n")),
    Column("yes", "number", aliases=("support", "for")),
    Column("no", "number", aliases=("oppose", "against")),
    Column("undecided", "number", required=False),
    Column("turnout", "number", required=False),
    Column("pollster", required=False),
    Column("source", required=False),
)


def read_polls(path: Path, *, as_of: date | None = None) -> list[Poll]:
    """Read polls, in the order of the file.

    Parameters
    ----------
    path
        The CSV file.
    as_of
        The day of the forecast: a poll that ended later is a fault.

    Raises
    ------
    InputError
        Every fault of the file, each with its row.
    """
    table = read_table(path, columns=COLUMNS, what="poll")
    whole = _written_as_percentages(table)
    polls = [poll for row in table if (poll := _poll(row, table, whole, as_of)) is not None]
    table.settle()
    return polls


def _written_as_percentages(table: Table) -> bool:
    """Say whether the file writes 52 for 52 percent; a file that mixes both ways is at fault where it does."""
    together = [(row, sum((row.number(name) or Fraction(0) for name in ("yes", "no")), Fraction(0))) for row in table]
    shares = [row for row, sum_ in together if 0 < sum_ <= Fraction(102, 100)]
    large = [row for row, sum_ in together if sum_ > 2]
    if shares and large:
        row = min(shares, large, key=len)[0]
        remedy = "Write all of them as 0.52, or all of them as 52."
        table.fault("some polls are in shares and some in percentages", row=row, column="yes", remedy=remedy)
    return bool(large)


def _poll(row: Row, table: Table, whole: bool, as_of: date | None) -> Poll | None:
    """Read one poll; None, with the faults noted, when its row is faulty."""
    given = {name: row.number(name) for name in SHARES}
    ended_on, asked = row.day("end_date"), row.integer("sample_size")
    if ended_on is None or asked is None or given["yes"] is None or given["no"] is None:
        return None
    shares = {name: None if value is None else float(value / (100 if whole else 1)) for name, value in given.items()}
    poll = Poll(
        ended_on=ended_on,
        sample_size=asked,
        yes=shares["yes"] or 0.0,
        no=shares["no"] or 0.0,
        undecided=shares["undecided"] or 0.0,
        turnout=shares["turnout"],
        pollster=row.text("pollster"),
    )
    for fault in check_poll(poll, as_of=as_of):
        column = None if fault.column is None else str(fault.column)
        table.fault(fault.message, row=row, column=column, value=fault.value, remedy=fault.remedy)
    return poll
