"""Reading how many signatures were gathered by day: running totals, or what each day (or batch) brought.

One row is one day, or one day of one county. Days that are not in the file are days of which nothing was told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from referenda.forecasting.gathering import Gathered
from referenda.formats.tables import Column, Row, Table, read_table

COLUMNS = (
    Column("date", "date", aliases=("day", "on")),
    Column("total", "integer", required=False, aliases=("cumulative",)),
    Column("gathered", "integer", required=False, aliases=("signatures",)),
    Column("county", required=False),
    Column("correction", "yes_no", required=False),
)


@dataclass(frozen=True)
class GatheredFile:
    """What a file told: running totals by day, and the last total of each county where it tells counties."""

    totals: tuple[Gathered, ...]
    by_county: dict[str, int]


@dataclass
class _Series:
    """One county's days (or the whole petition's), in the order of the file."""

    told: dict[date, int] = field(default_factory=dict)
    corrected: set[date] = field(default_factory=set)
    rows: dict[date, Row] = field(default_factory=dict)


def read_gathered(path: Path) -> GatheredFile:
    """Read signatures gathered by day.

    Parameters
    ----------
    path
        CSV with `date` (year-month-day) and either `total`, all signatures gathered by the end of that day, or
        `gathered`, those since the row before; `county` where rows are counties; `correction` (yes or no) where a
        total may be lower than the one before it.

    Returns
    -------
    GatheredFile
        Totals rising by date. A county that tells nothing on a day counts with its last total of before.

    Raises
    ------
    InputError
        With every fault of the file: file, row, column, value and what to do.
    """
    table = read_table(path, columns=COLUMNS, what="day")
    counts = [name for name in ("total", "gathered") if name in table.columns]
    if len(counts) != 1:
        message = "total and gathered both stand here" if counts else "neither total nor gathered stands here"
        table.fault(message, row=1, remedy="Give running totals under total, or what each day brought under gathered.")
        table.settle()
    unread = {(fault.row, fault.column) for fault in table.faults}
    counties: dict[str, _Series] = {}
    spelled: dict[str, str] = {}
    for row in table:
        day, count = row.day("date"), row.integer(counts[0])
        if count is None and (row.line, counts[0]) not in unread:
            remedy = "Write the count, or take the row out if nothing was told."
            table.fault("this cell is empty", row=row, column=counts[0], remedy=remedy)
        county = " ".join(row.text("county").split())
        if "county" in table.columns and not county:
            table.fault("this row names no county", row=row, column="county", remedy="Name it, or drop the column.")
        if day is None or count is None or (row.line, "correction") in unread:
            continue
        series = counties.setdefault(county.casefold(), _Series())
        spelled.setdefault(county.casefold(), county)
        if day in series.rows:
            message, remedy = f"this day stands in row {series.rows[day].line} already", "Keep one row for each day."
            if county:
                message, remedy = f"{message} for {county}", "Keep one row for each day of a county."
            table.fault(message, row=row, column="date", value=str(day), remedy=remedy)
            continue
        series.told[day], series.rows[day] = count, row
        if row.yes_no("correction"):
            series.corrected.add(day)
    for series in counties.values():
        _accumulate(series, counts[0], table)
    table.settle()
    days = sorted({day for series in counties.values() for day in series.told})
    totals, last = [], dict.fromkeys(counties, 0)
    for day in days:
        last |= {county: series.told[day] for county, series in counties.items() if day in series.told}
        corrected = any(day in series.corrected for series in counties.values())
        totals.append(Gathered(day, sum(last.values()), corrected))
    return GatheredFile(tuple(totals), {spelled[county]: count for county, count in last.items() if county})


def _accumulate(series: _Series, column: str, table: Table) -> None:
    """Put days in order, turn what days brought into totals, and note totals that shrink without being corrections."""
    series.told = dict(sorted(series.told.items()))
    before = 0
    for day, count in series.told.items():
        if column == "gathered":
            count += before
            series.told[day] = count
        elif count < before and day not in series.corrected:
            message = f"this total is lower than the {before:,} of the day before it"
            remedy = "Totals run on; write yes under correction if an earlier one was too high."
            table.fault(message, row=series.rows[day], column="total", value=str(count), remedy=remedy)
        before = count
