"""The forecast of a sample that is being checked, in words for the terminal and as a page."""

from __future__ import annotations

import sys
from datetime import date

from rich.table import Table as Grid
from rich.text import Text

from referenda import __version__
from referenda.cli.output import console
from referenda.forecasting.decision_day import CountyOutlook
from referenda.pages.chance_charts import Outcome, outcome_bars, valid_dots
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table
from referenda.pages.forecast_words import percent, rough, spoken
from referenda.terms.quantity import shown
from referenda.workflows.forecast_decision import DecisionForecast, Reach

SHOWN = 8
DECISION_WORDS = {
    "insufficient": "insufficient: the petition fails",
    "further_sample": "further sample: a larger one is drawn",
    "full_check": "full check: every line is verified",
    "sufficient": "sufficient: it has enough signatures",
}
ENOUGH, TOO_FEW = "qualifies", "fails"
LIMITS = (
    "The lines of a county that are checked are taken for a random part of its sample. Where an office checks the "
    "easy lines first, or sets doubtful ones aside, the forecast is too sure.",
    "A rejection that is taken back later is not foreseen, nor are raw counts that are corrected.",
    "How much duplicates differ between counties is a judgement: no table of them by county is public.",
    "Days of staff count every line of a full check; where the law lets it end as soon as enough are found, fewer do.",
)


def sentence(found: DecisionForecast) -> str:
    """Say the answer in one sentence."""
    outlook = found.outlook
    if not found.lines_left:
        decided = max(outlook.decisions, key=lambda name: outlook.decisions[name])
        return f"The sample is checked, and decides: {DECISION_WORDS[decided]}."
    chances = ", ".join(
        f"{name.replace('_', ' ')} {percent(chance, outlook.draws)}" for name, chance in outlook.decisions.items()
    )
    return f"With {found.lines_left:,} lines of the sample still to be checked: {chances}."


def reach_words(reach: Reach, counties: int, draws: int) -> str:
    """Say what the counties that are not finished must come to."""
    limit = f"{reach.limit.signatures:,} signatures for {reach.limit.upper.replace('_', ' ')}"
    if reach.must_share is None:
        return f"{limit}: {'reached' if reach.chance else 'not reached'}."
    rest = "the county" if counties == 1 else f"the {counties} counties"
    must = f"{limit}: {rest} not finished must come to {reach.must_reach:,}, {reach.must_share:.1%} of what they filed"
    if reach.must_share > 1:
        return f"{must}, which is out of reach."
    return f"{must}; {reach.expected_share:.1%} is expected, and the chance is {percent(reach.chance, draws)}."


def show_decision(found: DecisionForecast) -> None:
    """Show the forecast on the terminal."""
    out, outlook = console(), found.outlook
    out.print(Text(f"{found.law.name}, law of {found.on}: {sentence(found)}", style="bold"))
    grid = Grid(box=None, pad_edge=False)
    for heading in ("Decision", "chance", "lines to check", "days of one person"):
        grid.add_column(heading, justify="left" if not grid.columns else "right")
    for work in found.work:
        chance = percent(outlook.decisions[work.decision], outlook.draws) if found.lines_left else ""
        grid.add_row(DECISION_WORDS[work.decision], chance, f"{work.lines:,}", f"{work.days:,.0f}")
    out.print()
    out.print(grid)
    pace = found.pace
    out.print(f"At {shown(pace.minutes_per_line)} minutes a line and {shown(pace.hours_per_day)} hours a day.")
    if outlook.full_check_qualifies is not None:
        chance = spoken(outlook.full_check_qualifies, outlook.draws)
        out.print(f"If it comes to a full check, the chance that it {ENOUGH} is {chance}.")
    if outlook.projected:
        low, middle, high = (rough(outlook.projected[level]) for level in (0.1, 0.5, 0.9))
        out.print(f"\nProjection  {middle}, in 8 of 10 draws between {low} and {high}", end="")
        out.print(f" ({outlook.requirement:,} are needed)")
    for reach in found.reaches:
        out.print(Text(f"Limit       {reach_words(reach, len(found.open_counties), outlook.draws)}"))
    if found.open_counties:
        out.print()
        out.print(_county_grid(found.open_counties))
    for note in found.notes:
        out.print(Text(f"Note: {note}"))
    out.print(f"\n[dim]{outlook.draws:,} draws, seed {outlook.seed}. What it assumes: --json, or --html FILE.[/dim]")


