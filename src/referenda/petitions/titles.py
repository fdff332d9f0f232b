"""Words of a title and summary, counted as Elections Code § 9 counts them, as far as a program can.

Punctuation is free; a hyphenated word, a date, a number in digits, an abbreviation, a telephone number and an internet
address are one word each. § 9(a)(3) also counts a proper name of several words as one word, and hyphenated words that
no dictionary has as several: both need a person, whose count may be recorded instead.
"""

from __future__ import annotations

import re

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(rf"\b(?:{_MONTH})\s+\d{{1,2}}(?:\s*,\s*\d{{4}})?\b")
_WORD = re.compile(r"\S*\w\S*")
_DASH = re.compile(r"\s*(?:—|–|--)\s*")


def count_words(text: str) -> int:
    """Count the words of a text.

    Examples
    --------
    >>> count_words("Fifty-five percent of voters, on March 13, 2019: $1.25 million (www.example.org).")
    9
    """
    return len(_WORD.findall(_DATE.sub("date", _DASH.sub(" ", text))))
