"""Record questions: is this the largest since, the first time above, how often below; and what the answer hangs on.

"The largest since 1936" holds when no election after 1936 and before the one in question reaches it; that 1936 itself
does makes the sentence complete. The same election can hold one record in votes and another in points, so every unit
is answered side by side. What a table does not know (an empty cell, a missing year) leaves an answer open wherever it
could change it, and only there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Literal

from referenda.elections.record_value import Measured, Span, Unit
from referenda.elections.time_table import Gap, Moment, TimeTable
from referenda.errors import Fault, InputError
from referenda.terms.quantity import read_number

Kind = Literal["largest", "smallest", "above", "below", "at least", "at most"]

_LARGEST = "largest|highest|biggest|greatest|widest|most"
_SMALLEST = "smallest|lowest|narrowest|closest|fewest|least"
_END = r"(?: (?P<since>ever|since \d{4}))?"
_RECORD = re.compile(rf"(?:the )?(?P<kind>{_LARGEST}|{_SMALLEST})(?: (?:margin|lead|share|turnout))?{_END}")
_BOUND = re.compile(
    rf"(?:the )?(?P<first>first (?:time )?)?(?P<kind>above|over|below|under|at least|at most) "
    rf"(?P<bound>[\d./]+) ?(?P<of>%|percent|points|votes|times)?{_END}"
)
_KINDS: dict[str, Kind] = {"over": "above", "under": "below", "above": "above", "below": "below"}
_HOW_TO_ASK = (
    'Write for example "largest", "smallest since 1936", "largest ever", "first above 50%" or "below 50% since 1990".'
)
_COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {"above": gt, "below": lt, "at least": ge, "at most": le}


@dataclass(frozen=True)
class Question:
    """A record question, read.

    `since` is the year that the question names, 0 for "ever", None where it names none. `bound` is the value of
    "above", "below", "at least" and "at most"; it is a share where `bound_of` is "%".
    """

    text: str
    kind: Kind
    since: int | None = None
    bound: Fraction | None = None
    bound_of: Literal["%", "votes", "times"] | None = None
    first: bool = False

    def suits(self, unit: Unit) -> bool:
        """Say whether the question can be asked in a unit: 50 % of no votes, 1,000 votes of no share."""
        if self.bound_of is None:
            return True
        return (
            unit.is_share if self.bound_of == "%" else unit.kind == {"votes": "votes", "times": "ratio"}[self.bound_of]
        )

    def meets(self, value: Span) -> bool | None:
        """Say whether a value is above (below, …) the bound; None where it is not known well enough."""
        if self.bound is None:
            return True
        compare = _COMPARED[self.kind]
        ends = [None if end is None else compare(end, self.bound) for end in (value.low, value.high)]
        return ends[0] if ends[0] == ends[1] else None


def read_question(text: str) -> Question:
    """Read a record question.

    Parameters
    ----------
    text
        `largest` or `smallest`, or `above`, `below`, `at least` or `at most` and a number (`50%`, `1000 votes`,
        `2 times`), perhaps with `first` before it; then perhaps `ever` or `since YEAR`. Words that mean the same
        (`highest`, `narrowest`, `over`) are taken too.

    Raises
    ------
    InputError
        It is no such question.

    Examples
    --------
    >>> read_question("largest margin since 1936").since
    1936
    >>> read_question("below 50% since 1990").bound
    Fraction(1, 2)
    """
    asked = " ".join(text.lower().split()).rstrip("?.")
    match = _RECORD.fullmatch(asked)
    if match:
        kind: Kind = "largest" if match["kind"] in _LARGEST.split("|") else "smallest"
        return Question(asked, kind, _since(match["since"]))
    match = _BOUND.fullmatch(asked)
    if match is None:
        raise InputError(Fault("this is not a record question", value=text, remedy=_HOW_TO_ASK))
    of = match["of"] or "votes"
    hundredths = of in ("%", "percent", "points")
    return Question(
        asked,
        _KINDS.get(match["kind"], "at least" if match["kind"] == "at least" else "at most"),
        _since(match["since"]),
        read_number(match["bound"]) / (100 if hundredths else 1),
        "%" if hundredths else "times" if of == "times" else "votes",
        bool(match["first"]),
    )


def _since(text: str | None) -> int | None:
    return None if text is None else 0 if text == "ever" else int(text.removeprefix("since "))


@dataclass(frozen=True)
class Answer:
    """What a record question comes to in one unit and one reading.

    Parameters
    ----------
    unit, led_by
        The unit; and, of a margin, the column whose leads alone are compared (None: whoever led).
    value
        The value of the election in question.
    met
        Whether it is above (below, …) the bound; True for the largest and the smallest.
    back_to
        The last earlier election that reaches it (or meets the bound too): the year after "since".
    over
        How many elections between that one and this one surely stay behind it.
    open_before
        Elections after `back_to` that may reach it, for all that is known; any of them leaves the "since" open.
    gaps
        Where elections may be missing in that time.
    passed_in, open_after
        The first later election that reaches it, and later ones before it that may.
    rank, compared
        Best and worst possible place (1 is the record) among all elections compared; None for a question with a bound.
    holds
        Whether the sentence asked is true; None where the table does not settle it, or where nothing was claimed.
    open_claim
        Elections that keep the sentence from being settled.
    """

    unit: Unit
    led_by: str | None
    value: Span
    met: bool | None
    back_to: tuple[Moment, Span] | None
    over: int
    open_before: tuple[Moment, ...]
    gaps: tuple[Gap, ...]
    passed_in: tuple[Moment, Span] | None
    open_after: tuple[Moment, ...]
    rank: tuple[int, int] | None
    compared: int
    holds: bool | None
    open_claim: tuple[Moment, ...]


@dataclass(frozen=True)
class Listing:
    """Which elections meet a bound, in one unit: those that do, those of which it is not known, and of how many."""

    unit: Unit
    met: tuple[tuple[Moment, Span], ...]
    open: tuple[Moment, ...]
    compared: int
    gaps: tuple[Gap, ...]


def list_elections(table: TimeTable, measured: Measured, question: Question, units: Sequence[Unit]) -> list[Listing]:
    """List the elections that meet the bound of a question, from the year it names (that year included)."""
    found = []
    since = question.since or table.first.year
    for unit in units:
        values = [
            (election.moment, value)
            for election in table.elections
            if election.moment.year >= since and (value := measured.value(election, unit)) is not None
        ]
        met = tuple((moment, value) for moment, value in values if question.meets(value))
        open_ = tuple(moment for moment, value in values if question.meets(value) is None)
        found.append(Listing(unit, met, open_, len(values), table.gaps_within(since - 1, table.last)))
    return found


def answer_for(
    table: TimeTable, measured: Measured, question: Question, units: Sequence[Unit], moment: Moment
) -> list[Answer]:
    """Answer a question for one election of the table, in every unit and, of a margin, in both readings.

    Parameters
    ----------
    table, measured, question, units
        The elections, what is measured, the question, and the units (each suits the question).
    moment
        The election in question, one of the table.

    Returns
    -------
    list of Answer
        First among the elections whoever led; then, where the election has a leader, among those that this one led.

    Raises
    ------
    InputError
        The question goes back to a year that does not lie before the election.
    """
    if question.since is not None and question.since >= moment.year:
        message, remedy = f"{moment} does not come after this year", "Name a year before it."
        raise InputError(Fault(message, column="--question", value=str(question.since), remedy=remedy))
    election = next(each for each in table.elections if each.moment == moment)
    leader = measured.leader(election)
    return [
        _answer(table, measured, question, unit, moment, led_by)
        for led_by in ((None, leader) if leader else (None,))
        for unit in units
    ]


def _answer(
    table: TimeTable, measured: Measured, question: Question, unit: Unit, moment: Moment, led_by: str | None
) -> Answer:
    turn = question.kind == "smallest"
    values = {
        election.moment: value
        for election in table.elections
        if (value := measured.value(election, unit, led_by=led_by)) is not None
    }
    own = values.pop(moment)
    records = question.bound is None

    def reaches(value: Span) -> bool | None:
        if not records:
            return question.meets(value)
        return (value.turned().reaches(own.turned())) if turn else value.reaches(own)

    state = {at: reaches(value) for at, value in values.items()}
    before = sorted((at for at in state if at < moment), reverse=True)
    after = sorted(at for at in state if at > moment)
    back_to = next((at for at in before if state[at]), None)
    passed_in = next((at for at in after if state[at]), None)
    met = question.meets(own)
    if records and own.low is None and own.high is None:
        met = None
    holds, open_claim = _claim(table, question, moment, met, state)
    return Answer(
        unit=unit,
        led_by=led_by,
        value=own,
        met=met,
        back_to=None if back_to is None else (back_to, values[back_to]),
        over=sum(state[at] is False for at in before if back_to is None or at > back_to),
        open_before=tuple(at for at in reversed(before) if state[at] is None and (back_to is None or at > back_to)),
        gaps=table.gaps_within((back_to or table.first).year, moment),
        passed_in=None if passed_in is None else (passed_in, values[passed_in]),
        open_after=tuple(at for at in after if state[at] is None and (passed_in is None or at < passed_in)),
        rank=_rank(own, list(values.values()), turn) if records else None,
        compared=len(values) + 1,
        holds=holds,
        open_claim=open_claim,
    )


def _claim(
    table: TimeTable, question: Question, moment: Moment, met: bool | None, state: dict[Moment, bool | None]
) -> tuple[bool | None, tuple[Moment, ...]]:
    """Say whether the sentence of the question is true of an election, and which elections leave it open."""
    if question.bound is not None and not question.first:
        return met, ()
    if question.since is None and not question.first:
        return None, ()
    if not met:
        return met, ()
    since = question.since or 0
    between = {at: reached for at, reached in state.items() if since < at.year and at < moment}
    if any(between.values()):
        return False, ()
    open_ = tuple(at for at, reached in sorted(between.items()) if reached is None)
    begins_late = since > 0 and table.first.year - (table.every or 0) > since
    if open_ or begins_late or table.gaps_within(since, moment):
        return None, open_
    return True, ()


def _rank(own: Span, others: list[Span], turn: bool) -> tuple[int, int]:
    beyond = [(value.turned().above(own.turned())) if turn else value.above(own) for value in others]
    best = 1 + sum(each is True for each in beyond)
    return best, best + sum(each is None for each in beyond)
