"""The fewest yes votes with which a measure can pass under a rule, whatever the turnout.

They are found at the smallest turnout at which all saying yes would pass: of those, the fewest that do. This is exact
for rules whose conditions, joined by `and`, hold yes or the turnout against shares from below: more yes votes of the
same ballots never hurt there, and more ballots never lower the yes votes that are needed. For other rules nothing is
said. No ballot is blank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from referenda.law.condition import share_of
from referenda.law.expressions import Expression
from referenda.law.syntax import Node
from referenda.law.tally import Tally
from referenda.law.vote_rule import decide, parse_rule


class FewestYes(NamedTuple):
    """The fewest yes votes that pass among those registered, and the ballots that it takes."""

    yes: int
    ballots: int
    registered: int


def fewest_yes(
    rule: str | Expression, registered: int, *, readings: Mapping[str, str] | None = None
) -> FewestYes | None:
    """Find the fewest yes votes with which a measure can pass, whatever the turnout, when no ballot is blank.

    Parameters
    ----------
    rule
        In the rule language.
    registered
        Persons registered, at least 1.
    readings
        The chosen reading of `voting`, which is the same here, as no ballot is blank.

    Returns
    -------
    FewestYes or None
        None where no count passes, or where the rule is more than `and` of `>` or `>=`: yes against no or a share of
        the registered, the ballots or the valid votes, and ballots or valid votes against a share of the registered.

    Examples
    --------
    >>> fewest_yes("ballots >= 50% of registered and yes >= 55% of valid", 19411771)
    FewestYes(yes=5338238, ballots=9705886, registered=19411771)
    """
    expression = parse_rule(rule) if isinstance(rule, str) else rule
    if registered < 1 or not _is_plain(expression.node):
        return None

    def passes(yes: int, ballots: int) -> bool:
        tally = Tally(registered=registered, yes=yes, no=ballots - yes, invalid=0)
        return decide(expression, tally, readings=readings).passed

    if not passes(registered, registered):
        return None
    ballots = _first(lambda count: passes(count, count), 1, registered)
    return FewestYes(_first(lambda yes: passes(yes, ballots), 0, ballots), ballots, registered)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Find by halving the first number for which something holds that holds for every larger one too, and for high."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _is_plain(node: Node) -> bool:
    if node.op == "and":
        return all(_is_plain(part) for part in node.parts)
    if node.op not in (">", ">=") or node.parts[0].op != "name":
        return False
    left, right = node.parts[0].name, node.parts[1]
    share = share_of(right)
    if left == "yes":
        if right.op == "name" and right.name == "no":
            return True
        return share is not None and share.name in ("registered", "ballots", "valid", "voting")
    return left in ("ballots", "valid", "voting") and share is not None and share.name == "registered"
