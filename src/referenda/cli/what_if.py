"""`referenda vote what-if`: units left out, counts changed, a swing, people who stay home, another rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_assignments, read_count, read_numbers, split_pairs
from referenda.cli.output import JsonFlag, busy, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.elections.changes import Changes
    from referenda.elections.unit_table import UnitTable


def _change(*names: str, metavar: str, help_: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_, rich_help_panel="What to change", show_default=False)


def what_if(
    table: Annotated[
        Path | None,
        typer.Argument(
            metavar="TABLE",
            help="CSV: unit, one column for each choice, and any of weight, registered, ballots, invalid.",
            show_default=False,
        ),
    ] = None,
    shipped: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="A table that comes with Referenda: us-president.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="The year of the election in that table.")] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", metavar="CHOICE:CHOICE", help="Whose margin over whom (the first two).")
    ] = None,
    without: Annotated[list[str] | None, _change("--without", metavar="UNIT", help_="Leave a unit out.")] = None,
    unit: Annotated[
        list[str] | None,
        _change("--unit", metavar="UNIT:CHOICE=N,…", help_="Other counts of a unit (or registered, ballots)."),
    ] = None,
    weight: Annotated[
        list[str] | None, _change("--weight", metavar="UNIT=N", help_="What a unit counts for among the units.")
    ] = None,
    turnout: Annotated[
        list[str] | None,
        _change("--turnout", metavar="NAME=SHARE", help_="Votes of a choice or a unit, times this (no=110%)."),
    ] = None,
    stay_home: Annotated[
        list[str] | None,
        _change(
            "--stay-home", metavar="NAME=SHARE", help_="Of a choice or a unit, the share that stays home (no=50%)."
        ),
    ] = None,
    swing: Annotated[
        str | None,
        _change("--swing", metavar="CHOICE=POINTS", help_="Points that one choice gains from the other in every unit."),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="RULE", help="Decide under this rule; give several to set them side by side."),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading", metavar="NAME=CHOICE", help="How an open word is read: voting=valid or voting=ballots."
        ),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Ask what would have been: margins and outcomes as counted and as changed, and how little would turn them.

    Every option of a change may be repeated but --swing. Counts are changed first, then who stays home, then units are
    left out, then the swing is made.
    """
    with door(as_json=json_):
        from referenda.cli.what_if_words import show_what_if
        from referenda.elections.changes import change
        from referenda.elections.what_if import ask_what_if
        from referenda.law.vote_rule import parse_rule

        faults = list[Fault]()
        read: UnitTable | None = None
        readings: dict[str, str] = {}
        with noting(faults), busy("Reading"):
            read = _table(table, shipped, year)
        if read is not None and margin is not None:
            with noting(faults):
                read = _of_pair(read, margin)
        changes = _changes(without, unit, weight, turnout, stay_home, swing, faults)
        with noting(faults):
            readings = read_assignments(reading, option="--reading")
        if faults or read is None:
            for each in rule or ():
                with noting(faults):
                    parse_rule(each)
            if read is not None:
                with noting(faults):
                    change(read, changes)
            raise InputError(*faults)
        with busy("Counting"):
            found = ask_what_if(read, changes, rules=rule or (), readings=readings)
            as_dict = found.as_dict()
        if json_:
            print_json(as_dict)
        else:
            show_what_if(found)


def _table(file: Path | None, shipped: str | None, year: int | None) -> UnitTable:
    remedy = "Give a CSV file, or --table us-president with --year."
    if file is not None and shipped is not None:
        raise InputError(Fault("two tables are given", column="--table", value=shipped, remedy=remedy))
    if shipped is not None:
        from referenda.elections.tables import shipped_table

        return shipped_table(shipped, year)
    if file is None:
        raise InputError(Fault("a table is needed", remedy=remedy))
    if year is not None:
        raise InputError(Fault("a file has no years", column="--year", value=str(year), remedy="Leave it out."))
    from referenda.formats.unit_table_csv import read_unit_table

    return read_unit_table(file)


def _of_pair(table: UnitTable, margin: str) -> UnitTable:
    first, colon, second = (part.strip() for part in margin.partition(":"))
    if not colon:
        raise InputError(Fault("this is not a pair", column="--margin", value=margin, remedy="Write yes:no."))
    try:
        return table.of_pair(first, second)
    except InputError as error:
        raise InputError(*(replace(fault, column="--margin") for fault in error.faults)) from None


def _changes(
    without: list[str] | None,
    unit: list[str] | None,
    weight: list[str] | None,
    turnout: list[str] | None,
    stay_home: list[str] | None,
    swing: str | None,
    faults: list[Fault],
) -> Changes:
    """Read the changes; note all that is wrong with them, and give those that are right."""
    from referenda.elections.changes import Changes

    # Points are per cent already: yes=1.5 and yes=1.5% mean the same.
    points = [swing.rstrip().removesuffix("%")] if swing else None
    typed = {"--weight": weight, "--turnout": turnout, "--stay-home": stay_home, "--swing": points}
    numbers: dict[str, dict[str, Fraction]] = {option: {} for option in typed}
    for option, texts in typed.items():
        with noting(faults):
            numbers[option] = read_numbers(texts, option=option)
    for name, share in numbers["--stay-home"].items():
        if not 0 <= share <= 1:
            remedy = "Write no=50% for half of them."
            faults.append(Fault("no more than all can stay home", column="--stay-home", value=name, remedy=remedy))
    stays = [(name, 1 - share) for name, share in numbers["--stay-home"].items() if 0 <= share <= 1]
    return Changes(
        counts=_counts(unit or (), faults),
        without=without or (),
        weights=numbers["--weight"],
        turnout=[*numbers["--turnout"].items(), *stays],
        swing=numbers["--swing"],
    )


def _counts(given: Iterable[str], faults: list[Fault]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for text in given:
        name, colon, rest = (part.strip() for part in text.rpartition(":"))
        if not colon or not name:
            remedy = 'Write "Uri: yes=5000, no=7000".'
            faults.append(Fault("this names no unit", column="--unit", value=text, remedy=remedy))
            continue
        pairs, wrong = split_pairs(rest.split(","), option="--unit", form="CHOICE=N after the unit")
        faults += wrong
        if name in counts:
            faults.append(Fault(f"{name} is given twice", column="--unit", value=text, remedy="Give it once."))
        counts[name] = {}
        for choice, count in pairs.items():
            with noting(faults):
                counts[name][choice] = read_count(count, option="--unit")
    return counts
