"""Rewriting text by one list of steps that two interpreters run: a SQL engine over columns, Python over one value.

A step is a regular expression and its replacement, in the part of the language that RE2, Java and Python share:
no look-around, no back-reference inside the pattern, ASCII classes. `folded` comes first: capitals A-Z without
diacritics, so that Title Case, UPPER and UPPER without diacritics become one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

#: Letters and signs that no decomposition of Unicode turns into ASCII, and what people type instead.
SPECIAL_LETTERS = {
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ŧ": "t",
    "Ŧ": "T", "ı": "i", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "´": "'", "′": "'", "‐": "-", "‑": "-", "–": "-", "—": "-",
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "º": "", "ª": "",
}  # fmt: skip
_TABLE = str.maketrans(SPECIAL_LETTERS)
_NOT_ASCII = re.compile(r"[^\x00-\x7F]+")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def folded(text: str) -> str:
    """Give the text in capitals A-Z without diacritics; every sign that is not ASCII becomes a space."""
    if not text.isascii():
        bare = unicodedata.normalize("NFD", text.translate(_TABLE))
        text = _NOT_ASCII.sub(" ", "".join(sign for sign in bare if unicodedata.category(sign)[0] != "M"))
    return text.translate(_UPPER)


def quoted(text: str) -> str:
    """Give the text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def prelude() -> list[str]:
    r"""Give the statements that teach DuckDB the functions named in the SQL of this room.

    Another engine defines the same four: `folded(x)`; `rewritten(x, pattern, by)`, all places, groups as `\1`;
    `part(x, pattern, n)`, the group or empty; `fits(x, pattern)`, the whole text.
    """
    bare = "replace(x, chr(0), ' ')"  # DuckDB's strip_accents ends at a NUL.
    stripped = f"strip_accents({bare})"
    for letter, by in SPECIAL_LETTERS.items():
        bare = f"replace({bare}, {quoted(letter)}, {quoted(by)})"
    return [
        r"CREATE OR REPLACE TEMP MACRO rewritten(x, pattern, by_) AS regexp_replace(x, pattern, by_, 'g')",
        "CREATE OR REPLACE TEMP MACRO part(x, pattern, n) AS regexp_extract(x, pattern, n)",
        "CREATE OR REPLACE TEMP MACRO fits(x, pattern) AS regexp_full_match(x, pattern)",
        # Nearly all text is plain, or plain when bare; only what is left goes through every special letter.
        f"CREATE OR REPLACE TEMP MACRO folded(x) AS CASE WHEN strlen(x) = length(x) THEN upper(x) "
        f"WHEN strlen({stripped}) = length({stripped}) THEN upper({stripped}) "
        f"ELSE upper(regexp_replace(strip_accents({bare}), '[^\\x00-\\x7F]+', ' ', 'g')) END",
    ]


@dataclass(frozen=True)
class Rewriting:
    r"""A list of steps (pattern, replacement), applied one after the other; the replacement names groups as `\1`.

    A group's number is one digit, so that a digit may follow it.
    """

    steps: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, steps: Iterable[tuple[str, str]]) -> Rewriting:
        """Make a list of steps."""
        return cls(tuple(steps))

    @cached_property
    def _compiled(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        steps = ((pattern, re.sub(r"\\([0-9])", r"\\g<\1>", by)) for pattern, by in self.steps)
        return tuple((re.compile(pattern, re.ASCII), by) for pattern, by in steps)

    def apply(self, text: str) -> str:
        """Rewrite one folded text and trim it."""
        for pattern, by in self._compiled:
            text = pattern.sub(by, text)
        return text.strip(" ")

    def sql(self, expression: str) -> str:
        """Give the SQL expression that rewrites another one."""
        for pattern, by in self.steps:
            expression = f"rewritten({expression}, {quoted(pattern)}, {quoted(by)})"
        return f"trim({expression})"


def part(text: str, pattern: str, group: int) -> str:
    """Give a group of the first place that the pattern fits, empty when there is none."""
    found = re.search(pattern, text, re.ASCII)
    return (found.group(group) or "") if found else ""


def fits(text: str, pattern: str) -> bool:
    """Say whether the whole text fits the pattern."""
    return re.fullmatch(pattern, text, re.ASCII) is not None
