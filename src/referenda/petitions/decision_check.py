"""May these decisions be recorded? Decisions that somebody wants to make, against all that was decided before.

Each is held against the lines that are to be verified, the reason codes of the place's law, the looks that the line
has had, and the voter whose signature perhaps counts on another line already. Decisions of one file are checked
together: two of them may depend on each other. A second look is not held against other lines, because a refusal would
tell what the first look found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from referenda.errors import Fault
from referenda.law.place import PlaceLaw
from referenda.petitions.adjudication import DUPLICATE, WITHDRAWN, Adjudication, Adjudications
from referenda.terms.names import did_you_mean

_PERSON = re.compile(r"[^\s/:][^/:\x00-\x1f\x7f]{0,39}")


@dataclass(frozen=True)
class Decision:
    """What a person says of a line; `row` is its row in a file, where it comes from one."""

    line: str
    valid: bool
    by: str
    day: date
    reason: str | None = None
    voter_id: str | None = None
    duplicate_of: str | None = None
    note: str | None = None
    matches: int | None = None
    row: int | None = None

    def as_data(self, look: int, voter_file: Mapping[str, str] | None) -> dict[str, Any]:
        """Give it as the data of `LineDecided`, without what is not there."""
        data: dict[str, Any] = {
            "line": self.line,
            "decision": "valid" if self.valid else "not_valid",
            "look": look,
            "reason": self.reason,
            "voter_id": self.voter_id,
            "duplicate_of": self.duplicate_of,
            "note": self.note,
            "matches": self.matches,
            "voter_file": dict(voter_file) if voter_file else None,
        }
        return {key: value for key, value in data.items() if value is not None}


def reason_codes(law: PlaceLaw, instrument: str, on: date) -> dict[str, str]:
    """Give the reasons for which a place's law does not count a signature, each with what it means."""
    codes = law.in_force(law.schema.reason_codes, on, instrument)
    return {code.name: f"{code.about} ({code.cite})" for code in codes}


def person_fault(person: str) -> Fault | None:
    """Say what is wrong with the name of a person who decides, or None."""
    if _PERSON.fullmatch(person):
        return None
    remedy = "Write a name or initials of up to 40 characters, without a colon or a stroke."
    return Fault("a named person decides", column="--by", value=person[:60], remedy=remedy)


def check_decisions(
    decisions: Sequence[Decision],
    known: Adjudications,
    *,
    lines: Container[str],
    all_lines: Container[str],
    codes: Collection[str],
) -> tuple[list[int], list[Fault]]:
    """Check decisions against each other and against what stands.

    Parameters
    ----------
    decisions
        In the order in which they would be recorded; `by` is `county:NAME/PERSON`.
    lines
        Identities of the lines that are to be verified now.
    all_lines
        Identities of all lines filed in the county.
    codes
        Reason codes of the place's law on that day.

    Returns
    -------
    tuple
        The look (1, 2 or 3) that each decision is, and every fault; `Fault.row` is the row of the decision.
    """
    check = _Check(known, lines, all_lines, codes)
    looks = [check.take(decision) for decision in decisions]
    check.settle_duplicates()
    return looks, check.faults


