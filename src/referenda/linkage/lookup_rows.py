"""Some voters of an index, by row: how well typed words fit each of their fields."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.linkage.lookup_index import LookupIndex
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
        self._index, self.rows = index, rows
        self._values: dict[str, npt.NDArray[Any]] = {}

    def levels(self, reading: Reading, field: str, slot: str) -> Levels:
        """Give how well a word fits every voter in one place, from 0 to 100."""
        table = reading.value_levels(slot) if slot in ("street", "city", "county") else reading.levels(field)
        return np.asarray(table[self._of(slot)])

    def best(self, reading: Reading, field: str) -> Levels:
        """Give how well a word fits every voter in one field."""
        levels = [self.levels(reading, field, slot) for slot in SLOTS[field]]
        return levels[0] if len(levels) == 1 else np.maximum.reduce(levels)

    def _of(self, slot: str) -> npt.NDArray[Any]:
        """Give the value of every voter in one place: the rank of a word, -1 for none, or the number of a value."""
        if slot not in self._values:
            self._values[slot] = self._fetch(slot).astype(np.intp)
        return self._values[slot]

    def _fetch(self, slot: str) -> npt.NDArray[Any]:
        index = self._index
        if slot == "zip":
            return np.asarray(np.searchsorted(index.zip_starts, self.rows, side="right") - 1 - index.no_zip)
        if slot.startswith("middle"):
            return np.asarray(index.ranks["middle"][int(slot[-1])][index.columns["middle"][self.rows]])
        values = np.asarray(index.columns[slot][self.rows])
        return np.asarray(index.ranks[slot][values]) if slot in index.ranks else values
