"""How far the verification of a county's lines has come: which lines are verified, and what the finished ones come to.

Lines are verified in the order of their public tickets: the first of them are the sample, and a check of every line
goes on where the sample ends. *Finished* and *in work* are counted apart and never added up. The finished beginning
of the order is itself a random sample, however easy or hard its lines are; finished lines further on are not, because
easy lines are finished first, so no estimate is made from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from referenda.petitions.adjudication import DUPLICATE, Adjudications, Outcome, State

Basis = Literal["random_sample", "full_check"]
TO_UNDO: tuple[State, ...] = ("repeats_no_valid_line", "counts_twice")


@dataclass(frozen=True)
class Frame:
    """The lines of one county that are verified now.

    Parameters
    ----------
    county, basis
        The county, and whether the sample or every line is verified.
    raw_count
        Signatures filed in the county.
    order
        Identities of the lines to be verified, in the order of their tickets.
    """

    county: str
    basis: Basis
    raw_count: int
    order: Sequence[str]


@dataclass(frozen=True)
class Beginning:
    """The finished beginning of the order: its lines, valid ones and duplicates within it."""

    lines: int = 0
    valid: int = 0
    duplicates: int = 0


@dataclass(frozen=True)
class SecondLookCount:
    """What the second looks showed so far, counted in lines.

    `reversed_lines` are those of which the third look said that the first was wrong; `open_lines` wait for one.
    """

    lines: int = 0
    differed: int = 0
    of_valid: int = 0
    of_valid_differed: int = 0
    settled: int = 0
    reversed_lines: int = 0

    @property
    def open_lines(self) -> int:
        """Lines on which two looks differ and nobody has settled it."""
        return self.differed - self.settled


@dataclass(frozen=True)
class Progress:
    """The lines of a frame, counted: what is finished, and apart from it what is in work.

    `by_day` counts decisions by day and person, all looks; `to_undo` names the lines in work that nobody is offered,
    because their decision must be taken back first.
    """

    frame: Frame
    valid: int
    reasons: dict[str, int]
    in_work: dict[State, int]
    beginning: Beginning
    second_looks: SecondLookCount
    by_day: dict[tuple[str, str], int] = field(default_factory=dict)
    to_undo: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """Lines to be verified."""
        return len(self.frame.order)

    @property
    def not_valid(self) -> int:
        """Finished lines that do not count, duplicates among them."""
        return sum(self.reasons.values())

    @property
    def duplicates(self) -> int:
        """Finished lines that repeat a signer of another line of the frame."""
        return self.reasons.get(DUPLICATE, 0)

    @property
    def finished(self) -> int:
        """Finished lines."""
        return self.valid + self.not_valid

    @property
    def left(self) -> int:
        """Lines in work."""
        return self.lines - self.finished

    @property
    def complete(self) -> bool:
        """Say whether every line is finished."""
        return self.left == 0

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        looks = self.second_looks
        return {
            "county": self.frame.county,
            "basis": self.frame.basis,
            "raw_count": self.frame.raw_count,
            "lines": self.lines,
            "finished": {
                "lines": self.finished,
                "valid": self.valid,
                "not_valid": self.not_valid,
                "duplicates": self.duplicates,
                "reasons": self.reasons,
            },
            "in_work": {"lines": self.left, **self.in_work},
            "to_undo": list(self.to_undo),
            "complete": self.complete,
            "beginning": vars(self.beginning),
            "second_looks": {**vars(looks), "open_lines": looks.open_lines},
            "by_day": [{"day": day, "by": by, "looks": n} for (day, by), n in sorted(self.by_day.items())],
        }


def count_progress(frame: Frame, known: Adjudications) -> Progress:
    """Count the lines of a frame by what stands of the decisions on them."""
    valid, reasons, in_work = 0, Counter[str](), Counter[State]()
    signers: set[str] = set()
    to_undo: list[str] = []
    begun, begun_valid, begun_duplicates, whole = 0, 0, 0, True
    for line in frame.order:
        outcome = known.verdict(line)
        if not isinstance(outcome, Outcome):
            in_work[outcome] += 1
            if outcome in TO_UNDO:
                to_undo.append(line)
            whole = False
            continue
        if outcome.valid:
            valid += 1
        else:
            reasons[str(outcome.reason)] += 1
        if whole:
            begun += 1
            signer = line if outcome.valid else outcome.duplicate_of
            if signer is None:
                continue
            if signer in signers:
                begun_duplicates += 1
            else:
                begun_valid += 1
                signers.add(signer)
    return Progress(
        frame,
        valid,
        dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        dict(in_work),
        Beginning(begun, begun_valid, begun_duplicates),
        _count_second_looks(frame, known),
        {(day.isoformat(), by): n for (day, by), n in Counter((m.day, m.by) for m in known.everything()).items()},
        tuple(to_undo),
    )


def _count_second_looks(frame: Frame, known: Adjudications) -> SecondLookCount:
    """Count the lines of the frame that were decided twice."""
    numbers: Counter[str] = Counter()
    there = known.second.keys() & set(frame.order) if known.second else ()
    for line in there:
        first, second, third = known.first[line], known.second[line], known.third.get(line)
        differs = first.differs_from(second)
        numbers["lines"] += 1
        numbers["differed"] += differs
        numbers["of_valid"] += first.valid
        numbers["of_valid_differed"] += differs and first.valid
        numbers["settled"] += differs and third is not None
        numbers["reversed_lines"] += differs and third is not None and third.differs_from(first)
    return SecondLookCount(**numbers)
