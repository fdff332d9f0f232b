"""Votes that hang on one another, and measures that conflict on one ballot.

A vote may exist only if an earlier one came out a certain way (a plebiscite in 2019 that a vote in 2018 calls for).
Of conflicting measures that are approved at one election, the one with the most yes votes prevails
(Cal. Const. art. II § 10(b)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.law.tally import Tally
from referenda.law.vote_rule import VoteFinding, decide, parse_rule

Outcome = Literal["passed", "failed"]
Status = Literal["passed", "failed", "not counted yet", "not held", "waiting"]


@dataclass(frozen=True)
class ChainedVote:
    """One vote of a chain; `tally` is None before it is counted, `file` and `row` are where it stands."""

    name: str
    rule: str
    tally: Tally | None = None
    on: date | None = None
    hangs_on: str | None = None
    outcome: Outcome = "passed"
    file: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class ChainLink:
    """What became of one vote of a chain."""

    vote: ChainedVote
    status: Status
    because: str
    finding: VoteFinding | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "name": self.vote.name,
            "on": self.vote.on.isoformat() if self.vote.on else None,
            "hangs_on": {"vote": self.vote.hangs_on, "outcome": self.vote.outcome} if self.vote.hangs_on else None,
            "status": self.status,
            "because": self.because,
            "finding": self.finding.as_dict() if self.finding else None,
        }


@dataclass(frozen=True)
class ConflictFinding:
    """Which of several conflicting measures prevails; `prevails` is None when none passed or the most is a tie."""

    findings: Mapping[str, VoteFinding]
    passed: tuple[str, ...]
    prevails: str | None
    tie: bool
    because: str

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "prevails": self.prevails,
            "passed": list(self.passed),
            "undetermined": self.tie,
            "because": self.because,
            "measures": {name: finding.as_dict() for name, finding in self.findings.items()},
        }


def decide_chain(votes: Sequence[ChainedVote]) -> list[ChainLink]:
    """Decide votes in the order in which they hang on each other; the result keeps the order given.

    Raises
    ------
    InputError
        A name stands twice, a vote hangs on one that is not there, on itself round a circle or on a later one,
        or a vote has counts although it was not to be held; every fault is named.
    """
    by_name = {vote.name: vote for vote in votes}
    remedy = "Give each vote a name of its own."
    wrong = [
        Fault("a vote of this name stands here twice", vote.file, vote.row, "name", vote.name, remedy)
        for vote in votes
        if by_name[vote.name] is not vote
    ]
    if wrong := [*wrong, *order_faults(votes)]:
        raise InputError(*wrong)
    links: dict[str, ChainLink] = {}
    faults: list[Fault] = []
    for vote in sorted(votes, key=lambda vote: len(_path(vote, by_name))):
        if vote.hangs_on is not None and vote.hangs_on not in links:
            continue  # the fault of the other is named already
        try:
            links[vote.name] = _decide(vote, links)
        except (InputError, UndeterminedError) as error:
            missing = isinstance(error, UndeterminedError)
            faults += [
                Fault(
                    f"{vote.name}: {f.message}",
                    vote.file,
                    vote.row,
                    f.column,
                    f.value,
                    "Fill in its column." if missing else f.remedy,
                )
                for f in error.faults
            ]
    if faults:
        raise InputError(*faults)
    return [links[vote.name] for vote in votes]


def prevailing(findings: Mapping[str, VoteFinding]) -> ConflictFinding:
    """Find which of several conflicting measures prevails: of those that passed, the one with the most yes votes.

    Source: Cal. Const. art. II § 10(b). The section does not say what follows from a tie, so neither does this.
    """
    passed = tuple(name for name, finding in findings.items() if finding.passed)
    yes = {name: findings[name].tally.yes or 0 for name in passed}
    most = max(yes.values(), default=0)
    first = [name for name, count in yes.items() if count == most]
    if not passed:
        return ConflictFinding(findings, passed, None, False, "no measure passed")
    if len(first) > 1:
        because = f"{' and '.join(first)} have {most:,} yes votes each, and the law does not say which prevails"
        return ConflictFinding(findings, passed, None, True, because)
    because = "it is the only one that passed" if len(passed) == 1 else f"it has the most yes votes, {most:,}"
    return ConflictFinding(findings, passed, first[0], False, because)


def order_faults(votes: Sequence[ChainedVote]) -> list[Fault]:
    """Find what is wrong with the order: a vote that hangs on none that is here, on itself, or on a later one."""
    by_name = {vote.name: vote for vote in votes}
    faults: list[Fault] = []
    for vote in votes:
        if vote.hangs_on is None:
            continue
        other = by_name.get(vote.hangs_on)
        if other is None:
            remedy = f"There are {', '.join(by_name)}."
            faults.append(
                Fault("it hangs on a vote that is not here", vote.file, vote.row, "hangs_on", vote.hangs_on, remedy)
            )
        elif (path := _path(vote, by_name))[-1].hangs_on in by_name:
            circle = " → ".join([*(step.name for step in path), str(path[-1].hangs_on)])
            remedy = "Leave hangs_on empty for the vote that is held first."
            faults.append(Fault("it hangs on itself, round a circle", vote.file, vote.row, "hangs_on", circle, remedy))
        elif vote.on and other.on and vote.on < other.on:
            message = f"it is held before the vote that it hangs on ({other.name}, {other.on})"
            remedy = "Correct one of the two days."
            faults.append(Fault(message, vote.file, vote.row, "on", vote.on.isoformat(), remedy))
    return faults


def _path(vote: ChainedVote, by_name: Mapping[str, ChainedVote]) -> list[ChainedVote]:
    """Follow what a vote hangs on, up to one that hangs on nothing (or is not here, or closes a circle)."""
    path = [vote]
    while (name := path[-1].hangs_on) in by_name and name is not None and by_name[name] not in path:
        path.append(by_name[name])
    return path


def _decide(vote: ChainedVote, links: Mapping[str, ChainLink]) -> ChainLink:
    rule = parse_rule(vote.rule)
    because = "it hangs on no other vote"
    if vote.hangs_on is not None:
        status = links[vote.hangs_on].status
        if status != vote.outcome:
            said = f"{vote.hangs_on}: {status}"
            if vote.tally is not None:
                message = f"it has counts, and it was to be held only if {vote.hangs_on} {vote.outcome} ({said})"
                raise InputError(Fault(message, remedy="Leave its counts empty, or correct those of the other."))
            because = f"it is held only if {vote.hangs_on} {vote.outcome} ({said})"
            return ChainLink(vote, "waiting" if status in ("not counted yet", "waiting") else "not held", because)
        because = f"{vote.hangs_on} {vote.outcome}"
    if vote.tally is None:
        return ChainLink(vote, "not counted yet", because)
    finding = decide(rule, vote.tally)
    return ChainLink(vote, "passed" if finding.passed else "failed", because, finding)
