"""Columns of people, on either side of a match: distinct values once, and for every person the number of a value.

Names repeat, so hashes, letter pairs and string distances are computed for values, not for people. The voters' columns
lie on disk and are mapped into memory; those of petition lines are made as they are read. Both look the same here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

from referenda.linkage.keys import Hashes, Texts

TEXT_FIELDS = (
    *("first", "middle", "last", "second", "suffix"),
    *("number", "street", "unit", "city", "county", "status"),
)
"""Fields of a person that are compared as text, in their normalised face.

Where names are parted differs from list to list (Maria Teresa, Wen Qiang; Rojas Ortega), so only the first word is
the given name and the rest goes to the middle; the first word of a surname is `last` and the rest is `second`.
"""

Codes = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One field of many people: the distinct values, how many hold each, and every person's value by its number."""

    values: pa.Array
    codes: Codes
    hashes: Hashes
    pairs: Hashes

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Column:
        """Make it of a column of texts; a missing text is an empty one."""
        encoded = column
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
        values = encoded.dictionary.cast(pa.string())
        empty = len(values)
        codes = encoded.indices.fill_null(empty).to_numpy(zero_copy_only=False)
        values = pa.concat_arrays([values, pa.array([""], pa.string())])
        texts = Texts(values)
        return cls(values, codes.astype(_smallest(empty + 1)), texts.hash(), texts.letter_pairs())

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Count the people of every value."""
        return np.bincount(self.codes, minlength=len(self.values)).astype(np.int64)

    @cached_property
    def _by_hash(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        order = np.argsort(self.hashes)
        return self.hashes[order], self.counts[order]

    def counts_of(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """Count the people whose value has these hashes; 0 for values that nobody has and for those not known."""
        known, counts = self._by_hash
        place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return np.where((known[place] == hashes) & (hashes != 0), counts[place], 0)

    @cached_property
    def words(self) -> npt.NDArray[np.object_]:
        """Give the values as Python texts."""
        words = np.empty(len(self.values), dtype=object)
        words[:] = self.values.to_pylist()
        return words

    @cached_property
    def texts(self) -> Texts:
        """Give the values as bytes, for the parts that keys are made of."""
        return Texts(self.values)

    @cached_property
    def letters(self) -> Hashes:
        """Give the hash of the first letter of every value."""
        return self.texts.head(1)

    def hash_of(self, rows: Rows) -> Hashes:
        """Give the hash of the value of every person named by row; 0 where it is not known."""
        return self.hashes[self.codes[rows]]

    def pairs_of(self, rows: Rows) -> Hashes:
        """Give the letter pairs of the value of every person named by row."""
        return self.pairs[self.codes[rows]]

    def save(self, folder: Path, name: str) -> None:
        """Write the values with their hashes, and the codes, so that they can be mapped into memory."""
        table = pa.table({"value": self.values, "hash": self.hashes, "pairs": self.pairs, "count": self.counts})
        feather.write_feather(table, folder / f"{name}.values", compression="uncompressed")
        np.save(folder / f"{name}.codes.npy", self.codes)

    @classmethod
    def load(cls, folder: Path, name: str) -> Column:
        """Map a saved column into memory."""
        table = feather.read_table(folder / f"{name}.values", memory_map=True).combine_chunks()
        codes = np.load(folder / f"{name}.codes.npy", mmap_mode="r")
        column = cls(
            table["value"].combine_chunks() if isinstance(table["value"], pa.ChunkedArray) else table["value"],
            codes,
            table["hash"].to_numpy(),
            table["pairs"].to_numpy(),
        )
        column.__dict__["counts"] = table["count"].to_numpy()
        return column


@dataclass(frozen=True)
class People:
    """Voters or signers: their text fields, the five-digit zip (0: not known), and a date in days since 1970."""

    columns: Mapping[str, Column]
    zip5: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.zip5)

    def __getitem__(self, field: str) -> Column:
        return self.columns[field]

    @classmethod
    def of(cls, table: pa.Table) -> People:
        """Make them of a table with the normalised columns (`n_first`...), `county` and `date`, `status` if any."""
        none = pa.array([""] * len(table), pa.string())
        columns = {}
        for field in TEXT_FIELDS:
            if field in ("county", "status") and field not in table.column_names:
                columns[field] = Column.of(none)
            else:
                columns[field] = Column.of(column_of(field, table.__getitem__))
        zip5 = np.asarray(table["zip5"].fill_null(0).to_numpy(), dtype=np.int32)
        return cls(columns, zip5, days_of(table["date"]))

    @classmethod
    def load(cls, folder: Path) -> People:
        """Map saved people into memory."""
        columns = {name: Column.load(folder, name) for name in TEXT_FIELDS}
        zip5, day = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("zip5", "day"))
        return cls(columns, zip5, day)

    def texts_of(self, row: int) -> dict[str, str]:
        """Give one person's fields as texts."""
        texts = {name: str(column.values[int(column.codes[row])].as_py()) for name, column in self.columns.items()}
        return texts | {"zip": f"{int(self.zip5[row]):05d}" if self.zip5[row] else ""}


def column_of(field: str, read: Callable[[str], pa.ChunkedArray]) -> pa.ChunkedArray | pa.Array:
    """Give one of `TEXT_FIELDS` from the columns of a normalised table."""
    if field in ("county", "status"):
        return pc.utf8_upper(pc.utf8_trim_whitespace(read(field).cast(pa.string()).fill_null("")))
    if field == "first":
        return _words(read("n_first"))[0]
    if field in ("last", "second"):
        return _words(read("n_last"))[field == "second"]
    if field == "middle":
        rest = _words(read("n_first"))[1].cast(pa.string())
        middle = read("n_middle").cast(pa.string()).fill_null("").combine_chunks()
        joined = pc.utf8_trim_whitespace(pc.binary_join_element_wise(rest, middle, " "))
        return pc.if_else(pc.equal(rest, ""), middle, joined)
    return read(f"n_{field}")


def _words(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Part every value after its first word; dictionaries keep the work small."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    parts = [str(value or "").partition(" ") for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(parts))
    first, rest = (pa.array([*(part[side] for part in parts), ""], pa.string()) for side in (0, 2))
    return first.take(codes), rest.take(codes)


def days_of(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int32]:
    """Turn dates, or texts such as 2017-01-26, into days since 1970; 0 where the day is not known."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.strptime(column, format="%Y-%m-%d", unit="s", error_is_null=True)
    days = column.cast(pa.date32()).cast(pa.int32()).fill_null(0)
    return np.asarray(days.to_numpy(), dtype=np.int32)


def _smallest(count: int) -> npt.DTypeLike:
    return np.uint8 if count <= 256 else np.uint16 if count <= 65536 else np.int32
