"""Houses and apartment houses along the streets of a neighbourhood, numbered as streets are.

Nine lots in ten hold one house, the others two to four homes or an apartment house of up to 160, so that about a
third of the homes are apartments (more in cities, fewer in suburbs and the country).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from referenda.synth.draws import Wheel
from referenda.synth.places import Geography

LOTS_A_ZIP = 1 << 24
SMALL = (2, 2, 2, 3, 3, 4, 4)
LARGE = (8, 12, 12, 16, 20, 24, 24, 32, 40, 48, 60, 80, 120, 160)
# Shares of single houses, small houses of several homes, and apartment houses, by style.
_LOTS = {
    "suburb": Wheel((0.965, 0.03, 0.005), size=12),
    "town": Wheel((0.925, 0.07, 0.005), size=12),
    "city": Wheel((0.84, 0.145, 0.015), size=12),
    "country": Wheel((0.985, 0.014, 0.001), size=12),
}
UNIT_STYLES = 5
LARGEST = 160
PLAIN, HALF, LETTER, NONE = 0, 1, 2, 3


@dataclass(frozen=True)
class Dwellings:
    """Homes, in the order of streets and numbers; arrays of one length.

    `zip` and `street` are numbers (a street's counts within its neighbourhood), `number` the house number, `kind`
    whether it is plain, has `1/2` or a letter, `unit` the position in `unit_names`, `position` the home's own for
    draws.
    """

    zip: NDArray[np.int64]
    street: NDArray[np.int64]
    number: NDArray[np.int64]
    kind: NDArray[np.int64]
    unit: NDArray[np.int64]
    position: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.zip)


@cache
def unit_names() -> list[str]:
    """Write every unit that an apartment can have; the first is none."""
    names = [""]
    for place in range(LARGEST):
        floor, door = divmod(place, 12)
        names += [
            f"Apt {place + 1}",
            f"Apt {(floor + 1) * 100 + door + 1}",
            f"# {place + 1}",
            f"Unit {'ABCDEFGHJKLMNPQRSTUVWXYZ'[place % 24]}{place // 24 or ''}",
            f"Apt {floor + 1}{'ABCDEFGHJKLM'[door]}",
        ]
    return names


def number_name(number: int, kind: int) -> str:
    """Write a house number: `123`, `123 1/2`, `123B`, or nothing."""
    if kind == NONE:
        return ""
    return f"{number} 1/2" if kind == HALF else f"{number}B" if kind == LETTER else str(number)


def build(
    geography: Geography, zips: NDArray[np.int64], homes: NDArray[np.int64], streets: NDArray[np.int64]
) -> Dwellings:
    """Build so many homes on so many streets in each of some neighbourhoods.

    Parameters
    ----------
    geography
        The place.
    zips
        Numbers of the neighbourhoods.
    homes, streets
        How many of each, one number for a neighbourhood; at least 1.
    """
    draws = geography.draws
    sizes = np.concatenate([_lot_sizes(geography, int(z), int(h)) for z, h in zip(zips, homes, strict=True)])
    lot_zip = np.repeat(np.arange(len(zips)), homes)  # as many lots as homes are enough
    lot_number = _within(homes)
    home_lot = np.repeat(np.arange(len(sizes)), sizes)
    home_place = np.arange(len(home_lot)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    per_zip = np.bincount(lot_zip, weights=sizes, minlength=len(zips)).astype(np.int64)
    keep = _within(per_zip) < np.repeat(homes, per_zip)
    home_lot, home_place = home_lot[keep], home_place[keep]
    used = np.zeros(len(zips), dtype=np.int64)
    np.maximum.at(used, lot_zip[home_lot], lot_number[home_lot] + 1)

    # Streets of unequal length: a lot's place among its neighbourhood's lots tells its street.
    street_zip = np.repeat(np.arange(len(zips)), streets)
    at = np.repeat(zips, streets) * 4096 + _within(streets)
    length = 0.25 - np.log1p(-draws.share("length of a street", at))
    ends = np.cumsum(length)
    before = np.concatenate([[0.0], ends])[np.cumsum(streets) - streets]
    total = np.bincount(street_zip, weights=length)
    ends = street_zip + np.minimum((ends - before[street_zip]) / total[street_zip], 1.0)
    ends[np.cumsum(streets) - 1] = np.arange(len(zips)) + 1.0
    lot_street = np.searchsorted(ends, lot_zip + np.minimum(lot_number / used[lot_zip], 1 - 1e-9), side="right")
    new = np.diff(lot_street, prepend=-1) != 0
    along = np.arange(len(lot_street)) - np.maximum.accumulate(np.where(new, np.arange(len(lot_street)), 0))

    gap = 1 + draws.below("gap of a street", at, 6)[lot_street]
    hundreds = draws.below("first number", at, 30)[lot_street]
    far = draws.share("far out", at)[lot_street] < 0.2
    lot_at = np.repeat(zips, homes) * LOTS_A_ZIP + lot_number
    first = (hundreds + 1 + np.where(far, 80 + 4 * hundreds, 0)) * 100
    number = first + 2 * (along // 2) * gap + 2 * draws.below("in the gap", lot_at, gap) + along % 2
    odd = draws.below("number kind", lot_at, 1000)
    kind = np.where((odd < 4) & (sizes == 1), HALF, np.where((odd < 7) & (sizes == 1), LETTER, PLAIN))
    style = np.where(sizes <= 4, draws.below("small units", lot_at, 2) * 3, draws.below("units", lot_at, UNIT_STYLES))
    unit = np.where(sizes[home_lot] > 1, 1 + home_place * UNIT_STYLES + style[home_lot], 0)
    zip_of = zips[lot_zip[home_lot]]
    return Dwellings(
        zip=zip_of,
        street=(lot_street - (np.cumsum(streets) - streets)[lot_zip])[home_lot],
        number=number[home_lot],
        kind=kind[home_lot],
        unit=unit,
        position=zip_of * LOTS_A_ZIP + _within(np.bincount(lot_zip[home_lot], minlength=len(zips))),
    )


def _lot_sizes(geography: Geography, zip_number: int, lots: int) -> NDArray[np.int64]:
    """Draw how many homes stand on each lot of a neighbourhood."""
    at = zip_number * LOTS_A_ZIP + np.arange(lots)
    bits = geography.draws.bits("homes", at)
    kind = _LOTS[geography.neighbourhoods[zip_number].style].turn(geography.draws.bits("kind of lot", at))
    sizes = np.ones(lots, dtype=np.int64)
    for number, choices in ((1, SMALL), (2, LARGE)):
        chosen = kind == number
        sizes[chosen] = np.array(choices)[(bits[chosen] % np.uint64(len(choices))).astype(np.int64)]
    return sizes


def _within(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count 0, 1, 2 … anew in each of some groups of these sizes."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
