"""A vote decided under any rule, with the readings of an ambiguous denominator and what each would have given.

The words are those of `docs/reference/rule-language.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.law.condition import ConditionFinding, apply_condition, share_of, share_text
from referenda.law.expressions import Expression, parse
from referenda.law.tally import QUANTITIES, Tally, flag
from referenda.terms.quantity import plain

__all__ = [
    "ConditionFinding",
    "SideBySide",
    "Tally",
    "VoteFinding",
    "VoteReading",
    "alternatives_side_by_side",
    "decide",
    "parse_rule",
]

DENOMINATORS = ("valid", "ballots", "election_ballots", "registered")  # each a part of the next
VOTING = {
    "valid": "the votes for yes and for no",
    "ballots": "all ballots cast, with those left blank or spoiled",
}
_INSTEAD = {"valid": ", or --yes and --no", "ballots": ", or --invalid"}
_BECAUSE = "a blank or spoiled ballot answers neither yes nor no; rules that mean to count it say so"


@dataclass(frozen=True)
class VoteReading:
    """A word of the rule that can be read in more than one way, and what each way gives (None: not known)."""

    name: str
    question: str
    chosen: str
    because: str
    outcomes: tuple[tuple[str, str, bool | None], ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "name": self.name,
            "question": self.question,
            "chosen": self.chosen,
            "because": self.because,
            "alternatives": [{"name": n, "about": about, "passed": passed} for n, about, passed in self.outcomes],
        }


@dataclass(frozen=True)
class VoteFinding:
    """A rule applied to a vote."""

    rule: str
    passed: bool
    conditions: tuple[ConditionFinding, ...]
    readings: tuple[VoteReading, ...]
    tally: Tally

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "passed": self.passed,
            "rule": self.rule,
            "conditions": [condition.as_dict() for condition in self.conditions],
            "readings": [reading.as_dict() for reading in self.readings],
            "quantities": {name: plain(count) for name, count in self.tally.known().items()},
        }


class SideBySide(NamedTuple):
    """One condition under one denominator."""

    condition: str
    denominator: str
    text: str
    finding: ConditionFinding
    is_the_rule: bool


@lru_cache(maxsize=256)
def parse_rule(text: str) -> Expression:
    """Read the rule of a vote.

    Raises
    ------
    InputError
        The text is no rule (see `expressions.parse`), or it computes a number and decides nothing.
    """
    rule = parse(text, names=QUANTITIES)
    if rule.kind == "number":
        message = "this is a number, and a rule says what must be true"
        raise InputError(Fault(message, column=1, value=text, remedy="Compare it: yes > no."))
    return rule


def decide(rule: str | Expression, tally: Tally, *, readings: Mapping[str, str] | None = None) -> VoteFinding:
    """Decide a vote.

    Parameters
    ----------
    rule
        In the rule language, over the quantities of a vote.
    tally
        The counts; those that the outcome does not depend on may be unknown.
    readings
        The chosen reading of `voting`: `valid` (taken when none is given) or `ballots`.

    Raises
    ------
    InputError
        The rule or a reading is none, the rule divides by zero, nobody is registered or no valid vote was cast: a
        share of nothing decides nothing.
    UndeterminedError
        The outcome depends on a quantity that is not known; every one that the rule names and that is missing is named.

    Examples
    --------
    >>> finding = decide("yes >= 55% of valid", Tally(yes=230711, no=184954))
    >>> finding.passed, finding.conditions[0].margin_votes
    (True, 2095)
    """
    expression = parse_rule(rule) if isinstance(rule, str) else rule
    chosen = _reading_of_voting(readings or {})
    known = tally.known()
    if empty := list(_faults_of_nothing(tally)):
        raise InputError(*empty)
    values = _values(known, chosen)
    try:
        passed = expression.truth(values)
    except UndeterminedError:
        raise _missing(expression, values, chosen) from None
    return VoteFinding(
        rule=expression.text,
        passed=passed,
        conditions=tuple(apply_condition(condition, values) for condition in expression.conditions),
        readings=_readings(expression, known, chosen) if "voting" in expression.names else (),
        tally=tally,
    )


def alternatives_side_by_side(
    rule: str | Expression, tally: Tally, *, readings: Mapping[str, str] | None = None
) -> list[SideBySide]:
    """Apply each condition that takes a share of votes under every denominator that is known.

    "55 percent of the votes" may mean valid votes, ballots, those registered or the ballots of the whole election;
    the rows show what each would have meant.
    """
    expression = parse_rule(rule) if isinstance(rule, str) else rule
    chosen = _reading_of_voting(readings or {})
    values = _values(tally.known(), chosen)
    rows = []
    for condition in expression.conditions:
        shares = [found for found in (share_of(condition.left.node), share_of(condition.right.node)) if found]
        if len(shares) != 1 or shares[0].name not in (*DENOMINATORS, "voting"):
            continue
        written = shares[0].name
        counted = next((name for name in condition.names if name in DENOMINATORS and name != written), None)
        wider = DENOMINATORS[DENOMINATORS.index(counted) + 1 :] if counted else DENOMINATORS
        for denominator in wider:
            if denominator not in values:
                continue
            finding = apply_condition(condition, {**values, written: values[denominator]})
            text = f"{share_text(shares[0].share)} of {denominator}"
            is_the_rule = denominator == (chosen if written == "voting" else written)
            rows.append(SideBySide(condition.text, denominator, text, finding, is_the_rule))
    return rows


def _faults_of_nothing(tally: Tally) -> Iterator[Fault]:
    if tally.registered == 0:
        remedy = "Check --registered, or leave it out where it is not known."
        yield Fault("nobody is registered, so no vote can be decided", value="0", remedy=remedy)
    if tally.valid == 0:
        yield Fault("no valid vote was cast, so there is nothing to decide", value="0", remedy="Check --yes and --no.")
    elif 0 in (tally.ballots, tally.election_ballots):
        name = "ballots" if tally.ballots == 0 else "election_ballots"
        yield Fault("no ballot was cast, so there is nothing to decide", value="0", remedy=f"Check {flag(name)}.")


def _values(known: dict[str, int | Fraction], voting: str) -> dict[str, int | Fraction]:
    return {**known, "voting": known[voting]} if voting in known else known


def _reading_of_voting(readings: Mapping[str, str]) -> str:
    faults = [
        Fault(
            f"there is no reading called {name}", value=name, remedy="A vote has one: voting=valid or voting=ballots."
        )
        for name in readings
        if name != "voting"
    ]
    chosen = readings.get("voting", "valid")
    if chosen not in VOTING:
        faults.append(Fault("voting is read as valid or as ballots", value=chosen, remedy="Write voting=ballots."))
    if faults:
        raise InputError(*faults)
    return chosen


def _readings(rule: Expression, known: dict[str, int | Fraction], chosen: str) -> tuple[VoteReading, ...]:
    outcomes: list[tuple[str, str, bool | None]] = []
    for name, about in VOTING.items():
        try:
            outcomes.append((name, about, rule.truth(_values(known, name))))
        except UndeterminedError:
            outcomes.append((name, about, None))
    question = "who are those voting: all who cast a ballot, or those whose vote is valid?"
    because = _BECAUSE if chosen == "valid" else "it was asked for"
    return (VoteReading("voting", question, chosen, because, tuple(outcomes)),)


def _missing(rule: Expression, values: Mapping[str, int | Fraction], voting: str) -> UndeterminedError:
    names = sorted({voting if name == "voting" else name for name in rule.names if name not in values})
    faults = []
    for name in names:
        remedy = f"Give {flag(name)}{_INSTEAD.get(name, '')}."
        faults.append(Fault(f"the rule needs {name}, and it is not known", value=rule.text, remedy=remedy))
    return UndeterminedError(*faults)
