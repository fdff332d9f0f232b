"""Facts of a measure that a procedure may ask about in `when`, in the rule language.

Names in a deed's `when` mean, in this order: a number of the event's own data, a fact of the measure, a parameter in
force on the day of the deed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache

from referenda.errors import UndeterminedError
from referenda.law.clocks import compute_deadlines, known_events
from referenda.law.expressions import Expression, parse
from referenda.law.holiday_rules import day_rule
from referenda.law.place import PlaceLaw
from referenda.law.schema import Deed
from referenda.petitions import kinds
from referenda.petitions.case import Case, County
from referenda.petitions.events import kind_of
from referenda.petitions.refusal import Refusal
from referenda.petitions.titles import count_words
from referenda.terms.quantity import shown

OF_MEASURE = {
    "requirement": "valid signatures needed, once it is determined",
    "counties_filed": "counties in which a petition was filed",
    "counties_uncounted": "of these, counties that have not reported a raw count",
    "counties_unsampled": "of these, counties that have not reported a sample",
    "counties_undersampled": "of these, counties whose sample is smaller than the law asks of their raw count",
    "counties_unchecked": "of these, counties whose full check is not complete",
    "total_raw_count": "signatures filed in all counties, as reported",
    "total_valid_checked": "valid signatures that the full check has found so far",
    "sample_sufficient": "1 when the projection that stands shows enough valid signatures, else 0",
    "sample_insufficient": "1 when the projection that stands shows too few valid signatures, else 0",
    "sample_undecided": "1 when the projection that stands asks for a full check, else 0",
}
OF_EVENT = {
    "county_raw_count": "raw count of the county that the event is about",
    "words_in_summary": "words of the summary in the event (0 when its text is not at hand)",
    "bill_was_named": "1 when a contingent notice of withdrawal names the bill of the event, else 0",
    "reason_no_filing": "1 when the event gives the reason `no_filing`, else 0",
    "reason_raw_count": "1 when the event gives the reason `raw_count`, else 0",
    "reason_sample": "1 when the event gives the reason `sample`, else 0",
    "reason_full_check": "1 when the event gives the reason `full_check`, else 0",
    "basis_sample": "1 when the event gives the basis `sample`, else 0",
    "basis_full_check": "1 when the event gives the basis `full_check`, else 0",
    "election_on_tuesday": "1 when the election of the event is on a Tuesday, else 0",
    "election_foreseen": "1 when it is the general election to which the days of the case lead, or is named "
    "(`election`) and held before it, else 0",
}
FACTS = {**OF_MEASURE, **OF_EVENT}

_SAMPLE = {"sample_sufficient": "sufficient", "sample_insufficient": "insufficient", "sample_undecided": "full_check"}
_LACK = {
    "counties_uncounted": "not reported a raw count",
    "counties_unsampled": "not reported a sample",
    "counties_unchecked": "not completed the full check",
}
_SAMPLE_SIZE = "sample_size"  # the formula that says how many signatures a county examines
_TUESDAY = 1


def facts_of(
    case: Case, law: PlaceLaw, on: date, names: Collection[str], data: kinds.EventData | None
) -> dict[str, int]:
    """Give the numbers that a condition with these names may ask about: the event's own, then those of the measure.

    Without the data of an event, only what is known of the measure whatever the event says.
    """
    decision = case.projection.decision if case.projection and case.projection_stands else None
    of_counties = {"counties_filed", "counties_undersampled", *_LACK}.intersection(names)
    facts = {name: len(_counties(case, law, on, name)) for name in of_counties}
    facts |= {name: int(decision == word) for name, word in _SAMPLE.items()}
    facts |= {"total_raw_count": case.raw_count, "total_valid_checked": case.valid_checked}
    if case.requirement is not None:
        facts["requirement"] = case.requirement
    if data is not None:
        facts |= _facts_of_event(case, law, data)
    elif not case.contingent_bills:
        facts["bill_was_named"] = 0
    return facts


def _facts_of_event(case: Case, law: PlaceLaw, data: kinds.EventData) -> dict[str, int]:
    facts = {
        "words_in_summary": count_words(getattr(data, "summary", None) or ""),
        "bill_was_named": int(getattr(data, "bill", None) in case.contingent_bills),
    }
    for name in OF_EVENT:
        key, _, word = name.partition("_")
        if key in ("reason", "basis"):
            facts[name] = int(getattr(data, key, None) == word)
    county = case.county(getattr(data, "county", ""))
    if county is not None and county.raw_count is not None:
        facts["county_raw_count"] = county.raw_count
    if isinstance(data, kinds.ElectionSet):
        general = general_election(case, law)
        regular = data.election_date == general if general else _is_regular(law, case.instrument, data.election_date)
        special = data.election is not None and (general is None or data.election_date < general)
        facts["election_on_tuesday"] = int(data.election_date.weekday() == _TUESDAY)
        facts["election_foreseen"] = int(regular or special)
    return facts | {key: value for key, value in data if type(value) is int}


def general_election(case: Case, law: PlaceLaw) -> date | None:
    """Find the general election to which the days of a case lead; None while they leave it open."""
    used = set(known_events(law, case.instrument))
    days = {name: day for name, day in case.dates.items() if name in used}
    found = {deadline.name: deadline for deadline in compute_deadlines(law, case.instrument, days)}
    clock = found.get("election_date")
    return clock.date if clock and not clock.assumes else None


def _is_regular(law: PlaceLaw, instrument: str, day: date) -> bool:
    held = (entry for entry in law.schema.elections if entry.holds(day, instrument))
    return any(day in day_rule(entry.rule).in_year(day.year) for entry in held)


def undersampled(case: Case, law: PlaceLaw, on: date) -> list[County]:
    """Give the counties whose sample is smaller than the law asks, as it is when a raw count was amended upwards."""
    if not any(formula.name == _SAMPLE_SIZE for formula in law.schema.formulas):
        return []
    return [
        county
        for county in case.counties.values()
        if county.sample_size is not None and county.sample_size < _least_sample(case, law, county, on)
    ]


def _least_sample(case: Case, law: PlaceLaw, county: County, on: date) -> Fraction:
    return law.find(_SAMPLE_SIZE, {"raw_count": county.raw_count or 0}, on=on, instrument=case.instrument).value


def _counties(case: Case, law: PlaceLaw, on: date, fact: str) -> list[County]:
    """Give the counties that a fact counts."""
    filed = [county for county in case.counties.values() if county.filed_date]
    match fact:
        case "counties_uncounted":
            return [county for county in filed if county.raw_count is None]
        case "counties_unsampled":
            return [county for county in filed if county.sample_size is None]
        case "counties_unchecked":
            return [county for county in filed if not county.complete or county.checked < (county.raw_count or 0)]
        case "counties_undersampled":
            return undersampled(case, law, on)
    return filed


@lru_cache(maxsize=256)
def condition(text: str) -> Expression:
    """Read a condition of a procedure."""
    return parse(text, what="condition")


def condition_refusal(case: Case, law: PlaceLaw, deed: Deed, data: kinds.EventData, on: date) -> Refusal | None:
    """Say why the condition of a deed does not hold, with the numbers; None where it holds or there is none."""
    instrument = data.instrument if isinstance(data, kinds.MeasureReceived) else case.instrument
    lacking = list(_lacking(case, law, deed, instrument, on, data))
    return Refusal(f"{deed.event} is not possible: {'; '.join(lacking)}", deed.cite) if lacking else None


def lacks(case: Case, law: PlaceLaw, deed: Deed, on: date) -> list[str]:
    """Say what keeps a deed from being in order on a day, whatever its event would hold; nothing where nothing does."""
    return list(_lacking(case, law, deed, case.instrument, on, None))


def _lacking(
    case: Case, law: PlaceLaw, deed: Deed, instrument: str, on: date, data: kinds.EventData | None
) -> Iterator[str]:
    """Say each comparison of a deed's condition that does not hold, or that hangs on what is not known yet."""
    if deed.when is None:
        return
    rule = condition(deed.when)
    facts = facts_of(case, law, on, rule.names, data)
    fields = _keys(deed, data)
    values: dict[str, Fraction | int] = {name: facts[name] for name in rule.names if name in facts}
    parts = [condition(c.text) for c in rule.conditions] if rule.node.op == "and" else [rule]
    for part in parts:
        try:
            for name in part.names - FACTS.keys() - fields:
                values[name] = law.parameter(name, on=on, instrument=instrument).number
            if not part.truth(values):
                yield _said(case, law, on, part, values, data)
        except UndeterminedError:
            missing = sorted(part.names - values.keys())
            if data is not None or any(name in OF_MEASURE for name in missing):
                yield _unknown(part, missing)


