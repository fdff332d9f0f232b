"""`referenda explain-match`: why a line was matched as it was, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from referenda.cli.output import JsonFlag, busy, console, door, print_json


def explain_match(
    lines: Annotated[Path, typer.Argument(help="The petition lines that were matched.")],
    voters: Annotated[Path, typer.Argument(help="The imported snapshot they were matched with.")],
    matches: Annotated[Path, typer.Argument(help="The answer of the match, .parquet.")],
    line: Annotated[str, typer.Option("--line", help="The line's id.", show_default=False)],
    voter: Annotated[
        str | None, typer.Option("--voter", help="A registration to compare it with. Default: the best two.")
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Say why a line was matched as it was: what line and file say, what that means, and its weight.

    A weight is how many times the odds double when the field is as it is, rather than as in an average candidate.
    """
    with door(as_json=json_):
        from referenda.assembly import matching_engine
        from referenda.workflows.explain_match import explain_match as explained

        engine = matching_engine("duckdb", memory_bytes=1 << 30)
        try:
            with busy("Reading the lines"):
                found = explained(lines, voters, matches, line, engine=engine, voter_id=voter)
        finally:
            engine.close()
        if json_:
            print_json(found.as_dict())
            return
        from rich.table import Table
        from rich.text import Text

        out = console()
        reason = f" ({found.reason.replace('_', ' ')})" if found.reason else ""
        out.print(Text(f"Line {found.line_id}: {found.status}{reason}"))
        if not found.candidates:
            out.print("No registration came close to it.")
        for each in found.candidates:
            score = f", probability {each.score:.3f}" if each.score is not None else ""
            table = Table(
                title=Text(f"Voter {each.voter_id}{score}"), title_justify="left", box=None, header_style="bold"
            )
            for heading in ("Field", "Line", "Voter file", "What it means"):
                table.add_column(heading)
            table.add_column("Weight", justify="right")
            for field in each.explanation.fields:
                cells = (field.field, field.line, field.voter, field.words)
                table.add_row(*map(Text, cells), f"{field.weight:+.1f}")
            table.add_row("[bold]all together[/bold]", "", "", "", f"[bold]{each.explanation.weight:+.1f}[/bold]")
            out.print()
            out.print(table)
