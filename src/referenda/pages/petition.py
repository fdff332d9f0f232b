"""The page on one petition: one file without script, for screen and paper, light and dark.

It is given plain texts and numbers (`workflows.petition_report`), and draws two figures: what law, statistics and the
check of every line say side by side, and circulators beside their peers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from referenda.pages.pictures import WIDTH, Limit, count_bar, figure, text_at
from referenda.pages.quality import Limits, funnel_plot
from referenda.pages.template import render, report_style

UPPER = {"full_check": "95 %, from here every line is checked", "sufficient": "above 110 %, the sample is enough"}
BASES = {"random_sample": "Random sample", "full_check": "Check of every line"}


def render_petition(
    content: Mapping[str, Any],
    *,
    limits: Limits | None,
    made_on: str,
    version: str,
    beside: Mapping[str, Any] | None = None,
) -> str:
    """Write the page.

    Parameters
    ----------
    content
        As `workflows.petition_report` gives it.
    limits
        Of the funnel of the circulators, where there is one.
    made_on, version
        The day, and the version of Referenda.
    beside
        What only a demo knows: `clerks` (words on the errors that were really made), `files` (name and target of each
        file beside the page), `check` (commands that check), `verdicts` (what the checker said).
    """
    quality = content["quality"]
    plot = Markup(funnel_plot(quality["groups"], quality["rate"], limits)) if quality and limits else None
    return render(
        "petition.html.j2",
        content=content,
        style=report_style(),
        line=Markup(number_line(content)) if content["projection"] else None,
        bar=Markup(_bar(content)) if content["decided"] else None,
        plot=plot,
        differing=[group for group in quality["groups"] if group["differs"]] if quality else [],
        bases=BASES,
        newest=content["decided"][-1] if content["decided"] else None,
        last=content["certificates"][-1] if content["certificates"] else None,
        made_on=made_on,
        version=version,
        beside={"clerks": "", "files": [], "check": [], "verdicts": [], **(beside or {})},
    )


def number_line(content: Mapping[str, Any]) -> str:
    """Draw the law's projection, the estimate with its interval and the full check above one scale with the limits."""
    found = content["projection"]
    estimate = found["estimate"]
    rows: list[tuple[str, int, tuple[float, float] | None]] = [("The law projects", found["projected_valid"], None)]
    rows.append(("Unbiased estimate", round(estimate["valid"]), (estimate["low"], estimate["high"])))
    full = next((d for d in content["decided"] if d["basis"] == "full_check"), None)
    if full:
        rows.append(("Every line checked", full["valid"], None))
    marks = [(value, UPPER.get(upper, upper)) for value, upper in found["limits"]]
    if content["requirement"] is not None:
        marks.append((content["requirement"], "needed"))
    values = [row[1] for row in rows] + [value for value, _ in marks] + [estimate["low"], estimate["high"]]
    low, high = float(min(values)), float(max(values))
    pad = max((high - low) * 0.06, 1)
    left, right = 176.0, WIDTH - 20.0

    def x(value: float) -> float:
        return left + (right - left) * (value - low + pad) / (high - low + 2 * pad)

    marks.sort(reverse=True)  # the highest stands on top, so that no line runs through a label
    top, pitch = 22 * len(marks) + 14, 46
    bottom = top + pitch * len(rows)
    body = []
    for index, (value, words) in enumerate(marks):
        y, at = 16 + 22 * index, x(value)
        body.append(f'<line x1="{at:.1f}" y1="{y + 5}" x2="{at:.1f}" y2="{bottom}" class="mark"/>')
        body.append(text_at(at - 5, y, f"{words}: {value:,}", "small", "end"))
    for index, (words, value, interval) in enumerate(rows):
        y = top + pitch * index + 26
        body.append(text_at(left - 12, y + 4, words, "strong", "end"))
        body.append(f'<line x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}" class="rule"/>')
        if interval:
            start, end = x(interval[0]), x(interval[1])
            body.append(
                f'<rect x="{start:.1f}" y="{y - 6}" width="{end - start:.1f}" height="12" rx="3" class="span"/>'
            )
        body.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="6" class="fact"/>')
        body.append(text_at(x(value), y - 11, f"{value:,}", "small", "middle"))
    words = "; ".join(
        f"{name} {value:,}" + (f" (95 percent interval {i[0]:,.0f} to {i[1]:,.0f})" if i else "")
        for name, value, i in rows
    )
    lines = "; ".join(f"{name} {value:,}" for value, name in marks)
    return figure("side-by-side", "What law, statistics and the full check say", f"{words}. {lines}.", bottom + 8, body)


def _bar(content: Mapping[str, Any]) -> str:
    """Draw the decisions on the lines: valid, duplicates, other reasons, with the number needed."""
    newest = content["decided"][-1]
    other = newest["lines"] - newest["valid"] - newest["duplicates"]
    parts: Sequence[tuple[str, int]] = [
        ("Valid", newest["valid"]), ("Other reasons", other), ("Duplicates", newest["duplicates"])
    ]  # fmt: skip
    whole = newest["basis"] == "full_check" and content["requirement"] is not None
    limits = [Limit(content["requirement"], "needed")] if whole else []
    return count_bar("decisions", f"{BASES[newest['basis']]}: decisions on {newest['lines']:,} lines", parts, limits)
