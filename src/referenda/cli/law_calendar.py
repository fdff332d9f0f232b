"""`referenda law calendar`: the deadlines that the known days of a measure give, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.arguments import read_date, split_pairs
from referenda.cli.options import InstrumentArgument, PlaceArgument, ReadingOption, RootOption
from referenda.cli.output import JsonFlag, console, door, print_json
from referenda.errors import EngineError, Fault, InputError, noting

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from referenda.law.deadline import Deadline
    from referenda.law.place import PlaceLaw
    from referenda.workflows.compute_calendar import MeasureCalendar


def calendar(
    place: PlaceArgument,
    instrument: InstrumentArgument,
    event: Annotated[
        list[str] | None,
        typer.Option(
            "--event",
            metavar="NAME=DATE",
            help="A day that is known, such as official_summary_date=2017-01-26. May be repeated.",
        ),
    ] = None,
    reading: ReadingOption = None,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write the deadlines as an iCalendar file too.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="Name of the iCalendar, such as the measure's number.")
    ] = None,
    root: RootOption = None,
    json_: JsonFlag = False,
) -> None:
    """Compute every deadline that the known days of a measure give.

    A day that is not known yet is replaced by its own last day, and the finding says so.
    """
    with door(as_json=json_):
        from referenda.assembly import law_of
        from referenda.workflows.compute_calendar import compute_calendar

        law = law_of(place, root)
        faults: list[Fault] = []
        events = _days(event, faults)
        readings, wrong = split_pairs(reading, option="--reading", form="NAME=ALTERNATIVE")
        if faults := [*faults, *wrong]:
            _add_faults_of_the_rest(law, instrument, events, readings, faults)
            raise InputError(*faults)
        try:
            found = compute_calendar(law, instrument, events, readings=readings)
        except InputError as error:
            raise InputError(*_at_options(error.faults, events)) from None
        if ics:
            _write(ics, found, title)
        if json_:
            print_json(found.as_dict())
        else:
            _show(found)
            if ics:
                console().print(f"\nWritten to {ics}.", markup=False)


def _days(texts: list[str] | None, faults: list[Fault]) -> dict[str, date]:
    """Read the events, noting every one that is no pair or has no date."""
    days = {}
    pairs, wrong = split_pairs(texts, option="--event", form="NAME=DATE")
    faults += wrong
    for name, text in pairs.items():
        with noting(faults):
            days[name] = read_date(text, option=f"--event {name}")
    return days


def _at_options(faults: Iterable[Fault], events: Collection[str]) -> list[Fault]:
    """Say of a fault of an event at which option it stands."""
    return [replace(fault, column=f"--event {fault.column}") if fault.column in events else fault for fault in faults]


def _add_faults_of_the_rest(
    law: PlaceLaw, instrument: str, events: dict[str, date], readings: dict[str, str], faults: list[Fault]
) -> None:
    """Find what else is wrong in the part that could be read, so that all faults are named at once."""
    from referenda.law.clocks import compute_deadlines

    rest: list[Fault] = []
    with noting(rest):
        compute_deadlines(law, instrument, events, readings=readings)
    faults += _at_options(rest, events)


def _write(path: Path, found: MeasureCalendar, title: str | None) -> None:
    """Write the iCalendar, dated the last known day, so that the same events give the same bytes."""
    from datetime import UTC, datetime, time

    from referenda.formats.icalendar import write_calendar

    stamp = datetime.combine(max(found.events.values()), time.min, tzinfo=UTC)
    data = write_calendar(title or found.title, found.deadlines, stamp=stamp)
    try:
        path.write_bytes(data)
    except OSError as error:
        remedy = "Check that the folder exists, and that it may be written to."
        message = f"the calendar cannot be written: {error.strerror}"
        raise EngineError(Fault(message, file=str(path), remedy=remedy)) from None


def _show(found: MeasureCalendar) -> None:
    out = console()
    out.print(f"{found.law.name}, {found.law.instruments[found.instrument]}", style="bold", markup=False)
    for name, day in sorted(found.events.items(), key=lambda known: known[1]):
        out.print(f"  known: {day:%a} {day}  {name}", markup=False)
    if not found.deadlines:
        out.print("\nNo clock runs from these days.")
        return
    out.print()
    out.print(_table(found), soft_wrap=False)
    if assumed := dict.fromkeys(name for deadline in found.deadlines for name in deadline.assumes):
        out.print(f"A day that is not bold holds if these are met on their last day: {', '.join(assumed)}.\n")
    _show_questions(found)


def _table(found: MeasureCalendar) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("Day", no_wrap=True)
    table.add_column("Deadline", ratio=2)
    table.add_column("Why", ratio=3)
    for deadline in found.deadlines:
        what = Text(deadline.about)
        what.append(f"\n{deadline.name}", style="dim")
        why = Text("\n".join(_why(deadline)))
        if deadline.met_on:
            days = deadline.days_late
            said = f"late by {days} day{'' if days == 1 else 's'}" if days else "in time"
            why.append(f"\n{deadline.met_by} {deadline.met_on}: {said}", style="red" if days else "green")
        why.append(f"\n{deadline.cite}", style="dim")
        day = Text(f"{deadline.date:%a} {deadline.date}", style="" if deadline.assumes else "bold")
        if deadline.act_stands_until:
            day.append(f"\n→ {deadline.act_stands_until:%a %m-%d}", style="dim")
        table.add_row(day, what, why)
    return table


def _why(deadline: Deadline) -> list[str]:
    lines = [deadline.words]
    if deadline.holidays_passed:
        names = "; ".join(f"{holiday.words} ({holiday.day:%a %m-%d})" for holiday in deadline.holidays_passed)
        lines.append(f"not counted: {names}")
    if deadline.note:
        lines.append(deadline.note)
    return lines


def _show_questions(found: MeasureCalendar) -> None:
    """Name each open question once, and what each deadline would be otherwise."""
    out = console()
    questions = {r.reading.name: r.reading for d in found.deadlines for r in d.readings}
    if questions:
        out.print("[bold]Open questions[/]")
    for name, used in questions.items():
        out.print(f"\n{used.question}\n  read as {used.chosen}: {used.because} ({used.cite})", markup=False)
        for deadline in found.deadlines:
            for reading in deadline.readings:
                if reading.reading.name == name:
                    for other in reading.otherwise:
                        out.print(f"  {deadline.name} if {other.alternative}: {other.words}", markup=False)
