"""What would have been: how a vote stands as it was counted and as changed, and how little would have turned it.

All answers are integers and fractions. A margin is that of the first choice over the second.

* Points are per cent of all votes for choices. A swing of s points moves s per cent of a unit's votes from one choice
  of the pair to the other, so the margin moves by 2 s (Butler's swing); a unit gives no more than it has.
* Units whose removal turns the margin: those that alone hold more of it than there is. The smallest set is found by
  taking units with the largest margins first, which is exact: what k units take away is at most what the k largest do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Any

from referenda.elections.changes import Changed, Changes, change
from referenda.elections.fewest_yes import FewestYes, fewest_yes
from referenda.elections.unit_table import Unit, UnitTable
from referenda.errors import Fault, InputError, ReferendaError, UndeterminedError, noting
from referenda.law.expressions import Expression
from referenda.law.tally import Tally
from referenda.law.vote_rule import SideBySide, VoteFinding, alternatives_side_by_side, decide, parse_rule
from referenda.terms.quantity import exact_text, plain


@dataclass(frozen=True)
class RuleOutcome:
    """A rule applied: the finding, each share of every total, units whose removal would turn it, the fewest yes."""

    finding: VoteFinding
    side_by_side: tuple[SideBySide, ...]
    turned_without: tuple[str, ...]
    fewest_yes: FewestYes | None

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        fewest = self.fewest_yes
        return {
            **self.finding.as_dict(),
            "side_by_side": [
                {
                    "condition": row.condition,
                    "denominator": row.denominator,
                    "share": row.text,
                    "is_the_rule": row.is_the_rule,
                    "met": row.finding.met,
                    "margin_votes": row.finding.margin_votes,
                    "words": row.finding.words,
                }
                for row in self.side_by_side
            ],
            "turned_without": list(self.turned_without),
            "fewest_yes": None if fewest is None else fewest._asdict(),
        }


@dataclass(frozen=True)
class Standing:
    """How a vote stands: its sums, the outcome under each rule, and how little would turn it."""

    table: UnitTable
    rules: tuple[RuleOutcome, ...] = ()

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """The votes for each choice."""
        return self.table.totals

    @cached_property
    def margin(self) -> int:
        """Votes for the first choice less votes for the second."""
        return self.totals[0] - self.totals[1]

    @property
    def points(self) -> Fraction:
        """The margin in per cent of all votes."""
        return Fraction(100 * self.margin, sum(self.totals))

    @property
    def share_of_two(self) -> Fraction | None:
        """The first choice's share of the votes for the pair; None where nobody chose either."""
        pair = self.totals[0] + self.totals[1]
        return Fraction(self.totals[0], pair) if pair else None

    @property
    def ahead(self) -> str | None:
        """The choice with the most votes of all; None in a tie."""
        place = Unit("", self.totals).leader
        return None if place is None else self.table.choices[place]

    @property
    def votes_to_turn(self) -> int:
        """The fewest votes that have to go from the one of the pair that leads to the other, so that this one leads."""
        return abs(self.margin) // 2 + 1

    @cached_property
    def swing_to_tie(self) -> Fraction:
        """The points that, taken alike in every unit from the one that leads, make a tie, before rounding to votes."""
        losing = 0 if self.margin > 0 else 1
        needed, valid = Fraction(abs(self.margin), 2), sum(self.totals)
        units = [(unit.votes[losing], sum(unit.votes)) for unit in self.table.units]
        # A unit that has less than its share gives all it has, and the others give the rest; until each has enough.
        while True:
            share = needed / valid
            enough = [(has, cast) for has, cast in units if has * share.denominator >= share.numerator * cast]
            if len(enough) == len(units):
                return share * 100
            needed -= sum(has for has, _ in units) - sum(has for has, _ in enough)
            valid, units = sum(cast for _, cast in enough), enough

    @cached_property
    def turned_by_swing_in(self) -> tuple[tuple[str, Fraction], ...]:
        """Units where a swing alone would turn it, each with the points that make a tie; the least swing first."""
        losing = 0 if self.margin > 0 else 1
        found = [
            (unit.name, Fraction(50 * abs(self.margin), sum(unit.votes)))
            for unit in self.table.units
            if self.margin and unit.votes[losing] >= self.votes_to_turn
        ]
        return tuple(sorted(found, key=lambda each: each[1]))

    @cached_property
    def turned_without(self) -> tuple[str, ...]:
        """Units whose removal alone would put the other of the pair ahead; the largest margin first."""
        return tuple(unit.name for unit in self._holding if abs(unit.margin) > abs(self.margin))

    @cached_property
    def smallest_removal(self) -> tuple[str, ...] | None:
        """The fewest units whose removal puts the other of the pair ahead; None where no set does, or in a tie."""
        for count, taken in enumerate(accumulate(abs(unit.margin) for unit in self._holding), start=1):
            if taken > abs(self.margin):
                return tuple(unit.name for unit in self._holding[:count])
        return None

    @cached_property
    def _holding(self) -> list[Unit]:
        """The units with a margin for the one that leads, the largest first; none in a tie."""
        units = [unit for unit in self.table.units if unit.margin * self.margin > 0]
        return sorted(units, key=lambda unit: (-abs(unit.margin), unit.name))

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`; numbers for reading, `_exact` ones exact."""
        choices, share = self.table.choices, self.share_of_two
        carried = zip(choices, self.table.weight_carried(), strict=True)
        smallest = self.smallest_removal
        return {
            "units": len(self.table.units),
            "votes": dict(zip(choices, self.totals, strict=True)),
            "registered": self.table.registered,
            "ballots": self.table.ballots,
            "ahead": self.ahead,
            "margin": {
                "of": choices[0],
                "over": choices[1],
                "votes": self.margin,
                "points": plain(self.points),
                "points_exact": exact_text(self.points),
                "share_of_two": None if share is None else plain(share),
                "share_of_two_exact": None if share is None else exact_text(share),
            },
            "weight_carried": {choice: exact_text(weight) for choice, weight in carried},
            "votes_to_turn": self.votes_to_turn,
            "swing_to_tie": plain(self.swing_to_tie),
            "swing_to_tie_exact": exact_text(self.swing_to_tie),
            "turned_by_swing_in": [
                {"unit": name, "points": plain(points), "points_exact": exact_text(points)}
                for name, points in self.turned_by_swing_in
            ],
            "turned_without": list(self.turned_without),
            "smallest_removal": None if smallest is None else list(smallest),
            "rules": [rule.as_dict() for rule in self.rules],
        }


@dataclass(frozen=True)
class WhatIf:
    """A vote as counted and as changed (`after` is None where nothing was changed), and the changes in words."""

    before: Standing
    after: Standing | None
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "table": self.before.table.as_dict(),
            "changes": list(self.notes),
            "before": self.before.as_dict(),
            "after": None if self.after is None else self.after.as_dict(),
        }


def ask_what_if(
    table: UnitTable,
    changes: Changes | None = None,
    *,
    rules: Sequence[str] = (),
    readings: Mapping[str, str] | None = None,
) -> WhatIf:
    """Say how a vote stands, as counted and as changed.

    Parameters
    ----------
    table
        The units and their counts; the margin is that of its first two choices.
    changes
        What is to be changed; nothing where none is given.
    rules
        In the rule language; yes is the first choice, no all others together.
    readings
        The chosen reading of `voting`.

    Raises
    ------
    InputError
        A change or a rule is none, or no vote is left; all faults at once.
    UndeterminedError
        A rule hangs on those registered or on ballots, and not every unit says them.

    Examples
    --------
    >>> table = UnitTable("2016", ("D", "R"), (Unit("California", (875, 448)), Unit("the rest", (5710, 5850))))
    >>> found = ask_what_if(table, Changes(without=["California"]))
    >>> found.before.margin, found.after.margin, found.before.turned_without
    (287, -140, ('California',))
    """
    faults: list[Fault] = []
    expressions: list[Expression] = []
    changed = Changed(table, ())
    for rule in rules:
        with noting(faults):
            expressions.append(parse_rule(rule))
    with noting(faults):
        changed = change(table, changes or Changes())
    if faults:
        raise InputError(*faults)
    before = _standing(table, expressions, readings)
    after = _standing(changed.table, expressions, readings) if changes else None
    return WhatIf(before, after, changed.notes)


def _standing(table: UnitTable, rules: Sequence[Expression], readings: Mapping[str, str] | None) -> Standing:
    if not sum(table.totals):
        raise InputError(Fault("no vote for any choice is left", remedy="Check the counts and the changes."))
    return Standing(table, tuple(_outcome(table, rule, readings) for rule in rules))


def _outcome(table: UnitTable, rule: Expression, readings: Mapping[str, str] | None) -> RuleOutcome:
    tally = table.tally()
    try:
        finding = decide(rule, tally, readings=readings)
    except UndeterminedError as error:
        remedy = "Give the column registered or ballots in the table, for every unit."
        raise UndeterminedError(*(replace(fault, remedy=remedy) for fault in error.faults)) from None
    return RuleOutcome(
        finding,
        tuple(alternatives_side_by_side(rule, tally, readings=readings)),
        tuple(unit.name for unit in table.units if _passed(rule, _less(tally, unit), readings) is (not finding.passed)),
        None if tally.registered is None else fewest_yes(rule, int(tally.registered), readings=readings),
    )


def _less(tally: Tally, unit: Unit) -> Tally:
    """Take a unit out of the sums."""
    return Tally(
        registered=None if tally.registered is None else tally.registered - (unit.registered or 0),
        ballots=None if tally.ballots is None else tally.ballots - (unit.ballots or 0),
        yes=(tally.yes or 0) - unit.votes[0],
        no=(tally.no or 0) - sum(unit.votes[1:]),
        units=(tally.units or 0) - unit.weight,
        units_carried=(tally.units_carried or 0) - (unit.weight if unit.leader == 0 else 0),
    )


def _passed(rule: Expression, tally: Tally, readings: Mapping[str, str] | None) -> bool | None:
    """Say whether a vote passes; None where nothing is left that a rule could decide."""
    try:
        return decide(rule, tally, readings=readings).passed
    except ReferendaError:
        return None
