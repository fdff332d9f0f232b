"""Turnout and yes share of a vote together, over the region in which its rule lets it pass.

Rules with a quorum make the two interact, so that neither alone shows the chance. The darker the ground, the likelier:
the smallest regions that hold 50, 80 and 95 in 100 draws (Hyndman, The American Statistician 1996), from the
histogram of the draws, smoothed (Scott, Multivariate Density Estimation, 1992). Where the rule is met the ground is
hatched and outlined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage  # type: ignore[import-untyped]

from referenda.pages.charts import BLUE, INK, OCHRE, SHADES, WIDTH, Figure, data, figure, haloed, words_at
from referenda.pages.forecast_words import frequency, quantile_words, spoken

HEIGHT = 400
REGIONS = (0.95, 0.8, 0.5)
HATCH = 12  # pixels from line to line
FINER = 6  # cells drawn for each of the histogram, along both axes

Ends = tuple[float, float]
Lines = list[dict[str, float]]


@dataclass(frozen=True)
class Threshold:
    """A limit of the rule on one of the axes, as a share in [0, 1]."""

    axis: Literal["turnout", "yes"]
    share: float
    words: str


def vote_map(
    *,
    edges: Sequence[float],
    share: ArrayLike,
    passes: ArrayLike | None,
    thresholds: Sequence[Threshold],
    conditions: Sequence[tuple[str, float]],
    quantiles: Mapping[str, Mapping[str, float]],
    chance: float,
    draws: int,
    yes_words: str = "yes, of valid votes",
    note: str,
) -> Figure:
    """Draw the joint distribution of turnout and yes share.

    Parameters
    ----------
    edges
        Borders of the cells, the same for turnout and yes, in even steps of [0, 1].
    share
        How many of the draws lie in each cell, of shape (turnout, yes); in any unit.
    passes
        Whether the rule is met in the middle of each cell, of the same shape or finer by a whole number; None where
        turnout and yes alone do not say it.
    conditions
        Words and chance of each condition of the rule by itself.
    quantiles
        Of each share by its name, such as {"Turnout": {"0.05": 0.41, "0.5": 0.52, …}}.
    chance, draws
        Of passing, in [0, 1]; and the draws behind it.
    """
    counts = np.asarray(share, dtype=np.float64)
    met = None if passes is None else np.asarray(passes, dtype=np.bool_)
    shown = [_shown(edges, counts.sum(axis=1 - axis), [t.share for t in thresholds if t.axis == name])
             for axis, name in enumerate(("turnout", "yes"))]  # fmt: skip
    if met is not None:
        finer = met.shape[0] // counts.shape[0]
        met = met[tuple(slice(finer * first, finer * last) for first, last in shown)]
    counts = counts[tuple(slice(*ends) for ends in shown)]
    turnout, yes = ((float(edges[first]), float(edges[last])) for first, last in shown)
    x = alt.X("x:Q", scale=alt.Scale(domain=[100 * share for share in turnout], nice=False, zero=False))
    x = x.axis(alt.Axis(title="turnout, of registered voters", labelExpr="datum.value + ' %'", tickCount=8))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[100 * share for share in yes], nice=False, zero=False))
    y = y.axis(alt.Axis(title=yes_words, labelExpr="datum.value + ' %'", tickCount=8, grid=False))
    layers = [
        alt.Chart(data(cells)).mark_rect(color=shade, opacity=1, stroke=shade, strokeWidth=0.6).encode(
            x=x, x2="x2:Q", y=y, y2="y2:Q"
        )
        for shade, cells in zip(SHADES, _regions(counts, _smoothed(counts, draws), turnout, yes), strict=True)
    ]  # fmt: skip
    if met is not None:
        hatched = alt.Chart(data(_hatch(met, turnout, yes))).mark_rule(color=BLUE, strokeWidth=0.8, opacity=0.55)
        edge = alt.Chart(data(_outline(met, turnout, yes))).mark_rule(color=INK, strokeWidth=2, strokeCap="square")
        layers += [lines.encode(x=x, x2="x2:Q", y=y, y2="y2:Q") for lines in (hatched, edge)]
    for threshold in thresholds:
        layers += _threshold(threshold, turnout, yes, x, y)
    for words, inside in (("PASSES", met), ("FAILS", None if met is None else ~met)):
        place = None if inside is None else _roomiest(inside)
        if place is not None:
            layers += haloed(place[0], place[1], words, align="center", fontWeight="bold", fontSize=14,
                             color=BLUE if words == "PASSES" else OCHRE)  # fmt: skip
    rows = [("It passes", frequency(chance, draws))]
    rows += [(words, frequency(share, draws)) for words, share in conditions]
    rows += [
        (f"{name}, {quantile_words(float(level))}", f"{100 * value:.0f} %")
        for name, values in quantiles.items()
        for level, value in values.items()
    ]
    return figure(
        "vote",
        layers,
        finding=f"It passes: {spoken(chance, draws)}",
        shows="Where turnout and yes may lie: darker ground holds 50, 80 and 95 in 100 draws"
        + ("" if met is None else "; hatched: the rule is met"),
        note=note,
        description="; ".join(f"{words}: {said}" for words, said in rows) + ".",
        headings=("What", "Chance or share"),
        rows=rows,
        height=HEIGHT,
    )


def _shown(edges: Sequence[float], counts: NDArray[np.float64], limits: Sequence[float]) -> tuple[int, int]:
    """Give the first cell and the end of those drawn: nearly all draws and the limits, with a margin of two cells."""
    held = np.flatnonzero(counts > 0.001 * counts.sum())
    cells = [int(held[0]), int(held[-1]), *(int(np.searchsorted(edges, limit)) for limit in limits)]
    return max(min(cells) - 2, 0), min(max(cells) + 3, counts.size)


def _smoothed(counts: NDArray[np.float64], draws: int) -> NDArray[np.float64]:
    """Smooth a histogram of draws by a normal kernel of Scott's width for two dimensions, on finer cells."""
    widths = []
    for axis in (0, 1):
        held = counts.sum(axis=1 - axis) / counts.sum()
        cells = np.arange(held.size)
        mean = (held * cells).sum()
        widths.append(float(np.sqrt((held * (cells - mean) ** 2).sum())) * draws ** (-1 / 6))
    smooth = ndimage.gaussian_filter(counts, widths, mode="constant")
    finer: NDArray[np.float64] = ndimage.zoom(smooth, FINER, order=1, grid_mode=True, mode="grid-constant")
    return finer


