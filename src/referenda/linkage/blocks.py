"""Blocks of lines, and what is done with one: the part of a match that any process can do apart from the others.

A deed is a small object that can be sent to another process. It opens the keys of the voters by their folder, maps
them into memory, and gives the links of the lines it is handed; it sees nothing else of the petition than what it
carries. Lines travel as an Arrow table of their normalised texts and links come back as one (`packed`, `unpacked`,
`done`); keys are hashes of texts, so it does not matter by which numbers a process knows them. An engine only decides
where the deeds are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from referenda.linkage.key_arrays import Index, load_index
from referenda.linkage.model import Model
from referenda.linkage.people import TEXT_FIELDS, Column, People
from referenda.linkage.stages import Links, match_exact, match_rest

Ints = npt.NDArray[np.int64]


class Deed(Protocol):
    """What is done with a block: find the links of the lines named in `which`, in increasing order."""

    def __call__(self, lines: People, which: Ints, sheet_zip: Ints) -> Links:
        """Give one link for each of `which`; `sheet_zip` has an entry for every line of `lines`."""


@dataclass(frozen=True)
class Exactly:
    """Find the lines that stand in the voter file as written, once."""

    keys: Path

    def __call__(self, lines: People, which: Ints, sheet_zip: Ints) -> Links:
        """Give one link for each of `which`; see `Deed`."""
        return match_exact(open_index(self.keys), lines, which)


@dataclass(frozen=True)
class InFull:
    """Find candidates by keys, compare them in full, and weigh them."""

    keys: Path
    model: Model
    clean_share: float

    def __call__(self, lines: People, which: Ints, sheet_zip: Ints) -> Links:
        """Give one link for each of `which`; see `Deed`."""
        index = open_index(self.keys)
        return match_rest(index, lines, which, sheet_zip, self.model, clean_share=self.clean_share)


def open_index(keys: Path) -> Index:
    """Map the keys of voters into memory; what this process has mapped already is not opened again."""
    about = (keys / "index.json").stat()
    return _opened(keys, about.st_mtime_ns, about.st_ino)


@lru_cache(maxsize=1)
def _opened(keys: Path, changed: int, number: int) -> Index:
    return load_index(keys)


def in_turn(deed: Deed, lines: People, which: Ints, sheet_zip: Ints, block: int) -> Iterator[tuple[Ints, Links]]:
    """Do the blocks here, one after the other; give the lines of each with their links."""
    for start in range(0, len(which), block):
        part = which[start : start + block]
        yield part, deed(lines, part, sheet_zip)


def packed(lines: People, which: Ints, sheet_zip: Ints) -> pa.Table:
    """Give the lines named in `which` as a table, for another process."""
    texts = {name: lines[name].values.take(pa.array(lines[name].codes[which])) for name in TEXT_FIELDS}
    return pa.table({**texts, "zip5": lines.zip5[which], "day": lines.day[which], "sheet_zip": sheet_zip[which]})


def unpacked(table: pa.Table) -> tuple[People, Ints]:
    """Give the lines of a table made by `packed`, numbered from 0, and the zip of each one's sheet."""
    columns = {name: Column.of(table[name]) for name in TEXT_FIELDS}
    zip5, day, sheet_zip = (table[name].to_numpy() for name in ("zip5", "day", "sheet_zip"))
    return People(columns, zip5, day), sheet_zip


def done(deed: Deed, table: pa.Table) -> pa.Table:
    """Do a deed for all lines of a table made by `packed`; one row a line, one column for each field of `Links`."""
    lines, sheet_zip = unpacked(table)
    return pa.table(vars(deed(lines, np.arange(len(lines)), sheet_zip)))


def read_links(table: pa.Table) -> Links:
    """Give the links of a table made by `done`."""
    return Links(**{name: table[name].to_numpy() for name in table.column_names})
