"""The page on groups beside their peers: every group in plot and table, names as text, no accusation."""

from __future__ import annotations

import re
from datetime import date

import pytest

from referenda.pages.quality import render_quality
from referenda.stats.quality import compare_groups

COUNTS = [*((f"C{n:02}", 70 + n % 9, 100) for n in range(20)), ("<b>Low & co</b>", 120, 400)]


def page(counts, **more):
    funnel = compare_groups(counts)
    groups = [
        {
            "name": group.name, "lines": group.share.of, "valid": group.share.count, "duplicates": 0,
            "reasons": {"not_registered": 3}, "share": vars(group.share), "p_value": group.p_value,
            "corrected_p_value": group.corrected, "differs": group.differs,
        }
        for group in funnel.groups
    ]  # fmt: skip
    found = {
        "county": "Alder", "case": "parks", "group_by": "circulator", "from": "decisions", "rate": funnel.rate,
        "spread": funnel.spread, "level": 0.05, "correction": "Holm", "cautions": [], "groups": groups, **more,
    }  # fmt: skip
    return render_quality(found, funnel.limits, made_on=date(2026, 7, 1), version="1")


def test_every_group_has_a_mark_and_a_row():
    text = page(COUNTS)
    assert text.count("<circle") == 20
    assert text.count('class="below"') == 1
    assert text.count('<th scope="row">') == 21
    assert "1 differs from its peers" in re.sub(r"\s+", " ", text)


def test_names_are_text_and_the_page_needs_nothing_else():
    text = page(COUNTS)
    assert "<b>Low" not in text
    assert "&lt;b&gt;Low &amp; co" in text
    assert "<script" not in text
    assert "http" not in text


@pytest.mark.parametrize("word", ["fraud", "suspicious", "forged", "guilty"])
def test_nobody_is_accused(word):
    assert word not in page(COUNTS).lower()


@pytest.mark.parametrize(
    "counts", [[("one", 1, 1)], [("a", 0, 5), ("b", 0, 7)], [(f"s{n}", 10, 10) for n in range(50)]]
)
def test_few_groups_or_groups_all_alike_can_be_drawn(counts):
    text = page(counts)
    assert "none differs from its peers" in re.sub(r"\s+", " ", text)
    assert "nan" not in text.lower().replace("nand", "")


def test_cautions_stand_at_the_top():
    assert (
        page(COUNTS, cautions=["3 lines are in work"]).index("3 lines are in work") < page(COUNTS).index("<main>") + 400
    )
