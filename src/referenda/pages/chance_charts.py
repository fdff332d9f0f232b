"""How likely each outcome is, and how the valid signatures lie beside what is needed.

Outcomes are bars with natural frequencies, filled where the petition qualifies and hollow where it does not. The
distribution is a quantile dotplot: fifty dots, each one of fifty equally likely cases, which people count rather than
judge (Kay, Kola, Hullman and Munson, CHI 2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from referenda.pages.charts import (
    BLUE,
    INK,
    LEFT,
    OCHRE,
    PAPER,
    SHADES,
    WIDTH,
    Figure,
    chance_axis,
    data,
    figure,
    raised,
    words_at,
)
from referenda.pages.forecast_words import frequency, percent, quantile_words, rough, spoken

DOTS = 50
ACROSS = 26  # dots that find room beside one another
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)  # of the table
FILLS: dict[bool | None, str] = {True: BLUE, False: PAPER, None: SHADES[1]}
EDGES: dict[bool | None, str] = {True: BLUE, False: OCHRE, None: BLUE}
LABEL = 30  # characters in a line of an outcome's words


@dataclass(frozen=True)
class Outcome:
    """One way in which it may end; chances of all add up to 1. `good`: it qualifies (passes); None: still open."""

    words: str
    chance: float
    good: bool | None


def outcome_bars(outcomes: Sequence[Outcome], *, draws: int, good: str, note: str) -> Figure:
    """Draw the chance of each outcome.

    Parameters
    ----------
    outcomes
        In the order of the procedure; at least one.
    draws
        The draws behind the chances; they decide how finely these are said.
    good
        What the good outcomes come to, such as "it qualifies".
    """
    pitch, width = 40, 480
    height = pitch * len(outcomes)
    said = {True: "yes", False: "no", None: "open"}
    y = alt.Y("row:Q", scale=alt.Scale(domain=[0, len(outcomes)], reverse=True, nice=False), axis=None)
    x = alt.X("percent:Q", scale=alt.Scale(domain=[0, 100]), axis=chance_axis())
    layers = []
    for good_one, fill in FILLS.items():
        rows = [
            {"row": row + 0.2, "to": row + 0.8, "percent": 0, "end": 100 * outcome.chance}
            for row, outcome in enumerate(outcomes)
            if outcome.good is good_one
        ]
        if rows:
            bars = alt.Chart(data(rows)).mark_rect(fill=fill, stroke=EDGES[good_one], strokeWidth=2, opacity=1)
            layers.append(bars.encode(x=x, x2="end:Q", y=y, y2="to:Q"))
    for row, outcome in enumerate(outcomes):
        at = pitch * (row + 0.5)
        end = width * outcome.chance
        bold = "bold" if outcome.chance == max(o.chance for o in outcomes) else "normal"
        lines = wrap(raised(outcome.words), LABEL)
        at_first = at - 8 * (len(lines) - 1)
        layers.append(words_at(-12, at_first, lines, align="right", fontSize=13, fontWeight=bold, lineHeight=16))
        layers.append(words_at(end + 10, at, frequency(outcome.chance, draws), fontSize=13, fontWeight=bold))
    total = min(sum(outcome.chance for outcome in outcomes if outcome.good), 1.0)
    likeliest = max(outcomes, key=lambda outcome: outcome.chance)
    table = [(raised(o.words), said[o.good], frequency(o.chance, draws), percent(o.chance, draws)) for o in outcomes]
    return figure(
        "outcomes",
        layers,
        finding=f"{raised(good)}: {spoken(total, draws)}. "
        f"Likeliest: {likeliest.words[:1].lower()}{likeliest.words[1:]}",
        shows=f"How often each came in the draws; filled: {good[:1].lower()}{good[1:]}, hollow: it does not",
        note=note,
        description="; ".join(f"{words}: {chance}" for words, _, chance, _ in table) + ".",
        headings=("Outcome", raised(good), "Chance", "In percent"),
        rows=table,
        height=height,
        width=width,
        left=215,
    )


def valid_dots(
    valid: ArrayLike,
    *,
    requirement: int,
    limits: Mapping[str, float] | None = None,
    draws: int,
    given: str = "",
    note: str,
) -> Figure:
    """Draw where the valid signatures may lie, as fifty dots of equal chance, beside what is needed.

    Parameters
    ----------
    valid
        Valid distinct signatures of the draws, one number a draw.
    requirement
        Valid signatures needed; dots at or above it are filled.
    limits
        Words and valid signatures of further lines, such as {"95 %": 556_137, "110 %": 643_948}.
    given
        What the draws are limited to, such as "if it is filed".
    """
    values = np.asarray(valid, dtype=np.float64)
    chance = float((values >= requirement).mean())
    zones = [Zone("too few", None, 1 - chance, False), Zone("enough", requirement, chance, True)]
    marks = [_Mark(requirement, "needed", True)]
    marks += [_Mark(value, words, False) for words, value in (limits or {}).items()]
    axis = "valid signatures, each signer once"
    finding = f"Enough valid signatures: {spoken(chance, draws)}{f' ({given})' if given else ''}"
    return _dot_plot("valid", values, zones, marks, requirement, axis=axis, finding=finding, note=note)


@dataclass(frozen=True)
class Zone:
    """What is decided from `start` signatures on (None: below all limits), its chance, and whether that is good."""

    words: str
    start: float | None
    chance: float
    good: bool | None


def projection_dots(projected: ArrayLike, *, zones: Sequence[Zone], requirement: int, draws: int, note: str) -> Figure:
    """Draw what the sample may project, as fifty dots of equal chance, between the limits of its decision.

    Parameters
    ----------
    projected
        Valid signatures that the sample projects in the end, one number a draw.
    zones
        What the law decides, upwards from the lowest; the first one starts nowhere.
    requirement
        Valid signatures needed.
    """
    likeliest = max(zones, key=lambda zone: zone.chance)
    marks = [_Mark(requirement, "needed", True)]
    marks += [_Mark(zone.start, f"from here {zone.words}", False) for zone in zones if zone.start]
    finding = f"The sample will decide “{likeliest.words}”: {spoken(likeliest.chance, draws)}"
    axis = "valid signatures that the sample projects"
    values = np.asarray(projected, dtype=np.float64)
    return _dot_plot("projected", values, zones, marks, requirement, axis=axis, finding=finding, note=note)


@dataclass(frozen=True, order=True)
class _Mark:
    value: float
    words: str
    main: bool


def _dot_plot(
    name: str,
    values: NDArray[np.float64],
    zones: Sequence[Zone],
    marks: Sequence[_Mark],
    requirement: int,
    *,
    axis: str,
    finding: str,
    note: str,
) -> Figure:
    """Draw fifty quantiles as stacked dots in the manner of their zone, and the marks as lines with words above."""
    dots = np.quantile(values, (np.arange(DOTS) + 0.5) / DOTS)
    places = [mark.value for mark in marks]
    low, high = min(dots[0], *places), max(dots[-1], *places)
    low, high = low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1)
    starts = [zone.start for zone in zones if zone.start is not None]
    columns, stacked = _stacks(dots, low, (high - low) / ACROSS, starts[0] if starts else requirement)
    size = WIDTH / ACROSS
    height = int(max(110, size * (stacked.max() + 1.6)))
    x = alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False))
    x = x.axis(alt.Axis(title=axis, format=",d", tickCount=6))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False), axis=None)
    layers, left = [], LEFT
    for mark in marks:
        before = mark.value < requirement
        beyond = [m for m in marks if (m.value < mark.value if before else m.value > mark.value)]
        row = len(marks) - 1 if mark.main else len(beyond)  # no line runs through the words of another
        top = -14 - 18 * row
        rule = alt.Chart(data([{"x": mark.value}]))
        rule = rule.mark_rule(color=INK, strokeWidth=2.5) if mark.main else rule.mark_rule(color=INK, strokeDash=[6, 4])
        layers.append(rule.encode(x=x, y=alt.value(top + 8), y2=alt.value(height)))
        place = WIDTH * (mark.value - low) / (high - low) + (4 if before else -4)
        side, weight = ("right" if before else "left"), ("bold" if mark.main else "normal")
        words = f"{mark.words}: {mark.value:,.0f}"
        layers.append(words_at(place, top, words, align=side, fontWeight=weight))
        left = max(left, int(6.5 * len(words) - place) if before else 0)
    zone_of = np.searchsorted(starts, dots, side="right")
    for number, zone in enumerate(zones):
        inside = zone_of == number
        rows = [{"x": at, "y": size * (row + 0.5)} for at, row in zip(columns[inside], stacked[inside], strict=True)]
        if rows:
            circles = alt.Chart(data(rows))
            circles = circles.mark_point(
                shape="circle", size=(size - 4) ** 2 * 0.785, fill=FILLS[zone.good], stroke=EDGES[zone.good],
                strokeWidth=2, opacity=1,
            )  # fmt: skip
            layers.append(circles.encode(x=x, y=y))
    table = [
        (quantile_words(level), rough(value), _beside(value, requirement))
        for level, value in zip(LEVELS, np.quantile(values, LEVELS), strict=True)
    ]
    table += [(mark.words, f"{mark.value:,.0f}", _beside(mark.value, requirement)) for mark in sorted(marks)]
    manner = {True: "filled", False: "hollow", None: "light"}
    held = [(zone, int((zone_of == number).sum())) for number, zone in enumerate(zones)]
    return figure(
        name,
        layers,
        finding=finding,
        shows=f"Each dot is one of {DOTS} equally likely cases; "
        + ", ".join(f"{manner[zone.good]}: {zone.words} ({count})" for zone, count in held),
        note=note,
        description=f"Of {DOTS} equally likely cases "
        + ", ".join(f"{count} are “{zone.words}”" for zone, count in held)
        + ". "
        + "; ".join(f"{value} ({where})" for where, value, _ in table)
        + ".",
        headings=("Where", "Valid signatures", "Of those needed"),
        rows=table,
        height=height,
        left=left,
    )


def _stacks(
    dots: NDArray[np.float64], low: float, width: float, limit: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Stack dots in columns of one width, none of which holds dots of both sides of the limit."""
    offset = (limit - low) % width
    column = np.floor((dots - low - offset) / width)
    rows = np.array([(column[:index] == at).sum() for index, at in enumerate(column)], dtype=np.int64)
    return low + offset + (column + 0.5) * width, rows


def _beside(value: float, requirement: int) -> str:
    return f"{100 * value / requirement:.0f} %"
