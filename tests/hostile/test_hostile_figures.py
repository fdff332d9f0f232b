"""Names that would break a drawing, a page or the terminal, in every word of a figure and a forecast's page."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from referenda.pages.chance_charts import Outcome, outcome_bars

NAMES = [
    "<script>alert(1)</script>",
    "a\x00b\x1b[31m",
    "\ud800 alone",
    "￿",
    '" onload="alert(1)',
    "]]>&amp;<!--",
    "datum.value",
    "{{ 7 * 7 }}",
    "word " * 60,
    "x" * 400,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_drawn_as_text(name: str) -> None:
    figure = outcome_bars([Outcome(name, 0.4, True), Outcome("other", 0.6, False)], draws=10_000, good=name, note=name)
    root = ElementTree.fromstring(figure.svg())
    assert {element.tag.split("}")[1] for element in root.iter()} <= {
        "svg", "title", "desc", "rect", "g", "path", "line", "text", "tspan", "defs", "clipPath",
    }  # fmt: skip
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert figure.png().startswith(b"\x89PNG")
