"""`referenda forecast decision`: while the sample is being checked, what it will decide and what it still costs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_count, read_day_and_readings
from referenda.cli.case import StoreUrl
from referenda.cli.forecast_files import check_case, keep, write_page
from referenda.cli.forecast_options import CaseToKeep, Draws, HtmlFile, Issuer, Seed
from referenda.cli.options import InstrumentOption, OnOption, PlaceArgument, ReadingOption
from referenda.cli.output import JsonFlag, busy, console, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.law.place import PlaceLaw
    from referenda.pages.forecast import ForecastPage
    from referenda.petitions.county_count import CountyCount
    from referenda.workflows.forecast_decision import DecisionForecast

    Counts = Sequence[tuple[CountyCount, int]]

_WORK = "The work"


def decision(
    place: PlaceArgument,
    counts: Annotated[
        Path, typer.Argument(metavar="COUNTS.csv", help="A row for each county's sample so far.", show_default=False)
    ],
    requirement: Annotated[
        str, typer.Option("--requirement", help="Valid signatures needed.", metavar="N", show_default=False)
    ],
    on: OnOption = None,
    instrument: InstrumentOption = None,
    reading: ReadingOption = None,
    minutes_per_line: Annotated[
        str, typer.Option("--minutes-per-line", metavar="N", help="To check one line.", rich_help_panel=_WORK)
    ] = "2",
    hours_per_day: Annotated[
        str, typer.Option("--hours-per-day", metavar="N", help="That one person checks lines.", rich_help_panel=_WORK)
    ] = "7",
    draws: Draws = "10000",
    seed: Seed = "1",
    html: HtmlFile = None,
    case: CaseToKeep = None,
    store: StoreUrl = None,
    by: Issuer = "public",
    json_: JsonFlag = False,
) -> None:
    """Say, while the sample is being checked, how likely each decision is, and what work each one leaves.

    COUNTS.csv has the columns county,raw_count,sample_size,checked,valid_in_sample,duplicates_in_sample and those that
    the place adds: of the sample_size lines drawn, checked are done; 0 where a county has not begun. The place's own
    law decides in every draw. Without --instrument the place's first is meant.
    """
    with door(as_json=json_):
        from referenda.forecasting.draws import check_draws
        from referenda.workflows.forecast_decision import Pace, watch_decision

        needed, many, number, minutes, hours, faults = 0, 0, 0, Fraction(2), Fraction(7), list[Fault]()
        with noting(faults):
            needed = read_count(requirement, option="--requirement")
            if not needed:
                remedy = "Give the number of valid signatures that the law asks for: referenda law requirement."
                raise InputError(Fault("this must be above zero", column="--requirement", value="0", remedy=remedy))
        with noting(faults):
            many = read_count(draws, option="--draws")
            check_draws(many)
        with noting(faults):
            number = read_count(seed, option="--seed")
        with noting(faults):
            minutes = _read_time(minutes_per_line, option="--minutes-per-line")
        with noting(faults):
            hours = _read_time(hours_per_day, option="--hours-per-day", most=24)
        given: dict[str, Any] = {}
        with noting(faults):
            given = _read(place, counts, on, instrument, reading)
        if faults:
            raise InputError(*faults)
        if case:
            of = {"place": given["law"].id, "instrument": given["instrument"], "requirement": needed}
            check_case(case, store, inputs=of)
        with busy(f"Drawing {many:,} ways in which the sample may go on"):
            found = watch_decision(**given, requirement=needed, pace=Pace(minutes, hours), draws=many, seed=number)
            page = write_page(lambda: _page(found), html)
        kept = keep(_to_keep(found, given["counts"], page), case, store, by) if case else None
        if json_:
            print_json({**found.as_dict(), "kept": kept})
        else:
            from referenda.cli.forecast_decision_words import show_decision

            show_decision(found)
            if kept:
                console().print(f"Kept in the case {case} at position {kept['position']}.", markup=False)


COMMANDS = {"decision": decision}


def _page(found: DecisionForecast) -> ForecastPage:
    from referenda.cli.forecast_decision_page import decision_page

    return decision_page(found)


def _to_keep(found: DecisionForecast, counts: Counts, page: str | None) -> dict[str, Any]:
    """Give the forecast as a record keeps it, with the hash of the page that was written of it."""
    from referenda.workflows.forecast_decision import METHOD

    names = ("place", "law", "instrument", "requirement", "readings", "on", "priors")
    about = found.as_dict()
    return {
        "question": "decision",
        "as_of": found.on,
        "method": METHOD,
        "seed": about["seed"],
        "draws": about["draws"],
        "inputs": {
            **{name: about[name] for name in names},
            "counties": [{"county": count.county, "checked": done, **count.columns} for count, done in counts],
        },
        "outcomes": found.outlook.decisions,
        "quantiles": {"projected": about["projected"], "valid": about["valid"]},
        "page_sha256": page,
    }


def _read(
    place: str, counts: Path, on: str | None, instrument: str | None, reading: list[str] | None
) -> dict[str, Any]:
    """Read what is given of a sample, as the arguments of `watch_decision`."""
    from referenda.assembly import law_of
    from referenda.formats.counties_csv import read_counties_in_work
    from referenda.law.sampled import sample_count
    from referenda.petitions.county_count import county_names

    law: PlaceLaw = law_of(place)
    kind = instrument or law.first_instrument
    day, readings = read_day_and_readings(law, kind, on, reading)
    rule = sample_count(law, None, on=day, instrument=kind)
    return {
        "law": law,
        "counts": read_counties_in_work(counts, count=rule, place_name=law.name),
        "on": day,
        "instrument": kind,
        "readings": readings,
        "known_counties": county_names(law.id),
    }


def _read_time(text: str, *, option: str, most: int = 10_000) -> Fraction:
    """Read a length of time, above zero."""
    from referenda.terms.quantity import read_number

    try:
        time = read_number(text)
    except InputError:
        time = Fraction(0)
    if not 0 < time <= most:
        message, remedy = f"this is not a time above 0 and up to {most:,}", "Write a number, such as 2 or 1.5."
        raise InputError(Fault(message, column=option, value=text, remedy=remedy))
    return time
