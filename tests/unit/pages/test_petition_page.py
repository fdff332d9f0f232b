"""The page on a petition: the same numbers in figure and table, nothing where nothing is known; text stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from referenda.pages.petition import number_line, render_petition

CONTENT: dict[str, Any] = {
    "case": "c",
    "county": "Alder",
    "place": "Alder County",
    "title": "Creek",
    "instrument": "ordinance",
    "law": "d" * 64,
    "requirement": 9051,
    "filed_on": "2025-07-09",
    "sections": 1444,
    "rejected_sections": 8,
    "raw_count": 12000,
    "events": [{"position": 0, "day": "2025-01-06", "what": "w", "number": "", "by": "proponents"}],
    "matched": None,
    "drawn": None,
    "decided": [],
    "in_work": None,
    "projection": None,
    "certificates": [],
    "quality": None,
}
LOOKS = {"count": 13, "of": 586, "share": 13 / 586, "low": 0.012, "high": 0.038}
DECIDED = {
    "basis": "full_check",
    "position": 14,
    "lines": 12000,
    "not_examined": 0,
    "valid": 9613,
    "duplicates": 174,
    "voter_file": "2025-07-15",
    "reasons": [{"about": "Not found.", "cite": "§ 100", "lines": 2387}],
    "second_looks": LOOKS,
}
PROJECTION = {
    "raw_count": 12000,
    "sample_size": 500,
    "valid_in_sample": 413,
    "duplicates_in_sample": 1,
    "projected_valid": 9360,
    "decision": "full_check",
    "about": "Every signature is examined.",
    "cite": "§ 9115",
    "steps": [],
    "one_more_duplicate": 576,
    "limits": [[8599, "full_check"], [9957, "sufficient"]],
    "estimate": {"valid": 9359.0, "low": 6687.0, "high": 10116.0},
}
CERTIFICATE = {
    "number": 2,
    "position": 18,
    "issued_on": "2025-09-23",
    "basis": "full_check",
    "examined": 12000,
    "valid": 9613,
    "amends": {"number": 1, "because": "Late.", "changes": [{"what": "valid", "before": 9612, "after": 9613}]},
    "result": {"decision": "sufficient", "about": "Enough.", "cite": "§ 9115"},
    "sha256": "a" * 64,
}


class Words(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []
        self.feed(page)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def page(**changed: Any) -> Words:
    return Words(render_petition({**CONTENT, **changed}, limits=None, made_on="2026-01-01", version="0"))


def test_before_anything_is_decided_the_page_says_so_and_shows_no_number_of_it():
    found = page()
    assert "Nothing is decided yet." in found.words
    assert "12,000" in found.words
    assert "svg" not in found.tags


def test_projection_estimate_and_full_check_stand_side_by_side():
    drawn = Words(number_line({**CONTENT, "projection": PROJECTION, "decided": [DECIDED]}))
    assert "The law projects 9,360; Unbiased estimate 9,359 (95 percent interval 6,687 to 10,116)" in drawn.words
    assert "Every line checked 9,613" in drawn.words
    assert "needed: 9,051" in drawn.words


def test_the_whole_page_has_reasons_second_looks_and_certificates():
    found = page(projection=PROJECTION, decided=[DECIDED], certificates=[CERTIFICATE])
    for words in (
        "sufficient 9,613 of 12,000 signatures examined are valid; 9,051 are needed.",
        "One more duplicate in the sample would have cost 576 signatures.",
        "Not found. § 100 2,387",
        "13 came out otherwise: 2.2 % (95 percent interval 1.2 % to 3.8 %). A third look settled them.",
        "No. 2, 2025-09-23, amends No. 1",
        "valid: 9,612 → 9,613",
    ):
        assert words in found.words.replace("Not found.§ 100", "Not found. § 100 "), words
    assert not {"script", "link", "img", "iframe"} & set(found.tags)


def test_a_check_that_ended_early_says_how_many_lines_were_left():
    found = page(decided=[{**DECIDED, "lines": 11000, "not_examined": 1000}])
    assert "1,000 lines were left unexamined" in found.words
    assert "unexamined" not in page(decided=[DECIDED]).words


@pytest.mark.parametrize("key", ["title", "county", "place", "case", "instrument"])
def test_no_text_becomes_markup(key):
    found = page(**{key: "<script>alert(1)</script>{{ 7 * 7 }}"})
    assert "script" not in found.tags
    assert "{{ 7 * 7 }}" in found.words