def _regions(counts: NDArray[np.float64], smooth: NDArray[np.float64], turnout: Ends, yes: Ends) -> list[Lines]:
    """Give the cells of the smallest region that holds each share of the draws, runs of cells in one column joined.

    Cells are taken in order of the smooth density until the draws themselves, even within their cell, add up.
    """
    order = np.argsort(-smooth, axis=None)
    held = np.cumsum(np.kron(counts, np.ones((FINER, FINER))).ravel()[order])
    steps = smooth.ravel()[order]
    wide, tall = smooth.shape
    regions = []
    for share in REGIONS:
        inside = smooth >= steps[min(int(np.searchsorted(held, share * held[-1])), steps.size - 1)]
        regions.append(
            [
                {**_across(turnout, column / wide, (column + 1) / wide), **_up(yes, first / tall, last / tall)}
                for column in range(wide)
                for first, last in _runs(inside[column])
            ]
        )
    return regions


def _runs(inside: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give first index and end of each run of true values."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    return list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))


def _hatch(met: NDArray[np.bool_], turnout: Ends, yes: Ends) -> Lines:
    """Give diagonal lines across the region in which the rule is met, walked pixel by pixel."""
    lines = []
    for start in range(-HEIGHT, WIDTH, HATCH):
        up = np.arange(max(0, -start), min(HEIGHT, WIDTH - start))
        across = up + start
        for first, last in _runs(met[across * met.shape[0] // WIDTH, up * met.shape[1] // HEIGHT]):
            ends = np.array([first, last]) + (up[0] if up.size else 0)
            lines.append({**_across(turnout, *(ends + start) / WIDTH), **_up(yes, *ends / HEIGHT)})
    return lines


def _outline(met: NDArray[np.bool_], turnout: Ends, yes: Ends) -> Lines:
    """Give the edges between cells that pass and cells that fail."""
    wide, tall = met.shape
    upright = [
        {**_across(turnout, at / wide, at / wide), **_up(yes, first / tall, last / tall)}
        for at in range(1, wide)
        for first, last in _runs(met[at] != met[at - 1])
    ]
    level = [
        {**_across(turnout, first / wide, last / wide), **_up(yes, at / tall, at / tall)}
        for at in range(1, tall)
        for first, last in _runs(met[:, at] != met[:, at - 1])
    ]
    return upright + level


def _across(ends: Ends, first: float, last: float) -> dict[str, float]:
    return {"x": _percent(ends, first), "x2": _percent(ends, last)}


def _up(ends: Ends, first: float, last: float) -> dict[str, float]:
    return {"y": _percent(ends, first), "y2": _percent(ends, last)}


def _percent(ends: Ends, part: float) -> float:
    return 100 * (ends[0] + (ends[1] - ends[0]) * float(part))


def _threshold(threshold: Threshold, turnout: Ends, yes: Ends, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw a limit across the plot, its words outside: above it for turnout, at its right for yes."""
    low, high = turnout if threshold.axis == "turnout" else yes
    if not low <= threshold.share <= high:
        return []
    part = (threshold.share - low) / (high - low)
    if threshold.axis == "turnout":
        rule = alt.Chart(data([{"x": 100 * threshold.share}])).mark_rule(color=INK, strokeDash=[5, 4])
        side = "right" if part > 0.6 else "left"
        return [rule.encode(x=x), words_at(WIDTH * part, -10, threshold.words, align=side)]
    rule = alt.Chart(data([{"y": 100 * threshold.share}])).mark_rule(color=INK, strokeDash=[5, 4])
    return [rule.encode(y=y), words_at(WIDTH + 8, HEIGHT * (1 - part), threshold.words)]


def _roomiest(inside: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Find the place of a region that is farthest from its edges, in pixels; None for a region without room."""
    room = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    if room.max() < 0.04 * min(inside.shape):
        return None
    across, up = np.unravel_index(int(room.argmax()), room.shape)
    return float(WIDTH * (across + 0.5) / inside.shape[0]), float(HEIGHT * (1 - (up + 0.5) / inside.shape[1]))
