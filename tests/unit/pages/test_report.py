"""The page: everything it is given is text, and only addresses of the web become links."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from referenda.pages.report import render_report

HOSTILE = "\"><script>alert('x')</script>{{ 7 * 7 }}&"
MOMENT = {"day": "2017-01-26", "shown_day": "Thu", "kind": "fact", "words": "w", "why": "y", "cite": "", "sources": []}
STEP = {"about": "a", "words": "w", "shown": "1", "cite": "c"}
RULE = {"label": "l", "text": "yes > no", "passed": True, "words": ["w"], "bars": []}
BAR = {"words": "w", "value": 0.6, "value_words": "v", "threshold": 0.5, "threshold_words": "t", "met": True}
CASE = {
    "anchor": "a", "name": "n", "title": "t", "verdict": "v", "style": "bad", "outcome_words": "o", "requirement": "1",
    "dates": "d", "facts": [{"name": "n", "value": "v"}], "moments": [MOMENT], "caption": "c",
    "spans": [("2017-01-26", "2017-02-26", "s")], "requirement_steps": [STEP], "doubts": ["d"],
}  # fmt: skip
SIX = {
    "words": "w", "parts": [("p", 3), ("q", 4)], "limits": [(5, "l")], "count_caption": "c", "rates": [("Yuba", 60.0)],
    "needed_rate": 70.0, "dots_caption": "d", "worked": {"county": "Yuba", "words": "w", "steps": [STEP]},
    "rows": [{"county": "Yuba", "raw_count": "1", "rate": "2", "projected": "3"}],
}  # fmt: skip
RECORD = {
    "case": "c", "verified": False, "message": "m", "events": 1, "findings": 1, "root": "r", "folder": "f",
}  # fmt: skip


PETITION = {
    "title": "t", "verdict": "sufficient", "words": ["w"], "links": [["page", "petition/report.html"]],
    "content": {
        "requirement": 9051, "decided": [],
        "projection": {
            "projected_valid": 9360, "limits": [[8599, "full_check"], [9957, "sufficient"]],
            "estimate": {"valid": 9359.0, "low": 6687.0, "high": 10116.0},
        },
    },
}  # fmt: skip


def content(**changed: Any) -> dict[str, Any]:
    return {
        "made_on": "2026-01-01",
        "version": "0",
        "law": {"name": "California", "digest": "d"},
        "cases": [CASE],
        "six": SIX,
        "petition": PETITION,
        "votes": [{"title": "t", "counts": "c", "source": "https://example.org/x", "rules": [{**RULE, "bars": [BAR]}]}],
        "records": [RECORD],
        "signatures": "s",
    } | changed


class Page(HTMLParser):
    """Collects the tags of a page, its links, and all its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href"))

    def handle_data(self, data: str) -> None:
        self.words += data


def hostile(value: Any) -> Any:
    """Put hostile text into every text but those that choose a style or are days."""
    if isinstance(value, dict):
        kept = ("day", "kind", "style")
        return {key: inner if key in kept else hostile(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner) for inner in value]
    if isinstance(value, tuple):
        return tuple(inner if str(inner).startswith("2017") else hostile(inner) for inner in value)
    return HOSTILE if isinstance(value, str) else value


def test_no_text_becomes_markup_wherever_it_stands() -> None:
    plain, attacked = Page(render_report(content())), Page(render_report(hostile(content())))
    assert [tag for tag in attacked.tags if tag != "a"] == [tag for tag in plain.tags if tag != "a"]
    assert "script" not in attacked.tags
    assert "{{ 7 * 7 }}" in attacked.words


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "Statement of Vote, p. 4", "http://["])
def test_what_is_no_address_of_the_web_is_text_and_no_link(address: str) -> None:
    case = {**CASE, "moments": [{**MOMENT, "sources": [address, "https://example.org/page"]}]}
    page = Page(render_report(content(cases=[case], votes=[])))
    assert page.links == ["https://example.org/page", "petition/report.html"]
    assert address in page.words
    assert "example.org" in page.words
