"""What all charts of forecasts share: the look, the layout, and how they become SVG and PNG without a browser.

A chart is a `Figure`: an Altair chart whose title says the finding, the note under it, words for those who do not see
it, and a table with the same numbers. The look: dark blue for what is observed or passes, hollow or ochre for what
does not (Okabe and Ito's pair, darkened), three lightnesses of blue that stay apart in grey print, and words at the
marks in place of legends. The only font is Liberation Sans, which vl-convert brings along and which is as wide as
Arial, so that the same numbers give the same bytes on any machine and the same layout in any browser. Days are UTC
throughout, so that no time zone moves them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import wrap
from typing import Any

import altair as alt
import vl_convert

INK, QUIET, LINE, PAPER = "#1d2226", "#565f66", "#d9d9d3", "#ffffff"
BLUE, OCHRE = "#1f4e79", "#a8500f"
SHADES = ("#dfe9f3", "#b5cce2", "#7ea5cc")  # of bands, widest first
WIDTH, LEFT, RIGHT = 560, 92, 178  # of the plot and its margins, in pixels
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
THEME: dict[str, Any] = {
    "background": PAPER,
    "font": FONT,
    "padding": 10,
    "aria": False,
    "view": {"stroke": None},
    "title": {
        "color": INK,
        "fontSize": 17,
        "lineHeight": 22,
        "subtitleColor": QUIET,
        "subtitleFontSize": 13,
        "subtitleLineHeight": 18,
        "subtitlePadding": 6,
        "anchor": "start",
        "frame": "group",
        "offset": 16,
    },
    "axis": {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": QUIET,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": LINE,
        "labelLimit": LEFT + 200,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
    "text": {"color": INK, "fontSize": 12},
}

# What XML and UTF-8 cannot hold, in names that come from files; vl-convert ends the whole program on the first of them.
_NOT_XML = {*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D}
_SHOWN_AS = dict.fromkeys(_NOT_XML, "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True)
class Figure:
    """A chart, and the same numbers in words and in a table."""

    name: str
    """A word that is unique on a page, such as "gathering"; files are named by it."""
    finding: str
    """The title: what the chart shows, as a sentence."""
    description: str
    """What somebody who does not see the chart is told, with the numbers."""
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    """As of when, from which source, how many draws."""
    chart: alt.LayerChart

    def svg(self) -> str:
        """Draw the figure as an SVG document with title and description; the same figure gives the same bytes."""
        drawn = vl_convert.vegalite_to_svg(self.json(), allowed_base_urls=[])
        opening, rest = drawn.split(">", 1)
        told = f'<title id="t">{escape(self.finding)}</title><desc id="d">{escape(self.description)}</desc>'
        return f'{opening} role="img" aria-labelledby="t d">{told}{rest}'.translate(_SHOWN_AS)

    def png(self, scale: float = 2) -> bytes:
        """Draw the figure as PNG, `scale` pixels for each of its units (one unit is 1/96 inch on a page)."""
        return bytes(vl_convert.svg_to_png(self.svg(), scale=scale))

    def json(self) -> str:
        """Write the chart as a Vega-Lite specification, its data inside."""
        spec = {**self.chart.to_dict(), "config": THEME, "description": self.description}
        return json.dumps(_clean(spec), ensure_ascii=False, indent=1)


def _clean(part: Any) -> Any:
    """Show what no drawing can hold as the replacement character, in all texts of a specification."""
    if isinstance(part, str):
        return part.translate(_SHOWN_AS)
    if isinstance(part, dict):
        return {key: _clean(value) for key, value in part.items()}
    return [_clean(value) for value in part] if isinstance(part, list) else part


def figure(
    name: str,
    layers: Sequence[alt.Chart],
    *,
    finding: str,
    shows: str,
    note: str,
    description: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    height: int,
    width: int = WIDTH,
    left: int = LEFT,
    under: int = 50,
) -> Figure:
    """Put layers under their title and over their note.

    Parameters
    ----------
    name, finding, note, headings, rows
        As in `Figure`.
    layers
        Of a plot `width` by `height` pixels.
    shows
        What is drawn, under the title in smaller type.
    description
        As in `Figure`; the finding is set in front of it.
    left, under
        Pixels that labels take at the left of the plot, and the axis below it.
    """
    title = alt.TitleParams(text=wrap(finding, 88), subtitle=wrap(shows, 122), dx=-left)
    lines = [line for part in note.split("\n") for line in wrap(part, 130)]
    foot = words_at(-left, height + under + 12, lines, fontSize=11, color=QUIET, baseline="top", lineHeight=15)
    chart = alt.LayerChart(layer=[*layers, foot], width=width, height=height, title=title)
    told = f"{finding}. {description}"
    return Figure(name, finding, told, tuple(headings), tuple(tuple(row) for row in rows), note, chart)


def data(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Hold rows inside the chart, days as ISO dates."""
    plain = [{key: _plain(value) for key, value in row.items()} for row in rows]
    return alt.InlineData(values=plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def words_at(x: float, y: float, words: str | Sequence[str], **style: Any) -> alt.Chart:
    """Write words at a place of the plot, in pixels from its upper left corner."""
    text = [words] if isinstance(words, str) else list(words)
    style = {"align": "left", "baseline": "middle", **style}
    place: alt.Chart = alt.Chart(data([{"at": 0}])).mark_text(text=text, **style)
    return place.encode(x=alt.value(x), y=alt.value(y))


def haloed(x: float, y: float, words: str, **style: Any) -> list[alt.Chart]:
    """Write words as `words_at` does, with a rim of paper around them, so that they can be read on any ground."""
    rim = {**style, "color": PAPER, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [words_at(x, y, words, **rim), words_at(x, y, words, **style)]


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that no two stand closer than `gap`, each as near its place as that allows.

    Labels keep their order and stay between `low` and `high` while there is room for them.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    groups: list[tuple[float, int]] = []  # (sum of the wished places of the first label, labels) of each run
    for index in order:
        groups.append((places[index], 1))
        while len(groups) > 1 and _top(groups[-2], gap, low, high) + gap * groups[-2][1] > _top(
            groups[-1], gap, low, high
        ):
            total, size = groups.pop()
            before, count = groups.pop()
            groups.append((before + total - gap * count * size, count + size))
    moved = [0.0] * len(places)
    at = iter(order)
    for group in groups:
        top = _top(group, gap, low, high)
        for step in range(group[1]):
            moved[next(at)] = top + gap * step
    return moved


def _top(group: tuple[float, int], gap: float, low: float, high: float) -> float:
    total, size = group
    return max(low, min(total / size, high - gap * (size - 1)))


def chance_axis(title: str = "chance, in percent") -> alt.Axis:
    """Give an axis of chances from 0 to 100 percent (the data are in percent)."""
    return alt.Axis(title=title, values=[0, 20, 40, 60, 80, 100], labelExpr="datum.value + ' %'")


def day_axis(days: Sequence[date], title: str = "day") -> alt.Axis:
    """Give an axis of days, with the year where they are of more than one."""
    written = "%-d %b" if min(days).year == max(days).year else "%-d %b %Y"
    return alt.Axis(title=title, format=written, tickCount=6, labelOverlap=True)


def raised(words: str) -> str:
    """Begin words with a capital letter, as they stand by themselves."""
    return words[:1].upper() + words[1:]


def on(day: date) -> str:
    """Write a day as "3 May 2026"."""
    return f"{day.day} {day:%B %Y}"
