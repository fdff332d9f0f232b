"""Names of people, folded: given names, surname with its particles, generation.

`n_first`, `n_middle` and `n_last` hold A-Z and spaces. Apostrophes go, hyphens become spaces, a particle is joined
to what follows (DE LA CRUZ, DELA CRUZ and DELACRUZ are one), MC DONALD and O BRIEN too; Văn before a Vietnamese
surname is a middle name and stays apart. A generation (JR SR II III IV) is taken from wherever it stands.
"""

from __future__ import annotations

from typing import NamedTuple

from referenda.linkage.rewriting import Rewriting, fits, folded, part, quoted

GENERATION = "JR|JNR|JUNIOR|SR|SNR|SENIOR|II|III|IV|2ND|3RD|4TH"
PARTICLES = (
    "DE|DEL|DELA|DELAS|DELOS|DE LA|DE LAS|DE LOS|LA|LAS|LOS|DA|DAS|DI|DOS|DELLA|DELLO|"
    "VAN|VANDE|VANDEN|VANDER|VON|VONDER|DEN|DER|TEN|TER|EL|AL|BEN|BIN|MC|MAC|ST|FITZ"
)
AFTER_VAN = (
    "NGUYEN|TRAN|LE|PHAM|HUYNH|HOANG|PHAN|VU|VO|DANG|BUI|DO|HO|NGO|DUONG|LY|TRUONG|DINH|LAM|DOAN|MAI|TRINH|DAO|"
    "LUONG|CAO|TA|THAI|CHAU|QUACH|VUONG"
)

_LIKE_GENERATION = (
    "(?s).*(?:[JSNO]['`\"]*R|I['`\"]*I|I['`\"]*V|[NR]['`\"]*D|T['`\"]*H)[^A-Z0-9]*"  # What _AT_END may fit.
)
_AT_END = rf"[A-Z][ ,-]+({GENERATION})$"
_LETTERS = (r"[^A-Z]+", " ")

_CLEAN = Rewriting.of([("['`\"]", ""), (r"[^A-Z0-9-]+", " "), (r" ?-+ ?", "-")])
_WITHOUT_GENERATION = (rf"([A-Z])[ -]+(?:{GENERATION})$", r"\1")
_GIVEN_STEPS = ((r"^(LA|DE) ([A-Z][A-Z])", r"\1\2"), _LETTERS)
_GIVEN = Rewriting.of([_WITHOUT_GENERATION, *_GIVEN_STEPS])
_MIDDLE = Rewriting.of([_WITHOUT_GENERATION, _LETTERS])
_LAST = Rewriting.of(
    [
        _WITHOUT_GENERATION,
        (r"\bSAINT ([A-Z])", r"ST \1"),
        (r"^(O|D) ([A-Z][A-Z])", r"\1\2"),
        (r"\b(AL|EL|ABU|ABD|ABDEL|ABDUL|BEN|BIN|IBN)-([A-Z])", r"\1\2"),
        (rf"\bVAN ({AFTER_VAN})\b", r"VAN-\1"),
        (rf"\b({PARTICLES}) ([A-Z])", r"\1\2"),
        (rf"\b({PARTICLES}) ([A-Z])", r"\1\2"),
        _LETTERS,
    ]
)
_GENERATION = Rewriting.of(
    [
        (r"[^A-Z0-9]+", ""),
        (r"^(?:JR|JNR|JUNIOR)$", "1"),
        (r"^(?:SR|SNR|SENIOR)$", "0"),
        (r"^(?:II|2ND|2)$", "2"),
        (r"^(?:III|3RD|3)$", "3"),
        (r"^(?:IV|4TH|4)$", "4"),
        (r"^(?:[A-Z].*|..+|[5-9])$", ""),
    ]
)
_WORDS = {"0": "SR", "1": "JR", "2": "II", "3": "III", "4": "IV"}

#: Digits and signs that a machine reads for letters of a name, and marks for a letter that nobody could read.
_DOUBTFUL = "(?s).*[0-9+|!$@?*_].*"
_NUMBERS_ALONE = Rewriting.of([(r"\b[0-9]+\b", " ")])
_AS_LETTERS = ("0156789+|!$@", "OISGTBGTIISA")
_MARKS_AMONG_LETTERS = Rewriting.of([(r"([A-Z])[234?*_]+([A-Z])", r"\1\2")])
_NO_NAME = r"^(?:ILLEGIBLE|UNREADABLE|UNKNOWN|BLANK|NOT LEGIBLE|NOT READABLE|(?:CANNOT|CANT)(?: BE)? READ|X{2,})$"

