"""What a campaign can do about it: the cushion to file for a chosen certainty, and what moves the chance most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from referenda.pages.charts import (
    BLUE,
    INK,
    OCHRE,
    PAPER,
    QUIET,
    SHADES,
    WIDTH,
    Figure,
    chance_axis,
    data,
    figure,
    haloed,
    raised,
    words_at,
)
from referenda.pages.forecast_words import frequency, resolution, rough

HEIGHT = 340


@dataclass(frozen=True)
class Certainty:
    """Raw signatures to file for one certainty: `chance` in (0, 1); None where no number that was tried reaches it."""

    chance: float
    by_sample: int | None
    in_the_end: int | None


@dataclass(frozen=True)
class Driver:
    """One thing that is not known yet, and the chance if it came out low (lowest tenth) or high (highest tenth)."""

    words: str
    low_words: str
    high_words: str
    chance_low: float
    chance_high: float


def cushion_curve(
    *,
    raw: Sequence[int],
    by_sample: ArrayLike | None,
    in_the_end: ArrayLike,
    points: Sequence[Certainty],
    requirement: int,
    filed: int | None = None,
    cost_per_signature: float | None = None,
    currency: str = "$",
    note: str,
) -> Figure:
    """Draw the chance of qualifying against the raw signatures filed.

    Parameters
    ----------
    raw
        Raw signatures filed, ascending.
    by_sample, in_the_end
        Chance, in [0, 1], of being sufficient by the sample alone (None where the place draws no sample), and of being
        sufficient in the end; one for each of `raw`.
    points
        Certainties to be marked, such as 80, 90, 95 and 99 percent.
    filed
        Raw signatures at hand, where that is known.
    cost_per_signature
        What one raw signature costs; a second axis then shows the cost.
    """
    most = float(max(raw))
    curves = [_Curve("in the end", np.asarray(in_the_end), [p.in_the_end for p in points], BLUE, [1, 0])]
    if by_sample is not None:
        reached = [p.by_sample for p in points]
        curves.append(_Curve("by the sample alone", np.asarray(by_sample), reached, OCHRE, [8, 4]))
    low, high = _where_it_moves(raw, curves)
    x = alt.X("x:Q", scale=alt.Scale(domain=[low, high], nice=False, zero=False))
    x = x.axis(alt.Axis(title="raw signatures filed", format=",d", tickCount=6))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=chance_axis("chance of enough signatures"))
    layers: list[alt.Chart] = []
    if filed is not None and low <= filed <= high:
        rule = alt.Chart(data([{"x": filed}])).mark_rule(color=INK, strokeWidth=1.5, strokeDash=[2, 3])
        layers.append(rule.encode(x=x))
        free = 14 if np.interp(filed, raw, curves[0].chances) < 0.5 else HEIGHT - 14  # above the curve, or below
        layers += haloed(WIDTH * (filed - low) / (high - low) - 6, free, f"at hand: {filed:,}", align="right")
    shown = [low, *(float(at) for at in raw if low < at < high), high]
    for curve in curves:
        chances = np.interp(shown, raw, curve.chances)
        line = alt.Chart(data({"x": at, "y": 100 * share} for at, share in zip(shown, chances, strict=True)))
        line = line.mark_line(color=curve.colour, strokeWidth=2.5, strokeDash=curve.dash)
        layers.append(line.encode(x=x, y=y))
    for number, curve in enumerate(curves):
        layers += _curve_name(curve, raw, (low, high), side=-1 if number == 0 else 1)
        marked = [(p.chance, at) for p, at in zip(points, curve.reached, strict=True) if at and low <= at <= high]
        shape, side, right, down = ("diamond", "left", 7, 11) if number else ("circle", "right", -6, -11)
        dots = alt.Chart(data({"x": at, "y": 100 * chance} for chance, at in marked))
        dots = dots.mark_point(shape=shape, fill=PAPER, stroke=curve.colour, strokeWidth=2, size=64, opacity=1)
        layers.append(dots.encode(x=x, y=y))
        for chance, at in marked:
            place = WIDTH * (at - low) / (high - low) + right
            said = f"{100 * chance:g} %: {rough(at, up=True)}"
            layers += haloed(place, HEIGHT * (1 - chance) + down, said, align=side, color=curve.colour)
    if cost_per_signature is not None:
        layers += _cost_axis(low, high, cost_per_signature, currency)
    headings, rows = _cushion_table(points, curves, most, cost_per_signature, currency)
    wanted = next((row for row in rows if row[0] == "95 %"), rows[-1])
    finding = f"To be {wanted[0]} sure of enough, file {wanted[1]}"
    if by_sample is not None:
        finding += f"; by the sample alone, {wanted[2]}"
    return figure(
        "cushion",
        layers,
        finding=finding,
        shows=f"Chance that {requirement:,} valid signatures are found, by the raw signatures filed",
        note=note,
        description=" ".join(
            f"{row[0]} sure: "
            + "; ".join(f"{heading.lower()}: {cell}" for heading, cell in zip(headings[1:], row[1:], strict=True))
            + "."
            for row in rows
        ),
        headings=headings,
        rows=rows,
        height=HEIGHT,
        under=50 if cost_per_signature is None else 96,
    )


@dataclass(frozen=True)
class _Curve:
    words: str
    chances: NDArray[np.float64]
    reached: Sequence[int | None]
    colour: str
    dash: list[float]


def _where_it_moves(raw: Sequence[int], curves: Sequence[_Curve]) -> tuple[float, float]:
    """Give the ends of the axis: without what is flat (all chances below 1/200, or above 199/200), and no farther than
    two and a half times what gives an even chance, so that a long tail does not press the curve against the axis."""
    lowest = np.min([curve.chances for curve in curves], axis=0)
    highest = np.max([curve.chances for curve in curves], axis=0)
    first = max(int(np.argmax(highest >= 0.005)) - 1, 0)
    last = int(np.argmax(lowest > 0.995)) + 1 if (lowest > 0.995).any() else len(raw) - 1
    low, high = float(raw[first]), float(raw[min(last, len(raw) - 1)])
    if highest[-1] >= 0.5:
        high = min(high, 2.5 * float(np.interp(0.5, np.maximum.accumulate(highest), raw)))
    return low, max(high, low + 1)


def _curve_name(curve: _Curve, raw: Sequence[int], ends: tuple[float, float], *, side: int) -> list[alt.Chart]:
    """Write what a curve is beside it: half-way up, at its left (-1) or right (1); at its end if it stays below."""
    low, high = ends
    half = min(0.45, float(np.interp(high, raw, curve.chances)))
    at = float(np.interp(half, np.maximum.accumulate(curve.chances), raw))
    style = {"align": "right" if side < 0 else "left", "color": curve.colour, "fontWeight": "bold"}
    return haloed(WIDTH * (at - low) / (high - low) + 10 * side, HEIGHT * (1 - half), curve.words, **style)


def _cushion_table(
    points: Sequence[Certainty], curves: Sequence[_Curve], high: float, cost: float | None, currency: str
) -> tuple[list[str], list[list[str]]]:
    """Say for each certainty what is to be filed on each curve and, where that is known, what it costs."""
    headings = ["Certainty", *(f"To file, {curve.words}" for curve in curves)]
    rows = []
    for number, point in enumerate(points):
        reached = [curve.reached[number] for curve in curves]
        said = [f"more than {rough(high)}" if at is None else rough(at, up=True) for at in reached]
        rows.append([f"{100 * point.chance:g} %", *said])
    if cost is not None:
        headings += [f"Cost, {curve.words}" for curve in curves]
        for number, row in enumerate(rows):
            spent = [curve.reached[number] for curve in curves]
            row += ["not known" if at is None else _money(at * cost, currency) for at in spent]
    return headings, rows


def _cost_axis(low: float, high: float, cost: float, currency: str) -> list[alt.Chart]:
    """Draw a second axis under the first, in money."""
    rough_step = (high - low) * cost / 5
    power = 10 ** np.floor(np.log10(rough_step))
    step = power * next(size for size in (1, 2, 5, 10) if size * power >= rough_step)
    values = np.arange(np.ceil(low * cost / step), np.floor(high * cost / step) + 1) * step
    line = alt.Chart(data([{"at": 0}])).mark_rule(color=QUIET)
    layers = [line.encode(x=alt.value(0), x2=alt.value(WIDTH), y=alt.value(HEIGHT + 58))]
    for value in values:
        place = WIDTH * (value / cost - low) / (high - low)
        layers.append(line.encode(x=alt.value(place), y=alt.value(HEIGHT + 58), y2=alt.value(HEIGHT + 63)))
        layers.append(words_at(place, HEIGHT + 73, _money(float(value), currency), align="center"))
    title = "cost of gathering them"
    return [*layers, words_at(WIDTH / 2, HEIGHT + 92, title, align="center", color=QUIET)]


def _money(value: float, currency: str) -> str:
    if value >= 1e5:
        return f"{currency}{value / 1e6:.3g} m"
    return f"{currency}{rough(value)}"


def driver_tornado(drivers: Sequence[Driver], *, chance: float, draws: int, note: str) -> Figure:
    """Draw how the chance would move if each thing came out at its lowest or its highest tenth.

    Parameters
    ----------
    drivers
        In any order; the one that moves the chance most is drawn on top.
    chance
        The chance as things stand, in [0, 1].
    draws
        The draws behind the chance; a tenth of them stands behind each chance at an end.
    """
    at_an_end = draws // 10
    drivers = sorted(drivers, key=lambda driver: -abs(driver.chance_high - driver.chance_low))
    pitch, width, left = 54, 500, 150
    height = pitch * len(drivers)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, 100]), axis=chance_axis("chance, in percent"))
    y = alt.Y("row:Q", scale=alt.Scale(domain=[0, len(drivers)], reverse=True, nice=False), axis=None)
    rows = [{"row": row + 0.66, "x": 100 * d.chance_low, "high": 100 * d.chance_high} for row, d in enumerate(drivers)]
    both = alt.Chart(data(rows))
    layers = [both.mark_rule(color=SHADES[1], strokeWidth=12, opacity=1).encode(x=x, x2="high:Q", y=y)]
    rule = alt.Chart(data([{"x": 100 * chance}])).mark_rule(color=INK, strokeWidth=2)
    layers.append(rule.encode(x=x))
    layers.append(words_at(width * chance, -10, f"now {frequency(chance, draws)}", align="center", fontWeight="bold"))
    for end, fill in (("x:Q", PAPER), ("high:Q", BLUE)):
        dots = both.mark_point(shape="circle", fill=fill, stroke=BLUE, strokeWidth=2.5, size=150, opacity=1)
        layers.append(dots.encode(x=alt.X(end), y=y))
    for row, driver in enumerate(drivers):
        layers += haloed(-left, pitch * (row + 0.22), raised(driver.words), fontSize=13, fontWeight="bold")
        for value, words, other in (
            (driver.chance_low, driver.low_words, driver.chance_high),
            (driver.chance_high, driver.high_words, driver.chance_low),
        ):
            right = value > other or (value == other and words == driver.high_words)
            place, side = width * value + (14 if right else -14), "left" if right else "right"
            layers += haloed(place, pitch * (row + 0.66), words, align=side)
    top = drivers[0]
    finding = f"What moves the chance most: {top.words[:1].lower()}{top.words[1:]}"
    if abs(top.chance_high - top.chance_low) < 1 / resolution(at_an_end):
        finding = "None of what is not known yet moves the chance by much"
    table = [
        (
            raised(d.words),
            *(d.low_words, frequency(d.chance_low, at_an_end)),
            *(d.high_words, frequency(d.chance_high, at_an_end)),
        )
        for d in drivers
    ]
    return figure(
        "drivers",
        layers,
        finding=finding,
        shows="The chance in the tenth of the draws where each came out lowest (hollow) and highest (filled)",
        note=note,
        description=f"As things stand {frequency(chance, draws)}. "
        + "; ".join(
            f"{words}: {low} gives {at_low}, {high} gives {at_high}" for words, low, at_low, high, at_high in table
        )
        + ".",
        headings=("What", "Lowest tenth", "Chance then", "Highest tenth", "Chance then"),
        rows=table,
        height=height,
        width=width,
        left=left,
    )
