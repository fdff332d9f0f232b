"""The figures of a page, drawn as SVG text: timelines, shares with thresholds, and counts beside their limits.

Each figure has a title and a description for those who do not see it, takes its colours from the page's style sheet
(classes `ink`, `quiet`, `good`, `bad`, `mark` …), never says anything by colour alone, and stands beside a table with
the same numbers. Widths are in the SVG's own units; the page scales them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

WIDTH = 860


@dataclass(frozen=True)
class Moment:
    """One point of a timeline: a fact that happened, or a deadline that the law computes."""

    day: date
    words: str
    kind: Literal["fact", "deadline", "outcome"]


@dataclass(frozen=True)
class Span:
    """A stretch of a timeline, such as the days of circulation; first and last day included."""

    first: date
    last: date
    words: str


@dataclass(frozen=True)
class ShareBar:
    """One condition of a vote as a bar: `value` and `threshold` are shares of the same whole, in [0, 1]."""

    words: str
    value: float
    value_words: str
    threshold: float
    threshold_words: str
    met: bool


@dataclass(frozen=True)
class Limit:
    """A line across a count, such as 95 percent of the requirement."""

    value: int
    words: str


def figure(name: str, title: str, description: str, height: float, body: Sequence[str], width: int = WIDTH) -> str:
    """Wrap the shapes of one figure; `name` must be unique on its page."""
    name = escape(name)
    return (
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(body)}</svg>"
    )


def text_at(x: float, y: float, words: str, style: str = "ink", anchor: str = "start") -> str:
    """Write words at a place of a figure."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'


def _month_starts(first: date, last: date, at_most: int = 14) -> list[date]:
    """Give first days of months between two days, thinned to every 2nd, 3rd, 6th or 12th when there are many."""
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    for step in (1, 2, 3, 6, 12):
        kept = [day for day in months if (day.month - 1) % step == 0]
        if len(kept) <= at_most:
            return kept
    return [day for day in months if day.month == 1]


