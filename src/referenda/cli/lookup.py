"""`referenda voters index` and `voters find`: an index of the voters, and a voter looked up from a few typed words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from referenda.cli.output import JsonFlag, console, door, print_json

if TYPE_CHECKING:
    from referenda.linkage.lookup import Answer


def index(
    voters: Annotated[Path, typer.Argument(help="An imported snapshot, or a voter file.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Folder to make: the index.", show_default=False)],
    memory: Annotated[
        str, typer.Option("--memory", help="Bound on the database's memory where a voter file is imported.")
    ] = "2GB",
    json_: JsonFlag = False,
) -> None:
    """Make the index that `voters find` looks in; made once of a snapshot, it shares the snapshot's columns."""
    with door(as_json=json_):
        from referenda.cli.match import memory_of
        from referenda.cli.progress import stages_shown
        from referenda.formats.voter_file import open_voter_file
        from referenda.linkage.lookup_build import STAGES
        from referenda.workflows import import_voters
        from referenda.workflows.index_voters import index_voters

        size = memory_of(memory)
        source = voters if voters.is_dir() else open_voter_file([voters])
        before = {} if voters.is_dir() else import_voters.STAGES
        with stages_shown(before | STAGES) as tell:
            report = index_voters(source, out, memory=size, tell=tell)
        if json_:
            print_json({"out": str(out), **report.as_dict()})
            return
        words = console()
        words.print(f"{report.voters:,} registrations indexed → {out}", markup=False)
        if report.set_aside:
            words.print(f"{report.set_aside:,} rows of the file could not be taken; `voters import` names them.")
        shared = f", and {report.shared_bytes / 1e6:,.1f} MB shared with the snapshot" if report.shared_bytes else ""
        words.print(f"{report.own_bytes / 1e6:,.1f} MB of its own{shared}.")


def find(
    folder: Annotated[Path, typer.Argument(metavar="INDEX", help="The index.", show_default=False)],
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="Words in any order: name, house number, street, city, zip; begun, or with one sign wrong.",
            show_default=False,
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Voters to show.")] = 10,
    json_: JsonFlag = False,
) -> None:
    """Look a voter up as a clerk types: the registrations that a few words can mean, best first, and why."""
    with door(as_json=json_):
        from referenda.linkage.lookup import Lookup

        answer = Lookup.open(folder).find(text, limit=limit)
        if json_:
            print_json(answer.as_dict())
        else:
            _show(answer)


def _show(answer: Answer) -> None:
    from rich.markup import escape
    from rich.table import Table

    words = console()
    unknown = [word["word"] for word in answer.words if word["misspelt"]]
    if unknown:
        words.print(f"Not in the file as typed: {', '.join(unknown)}.", markup=False)
    if answer.left_out:
        words.print(f"Left out, too many words: {', '.join(answer.left_out)}.", markup=False)
    if not answer.voters:
        words.print("Nobody found. Give a surname, a given name, a house number, a street, a city or a zip.")
        return
    table = Table("voter", "name", "address", "city", "zip", "status", "fits", box=None, pad_edge=False)
    for voter in answer.voters:
        row = voter.as_dict()
        shown = [escape(row[key]) for key in ("voter_id", "name", "address", "city", "zip", "status")]
        table.add_row(*shown, f"{row['score']:.2f}")
    words.print(table)
    if answer.more:
        words.print("Others fit as well as these: type one word more.")


COMMANDS: dict[str, Callable[..., None]] = {"index": index, "find": find}
"""The commands of the group `voters` that look voters up, by name."""
