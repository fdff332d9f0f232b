"""`referenda vote record`: is it the largest since, the first above, how often below; in every unit, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.output import JsonFlag, door, print_json
from referenda.errors import Fault, InputError, noting
from referenda.terms.names import did_you_mean

if TYPE_CHECKING:
    from referenda.elections.record_question import Answer, Listing, Question
    from referenda.elections.record_value import Measured, Unit
    from referenda.elections.time_table import Moment, TimeTable


@dataclass(frozen=True)
class Asked:
    """A record question as it was asked, and what answers it: answers for one election, or lists of elections."""

    table: TimeTable
    measured: Measured
    question: Question
    moment: Moment | None
    answers: list[Answer]
    listings: list[Listing]


def record(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE",
            help="A CSV with a row for each election (year or date, and counts), "
            "or a table that is here: us-president-california, california-turnout.",
            show_default=False,
        ),
    ],
    question: Annotated[
        str,
        typer.Option(metavar="TEXT", help='Such as "largest since 1936", "first above 50%" or "below 50% since 1990".'),
    ],
    for_: Annotated[
        str | None, typer.Option("--for", metavar="YEAR", help="The election in question, by its year or its day.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option(metavar="A:B", help="Columns between which the margin is measured.")
    ] = None,
    share: Annotated[
        str | None, typer.Option(metavar="A[:B]", help="The column whose share is measured, perhaps beside another.")
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A total in which it is measured too. May be repeated."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="UNIT", help="Only votes, points, two-party or ratio (all of them). May be repeated."),
    ] = None,
    every: Annotated[
        int | None,
        typer.Option(metavar="YEARS", min=1, help="How far apart elections lie at most (what is usual in the table)."),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Answer a record question exactly, in each unit, with the year that breaks it and what is not known.

    "Largest since 1936" is true when no election after 1936 and before the one in question reaches it. Without --for,
    a question with a bound lists the elections that meet it.
    """
    with door(as_json=json_):
        from referenda.cli.vote_record_words import as_dict, show

        asked = _ask(table, question, for_, margin, share, of or [], by or [], every)
        found = as_dict(asked)
        if json_:
            print_json(found)
        else:
            show(asked)


def _ask(
    name: str,
    text: str,
    for_: str | None,
    margin: str | None,
    share: str | None,
    of: list[str],
    by: list[str],
    every: int | None,
) -> Asked:
    """Read everything that was typed, saying all that is wrong at once, and answer."""
    from referenda.elections.record_question import answer_for, list_elections
    from referenda.formats.time_table_csv import find_table, read_time_table

    faults: list[Fault] = []
    question = measured = found = None
    with noting(faults):
        question = _question(text)
    with noting(faults):
        found = find_table(name)
    with noting(faults):
        measured = _measured(margin, share, of, found[1] if found else None, name)
    with noting(faults):
        _check_units(by)
    if question and for_ is None and (question.bound is None or question.first):
        remedy = "Say --for and its year."
        faults.append(Fault("this is asked of one election", column="--question", value=text, remedy=remedy))
    if found and measured and not faults:
        with noting(faults):
            elections = read_time_table(found[0], measured, name=name, every=every)
    if faults or question is None or measured is None:
        raise InputError(*faults)
    units = _units(measured, question, by)
    if for_ is None:
        return Asked(elections, measured, question, None, [], list_elections(elections, measured, question, units))
    moment = _moment(elections, for_)
    return Asked(elections, measured, question, moment, answer_for(elections, measured, question, units, moment), [])


def _question(text: str) -> Question:
    from referenda.elections.record_question import read_question

    try:
        return read_question(text)
    except InputError as error:
        raise InputError(*(replace(fault, column="--question") for fault in error.faults)) from None


def _measured(margin: str | None, share: str | None, of: list[str], own: Measured | None, name: str) -> Measured:
    """Find what is to be measured: what was asked for, else what the table is asked for where nothing is said."""
    from referenda.elections.record_value import Measured

    if margin and share:
        raise InputError(Fault("a margin and a share are two questions", column="--share", remedy="Ask for one."))
    if not margin and not share:
        if own is None:
            remedy = "Say --margin A:B or --share A with the names of its columns."
            raise InputError(Fault("it is not said what is to be measured", file=name, remedy=remedy))
        return replace(own, totals=tuple(dict.fromkeys(of))) if of else own
    first, colon, second = (part.strip() for part in (margin or share or "").partition(":"))
    totals = tuple(dict.fromkeys(of)) or (own.totals if own else ())
    if margin and first and second:
        return Measured("margin", first, second, totals)
    if share and first and (second or not colon):
        return Measured("share", first, second or None, totals)
    option, form = ("--margin", "A:B") if margin else ("--share", "A or A:B")
    remedy = f"Write {form} with the names of columns, such as yes:no."
    raise InputError(Fault("a column is not named", column=option, value=margin or share, remedy=remedy))


def _check_units(by: list[str]) -> None:
    from referenda.elections.record_value import UNIT_KINDS

    faults = [
        Fault("there is no such unit", column="--by", value=unit, remedy=did_you_mean(unit, UNIT_KINDS, what="Units"))
        for unit in by
        if unit not in UNIT_KINDS
    ]
    if faults:
        raise InputError(*faults)


def _units(measured: Measured, question: Question, by: list[str]) -> list[Unit]:
    chosen = [unit for unit in measured.units if not by or unit.kind in by]
    units = [unit for unit in chosen if question.suits(unit)]
    if not units:
        message = "it cannot be said in any unit that is asked for"
        there = ", ".join(dict.fromkeys(unit.kind for unit in measured.units if question.suits(unit)))
        remedy = f"Say --by {there}." if there else "Name a total by --of, or a second column."
        raise InputError(Fault(message, column="--question", value=question.text, remedy=remedy))
    return units


def _moment(table: TimeTable, text: str) -> Moment:
    """Find the election that is meant by a year or a day."""
    there = [election.moment for election in table.elections]
    meant = [moment for moment in there if text.strip() in (str(moment), str(moment.year))]
    if len(meant) == 1:
        return meant[0]
    if meant:
        message, remedy = "there are several elections in this year", f"Say one of {', '.join(map(str, meant))}."
    else:
        message, remedy = "the table has no such election", f"It goes from {table.first} to {table.last}."
    raise InputError(Fault(message, column="--for", value=text, remedy=remedy))