#: A comma or point before a small letter of a word that began with a large one is a speck: Herna,ndez, H.eather.
_SPECK = r"(?s)(?:.*[A-Z][A-Za-z]*[,.][a-z].*|[A-Z][a-z]{3,}[A-Z][^ A-Z]{2,})"
_WITHOUT_SPECKS = Rewriting.of(
    [
        (r"^([A-Za-z-]{3,}),[il] ", r"\1, "),  # A comma, its space read as a letter.
        (r"\b([A-Z][A-Za-z]*)[,.]([a-z])", r"\1\2"),
        (r"^([A-Z][a-z]{3,})([A-Z][^ A-Z]{2,})$", r"\1 \2"),  # JohnSmith
    ]
)

_LINE = Rewriting.of(
    [
        ("['`\"]", ""),
        (r" (JR|SR|II|III|IV),", r" \1, "),
        (r",(JR|SR|II|III|IV)([.]?,|[.]?$)", r", \1\2"),
        # Specks among capitals: after one letter, after two of a later word, before the last two, or where another
        # comma with its space parts the name. GARCIA LOPEZ,ANA keeps its comma.
        (r"(^| )([A-Z]),([A-Z])", r"\1\2\3"),
        (r"( [A-Z]{2}),([A-Z]{3})", r"\1\2"),
        (r"( [A-Z]{3,}),([A-Z]{1,2})( |$)", r"\1\2\3"),
        (r"([A-Z]),([A-Z]+, )", r"\1\2"),
        (r"[^A-Z0-9,-]+", " "),
        (r" ?-+ ?", "-"),
        (r" ?,[ ,]*", ", "),
        (r"^[ ,-]+|[ ,-]+$", ""),
        (r"^(?:MR|MRS|MS|MISS|DR) ([^ ,]+ )", r"\1"),
        (r"( [A-Z-]+),? (?:II[IL]|I[IL]I|[IL]II|I[IL]L|LIL|LLI)$", r"\1 III"),
        (_NO_NAME, ""),
    ]
)
_LINE_GENERATION = rf"[A-Z],? ({GENERATION})(?:,|$)"
_LINE_BARE = Rewriting.of(
    [
        (rf"([A-Z]),? (?:{GENERATION})$", r"\1"),
        (rf"([A-Z]),? (?:{GENERATION}),", r"\1,"),
        (r"[ ,]+$", ""),
        # No surname is one letter long: of three words of which the last is one, the first is the surname.
        (rf"^((?:(?:{PARTICLES}) )*[A-Z-]{{2,}}) ([A-Z-]{{2,}} [A-Z])$", r"\1, \2"),
    ]
)
_LINE_JOINED = Rewriting.of(
    [
        (r" SAINT ([A-Z])", r" ST \1"),
        (rf" VAN ({AFTER_VAN})\b", r" VAN_\1"),
        (rf"^({AFTER_VAN}) VAN ", r"\1 VAN_"),
        (rf" ({PARTICLES}) ([A-Z])", r" \1\2"),
        (rf" ({PARTICLES}) ([A-Z])", r" \1\2"),
        ("_", " "),
    ]
)
_GIVEN_LINE = Rewriting.of([(r"[ ,]+", " "), _GIVEN_STEPS[0]])
_COMMA = r"^([^,]*[A-Z][^,]*), (.+)$"
_LAST_WORD = r"^(?:(.*) )?([^ ]+)$"
_FIRST_WORD = r"^([^ ]+)(?: (.*))?$"


class PersonName(NamedTuple):
    """A name in its parts, each empty when there is none."""

    first: str
    middle: str
    last: str
    suffix: str


def generation(text: str) -> str:
    """Give JR, SR, II, III, IV or empty."""
    return _WORDS.get(_GENERATION.apply(folded(text)), "")


def normalize_name(first: str = "", middle: str = "", last: str = "", suffix: str = "") -> PersonName:
    """Normalise a name that a file holds in parts."""
    given, second, surname = (_CLEAN.apply(folded(text)) for text in (first, middle, last))
    found = generation(suffix) or next(
        (kind for kind in (generation(part(text, _AT_END, 1)) for text in (surname, second, given)) if kind), ""
    )
    return PersonName(_GIVEN.apply(given), _MIDDLE.apply(second), _LAST.apply(surname), found)


def _as_meant(face: str) -> str:
    if not fits(face, _DOUBTFUL):
        return face
    return _MARKS_AMONG_LETTERS.apply(_NUMBERS_ALONE.apply(face).translate(str.maketrans(*_AS_LETTERS)))


def _as_meant_sql(face: str) -> str:
    letters = f"translate({_NUMBERS_ALONE.sql(face)}, {quoted(_AS_LETTERS[0])}, {quoted(_AS_LETTERS[1])})"
    return f"CASE WHEN fits({face}, {quoted(_DOUBTFUL)}) THEN {_MARKS_AMONG_LETTERS.sql(letters)} ELSE {face} END"


