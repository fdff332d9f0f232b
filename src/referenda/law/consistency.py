"""What the entries of a law document must be to one another.

Every name that is mentioned exists, every citation has its source, every expression can be read, and no two entries
of one name are in force on one day for one instrument. The schema has typed the entries before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Protocol

from pydantic import BaseModel

from referenda.errors import InputError
from referenda.law.expressions import parse
from referenda.law.schema import (
    COUNT_COLUMNS,
    Clock,
    Formula,
    LawDocument,
    Period,
    SampleCount,
    longest_source,
    value_fault,
)
from referenda.terms.names import did_you_mean

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Trouble:
    """A fault of a law document, at a path into it; `character` (from 1) points into a text."""

    path: Path
    message: str
    value: str | None = None
    character: int | None = None
    remedy: str | None = None


class _Lasting(Protocol):
    @property
    def name(self) -> str: ...


def find_troubles(law: LawDocument, *, spare: frozenset[str] = frozenset()) -> list[Trouble]:
    """Find everything in a typed document that does not fit together.

    Parameters
    ----------
    law
        The document.
    spare
        Names not to call unknown: those of entries that were left out because they are faulty themselves.
    """
    return list(_Check(law, spare).all())


class _Check:
    """The names of one document, and the checks that use them."""

    def __init__(self, law: LawDocument, spare: frozenset[str]) -> None:
        self.law = law
        self.spare = spare
        self.instruments = {i.name for i in law.place.instruments}
        self.readings = {r.name: r for r in law.readings}
        self.numbers = {p.name for p in law.parameters if p.unit != "text"}
        self.formulas = {f.name for f in law.formulas}
        self.clocks = {c.name for c in law.clocks}
        self.dates = {d.dates for p in law.procedures for d in p.deeds if d.dates}

    def all(self) -> Iterator[Trouble]:
        """Make every check."""
        yield from self._everywhere(self.law, ())
        yield from self._once()
        yield from self._parameters()
        for i, formula in enumerate(self.law.formulas):
            yield from self._formula(formula, ("formulas", i))
        for i, count in enumerate(self.law.sample_counts):
            yield from self._count(count, ("sample_counts", i))
        yield from self._readings()
        yield from self._clocks()
        yield from self._procedures()
        yield from self._signers()

    def _unknown(self, path: Path, name: str, known: Collection[str], what: str) -> Iterator[Trouble]:
        """Name a word that is not among those known, with the one that was perhaps meant."""
        if name not in known and name not in self.spare:
            remedy = did_you_mean(name, sorted(known), mark="`")
            yield Trouble(path, f"no {what} of this name", name, remedy=remedy)

    def _everywhere(self, entry: BaseModel, path: Path) -> Iterator[Trouble]:
        """Check what may stand in any entry: `cite`, `instruments`, `reading` and `under`."""
        for key, field in type(entry).model_fields.items():
            value, here = getattr(entry, key), (*path, field.alias or key)
            match key, value:
                case "cite", str() if path[:1] != ("sources",):
                    if longest_source(self.law.sources, value) is None and not self._spared_source(value):
                        remedy = "Add the source, or begin the citation as a source does."
                        yield Trouble(here, "no source begins this citation", value, remedy=remedy)
                case "instruments", tuple() if path != ("place",):
                    for i, name in enumerate(value):
                        yield from self._unknown((*here, i), name, self.instruments, "instrument")
                case "reading", str():
                    yield from self._unknown(here, value, self.readings, "reading")
                case "under", str():
                    reading = self.readings.get(getattr(entry, "reading", None) or "")
                    if getattr(entry, "reading", None) is None:
                        yield Trouble(here, "`under` needs a `reading`", value)
                    elif reading:
                        known = {a.name for a in reading.alternatives}
                        yield from self._unknown(here, value, known, f"alternative of `{reading.name}`")
                case _, BaseModel():
                    yield from self._everywhere(value, here)
                case _, tuple() if value and isinstance(value[0], BaseModel):
                    for i, inner in enumerate(value):
                        yield from self._everywhere(inner, (*here, i))

    def _spared_source(self, cite: str) -> bool:
        return any(cite.startswith(word) for word in self.spare if len(word) > 3)

    def _once(self) -> Iterator[Trouble]:
        """Find names that are given twice, or twice for one day and one instrument."""
        law = self.law
        for section in ("parameters", "readings", "reason_codes", "signer_conditions"):
            entries = getattr(law, section)
            if section in ("parameters", "readings"):
                yield from _doubles((section,), [e.name for e in entries])
            else:
                yield from _overlaps((section,), entries, [e.name for e in entries])
        yield from _doubles(("sources",), [s.cite for s in law.sources], key="cite")
        yield from _doubles(("place", "instruments"), [i.name for i in law.place.instruments])
        yield from _doubles(("coverage",), [c.topic for c in law.coverage], key="topic")
        for i, parameter in enumerate(law.parameters):
            values = parameter.values
            yield from _overlaps(("parameters", i, "values"), values, [parameter.name] * len(values))
        for section in ("sample_counts", "elections", "procedures"):
            entries = getattr(law, section)
            yield from _overlaps((section,), entries, [e.name for e in entries])
        unconditional = [f"{f.name}\n{i}" if f.when else f.name for i, f in enumerate(law.formulas)]
        mixed = {f.name for f in law.formulas if f.when}
        yield from _overlaps(("formulas",), law.formulas, unconditional)
        for (_, one), (j, two) in combinations(enumerate(law.formulas), 2):
            if one.name == two.name in mixed and bool(one.when) != bool(two.when) and _meet(one, two):
                yield Trouble(("formulas", j), "of several formulas in force, each needs a `when`", two.name)
        yield from _overlaps(("clocks",), law.clocks, [f"{c.name} {c.under or ''}".strip() for c in law.clocks])
        days = law.holidays.days
        yield from _overlaps(("holidays", "days"), days, [f"{h.name} {h.under or ''}".strip() for h in days])

    def _parameters(self) -> Iterator[Trouble]:
        for i, parameter in enumerate(self.law.parameters):
            for j, value in enumerate(parameter.values):
                if message := value_fault(parameter.unit, value.value):
                    yield Trouble(("parameters", i, "values", j, "value"), message, value.value)

    def _expression(self, path: Path, text: str, kind: str, names: Collection[str] | None) -> Iterator[Trouble]:
        """Read an expression, which must give a number or a truth."""
        known = None if names is None else {*names, *self.spare}
        try:
            expression = parse(text, names=known, what="expression")
        except InputError as error:
            for fault in error.faults:
                character = fault.column if isinstance(fault.column, int) else None
                where = f" (character {character})" if character else ""
                yield Trouble(path, fault.message + where, text, character, fault.remedy)
            return
        if expression.kind != kind:
            wanted = "a number" if kind == "number" else "a comparison, such as sample_size < raw_count"
            yield Trouble(path, f"this must give {wanted}", text)

    def _formula(self, formula: Formula, path: Path) -> Iterator[Trouble]:
        names = {*formula.inputs, *self.numbers}
        yield from _doubles((*path, "steps"), [s.name for s in formula.steps])
        if formula.when:
            yield from self._expression((*path, "when"), formula.when, "truth", names)
        for i, step in enumerate(formula.steps):
            here: Path = (*path, "steps", i)
            yield from self._expression((*here, "is"), step.is_, "number", names)
            if step.otherwise and not step.reading:
                yield Trouble((*here, "otherwise"), "`otherwise` needs a `reading`")
            reading = self.readings.get(step.reading or "")
            others = {a.name for a in reading.alternatives if a.name != reading.chosen} if reading else set()
            for name, change in step.otherwise.items():
                if reading:
                    what = f"other alternative of `{reading.name}`"
                    yield from self._unknown((*here, "otherwise", name), name, others, what)
                if change.is_:
                    yield from self._expression((*here, "otherwise", name, "is"), change.is_, "number", names)
            names.add(step.name)
        if formula.result:
            steps = [s.name for s in formula.steps]
            yield from self._unknown((*path, "result"), formula.result, steps, "step")

    def _versions(self, name: str) -> list[Formula]:
        return [f for f in self.law.formulas if f.name == name]

    def _count(self, count: SampleCount, path: Path) -> Iterator[Trouble]:
        columns = {*COUNT_COLUMNS, *(c.name for c in count.columns)}
        yield from _doubles((*path, "columns"), [*COUNT_COLUMNS, *(c.name for c in count.columns)], skip=4)
        yield from self._unknown((*path, "row_formula"), count.row_formula, self.formulas, "formula")
        rows = self._versions(count.row_formula)
        for name in {n for f in rows for n in f.inputs}:
            yield from self._unknown((*path, "row_formula"), name, {*columns, "requirement"}, "column")
        in_every = set.intersection(*({s.name for s in f.steps} for f in rows)) if rows else set()
        known = {*columns, *in_every, count.row_formula}
        for i, total in enumerate(count.totals):
            yield from self._unknown((*path, "totals", i), total, known, "column, or step in every row formula,")
        names = {*count.totals, "requirement"}
        if count.formula:
            yield from self._unknown((*path, "formula"), count.formula, self.formulas, "formula")
            finals = self._versions(count.formula)
            for name in {n for f in finals for n in f.inputs}:
                yield from self._unknown((*path, "formula"), name, names, "total")
            names |= set.intersection(*({s.name for s in f.steps} for f in finals)) if finals else set()
        yield from self._unknown((*path, "result"), count.result, names - {"requirement"}, "total or step")
        last = len(count.decision) - 1
        for i, rule in enumerate(count.decision):
            if rule.when:
                yield from self._expression((*path, "decision", i, "when"), rule.when, "truth", names)
            if (rule.when is None) != (i == last):
                message = "the last decision has no `when`, the others have one, so that one always holds"
                yield Trouble((*path, "decision", i), message)

    def _readings(self) -> Iterator[Trouble]:
        for i, reading in enumerate(self.law.readings):
            names = [a.name for a in reading.alternatives]
            yield from _doubles(("readings", i, "alternatives"), names)
            yield from self._unknown(("readings", i, "chosen"), reading.chosen, names, "alternative")

    def _clocks(self) -> Iterator[Trouble]:
        days = {p.name for p in self.law.parameters if p.unit == "days"}
        elections = {e.name for e in self.law.elections}
        for i, clock in enumerate(self.law.clocks):
            if isinstance(clock.days, str):
                yield from self._unknown(("clocks", i, "days"), clock.days, days, "parameter in days")
            for name in clock.election:
                yield from self._unknown(("clocks", i, "election"), name, elections, "election")
            if self.law.procedures:
                for name in clock.starts:
                    known = self.clocks | self.dates
                    yield from self._unknown(("clocks", i, "starts"), name, known, "clock or date of a deed")
                if clock.meets:
                    yield from self._unknown(("clocks", i, "meets"), clock.meets, self.dates, "date of a deed")
        yield from _circles(self.law.clocks)

    def _procedures(self) -> Iterator[Trouble]:
        for i, procedure in enumerate(self.law.procedures):
            stages = [s.name for s in procedure.stages]
            yield from _doubles(("procedures", i, "stages"), stages)
            for j, deed in enumerate(procedure.deeds):
                here: Path = ("procedures", i, "deeds", j)
                for name in deed.from_:
                    yield from self._unknown((*here, "from"), name, ["start", *stages], "stage")
                if deed.when:
                    yield from self._expression((*here, "when"), deed.when, "truth", None)
                if deed.to:
                    yield from self._unknown((*here, "to"), deed.to, stages, "stage")
                for key, name_or_none in (("not_before", deed.not_before), ("not_after", deed.not_after)):
                    if name_or_none:
                        known = self.clocks | self.dates
                        yield from self._unknown((*here, key), name_or_none, known, "clock or date of a deed")

    def _signers(self) -> Iterator[Trouble]:
        codes = {c.name for c in self.law.reason_codes}
        for i, condition in enumerate(self.law.signer_conditions):
            for name in condition.reason_codes:
                yield from self._unknown(("signer_conditions", i, "reason_codes"), name, codes, "reason code")


def _doubles(path: Path, names: Sequence[str], *, key: str = "name", skip: int = 0) -> Iterator[Trouble]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield Trouble((*path, i - skip, key), "this name is given twice", name)
        seen.add(name)


def _meet(one: Any, two: Any) -> bool:
    """Say whether two entries are both in force on some day for some instrument."""
    first, last = date.min, date.max
    in_time = max(one.from_ or first, two.from_ or first) <= min(one.until or last, two.until or last)
    mine, theirs = getattr(one, "instruments", ()), getattr(two, "instruments", ())
    return in_time and (not mine or not theirs or bool(set(mine) & set(theirs)))


def _overlaps(path: Path, entries: Sequence[Period], names: Sequence[str]) -> Iterator[Trouble]:
    by_name: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        for j in by_name.get(name, []):
            if _meet(entries[j], entries[i]):
                message = "another entry of this name is in force on the same day for the same instrument"
                yield Trouble((*path, i), message, name, remedy="End one with `until`, or begin the other with `from`.")
                break
        by_name.setdefault(name, []).append(i)


def _circles(clocks: Iterable[Clock]) -> Iterator[Trouble]:
    """Find clocks that start with themselves, by way of others or straight."""
    starts: dict[str, set[str]] = {}
    numbered = list(enumerate(clocks))
    for _, clock in numbered:
        starts.setdefault(clock.name, set()).update(clock.starts)
    for i, clock in numbered:
        reached, waiting = set[str](), list(clock.starts)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += starts.get(name, ())
        if clock.name in reached:
            yield Trouble(("clocks", i, "starts"), "this clock starts with itself, by way of others", clock.name)
