"""Streets in several styles: numbered, trees and presidents, Spanish, families, suburbs and country roads.

All are put together from words that streets commonly bear; no map of a real place is used.
"""

from __future__ import annotations

from collections.abc import Sequence

from referenda.synth.draws import Dice, Wheel

COMMON = (
    "Main Oak Park Maple Washington Elm Cedar Pine Lake Hill Walnut Spring Church Center Lincoln Jackson Jefferson "
    "Highland Willow River Chestnut Madison Franklin Adams School Union Grant Ridge Cherry Locust Poplar Meadow "
    "Sunset Railroad Valley Dogwood Mill Prospect Market Water Broadway Court Pearl Clay Hickory Magnolia Monroe "
    "Wilson Birch Laurel Sycamore College Front State Grove Harrison Cleveland Forest Central Summit Johnson Vine "
    "Fairview Orange Olive Pleasant Lakeview Bridge Davis Virginia Liberty Woodland Garfield Hamilton Harvard Ash "
    "Beech Juniper Garden Canal Harbor Ocean Beach Mission Orchard Vineyard Alder Palm Acacia Eucalyptus Manzanita "
    "Redwood Sequoia Pepper Almond Apricot Peach Plum Berry Rose Violet Ivy Fern Sage Mesa Canyon Bluff Cliff Stone "
    "Granite Quarry Copper Silver Gold Diamond Commerce Industrial Airport University Hospital Colonial Heritage "
    "Eagle Hawk Falcon Quail Dove Robin Deer Fox Bear Wolf Antelope Pioneer Frontier Sutter Fremont Taylor Polk"
).split()
SPANISH_HEADS = "Camino Calle Via Avenida Paseo Vista Rancho Loma Puerta Corte Plaza Arroyo".split()
SPANISH_TAILS = (
    "Real|Del Mar|Del Sol|De La Playa|Verde|Alta|Linda|Bonita|De Oro|Las Palmas|Los Robles|De Las Flores|Del Norte|"
    "Del Rio|Santa Rosa|San Miguel|La Paz|De La Luna|Serena|El Capitan|Los Olivos|Del Valle|Encantada|Miramar|"
    "De Los Ninos|Primavera|Las Brisas|Mirador|Nuevo|Viejo|Esperanza|Colorado"
).split("|")
SPANISH_WHOLE = (
    "Alvarado|La Cienega|El Camino Real|Las Posas|Los Feliz|San Pablo|Santa Clara|San Antonio|Del Monte|La Brea|"
    "El Dorado|Alameda|Alamo|Buena Vista|Bella Vista|Sierra Vista|Monte Vista|La Jolla|Palo Verde|Encina|Cabrillo"
).split("|")
SUBURB_HEADS = (
    "Oak Brook Stone Wood Maple Cedar Glen Fair Spring River Rock Fox Deer Lake Meadow Sunny Summer Autumn Silver "
    "Green Pine Willow Sand Clear High North West Ridge Hunters Shady"
).split()
SUBURB_TAILS = "wood view crest brook dale ridge field haven hurst mont vale side gate glen land".split()
SUBURB_SECONDS = "Creek Hill Hollow Grove Ridge Run Trail Lake Springs Glen Meadows Point Bend Valley".split()
COUNTRY = (
    "Old Mill|Old River|Cemetery|Ranch|Dry Creek|Quarry|Schoolhouse|Ferry|Lone Tree|Mine|Levee|Fire Station".split("|")
)
DIRECTIONS = ("N", "S", "E", "W")
CORNERS = ("NE", "NW", "SE", "SW")
TYPES = ("St", "Ave", "Dr", "Rd", "Ln", "Ct", "Way", "Blvd", "Pl", "Cir", "Ter", "Pkwy", "Loop", "Trl")
_TYPES = Wheel((30, 22, 14, 9, 7, 5, 4, 3, 2.5, 2, 0.7, 0.4, 0.3, 0.2), size=12)
_COMMON = Wheel([1 / (rank + 8) for rank in range(len(COMMON))], size=12)
STYLES = ("suburb", "town", "city", "country")
# Shares of numbered, common, family, Spanish, suburban, country and lettered names in each style.
_KINDS = {
    "suburb": Wheel((2, 22, 20, 22, 32, 1, 1), size=12),
    "town": Wheel((20, 48, 16, 8, 5, 1, 2), size=12),
    "city": Wheel((34, 32, 18, 10, 1, 0, 5), size=12),
    "country": Wheel((6, 28, 20, 10, 6, 28, 2), size=12),
}


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
        return f"{direction}{COMMON[_COMMON.turn_one(dice.bits())]} {ending}"
    if kind == 2:
        return f"{direction}{dice.one_of(families)} {ending}"
    if kind == 3:
        if dice.share() < 0.3:
            return f"{direction}{dice.one_of(SPANISH_WHOLE)} {ending}"
        return f"{dice.one_of(SPANISH_HEADS)} {dice.one_of(SPANISH_TAILS)}"
    if kind == 4:
        head = dice.one_of(SUBURB_HEADS)
        if dice.share() < 0.5:
            return f"{head}{dice.one_of(SUBURB_TAILS)} {ending}"
        return f"{head} {dice.one_of(SUBURB_SECONDS)} {ending}"
    if kind == 5:
        which = dice.below(4)
        if which == 0:
            return f"County Road {1 + dice.below(90)}"
        if which == 1:
            return f"{direction}State Highway {2 + dice.below(250)}"
        return f"{dice.one_of(COUNTRY)} Rd"
    letter = "ABCDEFGHIJKLMNOPQRSTUVW"[dice.below(23)]
    return f"Avenue {letter}" if dice.share() < 0.2 else f"{direction}{letter} St"
