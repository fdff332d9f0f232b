"""The command `referenda`: its groups, and nothing else."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from referenda import __version__
from referenda.cli import (
    adjudicate,
    case,
    certify,
    forecast,
    forecast_decision,
    forecast_score,
    forecast_vote,
    law,
    law_calendar,
    lookup,
    office,
    petition,
    record,
    synth,
    vote,
    voters,
    what_if,
)
from referenda.cli.demo import demo
from referenda.cli.explain_match import explain_match
from referenda.cli.match import match
from referenda.cli.usage import run
from referenda.cli.vote_record import record as vote_record

app = typer.Typer(
    help="Citizens' initiatives and referendums: the law, the life of a measure, the count, the vote, the record.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
law.app.command("calendar")(law_calendar.calendar)
vote.app.command("record")(vote_record)
for name, command in (*office.COMMANDS.items(), *adjudicate.COMMANDS.items(), *certify.COMMANDS.items()):
    petition.app.command(name)(command)
for forecasts in (forecast_decision, forecast_vote, forecast_score):
    for name, forecasting in forecasts.COMMANDS.items():
        forecast.app.command(name)(forecasting)
vote.app.command("what-if")(what_if.what_if)
for name, looking in lookup.COMMANDS.items():
    voters.app.command(name)(looking)
for name, group in (
    ("law", law),
    ("petition", petition),
    ("forecast", forecast),
    ("vote", vote),
    ("case", case),
    ("record", record),
    ("voters", voters),
    ("synth", synth),
):
    app.add_typer(group.app, name=name)
app.command("match")(match)
app.command("explain-match")(explain_match)
app.command("demo")(demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"referenda {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Hold the options of every command."""


def main() -> None:
    """Run the command line."""
    run(app, sys.argv[1:])
