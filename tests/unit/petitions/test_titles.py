"""Words of a title and summary, counted."""

from __future__ import annotations

import pytest

from referenda.petitions.titles import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One two three.", 3),
        ("well-known parts", 2),
        ("a — dash – is -- no word", 5),
        ("March 13, 2019", 1),
        ("on March 13 the voters", 4),
        ("$1,250,000.00 in 180 days", 4),
        ("www.example.org/measure?x=1", 1),
        ("(16-0011A1.)", 1),
        ("50% of voters & 55% yes", 5),
        ("line\nbreaks\tpart words", 4),
    ],
)
def test_words_are_counted_as_the_elections_code_counts_them(text, words):
    assert count_words(text) == words
