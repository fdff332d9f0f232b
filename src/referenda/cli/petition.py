"""Commands on a petition: what its sample comes to under the law, and how large a sample must be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_count, read_day, read_day_and_readings, read_level
from referenda.cli.options import InstrumentOption, OnOption, PlaceArgument, ReadingOption
from referenda.cli.output import JsonFlag, busy, console, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from rich.table import Table

    from referenda.workflows.project_petition import Projection

app = typer.Typer(help="Count a petition from its random sample.", no_args_is_help=True)

SHOWN = 12
LEGEND = (
    "Dupl.: second signatures found in the sample. Next: what the number would lose "
    "if one more sampled line, now valid, turned out to be one."
)
DECISIONS = {
    "insufficient": "insufficient: the petition fails",
    "full_check": "full check: every signature is verified",
    "sufficient": "sufficient: the petition has enough signatures",
    "further_sample": "further sample: a larger sample is drawn",
}


@app.command("project")
def project(
    place: PlaceArgument,
    counties: Annotated[
        Path, typer.Argument(metavar="COUNTIES.csv", help="A row for each county's sample.", show_default=False)
    ],
    requirement: Annotated[
        str, typer.Option("--requirement", help="Valid signatures needed.", metavar="N", show_default=False)
    ],
    on: OnOption = None,
    instrument: InstrumentOption = None,
    amend: Annotated[
        list[Path] | None,
        typer.Option("--amend", help="CSV of corrections: county and the numbers that change. May be repeated."),
    ] = None,
    reading: ReadingOption = None,
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="LEVEL", help="Of the estimate's interval, between 0 and 1.")
    ] = "0.95",
    every: Annotated[bool, typer.Option("--all", help="Show every county.")] = False,
    json_: JsonFlag = False,
) -> None:
    """Project a petition's valid signatures from its sample, as the law of the place counts, and decide.

    COUNTIES.csv has the columns county,raw_count,sample_size,valid_in_sample,duplicates_in_sample and those that the
    place adds. An unbiased estimate with an interval stands beside the statutory number; it decides nothing.
    Without --instrument the place's first is meant.
    """
    with door(as_json=json_):
        from referenda.workflows.project_petition import project_petition

        needed, level, faults = 0, 0.0, list[Fault]()
        with noting(faults):
            needed = read_count(requirement, option="--requirement")
        with noting(faults):
            level = read_level(confidence)
        if faults:
            with noting(faults):
                _read(place, counties, amend, on, instrument, reading)
            raise InputError(*faults)
        petition = _read(place, counties, amend, on, instrument, reading)
        with busy(f"Counting {len(petition['counts']):,} rows under every reading"):
            projection = project_petition(**petition, requirement=needed, confidence=level)
        if json_:
            print_json(projection.as_dict())
        else:
            _show(projection, every=every)


def _read(
    place: str,
    counties: Path,
    amend: list[Path] | None,
    on: str | None,
    instrument: str | None,
    reading: list[str] | None,
) -> dict[str, Any]:
    """Read what is given of a petition, as the arguments of `project_petition`."""
    from referenda.assembly import law_of
    from referenda.formats.counties_csv import read_amendments, read_counties
    from referenda.law.sampled import sample_count
    from referenda.petitions.county_count import county_names

    law = law_of(place)
    kind = instrument or law.first_instrument
    day, readings = read_day_and_readings(law, kind, on, reading)
    rule = sample_count(law, None, on=day, instrument=kind)
    counts = read_counties(counties, count=rule, place_name=law.name)
    amendments = []
    for corrections in amend or []:
        counts, more = read_amendments(corrections, counts)
        amendments += more
    return {
        "law": law,
        "counts": counts,
        "on": day,
        "instrument": kind,
        "readings": readings,
        "amendments": amendments,
        "known_counties": county_names(law.id) if rule.rows == "county" else (),
    }


@app.command("sample-size")
def sample_size(
    place: PlaceArgument,
    raw_count: Annotated[
        str, typer.Argument(metavar="RAW_COUNT", help="Signatures that the county received.", show_default=False)
    ],
    on: OnOption = None,
    instrument: InstrumentOption = None,
    json_: JsonFlag = False,
) -> None:
    """Say how many signatures the law has sampled out of a raw count.

    Without --instrument the place's first is meant.
    """
    with door(as_json=json_):
        from rich.markup import escape

        from referenda.assembly import law_of
        from referenda.terms.quantity import plain, shown
        from referenda.workflows.project_petition import find_sample_size

        raw, day, faults = 0, date.min, list[Fault]()
        with noting(faults):
            raw = read_count(raw_count)
        with noting(faults):
            day = read_day(on)
        if faults:
            with noting(faults):
                law = law_of(place)
                law.check_instrument(instrument or law.first_instrument)
            raise InputError(*faults)
        finding = find_sample_size(law_of(place), raw, on=day, instrument=instrument)
        if json_:
            print_json({"sample_size": plain(finding.value), "raw_count": raw, **finding.as_dict()})
            return
        out = console()
        out.print(f"Of {raw:,} signatures [bold]{shown(finding.value)}[/bold] are sampled.")
        for step in finding.steps:
            out.print(f"  {escape(step.about)} {escape(step.words)}  [dim]{escape(step.cite)}[/dim]")


def _show(projection: Projection, *, every: bool) -> None:
    """Write a projection for people."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    from referenda.terms.quantity import shown

    out = console()
    found, needed = projection.finding, projection.requirement
    kind = projection.law.instruments[projection.instrument]
    about = f"{kind.lower()}, law of {projection.on}: {projection.rule.about}"
    out.print(f"[bold]{escape(projection.law.name)}[/bold], {escape(about)}\n")
    out.print(_county_table(projection, every=every))
    if not every and len(projection.counties) > SHOWN:
        out.print(f"[dim]The {SHOWN} largest of {len(projection.counties)} counties; --all shows every one.[/dim]")
    out.print(f"[dim]{LEGEND}[/dim]\n")
    summary = Table.grid(padding=(0, 2))
    percent = float(100 * found.projected_valid / needed)
    summary.add_row(
        "Projected valid",
        f"[bold]{shown(found.projected_valid)}[/bold]  ({percent:.1f} % of the {needed:,} signatures needed)",
    )
    summary.add_row("Decision", f"[bold]{DECISIONS[found.decision]}[/bold]")
    summary.add_row("", Text(f"{found.decision_about}  {found.decision_cite}"))
    for caution in projection.cautions:
        summary.add_row("[bold]But note[/bold]", Text(caution))
    for limit in projection.limits:
        away = found.projected_valid - limit.signatures
        words = f"{shown(away)} above" if away > 0 else f"{shown(-away)} short" if away else "just reached"
        upper = limit.upper.replace("_", " ")
        summary.add_row("Limit", f"{limit.signatures:,} signatures for {upper}: {words}")
    estimate = projection.estimate
    summary.add_row(
        "Estimate",
        f"{estimate.valid:,.0f}, between {estimate.low:,.0f} and {estimate.high:,.0f} "
        f"({estimate.confidence:.0%} interval); unbiased statistics, decides nothing",
    )
    out.print(summary)
    out.print("\n[bold]How it comes out[/bold]")
    only = projection.counties[0] if len(projection.counties) == 1 else None
    for name, number in only.count.extra.items() if only else ():
        out.print(Text(f"  {name}: {number:,}, as given"))
    for step in (*(only.finding.steps if only and only.finding else ()), *found.steps):
        out.print(Text(f"  {step.name}: {step.words}  ({step.cite}) {step.about}"))
    _show_readings(projection)
    if projection.amendments:
        out.print("\n[bold]Amended[/bold]")
        for amendment in projection.amendments:
            words = f"{amendment.column.replace('_', ' ')} {amendment.before:,} → {amendment.after:,}"
            out.print(Text(f"  {amendment.county}: {words}"))
    if projection.remarks:
        out.print("\n[bold]Notes[/bold]")
        for note in projection.remarks:
            out.print(Text(f"  {note}"))


