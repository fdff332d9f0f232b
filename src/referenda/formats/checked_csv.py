"""Reading a CSV of lines that were checked, batch by batch, for a forecast of how many are valid.

A row is one batch: `lines` and how many of them are `valid`, and, where known, its `county`, its `circulator`, the
`date` on which it was gathered (or checked while gathering went on), and `duplicates`: further signatures of somebody
whose first is in the batch too. As in the counts of counties, a second signature is not among the valid ones where
duplicates are counted; where the column is left out or empty, valid are those that would count standing alone.
`random` (yes or no) marks lines drawn by chance from all lines of the county, or of the petition.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from referenda.forecasting.validity import CheckedBatch
from referenda.formats.tables import Column, Row, Table, read_table

COLUMNS = (
    Column("lines", "integer", aliases=("checked", "lines_checked")),
    Column("valid", "integer"),
    Column("duplicates", "integer", required=False),
    Column("county", required=False),
    Column("circulator", required=False),
    Column("date", "date", required=False, aliases=("on",)),
    Column("random", "yes_no", required=False),
)


def read_checked(file: Path, *, as_of: date | None = None) -> list[CheckedBatch]:
    """Read the checked lines of a petition.

    Parameters
    ----------
    file
        The CSV file (see `tables.read_table` for what is accepted).
    as_of
        The day of the forecast; a later date is a fault. None: any date is taken.

    Raises
    ------
    InputError
        Every fault of the file, each with its row, column and value, and what to do.
    """
    table = read_table(file, columns=COLUMNS, what="batch")
    batches = [batch for row in table if (batch := _batch(row, table, as_of)) is not None]
    table.settle()
    return batches


def _batch(row: Row, table: Table, as_of: date | None) -> CheckedBatch | None:
    """Make a batch of a row, noting what cannot be; None where a count could not be read."""
    lines, valid, duplicates = row.integer("lines"), row.integer("valid"), row.integer("duplicates")
    if lines is None or valid is None:
        return None
    accepted = valid + (duplicates or 0)
    if not lines:
        table.fault("this batch has no lines", row=row, column="lines", value="0", remedy="Leave the row out.")
    elif valid > lines:
        message = f"more lines are valid than were checked ({lines:,})"
        table.fault(message, row=row, column="valid", value=str(valid), remedy="Valid lines are a part of the lines.")
    elif accepted > lines:
        message = f"with the valid ones these are more than the lines checked ({lines:,})"
        remedy = "A second signature of somebody is not among the valid; check the counts."
        table.fault(message, row=row, column="duplicates", value=str(duplicates), remedy=remedy)
    random, on = bool(row.yes_no("random")), row.day("date")
    if random and row.text("circulator"):
        remedy = "Leave random empty, or leave out the circulator if the lines are of many."
        table.fault("lines of one circulator are no random draw from all", row=row, column="random", remedy=remedy)
    if as_of is not None and on is not None and on > as_of:
        message = f"this lies after the day of the forecast, {as_of}"
        remedy = "Check the date, or make the forecast as of a later day."
        table.fault(message, row=row, column="date", value=str(on), remedy=remedy)
    return CheckedBatch(
        lines=lines,
        valid=accepted,
        county=row.text("county") or None,
        circulator=row.text("circulator") or None,
        on=on,
        duplicates=duplicates,
        random=random,
    )
