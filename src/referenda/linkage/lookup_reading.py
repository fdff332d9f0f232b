"""A typed word against an index: the words of each field that it can be, how well, and how many voters hold them.

How well is a number up to 100: as it was typed 100, a longer word that begins so 92, another form of a given name
(Bill for William) 80, one sign wrong 72, a longer word whose beginning has one sign wrong 60. A number that is not the
last word of a query is thought to be whole, so that a longer one counts 60 only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from referenda.linkage.lookup_index import LookupIndex, spread
from referenda.linkage.lookup_query import Typed
from referenda.linkage.lookup_words import FIELDS, Ints, Ranges, Word, code_of

EXACT, LONGER, NICKNAME, NEAR, NEAR_LONGER = 100, 92, 80, 72, 60
Levels = npt.NDArray[np.uint8]

_LETTERS = ("surname", "given", "street", "place")
_DIGITS = ("number", "zip", "street", "unit")
_BOTH = ("number", "street", "unit")
_NO_WORDS = Ranges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
_HERE = np.array([0, 1], dtype=np.uint64)
MOST_STREET_DIGITS = 2
"""With a digit wrong, a number of no more digits than this is looked for as a street's too (34th for 24th)."""
WIDE = 20_000
"""When longer numbers have more voters than this and the number itself is one, only the number itself is meant."""


class Reading:
    """What one typed word can be."""

    def __init__(self, typed: Typed, index: LookupIndex) -> None:
        self.typed, self._index = typed, index
        text = typed.text
        if text.isdigit():
            fields: tuple[str, ...] = _DIGITS if len(text) > 2 else ("number", "street", "unit")
        elif text.isalpha():
            fields = _LETTERS if len(text) > 1 else ("surname", "given", "unit")
        else:
            fields = _BOTH
        self.digits = text[0].isdigit()
        self.whole = self.digits and not typed.last
        """Whether the word is thought to be typed to its end."""
        faces = {face: index.words.read(face) for face in {text, typed.street, typed.place}}
        face_of = {"street": typed.street, "place": typed.place}
        words = {field: faces[face_of.get(field, text)][FIELDS.index(field)] for field in fields}
        self.known = any(word.end > word.exact for word in words.values())
        """Whether any voter holds the word, as typed or begun so."""
        self._nicknames = self._names(index) if "given" in words else _NO_WORDS
        self._words = {field: word for field, word in words.items() if self._fits(field, word)}
        self.fields = tuple(self._words)
        """The fields in which it, or what is near it, stands."""
        self._levels: dict[str, Levels] = {}
        self._sides: dict[bool, list[Side]] = {}

    def sides(self, near: bool) -> list[Side]:
        """Give the fields in which a voter holds the word, as typed or begun so, or, if near, with a sign wrong too."""
        sides = self._sides.get(near)
        if sides is None:
            sides = self._sides[near] = []
            for field in self.fields:
                ranges = self._ranges(field, near)
                voters = int(np.sum(self._sum(field, *ranges))) if len(ranges.low) else 0
                if voters:
                    least = (NEAR if near else EXACT) if self.whole else (NEAR_LONGER if near else LONGER)
                    words = int((ranges.high - ranges.low).sum())
                    sides.append(Side(self, field, near, ranges, voters, words, least))
        return sides

    def _ranges(self, field: str, near: bool) -> Ranges:
        word = self._words[field]
        end = word.end
        if self.whole or (self.digits and word.longer > word.exact and self._sum(field, word.longer, end) > WIDE):
            end = word.longer
        count = 1 if end > word.exact else 0
        found = Ranges(np.full(count, word.exact), np.full(count, end))
        numbered = self.digits and field == "street" and len(self.typed.text) > MOST_STREET_DIGITS
        if near and field != "unit" and not numbered:
            close = [found, word.near]
            if not self.digits:
                close += [word.near_longer, *([self._nicknames] if field == "given" else [])]
            found = Ranges(np.concatenate([one.low for one in close]), np.concatenate([one.high for one in close]))
        return found

    def _fits(self, field: str, word: Word) -> bool:
        if word.end > word.exact or field == "unit":
            return word.end > word.exact
        return bool(len(word.near.low) or len(word.near_longer.low) or (field == "given" and len(self._nicknames.low)))

    def _names(self, index: LookupIndex) -> Ranges:
        """Give the given names that stand for the typed one."""
        codes, given = index.nicknames
        low, high = np.searchsorted(codes, np.array([code_of(self.typed.text)], np.uint64) + _HERE)
        names = given[low:high].astype(np.int64)
        return Ranges(names, names + 1)

    def _sum(self, field: str, low: Any, high: Any) -> Any:
        """Count voters of ranges of words."""
        index = self._index
        if field in ("street", "place"):
            holders = index.holders["street" if field == "street" else "city"]
            return holders.voters[holders.starts[high]] - holders.voters[holders.starts[low]]
        if field == "zip":
            return index.zip_starts[high + index.no_zip] - index.zip_starts[low + index.no_zip]
        array = index.packed_of(field)
        return array.starts[high] - array.starts[low] if array else 0

    def levels(self, field: str) -> Levels:
        """Give for every word of the field how well it fits, 0 where it does not; the last place stands for no word."""
        levels = self._levels.get(field)
        if levels is None:
            levels = np.zeros(self._index.words.count(field) + 1, dtype=np.uint8)
            for low, high, level in self._by_level(field):
                if len(low) == 1:
                    levels[int(low[0]) : int(high[0])] = level
                else:
                    levels[spread(low, high)] = level
            self._levels[field] = levels
        return levels

    def value_levels(self, column: str) -> Levels:
        """Give for every value of a column of words (street, city, county) how well its best word fits."""
        levels = self._levels.get(f"of {column}")
        if levels is None:
            holders = self._index.holders[column]
            levels = np.zeros(self._index.sizes[column], dtype=np.uint8)
            for low, high, level in self._by_level("street" if column == "street" else "place"):
                levels[holders.values[spread(holders.starts[low], holders.starts[high])]] = level
            self._levels[f"of {column}"] = levels
        return levels

    def _by_level(self, field: str) -> Iterator[tuple[Ints, Ints, int]]:
        """Give ranges of words with how well they fit, the worst first."""
        word = self._words[field]
        longer = np.array([word.longer]), np.array([word.end])
        if self.whole and field != "unit" and word.end > word.longer:
            yield (*longer, NEAR_LONGER)
        if field != "unit":
            if not self.digits and len(word.near_longer.low):
                yield (*word.near_longer, NEAR_LONGER)
            if len(word.near.low):
                yield (*word.near, NEAR)
            if field == "given" and len(self._nicknames.low):
                yield (*self._nicknames, NICKNAME)
        if not self.whole and word.end > word.longer:
            yield (*longer, LONGER)
        if word.longer > word.exact:
            yield np.array([word.exact]), np.array([word.longer]), EXACT

    @cached_property
    def fewest(self) -> int:
        """Count the voters of the field in which this word is rarest, but not unknown; 0 when it is unknown."""
        return min((side.voters for side in self.sides(False)), default=0)


class Side(NamedTuple):
    """A word in one field, with its misspellings or without."""

    reading: Reading
    field: str
    near: bool
    ranges: Ranges
    voters: int
    """Voters who hold one of the words, once for each that they hold."""
    words: int
    least: int
    """How well a word must fit to be one of them."""