def split_name(text: str) -> PersonName:
    """Split a name written in one piece: First Middle Last, or Last, First Middle, with or without a generation.

    Without a comma the last word is the surname, with its particles; a single word is taken for a surname. A comma or
    point that a machine saw inside a word is left out.
    """
    line = _LINE.apply(_as_meant(folded(_WITHOUT_SPECKS.apply(text) if fits(text, _SPECK) else text)))
    suffix = generation(part(line, _LINE_GENERATION, 1))
    line = _LINE_BARE.apply(line)
    if fits(line, _COMMA):
        given, surname = part(line, _COMMA, 2), part(line, _COMMA, 1)
    else:
        joined = _LINE_JOINED.apply(line)
        given, surname = part(joined, _LAST_WORD, 1), part(joined, _LAST_WORD, 2)
    given = _GIVEN_LINE.apply(given)
    return PersonName(
        _MIDDLE.apply(part(given, _FIRST_WORD, 1)),
        _MIDDLE.apply(part(given, _FIRST_WORD, 2)),
        _LAST.apply(surname),
        suffix,
    )


def generation_sql(expression: str) -> str:
    """Give the SQL of `generation`."""
    cases = " ".join(f"WHEN {quoted(number)} THEN {quoted(word)}" for number, word in _WORDS.items())
    number = _GENERATION.sql(f"folded({expression})")
    return f"CASE WHEN {expression} = '' THEN '' ELSE CASE {number} {cases} ELSE '' END END"


def name_sql(relation: str) -> str:
    """Give the SQL of `normalize_name`: every column of the relation with n_first, n_middle, n_last, n_suffix.

    The relation has first, middle, last and suffix as text without nulls. A name of plain letters takes the short way.
    """
    own = generation_sql("suffix")
    faces = ", ".join(f"folded({column}) AS {column}_" for column in ("first", "middle", "last"))

    def at_end(face: str) -> str:
        found = generation_sql(f"part({_CLEAN.sql(face)}, {quoted(_AT_END)}, 1)")
        like = f"fits({face}, {quoted(_LIKE_GENERATION)})"
        return f"CASE WHEN fits({face}, '[A-Z]*') THEN '' WHEN {like} THEN {found} ELSE '' END"

    ends = ", ".join(f"nullif({text}, '')" for text in (own, *map(at_end, ("last_", "middle_", "first_"))))
    return (
        "SELECT * EXCLUDE (first_, middle_, last_), "
        f"{_plain_or(_GIVEN, 'first_', _CLEAN)} AS n_first, {_plain_or(_MIDDLE, 'middle_', _CLEAN)} AS n_middle, "
        f"{_plain_or(_LAST, 'last_', _CLEAN)} AS n_last, coalesce({ends}, '') AS n_suffix "
        f"FROM (SELECT *, {faces} FROM {relation})"
    )


def split_name_sql(relation: str, name: str) -> str:
    """Give the SQL of `split_name`: every column of the relation with n_first, n_middle, n_last, n_suffix."""
    clean = f"CASE WHEN fits({name}, {quoted(_SPECK)}) THEN {_WITHOUT_SPECKS.sql(name)} ELSE {name} END"
    face = f"SELECT *, folded({clean}) AS face_ FROM {relation}"
    line = f"SELECT * EXCLUDE (face_), {_LINE.sql(_as_meant_sql('face_'))} AS line_ FROM ({face})"
    bare = (
        f"SELECT * REPLACE ({_LINE_BARE.sql('line_')} AS line_), "
        f"{generation_sql(f'part(line_, {quoted(_LINE_GENERATION)}, 1)')} AS n_suffix FROM ({line})"
    )
    joined = (
        f"SELECT *, fits(line_, {quoted(_COMMA)}) AS comma_, "
        f"CASE WHEN comma_ THEN line_ ELSE {_LINE_JOINED.sql('line_')} END AS joined_ FROM ({bare})"
    )
    parted = f"SELECT *, {_GIVEN_LINE.sql(_either(2, 1))} AS given_, {_either(1, 2)} AS surname_ FROM ({joined})"
    return (
        f"SELECT * EXCLUDE (line_, comma_, joined_, given_, surname_, n_suffix), "
        f"{_plain_or(_MIDDLE, f'part(given_, {quoted(_FIRST_WORD)}, 1)')} AS n_first, "
        f"{_plain_or(_MIDDLE, f'part(given_, {quoted(_FIRST_WORD)}, 2)')} AS n_middle, "
        f"{_plain_or(_LAST, 'surname_')} AS n_last, n_suffix FROM ({parted})"
    )


def _either(with_comma: int, without: int) -> str:
    return (
        f"CASE WHEN comma_ THEN part(joined_, {quoted(_COMMA)}, {with_comma}) "
        f"ELSE part(joined_, {quoted(_LAST_WORD)}, {without}) END"
    )


def _plain_or(rewriting: Rewriting, face: str, before: Rewriting | None = None) -> str:
    chain = rewriting.sql(before.sql(face) if before else face)
    return f"CASE WHEN fits({face}, '[A-Z]*') THEN {face} ELSE {chain} END"
