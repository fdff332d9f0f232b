"""A measure's text against the law it changes. The texts are invented."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest

from referenda.errors import InputError, UndeterminedError
from referenda.petitions.case import TextVersion
from referenda.petitions.kinds import Change
from referenda.petitions.redline import compare, page, redline_versions


def version(name, text=None, changes=(), standing="verbatim"):
    return TextVersion(name, date(2026, 1, 1), text, standing, tuple(changes), None)


def marks(before, after):
    changes = [Change(provision="§ 1", law=before, proposed=after)]
    [redline] = redline_versions([version("v", changes=changes)], "law", "v")
    return redline.words


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one of five parts", "one of seven parts", "one of [-five-]{+seven+} parts"),
        ("a part that stays.", "a part.", "a part [-that stays-]."),
        ("a part.", "a part that stays.", "a part {+that stays+}."),
        ("", "A new section.", "{+A new section.+}"),
        ("An old section.", "", "[-An old section.-]"),
        ("the same", "the same", "the same"),
        ("", "", ""),
        ("broken\nover lines", "broken over  lines", "broken over  lines"),
        ("$1,250 a year", "$1,350 a year", "$1,[-250-]{+350+} a year"),
    ],
)
def test_struck_and_added_words_are_marked(before, after, expected):
    assert marks(before, after) == expected


def test_lines_that_did_not_change_stay_whole():
    before = "Section 1.\nFees are five dollars.\nSection 3.\n"
    after = "Section 1.\nFees are six dollars.\nSection 3.\nSection 4.\n"
    assert marks(before, after) == "Section 1.\nFees are [-five-]{+six+} dollars.\nSection 3.\n{+Section 4.+}\n"


def test_a_long_text_is_compared_in_time():
    lines = [f"Section {n}. The board meets on day {n} of each month." for n in range(2000)]
    changed = [line.replace("board", "council") if n % 100 == 0 else line for n, line in enumerate(lines)]
    segments = compare("\n".join(lines), "\n".join(changed))
    assert sum(segment.change == "added" for segment in segments) == 20


def test_two_versions_are_set_against_each_other_provision_by_provision():
    old = version(
        "A",
        "Text one.",
        [Change(provision="§ 1", law="x", proposed="five"), Change(provision="§ 2", law="", proposed="y")],
    )
    new = version(
        "B",
        "Text two.",
        [Change(provision="§ 1", law="x", proposed="six"), Change(provision="§ 3", law="", proposed="z")],
    )
    found = {r.heading: r.words for r in redline_versions([old, new], "A", "B")}
    assert found == {
        "Text of the measure": "Text [-one-]{+two+}.",
        "§ 1": "[-five-]{+six+}",
        "§ 2": "[-y-]",
        "§ 3": "{+z+}",
    }


def test_a_version_that_is_not_there_is_refused_with_the_one_that_was_meant():
    with pytest.raises(InputError, match="Did you mean 16-0011A1"):
        redline_versions([version("16-0011A1", "x")], "law", "16-0011A2")


def test_words_that_are_not_at_hand_cannot_be_compared():
    with pytest.raises(UndeterminedError, match="not recorded"):
        redline_versions([version("A", standing="not_at_hand")], "law", "A")


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_the_page_tells_struck_from_added_without_colour_and_escapes_what_it_shows():
    changes = [Change(provision="<§ 1>", law="a <b> & old", proposed="a <b> & new")]
    redlines = redline_versions([version("v", changes=changes, standing="paraphrase")], "law", "v")
    html = page("Fees & <fines>", redlines)
    reader = Reader()
    reader.feed(html)
    assert "b" not in reader.tags and "fines" not in reader.tags
    assert reader.tags.count("del") == reader.tags.count("ins") == 2  # one of each in the legend
    assert "a <b> & [struck] old[end struck] " in reader.text
    assert "line-through" in html and "underline" in html
    assert "a paraphrase, not the filed text" in reader.text
    assert '<html lang="en">' in html and "<main>" in html


def test_a_redline_is_given_as_json_in_segments():
    changes = [Change(provision="§ 1", law="five", proposed="six")]
    [redline] = redline_versions([version("v", changes=changes)], "law", "v")
    assert redline.as_dict() == {
        "heading": "§ 1",
        "standing": "verbatim",
        "segments": [{"change": "struck", "text": "five"}, {"change": "added", "text": "six"}],
    }
