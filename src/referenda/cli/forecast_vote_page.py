"""The forecast of a vote, as a page."""

from __future__ import annotations

import sys
from datetime import date

from referenda import __version__
from referenda.cli.forecast_vote_words import HOME_WORDS, SHARE_WORDS, answer, home_words
from referenda.law.condition import share_of
from referenda.law.vote_rule import parse_rule
from referenda.pages.forecast import Assumption, ForecastPage, Part, Table
from referenda.pages.forecast_words import percent
from referenda.pages.vote_chart import Threshold, vote_map
from referenda.workflows.forecast_vote import VoteOutlook

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
            Part("Staying home instead of voting no", (home_words(found),), None, (home,)),
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
