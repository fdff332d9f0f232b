"""What a clerk typed, as words: folded like the voters' names and addresses, in any order, of any length.

Signs other than letters and digits part words. `14TH` and `FOURTEENTH` are the street 14, `STREET` is `ST` and `MOUNT`
is `MT`, as in the voters' addresses; `COUNTY ROAD 38` is `CR 38`. Particles may belong to a surname (`DE LA CRUZ`), so
there is a second way to read them: joined.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from referenda.linkage.addresses import normalize_city, street_words
from referenda.linkage.person_names import PARTICLES
from referenda.linkage.rewriting import Rewriting, folded

LONGEST_QUERY = 256
"""Signs of a query that are read; what follows is not looked at."""
MOST_WORDS = 8
"""Words of a query that are looked for; the others are named as left out."""

_CLEAN = Rewriting.of(
    [
        ("['`\"]", ""),
        (r"\b([0-9]{5})-[0-9]{4}\b", r"\1"),
        (r"([0-9])-([A-Z])\b", r"\1\2"),
        (r"\b([0-9]+) [0-9]/[0-9]\b", r"\1"),
        (r"[^A-Z0-9]+", " "),
        (r"\b([0-9]+)(?:ST|ND|RD|TH)\b", r"\1"),
        (r"\b(?:COUNTY|CO|CNTY) (?:ROAD|RD) ([0-9])", r"CR \1"),
        (r"\bSTATE (?:ROUTE|RTE|RT|HIGHWAY|HWY|ROAD|RD) ([0-9])", r"SR \1"),
        (r"\bU ?S (?:ROUTE|RTE|RT|HIGHWAY|HWY) ([0-9])", r"US \1"),
        (r"\b(?:APARTMENT|APT|UNIT|SUITE|STE|SPC) ([0-9]|[A-Z]\b|[A-Z][0-9])", r"\1"),
    ]
)
_PARTICLES = frozenset(PARTICLES.replace("DE LA", "").replace("DE LOS", "").split("|")) | {"O", "D"}


class Typed(NamedTuple):
    """One word of a query, and its face in streets and in the names of places."""

    text: str
    street: str
    place: str
    last: bool
    """Whether it is the last word, which may still be typed on."""


class Query(NamedTuple):
    """The words of a query, and what was left out of it."""

    words: tuple[Typed, ...]
    left_out: tuple[str, ...]


def read_query(text: str) -> Query:
    """Read what was typed; a text of any length or kind is read, and what is too much is left out."""
    words = _CLEAN.apply(folded(text[:LONGEST_QUERY])).split()
    left = words[MOST_WORDS:]
    if len(text) > LONGEST_QUERY:
        left.append("…")
    return Query(_typed(words[:MOST_WORDS]), tuple(left))


def joined(words: tuple[Typed, ...]) -> tuple[Typed, ...]:
    """Join every particle to the word after it: DE LA CRUZ becomes DELACRUZ."""
    texts: list[str] = []
    waiting = ""
    for word in words:
        waiting += word.text
        if word.text not in _PARTICLES or word.last:
            texts.append(waiting)
            waiting = ""
    return _typed(texts)


def _typed(texts: list[str]) -> tuple[Typed, ...]:
    known = street_words()
    return tuple(
        Typed(text, known.get(text, (text, ""))[0], _place(text), at == len(texts) - 1) for at, text in enumerate(texts)
    )


@lru_cache(maxsize=4096)
def _place(text: str) -> str:
    if not text.isalpha():
        return text
    before, behind = normalize_city(f"{text} X"), normalize_city(f"X {text}")
    return before.partition(" ")[0] if before != f"{text} X" else behind.rpartition(" ")[2]
