"""`referenda forecast vote`: whether a measure passes under its rule, from polls, past votes, or what else is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referenda.cli.arguments import read_assignments, read_count, read_date, read_day
from referenda.cli.case import StoreUrl
from referenda.cli.forecast_files import check_case, keep, picture_faults, write_page
from referenda.cli.forecast_options import TO_WRITE, CaseToKeep, Draws, HtmlFile, Issuer, Seed
from referenda.cli.output import JsonFlag, busy, door, print_json
from referenda.errors import Fault, InputError, noting

if TYPE_CHECKING:
    from referenda.pages.forecast import ForecastPage
    from referenda.workflows.forecast_vote import VoteFacts, VoteOutlook

AUTO = "auto"
_KNOWN = "What is known"


def _known(*names: str, metavar: str, help_: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_, rich_help_panel=_KNOWN, show_default=False)


def vote(
    rule: Annotated[
        str,
        typer.Option(metavar="RULE", help='Such as "ballots >= 50% of registered and yes >= 55% of valid".'),
    ],
    on: Annotated[str | None, _known("--on", metavar="DATE", help_="The day of the vote.")] = None,
    as_of: Annotated[str | None, _known("--as-of", metavar="DATE", help_="The day of the forecast (today).")] = None,
    registered: Annotated[
        str | None,
        _known("--registered", metavar="N", help_="Persons registered, where the rule needs it."),
    ] = None,
    polls: Annotated[
        Path | None,
        _known("--polls", metavar="FILE", help_="CSV: end_date,sample_size,yes,no[,undecided,turnout,pollster]."),
    ] = None,
    past_votes: Annotated[
        Path | None,
        _known(
            "--past-votes",
            metavar="FILE",
            help_="CSV: name,date,registered,ballots,yes,no[,quorum].",
        ),
    ] = None,
    place: Annotated[
        str | None, _known("--place", metavar="PLACE", help_="Whose votes and elections count, such as us/ca.")
    ] = None,
    units: Annotated[
        Path | None, _known("--units", metavar="FILE", help_="CSV of a comparable vote by unit: unit,yes,no[,weight].")
    ] = None,
    boycott: Annotated[
        str, typer.Option("--boycott", metavar="SHARE", help="Share of the would-be noes that stays home, or auto.")
    ] = AUTO,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="NAME=CHOICE", help="How an open word is read: voting=ballots."),
    ] = None,
    draws: Draws = "10000",
    seed: Seed = "1",
    html: HtmlFile = None,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Write the figure (.svg, .png).", rich_help_panel=TO_WRITE),
    ] = None,
    case: CaseToKeep = None,
    vote_name: Annotated[
        str | None, typer.Option("--vote", metavar="NAME", help="The case's vote.", rich_help_panel=TO_WRITE)
    ] = None,
    store: StoreUrl = None,
    by: Issuer = "public",
    json_: JsonFlag = False,
) -> None:
    """Forecast whether a measure passes under its rule: turnout and the share of yes together.

    Without polls and past votes it answers from the history of other votes, and says so. Opponents who stay home
    where a quorum rewards it are taken into account; the chances for none, a quarter, half and all stand beside.
    """
    with door(as_json=json_):
        from referenda.cli.forecast_vote_words import show_vote
        from referenda.workflows.forecast_vote import forecast_a_vote

        faults = list[Fault]()
        facts = _read_facts(
            faults, rule=rule, on=on, as_of=as_of, registered=registered, polls=polls, past_votes=past_votes,
            place=place, units=units, boycott=boycott, reading=reading,
        )  # fmt: skip
        many, number = 0, 0
        with noting(faults):
            many = read_count(draws, option="--draws")
        with noting(faults):
            number = read_count(seed, option="--seed")
        if (case is None) != (vote_name is None):
            remedy = "Give both, or neither."
            faults.append(Fault("a forecast is kept for a vote of a case", column="--case", remedy=remedy))
        pictures = () if picture is None else (picture,)
        faults += picture_faults(pictures)
        if faults or facts is None:
            raise InputError(*faults)
        if case:
            check_case(case, store, vote=vote_name)
        with busy(f"Drawing {many:,} votes"):
            found = forecast_a_vote(facts, draws=many, seed=number)
        page = write_page(lambda: _page(found), html, pictures)
        kept = None
        if case:
            kept = {**keep(_to_keep(found, vote_name, page), case, store, by), "vote": vote_name}
        if json_:
            print_json({**found.as_dict(), "kept": kept})
        else:
            show_vote(found, kept)


def _read_facts(faults: list[Fault], **given: Any) -> VoteFacts | None:
    """Read what was given of a vote, noting everything that is wrong; None where something is."""
    from referenda.formats.past_votes_csv import read_past_votes
    from referenda.formats.polls_csv import read_polls
    from referenda.formats.units_csv import read_units
    from referenda.law.vote_rule import parse_rule
    from referenda.workflows.forecast_vote import VoteFacts

    facts: dict[str, Any] = {"rule": given["rule"], "as_of": date.today(), "place": given["place"]}
    with noting(faults):
        parse_rule(given["rule"])
    with noting(faults):
        facts["as_of"] = read_day(given["as_of"], option="--as-of")
    if given["on"] is not None:
        with noting(faults):
            facts["vote_on"] = read_date(given["on"], option="--on")
    if given["registered"] is not None:
        with noting(faults):
            facts["registered"] = read_count(given["registered"], option="--registered")
    if given["polls"] is not None:
        with noting(faults):
            facts["polls"] = read_polls(given["polls"], as_of=facts["as_of"])
    if given["past_votes"] is not None:
        with noting(faults):
            facts["past_votes"] = read_past_votes(given["past_votes"], as_of=facts["as_of"])
    if given["units"] is not None:
        with noting(faults):
            facts["units"] = read_units(given["units"])
    with noting(faults):
        facts["staying_home"] = _read_share(given["boycott"])
    with noting(faults):
        facts["voting"] = _read_voting(given["reading"])
    return None if faults else VoteFacts(**facts)


def _read_share(text: str) -> float | None:
    """Read the share that stays home; None for auto."""
    from referenda.terms.quantity import read_number

    if text.strip().lower() == AUTO:
        return None
    remedy = "Write a share from 0 to 1, such as 0.25 or 25%, or auto."
    try:
        share = read_number(text)
    except InputError:
        raise InputError(Fault("this is not a share", column="--boycott", value=text, remedy=remedy)) from None
    if not 0 <= share <= 1:
        raise InputError(Fault("this share is not between 0 and 1", column="--boycott", value=text, remedy=remedy))
    return float(share)


def _read_voting(texts: list[str] | None) -> str:
    readings = read_assignments(texts, option="--reading")
    if unknown := [name for name in readings if name != "voting"]:
        message, remedy = f"there is no reading called {unknown[0]}", "A vote has one: voting=valid or voting=ballots."
        raise InputError(Fault(message, column="--reading", value=unknown[0], remedy=remedy))
    return readings.get("voting", "valid")


def _page(found: VoteOutlook) -> ForecastPage:
    from referenda.cli.forecast_vote_page import vote_page

    return vote_page(found)


def _to_keep(found: VoteOutlook, vote: str | None, page: str | None) -> dict[str, Any]:
    """Give the forecast as a record keeps it, with the hash of the page that was written of it."""
    from referenda.workflows.forecast_vote import METHOD

    return {
        "question": "vote",
        "vote": vote,
        "as_of": found.facts.as_of,
        "method": METHOD,
        "seed": found.seed,
        "draws": found.forecast.draws,
        "inputs": {**found.facts.as_dict(), "priors": found.priors},
        "outcomes": found.outcomes,
        "quantiles": found.forecast.quantiles,
        "page_sha256": page,
    }


COMMANDS = {"vote": vote}
