"""Reading a CSV of past votes that are comparable with the next one.

The columns are `name`, `date`, `registered`, `ballots`, `yes`, `no` and any of `invalid` (blank and spoiled ballots,
which must make up the rest of the ballots), `quorum` (yes where staying home could defeat the vote) and `source`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from referenda.forecasting.past_votes import PastVote, check_past_vote
from referenda.formats.tables import Column, Row, Table, read_table

COUNTS = ("registered", "ballots", "yes", "no")
COLUMNS = (
    Column("name", aliases=("vote", "measure")),
    Column("date", "date", aliases=("held_on",)),
    *(Column(name, "integer") for name in COUNTS),
    Column("invalid", "integer", required=False),
    Column("quorum", "yes_no", required=False),
    Column("source", required=False),
)


def read_past_votes(path: Path, *, as_of: date | None = None, place: str = "") -> list[PastVote]:
    """Read past votes, in the order of the file.

    Parameters
    ----------
    path
        The CSV file.
    as_of
        The day of the forecast: a vote held later is a fault.
    place
        The place they belong to, where they belong to one.

    Raises
    ------
    InputError
        Every fault of the file, each with its row.
    """
    table = read_table(path, columns=COLUMNS, what="past vote")
    votes = [vote for row in table if (vote := _vote(row, table, as_of, place)) is not None]
    table.require_distinct("name")
    table.settle()
    return votes


def _vote(row: Row, table: Table, as_of: date | None, place: str) -> PastVote | None:
    """Read one vote; None, with the faults noted, when its row is faulty."""
    held_on = row.day("date")
    counts = {name: count for name in COUNTS if (count := row.integer(name)) is not None}
    if held_on is None or len(counts) < len(COUNTS):
        return None
    quorum = bool(row.yes_no("quorum"))
    vote = PastVote(row.text("name"), place, held_on, **counts, under_quorum=quorum, source=row.text("source"))
    faults = check_past_vote(vote)
    for fault in faults:
        column = None if fault.column is None else str(fault.column)
        table.fault(fault.message, row=row, column=column, value=fault.value, remedy=fault.remedy)
    invalid = row.integer("invalid")
    if invalid is not None and vote.yes + vote.no + invalid != vote.ballots and not faults:
        message = f"yes, no and invalid make {vote.yes + vote.no + invalid:,}, and ballots is {vote.ballots:,}"
        table.fault(message, row=row, column="invalid", remedy="Correct one of them, or leave invalid out.")
    if as_of is not None and held_on > as_of:
        message = f"it was held after the day of the forecast, {as_of.isoformat()}"
        table.fault(
            message, row=row, column="date", value=held_on.isoformat(), remedy="Leave it out, or move that day."
        )
    return vote