def _county_table(projection: Projection, *, every: bool) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from referenda.terms.quantity import shown

    table = Table(
        box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", show_footer=True, footer_style="bold"
    )
    total = projection.finding.projected_valid
    columns = zip(*(c.count.columns.values() for c in projection.counties), strict=True)
    raw, size, valid, duplicates = (f"{sum(column):,}" for column in list(columns)[:4])
    table.add_column("County", "Total")
    for heading, footer in (
        ("Raw", raw),
        ("Sampled", size),
        ("Valid", valid),
        ("Dupl.", duplicates),
        ("Projected", shown(total)),
        ("Rate", f"{float(total / projection.raw_count):.1%}"),
        ("Share", ""),
        ("Next", ""),
    ):
        table.add_column(heading, footer, justify="right", no_wrap=True)
    ranked = sorted(projection.counties, key=lambda c: c.projected_valid, reverse=True)
    for county in ranked if every else ranked[:SHOWN]:
        count = county.count
        table.add_row(
            escape(count.county),
            f"{count.raw_count:,}",
            "all" if count.is_full_check else f"{count.sample_size:,}",
            f"{count.valid_in_sample:,}",
            f"{count.duplicates_in_sample:,}",
            shown(county.projected_valid),
            f"{float(county.projected_valid / count.raw_count):.1%}" if count.raw_count else "",
            f"{float(county.projected_valid / total):.1%}" if total else "",
            "" if county.one_more_duplicate is None else shown(county.one_more_duplicate),
        )
    return table


def _show_readings(projection: Projection) -> None:
    from rich.text import Text

    from referenda.terms.quantity import shown

    out = console()
    found = projection.finding
    if found.readings:
        out.print("\n[bold]Open questions, as read here[/bold]")
    for reading in found.readings:
        about = dict(reading.alternatives)
        out.print(Text(f"  {reading.question}"))
        out.print(Text(f"    {reading.chosen}: {about[reading.chosen]}. {reading.because} ({reading.cite})"))
        for name, other in projection.alternatives_of(reading.name).items():
            result = f"Then {shown(other.projected_valid)}, {other.decision.replace('_', ' ')}"
            if (other.projected_valid, other.decision) == (found.projected_valid, found.decision):
                result = "The same comes out"
            out.print(Text(f"    {name}: {about[name]}. {result}."))
