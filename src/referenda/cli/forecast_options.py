"""Options that every kind of forecast takes: its draws and seed, the page, and the case that keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TO_WRITE = "What to write"

Draws = Annotated[str, typer.Option("--draws", metavar="N", help="Draws to make.")]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Of the random numbers: same seed, same answer.")]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the forecast as a page.", rich_help_panel=TO_WRITE)
]
CaseToKeep = Annotated[
    str | None, typer.Option("--case", help="Keep the forecast in this case's record.", rich_help_panel=TO_WRITE)
]
Issuer = Annotated[
    str, typer.Option("--by", metavar="WHO", help="Who issues it, for the record.", rich_help_panel=TO_WRITE)
]
