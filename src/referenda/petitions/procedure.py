"""Is this deed in order? A case, the law it is pinned to, and an event that somebody would record.

The procedure of a place (`procedures` of its law document) says who may do what at which stage, between which days,
with whose consent and on which condition. A deed that is out of order is refused with the text of law; one that comes
late is refused too, or stands and is recorded as late, as the law has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from referenda.errors import LawError, RecordError
from referenda.law.clocks import compute_deadlines, known_events
from referenda.law.deadline import Deadline
from referenda.law.place import PlaceLaw
from referenda.law.schema import Deed
from referenda.ledger.event import Draft, Event
from referenda.petitions import kinds
from referenda.petitions.agreement import OtherCase, disagreements
from referenda.petitions.case import START, Case, dates_in
from referenda.petitions.county_count import county_names, fold_county, is_stranger, nearest_county
from referenda.petitions.events import read_data
from referenda.petitions.facts import condition_refusal, undersampled
from referenda.petitions.forecast_kinds import FORECAST_KINDS
from referenda.petitions.refusal import Refusal
from referenda.petitions.verification_kinds import VERIFICATION_KINDS

ANYONE = "anyone"
FILED = "filed_date"
# Kinds that no procedure has to name.
OF_THE_RECORD = ("CorrectionNoted", *(kind.__name__ for kind in (*VERIFICATION_KINDS, *FORECAST_KINDS)))
BEFORE_RECEIPT = ("StatuteEnacted",)  # what may have happened before the measure was received


@dataclass(frozen=True)
class Bound:
    """The first or last day of a deed; `last_day` is later than `day` where an act stands until a business day."""

    name: str
    day: date
    last_day: date
    cite: str | None


@dataclass(frozen=True)
class DeedFinding:
    """Whether a deed is in order, and what says so."""

    kind: str
    stage: str
    deed: Deed | None
    refusals: tuple[Refusal, ...]
    opens: Bound | None = None
    closes: Bound | None = None
    late: kinds.Late | None = None

    @property
    def allowed(self) -> bool:
        """Say whether it may be recorded (perhaps as late)."""
        return not self.refusals


def life(name: str, events: Iterable[Event], law: PlaceLaw) -> Case:
    """Fold the events of a case into the state of its measure.

    Raises
    ------
    RecordError
        An event does not follow from the procedure, so the log was not written through it.
    """
    case = Case(name)
    for event in events:
        case = follow(case, law, event)
    return case


def follow(case: Case, law: PlaceLaw, event: Event) -> Case:
    """Take up one more event of a case; see `life`."""
    if event.kind in OF_THE_RECORD:
        return case.after(event, case.stage, None)
    instrument = case.instrument or str(event.data.get("instrument"))
    deed = next((d for d in deeds(law, instrument, event.occurred_on, event.kind) if case.stage in d.from_), None)
    if deed is None:
        raise RecordError(
            f"event {event.position} of {case.name}, {event.kind}, does not follow at the stage {case.stage}"
        )
    return case.after(event, deed.to or case.stage, deed.dates)


def deeds(law: PlaceLaw, instrument: str, day: date, kind: str | None = None) -> list[Deed]:
    """Give the deeds that the law knows on a day for an instrument, of one kind or of all."""
    return [
        deed
        for procedure in law.in_force(law.schema.procedures, day, instrument)
        for deed in procedure.deeds
        if deed.holds(day, instrument) and kind in (None, deed.event)
    ]


def deadlines(
    case: Case, law: PlaceLaw, *, county: str | None = None, more: Mapping[str, date] | None = None
) -> list[Deadline]:
    """Compute every deadline that the days of a case give, in the order of their days.

    Parameters
    ----------
    county
        The county whose filing starts the clocks that run from filing; the last county filed when absent.
    more
        Days known beside those of the case.
    """
    days = {**case.dates, **(more or {})}
    if county and (found := case.county(county)) and found.filed_date:
        days[FILED] = found.filed_date
    return list(_deadlines(law, case.instrument, tuple(sorted(days.items()))))


@lru_cache(maxsize=1024)
def _deadlines(law: PlaceLaw, instrument: str, days: tuple[tuple[str, date], ...]) -> tuple[Deadline, ...]:
    used = {*known_events(law, instrument), *(clock.name for clock in law.schema.clocks)}
    return tuple(compute_deadlines(law, instrument, {name: day for name, day in days if name in used}))


def check_deed(case: Case, law: PlaceLaw, draft: Draft, *, other_case: OtherCase = lambda _: None) -> DeedFinding:
    """Say whether a deed is in order.

    Parameters
    ----------
    case
        The case so far; an empty one before the measure is received.
    law
        The law document that the case is pinned to.
    draft
        What would be recorded.
    other_case
        Gives the state of another case of the same store, on which a vote may hang.

    Returns
    -------
    DeedFinding
        With every reason why it is not in order, or with how late it is where the law lets it stand.

    Raises
    ------
    InputError
        The kind is unknown, or its data are not what it holds.
    """
    data = read_data(draft.kind, draft.data, draft.version)
    if isinstance(data, kinds.LawDocumentKept):
        return _refused(case, draft, Refusal("a law document is kept in a log of its own, not in a case"))
    if isinstance(data, kinds.MeasureReceived):
        if case.exists:
            message = f"the case {case.name} has begun; one measure is one case"
            return _refused(case, draft, Refusal(message, remedy="Choose another name, or go on with this one."))
        if data.law != law.digest:
            return _refused(case, draft, Refusal(f"the law of {law.id} at hand has another digest, {law.digest}"))
        law.check_instrument(data.instrument)
    elif not case.exists:
        remedy = "Open it with the measure's receipt (MeasureReceived)."
        return _refused(case, draft, Refusal(f"there is no case {case.name} yet", remedy=remedy))
    if draft.kind in OF_THE_RECORD:
        return DeedFinding(draft.kind, case.stage, None, tuple(_record_refusals(case, law, draft, data, other_case)))
    instrument = data.instrument if isinstance(data, kinds.MeasureReceived) else case.instrument
    here = [d for d in deeds(law, instrument, draft.occurred_on, draft.kind) if case.stage in d.from_]
    if not here:
        return _refused(case, draft, _out_of_order(case, law, instrument, draft))
    found = [_examine(case, law, deed, draft, data, other_case) for deed in here]
    return min(found, key=lambda finding: len(finding.refusals))


def require_deed(case: Case, law: PlaceLaw, draft: Draft, *, other_case: OtherCase = lambda _: None) -> DeedFinding:
    """Refuse a deed that is not in order; see `check_deed`.

    Raises
    ------
    LawError
        With every reason, each with the text of law.
    """
    finding = check_deed(case, law, draft, other_case=other_case)
    if finding.refusals:
        raise LawError.of(refusal.fault() for refusal in finding.refusals)
    return finding


def _refused(case: Case, draft: Draft, refusal: Refusal) -> DeedFinding:
    return DeedFinding(draft.kind, case.stage, None, (refusal,))


def _record_refusals(
    case: Case, law: PlaceLaw, draft: Draft, data: kinds.EventData, other_case: OtherCase
) -> Iterator[Refusal]:
    """Find what is wrong in every place: days that cannot be, and contradictions to the case."""
    if data.between and data.between[1] != draft.occurred_on:
        yield Refusal(
            f"the day of the event, {draft.occurred_on}, must be the last day of `between`, {data.between[1]}"
        )
    received = case.dates.get("received_date")
    earliest = data.between[1] if data.between else draft.occurred_on
    if received and earliest < received and draft.kind not in BEFORE_RECEIPT:
        yield Refusal(f"{earliest} is before the measure was received, on {received}")
    yield from disagreements(case, law, data, draft.data, draft.occurred_on, other_case)


def _out_of_order(case: Case, law: PlaceLaw, instrument: str, draft: Draft) -> Refusal:
    """Say why a kind cannot be recorded at this stage, and where or since when it can."""
    known = deeds(law, instrument, draft.occurred_on, draft.kind)
    elsewhen = [
        deed
        for procedure in law.schema.procedures
        for deed in procedure.deeds
        if deed.event == draft.kind
        and case.stage in deed.from_
        and (not deed.instruments or instrument in deed.instruments)
    ]
    at = "before it begins" if case.stage == START else f"at the stage {case.stage}"
    where = f"{draft.kind} on {draft.occurred_on} is not possible {at}"
    if elsewhen:
        spans = "; ".join(f"{_span(deed)} [{deed.cite}]" for deed in elsewhen)
        return Refusal(f"{where}: the law knows it there only {spans}", known[0].cite if known else None)
    if known:
        stages = ", ".join(dict.fromkeys(stage for deed in known for stage in deed.from_))
        return Refusal(f"{where}: it may be done at {stages}", known[0].cite)
    of_place = {deed.event for procedure in law.schema.procedures for deed in procedure.deeds}
    near = get_close_matches(draft.kind, of_place, n=1)
    remedy = f"Did you mean {near[0]}?" if near and near[0] != draft.kind else None
    return Refusal(f"{where}: the law of {law.name} knows no such deed for the {instrument}", remedy=remedy)


def _span(deed: Deed) -> str:
    parts = (
        f"from {deed.force.from_}" if deed.force.from_ else "",
        f"until {deed.force.until}" if deed.force.until else "",
    )
    return " ".join(part for part in parts if part)


def _examine(
    case: Case, law: PlaceLaw, deed: Deed, draft: Draft, data: kinds.EventData, other_case: OtherCase
) -> DeedFinding:
    """Hold one deed of the procedure against a draft."""
    county = getattr(data, "county", None)
    first, last = data.between or (draft.occurred_on, draft.occurred_on)
    more = dates_in(data)
    opens = bound(case, law, deed.not_before, county, more)
    closes = bound(case, law, deed.not_after, county, more)
    refusals = [*_formal(case, law, deed, draft, data, county)]
    if opens and last < opens.day:
        refusals.append(
            Refusal(
                f"{draft.kind} on {last} comes too early: not before {opens.name}, {opens.day}",
                opens.cite or deed.cite,
            )
        )
    late = None
    if closes and first > closes.last_day:
        days = (first - closes.last_day).days
        cite = closes.cite or deed.cite
        if deed.late == "record":
            late = kinds.Late(clock=closes.name, due=closes.last_day, days=days, cite=cite)
        else:
            refusals.append(
                Refusal(
                    f"{draft.kind} on {first} comes {days} day{'s' * (days > 1)} too late: "
                    f"the last day was {closes.last_day} ({closes.name})",
                    cite,
                )
            )
    if data.late is not None and data.late != late:
        refusals.append(Refusal("`late` is written by the program, and it does not say what the clocks say"))
    complete = all(getattr(data, key, None) for key in deed.requires)
    if complete and (refusal := condition_refusal(case, law, deed, data, draft.occurred_on)):
        refusals.append(refusal)
    refusals += _record_refusals(case, law, draft, data, other_case)
    return DeedFinding(draft.kind, case.stage, deed, tuple(refusals), opens, closes, late)


def bound(
    case: Case, law: PlaceLaw, name: str | None, county: str | None = None, more: Mapping[str, date] | None = None
) -> Bound | None:
    """Find the day that bounds a deed; None where nothing that is known starts it.

    Parameters
    ----------
    name
        A clock, or a day of the case.
    county
        The county whose own filing counts.
    more
        Days known beside those of the case.
    """
    if name is None or not case.exists:
        return None
    found = next((d for d in deadlines(case, law, county=county, more=more) if d.name == name), None)
    if found is not None:
        # A deadline that takes unknown events as met on their last day binds nobody yet.
        return None if found.assumes else Bound(name, found.date, found.act_stands_until or found.date, found.cite)
    filed = case.county(county) if county and name == FILED else None
    day = filed.filed_date if filed else case.dates.get(name)
    return Bound(name, day, day, None) if day else None


def _formal(
    case: Case, law: PlaceLaw, deed: Deed, draft: Draft, data: kinds.EventData, county: str | None
) -> Iterator[Refusal]:
    """Check who does it, what must be given, whether it was done before, and who agrees."""
    role, _, person = draft.by.partition(":")
    if deed.actor not in (role, ANYONE):
        yield Refusal(f"{draft.kind} is done by `{deed.actor}`, not by `{role}`", deed.cite)
    if county:
        yield from _formal_of_county(case, law, deed, county, person if role == "county" else "", draft.occurred_on)
    for key in deed.requires:
        if not getattr(data, key, None):
            remedy = f"Give it among the event's data, such as --set {key}=VALUE."
            yield Refusal(f"{draft.kind} needs `{key}` here", deed.cite, remedy)
    if deed.once_per == "case" and case.was_done(draft.kind):
        yield Refusal(f"{draft.kind} has been recorded already, and is done once", deed.cite)
    if deed.consent:
        proponents = set(case.proponents)
        signed = set(getattr(data, "consent", None) or ())
        if strangers := sorted(signed - proponents):
            known = ", ".join(case.proponents)
            yield Refusal(f"not a proponent: {', '.join(strangers)}", deed.cite, f"The proponents are {known}.")
        agreed = len(signed & proponents)
        if deed.consent == "all" and agreed < len(proponents):
            missing = ", ".join(sorted(proponents - signed))
            yield Refusal(f"all proponents must sign; missing: {missing}", deed.cite, "Name them in `consent`.")
        if deed.consent == "majority" and Fraction(agreed) <= Fraction(len(proponents), 2):
            yield Refusal(
                f"a majority of the {len(proponents)} proponents must sign, and {agreed} did",
                deed.cite,
                "Name them in `consent`.",
            )


def is_done(case: Case, law: PlaceLaw, deed: Deed, county: str, on: date) -> bool:
    """Say whether a county has done a deed; a sample that an amended raw count has made too small is taken again."""
    if not case.was_done(deed.event, county):
        return False
    return deed.event != kinds.SampleReported.__name__ or case.county(county) not in undersampled(case, law, on)


def _formal_of_county(case: Case, law: PlaceLaw, deed: Deed, county: str, reporter: str, on: date) -> Iterator[Refusal]:
    """Check that there is such a county, that nobody else reports for it, and that it has not done it before."""
    names = county_names(law.id)
    if is_stranger(county, names):
        near = nearest_county(county, names)
        all_of_them = f"{law.name} has {len(names)} counties, from {names[0]} to {names[-1]}."
        yield Refusal(f"{law.name} has no county {county}", None, f"Did you mean {near}?" if near else all_of_them)
    if reporter and fold_county(reporter) != fold_county(county):
        yield Refusal(f"{reporter} cannot report for {county}", deed.cite)
    if deed.once_per == "county" and is_done(case, law, deed, county, on):
        known = case.county(county)
        name = known.name if known else county
        yield Refusal(f"{deed.event} has been recorded for {name} already, and is done once a county", deed.cite)
