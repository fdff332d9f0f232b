"""Names of several communities, drawn by frequency: nobody's name, because each part is drawn on its own.

The general tables are those of the United States census of 1990 (public domain; see the head of each file in
`data/`). They stop at nine tenths of the people; their long tail of equally rare names stands for the rest too, so
that names are as unevenly spread as they are in life. The tables of the communities (`data/communities.yaml`) are
short lists from general knowledge, said there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from referenda.synth.draws import Draws, Positions, Wheel

Codes = NDArray[np.int32]
GENERAL = "general"
RARE = 0.0003  # percent, for each surname that the census table shows as 0.000: their sum fills it up to 100
RARE_GIVEN = 0.0015
APOSTROPHES = (
    "obrien oconnor oneill oneil oneal ohara odonnell oconnell ohare omalley okeefe osullivan oleary odell otoole "
    "orourke oshea ogrady oreilly oshaughnessy odonoghue dangelo damico dagostino dambrosio dalessandro"
)
PARTED = {
    "delacruz": "De La Cruz", "delarosa": "De La Rosa", "delatorre": "De La Torre", "deleon": "De Leon",
    "delossantos": "De Los Santos", "dejesus": "De Jesus", "vandyke": "Van Dyke", "vandenberg": "Van Den Berg",
    "vanhorn": "Van Horn", "vanburen": "Van Buren", "stclair": "St Clair", "stjohn": "St John", "stpierre": "St Pierre",
    "lafleur": "La Fleur", "delvalle": "Del Valle", "delrio": "Del Rio",
}  # fmt: skip
_APOSTROPHES = frozenset(APOSTROPHES.split())


def titled(name: str) -> str:
    """Write a name of the census tables, all capitals there, as its bearers do.

    Examples
    --------
    >>> titled("OBRIEN"), titled("MCDONALD"), titled("DELACRUZ"), titled("SMITH")
    ("O'Brien", 'McDonald', 'De La Cruz', 'Smith')
    """
    low = name.lower()
    if low in _APOSTROPHES:
        return f"{low[0].upper()}'{low[1:].capitalize()}"
    if low in PARTED:
        return PARTED[low]
    if low.startswith("mc") and len(low) > 4:
        return f"Mc{low[2:].capitalize()}"
    return low.capitalize()


@dataclass(frozen=True)
class Table:
    """Names with their weights."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]


def _census(file: str, rare: float) -> Table:
    names: list[str] = []
    weights: list[float] = []
    for line in (files("referenda.synth") / "data" / file).read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            weight, *words = line.split()
            names += map(titled, words)
            weights += [float(weight) or rare] * len(words)
    return Table(tuple(names), np.array(weights))


def _listed(entry: dict[str, Any]) -> Table:
    if "joined" in entry:
        one, two = (part.split() for part in entry["joined"])
        return _joined(one, two, entry["exponent"], entry["shift"])
    names = entry["names"].split()
    weights = (np.arange(1, len(names) + 1) + entry["shift"]) ** -float(entry["exponent"])
    return Table(tuple(name.replace("_", " ") for name in names), weights)


def _joined(first: list[str], second: list[str], exponent: float = 0.6, shift: float = 2) -> Table:
    names = [f"{one}{two}" for one in first for two in second]
    ranks = np.arange(1, len(first) + 1)[:, None] + shift, np.arange(1, len(second) + 1)[None, :] + shift
    return Table(tuple(names), (ranks[0] ** -exponent * ranks[1] ** -exponent).ravel())


def _given(entry: dict[str, Any], sex: str) -> Table:
    if f"joined_{sex}" not in entry:
        return _listed(entry[sex])
    one, two = (part.split() for part in entry[f"joined_{sex}"])
    plain = _joined(one, two)
    apart = tuple(f"{a} {b.capitalize()}" for a in one for b in two)  # "Min Jung" beside "Minjung"
    return Table(plain.names + apart, np.concatenate([plain.weights, 0.5 * plain.weights]))


