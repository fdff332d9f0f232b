"""Arguments and options that several commands take, so that one word means one thing everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PlaceArgument = Annotated[str, typer.Argument(metavar="PLACE", help="A place, such as us/ca.", show_default=False)]
InstrumentArgument = Annotated[
    str, typer.Argument(metavar="INSTRUMENT", help="The kind of measure, such as statute.", show_default=False)
]
InstrumentOption = Annotated[
    str | None, typer.Option("--instrument", metavar="INSTRUMENT", help="The kind of measure, such as statute.")
]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day whose law is meant (today).")]
ReadingOption = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="NAME=ALTERNATIVE", help="How an open question is read; may be repeated."),
]
RootOption = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        help="A folder with places of your own, beside those that come with Referenda (REFERENDA_LAW).",
    ),
]
