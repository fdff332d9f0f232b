"""Bind an office to its lines and to its decisions: the roots that the public record holds, and what is under them.

The lines are committed to before the public seed of the sample is known, so that nobody can key them to fit the draw;
the decisions when the sample, or the check of every line, is finished, and again when a late one changes them. What was
under a root can be made again at any time, from the batches and the part of the office's log that it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from referenda.errors import Fault, UndeterminedError
from referenda.ledger.tree import root_of
from referenda.petitions.adjudication import Adjudications
from referenda.petitions.commitments import LINE_FIELDS, Committer, Opening, in_order
from referenda.workflows.keep_case import Recorded, new_draft, record_deed
from referenda.workflows.office_folder import Office

_ROWS = 50_000


def committer_of(office: Office) -> Committer:
    """Make the commitments of an office, with its secret."""
    return Committer(office.secret(), office.case, office.county)


def line_openings(office: Office, *, batches: int | None = None) -> Iterator[Opening]:
    """Open every keyed line, in the order in which their commitments stand.

    Parameters
    ----------
    batches
        Of batches 1 to this; all when absent.
    """
    make = committer_of(office)
    for rows in office.lines(batches=batches).to_batches(max_chunksize=_ROWS):
        columns = [rows[name].to_pylist() for name in ("identity", *LINE_FIELDS)]
        for identity, *fields in zip(*columns, strict=True):
            yield make.line(identity, dict(zip(LINE_FIELDS, fields, strict=True)))


def commit_lines(office: Office, on: date) -> Recorded:
    """Put the root over all lines keyed so far on the public record.

    Raises
    ------
    UndeterminedError
        No line is keyed yet.
    LawError
        It does not agree with the case.
    """
    batches = len(office.books().batches)
    if not batches:
        raise UndeterminedError(
            Fault(
                "no line is keyed yet, so there is nothing to commit to", remedy="Key them: referenda petition intake."
            )
        )
    leaves = [opening.leaf for opening in line_openings(office, batches=batches)]
    data = {
        "county": office.county,
        "lines": len(leaves),
        "root": root_of(leaves).hex(),
        "batches": batches,
        "office_size": office.books().size,
    }
    return record_deed(office.store, office.case, new_draft("LinesCommitted", on, office.by, data))


def decision_openings(
    office: Office, known: Adjudications, lines: Iterable[str], *, early: bool = False
) -> Iterator[Opening]:
    """Open the decisions on some lines, in the order in which their commitments stand.

    Parameters
    ----------
    early
        Whether the check ended early: then a line in work is one that was not examined.

    Raises
    ------
    UndeterminedError
        A line is still in work.
    """
    make = committer_of(office)
    for identity in in_order(lines):
        found = known.outcome(identity)
        if found is None and early:
            yield make.not_examined(identity)
            continue
        if found is None:
            remedy = "See what is left: referenda petition status."
            raise UndeterminedError(Fault("this line is still in work", value=identity, remedy=remedy))
        yield make.decision(
            identity,
            valid=found.valid,
            reason=found.reason,
            duplicate_of=found.duplicate_of,
            voter_id=found.voter_id,
        )


def decisions_root(
    office: Office, known: Adjudications, lines: Iterable[str], *, early: bool = False
) -> dict[str, Any]:
    """Give what `DecisionsCommitted` says of the bytes: the root over the decisions, and the log it is made of."""
    root = root_of(opening.leaf for opening in decision_openings(office, known, lines, early=early))
    return {"root": root.hex(), "office_size": known.size}


def known_at(office: Office, size: int) -> Adjudications:
    """Give what stood of the decisions when the office's log had so many events."""
    known = Adjudications(office.county)
    for event in office.events():
        if event.position >= size:
            break
        known.take(event)
    return known
