"""Some voters of an index, by row: how well typed words fit each of their fields."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.linkage.lookup_index import MIDDLES, LookupIndex, spread
from referenda.linkage.lookup_reading import Levels, Reading
from referenda.linkage.lookup_words import Ints

SLOTS: dict[str, tuple[str, ...]] = {
    "surname": ("last", "second"),
    "given": ("first", "middle_0", "middle_1"),
    "number": ("number",),
    "street": ("street",),
    "place": ("city", "county"),
    "zip": ("zip",),
    "unit": ("unit",),
}
"""The places of a voter's row where a word of each field can stand."""


class Rows:
    """Voters by row; the values of a field are fetched when they are asked for, once."""

    def __init__(self, index: LookupIndex, rows: Ints) -> None:
        self.index, self._rows = index, rows
        self._values: dict[str, npt.NDArray[np.intp]] = {}

    @property
    def rows(self) -> Ints:
        """The rows, in order."""
        return self._rows

    def levels(self, reading: Reading, field: str, slot: str) -> Levels:
        """Give how well a word fits every voter in one place, from 0 to 100."""
        if slot in ("street", "city", "county"):
            return np.asarray(reading.value_levels(slot)[self._of(slot)])
        levels, ranks = reading.levels(field), self.index.ranks.get(slot)
        if ranks is None:
            return np.asarray(levels[self._of(slot)])
        values = self._of("middle" if slot in MIDDLES else slot)
        return np.asarray(levels[ranks][values] if len(ranks) < len(values) else levels[ranks[values]])

    def best(self, reading: Reading, field: str) -> Levels:
        """Give how well a word fits every voter in one field."""
        levels = [self.levels(reading, field, slot) for slot in SLOTS[field]]
        return levels[0] if len(levels) == 1 else np.maximum.reduce(levels)

    def _of(self, slot: str) -> npt.NDArray[np.intp]:
        """Give the number of every voter's value in one place; of a zip its rank, -1 for none."""
        values = self._values.get(slot)
        if values is None:
            values = self._zips() if slot == "zip" else self._fetch(self.index.columns[slot]).astype(np.intp)
            self._values[slot] = values
        return values

    def _zips(self) -> npt.NDArray[np.intp]:
        return np.searchsorted(self.index.zip_starts, self.rows, side="right") - 1 - self.index.no_zip

    def _fetch(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.asarray(column[self._rows])


SHORT = 256
"""Ranges that are shorter on average are read row by row, longer ones as stretches."""


class Neighbours(Rows):
    """Voters in ranges of rows; whole stretches of a column are read, which is quicker than one row after another."""

    def __init__(self, index: LookupIndex, low: Ints, high: Ints) -> None:
        super().__init__(index, low)
        self._low, self._high = low, high

    @cached_property
    def rows(self) -> Ints:
        """The rows, in the order of the ranges."""
        return spread(self._low, self._high)

    def where(self, kept: npt.NDArray[np.bool_], most: int) -> Ints:
        """Give the rows of the first voters that are kept."""
        places = np.flatnonzero(kept)[:most]
        ends = np.cumsum(self._high - self._low)
        of = np.searchsorted(ends, places, side="right")
        return places + (self._high - ends)[of]

    def _fetch(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if int((self._high - self._low).sum()) < SHORT * len(self._low):
            return np.asarray(column[self.rows])
        ranges = zip(self._low.tolist(), self._high.tolist(), strict=True)
        return np.concatenate([column[low:high] for low, high in ranges] or [column[:0]])
