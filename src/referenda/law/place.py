"""The law of a place: values through time, formulas worked out in steps, and a petition counted from a sample.

How a formula is worked out is written down in `docs/reference/record-format.md`; an independent checker does the
same from that text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol, TypeVar

from referenda.errors import Fault, InputError, LawError, UndeterminedError, noting
from referenda.law.documents import digest_of, load_folder
from referenda.law.finding import Finding, ParameterValue, ReadingUsed, SampleFinding, number_words
from referenda.law.sampled import count_sample
from referenda.law.schema import Formula, InForce, LawDocument, Parameter, Value
from referenda.law.working import Working, expression
from referenda.terms.names import check_name
from referenda.terms.quantity import read_number

_MARK = "place.yaml"


class Holding(Protocol):
    """What is in force for a time and for some instruments."""

    def holds(self, day: date, instrument: str) -> bool:
        """Say whether it is in force."""
        ...


Lasting = TypeVar("Lasting", bound=Holding)


def load_place(place_id: str, *, root: Traversable | None = None) -> PlaceLaw:
    """Load the law of a place.

    Parameters
    ----------
    place_id
        Such as `us/ca`.
    root
        The folder that holds the places; the law that comes with Referenda when absent.

    Raises
    ------
    InputError
        No place of this name is known.
    LawError
        With every fault of its documents: file, line (`row`) and key (`column`).
    """
    return _load(place_id, root) if root is not None else _load_packaged(place_id)


def known_places(root: Traversable | None = None) -> list[str]:
    """Name the places whose law is there, in order."""
    return sorted(_walk(root if root is not None else files("referenda.jurisdictions"), ""))


def _walk(folder: Traversable, name: str) -> Iterable[str]:
    for item in folder.iterdir():
        if item.is_dir() and not item.name.startswith((".", "_")):
            place_id = f"{name}/{item.name}".lstrip("/")
            if item.joinpath(_MARK).is_file():
                yield place_id
            yield from _walk(item, place_id)


@lru_cache(maxsize=64)
def _load_packaged(place_id: str) -> PlaceLaw:
    return _load(place_id, files("referenda.jurisdictions"))


def _load(place_id: str, root: Traversable) -> PlaceLaw:
    known = known_places(root)
    check_name("place", place_id, known)
    document, schema = load_folder(root.joinpath(*place_id.split("/")), place_id)
    if schema.place.id != place_id:
        message = f"the place calls itself `{schema.place.id}`, but its folder is `{place_id}`"
        raise LawError(Fault(message, file=f"{place_id}/{_MARK}", remedy="Make the two the same."))
    return PlaceLaw(document, schema)


class PlaceLaw:
    """The law of one place, as one document pins it.

    `document` is the merged text that `digest` is of; `schema` is the same, typed.
    """

    def __init__(self, document: dict[str, Any], schema: LawDocument) -> None:
        self.document = document
        self.schema = schema
        self.id = schema.place.id
        self.name = schema.place.name
        self.digest = digest_of(document)
        self.instruments = {i.name: i.words for i in schema.place.instruments}
        self._parameters = {p.name: p for p in schema.parameters}
        self._readings = {r.name: r for r in schema.readings}
        self._used: dict[tuple[str, str], ReadingUsed] = {}
        self._formulas: dict[str, list[Formula]] = {}
        for formula in schema.formulas:
            self._formulas.setdefault(formula.name, []).append(formula)

    @property
    def first_instrument(self) -> str:
        """The instrument that is meant where none is named: the first of the document."""
        return next(iter(self.instruments))

    def check_instrument(self, instrument: str) -> None:
        """Refuse an instrument that the place does not know (InputError, with the one that was perhaps meant)."""
        check_name("instrument", instrument, self.instruments, of=f" in {self.name}")

    def in_force(self, entries: Iterable[Lasting], on: date, instrument: str) -> list[Lasting]:
        """Keep the entries that are in force on a day for an instrument."""
        return [entry for entry in entries if entry.holds(on, instrument)]

    def knows_formula(self, name: str) -> bool:
        """Say whether the document has a formula of this name, for any day and instrument."""
        return name in self._formulas

    def has_formula(self, name: str, *, on: date, instrument: str) -> bool:
        """Say whether a formula of this name is in force."""
        return bool(self.in_force(self._formulas.get(name, []), on, instrument))

    def parameter(self, name: str, *, on: date, instrument: str) -> ParameterValue:
        """Give what the law sets on a day.

        Raises
        ------
        InputError
            There is no such parameter or instrument.
        UndeterminedError
            The document holds no value for that day and instrument.
        """
        self.check_instrument(instrument)
        check_name("parameter", name, self._parameters, of=f" in the law of {self.name}")
        parameter = self._parameters[name]
        for value in parameter.values:
            if value.holds(on, instrument):
                return _typed(parameter, value)
        raise UndeterminedError(
            Fault(
                f"the law of {self.name} holds no {name} for the {instrument} on {on}; "
                f"what is missing: {parameter.about.rstrip('.')}",
                remedy=_known_for([v for v in parameter.values if not v.instruments or instrument in v.instruments]),
            )
        )

    def readings(self, chosen: Mapping[str, str] | None) -> dict[str, str]:
        """Check which readings are chosen (InputError names every unknown reading and alternative)."""
        faults: list[Fault] = []
        for name, alternative in (chosen or {}).items():
            with noting(faults):
                check_name("reading", name, self._readings, of=f" in the law of {self.name}")
                alternatives = [a.name for a in self._readings[name].alternatives]
                check_name("alternative", alternative, alternatives, of=f" for the reading {name}")
        if faults:
            raise InputError(*faults)
        return dict(chosen or {})

    def reading_used(self, name: str, chosen: Mapping[str, str]) -> ReadingUsed:
        """Say how an open question is read."""
        reading = self._readings[name]
        alternative = chosen.get(name, reading.chosen)
        if known := self._used.get((name, alternative)):
            return known
        used = self._used[name, alternative] = ReadingUsed(
            name=name,
            question=reading.question,
            chosen=alternative,
            alternatives=tuple((a.name, a.about) for a in reading.alternatives),
            because=reading.because,
            cite=reading.cite,
        )
        return used

    def find(
        self,
        formula: str,
        inputs: Mapping[str, int | Fraction],
        *,
        on: date,
        instrument: str,
        readings: Mapping[str, str] | None = None,
    ) -> Finding:
        """Work out a formula of the law, step by step.

        Parameters
        ----------
        formula
            Its name, such as `requirement`.
        inputs
            What the formula asks for, by name.
        on
            The day whose law is used.
        instrument
            Such as `statute`.
        readings
            Alternatives chosen for open questions, by the reading's name; the document's choice for the others.

        Raises
        ------
        InputError
            An unknown formula, instrument, input, reading or alternative, or inputs that no version fits.
        UndeterminedError
            The law of that day, or a figure it needs, is not in the document.
        """
        self.check_instrument(instrument)
        chosen = self.readings(readings)
        asked = self.inputs_of(formula)
        for name in inputs:
            check_name("input", name, asked, of=f" in the formula {formula}")
        working = Working(inputs, lambda name: self.parameter(name, on=on, instrument=instrument))
        version = self._version(formula, working, on, instrument)
        steps = tuple(working.step(step, chosen.get(step.reading or "")) for step in version.steps)
        used = tuple(self.reading_used(name, chosen) for name in working.readings)
        return Finding(formula, working.steps[version.result_step], steps, used)

    def inputs_of(self, formula: str) -> frozenset[str]:
        """Name everything that any version of a formula asks for (InputError for an unknown formula)."""
        check_name("formula", formula, self._formulas, of=f" in the law of {self.name}")
        return frozenset(name for version in self._formulas[formula] for name in version.inputs)

    def versions(self, formula: str, *, on: date, instrument: str) -> list[Formula]:
        """Give the versions of a formula that are in force, at least one; the first whose `when` holds is used.

        Raises
        ------
        InputError
            There is no such formula.
        UndeterminedError
            None of its versions is in force on that day for that instrument.
        """
        check_name("formula", formula, self._formulas, of=f" in the law of {self.name}")
        if versions := self.in_force(self._formulas[formula], on, instrument):
            return versions
        message = f"the law of {self.name} holds no formula {formula} for the {instrument} on {on}"
        mine = [f for f in self._formulas[formula] if not f.instruments or instrument in f.instruments]
        raise UndeterminedError(Fault(message, remedy=_known_for(mine)))

    def _version(self, name: str, working: Working, on: date, instrument: str) -> Formula:
        """Find the version of a formula that is in force and whose `when` holds."""
        versions = self.versions(name, on=on, instrument=instrument)
        for version in versions:
            if version.when:
                working.require([n for n in version.inputs if n in expression(version.when).names], name)
            if version.when is None or working.value(version.when):
                working.require(version.inputs, name)
                return version
        conditions = "; ".join(f.when for f in versions if f.when)
        given = ", ".join(f"{name} = {number_words(Fraction(value))}" for name, value in working.inputs.items())
        remedy = f"One of these must hold: {conditions}."
        raise InputError(Fault(f"no version of the formula {name} fits {given}", remedy=remedy))

    def count_sample(
        self,
        count: str | None,
        rows: Sequence[Mapping[str, int]],
        requirement: int,
        *,
        on: date,
        instrument: str,
        readings: Mapping[str, str] | None = None,
    ) -> SampleFinding:
        """Count a petition from the samples of its rows (counties), and decide; see `sampled.count_sample`."""
        return count_sample(self, count, rows, requirement, on=on, instrument=instrument, readings=readings)


def _typed(parameter: Parameter, value: Value) -> ParameterValue:
    return ParameterValue(
        name=parameter.name,
        about=parameter.about,
        value=value.value if parameter.unit == "text" else read_number(value.value),
        text=value.value,
        unit=parameter.unit,
        cite=value.cite,
        note=value.note,
        reading=value.reading,
        from_=value.from_,
        until=value.until,
    )


def _known_for(entries: Sequence[InForce]) -> str:
    """Say for which days something is known."""
    if not entries:
        return "It is not known for this instrument at all."
    spans = sorted((e.from_ or date.min, e.until or date.max) for e in entries)
    joined = [spans[0]]
    for first, last in spans[1:]:
        if joined[-1][1] == date.max or first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    words = [
        " ".join(
            part
            for part in (
                f"from {first}" if first != date.min else "",
                f"until {last}" if last != date.max else "",
            )
            if part
        )
        or "for all time"
        for first, last in joined
    ]
    return f"Known {' and '.join(words)}."
