"""Voters as the file shows them, a row at a time: blocks of rows in the order of the snapshot, each compressed.

A block holds 64 rows; to show a voter, one block of about two thousand bytes is read. Fields are parted by U+001F and
rows by U+001E; where a field holds one of these, a space stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, RecordError

FIELDS = (
    *("voter_id", "first", "middle", "last", "suffix", "house_number", "street", "unit", "city", "zip", "county"),
    *("reg_date", "status"),
)
BLOCK = 64
_FIELD, _ROW = "\x1f", "\x1e"
_CODEC = "lz4"


def write_cards(voters: Path, folder: Path, tell: Callable[[float], None] = lambda share: None) -> None:
    """Write `cards.bin` and `cards.npy` (where every block begins, and its size when opened) from `voters.parquet`."""
    codec = pa.Codec(_CODEC)
    source = pq.ParquetFile(voters)
    total = max(source.metadata.num_rows, 1)
    places: list[tuple[int, int]] = []
    at = done = 0
    rest: pa.Array = pa.array([], pa.large_string())
    with (folder / "cards.bin").open("wb") as target:
        for batch in source.iter_batches(BLOCK << 11, columns=list(FIELDS)):
            rows = pa.concat_arrays([rest, _joined(batch)])
            done += len(batch)
            whole = len(rows) if done == total else len(rows) // BLOCK * BLOCK
            rest = rows.slice(whole)
            _, offset_bytes, data = rows.buffers()
            offsets = np.frombuffer(offset_bytes, np.int64)[rows.offset :][: len(rows) + 1].tolist()
            letters = memoryview(data) if data is not None else memoryview(b"")
            for low in range(0, whole, BLOCK):
                block = letters[offsets[low] : offsets[min(low + BLOCK, whole)]]
                packed = codec.compress(block, asbytes=True)
                target.write(packed)
                places.append((at, len(block)))
                at += len(packed)
            tell(done / total)
    places.append((at, 0))
    np.save(folder / "cards.npy", np.array(places, dtype=np.int64))


def _joined(batch: pa.RecordBatch) -> pa.Array:
    columns = [batch[name].cast(pa.large_string()).fill_null("") for name in FIELDS]
    columns = [pc.replace_substring_regex(column, "[\x1e\x1f]", " ") for column in columns]
    nothing, field, row = (pa.scalar(text, pa.large_string()) for text in ("", _FIELD, _ROW))
    columns[-1] = pc.binary_join_element_wise(columns[-1], nothing, row)
    return pc.binary_join_element_wise(*columns, field)


class Cards:
    """The voters' rows of an opened index."""

    def __init__(self, places: npt.NDArray[np.int64], data: npt.NDArray[np.uint8]) -> None:
        self._places, self._data, self._codec = places, data, pa.Codec(_CODEC)

    def of(self, rows: Sequence[int]) -> list[dict[str, str]]:
        """Give the fields of the voters in these rows.

        Raises
        ------
        RecordError
            A block is damaged.
        """
        opened: dict[int, list[str]] = {}
        found = []
        for row in rows:
            block, place = divmod(int(row), BLOCK)
            if block not in opened:
                opened[block] = self._open(block)
            fields = opened[block][place].split(_FIELD) if place < len(opened[block]) else []
            if len(fields) != len(FIELDS):
                raise _damaged()
            found.append(dict(zip(FIELDS, fields, strict=True)))
        return found

    def _open(self, block: int) -> list[str]:
        (at, size), (end, _) = self._places[block].tolist(), self._places[block + 1].tolist()
        try:
            opened = self._codec.decompress(self._data[at:end], decompressed_size=size, asbytes=True)
            return str(opened, "utf-8").split(_ROW)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise _damaged() from error


def _damaged() -> RecordError:
    remedy = "Make the index again with `referenda voters index`."
    return RecordError(Fault("a block of voters in the index is damaged", "cards.bin", remedy=remedy))
