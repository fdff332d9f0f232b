"""Addresses of residence, normalised: number, street, unit, city, five digits of the zip code.

Sources: USPS Publication 28, *Postal Addressing Standards* (sections 213 secondary units, 233 directions,
24 rural routes, 28 post office boxes, appendix C1 street suffixes, Spanish words); the words are data in
`data/street_words.csv`. One canonical form: every known word is abbreviated wherever it stands (N MAIN ST), an ordinal
loses its ending (FIRST, 1ST and 1 are one), a unit loses its designator (APT 4, # 4 and UNIT 4 are one).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from referenda.linkage.rewriting import Rewriting, fits, folded, part, quoted

DIGITS = "0123456789"
WORDS_READ = 8  # Words of a street that are looked up; what follows stays as it is written.
UNIT_WORDS = (
    "APT|APARTMENT|APMT|UNIT|STE|SUITE|SPC|SPACE|SP|TRLR|TRAILER|LOT|BLDG|BUILDING|FL|FLR|FLOOR|RM|ROOM|DEPT|NO|NUM|"
    "PMB|SLIP"
)
_NUMBERED = r"(?:[A-Z]{0,2}-?[0-9]+(?:-?[A-Z])?(?:-[0-9A-Z]+)?|[A-Z](?:[ -]?[0-9]+)?)"
_UNIT = (
    rf"(?:(?:{UNIT_WORDS})(?: #)? {_NUMBERED}(?:(?: (?:{UNIT_WORDS}|#))* {_NUMBERED})?"
    r"|(?:APT|APARTMENT|#|APT #) [0-9A-Z-]+(?: [0-9A-Z])?|REAR|FRNT|UPPR|LOWR|UPPER|LOWER|BSMT|BASEMENT|PH|PENTHOUSE)"
)
_ENDS_IN_UNIT = rf"^(.+?) ({_UNIT})$"
_NUMBER_THEN = r"^(?:NO |NUMBER |# )?([NSEW]?[0-9]+(?:-[0-9]+)?-?[A-Z]?(?:[ -][0-9]/[0-9])?)(?: (.*))?$"
_STREET_TYPES = (
    "ST|STREET|DR|DRIVE|LN|LANE|CT|COURT|BLVD|BOULEVARD|PL|PLACE|CIR|CIRCLE|TER|TERRACE|WAY|RD|ROAD|AVE|AV|AVENUE|"
    "PKWY|PARKWAY|TRL|TRAIL|SQ|SQUARE|LOOP"
)
_HIGHWAYS = "HWY|HIGHWAY|CR|SR|US|RT|RTE|ROUTE|FM|I"
_TENS = "TWENTY|THIRTY|FORTY|FIFTY|SIXTY|SEVENTY|EIGHTY|NINETY"
_ONES = "FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|NINTH"

#: From folded text to words, with `#`, `-` and `/` kept where they join.
_WORDS = Rewriting.of(
    [
        ("['`\"]", ""),
        (r"\b([A-Z])\.([A-Z])\b", r"\1\2"),
        (r"#", " # "),
        (r"[^A-Z0-9#/-]+", " "),
        (r"[/-]+ | [/-]+|^[/-]+|[/-]+$", " "),
        (r" {2,}", " "),
        (r"^ | $", ""),
    ]
)
_ROUTES = Rewriting.of(
    [
        (r"^(?:P ?O ?B(?:OX|X)?|POST OFFICE BOX|BOX) (?:# )?([A-Z]?[0-9][0-9A-Z-]*|[A-Z])(?: .*)?$", r"PO BOX \1"),
        (r"^(?:RR|R R|RFD|RURAL (?:ROUTE|RTE|RT)) (?:# )?0*([0-9]+)(?: BOX (?:# )?([0-9A-Z-]+))?$", r"RR \1 BOX \2"),
        (r"^(?:RT|RTE|ROUTE) (?:# )?0*([0-9]+) BOX (?:# )?([0-9A-Z-]+)$", r"RR \1 BOX \2"),
        (r"^(?:HC|HCR|H C|HIGHWAY CONTRACT(?: ROUTE)?) (?:# )?0*([0-9]+) BOX (?:# )?([0-9A-Z-]+)$", r"HC \1 BOX \2"),
        (r" BOX $", ""),
        (r"^(.+[A-Z]) P ?O ?BOX .*$", r"\1"),
        (r"\b(?:COUNTY|CO|CNTY) (?:ROAD|RD)\b", "CR"),
        (r"\bSTATE (?:ROUTE|RTE|RT|HIGHWAY|HWY|ROAD|RD)\b", "SR"),
        (r"\bU ?S (?:ROUTE|RTE|RT|HIGHWAY|HWY)\b", "US"),
        (rf"\b({_HIGHWAYS})-([0-9])", r"\1 \2"),
        (r"^(.+ (?:APT|UNIT|STE|SPC))-?([0-9][0-9A-Z-]*|[A-Z][0-9]+)$", r"\1 \2"),
        (rf"^(.* (?:{_STREET_TYPES})) ([0-9]+[A-Z]?|[A-Z][0-9]+)$", r"\1 # \2"),
        (rf"^(.* (?:{_STREET_TYPES}))-([0-9]+[A-Z]?|[A-Z][0-9]*)$", r"\1 # \2"),
        (r"^(.+[A-Z])-([0-9]+[A-Z]?)$", r"\1 # \2"),
    ]
)
_LIKE_UNIT = "[A-Z]PT|A[A-Z]T|AP[A-Z]|[A-Z]NIT|U[A-Z]IT|UN[A-Z]T|UNI[A-Z]|UNI"  # APT and UNIT with a letter misread.
#: A line's number written into its street, and digits that a machine read for letters in the words of a street.
_APART = Rewriting.of(
    [
        (r"^([0-9]+)([A-Z]{3})", r"\1 \2"),
        (r"^([0-9]+)(LA|EL|DE) ", r"\1 \2 "),
        (r" (APT|UNIT|STE|SPC|LOT|TRLR|BLDG)([0-9])", r" \1 \2"),
        (rf" (?:{_LIKE_UNIT}) (?:# )?([0-9]+[A-Z]?|[A-Z][0-9]*)$", r" APT \1"),
    ]
)
_DIGIT_IN_WORD = "(?s).*[A-Z][0158][A-Z].*"
_LETTERS_AMONG_LETTERS = Rewriting.of(
    [
        step
        for digit, letter in (("0", "O"), ("1", "I"), ("5", "S"), ("8", "B"))
        for step in (
            (rf"([A-Z]){digit}([A-Z]{{2}})", rf"\1{letter}\2"),
            (rf"([A-Z]{{2}}){digit}([A-Z])", rf"\1{letter}\2"),
        )
    ]
)
#: Letters that stand for digits in a house number. S in front is a direction, and the last letter may be the number's.
_NUMBER_MISREAD = r"^([0-9OILBZGQA][0-9OILSBZGQA]*)([0-9OILSBZGQ])((?: .*)?)$"
_AS_DIGITS = ("OILSBZGQA", "011582694")
_LAST_AS_DIGIT = ("OILZ", "0112")
#: A zip of digits and letters like digits, and nothing that names a State; a comma in it is a speck.
_ZIP_MISREAD = r"(?s)[^0-9A-Za-z]*[0-9OILSBZGQAolisbzgq,]{4,6}(?:[^0-9A-Za-z,].*)?"
_ZIP_AS_DIGITS = ("OILSBZGQAolisbzgq", "01158269401156299")
#: In a number before it is folded: a comma or point among digits is a speck, a small b is a 6 and a small g a 9.
_SPECKED = r"(?s)[0-9OIlSZBGQbg]*(?:[0-9][,.]|[bg])[0-9OIlSZBGQbg].*"
_WITHOUT_SPECKS = Rewriting.of(
    [
        (r"^([0-9OIlSZBGQbg]*[0-9])[,.]([0-9]+(?: |$|[A-Z][A-Za-z]{2}))", r"\1\2"),  # Not 12,34th St.
        (r"^([0-9OIlSZBGQg]*)b([0-9OIlSZBGQbg]*[0-9])( |$)", r"\16\2\3"),
        (r"^([0-9OIlSZBGQb]*)g([0-9OIlSZBGQbg]*[0-9])( |$)", r"\19\2\3"),
    ]
)
_UNIT_CUT = Rewriting.of([(_ENDS_IN_UNIT, r"\1")])
_STREET = Rewriting.of(
    [
        (r"[#/-]+", " "),
        (rf"\b({_TENS}) ({_ONES})\b", r"\1\2"),
        (r"\b([0-9]+)(?:ST|ND|RD|TH)\b", r"\1"),
        (r" {2,}", " "),
    ]
)
_UNIT_ONLY = Rewriting.of(
    [
        (rf"\b(?:{UNIT_WORDS})\b|#", " "),
        (r"[/-]+", ""),
        (r"\b0+([0-9])", r"\1"),
        (r" {2,}", " "),
        (r"\b([0-9]+) ([A-Z])$", r"\1\2"),
    ]
)
_NUMBER = Rewriting.of(
    [
        (r"^ *([0-9]+)\.0+ *$", r"\1"),
        (r"[^A-Z0-9/-]+", " "),
        (r"^ | $", ""),
        (r"^0+", ""),
        (r"[ -]([0-9]/[0-9])$", r"|\1"),
        (r"^([0-9-]+)[ -]([A-Z])$", r"\1\2"),
        (r"[ -]+$|^[ -]+", ""),
        (r"\|", " "),
    ]
)
_CITY_LETTERS = Rewriting.of([("['`\"]", ""), (r"[^A-Z]+", " "), (r"^ ", "")])
_CITY_WORDS = Rewriting.of(
    [
        (r"^SAINTE? ", "ST "),
        (r"^MOUNT ", "MT "),
        (r"^FORT ", "FT "),
        (r"^(N|S|E|W)(?:ORTH|OUTH|AST|EST|O) ", r"\1 "),
        (r"\b(HEIGHTS|HGTS)$", "HTS"),
    ]
)
#: What the steps above would change in a name of plain words, and units that need no steps: the short ways of the SQL.
_CITY_WORD = "(SAINTE?|MOUNT|FORT|N|S|E|W|NO|SO|NORTH|SOUTH|EAST|WEST) .*|(.* )?(HEIGHTS|HGTS)"
_PLAIN_UNIT = "(?:(?:APT|Apt|UNIT|Unit|STE|Ste|SPC|Spc) |# ?)?([A-Z]?[1-9][0-9]*[A-Z]?|[A-Z])"
_ZIP = r"^[^0-9]*([0-9]{3,5})(?:[ -]*[0-9]{4})?(?:\.0)?[^0-9]*$"


class Address(NamedTuple):
    """A residence in its parts, each empty when there is none."""

    number: str
    street: str
    unit: str


@cache
def street_words() -> dict[str, tuple[str, str]]:
    """Give for every known word of a street its canonical form and its kind; a canonical type stands for itself."""
    table = files("referenda.linkage").joinpath("data/street_words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    known = {row["canonical"]: (row["canonical"], row["kind"]) for row in rows if row["kind"] == "type"}
    return known | {row["word"]: (row["canonical"], row["kind"]) for row in rows}


def normalize_number(text: str) -> str:
    """Give a house number: digits with fraction or letter (123, 123 1/2, 12B), without leading zeros."""
    return _NUMBER.apply(folded(text))


def normalize_unit(text: str) -> str:
    """Give a unit without its designator: 4B for `Apt. 4-B`, `#4B` and `UNIT 4B`."""
    return _UNIT_ONLY.apply(_WORDS.apply(folded(text)))


def normalize_city(text: str) -> str:
    """Give a city's name in capitals, Saint, Mount, Fort, Heights and a direction in front abbreviated."""
    return _CITY_WORDS.apply(_CITY_LETTERS.apply(folded(text)))


