"""One condition of a rule, applied: its two sides, the margin between them in votes, and both in words.

A margin is what `docs/reference/rule-language.md` says it is: the distance between the sides in whole votes.
Nothing is rounded except to the first whole vote that is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil, floor
from typing import Any, Literal, NamedTuple

from referenda.errors import InputError, UndeterminedError
from referenda.law.expressions import Condition, Expression, Pair
from referenda.law.syntax import Node
from referenda.law.tally import VOTES
from referenda.terms.quantity import exact_text, plain, shown


@dataclass(frozen=True)
class ConditionFinding:
    """One condition of a rule, applied. What cannot be computed, and is not needed, is None."""

    condition: Condition
    met: bool | None
    sides: tuple[Pair, Pair] | None
    values: Mapping[str, int | Fraction]
    not_computed: str = ""

    @cached_property
    def left(self) -> Fraction | None:
        """The left side, exact."""
        return None if self.sides is None else self.condition.left.exact(self.sides[0])

    @cached_property
    def right(self) -> Fraction | None:
        """The right side, exact."""
        return None if self.sides is None else self.condition.right.exact(self.sides[1])

    @property
    def text(self) -> str:
        """The condition as its author wrote it."""
        return self.condition.text

    @property
    def margin(self) -> Fraction | None:
        """The exact difference: positive on the side where the condition is met (for = and !=: left minus right)."""
        if self.left is None or self.right is None:
            return None
        return self.right - self.left if self.condition.operator in ("<", "<=") else self.left - self.right

    @property
    def margin_votes(self) -> int | None:
        """The difference in whole votes, counted from the first whole number that is enough; None for other units."""
        sides = self._whole_sides()
        return None if sides is None else sides[0] - sides[1]

    @property
    def votes_short(self) -> int | None:
        """How many more votes it would have taken (for < and <=: fewer); None where no votes are counted."""
        sides, operator = self._whole_sides(), self.condition.operator
        if sides is None:
            return None
        if self.met:
            return 0
        if operator in ("=", "!="):
            return abs(sides[0] - sides[1]) or 1
        return sides[1] - sides[0] + (operator in (">", "<") and self._line_is_whole())

    def _whole_sides(self) -> tuple[int, int] | None:
        """The larger side cut down and the smaller one raised to whole votes, if this condition counts votes."""
        if self.left is None or self.right is None or not _counts_votes(self.condition):
            return None
        if self.condition.operator in ("=", "!="):
            both_whole = self.left.denominator == self.right.denominator == 1
            return (int(self.left), int(self.right)) if both_whole else None
        larger, smaller = (self.left, self.right) if ">" in self.condition.operator else (self.right, self.left)
        return floor(larger), ceil(smaller)

    def _line_is_whole(self) -> bool:
        return self.left is not None and self.right is not None and self.left.denominator == self.right.denominator == 1

    @property
    def words(self) -> str:
        """Both sides and the margin in plain words."""
        if self.left is None or self.right is None:
            return f"{self.text}: not computed, and the outcome does not hang on it ({self.not_computed})"
        counts = self._whole_sides() is not None
        rounded: list[str] = []
        left = self._side(self.condition.left, self.left, ">" in self.condition.operator, counts, rounded)
        right = self._side(self.condition.right, self.right, "<" in self.condition.operator, counts, rounded)
        between = f"; {right}{self._strictness()}"
        note = f" ({'; '.join(rounded)})" if rounded else ""
        return f"{left}{between}: {self._verdict()}{note}"

    def _strictness(self) -> str:
        operator = self.condition.operator
        if operator in ("=", "!="):
            return ", and they must be equal" if operator == "=" else ", and they must differ"
        whole = self._line_is_whole() or self._whole_sides() is None
        if operator in (">", "<") and whole:
            return "" if self.met else f", and {'more' if operator == '>' else 'less'} is needed"
        return ", the most allowed" if "<" in operator else ""

    def _verdict(self) -> str:
        margin, short = self.margin_votes, self.votes_short
        if margin is None or short is None:
            exact = self.margin or Fraction(0)
            if exact == 0 and not self.met:
                return "missed, the two are equal"
            return f"{'met' if self.met else 'missed'} by {shown(abs(exact))}" if exact else "met exactly"
        if self.condition.operator in ("=", "!="):
            return "met" if self.met else f"missed by {_votes(short)}"
        if self.met:
            return f"met by {_votes(margin)}" if margin else "met with no vote to spare"
        return f"missed by {_votes(short)}" + (", a tie" if margin == 0 else "")

    def _side(self, side: Expression, value: Fraction, is_larger: bool, counts: bool, rounded: list[str]) -> str:
        """Say one side; a share of votes is said in whole votes and its exact value is noted."""
        said = shown(value)
        if counts and value.denominator != 1:
            whole = floor(value) if is_larger else ceil(value)
            rounded.append(f"{said} rounded {'down' if is_larger else 'up'} to whole votes")
            said = shown(whole)
        node = side.node
        if node.op == "name":
            return f"{node.name} {said}"
        if node.op == "number":
            return f"the line is {share_text(node.value) if '%' in side.text else said}"
        share = share_of(node)
        if share is not None:
            return f"{share_text(share.share)} of {shown(self.values[share.name])} is {said}"
        return f"{side.text} is {said}"

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`; `left` and `right` are for reading, the `_exact` ones exact."""
        return {
            "text": self.text,
            "met": self.met,
            "left": None if self.left is None else plain(self.left),
            "right": None if self.right is None else plain(self.right),
            "margin_votes": self.margin_votes,
            "votes_short": self.votes_short,
            "left_exact": None if self.left is None else exact_text(self.left),
            "right_exact": None if self.right is None else exact_text(self.right),
            "margin": None if self.margin is None else exact_text(self.margin),
            "words": self.words,
        }


