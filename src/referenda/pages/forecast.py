"""The page of a forecast: the answer in one sentence, figures with their tables, assumptions, how to make it again.

One file that needs no script and no network, for screen and paper, light and dark. It is given plain words and
`Figure`s and knows nothing of the models, so that qualification, cushion, the day of decision and votes share it.
Figures stand as pictures inside the file, which a reader can save as SVG; each has its numbers in a table beside it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from shlex import quote
from typing import Any

from referenda.pages.charts import Figure
from referenda.pages.template import render, report_style

SHORT_TABLE = 10  # rows that are shown at once; longer tables open on demand


@dataclass(frozen=True)
class Table:
    """A table of words: a caption, the heading of each column, and rows of as many cells."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """One part of the page under its heading: paragraphs, then a figure with its table, then further tables."""

    heading: str
    words: tuple[str, ...] = ()
    figure: Figure | None = None
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Assumption:
    """One number that the forecast takes for granted, what it means, and where it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class ForecastPage:
    """All that stands on the page, in plain words; nothing of it is taken as markup."""

    title: str
    """The question, such as "Will the petition qualify?"."""
    about: str
    """The measure or vote, and the place."""
    answer: str
    """One sentence with the chance (`forecast_words.sentence`)."""
    facts: tuple[tuple[str, str], ...]
    """A few figures that stand out: name and value."""
    parts: tuple[Part, ...]
    assumptions: tuple[Assumption, ...]
    inputs: tuple[tuple[str, str], ...]
    """What was known: name and value of each input, files with their digests."""
    limits: tuple[str, ...]
    """What this forecast does not know or does poorly, one sentence each."""
    command: tuple[str, ...]
    """The words of the command that makes the same forecast again, as a shell would split it."""
    seed: int
    draws: int
    as_of: str
    made_on: str
    version: str


def forecast_page(page: ForecastPage) -> str:
    """Write the page as HTML; every word of it is escaped, and the same page gives the same bytes."""
    return render(
        "forecast.html.j2",
        page=page,
        parts=[(part, _drawn(part.figure) if part.figure else None) for part in page.parts],
        command=_typed(page.command),
        short=SHORT_TABLE,
        style=report_style(),
    )


def _typed(command: tuple[str, ...]) -> str:
    """Write a command as it is typed in a shell, each option on its own line."""
    return "".join((" \\\n    " if word.startswith("--") else " ") + quote(word) for word in command).lstrip(" \\\n")


def _drawn(figure: Figure) -> dict[str, Any]:
    """Give a figure as the address of a picture inside the page, with its size."""
    svg = figure.svg()
    size = re.match(r'<svg [^>]*width="(\d+)" height="(\d+)"', svg)
    width, height = size.groups() if size else ("", "")
    return {
        "source": f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}",
        "width": width,
        "height": height,
        "table": Table(f"{figure.finding}: the numbers", figure.headings, figure.rows),
    }