def normalize_zip(text: str) -> int:
    """Give the five digits as a number, 0 when there are none; zeros that a spreadsheet dropped are no matter."""
    return int(part(text, _ZIP, 1) or 0)


def normalize_street(text: str) -> tuple[str, str]:
    """Give a street in canonical form, and the unit that stood behind it."""
    body = _ROUTES.apply(_WORDS.apply(folded(text)))
    unit = _UNIT_ONLY.apply(part(body, _ENDS_IN_UNIT, 2))
    words = _STREET.apply(_UNIT_CUT.apply(body)).split(" ")
    known = street_words()
    found = [known.get(word, (word, "")) for word in words[:WORDS_READ]]
    street = [canonical for canonical, _ in found]
    if len(words) == 2 and [kind for _, kind in found] == ["direction", "type"]:
        street[0] = words[0]  # East Street is not E Street.
    return " ".join(street + words[WORDS_READ:]), unit


def zip_as_meant(text: str) -> str:
    """Give the zip code of a petition line with digits for the letters that a machine read for them."""
    return text.translate(str.maketrans(*_ZIP_AS_DIGITS)).replace(",", "") if fits(text, _ZIP_MISREAD) else text


def _as_meant(words: str) -> str:
    words = _APART.apply(words)
    if fits(words, _DIGIT_IN_WORD):
        words = _LETTERS_AMONG_LETTERS.apply(words)
    head, last, rest = (part(words, _NUMBER_MISREAD, group) for group in (1, 2, 3))
    if any(sign in DIGITS for sign in head + last):
        words = head.translate(str.maketrans(*_AS_DIGITS)) + last.translate(str.maketrans(*_LAST_AS_DIGIT)) + rest
    return words


