"""What a value is turned into so that millions can be compared: a 64-bit hash, parts of it, a mask of letter pairs.

All is defined on bytes and whole numbers only, so that any engine in any language gives the same keys:

- `hash` of a text: FNV-1a, 64 bits, over the first 64 bytes of its normalised face (A-Z, 0-9 and space), then
  `finish`. The hash of an empty text is 0, which means "not known": it equals nothing and makes no key.
- `finish` of a number x: the last step of SplitMix64 (shifts 30, 27, 31 and its two multipliers), modulo 2^64.
- a key of several hashes: start with FNV's offset, and for each h: x = finish((x xor h) * FNV's prime); if one h is
  0, the key is 0.
- `letter_pairs`: for every two neighbouring bytes a, b of the text with one space before and after it, bit
  ((a * 37 + b) * 2654435761 mod 2^32) >> 26 of a 64-bit mask.

Sources: FNV (Fowler, Noll, Vo), SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Letters = npt.NDArray[np.uint8]

LONGEST = 64
"""Bytes of a text that count; what stands after them is not looked at."""

_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def finish(x: Hashes) -> Hashes:
    """Spread every bit of a number over all 64 (the last step of SplitMix64)."""
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


def combine(*hashes: Hashes) -> Hashes:
    """Make one key of several hashes of the same length, in the order given; 0 where one of them is 0."""
    known = np.ones(hashes[0].shape, dtype=bool)
    for h in hashes:
        known &= h != 0
    return np.where(known, chain(*hashes), np.uint64(0))


def chain(*hashes: Hashes) -> Hashes:
    """Make one number of several hashes of the same length, in the order given, whether they are known or not."""
    key = np.full(hashes[0].shape, _OFFSET)
    for h in hashes:
        key = finish((key ^ h) * _PRIME)
    return key


class Texts:
    """Texts as a table of bytes: one row a text, zeros after its end."""

    def __init__(self, values: pa.Array | Sequence[str]) -> None:
        column = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
        column = column.cast(pa.large_string()).fill_null("")
        if column.offset:
            column = pa.concat_arrays([column])
        count = len(column)
        _, offset_bytes, data_bytes = column.buffers()
        offsets = np.frombuffer(offset_bytes, dtype=np.int64, count=count + 1) if count else np.zeros(1, np.int64)
        data = np.frombuffer(data_bytes, dtype=np.uint8) if data_bytes is not None else np.zeros(0, np.uint8)
        self.lengths = np.minimum(np.diff(offsets), LONGEST).astype(np.int32)
        width = int(self.lengths.max()) if count else 0
        self.bytes: Letters = np.zeros((count, max(width, 1)), dtype=np.uint8)
        for place in range(width):
            longer = np.flatnonzero(self.lengths > place)
            self.bytes[longer, place] = data[offsets[longer] + place]

    def __len__(self) -> int:
        return len(self.lengths)

    def hash(self) -> Hashes:
        """Hash every text; 0 for an empty one."""
        return hash_bytes(self.bytes, self.lengths)

    def head(self, count: int) -> Hashes:
        """Hash the first letters of every text."""
        return hash_bytes(self.bytes, np.minimum(self.lengths, count))

    def tail(self, count: int) -> Hashes:
        """Hash the last letters of every text."""
        return hash_bytes(self._tail(count), np.minimum(self.lengths, count))

    def _tail(self, count: int) -> Letters:
        start = np.maximum(self.lengths - count, 0)[:, None]
        places = np.minimum(start + np.arange(count), self.bytes.shape[1] - 1)
        inside = start + np.arange(count) < self.lengths[:, None]
        return np.where(inside, np.take_along_axis(self.bytes, places, axis=1), 0).astype(np.uint8)

    def letter_pairs(self) -> Hashes:
        """Mark every two neighbouring letters in a mask of 64 bits; nothing is marked for an empty text."""
        mask = np.zeros(len(self), dtype=np.uint64)
        before = np.full(len(self), 32, dtype=np.uint32)
        for place in range(self.bytes.shape[1] + 1):
            here = self.bytes[:, place] if place < self.bytes.shape[1] else np.zeros(len(self), np.uint8)
            letter = np.where(here == 0, 32, here).astype(np.uint32)
            bit = ((before * np.uint32(37) + letter) * np.uint32(2654435761)) >> np.uint32(26)
            marked = mask | (np.uint64(1) << bit.astype(np.uint64))
            mask = np.where((place <= self.lengths) & (self.lengths > 0), marked, mask)
            before = letter
        return mask


def hash_bytes(letters: Letters, lengths: npt.NDArray[np.int32]) -> Hashes:
    """Hash rows of bytes up to their lengths; 0 for a row of length 0."""
    h = np.full(len(letters), _OFFSET)
    for place in range(int(lengths.max()) if len(lengths) else 0):
        longer = lengths > place
        h = np.where(longer, (h ^ letters[:, place].astype(np.uint64)) * _PRIME, h)
    h = finish(h)
    h[h == 0] = 1
    h[lengths == 0] = 0
    return h


def hash_texts(values: pa.Array | Sequence[str]) -> Hashes:
    """Hash texts; 0 for an empty one."""
    return Texts(values).hash()


def alike(a: Hashes, b: Hashes) -> npt.NDArray[np.float32]:
    """Compare two columns of letter-pair masks: twice the pairs in common by all pairs (Dice), in [0, 1]."""
    both = np.bitwise_count(a & b).astype(np.float32)
    total = np.bitwise_count(a).astype(np.float32) + np.bitwise_count(b).astype(np.float32)
    return np.asarray(2 * both / np.maximum(total, 1), dtype=np.float32)
