"""Decide a vote: the counts given, the units where votes are counted by unit, and the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from referenda.errors import Fault, InputError, noting
from referenda.law.tally import Tally
from referenda.law.units import UnitVote, total_of
from referenda.law.vote_rule import SideBySide, VoteFinding, alternatives_side_by_side, decide, parse_rule


@dataclass(frozen=True)
class VoteDecision:
    """The finding, the units it rests on, and each share under every denominator when that was asked for."""

    finding: VoteFinding
    units: tuple[UnitVote, ...]
    side_by_side: tuple[SideBySide, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        found = self.finding.as_dict()
        if self.units:
            found["units"] = [unit.as_dict() for unit in self.units]
        if self.side_by_side:
            found["side_by_side"] = [
                {
                    "condition": row.condition,
                    "denominator": row.denominator,
                    "share": row.text,
                    "is_the_rule": row.is_the_rule,
                    **{key: value for key, value in row.finding.as_dict().items() if key != "text"},
                }
                for row in self.side_by_side
            ]
        return found


def decide_vote(
    rule: str,
    counts: Mapping[str, int | None],
    *,
    units: Sequence[UnitVote] = (),
    readings: Mapping[str, str] | None = None,
    side_by_side: bool = False,
) -> VoteDecision:
    """Decide a vote under a rule.

    Parameters
    ----------
    rule
        In the rule language.
    counts
        Counts of the whole vote by their names in the rule language, in votes; None where unknown.
    units
        The territorial units, where they matter; their sums fill in what `counts` leaves open.
    readings
        The chosen reading of `voting`.
    side_by_side
        Also apply each share under every denominator that is known.

    Raises
    ------
    InputError
        The rule is none or the counts contradict each other; faults of both are named at once.
    UndeterminedError
        The outcome hangs on a count that is not known.
    """
    faults: list[Fault] = []
    tally = Tally()
    with noting(faults):
        parse_rule(rule)
    with noting(faults):
        tally = total_of(units, **counts)
    if faults:
        raise InputError(*faults)
    finding = decide(rule, tally, readings=readings)
    rows = alternatives_side_by_side(rule, tally, readings=readings) if side_by_side else []
    return VoteDecision(finding, tuple(units), tuple(rows))