def split_address(text: str) -> Address:
    """Split an address written in one piece into number, street and unit; what a machine misread is read as meant."""
    line = _as_meant(_WORDS.apply(folded(_WITHOUT_SPECKS.apply(text) if fits(text, _SPECKED) else text)))
    number = part(line, _NUMBER_THEN, 1)
    street, unit = normalize_street(part(line, _NUMBER_THEN, 2) if number else line)
    return Address(normalize_number(number), street, unit)


def normalize_address(house_number: str, street: str, unit: str) -> Address:
    """Normalise an address that a file holds in parts; a number or unit inside the street's text counts too."""
    if house_number.strip(" "):
        number, (name, behind) = normalize_number(house_number), normalize_street(street)
    else:
        number, name, behind = split_address(street)
    return Address(number, name, normalize_unit(unit) or behind)


def street_words_sql() -> list[str]:
    """Give the statements that make the temporary table `street_words_` (word, canonical, kind)."""
    rows = ", ".join(
        f"({quoted(word)}, {quoted(canonical)}, {quoted(kind)})"
        for word, (canonical, kind) in sorted(street_words().items())
    )
    return [f"CREATE OR REPLACE TEMP TABLE street_words_ AS SELECT * FROM (VALUES {rows}) AS t(word, canonical, kind)"]


