"""Adjudications: what named persons decided on the lines of a petition, and what stands of it.

Folded from the office's own log. A line is decided by a first look. Some lines, chosen by a public seed, get a second
look by another person who is not shown the first; where the two differ, a third person settles it. An undoing takes
one decision back and leaves it on record. A withdrawn signature and a rejected section need no look.

A line is *finished* when nothing is left to do for it; until then it is *in work*, whatever was decided so far. The
two are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from referenda.errors import RecordError
from referenda.ledger.event import Event
from referenda.stats.draw import ticket

DUPLICATE = "duplicate"
WITHDRAWN = "withdrawn"
LINE_DECIDED = "LineDecided"

State = Literal[
    "finished", "undecided", "second_look", "differs", "repeats_open_line", "repeats_no_valid_line", "counts_twice"
]

IN_WORK: dict[State, str] = {
    "undecided": "nobody has decided them yet",
    "second_look": "decided once, and chosen for a second look by another person",
    "differs": "two looks differ; a third person settles it",
    "repeats_open_line": "decided as duplicates of a line that is itself in work",
    "repeats_no_valid_line": "decided as duplicates of a line that does not count; to be decided again",
    "counts_twice": "valid for a voter who counts on another line again, since its section was restored",
}


class Adjudication(NamedTuple):
    """One decision of one person on one line."""

    position: int
    line: str
    valid: bool
    reason: str | None
    voter_id: str | None
    duplicate_of: str | None
    look: int
    by: str
    day: date
    voter_file: tuple[str, str] | None

    def is_by(self, by: str) -> bool:
        """Say whether this person made it, however the name is capitalised."""
        return self.by.casefold() == by.casefold()

    def differs_from(self, other: Adjudication) -> bool:
        """Say whether two looks came out differently: one valid and one not, or valid for two voters.

        Another reason for not counting is no difference: the line does not count either way.
        """
        return self.valid != other.valid or (self.valid and self.voter_id != other.voter_id)


class Outcome(NamedTuple):
    """What a finished line comes to: valid, or the reason why it does not count."""

    valid: bool
    reason: str | None
    voter_id: str | None
    duplicate_of: str | None
    decided: Adjudication | None


@dataclass(frozen=True)
class SecondLooks:
    """Which lines get a second look: those whose ticket under a seed lies below a share of all tickets."""

    seed: str
    share_in_million: int

    def chooses(self, county: str, line: str) -> bool:
        """Say whether a line is chosen; a larger share under the same seed holds all lines of a smaller one."""
        return int(ticket(self.seed, county, line), 16) * 1_000_000 < self.share_in_million << 256


@dataclass(frozen=True)
class Withdrawal:
    """A request to withdraw a signature that came in time: its position in the log, its name, its day."""

    position: int
    request: str
    received_on: date


class Adjudications:
    """What stands of the decisions of one county's office; grows with each event that is taken up.

    Parameters
    ----------
    county
        The county, as its tickets have it.
    events
        Events of the office's log, from its beginning.
    """

    def __init__(self, county: str, events: Iterable[Event] = ()) -> None:
        self.county = county
        self.size = 0
        self.first: dict[str, Adjudication] = {}
        self.second: dict[str, Adjudication] = {}
        self.third: dict[str, Adjudication] = {}
        self.counted: dict[str, str] = {}
        self._also: dict[str, list[str]] = {}
        self.withdrawn: dict[str, Withdrawal] = {}
        self.withdrawn_voters: dict[str, Withdrawal] = {}
        self.requests: set[str] = set()
        self.rejected: dict[str, str] = {}
        self.second_looks: SecondLooks | None = None
        self.full_check = False
        self.undone = 0
        self._words: dict[Any, Any] = {}
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Take up the next event; kinds that decide nothing are passed over."""
        data = event.data
        match event.kind:
            case "LineDecided":
                self._decided(event)
            case "DecisionUndone":
                self._undone(data["line"], data["position"])
            case "WithdrawalReceived":
                self.requests.add(data["request"])
                if data["in_time"]:
                    withdrawal = Withdrawal(event.position, data["request"], date.fromisoformat(data["received_on"]))
                    for line in data["lines"]:
                        self.withdrawn[line] = withdrawal
                    if data.get("voter_id"):
                        self.withdrawn_voters[data["voter_id"]] = withdrawal
            case "SectionRejected":
                self.rejected[data["section"]] = data["reason"]
            case "SectionRestored":
                self.rejected.pop(data["section"], None)
            case "SecondLooksChosen":
                self.second_looks = SecondLooks(data["seed"], data["share_in_million"])
            case "FullCheckBegun":
                self.full_check = True
        self.size = event.position + 1

    def leading(self, line: str) -> Adjudication | None:
        """Give the decision that counts for a line until a later look says otherwise."""
        return self.third.get(line) or self.first.get(line)

    def looks(self, line: str) -> list[Adjudication]:
        """Give the looks at a line that were not undone, in order."""
        return [look[line] for look in (self.first, self.second, self.third) if line in look]

    def needs_second(self, line: str) -> bool:
        """Say whether a line is chosen for a second look."""
        return self.second_looks is not None and self.second_looks.chooses(self.county, line)

    def next_look(self, line: str) -> int | None:
        """Say which look a line needs next, 1, 2 or 3; None when it needs none."""
        if self.settled_without_look(line) is not None:
            return None
        first, second = self.first.get(line), self.second.get(line)
        if first is None:
            return 1
        if line in self.third:
            return None
        if second is None:
            return 2 if self.needs_second(line) else None
        return 3 if first.differs_from(second) else None

    def settled_without_look(self, line: str) -> Outcome | None:
        """Give the outcome of a line whose signature was withdrawn or whose section was rejected."""
        if line in self.withdrawn:
            return Outcome(False, WITHDRAWN, None, None, None)
        if self.rejected and (reason := self.rejected.get(line.rpartition("/")[0])):
            return Outcome(False, reason, None, None, None)
        return None

    def verdict(self, line: str) -> Outcome | State:
        """Give what a line comes to when it is finished, else why it is still in work."""
        if (settled := self.settled_without_look(line)) is not None:
            return settled
        look = self.next_look(line)
        if look is not None:
            return "undecided" if look == 1 else "second_look" if look == 2 else "differs"
        found = self.third.get(line) or self.first[line]
        if found.valid:
            if found.voter_id and self.counts_on(found.voter_id) != line:
                return "counts_twice"
        elif found.duplicate_of is not None:
            original = self.leading(found.duplicate_of)
            if self.next_look(found.duplicate_of) is not None:
                return "repeats_open_line"
            if original is None or not original.valid or self.settled_without_look(found.duplicate_of) is not None:
                return "repeats_no_valid_line"
            if original.voter_id is not None and self.counts_on(original.voter_id) != original.line:
                return "repeats_open_line"
        return Outcome(found.valid, found.reason, found.voter_id, found.duplicate_of, found)

    def state(self, line: str) -> State:
        """Say whether a line is finished, or why it is still in work."""
        found = self.verdict(line)
        return "finished" if isinstance(found, Outcome) else found

    def outcome(self, line: str) -> Outcome | None:
        """Give what a line comes to when it is finished, else None."""
        found = self.verdict(line)
        return found if isinstance(found, Outcome) else None

    def counts_on(self, voter_id: str) -> str | None:
        """Give the line on which a voter's signature counts; there is one at most."""
        first = self.counted.get(voter_id)
        if first is None or (self.settled_without_look(first) is None):
            return first
        return next((line for line in self._also.get(voter_id, ()) if self.settled_without_look(line) is None), None)

    def everything(self) -> Iterator[Adjudication]:
        """Give every decision that was not undone."""
        for looks in (self.first, self.second, self.third):
            yield from looks.values()

    def find(self, line: str) -> Adjudication | None:
        """Give the latest decision on a line that was not undone."""
        return next(reversed(self.looks(line)), None)

    def _decided(self, event: Event) -> None:
        data, line = event.data, event.data["line"]
        file: Mapping[str, str] | None = data.get("voter_file")
        made = Adjudication(
            event.position,
            line,
            data["decision"] == "valid",
            self._same(data.get("reason")),
            data.get("voter_id"),
            data.get("duplicate_of"),
            data["look"],
            self._same(event.by),
            self._same(event.occurred_on),
            self._same((file["digest"], file["as_of"])) if file else None,
        )
        self._forget_counted(line)
        looks = (self.first, self.second, self.third)[made.look - 1]
        if line in looks:
            raise RecordError(f"event {event.position} decides the line {line} again, which was not undone")
        looks[line] = made
        self._count(line)

    def _undone(self, line: str, position: int) -> None:
        self.undone += 1
        self._forget_counted(line)
        for looks in (self.first, self.second, self.third):
            if line in looks and looks[line].position == position:
                del looks[line]
        for withdrawn in (self.withdrawn, self.withdrawn_voters):
            for key in [key for key, withdrawal in withdrawn.items() if withdrawal.position == position]:
                del withdrawn[key]
        self._count(line)

    def _forget_counted(self, line: str) -> None:
        found = self.leading(line)
        if found is None or not found.valid or not found.voter_id:
            return
        others = self._also.get(found.voter_id, [])
        if self.counted.get(found.voter_id) == line:
            del self.counted[found.voter_id]
            if others:
                self.counted[found.voter_id] = others.pop(0)
        elif line in others:
            others.remove(line)

    def _count(self, line: str) -> None:
        found = self.leading(line)
        if found is None or not found.valid or not found.voter_id:
            return
        if self.counted.setdefault(found.voter_id, line) != line:
            self._also.setdefault(found.voter_id, []).append(line)

    def _same(self, value: Any) -> Any:
        """Keep one copy of what many events repeat."""
        return self._words.setdefault(value, value)
