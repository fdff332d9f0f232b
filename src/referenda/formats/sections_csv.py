"""Reading a list of sections: what an office counted when a petition was filed.

One row is one section: its name, how many signatures stand on it, and what is kept of it: its box, its circulator, the
circulator's declaration and the days that it names, and the reason if the section was rejected as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from referenda.errors import InputError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.petitions.county_count import fold_county
from referenda.petitions.section import MOST_LINES, Section, is_section_name
from referenda.terms.days import read_date
from referenda.terms.names import nearest

DECLARATIONS: dict[str, Literal["complete", "incomplete", "missing"]] = {
    "complete": "complete",
    "incomplete": "incomplete",
    "missing": "missing",
}
_DATES = ("signed_from", "signed_until", "received_on")
_COLUMNS = (
    Column("section", aliases=("sheet_id", "section_id")),
    Column("lines", "integer", aliases=("signatures",)),
    *(Column(name, required=False) for name in ("county", "box", "circulator", "declaration", *_DATES, "rejected")),
    Column("defective", required=False),
)
_DEFECTIVE = {"": None, "true": "missing", "false": "complete"}


@dataclass(frozen=True)
class SectionList:
    """The sections of a file in its order; whether it says of each if it was rejected; where each stands in it.

    `notes` are worth knowing and no fault.
    """

    sections: tuple[Section, ...]
    says_rejected: bool
    rows: Mapping[str, int]
    notes: tuple[str, ...] = ()


def read_sections(path: Path, *, county: str, reasons: Sequence[str] | None = None) -> SectionList:
    """Read a list of sections.

    Parameters
    ----------
    path
        CSV or Parquet with `section` and `lines` (signatures on it), and any of county, box, circulator, declaration
        (complete, incomplete, missing), signed_from, signed_until, received_on (year-month-day) and rejected (a reason
        code). Of the sheets of an invented petition, `defective` says whether the declaration is missing.
    county
        The county whose sections they are.
    reasons
        The reason codes of the place; not checked when absent.

    Raises
    ------
    InputError
        With every fault of the file: file, row, column, value and what to do.
    """
    table = read_table(path, columns=_COLUMNS, what="section", others=True)
    table.require_distinct("section")
    _require_county(table, county)
    sections = [_section(row, table, reasons) for row in table]
    table.settle()
    rows = {section.name: row.line for section, row in zip(sections, table, strict=True)}
    notes = (f"columns of sections that are not read: {', '.join(table.ignored)}",) if table.ignored else ()
    return SectionList(tuple(sections), "rejected" in table.columns, rows, notes)


def _require_county(table: Table, county: str) -> None:
    """Note sections of other counties, row by row, or at once where all are."""
    stated = [(row, other) for row in table if (other := row.text("county"))]
    strangers = [(row, other) for row, other in stated if fold_county(other) != fold_county(county)]
    if len(strangers) == len(table) > 1:
        names = sorted({other for _, other in strangers})
        named = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
        remedy = f"This is the office of {county}: give the file of its sections, or leave the column county out."
        table.fault("every section is of another county", column="county", value=named, remedy=remedy)
        return
    for row, other in strangers:
        remedy = f"Leave it out; sections of {county} are taken in here."
        table.fault("this section is of another county", row=row, column="county", value=other, remedy=remedy)


def _section(row: Row, table: Table, reasons: Sequence[str] | None) -> Section:
    name, lines, rejected = row.text("section"), row.integer("lines"), row.text("rejected")
    if name and not is_section_name(name):
        remedy = "Use 1 to 40 letters, digits, points, dashes and underscores, such as 000123."
        table.fault("a section cannot have this name", row=row, column="section", value=name[:80], remedy=remedy)
    if lines is not None and lines > MOST_LINES:
        message = f"a section has at most {MOST_LINES:,} lines"
        table.fault(message, row=row, column="lines", value=str(lines), remedy="Check the number.")
    declaration = row.text("declaration").lower()
    if declaration and declaration not in DECLARATIONS:
        remedy = f"Write {', '.join(DECLARATIONS)}."
        table.fault("this is not a word for it", row=row, column="declaration", value=declaration[:80], remedy=remedy)
    if (defective := row.text("defective").lower()) not in _DEFECTIVE:
        table.fault("this is true or false", row=row, column="defective", value=defective[:80], remedy="Write one.")
    if rejected and reasons is not None and rejected not in reasons:
        near = nearest(rejected, reasons)
        remedy = f"Did you mean {near}?" if near else f"There are {', '.join(reasons)}."
        table.fault("the law has no such reason", row=row, column="rejected", value=rejected[:80], remedy=remedy)
    days = {name: _day(row, name, table) for name in _DATES}
    first, last = days["signed_from"], days["signed_until"]
    if first and last and last < first:
        remedy = "Give the earlier day first."
        table.fault("this is before signed_from", row=row, column="signed_until", value=str(last), remedy=remedy)
    return Section(
        name,
        lines or 0,
        box=row.text("box") or None,
        circulator=row.text("circulator") or None,
        declaration=DECLARATIONS.get(declaration or _DEFECTIVE.get(defective) or ""),
        rejected=rejected or None,
        **days,
    )


def _day(row: Row, name: str, table: Table) -> date | None:
    if not (text := row.text(name)):
        return None
    try:
        return read_date(text)
    except InputError as error:
        for fault in error.faults:
            table.fault(fault.message, row=row, column=name, value=text[:80], remedy=fault.remedy)
        return None
