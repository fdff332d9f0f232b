"""Does an event agree with what its case already holds, and with what the law computes?

These checks hold in every place: a county reports on what was filed with it, a sample is no larger than the raw count,
a number that follows from others is the one that follows. What a place's own law asks stands in its procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from referenda.errors import ReferendaError
from referenda.law.place import PlaceLaw
from referenda.law.vote_rule import parse_rule
from referenda.petitions import kinds
from referenda.petitions.case import Case, Vote
from referenda.petitions.findings import projection_data, requirement_data, vote_data
from referenda.petitions.forecast_kinds import ForecastIssued
from referenda.petitions.refusal import Refusal
from referenda.petitions.verification_agreement import verification_disagreements

OtherCase = Callable[[str], Case | None]


def disagreements(
    case: Case, law: PlaceLaw, data: kinds.EventData, raw: Mapping[str, Any], day: date, other_case: OtherCase
) -> Iterator[Refusal]:
    """Find everything in which an event contradicts its case or the law's own computation.

    Parameters
    ----------
    case
        The case so far.
    law
        The law that the case is pinned to.
    data, raw
        The event's data, typed and as it would be recorded.
    day
        The event's day.
    other_case
        Gives the state of another case, on which a vote may hang.
    """
    yield from verification_disagreements(case, data)
    match data:
        case kinds.TextOfMeasure():
            if any(text.name == data.text_version for text in case.texts):
                yield Refusal(f"the case already holds a text version {data.text_version}", remedy="Name it otherwise.")
        case kinds.RawCountReported():
            yield from _filed(case, data.county, "raw count")
        case kinds.RawCountAmended() | kinds.SampleReported() | kinds.FullCheckReported():
            yield from _counted(case, data)
        case kinds.RequirementDetermined():
            yield from _computed(raw, lambda: requirement_data(law, case.instrument, data.on, readings=data.readings))
        case kinds.SampleProjected():
            yield from _projected(case, law, data, raw)
        case kinds.VoteScheduled():
            yield from _scheduled(case, data, other_case)
        case kinds.VoteDecided():
            yield from _decided(case, data, raw, day, other_case)
        case kinds.VoteLapsed():
            yield from _lapsed(case, data, other_case)
        case kinds.ConflictResolved():
            yield from _resolved(case, data, other_case)
        case kinds.CorrectionNoted():
            if data.position >= case.size:
                yield Refusal(f"the case has {case.size} events, and none at position {data.position}")
        case ForecastIssued():
            yield from _forecast(case, data, day)


def _filed(case: Case, name: str, what: str) -> Iterator[Refusal]:
    county = case.county(name)
    if county is None or county.filed_date is None:
        known = ", ".join(sorted(case.counties)) or "none"
        yield Refusal(f"no petition was filed in {name}, so it has no {what}", remedy=f"Filed so far: {known}.")


def _counted(
    case: Case, data: kinds.RawCountAmended | kinds.SampleReported | kinds.FullCheckReported
) -> Iterator[Refusal]:
    county = case.county(data.county)
    if county is None or county.raw_count is None:
        yield Refusal(f"{data.county} has not reported a raw count yet", remedy="Record RawCountReported first.")
        return
    match data:
        case kinds.RawCountAmended() if (seen := max(county.sample_size or 0, county.checked)) > data.raw_count:
            yield Refusal(f"{data.county} has already verified {seen:,} signatures, more than {data.raw_count:,}")
        case kinds.SampleReported() if data.sample_size > county.raw_count:
            yield Refusal(f"the sample of {data.sample_size:,} is larger than the raw count of {county.raw_count:,}")
        case kinds.FullCheckReported():
            if data.checked > county.raw_count:
                yield Refusal(
                    f"{data.checked:,} signatures checked are more than the raw count of {county.raw_count:,}"
                )
            if data.complete and data.checked < county.raw_count:
                yield Refusal(f"the check is not complete: {data.checked:,} of {county.raw_count:,} signatures")
            if data.checked < county.checked:
                yield Refusal(f"{data.county} has already reported {county.checked:,} signatures checked")


def _projected(case: Case, law: PlaceLaw, data: kinds.SampleProjected, raw: Mapping[str, Any]) -> Iterator[Refusal]:
    if case.requirement is None:
        yield Refusal("the requirement is not determined yet", remedy="Record RequirementDetermined first.")
        return
    needed = case.requirement
    yield from _computed(
        {**raw, "rows": sorted(raw["rows"], key=lambda row: str(row.get("county")))},
        lambda: projection_data(law, case.instrument, data.on, case.counties.values(), needed, readings=data.readings),
    )


def _computed(given: Mapping[str, Any], compute: Callable[[], dict[str, Any]]) -> Iterator[Refusal]:
    """Compare an event with what the law makes of the same numbers."""
    try:
        expected = compute()
    except ReferendaError as error:
        yield from (Refusal(fault.message, remedy=fault.remedy) for fault in error.faults)
        return
    for key, value in expected.items():
        if key == "readings" or given.get(key) == value:
            continue
        if isinstance(value, list):
            yield Refusal(f"`{key}` is not what the case and the law give", remedy="Let the program compute it.")
        else:
            yield Refusal(
                f"`{key}` is {given.get(key)}, and the law gives {value}", remedy="Let the program compute it."
            )


def _scheduled(case: Case, data: kinds.VoteScheduled, other_case: OtherCase) -> Iterator[Refusal]:
    if data.vote in case.votes:
        yield Refusal(f"the vote {data.vote} is already scheduled, on {case.votes[data.vote].day}")
    try:
        parse_rule(data.rule)
    except ReferendaError as error:
        yield from (Refusal(str(fault)) for fault in error.faults)
    if data.hangs_on is not None:
        other = _vote_hung_on(case, data.hangs_on, other_case)
        if isinstance(other, Refusal):
            yield other
        elif other.day > data.day:
            yield Refusal(f"the vote it hangs on is later, on {other.day}")


def _decided(
    case: Case, data: kinds.VoteDecided, raw: Mapping[str, Any], day: date, other_case: OtherCase
) -> Iterator[Refusal]:
    vote = case.votes.get(data.vote)
    if vote is None:
        yield _no_vote(case, data.vote)
        return
    if vote.outcome != "undecided":
        yield Refusal(f"the vote {data.vote} has already {_words(vote.outcome)}")
    if day < vote.day:
        yield Refusal(f"the vote {data.vote} is held on {vote.day}, and {day} is before it")
    if data.rule != vote.rule:
        yield Refusal(f"the vote was laid down under the rule `{vote.rule}`", remedy="Decide it under that rule.")
        return
    if vote.hangs_on is not None:
        other = _vote_hung_on(case, vote.hangs_on, other_case)
        if isinstance(other, Refusal):
            yield other
        elif other.outcome != vote.hangs_on.outcome:
            yield Refusal(
                f"this vote takes place only if {vote.hangs_on.vote} has {_words(vote.hangs_on.outcome)}, "
                f"and that is {other.outcome}"
            )
    yield from _computed(raw, lambda: vote_data(data.vote, data.rule, data.quantities.known(), readings=data.readings))


def _lapsed(case: Case, data: kinds.VoteLapsed, other_case: OtherCase) -> Iterator[Refusal]:
    vote = case.votes.get(data.vote)
    if vote is None:
        yield _no_vote(case, data.vote)
    elif vote.outcome != "undecided":
        yield Refusal(f"the vote {data.vote} has already {_words(vote.outcome)}")
    elif vote.hangs_on is None:
        yield Refusal(f"the vote {data.vote} hangs on no other, so it cannot lapse")
    else:
        other = _vote_hung_on(case, vote.hangs_on, other_case)
        if isinstance(other, Refusal):
            yield other
        elif other.outcome in ("undecided", vote.hangs_on.outcome):
            yield Refusal(f"the vote it hangs on, {vote.hangs_on.vote}, is {other.outcome}; nothing has lapsed")


def _resolved(case: Case, data: kinds.ConflictResolved, other_case: OtherCase) -> Iterator[Refusal]:
    own = case.votes.get(data.vote)
    if own is None:
        yield _no_vote(case, data.vote)
        return
    rivals = [(case.name, data.vote, data.yes, own)]
    for rival in data.others:
        other = other_case(rival.case)
        vote = other.votes.get(rival.vote) if other else None
        if vote is None:
            yield Refusal(f"no vote {rival.vote} is known in the case {rival.case}")
        else:
            rivals.append((rival.case, rival.vote, rival.yes, vote))
    for name, vote_name, yes, vote in rivals:
        if vote.outcome != "passed":
            yield Refusal(f"the vote {vote_name} of {name} is {vote.outcome}; only approved measures conflict")
        elif vote.yes != yes:
            yield Refusal(f"the vote {vote_name} of {name} has {vote.yes} yes votes, not {yes:,}")
        if vote.day != own.day:
            yield Refusal(f"the vote {vote_name} of {name} was held on another day, {vote.day}")
    best = max(rival.yes for rival in data.others)
    if data.yes == best:
        yield Refusal("the measures have as many yes votes; the law does not say which prevails")
    elif data.prevails != (data.yes > best):
        yield Refusal(f"{data.yes:,} yes votes against {best:,}: `prevails` must be {str(data.yes > best).lower()}")


def _forecast(case: Case, data: ForecastIssued, day: date) -> Iterator[Refusal]:
    """See that a forecast is of this measure, as far as its inputs say of which it is."""
    if data.as_of > day:
        yield Refusal(f"a forecast of {day} cannot know what was known on {data.as_of}")
    if data.vote is not None:
        if data.vote not in case.votes:
            yield _no_vote(case, data.vote)
    else:
        yield from of_another_petition(case, data.inputs)


def of_another_petition(case: Case, inputs: Mapping[str, Any]) -> Iterator[Refusal]:
    """Find in what a forecast's inputs are those of another petition than the case's: place, instrument, requirement.

    What the inputs do not say, or the case does not know yet, is no fault.
    """
    of_case = {"place": case.place, "instrument": case.instrument, "requirement": case.requirement}
    for name, known in of_case.items():
        given = inputs.get(name)
        if None not in (given, known) and given != known:
            remedy = "Forecast this petition, or name its own case."
            yield Refusal(f"the forecast is for the {name} {given}, and that of {case.name} is {known}", remedy=remedy)


def _vote_hung_on(case: Case, hanging: kinds.Hanging, other_case: OtherCase) -> Vote | Refusal:
    """Find the vote that another hangs on, in this case or in another."""
    other = case if hanging.case in (None, case.name) else other_case(str(hanging.case))
    if other is None:
        return Refusal(f"there is no case {hanging.case}", remedy="Open it first, in the same store.")
    return other.votes.get(hanging.vote) or _no_vote(other, hanging.vote)


def _no_vote(case: Case, name: str) -> Refusal:
    known = ", ".join(case.votes) or "none"
    return Refusal(f"no vote {name} is scheduled in the case {case.name}", remedy=f"Scheduled: {known}.")


def _words(outcome: str) -> str:
    return {"passed": "passed", "failed": "failed", "lapsed": "lapsed"}.get(outcome, outcome)
