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
    OCHRE,
    PAPER,
    WIDTH,
    Figure,
    chance_axis,
    data,
    figure,
    words_at,
)
from referenda.pages.forecast_words import frequency, percent, quantile_words, rough, spoken

DOTS = 50
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
    fills: tuple[tuple[bool | None, str], ...] = ((True, BLUE), (False, PAPER), (None, "#b5cce2"))
    for good_one, fill in fills:
        rows = [
            {"row": row + 0.2, "to": row + 0.8, "percent": 0, "end": 100 * outcome.chance}
            for row, outcome in enumerate(outcomes)
            if outcome.good is good_one
        ]
        if rows:
            bars = alt.Chart(data(rows)).mark_rect(
                fill=fill, stroke=OCHRE if good_one is False else BLUE, strokeWidth=2, opacity=1
            )
            layers.append(bars.encode(x=x, x2="end:Q", y=y, y2="to:Q"))
    for row, outcome in enumerate(outcomes):
        at = pitch * (row + 0.5)
        end = width * outcome.chance
        bold = "bold" if outcome.chance == max(o.chance for o in outcomes) else "normal"
        lines = wrap(outcome.words, LABEL)
        at_first = at - 8 * (len(lines) - 1)
        layers.append(words_at(-12, at_first, lines, align="right", fontSize=13, fontWeight=bold, lineHeight=16))
        layers.append(words_at(end + 10, at, frequency(outcome.chance, draws), fontSize=13, fontWeight=bold))
    total = min(sum(outcome.chance for outcome in outcomes if outcome.good), 1.0)
    likeliest = max(outcomes, key=lambda outcome: outcome.chance)
    table = [(o.words, said[o.good], frequency(o.chance, draws), percent(o.chance, draws)) for o in outcomes]
    return figure(
        "outcomes",
        layers,
        finding=f"{good[:1].upper()}{good[1:]}: {spoken(total, draws)}. "
        f"Likeliest: {likeliest.words[:1].lower()}{likeliest.words[1:]}",
        shows=f"How often each came in the draws; filled: {good[:1].lower()}{good[1:]}, hollow: it does not",
        note=note,
        description="; ".join(f"{words}: {chance}" for words, _, chance, _ in table) + ".",
        headings=("Outcome", f"{good[:1].upper()}{good[1:]}", "Chance", "In percent"),
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
    values = np.sort(np.asarray(valid, dtype=np.float64))
    dots = np.quantile(values, (np.arange(DOTS) + 0.5) / DOTS)
    marks = [(float(requirement), f"needed: {requirement:,}", True)]
    marks += [(float(value), f"{words}: {value:,.0f}", False) for words, value in (limits or {}).items()]
    marks.sort()
    places = [value for value, *_ in marks]
    low, high = min(dots[0], *places), max(dots[-1], *places)
    low, high = low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1)
    across = 26.0  # dots that find room beside one another
    columns, stacked = _stacks(dots, low, (high - low) / across, requirement)
    size = WIDTH / across
    height = int(max(150, size * (stacked.max() + 1.6)))
    x = alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False))
    x = x.axis(alt.Axis(title="valid signatures, each signer once", format=",d", tickCount=6))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False), axis=None)
    layers = []
    for value, words, main in marks:
        before = value < requirement
        below = [other for other, *_ in marks if (other < value if before else other > value)]
        row = len(marks) - 1 if main else len(below)  # no line runs through the words of another
        top = -14 - 18 * row
        rule = alt.Chart(data([{"x": value}]))
        rule = rule.mark_rule(color=INK, strokeWidth=2.5) if main else rule.mark_rule(color=INK, strokeDash=[6, 4])
        layers.append(rule.encode(x=x, y=alt.value(top + 8), y2=alt.value(height)))
        place = WIDTH * (value - low) / (high - low) + (4 if before else -4)
        side, weight = ("right" if before else "left"), ("bold" if main else "normal")
        layers.append(words_at(place, top, words, align=side, fontWeight=weight))
    for enough, fill, edge in ((True, BLUE, BLUE), (False, PAPER, OCHRE)):
        rows = [
            {"x": at, "y": size * (row + 0.5)}
            for dot, at, row in zip(dots, columns, stacked, strict=True)
            if (dot >= requirement) is np.bool_(enough)
        ]
        if rows:
            drawn = alt.Chart(data(rows)).mark_point(
                shape="circle", fill=fill, stroke=edge, strokeWidth=2, opacity=1, size=(size - 4) ** 2 * 0.785
            )
            layers.append(drawn.encode(x=x, y=y))
    chance = float((values >= requirement).mean())
    over = int((dots >= requirement).sum())
    levels = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
    table = [
        (quantile_words(level), rough(value), _beside(value, requirement))
        for level, value in zip(levels, np.quantile(values, levels), strict=True)
    ]
    table += [(words.split(":")[0], f"{value:,.0f}", _beside(value, requirement)) for value, words, *_ in marks]
    return figure(
        "valid",
        layers,
        finding=f"Enough valid signatures: {spoken(chance, draws)}{f' ({given})' if given else ''}",
        shows=f"Each of the {DOTS} dots is one of {DOTS} equally likely cases; filled: enough valid signatures "
        f"({over} of {DOTS}), hollow: too few",
        note=note,
        description=f"{over} of {DOTS} dots lie at or above the requirement. "
        + "; ".join(f"{value} ({name})" for name, value, _ in table)
        + ".",
        headings=("Where", "Valid signatures", "Of those needed"),
        rows=table,
        height=height,
    )


def _stacks(
    dots: NDArray[np.float64], low: float, width: float, requirement: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Stack dots in columns of one width, none of which holds dots of both sides of the requirement."""
    offset = (requirement - low) % width
    column = np.floor((dots - low - offset) / width)
    rows = np.array([(column[:index] == at).sum() for index, at in enumerate(column)], dtype=np.int64)
    return low + offset + (column + 0.5) * width, rows


def _beside(value: float, requirement: int) -> str:
    return f"{100 * value / requirement:.0f} %"
