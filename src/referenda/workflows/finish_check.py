"""Finish a county's check: report its counts in the public case, and commit to every decision behind them.

Both events are recorded together or not at all. When decisions change after that, finishing again commits to them
anew, says which event it puts right and why, and reports the new counts where the law still takes a report.

A check of every line may end early where the law decides `sufficient` on what is finished. The lines that are left
are counted, and committed to as not examined, so that none of them can be said later to have been decided.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from referenda.errors import Fault, InputError, LawError, RecordError
from referenda.ledger.event import Draft, Event
from referenda.petitions.case import Case, County
from referenda.petitions.procedure import check_deed, follow, require_deed
from referenda.petitions.verification import Basis, Frame, Progress, count_progress
from referenda.workflows.commit_petition import decisions_root
from referenda.workflows.keep_case import new_draft
from referenda.workflows.office_decisions import ATTEMPTS, OfficeDecisions
from referenda.workflows.petition_status import decide_so_far, in_work_words

REPORTS: dict[Basis, str] = {"random_sample": "SampleReported", "full_check": "FullCheckReported"}


def finish_check(
    desk: OfficeDecisions, basis: Basis, on: date, *, because: str | None = None, early: bool = False
) -> list[Event]:
    """Report what was found and commit to the decisions, in the public case, as the county.

    Parameters
    ----------
    basis
        What is finished: the sample, or the check of every line.
    on
        The day.
    because
        Why decisions that were committed to before are put right.
    early
        End the check of every line with what is finished, if the law finds that enough.

    Returns
    -------
    list
        The events, the report first; the commitment alone where the law takes no further report.

    Raises
    ------
    InputError
        Decisions that were committed to are put right, and nobody says why.
    LawError
        Lines are in work (ended early: two looks differ and nobody settled it, or the law does not find what is
        finished enough), the other basis is being checked, nothing has changed, or the report is not in order.
    """
    desk.refresh()
    frame = desk.frame()
    if frame.basis != basis:
        now = "every line is being checked" if desk.known.full_check else "only the sample is being checked"
        raise LawError(Fault(f"{now}, so the {basis.replace('_', ' ')} cannot be finished"))
    progress = count_progress(frame, desk.known)
    if early and not progress.complete:
        _require_enough(desk, progress, on)
        finished = [line for line in frame.order if desk.known.outcome(line)]
        progress = count_progress(replace(frame, order=finished), desk.known)
    if not progress.complete:
        parted = (words.partition(" ") for words in in_work_words(progress))
        why = "; ".join(f"{meaning} ({count})" for count, _, meaning in parted)
        message = f"{progress.left:,} of {progress.lines:,} lines are in work: {why}"
        raise LawError(Fault(message, remedy="Decide them first: referenda petition next."))
    committed = _commitment(desk, progress, frame)
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
    counts = _counts(progress, complete="not_examined" not in data)
    report = new_draft(REPORTS[basis], on, by, {"county": county.name, **counts})
    commitment = new_draft("DecisionsCommitted", on, by, data)
    closed = earlier or (data.get("not_examined") and case.was_done("PetitionFoundSufficient"))
    if closed and not check_deed(case, desk.law, report).allowed:
        return [commitment]
    return [report, commitment]


def _counts(progress: Progress, *, complete: bool) -> dict[str, Any]:
    if progress.frame.basis == "full_check":
        return {"checked": progress.lines, "valid_signatures": progress.valid, "complete": complete}
    return {
        "sample_size": progress.lines,
        "valid_in_sample": progress.valid,
        "duplicates_in_sample": progress.duplicates,
    }


def _require_enough(desk: OfficeDecisions, progress: Progress, on: date) -> None:
    """Refuse to end a check early unless the law finds enough in what is finished, and no two looks differ."""
    if progress.frame.basis != "full_check":
        raise LawError(Fault("only a check of every line may end early; a sample is examined to its end"))
    if differing := progress.in_work.get("differs"):
        message = f"two looks differ on {differing:,} lines, and nobody has settled it"
        raise LawError(Fault(message, remedy="Settle them first: referenda petition next."))
    found = decide_so_far(desk, progress, on)
    if found.decision != "sufficient":
        about = f"{found.decision_about.rstrip('.')} ({found.decision_cite})"
        message = f"with {progress.valid:,} valid of {progress.finished:,} finished lines the check cannot end: {about}"
        raise LawError(Fault(message, remedy="Go on deciding: referenda petition next."))


def _commitment(desk: OfficeDecisions, progress: Progress, frame: Frame) -> dict[str, Any]:
    """Give what `DecisionsCommitted` holds, but for the county's name and what it puts right."""
    matched = desk.office.books().matched
    if not matched:
        message = "the lines were never matched, so the decisions rest on no voter file of a stated day"
        raise LawError(Fault(message, remedy="Match them: referenda petition match."))
    left = len(frame.order) - progress.lines
    return {
        "basis": progress.frame.basis,
        "lines": progress.lines,
        **({"not_examined": left} if left else {}),
        "valid": progress.valid,
        "duplicates": progress.duplicates,
        "reasons": progress.reasons,
        "voter_file": matched[-1].voter_file,
        "second_looks": {"lines": progress.second_looks.lines, "differed": progress.second_looks.differed},
        **decisions_root(desk.office, desk.known, frame.order, early=left > 0),
    }


def _as_event(case: Case, draft: Draft) -> Event:
    now = datetime.now(UTC)
    return Event(case.name, case.size, draft.kind, draft.version, draft.occurred_on, now, draft.by, draft.data)
