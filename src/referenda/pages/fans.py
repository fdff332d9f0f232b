"""Fan charts: what gathered signatures, or the projection of a sample, may still come to.

A fan holds quantiles of the draws at each day (or after each report), as 50, 80 and 90 percent bands around the
middle; the manner is that of the Bank of England's inflation report (Britton, Fisher and Whitley, 1998). The bands'
edges are told in words at their ends, so that no legend is needed and grey print loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from referenda.pages.charts import (
    BLUE,
    INK,
    OCHRE,
    QUIET,
    SHADES,
    WIDTH,
    Figure,
    data,
    day_axis,
    figure,
    haloed,
    on,
    spread,
    words_at,
)
from referenda.pages.forecast_words import quantile_words, rough

HEIGHT = 360


def gathering_fan(
    *,
    observed: Sequence[tuple[date, int]],
    days: Sequence[date],
    fan: ArrayLike,
    levels: Sequence[float],
    requirement: int,
    first: date | None = None,
    needed: int | None = None,
    needed_words: str = "to be 95 % sure",
    note: str,
) -> Figure:
    """Draw what was gathered, and what it may come to by the deadline.

    Parameters
    ----------
    observed
        Day and cumulative raw signatures, in order of the days; may be empty.
    days, fan, levels
        Days from the last known one to the deadline; cumulative raw signatures at each quantile and day, of shape
        (levels, days); the quantiles, in (0, 1), symmetric about the middle one.
    requirement
        Valid signatures needed.
    first
        First day of gathering, before which nobody had signed; else the axis begins at the first known day.
    needed, needed_words
        Raw signatures to file for some certainty, where that is known, and the words for it.
    note
        The line under the chart: as of when, from what, how many draws.
    """
    spread_out = np.asarray(fan, dtype=np.float64)
    end = {level: float(row[-1]) for level, row in zip(levels, spread_out, strict=True)}
    marks = [(float(requirement), f"{requirement:,} valid signatures needed")]
    if needed is not None:
        marks.append((float(needed), f"{rough(needed, up=True)} to file {needed_words}"))
    top = 1.06 * max([float(spread_out.max()), *(value for value, _ in marks), *(float(n) for _, n in observed)])
    start = min([days[0], *(day for day, _ in observed), *([first] if first else [])])
    if observed and start < observed[0][0]:
        observed = [(start, 0), *observed]
    x = alt.X("x:T", scale=alt.Scale(type="utc", domain=[start.isoformat(), days[-1].isoformat()]))
    x = x.axis(day_axis([start, days[-1]]))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=_count_axis("signatures gathered"))
    layers = [*_bands(days, spread_out, levels, x, y), *_level_lines(marks, 0.0, top)]
    if observed:
        points = alt.Chart(data({"x": day, "y": total} for day, total in observed))
        layers.append(points.mark_line(color=INK, strokeWidth=2).encode(x=x, y="y:Q"))
        if len(observed) <= 60:
            layers.append(points.mark_point(color=INK, filled=True, size=30, opacity=1).encode(x=x, y="y:Q"))
        share = (observed[-1][0] - start).days / max((days[-1] - start).days, 1)
        at = HEIGHT * (1 - observed[-1][1] / top)
        said = f"{observed[-1][1]:,} on {on(observed[-1][0])}"
        left = share > 0.45
        x_at, align = (-8, "right") if left else (8, "left")
        y_at = at - 12 if left or at > HEIGHT - 24 else at + 14
        layers += haloed(WIDTH * share + x_at, y_at, said, fontWeight="bold", align=align)
    layers += _ends(end, 0.0, top)
    low, high = _central(end, 0.8)
    finding = (
        f"By {on(days[-1])} probably {rough(low)} to {rough(high)} signatures; {requirement:,} valid ones are needed"
    )
    rows = [(on(day), f"{total:,}", "gathered") for day, total in _thinned(observed)]
    rows += [(on(days[-1]), rough(value), quantile_words(level)) for level, value in end.items()]
    if needed is not None:
        rows.append(("when filed", rough(needed, up=True), f"to file {needed_words}"))
    return figure(
        "gathering",
        layers,
        finding=finding,
        shows="Gathered so far (black), and where 50, 80 and 90 in 100 simulated runs lead (bands); "
        "“probably” is 80 in 100",
        note=note,
        description=_said(observed, end, [words for _, words in marks]),
        headings=("Day", "Signatures", "What"),
        rows=rows,
        height=HEIGHT,
    )


def projection_fan(
    *,
    reported: Sequence[int],
    fan: ArrayLike,
    levels: Sequence[float],
    limits: Mapping[str, float],
    counties: int,
    note: str,
) -> Figure:
    """Draw the projection of the whole sample after each county's report, with the limits of the decision.

    Parameters
    ----------
    reported
        Counties that had reported, ascending.
    fan, levels
        Projected valid signatures of the whole petition, of shape (levels, reported), and the quantiles in (0, 1).
    limits
        Words and valid signatures of each limit, such as {"95 %: below, it fails": 766_935.5}.
    counties
        All counties that will report.
    """
    spread_out = np.asarray(fan, dtype=np.float64)
    marks = [(float(value), f"{words} ({value:,.0f})") for words, value in limits.items()]
    end = {level: float(row[-1]) for level, row in zip(levels, spread_out, strict=True)}
    values = [float(spread_out.min()), float(spread_out.max()), *(value for value, _ in marks)]
    pad = 0.08 * (max(values) - min(values) or 1)
    bottom, top = max(0.0, min(values) - pad), max(values) + pad
    x = alt.X("x:Q", scale=alt.Scale(domain=[min(reported), max(max(reported), min(reported) + 1)], nice=False))
    x = x.axis(alt.Axis(title=f"counties that have reported, of {counties}", format="d", tickMinStep=1, tickCount=8))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[bottom, top], nice=False, zero=False))
    y = y.axis(_count_axis("valid signatures, projected"))
    low, high = _central(end, 0.8)
    said = "; ".join(words for _, words in marks)
    return figure(
        "projection",
        [*_bands(reported, spread_out, levels, x, y), *_level_lines(marks, bottom, top), *_ends(end, bottom, top)],
        finding=f"After {max(reported)} of {counties} counties: it will probably project {rough(low)} to {rough(high)}",
        shows="The final projection as seen after each report: bands of 50, 80 and 90 in 100 draws; "
        "“probably” is 80 in 100",
        note=note,
        description=f"Limits: {said}. {_said([], end, [])}",
        headings=("Counties reported", *(quantile_words(level) for level in levels)),
        rows=[(f"{n}", *(rough(float(value)) for value in column))
              for n, column in zip(reported, spread_out.T, strict=True)],
        height=HEIGHT,
    )  # fmt: skip


def _bands(xs: Sequence[Any], fan: NDArray[np.float64], levels: Sequence[float], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Shade between each pair of quantiles, widest first, and draw the middle one as a line."""
    layers = []
    for index, shade in zip(range(len(levels) // 2), SHADES, strict=False):
        rows = [{"x": at, "y": low, "y2": high} for at, low, high in zip(xs, fan[index], fan[-1 - index], strict=True)]
        layers.append(alt.Chart(data(rows)).mark_area(color=shade).encode(x=x, y=y, y2="y2:Q"))
    if len(levels) % 2:
        rows = [{"x": at, "y": value} for at, value in zip(xs, fan[len(levels) // 2], strict=True)]
        layers.append(alt.Chart(data(rows)).mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=y))
    return layers


def _level_lines(marks: Sequence[tuple[float, str]], bottom: float, top: float) -> list[alt.Chart]:
    """Draw lines across the plot, each with its words above it at the left."""
    layers = []
    places = [HEIGHT * (1 - (value - bottom) / (top - bottom)) for value, _ in marks]
    moved = spread([place - 9 for place in places], gap=15, low=0, high=HEIGHT)
    for number, ((value, words), label) in enumerate(zip(marks, moved, strict=True)):
        rule = alt.Chart(data([{"y": value}])).mark_rule(
            color=OCHRE, strokeWidth=2, strokeDash=[1, 0] if number == 0 else [7, 4]
        )
        layers += [rule.encode(y="y:Q"), *haloed(4, label, words, color=OCHRE, fontWeight="bold")]
    return layers


def _ends(end: Mapping[float, float], bottom: float, top: float) -> list[alt.Chart]:
    """Say the quantiles of the last day at the right of the plot, apart from one another."""
    downwards = sorted(end.items(), reverse=True)
    places = [HEIGHT * (1 - (value - bottom) / (top - bottom)) for _, value in downwards]
    moved = spread(places, gap=17, low=6, high=HEIGHT - 4)
    layers = []
    for (level, value), place, label in zip(downwards, places, moved, strict=True):
        middle = level == 0.5
        stem = alt.Chart(data([{"at": 0}])).mark_rule(color=QUIET, strokeWidth=0.7)
        layers.append(stem.encode(x=alt.value(WIDTH + 1), x2=alt.value(WIDTH + 12), y=alt.value(place),
                                  y2=alt.value(label)))  # fmt: skip
        words = f"{rough(value)}: {quantile_words(level)}"
        layers.append(words_at(WIDTH + 15, label, words, fontWeight="bold" if middle else "normal",
                              color=BLUE if middle else INK))  # fmt: skip
    return layers


def _count_axis(title: str) -> alt.Axis:
    return alt.Axis(title=title, format=",d", tickCount=6)


def _central(end: Mapping[float, float], share: float) -> tuple[float, float]:
    """Give the ends of the central interval that is nearest to a share."""
    low = min(end, key=lambda level: abs(level - (1 - share) / 2))
    high = min(end, key=lambda level: abs(level - (1 + share) / 2))
    return end[low], end[high]


def _thinned(observed: Sequence[tuple[date, int]], at_most: int = 24) -> list[tuple[date, int]]:
    """Keep the first, the last and some days between them evenly, so that a table stays readable."""
    if len(observed) <= at_most:
        return list(observed)
    kept = np.unique(np.linspace(0, len(observed) - 1, at_most).round().astype(int))
    return [observed[index] for index in kept]


def _said(observed: Sequence[tuple[date, int]], end: Mapping[float, float], marks: Sequence[str]) -> str:
    parts = [f"Gathered: {observed[-1][1]:,} on {on(observed[-1][0])}"] if observed else []
    parts.append("At the end: " + "; ".join(f"{rough(v)} ({quantile_words(k)})" for k, v in end.items()))
    return ". ".join([*parts, *marks]) + "."
