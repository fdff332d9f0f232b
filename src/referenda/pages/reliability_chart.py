"""Whether what was said happened as often as it was said: the reliability diagram of forecasts that were scored.

Bars show where a group's share would lie in 90 of 100 cases if its forecasts were right (consistency bars: Bröcker and
Smith, Weather and Forecasting 2007), so that small groups do not look worse than they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
from scipy.stats import binom  # type: ignore[import-untyped]

from referenda.pages.charts import (
    BLUE,
    OCHRE,
    PAPER,
    QUIET,
    SHADES,
    Figure,
    chance_axis,
    data,
    figure,
    spread,
    words_at,
)

SIDE = 420
COVER = 0.9


@dataclass(frozen=True)
class ForecastGroup:
    """Forecasts that said about the same: their mean chance, how many there were, how many of them came true."""

    said: float
    count: int
    happened: int


def reliability_diagram(groups: Sequence[ForecastGroup], *, event: str, note: str) -> Figure:
    """Draw how often it happened against how likely it was said to be.

    Parameters
    ----------
    groups
        At least one; each with one forecast or more.
    event
        What was forecast, such as "the petition qualifies".
    """
    groups = sorted(groups, key=lambda group: group.said)
    rows, within = [], 0
    for group in groups:
        low, high = (float(end) / group.count for end in binom.interval(COVER, group.count, group.said))
        share = group.happened / group.count
        fits = low <= share <= high
        within += fits
        rows.append({"x": 100 * group.said, "y": 100 * share, "low": 100 * low, "high": 100 * high, "fits": fits})
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 100]), axis=chance_axis("chance as forecast"))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 100]), axis=chance_axis("share that came true"))
    line = alt.Chart(data([{"x": 0, "y": 0}, {"x": 100, "y": 100}])).mark_line(color=QUIET, strokeDash=[5, 4])
    bars = alt.Chart(data(rows)).mark_rule(color=SHADES[1], strokeWidth=9, opacity=1)
    layers = [bars.encode(x=x, y=alt.Y("low:Q", title="share that came true"), y2="high:Q"), line.encode(x=x, y=y)]
    for fits, fill, stroke, shape in ((True, BLUE, BLUE, "circle"), (False, PAPER, OCHRE, "square")):
        kept = [row for row in rows if row["fits"] is fits]
        if kept:
            points = alt.Chart(data(kept))
            points = points.mark_point(shape=shape, fill=fill, stroke=stroke, strokeWidth=2.5, size=90, opacity=1)
            layers.append(points.encode(x=x, y=y))
    places = spread([SIDE * group.said for group in groups], gap=34, low=0, high=SIDE)
    for group, place in zip(groups, places, strict=True):
        layers.append(words_at(place, -12, f"{group.count:,}", align="center", color=QUIET))
    layers.append(words_at(-12, -12, "forecasts", align="right", color=QUIET))
    layers.append(words_at(SIDE + 8, 4, "as often as it was said", color=QUIET))
    total = sum(group.count for group in groups)
    table = [
        (
            f"{row['x']:.0f} %",
            f"{group.count:,}",
            f"{group.happened:,}",
            f"{row['y']:.0f} %",
            f"{row['low']:.0f} to {row['high']:.0f} %",
        )
        for group, row in zip(groups, rows, strict=True)
    ]
    return figure(
        "reliability",
        layers,
        finding=f"{within} of {len(groups)} groups of forecasts came true about as often as they said",
        shows=f"{total:,} forecasts that {event}. Bars: where 90 in 100 groups would lie if their chances were right",
        note=note,
        description="; ".join(f"said {row[0]}, {row[2]} of {row[1]} came true" for row in table) + ".",
        headings=("Chance as forecast", "Forecasts", "Came true", "Share", "Expected, 90 in 100"),
        rows=table,
        height=SIDE,
        width=SIDE,
    )  # fmt: skip