def timeline(name: str, title: str, moments: Sequence[Moment], spans: Sequence[Span] = ()) -> str:
    """Draw numbered moments along a time axis; the numbers are those of the table beside it, in order of the days."""
    moments = sorted(moments, key=lambda moment: moment.day)
    days = [moment.day for moment in moments] + [day for span in spans for day in (span.first, span.last)]
    margin = timedelta(days=max(10, (max(days) - min(days)).days // 40))
    first, last = min(days) - margin, max(days) + margin

    def x(day: date) -> float:
        return 20 + (WIDTH - 40) * (day - first).days / (last - first).days

    # Markers that would touch are stacked upwards, each row 26 units higher.
    rows: list[float] = []
    placed: list[tuple[float, int]] = []
    for moment in moments:
        at = x(moment.day)
        row = next((index for index, end in enumerate(rows) if at - end >= 27), len(rows))
        if row == len(rows):
            rows.append(at)
        else:
            rows[row] = at
        placed.append((at, row))
    axis = 26 * len(rows) + 14
    body = [f'<line x1="10" y1="{axis}" x2="{WIDTH - 10}" y2="{axis}" class="axis"/>']
    for number, span in enumerate(spans):
        top = axis + 34 + 30 * number
        start, end = x(span.first), x(span.last)
        body.append(f'<rect x="{start:.1f}" y="{top}" width="{end - start:.1f}" height="22" rx="3" class="span"/>')
        inside = end - start > 7.2 * len(span.words)
        at, anchor = ((start + end) / 2, "middle") if inside else (end + 6, "start")
        if not inside and end + 6 + 7.2 * len(span.words) > WIDTH:
            at, anchor = start - 6, "end"
        body.append(text_at(at, top + 15.5, span.words, "small", anchor))
    months = _month_starts(first, last)
    for day in months:
        at = x(day)
        body.append(f'<line x1="{at:.1f}" y1="{axis}" x2="{at:.1f}" y2="{axis + 6}" class="axis"/>')
        label = f"{day:%b} {day.year}" if day.month == 1 or day == months[0] else f"{day:%b}"
        body.append(text_at(at, axis + 20, label, "quiet", "middle"))
    marked = list(zip(moments, placed, strict=True))
    for _, (at, row) in marked:
        body.append(f'<line x1="{at:.1f}" y1="{axis - 14 - 26 * row}" x2="{at:.1f}" y2="{axis}" class="stem"/>')
    for number, (moment, (at, row)) in enumerate(marked, start=1):
        y = axis - 14 - 26 * row
        if moment.kind == "deadline":
            body.append(f'<rect x="{at - 11:.1f}" y="{y - 11}" width="22" height="22" rx="3" class="deadline"/>')
        else:
            body.append(f'<circle cx="{at:.1f}" cy="{y}" r="11.5" class="{moment.kind}"/>')
        style = "number" if moment.kind == "deadline" else "number-on-dark"
        body.append(text_at(at, y + 4.5, str(number), style, "middle"))
    words = "; ".join(f"{n} {m.day.isoformat()} {m.words}" for n, m in enumerate(moments, start=1))
    return figure(name, title, words, axis + 34 + 30 * len(spans), body)


def share_bars(name: str, title: str, bars: Sequence[ShareBar]) -> str:
    """Draw one bar a condition, from 0 to 100 percent of its whole, with the threshold as a line."""
    body: list[str] = []
    left, right, height = 10, WIDTH - 10, 74
    for index, bar in enumerate(bars):
        top = index * height
        width = (right - left) * bar.value
        at = left + (right - left) * bar.threshold
        mark, style = ("✓ met", "good") if bar.met else ("✗ not met", "bad")
        body.append(text_at(left, top + 16, bar.words, "strong"))
        body.append(text_at(right, top + 16, mark, f"strong {style}-ink", "end"))
        body.append(f'<rect x="{left}" y="{top + 24}" width="{right - left}" height="20" rx="3" class="ground"/>')
        body.append(f'<rect x="{left}" y="{top + 24}" width="{width:.1f}" height="20" rx="3" class="{style}"/>')
        body.append(f'<line x1="{at:.1f}" y1="{top + 19}" x2="{at:.1f}" y2="{top + 49}" class="mark"/>')
        beyond = at > WIDTH / 2
        body.append(
            text_at(
                at + (-5 if beyond else 5),
                top + 61,
                bar.threshold_words,
                "quiet",
                "end" if beyond else "start",
            )
        )
        body.append(
            text_at(left if beyond else right, top + 61, bar.value_words, "quiet", "start" if beyond else "end")
        )
    words = "; ".join(
        f"{b.words}: {b.value_words}, needed {b.threshold_words}, {'met' if b.met else 'not met'}" for b in bars
    )
    return figure(name, title, words, height * len(bars), body)


def count_bar(name: str, title: str, parts: Sequence[tuple[str, int]], limits: Sequence[Limit]) -> str:
    """Draw a count as one bar of parts, with limits as lines above it; the highest limit's label stands on top."""
    total = sum(size for _, size in parts)
    scale = (WIDTH - 20) / (1.04 * max([total, *(limit.value for limit in limits)]))
    top = 22 * len(limits) + 8
    body: list[str] = []
    at = 10.0
    for index, (words, size) in enumerate(parts):
        width = size * scale
        body.append(f'<rect x="{at:.1f}" y="{top}" width="{width:.1f}" height="40" class="part-{index % 3}"/>')
        if width > 7.4 * max(len(words), 9):
            body.append(text_at(at + 8, top + 17, words, "part-ink"))
            body.append(text_at(at + 8, top + 33, f"{size:,}", "part-ink strong"))
        at += width
    for index, limit in enumerate(sorted(limits, key=lambda limit: -limit.value)):
        x, y = 10 + limit.value * scale, 16 + 22 * index
        body.append(f'<line x1="{x:.1f}" y1="{y + 4}" x2="{x:.1f}" y2="{top + 46}" class="mark"/>')
        body.append(text_at(x - 5, y, f"{limit.words}: {limit.value:,}", "small", "end"))
    words = ", ".join(f"{words} {size:,}" for words, size in parts)
    lines = ", ".join(f"{limit.words} {limit.value:,}" for limit in limits)
    return figure(name, title, f"{words}; together {total:,}. Limits: {lines}.", top + 50, body)


def dot_rows(name: str, title: str, rows: Sequence[tuple[str, float]], *, line: float, line_words: str) -> str:
    """Draw shares (in percent) of many units as dots in two columns, highest first, with one line for the whole."""
    rows = sorted(rows, key=lambda row: -row[1])
    low = min(min(value for _, value in rows), line) - 4
    high = max(max(value for _, value in rows), line) + 4
    half = (len(rows) + 1) // 2
    column, pitch = WIDTH / 2 - 12, 19
    body: list[str] = []
    for part, start in enumerate((0, half)):
        left = part * (WIDTH / 2 + 4) + 8
        inner = left + 122
        span = column - 122 - 52
        x = inner + span * (line - low) / (high - low)
        shown = rows[start : start + half]
        body.append(f'<line x1="{x:.1f}" y1="18" x2="{x:.1f}" y2="{24 + pitch * len(shown)}" class="mark"/>')
        body.append(text_at(x, 12, line_words, "quiet", "middle"))
        for index, (words, value) in enumerate(shown):
            y = 34 + pitch * index
            at = inner + span * (value - low) / (high - low)
            body.append(text_at(inner - 8, y + 4, words, "small", "end"))
            body.append(f'<line x1="{inner}" y1="{y}" x2="{inner + span:.1f}" y2="{y}" class="rule"/>')
            body.append(f'<circle cx="{at:.1f}" cy="{y}" r="5" class="{"fact" if value >= line else "below"}"/>')
            body.append(text_at(inner + span + 8, y + 4, f"{value:.1f} %", "small"))
    words = "; ".join(f"{words} {value:.1f} percent" for words, value in rows)
    return figure(name, title, f"{line_words}. {words}", 34 + pitch * half, body)
