"""The rules for names and addresses: SQL and Python are one, and the three faces of a file are one."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referenda.linkage.normalize import (
    line_statements,
    normalize_line,
    normalize_voter,
    prelude,
    voter_statements,
)

NAME_WORDS = (
    "Nguyễn Đặng O'Brien D’Angelo de la Cruz DE LA van der Berg Garcia-Lopez McDonald Mc Donald Jr. III II Sr, , , - . "
    "St. Saint John Mary Ann J. É Ørsted Straße Văn Tran 3rd Smith SMITH Jose José MR Mac Fitz Al El O D "
    "5MITH W0NG Re6usi J*hn Gar?a ??? 12 A|ice Al-Sayed K,ate illegible XX 3 4TH "
    "V,ASQUEZ Cas,tro Sol,i H.oa AnnaSmith IIl ,jr"
)
ADDRESS_WORDS = (
    "123 45 1/2 123½ 12B 12-B N. North Main MAIN St Street st. Ave Avenida de las Palmas Calle Real Camino Del Mar "
    "Apt # #4 4B Unit Ste 100 Spc P.O. PO Box 12 RR 2 HC Route County Road Hwy 1st First Twenty-First Twenty NW N.W. "
    "East E Rear 007 - / . , é Saint Lot A B C Bldg 3 Floor Fort State US "
    "1O1 I05 30B S12 2589Oak 627La UN1T N0RTH Lot5A ST-A DR-12C HWY-91 Ave-3 8 O B 1,2 3.45Elm b12 5g1 A49 27Z Uhit Amt"
)
NAMES, ADDRESSES = NAME_WORDS.split(), ADDRESS_WORDS.split()
SIGNS = [0, 9, 10, 39, 233, 0x1E9E, 0x2019, 0x301, 0x212B, 0xFB01, 0x130, 0x131, 0x17F, 0x3042, 0x1F600]
CITIES = ["St. Helena", "Saint Helena", "N Hollywood", "SAN JOSÉ", "Mount Shasta", "Citrus Heights", "Los Angeles", ""]
ZIPS = [
    "93701",
    "9370l",
    "9E701",
    "93701-1234",
    "937011234",
    "",
    "abc",
    "2134",
    "1",
    "93701.0",
    " 93701",
    "93,701",
    "g37O1",
    "b3A01",
    "CA 93701",
    "OR 97201",
]


def spoiled(chance: random.Random, text: str) -> str:
    if text and chance.random() < 0.15:
        at = chance.randrange(len(text))
        sign = chr(chance.choice([*SIGNS, chance.randrange(32, 0x24F), chance.randrange(0x1E00, 0x1EFF)]))
        text = text[:at] + sign + text[at:]
    return chance.choice([text, text, text.upper(), text.lower()])


def words(chance: random.Random, known: list[str], most: int) -> str:
    return chance.choice([" ", "  "]).join(chance.choice(known) for _ in range(chance.randint(0, most)))


def voters(seed: int, count: int) -> list[dict[str, str]]:
    chance = random.Random(seed)
    number = ["", "", "123.0", "00", "12 b", "0123", "12 1/2"]
    return [
        {
            "voter_id": str(n),
            "first": spoiled(chance, words(chance, NAMES, 2)),
            "middle": spoiled(chance, words(chance, NAMES, 2)),
            "last": spoiled(chance, words(chance, NAMES, 4)),
            "suffix": spoiled(chance, chance.choice(["", "", "Jr", "SR.", "iii", "x", "2", "2nd"])),
            "house_number": spoiled(chance, chance.choice([*number, words(chance, ADDRESSES, 2)])),
            "street": spoiled(chance, words(chance, ADDRESSES, 10)),
            "unit": spoiled(chance, chance.choice(["", "4b", "# 12", words(chance, ADDRESSES, 3)])),
            "city": spoiled(chance, chance.choice(CITIES)),
            "zip": chance.choice(ZIPS),
        }
        for n in range(count)
    ]


def by_sql(rows: list[dict[str, str]], *, lines: bool) -> dict[str, dict[str, Any]]:
    key = "line_id" if lines else "voter_id"
    with duckdb.connect(config={"threads": 2}) as connection:
        for statement in prelude():
            connection.execute(statement)
        connection.register("given", pa.Table.from_pylist(rows))
        for statement in (line_statements if lines else voter_statements)("given", "made"):
            connection.execute(statement)
        return {row[key]: row for row in connection.sql("SELECT * FROM made").to_arrow_table().to_pylist()}


def differences(rows: list[dict[str, str]], *, lines: bool) -> list[tuple[Mapping[str, str], str, object, object]]:
    key, one = ("line_id", normalize_line) if lines else ("voter_id", normalize_voter)
    made = by_sql(rows, lines=lines)
    assert len(made) == len(rows)
    return [
        (row, field, value, made[row[key]][field])
        for row in rows
        for field, value in one(row).items()
        if made[row[key]][field] != value
    ]


@pytest.mark.parametrize("seed", range(2))
def test_sql_and_python_normalise_voters_alike(seed: int) -> None:
    assert differences(voters(seed, 6000), lines=False) == []


@pytest.mark.parametrize("seed", range(2))
def test_sql_and_python_split_petition_lines_alike(seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        {
            "line_id": str(n),
            "name": spoiled(chance, words(chance, NAMES, 6)),
            "address": spoiled(chance, words(chance, ADDRESSES, 10)),
            "city": chance.choice(CITIES),
            "zip": chance.choice(ZIPS),
        }
        for n in range(6000)
    ]
    assert differences(rows, lines=True) == []


latin = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Z"), max_codepoint=0x1EFF) | st.sampled_from(" -',.#/"),
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(latin, latin), min_size=1, max_size=60))
def test_sql_and_python_agree_on_any_latin_text(texts: list[tuple[str, str]]) -> None:
    lines = [
        {"line_id": str(n), "name": one, "address": other, "city": one, "zip": other}
        for n, (one, other) in enumerate(texts)
    ]
    assert differences(lines, lines=True) == []
    parts = [
        {"voter_id": str(n), "first": one, "middle": other, "last": one, "suffix": other[:4], "house_number": other[:5],
         "street": one, "unit": other, "city": other, "zip": one}
        for n, (one, other) in enumerate(texts)
    ]  # fmt: skip
    assert differences(parts, lines=False) == []


def bare(text: str) -> str:
    """Write a text as an old system would: capitals without diacritics."""
    for sign, by in (("Đ", "D"), ("Ø", "O"), ("ß", "SS"), ("’", "'"), ("½", " 1/2")):
        text = text.replace(sign, by).replace(sign.lower(), by)
    apart = unicodedata.normalize("NFD", text.upper())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


PROPER = (
    "María José Nguyễn Đặng O'Brien D’Angelo García-López de_la_Cruz Van_Der_Berg Ørsted Weiß Mc_Donald St._John Văn "
    "Núñez Smith Jr. III Anne-Marie J."
)
STREET = "North N. Cañón Main Calle Peña Avenida Saint Street Ave. 1st First Apt. 4b #12 ½ 12 P.O. Box East Đường"
proper = st.sampled_from([word.replace("_", " ") for word in PROPER.split()])
street = st.sampled_from(STREET.split())


@given(st.lists(proper, max_size=5), st.lists(street, max_size=7), st.sampled_from(["123", "12-b", "123½", ""]))
def test_the_three_faces_of_a_file_give_the_same_row(name: list[str], where: list[str], number: str) -> None:
    title = {
        "first": " ".join(name[:1]),
        "middle": " ".join(name[1:2]),
        "last": " ".join(name[2:]),
        "suffix": "Jr.",
        "house_number": number,
        "street": " ".join(where),
        "unit": "Apt. 4b",
        "city": "San José",
        "zip": "95112",
    }
    line = {"name": " ".join(name), "address": f"{number} {' '.join(where)}", "city": "Cañada", "zip": "95112-0001"}
    for face in (str.upper, bare):
        assert normalize_voter({field: face(text) for field, text in title.items()}) == normalize_voter(title)
        assert normalize_line({field: face(text) for field, text in line.items()}) == normalize_line(line)