def apply_condition(condition: Condition, values: Mapping[str, int | Fraction]) -> ConditionFinding:
    """Compute both sides of a condition; where one cannot be computed, the finding says why.

    A rule whose outcome hangs on what is missing has been refused before this is asked.
    """
    try:
        left, right = condition.left.pair(values), condition.right.pair(values)
    except (UndeterminedError, InputError) as error:
        return ConditionFinding(condition, None, None, values, error.faults[0].message)
    return ConditionFinding(condition, condition.compare(left, right), (left, right), values)


class Share(NamedTuple):
    """A fixed share of one quantity."""

    share: Fraction
    name: str


def share_of(node: Node) -> Share | None:
    """Give the share and the quantity of a side such as `55% of valid`, `2/3 of valid` or `valid / 2`."""
    if node.op not in ("of", "*"):
        return None
    share, names = Fraction(1), []
    for part in _factors(node):
        if part.op == "name":
            names.append(part.name)
        elif part.op == "number":
            share *= part.value
        elif part.op == "inverse" and part.parts[0].op == "number" and part.parts[0].value:
            share /= part.parts[0].value
        else:
            return None
    return Share(share, names[0]) if len(names) == 1 else None


def _factors(node: Node) -> list[Node]:
    if node.op in ("of", "*"):
        return [factor for part in node.parts for factor in _factors(part)]
    return [node]


def share_text(share: Fraction) -> str:
    """Write a share as people do: `55 %`, `2/3`."""
    percent = exact_text(share * 100)
    return f"{percent} %" if "/" not in percent else exact_text(share)


def _votes(count: int) -> str:
    return f"{count:,} vote{'' if count == 1 else 's'}"


@lru_cache(maxsize=1024)
def _counts_votes(condition: Condition) -> bool:
    sides = {_measure(condition.left.node), _measure(condition.right.node)}
    return "count" in sides and "other" not in sides


def _measure(node: Node) -> Literal["count", "votes", "number", "other"]:
    """Say what a side measures: whole votes, a share of votes, a bare number, or something else."""
    if node.op == "name":
        return "count" if node.name in VOTES else "other"
    if node.op == "number":
        return "number"
    parts = [_measure(part) for part in (node.parts[1:] if node.op == "if" else node.parts)]
    if "other" in parts or (node.op in ("sqrt", "inverse") and parts != ["number"]):
        return "other"
    if all(part == "number" for part in parts):
        return "number"
    if node.op in ("of", "*"):
        return "votes" if parts.count("number") == len(parts) - 1 else "other"
    if node.op in ("ceil", "floor"):
        return "count"
    return "votes" if "votes" in parts else "count"
