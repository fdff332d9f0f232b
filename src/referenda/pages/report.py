"""The one-file page of the demo: timelines, bars and tables of findings, and what the checker said of the records.

The page needs no network and no script; the same numbers stand in figures and in tables. It is given plain text and
numbers only, so that it knows nothing of law or cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from referenda.pages.petition import number_line
from referenda.pages.pictures import Limit, Moment, ShareBar, Span, count_bar, dot_rows, share_bars, timeline
from referenda.pages.template import render, report_style

TITLE = "Five petitions, two votes, and what a stranger can check"
LEAD = (
    "Three measures on California's independence, each day computed from the law and compared with what happened; "
    "Six Californias counted as far as its public figures go; a petition of an invented county from its sections to an "
    "amended certificate; and two votes under their own rules and under another."
)


def render_report(content: Mapping[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    content
        `made_on`, `version`, `law`, `cases`, `six`, `petition`, `votes`, `records`, `signatures`; each as `cli.demo`
        makes them.
    """
    return render(
        "report.html.j2",
        title=TITLE,
        lead=LEAD,
        style=report_style(),
        cases=[_case(case) for case in content["cases"]],
        six=_six(content["six"]),
        petition={**content["petition"], "line": Markup(number_line(content["petition"]["content"]))},
        votes=[_vote(vote, index) for index, vote in enumerate(content["votes"])],
        **{name: content[name] for name in ("made_on", "version", "law", "records", "signatures")},
    )


def _case(case: Mapping[str, Any]) -> dict[str, Any]:
    moments = sorted(case["moments"], key=lambda row: (row["day"], row["kind"] == "deadline"))
    drawn = timeline(
        f"timeline-{case['anchor']}",
        f"Timeline of {case['name']}",
        [Moment(date.fromisoformat(row["day"]), row["words"], row["kind"]) for row in moments],
        [Span(date.fromisoformat(first), date.fromisoformat(last), words) for first, last, words in case["spans"]],
    )
    rows = [{**row, "links": [_link(url) for url in row["sources"]]} for row in moments]
    return {**case, "moments": rows, "timeline": Markup(drawn)}


def _link(url: str) -> dict[str, str]:
    """Show an address by its host; what is no address of the web stands as text, without a link."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    return {"url": url if host else "", "host": host or url}


def _six(six: Mapping[str, Any]) -> dict[str, Any]:
    limits = [Limit(value, words) for value, words in six["limits"]]
    count = count_bar("six-count", "Six Californias: projected valid signatures and the limits", six["parts"], limits)
    rates: Sequence[tuple[str, float]] = six["rates"]
    dots = dot_rows(
        "six-rates",
        "Six Californias: share of signatures valid after duplicates, by county",
        rates,
        line=six["needed_rate"],
        line_words=f"needed {six['needed_rate']:.2f} %",
    )
    return {**six, "count": Markup(count), "dots": Markup(dots)}


def _vote(vote: Mapping[str, Any], index: int) -> dict[str, Any]:
    rules = []
    for number, rule in enumerate(vote["rules"]):
        bars = [ShareBar(**bar) for bar in rule["bars"]]
        drawn = share_bars(f"vote-{index}-{number}", f"{vote['title']}: {rule['label']}", bars)
        rules.append({**rule, "bars": Markup(drawn)})
    return {**vote, "rules": rules, "source": _link(vote["source"])}
