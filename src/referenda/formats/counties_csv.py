"""Reading the counts of a petition's counties, and amendments of them.

One row is one county (or the whole State, or one district, where the law samples that): how many signatures were
filed, how many were sampled, how many of those are valid, and how many are second signatures of somebody whose first
is in the sample too. A second signature is not among the valid ones. Where every signature was checked, the sample
is as large as the raw count and duplicates are already out of the valid.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from referenda.errors import Fault, InputError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.law.schema import COUNT_COLUMNS, SampleCount
from referenda.petitions.county_count import Amendment, CountyCount, find_faults, fold_county
from referenda.terms.names import nearest

MAX_ROWS = 10_000
CHECKED = "checked"
_TOTAL = re.compile(
    r"(grand |sub ?|state |statewide |county |counties )?(total|sum)s?|overall|all( counties)?|state(wide)?( total)?"
)
# Which other numbers a fault of a number rests on; the columns that a place adds rest on the raw count.
_RESTS_ON = {
    "sample_size": ("raw_count",),
    "valid_in_sample": ("sample_size",),
    "duplicates_in_sample": ("sample_size", "valid_in_sample"),
}


def read_counties(path: Path, *, count: SampleCount, place_name: str = "") -> list[CountyCount]:
    """Read the counts of a petition.

    Parameters
    ----------
    path
        CSV with `county`, `raw_count`, `sample_size`, `valid_in_sample`, `duplicates_in_sample` (all in signatures)
        and the columns that the place's count adds.
    count
        How the place counts from a sample: its columns, and whether a row is a county or the whole State.
    place_name
        Its name, so that a row of the whole place is known for a total.

    Raises
    ------
    InputError
        With every fault of the file: file, row, column, value and what to do.
    """
    table, counts = _read(path, count, place_name)
    table.settle()
    return [counted for counted, _ in counts]


def read_counties_in_work(path: Path, *, count: SampleCount, place_name: str = "") -> list[tuple[CountyCount, int]]:
    """Read the counts of a petition whose samples are being checked, each with the lines that are done.

    Parameters
    ----------
    path
        As `read_counties` takes it, with a column `checked` more: how many lines of the sample are done, 0 where a
        county has not begun. Where the column is absent or a cell of it is empty, the sample is done.
    count, place_name
        As for `read_counties`.

    Raises
    ------
    InputError
        With every fault of the file: those of `read_counties`, and more checked than drawn, or found than checked.
    """
    table, counts = _read(path, count, place_name, Column(CHECKED, "integer", required=False))
    read = []
    for counted, row in counts:
        size, found = counted.sample_size, counted.valid_in_sample + counted.duplicates_in_sample
        checked = row.integer(CHECKED)
        checked = size if checked is None else checked
        if checked > size:
            remedy = "Lines that are checked are a part of the sample."
            message = f"more were checked than the {size:,} drawn"
            table.fault(message, row=row, column=CHECKED, value=str(checked), remedy=remedy)
        elif found > checked:
            remedy = "Give the valid and the duplicates of the lines that are checked, not of the whole sample."
            message = f"valid and duplicate signatures are {found:,}, more than are checked"
            table.fault(message, row=row, column=CHECKED, value=str(checked), remedy=remedy)
        read.append((counted, checked))
    table.settle()
    return read


def _read(
    path: Path, count: SampleCount, place_name: str, *others: Column
) -> tuple[Table, list[tuple[CountyCount, Row]]]:
    """Read the rows whose every number is known, and note all that is wrong."""
    numbers = [Column(name, "integer") for name in COUNT_COLUMNS]
    more = [Column(c.name, "integer", required=c.default is None, default=c.default) for c in count.columns]
    table = read_table(path, columns=[Column("county"), *numbers, *more, *others], what="county")
    if len(table) > MAX_ROWS:
        message = f"there are {len(table):,} rows, and at most {MAX_ROWS:,} are counted"
        raise InputError(Fault(message, table.file, remedy="One row is one county, not one signature."))
    counts: list[tuple[CountyCount, Row]] = []
    for row in table:
        counted, unknown = _count(row, [c.name for c in count.columns])
        for fault in find_faults(counted):
            if unknown.isdisjoint((fault.column, *_RESTS_ON.get(str(fault.column), ("raw_count",)))):
                table.fault(fault.message, row=row, column=str(fault.column), value=fault.value, remedy=fault.remedy)
        if not unknown:
            counts.append((counted, row))
    _refuse_doubles(table)
    if count.rows == "county":
        _refuse_totals(table, [counted for counted, _ in counts], place_name)
    elif len(table) > 1:
        remedy = "Give the whole sample as one row."
        if count.rows == "district":
            remedy = "Count each district by itself, with the number needed there."
        table.fault(f"there are {len(table)} rows, and one is counted here", row=table.rows[1], remedy=remedy)
    return table, counts


def read_amendments(path: Path, counts: Sequence[CountyCount]) -> tuple[list[CountyCount], list[Amendment]]:
    """Read corrections made before certification, and apply them.

    Parameters
    ----------
    path
        CSV with `county` and any of the numbers of the count; an empty cell leaves its number as it is. Where every
        signature of a county was checked and only its raw count is corrected, the sample stays the whole county.
    counts
        The counts to correct.

    Returns
    -------
    tuple
        The counts after the corrections, in their order, and each number that changed.

    Raises
    ------
    InputError
        A county that the counts do not have or that is given twice, or a count that the correction makes impossible.
    """
    names = list(COUNT_COLUMNS) + sorted({name for count in counts for name in count.extra})
    columns = [Column("county"), *(Column(name, "integer", required=False) for name in names)]
    table = read_table(path, columns=columns, what="correction")
    by_name = {fold_county(count.county): count for count in counts}
    spelled = {fold_county(count.county): count.county for count in counts}
    amendments: list[Amendment] = []
    for row in table:
        key = fold_county(row.text("county"))
        if (before := by_name.get(key)) is None:
            if key:
                near = nearest(key, by_name)
                remedy = f"Did you mean {spelled[near]}?" if near else "Add it to the counts first."
                table.fault(
                    "the counts have no such county", row=row, column="county", value=row.text("county"), remedy=remedy
                )
            continue
        new = {name: value for name in names if (value := row.integer(name)) is not None}
        if before.is_full_check and "raw_count" in new:
            new.setdefault("sample_size", new["raw_count"])
        after = before.amended(new)
        changed = [name for name in names if after.columns.get(name) != before.columns.get(name)]
        amendments += [Amendment(before.county, n, before.columns[n], after.columns[n]) for n in changed]
        by_name[key] = after
        for fault in find_faults(after):
            message = f"after this correction, {fault.message}"
            table.fault(message, row=row, column=str(fault.column), value=fault.value, remedy=fault.remedy)
    _refuse_doubles(table)
    table.settle()
    return list(by_name.values()), amendments


def read_raw_counts(path: Path, *, place_name: str = "") -> dict[str, int]:
    """Read how many signatures were filed in each county: CSV with `county` and `raw_count`, one row a county.

    Raises
    ------
    InputError
        With every fault of the file; no county with a signature is one.
    """
    table = read_table(path, columns=[Column("county"), Column("raw_count", "integer")], what="county")
    if len(table) > MAX_ROWS:
        message = f"there are {len(table):,} rows, and at most {MAX_ROWS:,} are counted"
        raise InputError(Fault(message, table.file, remedy="One row is one county, not one signature."))
    raw = [(row.text("county"), row.integer("raw_count") or 0, row.line) for row in table]
    _refuse_doubles(table)
    _refuse_totals(
        table, [CountyCount(county, count, count, 0, 0, line=line) for county, count, line in raw], place_name
    )
    if not table.faults and not any(count for _, count, _ in raw):
        table.fault("no county has a signature", remedy="Give the raw count of each county that received some.")
    table.settle()
    return {county: count for county, count, _ in raw}


def _count(row: Row, extra: Sequence[str]) -> tuple[CountyCount, set[str | int | None]]:
    """Make a count of a row, and name its columns that are not known, because their cell is faulty (0 stands there)."""
    numbers = {name: row.integer(name) for name in (*COUNT_COLUMNS, *extra)}
    unknown: set[str | int | None] = {name for name, number in numbers.items() if number is None}
    raw, size, valid, duplicates, *more = (number or 0 for number in numbers.values())
    county = row.text("county")
    count = CountyCount(county, raw, size, valid, duplicates, dict(zip(extra, more, strict=True)), row.line)
    return count, unknown


def _refuse_doubles(table: Table) -> None:
    first: dict[str, int] = {}
    for row in table:
        name = row.text("county")
        earlier = first.setdefault(fold_county(name), row.line)
        if name and earlier != row.line:
            message, remedy = f"this county stands in row {earlier} already", "Keep one row for each county."
            table.fault(message, row=row, column="county", value=name, remedy=remedy)


def _refuse_totals(table: Table, counts: list[CountyCount], place_name: str) -> None:
    """Refuse a row that adds up others: by its name, or when the first or last is the sum of all others."""
    sums = {name: sum(c.columns[name] for c in counts) for name in COUNT_COLUMNS[:3]}
    ends = counts[:1] + counts[-1:] if len(counts) > 3 else []
    added = {c.line for c in ends if c.raw_count and all(2 * c.columns[name] == total for name, total in sums.items())}
    for row in table:
        name = fold_county(row.text("county")).strip(" :*")
        if name and (row.line in added or name == place_name.casefold() or _TOTAL.fullmatch(name)):
            message = "this row is a total of the others, not a county"
            remedy = "Take it out; the total is made here."
            table.fault(message, row=row, column="county", value=row.text("county"), remedy=remedy)
