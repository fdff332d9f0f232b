"""Decide on lines: from a file, one by one, or by accepting what the matcher proposed; and take a decision back.

Every decision is one event with a person, a day and the voter file it rests on. What a file holds is recorded whole or
not at all. Accepting the matcher's proposals is a person's deed too: each line gets that person's decision, which
names the matcher's answer it followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc

from referenda.errors import Fault, InputError, LawError
from referenda.ledger.event import Draft, Event
from referenda.petitions.adjudication import Adjudication
from referenda.petitions.decision_check import Decision, check_decisions
from referenda.petitions.office_kinds import LineDecided
from referenda.stats.draw import check_seed
from referenda.workflows.next_line import registrations
from referenda.workflows.office_decisions import OfficeDecisions, office_draft

CHUNK = 10_000
MOST_FAULTS = 50
Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Accepted:
    """Proposals that a person accepted together: lines decided, and those left for a look of their own."""

    lines: int
    left_out: int
    matches: int


def decide_lines(desk: OfficeDecisions, decisions: Sequence[Decision], *, voters: Path | None = None) -> list[Event]:
    """Record decisions, all or none.

    Parameters
    ----------
    desk
        The decisions of the office so far.
    decisions
        In order; `by` is `county:NAME/PERSON`.
    voters
        The snapshot of the voter file, to see that every voter who is named is in it.

    Raises
    ------
    InputError
        With every fault of every decision (the first 50 one by one).
    LawError
        Nothing is to be verified yet.
    """
    before = [*_day_faults({decision.day for decision in decisions}), *_voter_faults(decisions, voters)]

    def make() -> list[Draft]:
        drafts, faults = _drafts(desk, decisions)
        if before or faults:
            raise InputError(*_said([*before, *faults]))
        return drafts

    return desk.record(make)


def accept_proposed(
    desk: OfficeDecisions, by: str, on: date, *, progress: Told = lambda stage, done, of: None
) -> Accepted:
    """Record a person's decision `valid` for each open line whose match is to be accepted.

    A line is left out, for a look of its own, where its voter's signature counts on another line or was withdrawn.
    Lines are recorded 10,000 at a time; if that is broken off, saying it again goes on with the rest.

    Parameters
    ----------
    by
        `county:NAME/PERSON`.
    on
        The day.
    progress
        Told what is done, in lines.

    Raises
    ------
    UndeterminedError, LawError
        The lines were not matched, or nothing is to be verified yet.
    """
    if faults := list(_day_faults({on})):
        raise InputError(*faults)
    number, voters = _proposals(desk)
    wanted = [
        Decision(line, True, by, on, voter_id=voters[line], matches=number)
        for line in desk.frame().order
        if line in voters and desk.known.next_look(line) == 1
    ]
    done, left_out = 0, 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]

        def make(chunk: Sequence[Decision] = chunk) -> list[Draft]:
            keep = [decision for decision in chunk if desk.known.next_look(decision.line) == 1]
            while True:
                drafts, faults = _drafts(desk, keep)
                if not faults:
                    return drafts
                wrong = {fault.value for fault in faults}
                kept = [decision for decision in keep if decision.line not in wrong]
                if len(kept) == len(keep):
                    raise InputError(*_said(faults))
                keep = kept

        recorded = desk.record(make)
        done += len(recorded)
        left_out += len(chunk) - len(recorded)
        progress("accepting proposals", start + len(chunk), len(wanted))
    return Accepted(done, left_out, number)


def undo_decision(desk: OfficeDecisions, line: str, why: str, by: str, on: date) -> tuple[Event, Adjudication | None]:
    """Take back the latest decision on a line, or its withdrawal where there is one; it stays on record as undone.

    Returns
    -------
    tuple
        The event, and the decision that was taken back (None for a withdrawal).

    Raises
    ------
    InputError
        Nothing was decided on this line, or no reason is given.
    """
    faults = list(_day_faults({on}))
    if not why.strip():
        faults.append(Fault("a decision is taken back for a reason", column="--why", remedy="Say why in a few words."))
    if faults:
        raise InputError(*faults)
    taken: list[Adjudication | None] = []

    def make() -> list[Draft]:
        withdrawal, found = desk.known.withdrawn.get(line), desk.known.find(line)
        if withdrawal is None and found is None:
            remedy = "See what was decided: referenda petition status."
            raise InputError(Fault("nothing was decided on this line", column="--line", value=line, remedy=remedy))
        position = withdrawal.position if withdrawal else found.position if found else 0
        taken[:] = [None if withdrawal else found]
        return [office_draft("DecisionUndone", on, by, {"line": line, "position": position, "why": why.strip()})]

    [event] = desk.record(make)
    return event, taken[0]


def choose_second_looks(desk: OfficeDecisions, seed: str, share_in_million: int, by: str, on: date) -> Event:
    """Lay down the lines that are decided twice: those with the lowest tickets under a seed of their own.

    Parameters
    ----------
    seed
        At least 20 digits, as of public dice; not the seed of the sample.
    share_in_million
        Lines chosen of a million, 0 to 1,000,000.

    Raises
    ------
    InputError
        The seed or the share is wrong.
    """
    faults = list(_day_faults({on}))
    try:
        check_seed(seed)
    except InputError as error:
        faults += error.faults
    county = desk.case.county(desk.office.county)
    if county and county.sample_drawn and county.sample_drawn.seed == seed:
        message, remedy = "this is the seed of the sample, whose lowest tickets are all drawn", "Throw other dice."
        faults.append(Fault(message, column="--seed", remedy=remedy))
    if not 0 <= share_in_million <= 1_000_000:
        faults.append(Fault("a share lies between 0 and 1", column="--share", remedy="Write 5% or 0.05."))
    if faults:
        raise InputError(*faults)
    data = {"seed": seed, "share_in_million": share_in_million}
    [event] = desk.record(lambda: [office_draft("SecondLooksChosen", on, by, data)])
    return event


def begin_full_check(desk: OfficeDecisions, by: str, on: date) -> Event:
    """Begin the check of every line; what was decided in the sample stands.

    Raises
    ------
    LawError
        It has begun already, or a sample was drawn and did not lead to it (`FullCheckOrdered`).
    """
    if faults := list(_day_faults({on})):
        raise InputError(*faults)

    def make() -> list[Draft]:
        if desk.known.full_check:
            raise LawError(Fault("the check of every line has begun already"))
        county = desk.case.county(desk.office.county)
        if county and county.sample_drawn and not desk.case.was_done("FullCheckOrdered"):
            message = "a sample was drawn, and no check of every line was ordered after it"
            raise LawError(Fault(message, remedy="Record FullCheckOrdered in the case first, if the sample led to it."))
        lines = desk.full_order()
        data = {"lines": len(lines), "decided": sum(line in desk.known.first for line in lines)}
        return [office_draft("FullCheckBegun", on, by, data)]

    [event] = desk.record(make)
    return event


def _drafts(desk: OfficeDecisions, decisions: Sequence[Decision]) -> tuple[list[Draft], list[Fault]]:
    codes = desk.codes(max((decision.day for decision in decisions), default=date.today()))
    looks, faults = check_decisions(
        decisions, desk.known, lines=desk.lines_now(), all_lines=desk.all_lines, codes=list(codes)
    )
    if faults:
        return [], faults
    matched = desk.office.books().matched
    file = matched[-1].voter_file if matched else None
    return [
        Draft(LineDecided.__name__, LineDecided.version, decision.day, decision.by, decision.as_data(look, file))
        for decision, look in zip(decisions, looks, strict=True)
    ], []


def _proposals(desk: OfficeDecisions) -> tuple[int, dict[str, str]]:
    """Give the number of the newest answer of the matcher, and the voter of each line that it would accept."""
    matched, answer = desk.office.books().matched, desk.office.matches()
    if not matched or answer is None:
        message = "the lines were not matched, so nothing was proposed"
        raise LawError(Fault(message, remedy="Match them: referenda petition match."))
    accept = answer.filter(pc.equal(answer["status"], "accept"))
    voters = zip(accept["identity"].to_pylist(), accept["voter_id"].to_pylist(), strict=True)
    return matched[-1].file.number, {line: voter for line, voter in voters if voter}


def _day_faults(days: set[date]) -> Iterator[Fault]:
    latest = (datetime.now(UTC) + timedelta(hours=14)).date()
    for day in sorted(day for day in days if day > latest):
        yield Fault("this day has not come yet", column="decided_on", value=str(day))


def _voter_faults(decisions: Sequence[Decision], voters: Path | None) -> Iterator[Fault]:
    named = {decision.voter_id for decision in decisions if decision.voter_id}
    known = registrations(voters, named) if voters is not None and named else {}
    for decision in decisions:
        if voters is not None and decision.voter_id and decision.voter_id not in known:
            message = f"the voter file has no voter of this id, named for the line {decision.line}"
            yield Fault(message, row=decision.row, column="voter_id", remedy="Check the id against the voter file.")


def _said(faults: Sequence[Fault]) -> list[Fault]:
    rest = len(faults) - MOST_FAULTS
    more = [Fault(f"{rest:,} more faults were found", remedy="Mend these first.")] if rest > 0 else []
    return [*faults[:MOST_FAULTS], *more]
