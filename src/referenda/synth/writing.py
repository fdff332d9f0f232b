"""How a signer's line comes to stand on the petition: habits, slips of the pen, and what a clerk or machine reads.

The error model of `docs/explanation/error-model.md`. Habits (a nickname, `Apt` written as `#`) come with every hand;
slips come three times as often with a bad one; then the clerk's keys or the machine's eyes add theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from referenda.synth.draws import Dice
from referenda.synth.names import GENERAL, name_book, plain, unmarked
from referenda.synth.parameters import Parameters
from referenda.synth.slips import misread, slip, wrong_digits
from referenda.synth.streets import DIRECTIONS, TYPES

LONG_TYPES = {
    "St": "Street", "Ave": "Avenue", "Dr": "Drive", "Rd": "Road", "Ln": "Lane", "Ct": "Court", "Blvd":
    "Boulevard", "Pl": "Place", "Cir": "Circle", "Ter": "Terrace", "Pkwy": "Parkway", "Trl": "Trail",
}  # fmt: skip
SHORT_CITIES = {"North": "N", "South": "S", "East": "E", "West": "W", "Mount": "Mt", "Fort": "Ft", "Port": "Pt"}
LONG_DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}
ORDINALS = {
    "1st": "First", "2nd": "Second", "3rd": "Third", "4th": "Fourth", "5th": "Fifth", "6th": "Sixth", "7th":
    "Seventh", "8th": "Eighth", "9th": "Ninth", "10th": "Tenth",
}  # fmt: skip
PHRASES = (("State Highway", "Hwy"), ("County Road", "Co Rd"), ("Martin Luther King Jr", "MLK"), ("Avenida", "Ave"),
           ("Camino", "Cam"), ("Rancho", "Rcho"), ("RR ", "Rural Route "))  # fmt: skip
_USUAL = frozenset((*TYPES, *LONG_TYPES.values(), *DIRECTIONS, *LONG_DIRECTIONS.values()))  # seldom misspelled
PARTICLES = frozenset(("de", "del", "dela", "la", "san", "st", "van", "abu", "abdel", "ben", "al", "el"))


@dataclass
class Signer:
    """Who signs, with the true name and the address where they live."""

    first: str
    middle: str
    last: str
    suffix: str
    number: str
    street: str
    unit: str
    city: str
    zip: str


@dataclass(frozen=True)
class Written:
    """A line as it was taken down, with the kinds of error in it."""

    name: str
    address: str
    city: str
    zip: str
    dated: bool
    kinds: tuple[str, ...]


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Give the short forms of given names, by the letters of the full one."""
    lines = (files("referenda.synth") / "data" / "nicknames.txt").read_text(encoding="utf-8").splitlines()
    return {plain(name): tuple(forms) for name, *forms in (line.split() for line in lines if not line.startswith("#"))}


@lru_cache(maxsize=1 << 17)
def natural(text: str) -> str:
    """Write capitals as people do (`SAN MIGUEL` becomes `San Miguel`); other text is left as it is."""
    if text != text.upper():
        return text
    return " ".join(_natural(word) for word in text.split())


def _natural(word: str) -> str:
    if len(word) > 3 and word[1] == "'":
        return f"{word[:3]}{word[3:].lower()}"
    return "-".join(f"{part[:1]}{part[1:].lower()}" for part in word.split("-"))