class _Pool:
    """All names of one kind, numbered, with a wheel for each group of them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.wheels: dict[str, Wheel] = {}
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        return number

    def add(self, group: str, table: Table, *, size: int) -> None:
        wheel = Wheel(table.weights, size=size)
        numbers = np.array([self.number(name) for name in table.names], dtype=np.int32)
        wheel.table = numbers[wheel.table]
        self.wheels[group] = wheel


class NameBook:
    """The names that people of a place can have, by number.

    Attributes
    ----------
    communities
        Names of the communities, in the order of their numbers.
    shares
        Share of each in a whole place; they add up to 1.
    surnames, given
        The names; codes are positions in these lists. `given[0]` is the empty name, `given[1]` to `given[26]`
        are the initials A to Z.
    """

    def __init__(self) -> None:
        import yaml

        text = (files("referenda.synth") / "data" / "communities.yaml").read_text(encoding="utf-8")
        entries: dict[str, dict[str, Any]] = yaml.safe_load(text)
        self.communities = tuple(entries)
        self.shares = np.array([float(entry["share"]) for entry in entries.values()])
        self.general_share = np.array([float(entry["general"]) for entry in entries.values()])
        surnames, given = _Pool(), _Pool()
        for name in ["", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]:
            given.number(name)
        for name, entry in entries.items():
            if name == GENERAL:
                surnames.add(name, _census("surnames_1990.txt", RARE), size=20)
                for sex in ("female", "male"):
                    given.add(f"{name} {sex}", _census(f"given_{sex}_1990.txt", RARE_GIVEN), size=18)
                continue
            surnames.add(name, _listed(entry["surnames"]), size=16)
            for sex in ("female", "male"):
                given.add(f"{name} {sex}", _given(entry, sex), size=16)
            if "middle" in entry:
                words = tuple(entry["middle"])
                given.add(f"{name} middle", Table(words, np.ones(len(words))), size=10)
        self.surnames, self.given = surnames.names, given.names
        self._surnames, self._given = surnames.wheels, given.wheels
        letters = [unmarked(name[:1]).upper() for name in given.names]
        self.initial_of = np.array([ord(one) - 64 if "A" <= one <= "Z" else 0 for one in letters], dtype=np.int32)

    @cached_property
    def _by_surname(self) -> dict[str, str]:
        """Find for each surname the community in which it is most often found."""
        best: dict[str, tuple[float, str]] = {}
        for name, share in zip(self.communities, self.shares, strict=True):
            wheel = self._surnames[name].table
            codes, counts = np.unique(wheel, return_counts=True)
            for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
                surname = plain(self.surnames[code])
                best[surname] = max(best.get(surname, (0.0, "")), (float(share) * count / len(wheel), name))
        return {surname: name for surname, (_, name) in best.items()}

    @cached_property
    def men(self) -> frozenset[str]:
        """Given names, by their letters, that men bear more often than women."""
        often = np.zeros((2, len(self.given)))
        for number, share in enumerate(self.shares):
            for row, sex in enumerate(("female", "male")):
                general = self.general_share[number]
                for label, part in ((self.communities[number], 1 - general), (GENERAL, general)):
                    table = self._given[f"{label} {sex}"].table
                    often[row] += share * part * np.bincount(table, minlength=len(self.given)) / len(table)
        return frozenset(plain(self.given[code]) for code in np.flatnonzero(often[1] > often[0]).tolist())

    def surname(self, community: str, bits: int) -> str:
        """Draw one surname of a community by 64 bits."""
        return self.surnames[self._surnames[community].turn_one(bits)]

    def community_of(self, surname: str) -> str:
        """Name the community in which a surname is most often found; `general` if it is in no table."""
        return self._by_surname.get(plain(surname), GENERAL)

    def draw_surnames(self, draws: Draws, name: str, at: Positions, community: NDArray[np.int8]) -> Codes:
        """Draw a surname at each position from the table of its community."""
        return self._draw(self._surnames, draws.bits(name, at), community, "")

    def draw_given(
        self, draws: Draws, name: str, at: Positions, community: NDArray[np.int8], female: NDArray[np.bool_]
    ) -> Codes:
        """Draw a given name at each position, some from the general table whatever the community."""
        general = draws.share(f"{name} general", at) < self.general_share[community]
        whose = np.where(general, self.communities.index(GENERAL), community).astype(np.int8)
        bits = draws.bits(name, at)
        codes = np.empty(len(at), dtype=np.int32)
        for sex, chosen in ((" female", female), (" male", ~female)):
            codes[chosen] = self._draw(self._given, bits[chosen], whose[chosen], sex)
        return codes

    def draw_middle(
        self, draws: Draws, name: str, at: Positions, community: NDArray[np.int8], female: NDArray[np.bool_]
    ) -> Codes:
        """Draw a full middle name at each position: a further given name, or the community's own middle words."""
        codes = self.draw_given(draws, name, at, community, female)
        for number, label in enumerate(self.communities):
            if wheel := self._given.get(f"{label} middle"):
                chosen = community == number
                codes[chosen] = wheel.turn(draws.bits(f"{name} own", at[chosen]))
        return codes

    def _draw(
        self, wheels: dict[str, Wheel], bits: NDArray[np.uint64], community: NDArray[np.int8], ending: str
    ) -> Codes:
        codes = np.empty(len(bits), dtype=np.int32)
        for number, label in enumerate(self.communities):
            chosen = np.flatnonzero(community == number)
            if len(chosen):
                codes[chosen] = wheels[f"{label}{ending}"].turn(bits[chosen])
        return codes


_MARKED = str.maketrans("áàâäãéèêëíìîïóòôöõúùûüñçÁÉÍÓÚÜÑÇ", "aaaaaeeeeiiiiooooouuuuncAEIOUUNC")


def unmarked(text: str) -> str:
    """Leave out the marks of letters: `Núñez` becomes `Nunez`."""
    return text.translate(_MARKED)


@lru_cache(maxsize=1 << 17)
def plain(name: str) -> str:
    """Reduce a name to its letters A to Z."""
    return "".join(letter for letter in unmarked(name).upper() if "A" <= letter <= "Z")


@cache
def name_book() -> NameBook:
    """Give the names, read once."""
    return NameBook()