def split_number_sql(relation: str, house_number: str, street: str) -> str:
    """Give the SQL of the first step: the relation with n_number, and `rest_`, the text for `street_sql`."""
    clean = f"CASE WHEN fits({street}, {quoted(_SPECKED)}) THEN {_WITHOUT_SPECKS.sql(street)} ELSE {street} END"
    line = f"CASE WHEN trim({house_number}) <> '' THEN '' ELSE {_APART.sql(_WORDS.sql(f'folded({clean})'))} END"
    words = f"SELECT *, {line} AS words_ FROM {relation}"
    letters = (
        f"CASE WHEN fits(words_, {quoted(_DIGIT_IN_WORD)}) THEN {_LETTERS_AMONG_LETTERS.sql('words_')} ELSE words_ END"
    )
    read = f"SELECT * REPLACE ({letters} AS words_) FROM ({words})"
    head, last, rest = (f"part(words_, {quoted(_NUMBER_MISREAD)}, {group})" for group in (1, 2, 3))
    digits = f"translate({head}, {_pair(_AS_DIGITS)}) || translate({last}, {_pair(_LAST_AS_DIGIT)}) || {rest}"
    misread = f"fits({head} || {last}, '.*[0-9].*')"
    apart = (
        f"SELECT * EXCLUDE (words_), CASE WHEN NOT fits(words_, '[0-9]+(?: .*)?') AND {misread} "
        f"THEN {digits} ELSE words_ END AS address_ FROM ({read})"
    )
    inside = f"SELECT *, part(address_, {quoted(_NUMBER_THEN)}, 1) AS inside_ FROM ({apart})"

    def number(text: str) -> str:
        return f"CASE WHEN fits({text}, '[1-9][0-9]*') THEN {text} ELSE {_NUMBER.sql(f'folded({text})')} END"

    return (
        f"SELECT * EXCLUDE (address_, inside_), "
        f"CASE WHEN trim({house_number}) <> '' THEN {number(house_number)} "
        f"WHEN inside_ = '' THEN '' ELSE {number('inside_')} END AS n_number, "
        f"CASE WHEN trim({house_number}) <> '' THEN {street} WHEN inside_ <> '' "
        f"THEN part(address_, {quoted(_NUMBER_THEN)}, 2) ELSE address_ END AS rest_ FROM ({inside})"
    )


