"""The forecast of a vote, in words for the terminal and as a page."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

from rich.markup import escape
from rich.table import Table as Grid

from referenda import __version__
from referenda.cli.output import console
from referenda.law.condition import share_of
from referenda.law.vote_rule import VOTING, parse_rule
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table
from referenda.pages.forecast_words import percent, sentence
from referenda.pages.vote_chart import Threshold, vote_map
from referenda.workflows.forecast_vote import VoteOutlook

SHARE_WORDS = {
    "turnout": "turnout, of those registered",
    "yes_share": "yes, of the valid votes",
    "yes_of_registered": "yes, of those registered",
    "invalid_share": "neither yes nor no, of the ballots",
    "units_carried": "units that say yes",
}
HOME_WORDS = {"0": "none of them", "0.25": "a quarter", "0.5": "half", "1": "all of them"}
SOURCES = {
    "comparable_votes": "leave-one-out over past votes and elections (bench/forecast_votes.py)",
    "polls": "55 polls of 34 measures and published errors of polls (docs/explanation/forecast-vote.md)",
    "boycott": "22 votes under a quorum of participation (docs/explanation/forecast-vote.md)",
    "units": "counties of California over 24 measures",
}
LIMITS = (
    "Polls of a measure that is not yet on the ballot ask another question than the ballot will, and of other people.",
    "Campaigns, money, court orders and what happens in the world are in it only as far as they moved earlier votes.",
    "How many stay home is assumed, not observed; the chances for none, a quarter, half and all show how much "
    "hangs on it.",
    "Past votes are those that somebody wrote down: many are votes on independence, and of California's measures only "
    "those of 2008 to 2021 whose counts were at hand.",
)
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
    out.print(f"\n{_home_words(found)}")
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


def vote_page(found: VoteOutlook) -> ForecastPage:
    """Put a forecast of a vote on a page."""
    forecast, facts = found.forecast, found.facts
    draws = forecast.draws
    note = f"As of {facts.as_of}; {draws:,} draws, seed {found.seed}; Referenda {__version__}."
    figure = vote_map(
        edges=forecast.grid.edges,
        share=forecast.grid.share,
        passes=forecast.grid.passes,
        thresholds=_thresholds(forecast.rule),
        conditions=[(condition.text, condition.met) for condition in forecast.conditions],
        quantiles={SHARE_WORDS[name]: forecast.quantiles[name] for name in ("turnout", "yes_share")},
        chance=forecast.passes,
        draws=draws,
        note=note,
    )
    missing = Table(
        "The conditions of the rule",
        ("Condition", "Met", "Missing when it fails", "Alone missing"),
        tuple(
            (c.text, *(percent(share, draws) for share in (c.met, c.missing_of_failed, c.only_missing)))
            for c in forecast.conditions
        ),
    )
    home = Table(
        "The chance if opponents stay home",
        ("Of those who would vote no, at home", "Passes"),
        tuple((HOME_WORDS[share], percent(chance, draws)) for share, chance in forecast.at_boycott.items()),
    )
    turnout, yes = (
        Table(
            caption,
            (heading, "Passes"),
            tuple((f"{100 * float(at):.0f} %", percent(chance, draws)) for at, chance in chances.items()),
        )
        for caption, heading, chances in (
            ("If turnout were known", "Turnout, before anybody stays home", forecast.if_turnout),
            ("If the share of yes were known", "Yes, of the valid votes before anybody stays home", forecast.if_yes),
        )
    )
    day = "" if facts.vote_on is None else f" The vote is on {facts.vote_on}."
    return ForecastPage(
        title="Will the measure pass?",
        about=f"The rule: {forecast.rule}.{day}",
        answer=answer(found),
        facts=tuple((c.text, percent(c.met, draws)) for c in forecast.conditions),
        parts=(
            Part("Turnout and yes together", forecast.notes, figure, (missing,)),
            Part("Staying home instead of voting no", (_home_words(found),), None, (home,)),
            Part("What would change it", (), None, (turnout, yes)),
        ),
        assumptions=tuple(
            Assumption(name.replace("_", " "), f"{value:g}", SOURCES[part])
            for part, numbers in found.priors.items()
            for name, value in numbers.items()
        ),
        inputs=tuple(
            (name.replace("_", " "), f"{len(value)} rows" if isinstance(value, list) else str(value))
            for name, value in facts.as_dict().items()
            if value not in (None, "", [])
        ),
        limits=LIMITS,
        command=("referenda", *sys.argv[1:]),
        seed=found.seed,
        draws=draws,
        as_of=str(facts.as_of),
        made_on=str(date.today()),
        version=__version__,
    )


def _home_words(found: VoteOutlook) -> str:
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


def _thresholds(rule: str) -> list[Threshold]:
    """Give the limits of the rule that can be drawn: a share of those registered, or of the valid votes."""
    axes = {("ballots", "registered"): "turnout", ("yes", "valid"): "yes"}
    found = []
    for condition in parse_rule(rule).conditions:
        share = share_of(condition.right.node)
        axis = axes.get((condition.left.text, share.name)) if share else None
        if share and axis == "turnout":
            found.append(Threshold("turnout", float(share.share), condition.text))
        elif share and axis == "yes":
            found.append(Threshold("yes", float(share.share), condition.text))
        elif condition.text == "yes > no":
            found.append(Threshold("yes", 0.5, condition.text))
    return found


def _grid(*headings: str) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for heading in headings:
        grid.add_column(heading, justify="left" if not grid.columns else "right")
    return grid


def _level(name: str, value: float) -> str:
    return f"{value:g}" if name == "units_carried" else f"{100 * value:.1f} %"
