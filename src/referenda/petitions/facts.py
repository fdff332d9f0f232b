"""Facts of a measure that a procedure may ask about in `when`, in the rule language.

Names in a deed's `when` mean, in this order: a number of the event's own data, a fact of the measure, a parameter in
force on the day of the deed.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from referenda.errors import UndeterminedError
from referenda.law.expressions import Expression, parse
from referenda.law.place import PlaceLaw
from referenda.law.schema import Deed
from referenda.ledger.event import Draft
from referenda.petitions import kinds
from referenda.petitions.agreement import Refusal
from referenda.petitions.case import Case
from referenda.petitions.titles import count_words
from referenda.terms.quantity import shown

FACTS = {
    "requirement": "valid signatures needed, once it is determined",
    "counties_filed": "counties in which a petition was filed",
    "counties_uncounted": "of these, counties that have not reported a raw count",
    "counties_unsampled": "of these, counties that have not reported a sample",
    "counties_unchecked": "of these, counties whose full check is not complete",
    "total_raw_count": "signatures filed in all counties, as reported",
    "total_valid_checked": "valid signatures that the full check has found so far",
    "sample_sufficient": "1 when the recorded projection shows enough valid signatures, else 0",
    "sample_insufficient": "1 when the recorded projection shows too few valid signatures, else 0",
    "sample_undecided": "1 when the recorded projection asks for a full check, else 0",
    "county_raw_count": "raw count of the county that the event is about",
    "words_in_summary": "words of the summary in the event (0 when its text is not at hand)",
    "bill_was_named": "1 when a contingent notice of withdrawal names the bill of the event, else 0",
    "reason_no_filing": "1 when the event gives the reason `no_filing`, else 0",
    "reason_raw_count": "1 when the event gives the reason `raw_count`, else 0",
    "reason_sample": "1 when the event gives the reason `sample`, else 0",
    "reason_full_check": "1 when the event gives the reason `full_check`, else 0",
}


def facts_of(case: Case, data: kinds.EventData) -> dict[str, int]:
    """Give the numbers that a condition may ask about: the event's own, then those of the measure."""
    filed = [county for county in case.counties.values() if county.filed_date]
    decision = case.projection.decision if case.projection else None
    facts = {
        "counties_filed": len(filed),
        "counties_uncounted": sum(county.raw_count is None for county in filed),
        "counties_unsampled": sum(county.sample_size is None for county in filed),
        "counties_unchecked": sum(not county.complete for county in filed),
        "total_raw_count": case.raw_count,
        "total_valid_checked": case.valid_checked,
        "sample_sufficient": int(decision == "sufficient"),
        "sample_insufficient": int(decision == "insufficient"),
        "sample_undecided": int(decision == "full_check"),
        "words_in_summary": count_words(getattr(data, "summary", None) or ""),
        "bill_was_named": int(getattr(data, "bill", None) in case.contingent_bills),
        **{f"reason_{why}": int(getattr(data, "reason", None) == why) for why in _REASONS},
    }
    if case.requirement is not None:
        facts["requirement"] = case.requirement
    county = case.county(getattr(data, "county", ""))
    if county is not None and county.raw_count is not None:
        facts["county_raw_count"] = county.raw_count
    own = {key: value for key, value in data if type(value) is int}
    return {**facts, **own}


_REASONS = ("no_filing", "raw_count", "sample", "full_check")


@lru_cache(maxsize=256)
def condition(text: str) -> Expression:
    """Read a condition of a procedure."""
    return parse(text, what="condition")


def condition_refusal(case: Case, law: PlaceLaw, deed: Deed, data: kinds.EventData, draft: Draft) -> Refusal | None:
    """Say why the condition of a deed does not hold, with the numbers; None where it holds or there is none."""
    if deed.when is None:
        return None
    rule = condition(deed.when)
    instrument = data.instrument if isinstance(data, kinds.MeasureReceived) else case.instrument
    facts = facts_of(case, data)
    values: dict[str, Fraction | int] = {}
    for name in sorted(rule.names):
        if name in facts:
            values[name] = facts[name]
        elif name not in FACTS and name not in type(data).model_fields:
            values[name] = law.parameter(name, on=draft.occurred_on, instrument=instrument).number
    try:
        if rule.truth(values):
            return None
    except UndeterminedError:
        missing = [name for name in sorted(rule.names) if name not in values]
        about = "; ".join(f"{name} ({FACTS[name]})" if name in FACTS else name for name in missing)
        return Refusal(f"it depends on what is not known yet: {about}", deed.cite, f"It must hold that {deed.when}.")
    unmet = [c for c in rule.conditions if not condition(c.text).truth(values)] if rule.node.op == "and" else []
    names = sorted(set().union(*(condition(c.text).names for c in unmet)) if unmet else rule.names)
    known = ", ".join(f"{name} is {shown(values[name])}{_meaning(name)}" for name in names)
    wanted = " and ".join(c.text for c in unmet) or rule.text
    return Refusal(f"{draft.kind} needs that {wanted}; {known}", deed.cite)


def _meaning(name: str) -> str:
    return f" ({FACTS[name]})" if FACTS.get(name, "").startswith("1 when") else ""
