"""Finish a county's check: report its counts in the public case, and commit to every decision behind them.

Both events are recorded together or not at all. When decisions change after that, finishing again commits to them
anew, says which event it puts right and why, and reports the new counts where the law still takes a report.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from referenda.errors import Fault, InputError, LawError, RecordError
from referenda.ledger.event import Draft, Event
from referenda.petitions.case import Case, County
from referenda.petitions.procedure import check_deed, follow, require_deed
from referenda.petitions.verification import Basis, Progress, count_progress
from referenda.workflows.commit_petition import decisions_root
from referenda.workflows.keep_case import new_draft
from referenda.workflows.office_decisions import ATTEMPTS, OfficeDecisions
from referenda.workflows.petition_status import in_work_words

REPORTS: dict[Basis, str] = {"random_sample": "SampleReported", "full_check": "FullCheckReported"}


def finish_check(desk: OfficeDecisions, basis: Basis, on: date, *, because: str | None = None) -> list[Event]:
    """Report what was found and commit to the decisions, in the public case, as the county.

    Parameters
    ----------
    basis
        What is finished: the sample, or the check of every line.
    on
        The day.
    because
        Why decisions that were committed to before are put right.

    Returns
    -------
    list
        The events, the report first; the commitment alone where the law takes no further report.

    Raises
    ------
    InputError
        Decisions that were committed to are put right, and nobody says why.
    LawError
        Lines are in work, the other basis is being checked, nothing has changed, or the report is not in order.
    """
    desk.refresh()
    frame = desk.frame()
    if frame.basis != basis:
        now = "every line is being checked" if desk.known.full_check else "only the sample is being checked"
        raise LawError(Fault(f"{now}, so the {basis.replace('_', ' ')} cannot be finished"))
    progress = count_progress(frame, desk.known)
    if not progress.complete:
        message = f"{progress.left:,} of {progress.lines:,} lines are in work: {'; '.join(in_work_words(progress))}"
        raise LawError(Fault(message, remedy="Decide them first: referenda petition next."))
    committed = _commitment(desk, progress)
    for _ in range(ATTEMPTS):
        case, law = desk.office.public()
        drafts = _drafts(case, desk, progress, committed, on, because)
        state, stamped = case, list[Draft]()
        for draft in drafts:
            finding = require_deed(state, law, draft)
            late = {"late": finding.late.model_dump(mode="json")} if finding.late else {}
            stamped.append(Draft(draft.kind, draft.version, draft.occurred_on, draft.by, {**draft.data, **late}))
            state = follow(state, law, _as_event(state, stamped[-1]))
        try:
            events = desk.office.store.append(case.name, stamped, expected_size=case.size)
        except RecordError:
            if desk.office.store.size(case.name) == case.size:
                raise
            continue
        desk.case = state
        return events
    raise RecordError(f"others wrote {ATTEMPTS} times in between; try again in a moment")


def _drafts(
    case: Case, desk: OfficeDecisions, progress: Progress, committed: dict[str, Any], on: date, because: str | None
) -> list[Draft]:
    basis, by = progress.frame.basis, desk.office.by
    county = case.county(desk.office.county) or County(desk.office.county)
    earlier = county.decisions.get(basis)
    data = {**committed, "county": county.name}
    if earlier:
        before = earlier[1]
        if (before.root, before.valid, before.reasons) == (data["root"], data["valid"], data["reasons"]):
            raise LawError(Fault(f"these decisions were committed to already, at position {earlier[0]}"))
        if not because:
            message = f"the decisions committed to at position {earlier[0]} are put right for a reason"
            raise InputError(Fault(message, column="--because", remedy="Say why in a few words, without a name."))
        data |= {"amends": earlier[0], "because": because}
    report = new_draft(REPORTS[basis], on, by, {"county": county.name, **_counts(progress)})
    commitment = new_draft("DecisionsCommitted", on, by, data)
    if earlier and not check_deed(case, desk.law, report).allowed:
        return [commitment]
    return [report, commitment]


def _counts(progress: Progress) -> dict[str, Any]:
    if progress.frame.basis == "full_check":
        return {"checked": progress.lines, "valid_signatures": progress.valid, "complete": True}
    return {
        "sample_size": progress.lines,
        "valid_in_sample": progress.valid,
        "duplicates_in_sample": progress.duplicates,
    }


def _commitment(desk: OfficeDecisions, progress: Progress) -> dict[str, Any]:
    """Give what `DecisionsCommitted` holds, but for the county's name and what it puts right."""
    matched = desk.office.books().matched
    if not matched:
        message = "the lines were never matched, so the decisions rest on no voter file of a stated day"
        raise LawError(Fault(message, remedy="Match them: referenda petition match."))
    return {
        "basis": progress.frame.basis,
        "lines": progress.lines,
        "valid": progress.valid,
        "duplicates": progress.duplicates,
        "reasons": progress.reasons,
        "voter_file": matched[-1].voter_file,
        "second_looks": {"lines": progress.second_looks.lines, "differed": progress.second_looks.differed},
        **decisions_root(desk.office, desk.known, progress.frame.order),
    }


def _as_event(case: Case, draft: Draft) -> Event:
    now = datetime.now(UTC)
    return Event(case.name, case.size, draft.kind, draft.version, draft.occurred_on, now, draft.by, draft.data)
