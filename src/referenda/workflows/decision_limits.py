"""The numbers of valid signatures at which a place's law decides otherwise, as whole signatures.

A law says `95 percent of the number needed`; people ask how many signatures that is, and how far away. The decision
is taken again with everything else as it was found and only the projected number changed, so strictness and every
other condition of the law enter as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from referenda.law.expressions import Expression, parse
from referenda.law.finding import SampleFinding
from referenda.law.schema import DecisionRule, SampleCount
from referenda.terms.quantity import plain

Values = Mapping[str, Fraction | int]


@dataclass(frozen=True)
class Limit:
    """Where one decision ends and another begins: `upper` holds from `signatures` on, `lower` below it."""

    signatures: int
    lower: str
    upper: str
    cite: str

    def as_dict(self, projected: Fraction) -> dict[str, Any]:
        """Give it for JSON, with the distance of a projected number to it, below zero when it is not reached."""
        away = plain(projected - self.signatures)
        return {
            "signatures": self.signatures,
            "below": self.lower,
            "from": self.upper,
            "cite": self.cite,
            "away": away,
        }


class Decisions:
    """What a way of counting decides, for any projected number, with all else as it was found.

    Parameters
    ----------
    rule
        The way of counting.
    finding
        What it found; its totals and steps stay as they are.
    requirement
        Signatures needed.
    """

    def __init__(self, rule: SampleCount, finding: SampleFinding, requirement: int) -> None:
        self._result = rule.result
        self._values: Values = {
            "requirement": requirement,
            **finding.totals,
            **{step.name: step.value for step in finding.steps},
        }
        self._rules = [(entry, parse(entry.when) if entry.when else None) for entry in rule.decision]
        self._most = 2 * requirement

    def at(self, projected: int) -> DecisionRule:
        """Give the entry that decides when so many signatures are projected to be valid."""
        values = {**self._values, self._result: projected}
        return next(entry for entry, when in self._rules if when is None or when.truth(values))

    def limits(self) -> list[Limit]:
        """Find every number of projected valid signatures, up to twice the requirement, at which the decision changes.

        Empty where the law decides on something else, such as the pairs found in the sample.
        """
        changes = {self._first_change(when) for _, when in self._rules if when and self._result in when.names}
        limits = []
        for signatures in sorted(change for change in changes if change <= self._most):
            lower, upper = self.at(signatures - 1), self.at(signatures)
            if lower.decide != upper.decide:
                limits.append(Limit(signatures, lower.decide, upper.decide, (upper if upper.when else lower).cite))
        return limits

    def _first_change(self, when: Expression) -> int:
        """Find the first number at which a condition is not what it is at zero; above the most if there is none."""

        def holds(projected: int) -> bool:
            return when.truth({**self._values, self._result: projected})

        start, low, high = holds(0), 0, self._most + 1
        while high - low > 1:
            middle = (low + high) // 2
            if holds(middle) == start:
                low = middle
            else:
                high = middle
        return high