class _Check:
    """The decisions of one file on top of what stands; nothing of it is recorded."""

    def __init__(
        self, known: Adjudications, lines: Container[str], all_lines: Container[str], codes: Collection[str]
    ) -> None:
        self.known, self.lines, self.all_lines, self.codes = known, lines, all_lines, codes
        self.faults: list[Fault] = []
        self.now: dict[str, Decision] = {}
        self.seen: dict[str, Decision] = {}
        self.counted: dict[str, str | None] = {}
        self.duplicates: list[Decision] = []

    def take(self, decision: Decision) -> int:
        """Check one decision, and give the look that it is (0 when that is not to be said)."""
        found = list(self._of_line(decision))
        look = 0
        if not found:
            look, fault = self._look(decision)
            found += [fault] if fault else []
        found += self._form(decision)
        if not found and look != 2:
            found += self._of_voter(decision)
            self.now[decision.line] = decision
            if decision.duplicate_of:
                self.duplicates.append(decision)
        self.seen.setdefault(decision.line, decision)
        self.faults += (replace(fault, row=decision.row) for fault in found)
        return look

    def settle_duplicates(self) -> None:
        """See that each duplicate repeats a line that counts or may yet; the order of decisions does not matter."""
        for decision in self.duplicates:
            if fault := self._of_original(decision):
                self.faults.append(replace(fault, row=decision.row))

    def _of_line(self, decision: Decision) -> Iterator[Fault]:
        line = decision.line
        if line in self.lines:
            if earlier := self.seen.get(line):
                words = f"the line stands in row {earlier.row} already" if earlier.row else "the line stands here twice"
                yield _line(line, words, "Keep one of them.")
            elif line in self.known.withdrawn:
                request = self.known.withdrawn[line].request
                yield _line(line, f"its signer withdrew it in time (request {request}); it needs no decision")
            elif (settled := self.known.settled_without_look(line)) is not None:
                yield _line(line, f"its section was rejected as a whole ({settled.reason}); it needs no decision")
        elif line in self.all_lines:
            remedy = "Decide the lines of the sample; the others wait until every line is to be checked."
            yield _line(line, "this line is not in the sample, and only the sample is verified now", remedy)
        else:
            remedy = "Write SECTION/LINE, such as 000123/7, as `petition next` shows it."
            yield _line(line, "there is no such line", remedy)

    def _look(self, decision: Decision) -> tuple[int, Fault | None]:
        looks = self.known.looks(decision.line)
        mine = next((look for look in looks if look.is_by(decision.by)), None)
        match self.known.next_look(decision.line):
            case None:
                made = looks[-1]
                words = f"{made.by.rpartition('/')[2]} decided this line on {made.day}"
                remedy = "Take that back first, if it was wrong: referenda petition undo."
                return 0, _line(decision.line, words, remedy)
            case int() as look if mine is None:
                return look, None
            case look:
                remedy = f"Another person must look at it; or take back what you said on {mine.day} (petition undo)."
                times = {2: "a second", 3: "a third"}.get(look, "another")
                return look, _line(decision.line, f"you decided this line, and {times} look is another's", remedy)

    def _form(self, decision: Decision) -> Iterator[Fault]:
        reason = decision.reason
        if decision.valid:
            if reason or decision.duplicate_of:
                yield Fault("a valid signature has no reason against it", column="reason", value=reason, remedy=_EITHER)
            if not decision.voter_id:
                remedy = "Give the voter whose signature it is; `petition next` shows who may be meant."
                yield _line(decision.line, "a valid signature is some voter's", remedy)
            return
        if reason is None:
            yield _line(decision.line, "a signature is not counted for a reason", f"Known: {', '.join(self.codes)}.")
        elif reason not in self.codes:
            remedy = did_you_mean(reason, list(self.codes))
            yield Fault("the law of this place has no such reason code", column="reason", value=reason, remedy=remedy)
        elif reason == WITHDRAWN:
            remedy = "Record the signer's request: referenda petition withdraw."
            yield _line(decision.line, "a signature is withdrawn by a request of its signer", remedy)
        elif (reason == DUPLICATE) != bool(decision.duplicate_of):
            remedy = f"Give `duplicate_of` with the reason `{DUPLICATE}`, and with no other."
            yield Fault(
                "a duplicate names the line that it repeats", column="duplicate_of", value=decision.duplicate_of,
                remedy=remedy,
            )  # fmt: skip

    def _of_voter(self, decision: Decision) -> Iterator[Fault]:
        """See that no other line counts for the voter, and that the voter has not withdrawn."""
        voter = decision.voter_id
        before = self.known.leading(decision.line)
        if before and before.valid and before.voter_id and not (decision.valid and before.voter_id == voter):
            self.counted.setdefault(before.voter_id, None)
        if not decision.valid or voter is None:
            return
        if withdrawal := self.known.withdrawn_voters.get(voter):
            remedy = "Record the request for this line too: referenda petition withdraw … with the line."
            words = f"this voter withdrew in time (request {withdrawal.request})"
            yield _line(decision.line, words, remedy)
            return
        other = self.counted[voter] if voter in self.counted else self.known.counts_on(voter)
        if other and other != decision.line:
            remedy = f"Decide it as `{DUPLICATE}` of {other}, or take that decision back first."
            yield _line(decision.line, f"this voter's signature counts on the line {other}", remedy)
        else:
            self.counted[voter] = decision.line

    def _of_original(self, decision: Decision) -> Fault | None:
        original = decision.duplicate_of or ""
        here: Decision | Adjudication | None = self.now.get(original) or self.known.leading(original)
        settled = self.known.settled_without_look(original)
        remedy = "Name the line that counts for this signer."
        if original == decision.line:
            return _original(original, "a line does not repeat itself", remedy)
        if original not in self.lines:
            if original in self.all_lines:
                words = "the line it repeats is not in the sample, so it is no duplicate within the sample"
                return _original(original, words, "Decide it as you would without that line.")
            return _original(original, "there is no such line", remedy)
        if here is not None and here.duplicate_of:
            return _original(original, f"that line is itself a duplicate, of {here.duplicate_of}", remedy)
        if settled is not None or (here is not None and not here.valid):
            reason = settled.reason if settled else here.reason if here else None
            return _original(original, f"that line does not count ({reason}), so nothing repeats it", remedy)
        if here is not None and decision.voter_id and here.voter_id != decision.voter_id:
            return _original(original, "that line counts for another voter", remedy)
        return None


_EITHER = "Write `valid` with a voter, or `not_valid` with a reason."


def _line(line: str, message: str, remedy: str | None = None) -> Fault:
    return Fault(message, column="line", value=line, remedy=remedy)


def _original(line: str, message: str, remedy: str) -> Fault:
    return Fault(message, column="duplicate_of", value=line, remedy=remedy)
