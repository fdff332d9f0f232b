"""The pull list on paper: which lines of which sections in which box are to be verified, with a place to tick them.

It names sections and numbers of lines, and nobody who signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from referenda.pages.template import render

NO_BOX = "Without a box"


def render_pull_list(content: Mapping[str, Any], pulls: Sequence[tuple[str | None, str, Sequence[int]]]) -> str:
    """Write the page.

    Parameters
    ----------
    content
        `case`, `county`, `seed`, `raw_count`, `sample_size`, `frame`, `drawn`, `drawn_on`, `version`.
    pulls
        Box, section and the numbers of the lines to be pulled, in the order of the boxes.
    """
    boxes = []
    for box, rows in groupby(pulls, key=lambda pull: pull[0]):
        sections = [{"name": name, "lines": list(lines)} for _, name, lines in rows]
        boxes.append(
            {
                "name": f"Box {box}" if box else NO_BOX,
                "sections": sections,
                "lines": sum(len(s["lines"]) for s in sections),
            }
        )
    return render("pull_list.html.j2", boxes=boxes, **content)
