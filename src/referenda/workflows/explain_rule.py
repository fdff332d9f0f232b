"""Explain a rule of a place: what it says, the texts it rests on, and its number under each reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from referenda.errors import Fault, InputError, ReferendaError
from referenda.law.finding import Finding, ReadingUsed
from referenda.law.place import PlaceLaw
from referenda.law.schema import Source
from referenda.terms.names import did_you_mean, nearest
from referenda.terms.quantity import plain

NAMED_SECTIONS = (
    "parameters",
    "formulas",
    "sample_counts",
    "readings",
    "clocks",
    "elections",
    "procedures",
    "signer_conditions",
    "reason_codes",
)


@dataclass(frozen=True)
class Rule:
    """One entry of a law document: its section, the entry as text and as typed, and whether it is in force."""

    section: str
    entry: Mapping[str, Any]
    typed: Any
    in_force: bool


@dataclass(frozen=True)
class Explanation:
    """A rule explained for a day and an instrument; `finding` is there where the inputs suffice."""

    law: PlaceLaw
    name: str
    on: date
    instrument: str
    rules: tuple[Rule, ...]
    finding: Finding | None
    missing: tuple[str, ...]
    outcomes: Mapping[str, Mapping[str, Fraction | None]]
    readings: tuple[ReadingUsed, ...]
    sources: tuple[Source, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the explanation for JSON."""
        return {
            "place": self.law.id,
            "law": self.law.digest,
            "name": self.name,
            "on": self.on.isoformat(),
            "instrument": self.instrument,
            "rules": [{"section": r.section, "in_force": r.in_force, "entry": r.entry} for r in self.rules],
            "finding": self.finding.as_dict() if self.finding else None,
            "missing_inputs": list(self.missing),
            "readings": [
                {
                    **reading.as_dict(),
                    "alternatives": [
                        {"name": name, "about": about, "value": _plain(self.outcomes.get(reading.name, {}).get(name))}
                        for name, about in reading.alternatives
                    ],
                }
                for reading in self.readings
            ],
            "sources": [source.model_dump(mode="json", exclude_none=True) for source in self.sources],
        }


def find_rules(law: PlaceLaw, name: str, *, on: date | None = None, instrument: str | None = None) -> list[Rule]:
    """Find every entry of a name: each version through time, the deeds of an event, a coverage topic.

    Raises
    ------
    InputError
        No entry of this name is known (with the one that was perhaps meant), or an unknown instrument.
    """
    if instrument is not None:
        law.check_instrument(instrument)
    entries = list(_entries(law))
    _check_rule(law, name, {known: section for known, section, *_ in entries})
    day = on or date.today()
    return [
        Rule(section, raw, typed, _holds(typed, day, instrument))
        for known, section, raw, typed in entries
        if known == name
    ]


def _check_rule(law: PlaceLaw, name: str, sections: Mapping[str, str]) -> None:
    """Refuse a name that is no rule's; `sections` has the section of each rule."""
    if name in sections:
        return
    if name in sections.values():
        rules = ", ".join(sorted(rule for rule, section in sections.items() if section == name))
        message = f"this is a section of the law of {law.name}, and not one rule"
        raise InputError(Fault(message, value=name, remedy=f"Ask for one of its rules: {rules}."))
    remedy = f"See their names: referenda law show {law.id}."
    if nearest(name, sections):
        remedy = did_you_mean(name, sorted(sections), most=3)
    raise InputError(Fault(f"no rule of this name is known in the law of {law.name}", value=name, remedy=remedy))


def explain_rule(
    law: PlaceLaw,
    name: str,
    *,
    on: date,
    instrument: str,
    inputs: Mapping[str, int | Fraction],
    readings: Mapping[str, str] | None = None,
) -> Explanation:
    """Explain a rule for a day and an instrument, with numbers where the inputs suffice.

    Parameters
    ----------
    law
        The law of the place.
    name
        A formula, parameter, reading, clock, or any other named entry.
    on, instrument
        For which the rule is read.
    inputs
        Numbers for a formula's inputs.
    readings
        Alternatives chosen for open questions.

    Raises
    ------
    InputError
        An unknown name, input, reading or alternative.
    UndeterminedError
        The figures that the rule needs on that day are not in the document.
    """
    rules = find_rules(law, name, on=on, instrument=instrument)
    read = [rule for rule in rules if rule.in_force] or rules
    chosen = law.readings(readings)
    finding: Finding | None = None
    missing: tuple[str, ...] = ()
    if law.knows_formula(name):
        missing = tuple(sorted(law.inputs_of(name) - inputs.keys()))
        if inputs or not missing:
            finding = law.find(name, inputs, on=on, instrument=instrument, readings=chosen)
            missing = ()
    if finding:
        met = finding.readings
    else:
        met = tuple(law.reading_used(n, chosen) for n in dict.fromkeys(_named(read, "reading")))
        if any(rule.section == "readings" for rule in rules):
            met = (law.reading_used(name, chosen), *met)
    outcomes = (
        {r.name: dict(_outcomes(law, finding, r, inputs, on, instrument, chosen)) for r in met} if finding else {}
    )
    cites = dict.fromkeys([*_named(read, "cite"), *(reading.cite for reading in met)])
    found = [source for cite in cites if (source := law.schema.source_of(cite))]
    sources = tuple({source.cite: source for source in found}.values())
    return Explanation(law, name, on, instrument, tuple(rules), finding, missing, outcomes, met, sources)


def _outcomes(
    law: PlaceLaw,
    finding: Finding,
    reading: ReadingUsed,
    inputs: Mapping[str, int | Fraction],
    on: date,
    instrument: str,
    chosen: Mapping[str, str],
) -> Iterator[tuple[str, Fraction | None]]:
    """Work out the formula under each alternative; None where the document lacks what that one needs."""
    for name, _ in reading.alternatives:
        try:
            other = law.find(
                finding.name, inputs, on=on, instrument=instrument, readings={**chosen, reading.name: name}
            )
        except ReferendaError:
            yield name, None
        else:
            yield name, other.value


def _entries(law: PlaceLaw) -> Iterator[tuple[str, str, Mapping[str, Any], Any]]:
    """Walk the named entries of a document: name, section, entry as text, entry as typed."""
    for section in NAMED_SECTIONS:
        for raw, typed in zip(law.document.get(section, ()), getattr(law.schema, section), strict=True):
            yield raw["name"], section, raw, typed
            if section == "procedures":
                for deed, typed_deed in zip(raw["deeds"], typed.deeds, strict=True):
                    yield deed["event"], "deeds", deed, typed_deed


def _holds(typed: Any, on: date, instrument: str | None) -> bool:
    if instrument is None:
        period = getattr(typed, "force", typed)
        return bool(period.covers(on)) if hasattr(period, "covers") else True
    return bool(typed.holds(on, instrument)) if hasattr(typed, "holds") else True


def _named(rules: Iterable[Rule], key: str) -> Iterator[str]:
    """Find every value of a key in entries, in their order."""
    for rule in rules:
        yield from _within(rule.entry, key)


def _within(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            else:
                yield from _within(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, key)


def _plain(value: Fraction | None) -> int | float | None:
    return None if value is None else plain(value)
