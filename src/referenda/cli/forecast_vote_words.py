"""The forecast of a vote, in words for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from referenda.cli.output import console
from referenda.law.vote_rule import VOTING
from referenda.pages.forecast_words import percent, sentence
from referenda.workflows.forecast_vote import VoteOutlook

SHARE_WORDS = {
    "turnout": "turnout, of those registered",
    "yes_share": "yes, of the valid votes",
    "yes_of_registered": "yes, of those registered",
    "invalid_share": "neither yes nor no, of the ballots",
    "units_carried": "units that say yes",
}
HOME_WORDS = {"0": "none of them", "0.25": "a quarter", "0.5": "half", "1": "all of them"}
SHOWN = ("0.1", "0.5", "0.9")


def answer(found: VoteOutlook) -> str:
    """Say the answer in one sentence."""
    return sentence("the measure passes", found.forecast.passes, found.forecast.draws)


def show_vote(found: VoteOutlook, kept: Mapping[str, Any] | None) -> None:
    """Show the forecast on the terminal."""
    out, forecast = console(), found.forecast
    out.print(f"[bold]{escape(answer(found))}[/bold]\n{escape(forecast.rule)}\n")
    grid = _grid("Condition", "met", "when it fails: missing", "alone missing")
    for condition in forecast.conditions:
        shares = (condition.met, condition.missing_of_failed, condition.only_missing)
        grid.add_row(escape(condition.text), *(percent(share, forecast.draws) for share in shares))
    out.print(grid)
    grid = _grid("What it comes to", "1 in 10 below", "middle", "1 in 10 above")
    for name, levels in forecast.quantiles.items():
        grid.add_row(SHARE_WORDS[name], *(_level(name, levels[at]) for at in SHOWN))
    out.print()
    out.print(grid)
    out.print(f"\n{home_words(found)}")
    for reading, chance in forecast.readings.items():
        chosen = "  ← chosen" if reading == found.facts.voting else ""
        out.print(f"Reading “voting” as {reading} ({VOTING[reading]}): {percent(chance, forecast.draws)}{chosen}")
    out.print("\n[bold]It rests on[/bold]")
    for note in forecast.notes:
        out.print(f"  {escape(note)}")
    out.print(
        f"\n[dim]{forecast.draws:,} draws, seed {found.seed}; by the draws alone the chance is known to "
        f"± {100 * 2 * forecast.error:.1f} points. What it assumes: --json, or --html FILE.[/dim]"
    )
    if kept:
        out.print(f"Kept for {escape(kept['vote'])} of the case {escape(kept['case'])}, position {kept['position']}.")


def home_words(found: VoteOutlook) -> str:
    """Say what staying home does to the chance, and how likely it is taken to be."""
    forecast = found.forecast
    told = ", ".join(
        f"{HOME_WORDS[share]} {percent(chance, forecast.draws)}" for share, chance in forecast.at_boycott.items()
    )
    home = found.facts.staying_home
    if home is not None:
        assumed = f"{home:.0%} of them are taken to stay home, as given"
    elif forecast.boycott == 0:
        assumed = "a boycott is not expected"
    else:
        assumed = f"the chance of a boycott is taken for {percent(forecast.boycott, forecast.draws)}"
    return f"If opponents stay home: {told}; {assumed}."


def _grid(*headings: str) -> Table:
    grid = Table(box=None, pad_edge=False)
    for heading in headings:
        grid.add_column(heading, justify="left" if not grid.columns else "right")
    return grid


def _level(name: str, value: float) -> str:
    return f"{value:g}" if name == "units_carried" else f"{100 * value:.1f} %"
