"""The words and signs of the rule language, and what people write instead of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from referenda.errors import Fault, InputError
from referenda.terms.names import nearest

WORDS = frozenset({"and", "or", "not", "of"})
FUNCTIONS: dict[str, int | None] = {"min": None, "max": None, "ceil": 1, "floor": 1, "abs": 1, "sqrt": 1, "if": 3}
COMPARISONS = frozenset({">=", "<=", ">", "<", "=", "!="})

_SAME = {"≥": ">=", "≤": "<=", "==": "="}
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>>=|<=|==|!=|[≥≤<>=+\-*/%(),])",
    re.ASCII,
)
_MEANT_SIGN = {
    ">>": ">", "<<": "<", "=>": ">=", "=<": "<=", "<>": "!=",
    "≠": "!=", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-",
    "&": "and", "|": "or", "!": "not", "[": "(", "]": ")", "{": "(", "}": ")", "\u00a0": "an ordinary space",
    "\u202f": "an ordinary space", "&&": "and", "||": "or", ".": "a digit on both sides of the point, as in 0.5",
}  # fmt: skip
_MEANT_WORD = {
    "electorate": "registered", "electors": "registered", "eligible": "registered", "entitled": "registered",
    "registration": "registered", "roll": "registered", "voters": "registered", "turnout": "ballots",
    "cast": "ballots", "participation": "ballots", "votes": "valid", "total": "valid", "for": "yes", "against": "no",
    "approve": "yes", "reject": "no", "blank": "invalid", "spoiled": "invalid", "spoilt": "invalid",
    "cantons": "units", "states": "units", "provinces": "units", "percent": "%", "per_cent": "%", "pct": "%",
    "half": "1/2", "sum": "+", "minus": "-", "plus": "+", "times": "*", "ceiling": "ceil", "root": "sqrt",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign of a rule, and its place in the text; `end` stands after the last."""

    kind: Literal["number", "name", "word", "function", "sign", "end"]
    text: str
    start: int
    end: int


def tokens_of(text: str, what: str) -> list[Token]:
    """Part a text into tokens.

    Raises
    ------
    InputError
        At the first character that has no meaning.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        pair = text[at : at + 2]
        if match is None or pair in _MEANT_SIGN:
            wrong = pair if pair in _MEANT_SIGN else text[at]
            meant = _MEANT_SIGN.get(wrong)
            remedy = (
                f"Write {meant}." if meant else "Use names, numbers, and + - * / % of >= <= > < = != and or not ( )."
            )
            raise InputError(Fault(f"{wrong!r} has no meaning in a {what}", column=at + 1, value=text, remedy=remedy))
        if match.lastgroup != "space":
            tokens.append(_token(match))
        at = match.end()
    end = len(text.rstrip())
    return [*tokens, Token("end", "", end, end)]


def _token(match: re.Match[str]) -> Token:
    text, (start, end) = match.group(), match.span()
    if match.lastgroup == "number":
        return Token("number", text, start, end)
    if match.lastgroup == "sign":
        return Token("sign", _SAME.get(text, text), start, end)
    word = text.lower()
    if word in WORDS:
        return Token("word", word, start, end)
    return Token("function", word, start, end) if word in FUNCTIONS else Token("name", text, start, end)


def word_meant(word: str, names: Collection[str]) -> str | None:
    """Give the word that was meant, when one is near and stands among the names or the words of the language."""
    known = [*WORDS, *FUNCTIONS, *names]
    meant = _MEANT_WORD.get(word.lower())
    if meant and (meant in known or not meant.isalpha()):
        return meant
    return nearest(word.lower(), known)


def function_meant(word: str) -> str | None:
    """Give the function that was meant, when one is near."""
    near = nearest(word.lower(), FUNCTIONS) or _MEANT_WORD.get(word.lower())
    return near if near in FUNCTIONS else None