class Pen:
    """Writes lines under the parameters of one channel."""

    def __init__(self, parameters: Parameters) -> None:
        self.rates = parameters.writing
        self.machine = parameters.channel == "ocr"

    def write(self, signer: Signer, dice: Dice, *, face: str, careful: bool = False) -> Written:
        """Write a signer's line.

        Parameters
        ----------
        signer
            Left as they are.
        dice
            The line's own.
        face
            Of the one who takes it down: `title`, `upper` or `lower`.
        careful
            True for a line copied from the roll: no slips.
        """
        kinds: list[str] = []
        hand = 0.0 if careful else 3.0 if dice.share() < self.rates["bad_hand"] else 0.73
        name = self._name(signer, dice, kinds, hand)
        address, city, zip_code = self._address(signer, dice, kinds, hand)
        if dice.share() < self.rates["illegible"] * hand:
            kinds.append("illegible")
            name = "" if dice.share() < 0.4 else "?" if dice.share() < 0.5 else "illegible"
            if dice.share() < 0.5:
                address = ""
        if face == "upper":
            name, address, city = name.upper(), address.upper(), city.upper()
        elif face == "lower":
            name, address, city = name.lower(), address.lower(), city.lower()
        if self.machine:
            share = self.rates["misread_letter"] * (hand or 0.6)
            read = [misread(text, dice, share) for text in (name, address, city)] + [misread(zip_code, dice, share / 2)]
            if read != [name, address, city, zip_code]:
                kinds.append("misread")
            name, address, city, zip_code = read
        if dice.share() < (0.7 if not self.machine else 0.5):
            name = unmarked(name)
        dated = careful or dice.share() >= self.rates["date_missing"]
        if not dated:
            kinds.append("date_missing")
        return Written(name, address, city, zip_code, dated, tuple(kinds))

    def _happens(self, kind: str, dice: Dice, kinds: list[str], factor: float) -> bool:
        if dice.share() < self.rates[kind] * factor:
            kinds.append(kind)
            return True
        return False

    def _name(self, signer: Signer, dice: Dice, kinds: list[str], hand: float) -> str:
        first, middle, last, suffix = (natural(t) for t in (signer.first, signer.middle, signer.last, signer.suffix))
        suffix = signer.suffix if signer.suffix.startswith(("I", "V")) else suffix
        habit = 1.0 if hand else 0.0
        if len(middle) > 1 and self._happens("middle_used", dice, kinds, habit):
            first, middle = middle, (first[:1] if dice.share() < 0.3 else "")
        elif (forms := nicknames().get(plain(first))) and self._happens("nickname", dice, kinds, 2.5 * habit):
            first = forms[0] if dice.share() < 0.6 else dice.one_of(forms)
        elif self._happens("initial_only", dice, kinds, habit):
            first = first[:1] + ("." if dice.share() < 0.4 else "")
        woman = 0.1 if plain(signer.first) in name_book().men else 1.9  # surnames of women change more often
        parts = last.replace("-", " ").split(" ") if "-" in last else _surnames(last)
        if len(parts) > 1 and self._happens("one_surname", dice, kinds, habit):
            last = parts[0] if dice.share() < 0.75 else parts[-1]
        elif self._happens("maiden_name", dice, kinds, woman * habit):
            last = _other_surname(last, dice)
        elif self._happens("hyphen", dice, kinds, woman * habit):
            other = _other_surname(last, dice)
            last = dice.one_of((f"{other}-{last}", f"{last}-{other}", f"{last} {other}"))
        if suffix and self._happens("suffix_left_out", dice, kinds, habit):
            suffix = ""
        elif suffix in ("Jr", "Sr") and dice.share() < 0.4:
            suffix += "."
        if self._happens("first_typo", dice, kinds, hand):
            first = slip(first, dice)
        if self._happens("last_typo", dice, kinds, hand):
            last = slip(last, dice)
        if self._happens("half_unreadable", dice, kinds, hand):
            first, last = _half(first, last, dice, self.machine)
        way = dice.share()
        if middle:
            if way < 0.45:
                middle = ""
            elif way < 0.85:
                middle = middle[:1] + ("." if dice.share() < 0.3 else "")
        if self._happens("swapped_names", dice, kinds, habit):
            return _joined(last, first, suffix)
        if hand and dice.share() < 0.035:
            return f"{_joined(last, suffix)}, {_joined(first, middle)}"
        return _joined(first, middle, last, suffix)

    def _address(self, signer: Signer, dice: Dice, kinds: list[str], hand: float) -> tuple[str, str, str]:
        habit = 1.0 if hand else 0.0
        city, zip_code = natural(signer.city), signer.zip
        if self._happens("city_missing", dice, kinds, habit):
            city = ""
        elif self._happens("city_typo", dice, kinds, hand):
            city = slip(city, dice)
        elif hand and dice.share() < 0.2:
            head, _, rest = city.partition(" ")
            city = f"{SHORT_CITIES[head]}{'. ' if dice.share() < 0.4 else ' '}{rest}" if head in SHORT_CITIES else city
        if self._happens("zip_missing", dice, kinds, habit):
            zip_code = ""
        elif self._happens("zip_wrong", dice, kinds, hand):
            zip_code = wrong_digits(zip_code, dice)
        if self._happens("address_blank", dice, kinds, habit):
            return "", ("" if dice.share() < 0.6 else city), ("" if dice.share() < 0.6 else zip_code)
        if self._happens("mailing_box", dice, kinds, habit):
            return f"{dice.one_of(('PO Box', 'P.O. Box', 'Box'))} {10 + dice.below(4000)}", city, zip_code
        number, street, unit = signer.number, signer.street, natural(signer.unit)
        digits = number.split(" ")[0]
        if len(digits) > 1 and self._happens("number_transposed", dice, kinds, hand):
            at = dice.below(len(digits) - 1)
            number = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] + number[len(digits) :]
        elif number and self._happens("number_typo", dice, kinds, hand):
            number = wrong_digits(digits, dice) + number[len(digits) :]
        street = self._street(natural(street), dice, kinds, hand)
        if unit:
            unit = self._unit(unit, dice, kinds, hand)
        return _joined(number, street) + unit, city, zip_code

    def _street(self, street: str, dice: Dice, kinds: list[str], hand: float) -> str:
        if not hand:
            return street
        for long, short in PHRASES:
            if long in street and dice.share() < 0.3:
                street = street.replace(long, short)
        words = street.split(" ")
        if words[0] in DIRECTIONS and len(words) > 2:
            if self._happens("direction_left_out", dice, kinds, 1.0):
                del words[0]
            elif dice.share() < 0.3:
                words[0] = LONG_DIRECTIONS[words[0]] if dice.share() < 0.6 else f"{words[0]}."
        if words[-1] in TYPES and len(words) > 1:
            if self._happens("type_left_out", dice, kinds, 1.0):
                del words[-1]
            elif self._happens("type_wrong", dice, kinds, hand):
                words[-1] = dice.one_of([word for word in TYPES[:8] if word != words[-1]])
            elif (way := dice.share()) < 0.25:
                words[-1] = LONG_TYPES.get(words[-1], words[-1])
            elif way < 0.35 and words[-1] in LONG_TYPES:
                words[-1] += "."
        words = [ORDINALS[word] if word in ORDINALS and dice.share() < 0.25 else word for word in words]
        if self._happens("street_typo", dice, kinds, hand):
            at = max(
                range(len(words)), key=lambda number: (words[number].rstrip(".") not in _USUAL, len(words[number]))
            )
            words[at] = slip(words[at], dice)
        return " ".join(words)

    def _unit(self, unit: str, dice: Dice, kinds: list[str], hand: float) -> str:
        if self._happens("unit_left_out", dice, kinds, 1.0 if hand else 0.0):
            return ""
        label, _, door = unit.rpartition(" ")
        if self._happens("unit_wrong", dice, kinds, hand):
            door = wrong_digits(door, dice)
        way = dice.share() if hand else 0.99
        if way < 0.3:
            return f" #{door}"
        if way < 0.4:
            return f", {label} {door}"
        if way < 0.5:
            return f" {label}. {door}" if label == "Apt" else f" {label}{door}"
        if way < 0.56:
            return f"-{door}"
        if way < 0.62:
            return f" {'Unit' if label == 'Apt' else 'Apt'} {door}"
        return f" {label} {door}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _surnames(last: str) -> list[str]:
    """Part two surnames; `De La Cruz` is one."""
    words = last.split(" ")
    return words if len(words) == 2 and words[0].lower() not in PARTICLES else [last]


def _other_surname(last: str, dice: Dice) -> str:
    """Give another surname, mostly of the same community."""
    book = name_book()
    community = book.community_of(last) if dice.share() < 0.7 else GENERAL
    return book.surname(community, dice.bits())


def _half(first: str, last: str, dice: Dice, machine: bool) -> tuple[str, str]:
    """Lose about half of the name: the rest of a word is missing, or marked as unreadable."""
    mark = "" if machine or dice.share() < 0.4 else "?" if dice.share() < 0.5 else "???"
    which = dice.share()
    if which < 0.55:
        last = last[: max(1, len(last) // 2)] + mark
    elif which < 0.9:
        first = first[: max(1, len(first) // 2)] + mark
    else:
        first, last = mark, last
    return first, last
