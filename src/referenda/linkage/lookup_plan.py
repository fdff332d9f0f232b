"""Which voters can be meant: the cheapest questions to the index that together miss nobody over one wrong word.

A question takes two words of the query in two fields (surname and number, street and number, given name and zip, ...)
and gives the voters who hold both. Pairs in one sorted array are found without looking at anybody else; for other pairs
the voters of one word are walked through, those of a street, zip or city being neighbours in the file. A question costs
about as many steps as it looks at voters, and more for each that it finds. The cheapest pair of words is asked first;
for each of its two words being wrong, the cheapest pair without it, or with all that is one sign away from it, is asked
too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from referenda.linkage.lookup_index import Holders, LookupIndex, Packed, distinct, spread
from referenda.linkage.lookup_reading import EXACT, LONGER, Reading, Side
from referenda.linkage.lookup_rows import Neighbours, Rows
from referenda.linkage.lookup_words import Ints

DEAREST = 100_000.0
"""Steps above which a question is not asked, if a cheaper one was."""
DEAREST_OF_TWO = 25_000.0
"""The same for a query of two words once somebody is found: its misspellings are many, and say little."""
ENOUGH, PLENTY = 200, 1_000
"""Voters who hold all words from which on no further pair is asked for, and no further question of two words."""
MOST_ROWS = 10_000
"""Voters that one question may give; where there are more, the query says too little."""
PLANNED = 5
"""Words of a query that questions are made of: the rarest."""
MOST_WALKED = 1_000_000
STRETCH = 1 << 17
"""Voters of a street or city that are walked through at a time."""
_START, _PROBE, _FOUND = 400.0, 5.0, 8.0
_NOTHING = np.zeros(0, dtype=np.int64)
_ORDERED = {
    ("surname", "given"): "by_surname",
    ("given", "surname"): "by_given",
    ("number", "surname"): "by_number",
    ("surname", "surname"): "by_second",
}
_WALKED = {"street": 0.1, "zip": 0.1, "place": 0.1, "number": 1.0, "surname": 1.0, "given": 1.0}
"""Steps for each voter that is walked through; those of a street, zip or city are neighbours."""


class Question(NamedTuple):
    """One way to ask for a pair of words, and its cost in steps; `array` is the sorted array that holds both."""

    cost: float
    array: str | None
    first: Side
    second: Side


class Plan:
    """Finds the candidates of one query."""

    def __init__(self, index: LookupIndex, readings: list[Reading]) -> None:
        self._index, self._readings = index, readings
        self.cut = False
        """Whether voters were left out because a question gave too many."""

    def rows(self) -> Ints:
        """Give the rows of the voters who can be meant, each once, in the order of the file."""
        readings = [reading for reading in self._readings if reading.fields]
        if not readings:
            return _NOTHING
        if len(readings) == 1:
            return self._single(readings[0])
        rows = _NOTHING
        for questions in self._pairs(readings):
            rows = distinct(np.concatenate([rows, self._answer(questions, readings, sure=bool(len(rows)))]))
            if self._enough(rows, readings):
                self.cut = True
                break
        if not len(rows):
            rarest = sorted(readings, key=lambda reading: reading.fewest or len(self._index))
            rows = distinct(np.concatenate([self._single(reading) for reading in rarest[:2]]))
        return rows

    def _pairs(self, readings: list[Reading]) -> Iterator[list[Question]]:
        """Choose the pairs to ask for."""
        known = [reading for reading in readings if reading.fewest]
        planned = sorted(known, key=lambda reading: reading.fewest)[:PLANNED]
        unknown = [reading for reading in readings if not reading.fewest]
        pairs = [(a, b, self._questions(a, b)) for a, b in combinations(planned, 2)]
        wrong: list[Reading] = []
        if pairs:
            a, b, first = min(pairs, key=lambda pair: _cost(pair[2]))
            yield first
            wrong = [a, b]
        if unknown:
            wrong = unknown[:1]
        for word in wrong:
            without = [questions for a, b, questions in pairs if word is not a and word is not b]
            misspelt = [self._questions(other, word, near=True) for other in planned if other is not word]
            options = [questions for questions in without + misspelt if questions]
            if options:
                yield min(options, key=_cost)

    def _answer(self, questions: list[Question], readings: list[Reading], *, sure: bool) -> Ints:
        """Ask, the cheapest first; of two words alone no more than is needed, and little once voters are found."""
        two = len(readings) == 2
        dearest = DEAREST_OF_TWO if two and sure else DEAREST
        rows, asked = _NOTHING, 0
        for question in sorted(questions, key=_dear):
            if (asked and question.cost > dearest) or (two and len(rows) >= PLENTY):
                break
            rows = np.concatenate([rows, self._ask(question)])
            asked += 1
        rows = distinct(rows)
        self.cut |= asked < len(questions) or len(rows) > MOST_ROWS
        return rows[:MOST_ROWS]

    def _enough(self, rows: Ints, readings: list[Reading]) -> bool:
        """Say whether so many voters hold every word as typed or begun that no wrong word need be thought of."""
        for reading in readings:
            if len(rows) < ENOUGH:
                return False
            people = Rows(self._index, rows)
            levels = [people.best(reading, field) for field in reading.fields]
            rows = rows[np.maximum.reduce(levels) >= (EXACT if reading.whole else LONGER)]
        return len(rows) >= ENOUGH

    def _questions(self, one: Reading, other: Reading, *, near: bool = False) -> list[Question]:
        """Give for every two fields that two words can stand in the cheapest way to ask; near is about the second."""
        found = []
        for a in one.sides(False):
            for b in other.sides(near):
                both = _FOUND * a.voters * b.voters / len(self._index)
                options = []
                for x, y in ((a, b), (b, a)):
                    array = _ORDERED.get((x.field, y.field))
                    if array:
                        cost = _START + _PROBE * x.words * len(y.ranges.low) + both
                        options.append(Question(cost, array, x, y))
                    if x.field != y.field:
                        options.append(Question(_START + _WALKED[x.field] * x.voters + both, None, x, y))
                if a.field == b.field:
                    found += options
                elif options:
                    found.append(min(options, key=_dear))
        return found

    def _ask(self, question: Question) -> Ints:
        if question.array:
            return self._packed(getattr(self._index, question.array), question.first, question.second)
        return self._walk(question.first, question.second)

    def _packed(self, packed: Packed, first: Side, second: Side) -> Ints:
        """Give who holds a word of the first side and one of the second, out of one sorted array."""
        low, high = second.ranges
        heads = spread(*first.ranges)
        found: list[Ints] = []
        total = 0
        for start in range(0, len(heads), 2000):
            places = packed.places(heads[start : start + 2000], low, high)
            found.append(packed.rows(*self._bound(*places, MOST_ROWS)))
            total += len(found[-1])
            if total >= MOST_ROWS:
                self.cut = True
                break
        return np.concatenate(found) if found else _NOTHING

    def _walk(self, first: Side, second: Side) -> Ints:
        """Give those of the first side's voters who hold a word of the second."""
        if self._index.packed_of(first.field) is None:
            return self._walk_on(first, second)
        rows = self._voters_of(first)
        return rows[Rows(self._index, rows).best(second.reading, second.field) >= second.least][: MOST_ROWS + 1]

    def _walk_on(self, first: Side, second: Side) -> Ints:
        """Walk through neighbours, a stretch after the other, until enough are found."""
        low, high = self._ranges_of(first)
        before = np.cumsum(high - low) - (high - low)
        found: list[Ints] = []
        for start in range(0, int((high - low).sum()), STRETCH):
            begin = np.minimum(low + np.maximum(start - before, 0), high)
            end = np.clip(low + start + STRETCH - before, begin, high)
            here = begin < end
            near = Neighbours(self._index, begin[here], end[here])
            rows = near.where(near.best(second.reading, second.field) >= second.least, 4 * MOST_ROWS)
            if first.field == "place":
                rows = rows[Rows(self._index, rows).best(first.reading, "place") >= first.least]
            found.append(rows)
            if sum(map(len, found)) > MOST_ROWS:
                break
        return np.concatenate(found) if found else _NOTHING

    def _voters_of(self, side: Side, most: int = MOST_WALKED) -> Ints:
        """Give the rows of everybody who holds one of the side's words; for a city, of about as many as asked for."""
        low, high = side.ranges
        array = self._index.packed_of(side.field)
        if array is not None:
            return array.rows(*self._bound(array.starts[low], array.starts[high], most))
        near = Neighbours(self._index, *self._ranges_of(side, most))
        return near.where(near.best(side.reading, "place") >= side.least, most) if side.field == "place" else near.rows

    def _ranges_of(self, side: Side, most: int = MOST_WALKED) -> tuple[Ints, Ints]:
        """Give the ranges of rows where the voters of a zip or a street live; of a city, those of its zips."""
        index, (low, high) = self._index, side.ranges
        if side.field == "zip":
            return self._bound(index.zip_starts[low + index.no_zip], index.zip_starts[high + index.no_zip], most)
        if side.field == "street":
            streets = _values(index.holders["street"], side)
            runs = spread(index.run_starts[streets], index.run_starts[streets + 1])
            return self._bound(index.runs[0][runs], index.runs[1][runs], most)
        cities = _values(index.holders["city"], side)
        zips = index.city_zips
        of = distinct(zips.values[spread(zips.starts[cities], zips.starts[cities + 1])])
        return self._bound(index.zip_starts[of], index.zip_starts[of + 1], most)

    def _bound(self, low: Ints, high: Ints, most: int) -> tuple[Ints, Ints]:
        """Keep the first ranges, so that no more than a bounded number of voters is walked through."""
        before = np.cumsum(high - low) - (high - low)
        if len(before) and before[-1] + high[-1] - low[-1] > most:
            self.cut = True
            kept = before < most
            low, high = low[kept], np.minimum(high[kept], low[kept] + most - before[kept])
        return low, high

    def _single(self, reading: Reading) -> Ints:
        """Give voters for one word alone: of the fields in the order of the reading, as typed first."""
        found: list[Ints] = []
        for near in (False, True):
            found = [self._voters_of(side, MOST_ROWS // 10) for side in reading.sides(near)]
            if found:
                break
        return distinct(np.concatenate(found)) if found else _NOTHING


def _cost(questions: list[Question]) -> float:
    return sum(question.cost for question in questions) if questions else float("inf")


def _dear(question: Question) -> float:
    return question.cost


def _values(holders: Holders, side: Side) -> Ints:
    """Give the values of a column that hold one of the side's words."""
    low, high = side.ranges
    return distinct(holders.values[spread(holders.starts[low], holders.starts[high])]).astype(np.int64)
