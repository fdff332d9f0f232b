"""The page on the quality of groups: a funnel plot, and every group in a table.

It is for the office, names groups and accuses nobody. It needs no network and no script, and is given plain text and
numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import log10
from typing import Any

from markupsafe import Markup

from referenda.pages.pictures import WIDTH, figure, text_at
from referenda.pages.template import render, report_style

HEIGHT = 380
Limits = Callable[..., list[tuple[float, float]]]


def render_quality(found: Mapping[str, Any], limits: Limits, *, made_on: date, version: str) -> str:
    """Write the page.

    Parameters
    ----------
    found
        As `QualityFinding.as_dict` gives it.
    limits
        Gives the lowest and highest share expected of groups of some sizes (`Funnel.limits`).
    """
    groups = sorted(found["groups"], key=lambda group: (not group["differs"], group["p_value"]))
    return render(
        "quality.html.j2",
        found=found,
        groups=groups,
        differing=sum(group["differs"] for group in groups),
        what=found["group_by"].replace("_", " "),
        plot=Markup(funnel_plot(groups, found["rate"], limits)),
        style=report_style(),
        made_on=made_on.isoformat(),
        version=version,
    )


def funnel_plot(groups: Sequence[Mapping[str, Any]], rate: float, limits: Limits) -> str:
    """Draw the share of valid lines of each group over its size, with the limits for one group and for all at once."""
    shares = [float(group["valid"] / group["lines"]) for group in groups]
    counts = [int(group["lines"]) for group in groups]
    least, most = max(1.0, min(counts) / 2), 1.3 * max(counts)
    sizes = sorted({max(1, round(least * (most / least) ** (step / 80))) for step in range(81)})
    bands = {corrected: limits(sizes, corrected=corrected) for corrected in (False, True)}
    low, high = bands[False][0]
    lowest, highest = max(0.0, min(*shares, low) - 0.08), min(1.0, max(*shares, high) + 0.08)
    left, right, top, bottom = 64, WIDTH - 16, 16, HEIGHT - 52

    def x(size: float) -> float:
        return left + (right - left) * log10(size / least) / log10(most / least)

    def y(share: float) -> float:
        return bottom - (bottom - top) * (min(max(share, lowest), highest) - lowest) / (highest - lowest)

    body = []
    for percent in range(0, 101, 10):
        if lowest <= percent / 100 <= highest:
            at = y(percent / 100)
            body.append(f'<line x1="{left}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}" class="rule"/>')
            body.append(text_at(left - 8, at + 4, f"{percent} %", "small", "end"))
    for size in (step * 10**power for power in range(8) for step in (1, 2, 5)):
        if least <= size <= most:
            body.append(text_at(x(size), bottom + 18, f"{size:,}", "small", "middle"))
    body.append(text_at((left + right) / 2, bottom + 40, "lines of the group", "quiet", "middle"))
    for corrected, dashes in ((False, "2 4"), (True, "10 4")):
        for side in (0, 1):
            points = " ".join(
                f"{x(size):.1f},{y(both[side]):.1f}" for size, both in zip(sizes, bands[corrected], strict=True)
            )
            body.append(
                f'<polyline points="{points}" class="axis" fill="none" stroke-opacity="0.6" '
                f'stroke-dasharray="{dashes}"/>'
            )
    body.append(f'<line x1="{left}" y1="{y(rate):.1f}" x2="{right}" y2="{y(rate):.1f}" class="mark"/>')
    for group in groups:
        at, share = x(group["lines"]), y(group["valid"] / group["lines"])
        if group["differs"]:
            body.append(f'<rect x="{at - 5:.1f}" y="{share - 5:.1f}" width="10" height="10" class="below"/>')
            near = at > right - 120
            body.append(
                text_at(at + (-9 if near else 9), share + 4, group["name"], "small", "end" if near else "start")
            )
        else:
            body.append(f'<circle cx="{at:.1f}" cy="{share:.1f}" r="4" class="fact" fill-opacity="0.7"/>')
    marked = ", ".join(group["name"] for group in groups if group["differs"]) or "none"
    words = f"{len(groups)} groups around {100 * rate:.1f} percent; outside the limits for all at once: {marked}."
    return figure("funnel", "Share of valid lines by size of the group", words, HEIGHT, body)
