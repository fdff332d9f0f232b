"""What the log of an office says of its folder: lists of sections, batches of keyed lines, answers of the matcher.

Folded from the events of the log alone. Of decisions on lines this knows nothing (`adjudication`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from referenda.ledger.event import Event


@dataclass(frozen=True)
class Filed:
    """A numbered file of the office's folder, with its SHA-256 and how many rows it holds; `by` names who filed it."""

    number: int
    sha256: str
    rows: int
    by: str


@dataclass(frozen=True)
class Matched:
    """An answer of the matcher: its file, how many batches of the log it answers, and the voter file."""

    file: Filed
    batches: int
    voter_file: dict[str, str]


@dataclass
class Books:
    """The files on an office's books, in their order, and the reasons of the sections that stand rejected."""

    size: int = 0
    lists: list[Filed] = field(default_factory=list)
    batches: list[Filed] = field(default_factory=list)
    matched: list[Matched] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Books:
        """Make them of what `dataclasses.asdict` gave."""
        return cls(
            told["size"],
            [Filed(**file) for file in told["lists"]],
            [Filed(**file) for file in told["batches"]],
            [Matched(Filed(**one["file"]), one["batches"], one["voter_file"]) for one in told["matched"]],
            dict(told["rejected"]),
        )

    def take(self, events: Iterable[Event]) -> Books:
        """Take up the next events of the log; kinds that are not of the folder are passed over."""
        for event in events:
            data: dict[str, Any] = event.data
            match event.kind:
                case "SectionsTakenIn":
                    self.lists.append(Filed(data["number"], data["sha256"], data["sections"], event.by))
                case "BatchKeyed":
                    self.batches.append(Filed(data["batch"], data["sha256"], data["lines"], event.by))
                case "LinesMatched":
                    file = Filed(data["matches"], data["sha256"], data["lines"], event.by)
                    self.matched.append(Matched(file, data["batches"], dict(data["voter_file"])))
                case "SectionRejected":
                    self.rejected[data["section"]] = data["reason"]
                case "SectionRestored":
                    self.rejected.pop(data["section"], None)
            self.size = event.position + 1
        return self
