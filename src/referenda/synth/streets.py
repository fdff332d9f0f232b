"""Streets in several styles: numbered, trees and presidents, Spanish, families, suburbs and country roads.

All are put together from words that streets commonly bear; no map of a real place is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from referenda.synth.draws import Dice, Wheel

ROUTE = "RR "  # a rural route: its homes have boxes instead of house numbers
DIRECTIONS = ("N", "S", "E", "W")
CORNERS = ("NE", "NW", "SE", "SW")
TYPES = ("St", "Ave", "Dr", "Rd", "Ln", "Ct", "Way", "Blvd", "Pl", "Cir", "Ter", "Pkwy", "Loop", "Trl")
_TYPES = Wheel((30, 22, 14, 9, 7, 5, 4, 3, 2.5, 2, 0.7, 0.4, 0.3, 0.2), size=12)
STYLES = ("suburb", "town", "city", "country")
# Shares of numbered, common, family, Spanish, suburban, country and lettered names in each style.
_KINDS = {
    "suburb": Wheel((2, 22, 20, 22, 32, 1, 1), size=12),
    "town": Wheel((20, 48, 16, 8, 5, 1, 2), size=12),
    "city": Wheel((34, 32, 18, 10, 1, 0, 5), size=12),
    "country": Wheel((6, 28, 20, 10, 6, 28, 2), size=12),
}


@cache
def words() -> dict[str, list[str]]:
    """Give the words of which places are put together (`data/places.yaml`), by kind."""
    import yaml

    text = (files("referenda.synth") / "data" / "places.yaml").read_text(encoding="utf-8")
    return {kind: [word.replace("_", " ") for word in entry.split()] for kind, entry in yaml.safe_load(text).items()}


@cache
def _common() -> Wheel:
    return Wheel([1 / (rank + 8) for rank in range(len(words()["common"]))], size=12)


def ordinal(number: int) -> str:
    """Write a number as streets do: 1st, 2nd, 3rd, 11th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def street_name(dice: Dice, style: str, families: Sequence[str]) -> str:
    """Make a street's name with its direction and type, in the usual short forms (`N Main St`).

    Parameters
    ----------
    dice
        The street's own.
    style
        One of `STYLES`.
    families
        Surnames that may give a street its name.
    """
    kind = _KINDS[style].turn_one(dice.bits())
    ending = TYPES[_TYPES.turn_one(dice.bits())]
    direction = f"{dice.one_of(DIRECTIONS)} " if dice.share() < (0.35 if style == "city" else 0.14) else ""
    if kind == 0:
        name = ordinal(1 + int(dice.share() ** 1.6 * (110 if style == "city" else 40)))
        corner = f" {dice.one_of(CORNERS)}" if dice.share() < 0.04 else ""
        return f"{'' if corner else direction}{name} {'Ave' if dice.share() < 0.4 else 'St'}{corner}"
    if kind == 1:
        if dice.share() < 0.01:
            return f"{direction}Martin Luther King Jr {'Blvd' if dice.share() < 0.7 else 'Way'}"
        return f"{direction}{words()['common'][_common().turn_one(dice.bits())]} {ending}"
    if kind == 2:
        return f"{direction}{dice.one_of(families)} {ending}"
    if kind == 3:
        if dice.share() < 0.3:
            return f"{direction}{dice.one_of(words()['spanish_whole'])} {ending}"
        return f"{dice.one_of(words()['spanish_heads'])} {dice.one_of(words()['spanish_tails'])}"
    if kind == 4:
        head = dice.one_of(words()["suburb_heads"])
        if dice.share() < 0.5:
            return f"{head}{dice.one_of(words()['suburb_endings'])} {ending}"
        return f"{head} {dice.one_of(words()['suburb_seconds'])} {ending}"
    if kind == 5:
        which = dice.below(5)
        if which == 0:
            return f"County Road {1 + dice.below(90)}"
        if which == 1:
            return f"{direction}State Highway {2 + dice.below(250)}"
        if which == 2:
            return f"{ROUTE}{1 + dice.below(9)}"
        return f"{dice.one_of(words()['country'])} Rd"
    letter = "ABCDEFGHIJKLMNOPQRSTUVW"[dice.below(23)]
    return f"Avenue {letter}" if dice.share() < 0.2 else f"{direction}{letter} St"