def _keys(deed: Deed, data: kinds.EventData | None) -> set[str]:
    return set((kind_of(deed.event) if data is None else type(data)).model_fields)


def _unknown(part: Expression, missing: list[str]) -> str:
    if missing == ["requirement"]:
        return "the requirement is not determined yet"
    about = "; ".join(f"{name} ({FACTS[name]})" if name in FACTS else name for name in missing)
    return f"it must hold that {part.text}, which depends on what is not known yet: {about}"


def _said(
    case: Case, law: PlaceLaw, on: date, part: Expression, values: Mapping[str, Fraction | int], data: object
) -> str:
    """Say a comparison that does not hold: in the words of the measure, or else with its names and numbers."""
    names = sorted(part.names)
    name = names[0] if len(names) == 1 else ""
    key, _, word = name.partition("_")
    if name == "counties_undersampled":
        return "; ".join(
            f"the sample of {county.name}, {county.sample_size:,} signatures, is smaller than the "
            f"{shown(_least_sample(case, law, county, on))} that the law asks of {county.raw_count:,}"
            for county in _counties(case, law, on, name)
        )
    if name == "counties_filed":
        return f"the petition was filed in {_listed(_counties(case, law, on, name))}"
    if name in _LACK:
        counties = _counties(case, law, on, name)
        return f"{_listed(counties)} {'has' if len(counties) == 1 else 'have'} {_LACK[name]}"
    if name in _SAMPLE:
        if case.projection is None:
            return "nothing has been projected yet"
        if not case.projection_stands:
            return "a raw count was amended after the projection, which is void; project again"
        return f"the projection decides otherwise: {case.projection.decision.replace('_', ' ')}"
    if key in ("reason", "basis"):
        return f"its {key} is `{word}` at this stage, not `{getattr(data, key, None)}`"
    if name == "bill_was_named":
        bill = getattr(data, "bill", None)
        return f"no contingent notice names {bill}" if bill else "no contingent notice of withdrawal was filed"
    if name == "election_on_tuesday" and isinstance(data, kinds.ElectionSet):
        return f"an election is held on a Tuesday, and {data.election_date} is a {data.election_date:%A}"
    if name == "election_foreseen":
        general = general_election(case, law)
        when = f" before {general}" if general else ""
        held = (
            f"the next general election for which there is time is on {general}"
            if general
            else ("this is no day of a general election")
        )
        return f"{held}; a special election{when} must be named (`election`)"
    [compared] = part.conditions if part.node.op in _MUST else (None,)
    if compared is None:
        known = ", ".join(f"{name} is {shown(values[name])}" for name in names)
        return f"it needs that {part.text}; {known}"
    left, right = (Fraction(side.evaluate(values)) for side in (compared.left, compared.right))
    meant = f" ({_plain(compared.right.text)})" if compared.right.names and "(" not in compared.right.text else ""
    must = _MUST[compared.operator]
    return f"{_plain(compared.left.text)} is {shown(left)}, and the law asks for {must} {shown(right)}{meant}"


