"""Words of the clerk's look-up: every word a number that keeps the order of letters, and how a typed word is read.

A word's code is its first twelve signs as digits of base 38 (0 stands for the end, then 0-9, A-Z, and one for any other
sign). Codes sort as the words do, so the words that begin with what was typed are one range of a sorted array; and a
misspelling is found by writing down every word that is one sign away (left out, put in, changed, two changed places)
and looking for the ranges of those. No index of misspellings is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.linkage.keys import Texts

Codes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

LONGEST = 12
"""Signs of a word that are looked at."""
BASE = 38
_POWERS = np.array([BASE ** (LONGEST - 1 - place) for place in range(LONGEST)], dtype=np.int64)
_DIGITS = np.arange(1, 11)
_LETTERS = np.arange(11, 37)
_ALPHABETS = {
    (True, False): _DIGITS,
    (False, True): _LETTERS,
    (True, True): np.arange(1, 37),
    (False, False): _LETTERS,
}
_SIGN = np.full(256, BASE - 1, dtype=np.uint64)
_SIGN[0] = 0
_SIGN[48:58] = _DIGITS
_SIGN[65:91] = _LETTERS

FIELDS = ("surname", "given", "number", "street", "place", "zip", "unit")
"""What a word can be; `given` holds first and middle names, `place` the words of cities and counties."""

NEAR_FROM = 2
"""Letters that a word must have so that its misspellings are tried; with one digit or letter all is near."""
NEAR_BEGINNING_FROM = 4
"""Letters from which on a misspelt beginning of a word is tried too."""


def codes_of(values: pa.Array | list[str]) -> Codes:
    """Give the codes of words in their normalised face (A-Z, 0-9)."""
    letters = Texts(values).bytes[:, :LONGEST]
    signs = _SIGN[letters]
    return signs @ _POWERS[: letters.shape[1]].astype(np.uint64)


class Ranges(NamedTuple):
    """Ranges of words in their order: the place of the first of each and that after the last."""

    low: Ints
    high: Ints


class Misspelt(NamedTuple):
    """The codes of all that is one sign away from a typed word, and the code after the last that begins so."""

    codes: Codes
    ends: Codes


@lru_cache(maxsize=4096)
def misspelt(word: str) -> Misspelt:
    """Write down every code that is one sign away from the word: left out, put in, changed, or two changed places.

    Signs that are put in or changed are digits in a number, letters in a word of letters, both where both stand. Some
    codes come twice.
    """
    signs = _SIGN[np.frombuffer(word[:LONGEST].encode("ascii", "replace"), dtype=np.uint8)].astype(np.int64)
    length = len(signs)
    digit, letter = bool((signs <= 10).any()), bool((signs > 10).any())
    alphabet = _ALPHABETS[digit, letter]
    powers = _POWERS[:length]
    values = signs * powers
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(values)])
    whole = before[-1]
    one_out = before[:-1] + (whole - before[1:]) * BASE
    swapped = whole + np.diff(signs) * (powers[:-1] - powers[1:])
    changed = (whole - values)[:, None] + powers[:, None] * alphabet
    room = min(length + 1, LONGEST)
    put_in = (before[:room] + (whole - before[:room]) // BASE)[:, None] + _POWERS[:room, None] * alphabet
    parts = [(changed.ravel(), length), (swapped, length), (put_in.ravel(), room)]
    if length > 1:
        parts.append((one_out, length - 1))
    codes = np.concatenate([found for found, _ in parts])
    spans = np.concatenate([np.full(len(found), BASE ** (LONGEST - size)) for found, size in parts])
    other = codes != whole
    return Misspelt(codes[other].astype(np.uint64), (codes + spans)[other].astype(np.uint64))


@dataclass(frozen=True)
class Words:
    """Every word of a voter file, sorted, and for every field how many of the field's words stand before each."""

    codes: Codes
    before: npt.NDArray[np.int32]
    """One column a field, in the order of `FIELDS`."""

    @classmethod
    def of(cls, by_field: dict[str, Codes]) -> Words:
        """Make them of each field's sorted distinct codes."""
        everything = np.unique(np.concatenate([by_field[field] for field in FIELDS]))
        before = np.zeros((len(everything) + 1, len(FIELDS)), dtype=np.int32)
        for at, field in enumerate(FIELDS):
            before[np.searchsorted(everything, by_field[field]) + 1, at] = 1
        return cls(everything, np.cumsum(before, axis=0, dtype=np.int32))

    def count(self, field: str) -> int:
        """Count the words of a field."""
        return int(self.before[-1, FIELDS.index(field)])

    def read(self, word: str) -> list[Word]:
        """Find what a typed word, of A-Z and 0-9 only, can be in every field, in the order of `FIELDS`."""
        typed = code_of(word)
        end = typed + BASE ** max(LONGEST - len(word), 0)
        low, high = np.searchsorted(self.codes, np.array([typed, end], np.uint64)).tolist()
        middle = low + int(low < high and int(self.codes[low]) == typed)
        near, near_low, near_high = _NONE, _NONE, _NONE
        if len(word) >= NEAR_FROM:
            codes, ends = misspelt(word)
            places = np.searchsorted(self.codes, codes)
            whole = self.codes[np.minimum(places, len(self.codes) - 1)] == codes
            near = np.unique(places[whole])
            if len(word) >= NEAR_BEGINNING_FROM:
                near_low, near_high = places + whole, np.searchsorted(self.codes, ends)
                begins = near_low < near_high
                near_low, near_high = near_low[begins], near_high[begins]
        places = np.concatenate([[low, middle, high], near, near_low, near + 1, near_high])
        ranks = self.before[places].T.astype(np.int64, order="C")
        sure, count, whole_count = ranks[:, :3].tolist(), len(near) + len(near_low), len(near)
        starts, stops = ranks[:, 3 : 3 + count], ranks[:, 3 + count :]
        there = starts < stops
        read = []
        for at, (exact, longer, after) in enumerate(sure):
            kept = there[at].nonzero()[0]
            cut = int(np.searchsorted(kept, whole_count))
            ranges = Ranges(starts[at][kept], stops[at][kept])
            read.append(Word(exact, longer, after, _part(ranges, 0, cut), _part(ranges, cut, len(kept))))
        return read


class Word(NamedTuple):
    """What a typed word can be in one field: ranges of the field's words, by rank."""

    exact: int
    """Where the word itself stands, if it does."""
    longer: int
    """Where the longer words that begin so begin."""
    end: int
    """Where they end."""
    near: Ranges
    near_longer: Ranges


def code_of(word: str) -> int:
    """Give the code of one word of ASCII."""
    return sum(int(_SIGN[ord(sign)]) * int(power) for sign, power in zip(word, _POWERS, strict=False))


def _part(ranges: Ranges, start: int, stop: int) -> Ranges:
    return Ranges(ranges.low[start:stop], ranges.high[start:stop])


_NONE = np.zeros(0, dtype=np.int64)
