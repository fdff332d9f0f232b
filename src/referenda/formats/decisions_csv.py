"""Reading decisions on lines that somebody made outside: one row a line, with who decided it and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from referenda.errors import InputError
from referenda.formats.tables import Column, Row, Table, read_table
from referenda.petitions.decision_check import Decision, person_fault
from referenda.terms.days import read_date
from referenda.terms.names import did_you_mean

WORDS = {"valid": True, "not_valid": False}
_COLUMNS = (
    Column("line"),
    Column("decision"),
    *(Column(name, required=False) for name in ("reason", "voter_id", "duplicate_of", "by", "decided_on", "note")),
)


def read_decisions(path: Path, *, by_person: Callable[[str], str], by: str | None, on: date) -> list[Decision]:
    """Read decisions.

    Parameters
    ----------
    path
        CSV with `line` (`SECTION/LINE`) and `decision` (`valid` or `not_valid`), and any of reason, voter_id,
        duplicate_of, by, decided_on (year-month-day) and note.
    by_person
        Gives the name of a person as events have it (`county:NAME/PERSON`).
    by, on
        The person and the day for rows that name none.

    Raises
    ------
    InputError
        With every fault of the file: file, row, column, value and what to do.
    """
    table = read_table(path, columns=_COLUMNS, what="decision")
    decisions = [_decision(table, row, by_person, by, on) for row in table]
    table.settle()
    return decisions


def _decision(table: Table, row: Row, by_person: Callable[[str], str], by: str | None, on: date) -> Decision:
    word = row.text("decision").lower().replace(" ", "_")
    if word and word not in WORDS:
        remedy = did_you_mean(word, list(WORDS))
        table.fault("a decision is valid or not_valid", row=row, column="decision", value=word, remedy=remedy)
    person = row.text("by") or by or ""
    if fault := person_fault(person):
        remedy = "Name the person in the column `by`, or for all rows with --by."
        table.fault(
            fault.message, row=row, column="by", value=person or None, remedy=remedy if not person else fault.remedy
        )
    day = on
    if text := row.text("decided_on"):
        try:
            day = read_date(text)
        except InputError as error:
            for fault in error.faults:
                table.fault(fault.message, row=row, column="decided_on", value=text, remedy=fault.remedy)
    return Decision(
        row.text("line"),
        WORDS.get(word, False),
        by_person(person),
        day,
        reason=row.text("reason") or None,
        voter_id=row.text("voter_id") or None,
        duplicate_of=row.text("duplicate_of") or None,
        note=row.text("note") or None,
        row=row.line,
    )