def street_sql(relation: str) -> str:
    """Give the SQL of `normalize_street` over a relation with the column `rest_`: rest_, n_street, unit_."""
    body = f"SELECT rest_, {_ROUTES.sql(_WORDS.sql('folded(rest_)'))} AS body_ FROM {relation}"
    words = (
        f"SELECT rest_, {_UNIT_ONLY.sql(f'part(body_, {quoted(_ENDS_IN_UNIT)}, 2)')} AS unit_, "
        f"string_split({_STREET.sql(_UNIT_CUT.sql('body_'))}, ' ') AS words_ FROM ({body})"
    )
    slots = range(1, WORDS_READ + 1)
    joins = " ".join(f"LEFT JOIN street_words_ AS w{n} ON w{n}.word = words_[{n}]" for n in slots)
    two = "len(words_) = 2 AND w1.kind = 'direction' AND w2.kind = 'type'"
    first = f"CASE WHEN {two} THEN words_[1] ELSE coalesce(w1.canonical, words_[1]) END"
    others = ", ".join(f"coalesce(w{n}.canonical, words_[{n}])" for n in slots if n > 1)
    tail = f"CASE WHEN len(words_) > {WORDS_READ} THEN array_to_string(words_[{WORDS_READ + 1}:], ' ') END"
    return f"SELECT rest_, unit_, concat_ws(' ', {first}, {others}, {tail}) AS n_street FROM ({words}) {joins}"


def unit_sql(unit: str, behind: str) -> str:
    """Give the SQL of n_unit: the unit's own column, else what stood behind the street."""
    own = _UNIT_ONLY.sql(_WORDS.sql(f"folded({unit})"))
    return (
        f"CASE WHEN {unit} = '' THEN coalesce({behind}, '') WHEN fits({unit}, {quoted(_PLAIN_UNIT)}) "
        f"THEN part({unit}, {quoted(_PLAIN_UNIT)}, 1) WHEN {own} <> '' THEN {own} ELSE coalesce({behind}, '') END"
    )


def city_sql(face: str) -> str:
    """Give the SQL of `normalize_city` over a folded name."""
    plain, words = quoted("[A-Z]+( [A-Z]+)*"), _CITY_WORDS.sql(_CITY_LETTERS.sql(face))
    return (
        f"CASE WHEN NOT fits({face}, {plain}) THEN {words} "
        f"WHEN fits({face}, {quoted(_CITY_WORD)}) THEN {_CITY_WORDS.sql(face)} ELSE {face} END"
    )


def zip_as_meant_sql(zip_code: str) -> str:
    """Give the SQL of `zip_as_meant`."""
    digits = f"replace(translate({zip_code}, {_pair(_ZIP_AS_DIGITS)}), ',', '')"
    return f"CASE WHEN fits({zip_code}, {quoted(_ZIP_MISREAD)}) THEN {digits} ELSE {zip_code} END"


def _pair(letters: tuple[str, str]) -> str:
    return ", ".join(map(quoted, letters))


def zip_sql(zip_code: str) -> str:
    """Give the SQL of `normalize_zip`."""
    return (
        f"CASE WHEN fits({zip_code}, '[0-9]{{5}}') THEN CAST({zip_code} AS INTEGER) "
        f"ELSE coalesce(TRY_CAST(part({zip_code}, {quoted(_ZIP)}, 1) AS INTEGER), 0) END"
    )
