"""The law of a place in words for people, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from referenda.cli.output import console
from referenda.errors import UndeterminedError
from referenda.law.finding import ReadingUsed, Step, rounding_words, with_unit
from referenda.law.place import PlaceLaw
from referenda.law.schema import Clock, Formula, Parameter, Reading, SampleCount, SignerCondition, Source
from referenda.terms.quantity import shown
from referenda.workflows.determine_requirement import Requirement
from referenda.workflows.explain_rule import NAMED_SECTIONS, Explanation, Rule

STANDINGS = {
    "read": "the text was read",
    "secondary": "read in a report of it",
    "known": "general knowledge, not read again",
    "computed": "computed",
}
_SHOWN_FIRST = ("name", "event", "about", "question")
_ROLLS = {
    "next_business_day": "A last day on a weekend or holiday moves to the next business day.",
    "last_day": "When it falls on a weekend or holiday, the act still stands on the next business day.",
}
_EFFECTS = {"counts": "counts", "does_not_count": "does not count", "how_to_judge": "how it is judged"}


def show_contents(law: PlaceLaw, on: date, instrument: str | None) -> None:
    """List the sections of a document, with the parameters in force."""
    out = console()
    out.print(f"[bold]{escape(law.name)}[/bold] ({law.id}), law document {law.digest[:16]}…")
    for name, words in law.instruments.items():
        out.print(f"  {name}: {escape(words)}")
    in_force = [
        (parameter, value)
        for parameter in law.schema.parameters
        for value in parameter.values
        if (value.holds(on, instrument) if instrument else value.covers(on))
    ]
    if in_force:
        out.print(f"\nParameters in force on {on}", style="bold")
    for parameter, value in in_force:
        since = f"since {value.from_}" if value.from_ else ""
        rests = "; ".join(part for part in (", ".join(value.instruments) or "all", since, value.cite) if part)
        out.print(f"  {parameter.name}: [bold]{escape(with_unit(value.value, parameter.unit))}[/bold]")
        out.print(f"    [dim]{escape(rests)}[/dim]")
    out.print()
    for section in NAMED_SECTIONS[1:]:
        names = dict.fromkeys(entry.name for entry in getattr(law.schema, section))
        if names:
            out.print(f"[bold]{section.replace('_', ' ')}[/bold]: {', '.join(names)}", soft_wrap=False)
    out.print(f"\nOne entry: referenda law show {law.id} NAME. In plain words: referenda law explain {law.id} NAME.")


def show_rules(law: PlaceLaw, name: str, rules: Sequence[Rule], on: date) -> None:
    """Show every version of an entry as the document has it."""
    out = console()
    if not rules:
        out.print(
            f"The law of {escape(law.name)} holds {escape(name)}, but no version of it is in force for what was asked."
        )
    for rule in rules:
        force = "" if rule.in_force else f"  [dim](not in force on {on})[/dim]"
        out.print(f"[bold]{escape(name)}[/bold] in {rule.section.replace('_', ' ')}{force}")
        _tree(out, rule.entry, 2)
        out.print()


def _tree(out: Console, value: Mapping[str, Any], indent: int) -> None:
    """Print a map, one key a line, in the order of the document."""
    pad = " " * indent
    for key, inner in value.items():
        if isinstance(inner, dict):
            out.print(f"{pad}[dim]{key}:[/dim]")
            _tree(out, inner, indent + 2)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            out.print(f"{pad}[dim]{key}:[/dim]")
            for item in inner:
                head, *rest = item.items()
                out.print(f"{pad}  - [dim]{head[0]}:[/dim] {escape(_one_line(head[1]))}")
                _tree(out, dict(rest), indent + 4)
        else:
            out.print(f"{pad}[dim]{key}:[/dim] {escape(_one_line(inner))}")


def _one_line(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_requirement(law: PlaceLaw, found: Requirement) -> None:
    """Say how many signatures are needed, and each step to the number."""
    out = console()
    words = law.instruments[found.instrument]
    out.print(f"{escape(law.name)}, {escape(words.lower())}, law of {found.on}")
    out.print(f"\n[bold]{found.requirement:,}[/bold] valid signatures are needed.\n")
    _steps(out, law, found.finding.steps)
    if found.milestone_25_percent is not None:
        out.print(
            f"\nAt 25 percent, {found.milestone_25_percent:,} signatures, the proponents certify that they have them."
        )
    _readings(out, found.finding.readings, {})
    out.print(f"\n[dim]law document {law.digest[:16]}… of {law.id}[/dim]")


def _steps(out: Console, law: PlaceLaw, steps: Iterable[Step]) -> None:
    for number, step in enumerate(steps, start=1):
        out.print(f"  {number}. [bold]{step.name}[/bold] = {shown(step.value, 6)}")
        if step.words != shown(step.value, 6):
            out.print(f"     {escape(step.words)}")
        _about(out, step.about, step.cite, law)
        for used in step.parameters:
            note = f" {used.note}" if used.note else ""
            out.print(
                f"     [dim]{used.name} is {escape(str(used))}: {escape(_cited(law, used.cite))}.{escape(note)}[/dim]"
            )


def _about(out: Console, about: str, cite: str, law: PlaceLaw) -> None:
    if about:
        out.print(f"     {escape(about)}")
    out.print(f"     [dim]{escape(_cited(law, cite))}[/dim]")


def _cited(law: PlaceLaw, cite: str) -> str:
    """Write a citation with how well its source is known."""
    source = law.schema.source_of(cite)
    return f"{cite} ({STANDINGS[source.standing]})" if source else cite


def _readings(out: Console, readings: Iterable[ReadingUsed], outcomes: Mapping[str, Mapping[str, Any]]) -> None:
    for number, reading in enumerate(readings):
        if number == 0:
            out.print("\n[bold]Open questions, and how they are read here[/bold]")
        out.print(f"  {escape(reading.question)}  [dim]({reading.name})[/dim]")
        results = outcomes.get(reading.name, {})
        for name, about in reading.alternatives:
            mark = "→" if name == reading.chosen else " "
            value = results.get(name)
            number_words = f": {shown(value, 6)}" if value is not None else ""
            if name in results and value is None:
                number_words = ": cannot be worked out from what is known"
            out.print(f"   {mark} {name}: {escape(about)}{number_words}")
        out.print(f"     Why: {escape(reading.because)}  [dim]{escape(reading.cite)}[/dim]")


def show_explanation(explanation: Explanation) -> None:
    """Explain a rule: what it says, worked out where the numbers are known, and what it rests on."""
    out = console()
    law = explanation.law
    words = law.instruments[explanation.instrument]
    out.print(f"[bold]{explanation.name}[/bold]: {escape(law.name)}, {escape(words.lower())}, {explanation.on}\n")
    in_force = [rule for rule in explanation.rules if rule.in_force]
    if not in_force:
        out.print("No version of it is in force on that day for that instrument. What the document holds:\n")
    for rule in in_force or explanation.rules:
        _rule(out, explanation, rule)
    if explanation.finding:
        out.print(f"[bold]{explanation.name} = {shown(explanation.finding.value, 6)}[/bold]\n")
        _steps(out, law, explanation.finding.steps)
    elif explanation.missing:
        given = " ".join(f"--given {name}=…" for name in explanation.missing)
        out.print(f"With numbers: referenda law explain {law.id} {explanation.name} {given}")
    _readings(out, explanation.readings, explanation.outcomes)
    _sources(out, explanation.sources)


def _rule(out: Console, explanation: Explanation, rule: Rule) -> None:
    """Say one entry in words, as its section asks."""
    match rule.typed:
        case Formula() as formula:
            found = explanation.finding
            if found is None:
                _formula(out, explanation.law, formula)
            elif [step.name for step in formula.steps] == [step.name for step in found.steps]:
                out.print(escape(formula.about))
        case Parameter() as parameter:
            _parameter(out, explanation, parameter)
        case Clock() as clock:
            _clock(out, explanation, clock)
        case SampleCount() as count:
            _count(out, explanation.law, count)
        case SignerCondition() as condition:
            _condition(out, explanation, condition)
        case Reading():
            pass
        case _:
            out.print(escape(rule.entry["about"]))
            _tree(out, {key: value for key, value in rule.entry.items() if key not in _SHOWN_FIRST}, 2)
            out.print()


def _formula(out: Console, law: PlaceLaw, formula: Formula) -> None:
    condition = f" [dim](when {escape(formula.when)})[/dim]" if formula.when else ""
    out.print(f"{escape(formula.about)}{condition}")
    for number, step in enumerate(formula.steps, start=1):
        rounded = f", {rounding_words(step.round)}" if step.round else ""
        out.print(f"  {number}. [bold]{step.name}[/bold] = {escape(step.is_)}{rounded}")
        _about(out, step.about, step.cite, law)
    out.print()


def _clock(out: Console, explanation: Explanation, clock: Clock) -> None:
    law = explanation.law
    out.print(escape(clock.about))
    days = f"{clock.days} days"
    if isinstance(clock.days, str):
        try:
            held = law.parameter(clock.days, on=explanation.on, instrument=explanation.instrument)
        except UndeterminedError:
            days = f"{clock.days} (no such number is in force on that day)"
        else:
            days = escape(f"{held} ({clock.days}, {_cited(law, held.cite)})")
    starts = clock.starts[0] if len(clock.starts) == 1 else f"the first known of {', '.join(clock.starts)}"
    if clock.election:
        out.print(f"  The first {' or '.join(clock.election)} election at least {days} after {starts}.")
    else:
        out.print(f"  {days}, {clock.count} days, {clock.direction} {starts}.")
    if clock.roll != "none":
        out.print(f"  {_ROLLS[clock.roll]}")
    out.print(f"  [dim]{escape(_cited(law, clock.cite))}[/dim]\n")


def _count(out: Console, law: PlaceLaw, count: SampleCount) -> None:
    out.print(escape(count.about))
    out.print(f"  [dim]{escape(_cited(law, count.cite))}[/dim]")
    out.print(f"  Each {count.rows}: {count.row_formula}. Added up: {', '.join(count.totals)}.")
    if count.formula:
        out.print(f"  Then: {count.formula}.")
    out.print("  The first of these that holds decides:")
    for number, rule in enumerate(count.decision, start=1):
        condition = f"when {rule.when}" if rule.when else "in every other case"
        out.print(f"  {number}. [bold]{rule.decide}[/bold] {escape(condition)}")
        _about(out, rule.about, rule.cite, law)
    out.print()


def _condition(out: Console, explanation: Explanation, condition: SignerCondition) -> None:
    law = explanation.law
    out.print(escape(condition.about))
    out.print(f"  [dim]{escape(_cited(law, condition.cite))}[/dim]")
    out.print(f"  Reasons for not counting a signature: {', '.join(condition.reason_codes)}")
    for rule in law.in_force(condition.rules, explanation.on, explanation.instrument):
        note = f" {rule.note}" if rule.note else ""
        out.print(f"  - {_EFFECTS[rule.effect]}: {escape(rule.about)}{escape(note)}")
        out.print(f"    [dim]{escape(_cited(law, rule.cite))}[/dim]")
    out.print()


def _parameter(out: Console, explanation: Explanation, parameter: Parameter) -> None:
    out.print(escape(parameter.about))
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("value", max_width=30)
    for heading in ("from", "until"):
        table.add_column(heading, no_wrap=True)
    table.add_column("for, cite, note")
    for value in parameter.values:
        table.add_row(
            "→" if value.holds(explanation.on, explanation.instrument) else "",
            escape(with_unit(value.value, parameter.unit)),
            str(value.from_ or ""),
            str(value.until or ""),
            escape("; ".join(filter(None, (", ".join(value.instruments) or "all", value.cite, value.note)))),
        )
    out.print(Padding(table, (0, 0, 1, 2)))


def _sources(out: Console, sources: Iterable[Source]) -> None:
    for number, source in enumerate(sources):
        if number == 0:
            out.print("\n[bold]What it rests on[/bold]")
        out.print(f"  {escape(source.cite)}: {escape(source.title)} [dim]({STANDINGS[source.standing]})[/dim]")
        if source.url:
            out.print(f"    [dim]{escape(source.url)}[/dim]")


def show_coverage(law: PlaceLaw) -> None:
    """Say topic by topic what is encoded."""
    out = console()
    table = Table(title=f"{escape(law.name)}: what is encoded", title_justify="left", box=None, pad_edge=False)
    for heading in ("topic", "encoded", "sure", "about"):
        table.add_column(heading, overflow="fold")
    states = {"encoded": "yes", "partly": "partly", "not": "no"}
    for topic in law.schema.coverage:
        table.add_row(escape(topic.topic), states[topic.state], topic.confidence, escape(topic.about))
    out.print(table)
