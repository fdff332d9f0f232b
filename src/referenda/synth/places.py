"""The lie of an invented place: counties, cities and neighbourhoods, how many voters each has, who lives there.

A neighbourhood is the area of one ZIP code, about 13,000 voters. Counties are as unequal as California's. The names
of counties and cities are made up; ZIP codes are numbers from 90001 on in steps, and mean no real place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.synth.draws import Draws
from referenda.synth.names import name_book
from referenda.synth.streets import STYLES, street_name, words

VOTERS_A_ZIP = 13_000
MOST_VOTERS = 100_000_000


@dataclass(frozen=True)
class Neighbourhood:
    """One ZIP code's area."""

    number: int
    zip: str
    county: str
    city: str
    city_number: int
    voters: int
    style: str


class Geography:
    """Counties, cities and neighbourhoods of a place of so many voters.

    Parameters
    ----------
    voters
        From 1 to 100,000,000.
    draws
        The place's.
    counties
        How many; grows with the place from 1 to 58 if not given.
    county
        The name of the first, which is the largest; drawn like the others if not given.

    Raises
    ------
    InputError
        A number is out of its range, or there are more counties than neighbourhoods.
    """

    def __init__(self, voters: int, draws: Draws, *, counties: int | None = None, county: str | None = None) -> None:
        if not 1 <= voters <= MOST_VOTERS:
            raise InputError(Fault("a place has from 1 to 100,000,000 voters", column="--voters", value=str(voters)))
        self.draws = draws
        zips = max(1, round(voters / VOTERS_A_ZIP))
        if counties is not None and not 1 <= counties <= zips:
            raise InputError(
                Fault(
                    f"a place of {voters} voters has {zips} neighbourhoods, and a county needs at least one",
                    column="--counties",
                    value=str(counties),
                    remedy=f"Give a number from 1 to {zips}.",
                )
            )
        self.county_of = self._counties(zips, counties or min(58, max(1, round(zips**0.55))))
        self.voters = self._sizes(voters, zips)
        self.starts = np.concatenate([[0], np.cumsum(self.voters)])
        self.neighbourhoods = self._neighbourhoods(county)

    def _counties(self, zips: int, counties: int) -> NDArray[np.int64]:
        """Share the neighbourhoods out: one for each county, the rest by falling size."""
        weights = 1 / (np.arange(counties) + 1.0) ** 1.1
        extra = np.floor((zips - counties) * weights / weights.sum()).astype(np.int64)
        extra[0] += zips - counties - extra.sum()
        county_of: NDArray[np.int64] = np.repeat(np.arange(counties), extra + 1)
        return county_of

    def _sizes(self, voters: int, zips: int) -> NDArray[np.int64]:
        weights = 0.4 + 1.2 * self.draws.share("size of a zip", np.arange(zips))
        limits = np.floor(np.cumsum(weights) / weights.sum() * voters + 0.5).astype(np.int64)
        limits[-1] = voters
        sizes: NDArray[np.int64] = np.diff(limits, prepend=0)
        return sizes

    def _neighbourhoods(self, county: str | None) -> list[Neighbourhood]:
        names = _distinct(
            self.draws, "county", words()["county_heads"], words()["county_endings"], "", int(self.county_of[-1]) + 1
        )
        if county:
            names = [county, *names[1:]]
        zips = np.arange(len(self.voters))
        new_city = self.draws.share("new city", zips) < 0.45
        new_city[1:] |= self.county_of[1:] != self.county_of[:-1]
        new_city[0] = True
        city_of = np.cumsum(new_city) - 1
        cities = _distinct(
            self.draws, "city", ["", *words()["city_heads"]], words()["city_names"], " ", int(city_of[-1]) + 1
        )
        style = self.draws.below("style", zips, 20)
        step = max(1, min(17, 9_998 // len(zips))) if len(zips) < 9_998 else 1
        styles = [STYLES[0]] * 9 + [STYLES[1]] * 4 + [STYLES[2]] * 5 + [STYLES[3]] * 2
        return [
            Neighbourhood(z, f"{(90_001 + z * step) % 100_000:05}", names[self.county_of[z]], cities[city_of[z]],
                          int(city_of[z]), int(self.voters[z]), styles[style[z]])
            for z in range(len(self.voters))
        ]  # fmt: skip

    @cached_property
    def mixes(self) -> NDArray[np.float64]:
        """Shares of the communities in each neighbourhood, cumulated along a row (the last is 1).

        A community's share is that of the whole place times two draws, the county's and, less even, the neighbourhood's
        own, so that some neighbourhoods belong mostly to one community.
        """
        book = name_book()
        zips, kinds = len(self.voters), len(book.shares)
        own = -np.log1p(-self.draws.share("mix of a zip", np.arange(zips * kinds))).reshape(zips, kinds)
        county = -np.log1p(-self.draws.share("mix of a county", np.arange(58 * kinds))).reshape(58, kinds)
        shares = book.shares * (own + 0.15) * (county[self.county_of % 58] + 1.5)
        mixes: NDArray[np.float64] = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
        mixes[:, -1] = 1.0
        return mixes

    def streets(self, zip_number: int) -> list[str]:
        """Name the streets of a neighbourhood; the first two fifths are the city's and run through its others too."""
        area = self.neighbourhoods[zip_number]
        count = max(4, min(220, area.voters // 110))
        names: list[str] = []
        seen: set[str] = set()
        for number in range(count):
            shared = number < count * 2 // 5
            position = area.city_number * 4096 + number if shared else (1 << 40) + zip_number * 4096 + number
            dice = self.draws.dice("street", position)
            name = street_name(dice, area.style, _families())
            while name in seen:
                name = street_name(dice, area.style, _families())
            seen.add(name)
            names.append(name)
        return names


@cache
def _families() -> list[str]:
    """Give surnames of the middle of the census table, as streets bear them."""
    book = name_book()
    start = book.surnames.index("Smith")
    return book.surnames[start + 100 : start + 6_000]


def _distinct(draws: Draws, name: str, heads: list[str], tails: list[str], between: str, count: int) -> list[str]:
    """Put together so many names, all different; a number is added when the words run out."""
    pairs = [f"{head}{between if head else ''}{tail}" for head in heads for tail in tails]
    order = np.argsort(draws.bits(name, np.arange(len(pairs))), kind="stable")
    return [pairs[order[k % len(pairs)]] + (f" {k // len(pairs) + 1}" if k >= len(pairs) else "") for k in range(count)]
