"""What answered a forecast's question: the events of the case itself, read in the order in which they were recorded.

A question that never had an answer (a measure withdrawn while its signatures were being counted, a vote that lapsed)
fell away. What a forecast said of numbers is held against the numbers that the record has in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from referenda.ledger.event import Event
from referenda.petitions import kinds
from referenda.petitions.county_count import fold_county
from referenda.petitions.events import read_data
from referenda.petitions.forecast_kinds import Question

_FAILED = {
    "no_filing": "not_filed",
    "raw_count": "fails_raw_count",
    "sample": "fails_sample",
    "full_check": "full_check_no",
}
_SUFFICIENT = {"sample": "sufficient_on_sample", "full_check": "full_check_yes"}
_ACTS_ON_SAMPLE = (kinds.PetitionFoundSufficient, kinds.FullCheckOrdered, kinds.MeasureFailed, kinds.MeasureWithdrawn)


@dataclass(frozen=True)
class Answer:
    """What came: one of the question's `OUTCOMES`, or None where the question fell away; and the event that says so.

    `day` is the event's day (the first possible one, where it is not known), `position` its place in the record.
    """

    outcome: str | None
    day: date
    position: int
    kind: str


def find_answer(question: Question, events: Iterable[Event], *, vote: str | None = None) -> Answer | None:
    """Find what answered a question about a measure; None while it is open.

    Parameters
    ----------
    question
        `qualify`: answered by what was found of the petition (`PetitionFoundSufficient`, `MeasureFailed`). A measure
        withdrawn before anything was filed is `not_filed`; withdrawn later, before the count decided, the question
        falls away.
        `decision`: answered by the `SampleProjected` that stands; one that an amended raw count voids before anything
        rests on it no longer answers.
        `vote`: answered by `VoteDecided`; it falls away where the vote lapses or the measure ends before it.
    events
        All events of the case, in their order.
    vote
        The vote's name, for the question `vote`.
    """
    answer: Answer | None = None
    filed = False
    for event in events:
        data = read_data(event.kind, event.data, event.version)
        filed = filed or isinstance(data, kinds.PetitionFiled)
        if question == "decision":
            if answer and isinstance(data, _ACTS_ON_SAMPLE):
                return answer
            if isinstance(data, kinds.RawCountAmended):
                answer = None
        found = _answered(question, data, filed, vote)
        if found is not None:
            day = data.between[0] if data.between else event.occurred_on
            answer = Answer(found or None, day, event.position, event.kind)
            if question != "decision" or not found:
                return answer
    return answer


def _answered(question: Question, data: kinds.EventData, filed: bool, vote: str | None) -> str | None:
    """Say the outcome that an event brings: empty where the question falls away with it, None where it says nothing."""
    ends = isinstance(data, kinds.MeasureFailed | kinds.MeasureWithdrawn)
    match question, data:
        case "qualify", kinds.MeasureFailed():
            return _FAILED[data.reason]
        case "qualify", kinds.PetitionFoundSufficient():
            return _SUFFICIENT[data.basis]
        case "qualify", kinds.MeasureWithdrawn():
            return "" if filed else "not_filed"
        case "decision", kinds.SampleProjected():
            return data.decision
        case "vote", kinds.VoteDecided() if data.vote == vote:
            return "passed" if data.passed else "failed"
        case "vote", kinds.VoteLapsed() if data.vote == vote:
            return ""
        case (("decision" | "vote"), _) if ends:
            return ""
    return None


def known_quantities(events: Iterable[Event], *, vote: str | None = None) -> Mapping[str, Fraction]:
    """Give the numbers that a record has in the end, under the names by which forecasts give their quantiles.

    Parameters
    ----------
    events
        All events of the case, in their order.
    vote
        The vote whose numbers are wanted; without one there are none.

    Returns
    -------
    Mapping
        `raw_count` (signatures filed, once every county with which the petition was filed has counted), `projected`
        (the projection that stands), `valid` (valid signatures, once every county's full check is complete),
        `turnout` (ballots of registered), `yes_share` (yes of yes and no), `yes_of_registered`, `invalid_share` (the
        other ballots of all), `units_carried`. What is not known is left out, as is what no event states of a whole
        petition (`valid_share`, `duplicate_share`).
    """
    filed: set[str] = set()
    raw: dict[str, int] = {}
    checked: dict[str, kinds.FullCheckReported] = {}
    found: dict[str, Fraction] = {}
    for event in events:
        match read_data(event.kind, event.data, event.version):
            case kinds.PetitionFiled(county=county):
                filed.add(fold_county(county))
            case kinds.RawCountReported() as counted:
                raw[fold_county(counted.county)] = counted.raw_count
            case kinds.RawCountAmended() as counted:
                raw[fold_county(counted.county)] = counted.raw_count
                found.pop("projected", None)
            case kinds.SampleProjected(projected_valid=projected):
                found["projected"] = Fraction(projected)
            case kinds.FullCheckReported() as report:
                checked[fold_county(report.county)] = report
            case kinds.VoteDecided() as decided if decided.vote == vote:
                found |= _shares(decided.quantities)
    if filed and filed <= raw.keys():
        found["raw_count"] = Fraction(sum(raw.values()))
    if filed and filed <= checked.keys() and all(report.complete for report in checked.values()):
        found["valid"] = Fraction(sum(report.valid_signatures for report in checked.values()))
    return found


def _shares(counts: kinds.Quantities) -> dict[str, Fraction]:
    """Give the shares that the counts of a vote make; one whose counts are not there is left out."""
    valid = None if counts.yes is None or counts.no is None else counts.yes + counts.no
    parts = {
        "turnout": (counts.ballots, counts.registered),
        "yes_share": (counts.yes, valid),
        "yes_of_registered": (counts.yes, counts.registered),
        "invalid_share": (None if counts.ballots is None or valid is None else counts.ballots - valid, counts.ballots),
        "units_carried": (counts.units_carried, 1),
    }
    return {name: Fraction(part) / whole for name, (part, whole) in parts.items() if part is not None and whole}