def decision_page(found: DecisionForecast) -> ForecastPage:
    """Put the forecast on a page."""
    outlook = found.outlook
    note = f"Law of {found.on}; {outlook.draws:,} draws, seed {outlook.seed}; Referenda {__version__}."
    words = tuple(reach_words(reach, len(found.open_counties), outlook.draws) for reach in found.reaches)
    parts = [
        Part(
            "What the sample will decide",
            ("Each draw is one way in which the rest of the sample may come out; the law decides in every one.",),
            outcome_bars(_outcomes(found), draws=outlook.draws, good="It qualifies", note=note),
            (_work_table(found),),
        ),
        Part("What the rest must do", words, None, _county_tables(found.open_counties)),
        Part(
            "Valid signatures, each signer once",
            ("This is what a check of every line would find; it is not what the law projects from the sample.",),
            valid_dots(outlook.valid_draws, requirement=outlook.requirement, draws=outlook.draws, note=note),
        ),
    ]
    facts = [("Needed", f"{outlook.requirement:,} valid signatures"), ("Lines left", f"{found.lines_left:,}")]
    if outlook.projected:
        facts.append(("Projection, middle of the draws", rough(outlook.projected[0.5])))
    return ForecastPage(
        title="What will the sample decide?",
        about=f"{found.law.name}: {found.law.instruments[found.instrument]}",
        answer=sentence(found),
        facts=tuple(facts),
        parts=tuple(part for part in parts if part.words or part.figure or part.tables),
        assumptions=tuple(
            Assumption(name.replace("_", " "), f"{value:.4g}", f"prior of {part.replace('_', ' ')}")
            for part, numbers in outlook.priors.items()
            for name, value in numbers.items()
        ),
        inputs=(
            ("counties", f"{len(outlook.counties):,}"),
            ("lines checked so far", f"{sum(county.check.checked for county in outlook.counties):,}"),
            ("day of the law", str(found.on)),
            ("digest of the law", found.law.digest),
            *((f"reading of {name}", chosen) for name, chosen in found.readings.items()),
        ),
        limits=(*found.notes, *LIMITS),
        command=("referenda", *sys.argv[1:]),
        seed=outlook.seed,
        draws=outlook.draws,
        as_of=str(found.on),
        made_on=str(date.today()),
        version=__version__,
    )


def _outcomes(found: DecisionForecast) -> list[Outcome]:
    outlook = found.outlook
    told = []
    for name, chance in outlook.decisions.items():
        if name in ("insufficient", "sufficient"):
            told.append(Outcome(DECISION_WORDS[name].split(":")[0], chance, name == "sufficient"))
        elif outlook.full_check_qualifies is not None:
            good = chance * outlook.full_check_qualifies
            about = name.replace("_", " ")
            told += [
                Outcome(f"{about}, and it {TOO_FEW}", chance - good, False),
                Outcome(f"{about}, and it {ENOUGH}", good, True),
            ]
    return told


def _work_table(found: DecisionForecast) -> Table:
    pace = f"{shown(found.pace.minutes_per_line)} minutes a line, {shown(found.pace.hours_per_day)} hours a day"
    return Table(
        f"Work that each decision leaves, at {pace}",
        ("Decision", "Lines to check", "Days of one person"),
        tuple((DECISION_WORDS[work.decision], f"{work.lines:,}", f"{work.days:,.0f}") for work in found.work),
    )


_COUNTY_HEADINGS = ("Not finished", "filed", "checked", "projected", "8 of 10 draws", "doubt")


def _county_cells(county: CountyOutlook) -> tuple[str, ...]:
    check = county.check
    return (
        check.county,
        f"{check.raw_count:,}",
        f"{check.checked:,} of {check.sample_size:,}",
        f"{county.middle:,.0f}",
        f"{county.low:,.0f} to {county.high:,.0f}",
        f"{max(county.share, 0.0):.0%}",
    )


def _county_tables(counties: list[CountyOutlook]) -> tuple[Table, ...]:
    caption = "Counties not finished, and the part that each has in the doubt about the projection"
    rows = tuple(_county_cells(county) for county in counties)
    return (Table(caption, _COUNTY_HEADINGS, rows),) if rows else ()


def _county_grid(counties: list[CountyOutlook]) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for heading in _COUNTY_HEADINGS:
        grid.add_column(heading, justify="left" if not grid.columns else "right", no_wrap=True)
    for county in counties[:SHOWN]:
        grid.add_row(*(Text(cell) for cell in _county_cells(county)))
    if len(counties) > SHOWN:
        grid.add_row(Text(f"and {len(counties) - SHOWN} more"))
    return grid
