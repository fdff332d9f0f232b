"""The forecast of a sample that is being checked, in words for the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from referenda.cli.output import console
from referenda.forecasting.decision_day import CountyOutlook
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
    share = f"{100 * reach.must_share:.1f} % of what they filed"
    must = f"{limit}: {rest} not finished must come to {reach.must_reach:,}, {share}"
    if reach.must_share > 1:
        return f"{must}, which is out of reach."
    expected = 100 * (reach.expected_share or 0)
    return f"{must}; {expected:.1f} % is expected, and the chance is {percent(reach.chance, draws)}."


def show_decision(found: DecisionForecast) -> None:
    """Show the forecast on the terminal."""
    out, outlook = console(), found.outlook
    out.print(Text(f"{found.law.name}, law of {found.on}: {sentence(found)}", style="bold"))
    grid = Table(box=None, pad_edge=False)
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
        out.print(f"If it comes to a full check, the chance that it qualifies is {chance}.")
    if outlook.projected:
        low, middle, high = (rough(outlook.projected[level]) for level in ("0.1", "0.5", "0.9"))
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


COUNTY_HEADINGS = ("Not finished", "filed", "checked", "projected", "8 of 10 draws", "doubt")


def county_cells(county: CountyOutlook) -> tuple[str, ...]:
    """Give the cells of a county under `COUNTY_HEADINGS`."""
    check = county.check
    return (
        check.county,
        f"{check.raw_count:,}",
        f"{check.checked:,} of {check.sample_size:,}",
        f"{county.middle:,.0f}",
        f"{county.low:,.0f} to {county.high:,.0f}",
        f"{100 * max(county.share, 0.0):.0f} %",
    )


def _county_grid(counties: list[CountyOutlook]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in COUNTY_HEADINGS:
        grid.add_column(heading, justify="left" if not grid.columns else "right", no_wrap=True)
    for county in counties[:SHOWN]:
        grid.add_row(*(Text(cell) for cell in county_cells(county)))
    if len(counties) > SHOWN:
        grid.add_row(Text(f"and {len(counties) - SHOWN} more"))
    return grid
