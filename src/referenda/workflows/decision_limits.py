"""The numbers of valid signatures at which a place's law decides otherwise, as whole signatures.

A law says `95 percent of the number needed`; people ask how many signatures that is. Where a decision rests on the
projected number and the requirement alone, the first number at which it changes is found exactly, strictness and all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from referenda.law.expressions import Expression, parse
from referenda.law.schema import DecisionRule, SampleCount
from referenda.terms.quantity import plain


@dataclass(frozen=True)
class Limit:
    """Where one decision ends and another begins: `upper` holds from `signatures` on, `lower` below it."""

    signatures: int
    lower: str
    upper: str
    cite: str

    def as_dict(self, projected: Fraction | None = None) -> dict[str, Any]:
        """Give it for JSON; with a projected number also the distance to it, below zero when it is not reached."""
        away = {} if projected is None else {"away": plain(projected - self.signatures)}
        return {"signatures": self.signatures, "below": self.lower, "from": self.upper, "cite": self.cite, **away}


def find_limits(count: SampleCount, requirement: int) -> list[Limit]:
    """Find every number of projected valid signatures at which the decision changes, in order.

    Parameters
    ----------
    count
        How the place counts from a sample.
    requirement
        Signatures needed, above zero.

    Returns
    -------
    list of Limit
        Empty where a decision rests on anything else, such as the pairs found in the sample.
    """
    rules = [(rule, parse(rule.when) if rule.when else None) for rule in count.decision]
    if any(when and not when.names <= {count.result, "requirement"} for _, when in rules):
        return []
    most = 2 * requirement
    changes = sorted({_first_change(when, count.result, requirement, most) for _, when in rules if when})
    limits = []
    for signatures in changes:
        if 0 < signatures <= most:
            lower = _decide(rules, count.result, requirement, signatures - 1)
            upper = _decide(rules, count.result, requirement, signatures)
            if lower.decide != upper.decide:
                cite = lower.cite if upper is rules[-1][0] else upper.cite
                limits.append(Limit(signatures, lower.decide, upper.decide, cite))
    return limits


def decide_at(count: SampleCount, requirement: int, projected: int) -> DecisionRule | None:
    """Decide on a projected number alone; None where the law's decision rests on more than that."""
    rules = [(rule, parse(rule.when) if rule.when else None) for rule in count.decision]
    if any(when and not when.names <= {count.result, "requirement"} for _, when in rules):
        return None
    return _decide(rules, count.result, requirement, projected)


def _decide(
    rules: list[tuple[DecisionRule, Expression | None]], result: str, requirement: int, projected: int
) -> DecisionRule:
    values = {result: projected, "requirement": requirement}
    return next(rule for rule, when in rules if when is None or when.truth(values))


def _first_change(when: Expression, result: str, requirement: int, most: int) -> int:
    """Find the first number at which a condition is not what it is at zero; one above `most` if there is none."""
    start = when.truth({result: 0, "requirement": requirement})
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        if when.truth({result: middle, "requirement": requirement}) == start:
            low = middle
        else:
            high = middle
    return high
