"""Chance that can be repeated: every number is a hash of the seed, the name of what is drawn, and its position.

Nothing is drawn in an order, so a place comes out the same whatever the size of the pieces it is made in, and one
voter can be made without the ones before. The hash is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014, section 4), twice: integer arithmetic modulo 2**64, alike on
every machine and in every version of NumPy. It is for simulation: draws that a public must trust are made elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64] | NDArray[np.uint64]
GOLDEN = 0x9E3779B97F4A7C15
MASK = 0xFFFFFFFFFFFFFFFF
SMALLEST = 2.0**-53


def mix(value: int) -> int:
    """Scramble a 64-bit integer (SplitMix64's finaliser)."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble an array in place, as `mix` does."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values ^= values >> np.uint64(shift)
        values *= np.uint64(factor)
    values ^= values >> np.uint64(31)
    return values


class Draws:
    """Numbers of one seed.

    Parameters
    ----------
    seed
        Any integer; only its value modulo 2**64 counts.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed & MASK
        self._keys: dict[str, int] = {}

    def key(self, name: str) -> int:
        """Give the 64-bit key of what is drawn under a name."""
        if name not in self._keys:
            digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
            self._keys[name] = mix((int.from_bytes(digest, "big") + self.seed * GOLDEN) & MASK)
        return self._keys[name]

    def bits(self, name: str, at: Positions) -> NDArray[np.uint64]:
        """Draw 64 bits at each position."""
        values = at.astype(np.uint64)
        values *= np.uint64(GOLDEN)
        values += np.uint64(self.key(name))
        return _mix(_mix(values))

    def share(self, name: str, at: Positions) -> NDArray[np.float64]:
        """Draw a number in [0, 1) at each position."""
        return (self.bits(name, at) >> np.uint64(11)).astype(np.float64) * SMALLEST

    def below(self, name: str, at: Positions, limit: int | NDArray[np.int64]) -> NDArray[np.int64]:
        """Draw a whole number from 0 to limit - 1 at each position; a limit is at least 1 and below 2**31."""
        return ((self.bits(name, at) >> np.uint64(32)).astype(np.int64) * limit) >> 32

    def dice(self, name: str, position: int) -> Dice:
        """Give dice of one position, for things that are drawn one after the other."""
        return Dice(mix((self.key(name) + position * GOLDEN) & MASK))

    def many_dice(self, name: str, at: Positions, *, ready: int = 32) -> Iterator[Dice]:
        """Give the dice of each position, with some throws of each made beforehand, all at once."""
        states = _mix(at.astype(np.uint64) * np.uint64(GOLDEN) + np.uint64(self.key(name)))
        steps = np.arange(ready, 0, -1, dtype=np.uint64) * np.uint64(GOLDEN)
        thrown = _mix(states[:, None] + steps[None, :])
        last = states + np.uint64(ready * GOLDEN & MASK)
        for state, bits in zip(last.tolist(), thrown, strict=True):
            yield Dice(state, bits.tolist())


class Dice:
    """Numbers one after the other, for one line of a petition (SplitMix64 itself)."""

    def __init__(self, state: int, ready: list[int] | None = None) -> None:
        self.state = state
        self._ready = ready or []  # the next throws, the first of them last; the state stands behind them

    def bits(self) -> int:
        """Draw 64 bits."""
        if self._ready:
            return self._ready.pop()
        self.state = (self.state + GOLDEN) & MASK
        return mix(self.state)

    def share(self) -> float:
        """Draw a number in [0, 1)."""
        return ((self._ready.pop() if self._ready else self.bits()) >> 11) * SMALLEST

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 to limit - 1."""
        return ((self.bits() >> 32) * limit) >> 32

    def one_of(self, choices: Sequence[str]) -> str:
        """Draw one of several."""
        return choices[self.below(len(choices))]


class Wheel:
    """Draws positions of a list by weight, with one look at a table: weights are rounded to 1 in 2**size.

    Parameters
    ----------
    weights
        At least one, none negative, not all zero; they need not add up to 1.
    size
        Bits of the table's length; a weight below 2**-size of the whole may never be drawn.
    """

    def __init__(self, weights: Sequence[float] | NDArray[np.float64], *, size: int = 16) -> None:
        limits = np.cumsum(np.asarray(weights, dtype=np.float64))
        points = (np.arange(2**size) + 0.5) * (limits[-1] / 2**size)
        self.table: NDArray[np.int32] = np.searchsorted(limits, points, side="right").astype(np.int32)
        self.drop = np.uint64(64 - size)

    def turn(self, bits: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Give the position for each draw of 64 bits."""
        turned: NDArray[np.int32] = self.table[(bits >> self.drop).astype(np.int64)]
        return turned

    def turn_one(self, bits: int) -> int:
        """Give the position for one draw of 64 bits."""
        return int(self.table[bits >> int(self.drop)])
