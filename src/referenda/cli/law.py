"""`referenda law`: the law of a place as it is written down, explained, and applied to a day."""

from __future__ import annotations

from typing import Annotated

import typer

from referenda.cli.arguments import read_day, read_day_and_readings, read_numbers
from referenda.cli.options import (
    InstrumentArgument,
    InstrumentOption,
    OnOption,
    PlaceArgument,
    ReadingOption,
    RootOption,
)
from referenda.cli.output import JsonFlag, console, door, print_json

app = typer.Typer(help="Show, explain and apply the law of a place.", no_args_is_help=True)


@app.command("places")
def places_command(root: RootOption = None, json_: JsonFlag = False) -> None:
    """List the places whose law is at hand."""
    with door(as_json=json_):
        from rich.markup import escape

        from referenda.assembly import law_of, places

        laws = [law_of(place, root) for place in places(root)]
        if json_:
            print_json([{"id": law.id, "name": law.name, "instruments": list(law.instruments)} for law in laws])
            return
        for law in laws:
            console().print(f"[bold]{law.id:<20}[/bold] {escape(law.name)}: {', '.join(law.instruments)}")


@app.command("show")
def show(
    place: PlaceArgument,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="An entry, such as circulation_days.", show_default=False),
    ] = None,
    instrument: InstrumentOption = None,
    on: OnOption = None,
    root: RootOption = None,
    json_: JsonFlag = False,
) -> None:
    """Show what the law document of a place holds: a table of contents, or an entry with every version of it.

    With --on or --instrument only what is in force for them is shown.
    """
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.cli.law_words import show_contents, show_rules
        from referenda.workflows.explain_rule import find_rules

        law = law_of(place, root)
        day = read_day(on)
        if instrument is not None:
            law.check_instrument(instrument)
        if name is None:
            if json_:
                print_json({"place": law.id, "law": law.digest, "document": law.document})
            else:
                show_contents(law, day, instrument)
            return
        rules = find_rules(law, name, on=day, instrument=instrument)
        if on is not None or instrument is not None:
            rules = [rule for rule in rules if rule.in_force]
        if json_:
            entries = [{"section": r.section, "in_force": r.in_force, "entry": r.entry} for r in rules]
            print_json({"place": law.id, "law": law.digest, "name": name, "on": day.isoformat(), "rules": entries})
        else:
            show_rules(law, name, rules, day)


@app.command("explain")
def explain(
    place: PlaceArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="An entry, such as requirement.", show_default=False)],
    instrument: InstrumentOption = None,
    on: OnOption = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="INPUT=NUMBER", help="A number for a formula; may be repeated."),
    ] = None,
    reading: ReadingOption = None,
    root: RootOption = None,
    json_: JsonFlag = False,
) -> None:
    """Explain a rule in plain words: its steps, the texts it rests on, and what other readings would give.

    Without --instrument it is explained for the first instrument of the place.
    """
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.cli.law_words import show_explanation
        from referenda.workflows.explain_rule import explain_rule

        law = law_of(place, root)
        kind = instrument or law.first_instrument
        day, readings = read_day_and_readings(law, kind, on, reading)
        inputs = read_numbers(given, option="--given")
        explanation = explain_rule(law, name, on=day, instrument=kind, inputs=inputs, readings=readings)
        if json_:
            print_json(explanation.as_dict())
        else:
            show_explanation(explanation)


@app.command("requirement")
def requirement(
    place: PlaceArgument,
    instrument: InstrumentArgument,
    on: OnOption = None,
    reading: ReadingOption = None,
    root: RootOption = None,
    json_: JsonFlag = False,
) -> None:
    """Say how many valid signatures a measure needs, and why.

    The day is that of the circulating title and summary.
    """
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.cli.law_words import show_requirement
        from referenda.workflows.determine_requirement import determine_requirement

        law = law_of(place, root)
        day, readings = read_day_and_readings(law, instrument, on, reading)
        found = determine_requirement(law, instrument, day, readings=readings)
        if json_:
            print_json(found.as_dict())
        else:
            show_requirement(law, found)


@app.command("coverage")
def coverage(place: PlaceArgument, root: RootOption = None, json_: JsonFlag = False) -> None:
    """Say what of a place's law is encoded, what is not, and how sure that is."""
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.cli.law_words import show_coverage

        law = law_of(place, root)
        if json_:
            topics = [topic.model_dump() for topic in law.schema.coverage]
            print_json({"place": law.id, "law": law.digest, "coverage": topics})
        else:
            show_coverage(law)


@app.command("digest")
def digest(place: PlaceArgument, root: RootOption = None, json_: JsonFlag = False) -> None:
    """Give the digest that pins a place's law document: SHA-256 of its canonical JSON."""
    with door(as_json=json_):
        from referenda.assembly import law_of

        law = law_of(place, root)
        if json_:
            print_json({"place": law.id, "law": law.digest})
        else:
            console().print(law.digest)


@app.command("check")
def check(place: PlaceArgument, root: RootOption = None, json_: JsonFlag = False) -> None:
    """Check the documents of a place; every fault is named with its file and line."""
    with door(as_json=json_):
        from referenda.assembly import law_of

        law = law_of(place, root)
        counts = {
            section: len(entries)
            for section, entries in sorted(law.document.items())
            if isinstance(entries, list) and entries
        }
        if json_:
            print_json({"place": law.id, "law": law.digest, "entries": counts})
        else:
            words = ", ".join(f"{count} {section.replace('_', ' ')}" for section, count in counts.items())
            console().print(f"The law of {law.name} loads without a fault: {words}.", markup=False)