def asked(deed: Deed) -> list[str]:
    """Say in words what a deed's condition asks of its event; what it asks of the measure, `lacks` says."""
    if deed.when is None:
        return []
    rule = condition(deed.when)
    own = _keys(deed, None) | OF_EVENT.keys()
    parts = [condition(c.text) for c in rule.conditions] if rule.node.op == "and" else [rule]
    return [_asked(part) for part in parts if part.names & own]


def _asked(part: Expression) -> str:
    name = min(part.names)
    key, _, word = name.partition("_")
    if key in ("reason", "basis"):
        return f"the {key} `{word}`"
    if name in _ASKED:
        return _ASKED[name]
    if len(part.conditions) != 1:
        return part.text
    [compared] = part.conditions
    right = "what the law asks" if "(" in compared.right.text else _plain(compared.right.text)
    return f"{_plain(compared.left.text)} {_MUST[compared.operator]} {right}"


def _plain(text: str) -> str:
    return text.replace("_", " ")


_MUST = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "=": "exactly", "!=": "other than"}
_ASKED = {
    "bill_was_named": "a bill that a contingent notice of withdrawal names",
    "election_foreseen": "the day of the next general election, or of a special one that is named",
    "election_on_tuesday": "a Tuesday",
}


def _listed(counties: list[County]) -> str:
    """Name some counties and say how many more there are."""
    some = ", ".join(county.name for county in counties[:3])
    return f"{some} and {len(counties) - 3} more" if len(counties) > 3 else some
