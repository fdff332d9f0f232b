"""A line finds its voter though two or three of its fields are damaged, and a zip that cannot be right is guessed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.linkage.blocking import among, distinct, find_candidates, likely_zip
from referenda.linkage.key_arrays import Index
from referenda.linkage.people import People

FIELDS = ("first", "middle", "last", "suffix", "number", "street", "unit", "city")


def people(*rows: dict[str, str]) -> People:
    table = {f"n_{name}": [row.get(name, "") for row in rows] for name in FIELDS}
    table |= {"county": ["NORDEN" for _ in rows], "date": ["" for _ in rows]}
    return People.of(pa.table({**table, "zip5": pa.array([int(row["zip"]) for row in rows], pa.int32())}))


def person(first: str, last: str, number: str, street: str, city: str, zip5: str, middle: str = "") -> dict[str, str]:
    return {
        "first": first,
        "middle": middle,
        "last": last,
        "number": number,
        "street": street,
        "city": city,
        "zip": zip5,
    }


VOTERS = Index.of(
    people(
        person("REBECCA", "GONZALEZ", "2101", "AVE ENCANTADA", "CALVERA", "91378"),
        person("TIFFANY", "MCCORMICK", "16246", "BAIRD AVE", "CALVERA", "91378"),
        person("HELEN", "STEDMAN", "2599", "WILLOW VLY PL", "VERANO", "91786", middle="MAY"),
        person("CLAUDIA", "PEREZ", "2394", "BEECH DR", "HADLEY", "91956"),
        person("CHARLOTTE", "DORIN", "2822", "N WILLOW DR", "HADLEY", "91956"),
        person("MARIANA", "MARTINEZ", "2274", "LK RD", "HADLEY", "91956"),
    )
)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (person("RFBECCA", "GOMZAIEZ", "2101", "AVF ENCHNTADA", "CALVERA", "91378"), 0),
        (person("", "TIFFANYMCCORMICK", "16246", "BHIRD AVE", "CALVERA", "91378"), 1),
        (person("PERRZ", "CLAUDIA", "2394", "BEECH DR", "HADLEY", "91956"), 3),
        ({**person("CHARLOTTE", "MOORE", "2822", "N WILLOW DR", "HADLEY", "91956"), "second": "DORIN"}, 4),
        (person("MAY", "STEDMAN", "2599", "WILLOW VLY PL", "VERANO", "91786"), 2),
        (person("HELEN", "STFDNAN", "2599", "VVILLOW", "VERANO", "9786"), 2),
        (person("CHARLOTTE", "PORIN", "2282", "N WILLCW DR", "HADLEY", "91956"), 4),
        (person("MARTINIEZ", "MARIANA", "2247", "LK ROAD", "HADLEY", "91956"), 5),
    ],
)
def test_a_voter_is_found_though_two_fields_or_three_are_damaged(line: dict[str, str], row: int) -> None:
    line = {**line, "last": " ".join(filter(None, (line["last"], line.get("second", ""))))}
    found = find_candidates(VOTERS, people(line), np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert row in found.row.tolist()


@pytest.mark.parametrize(
    ("zip5", "city", "guess"),
    [
        ("9786", "VERANO", 91786),
        ("91768", "VFRANO", 91786),
        ("0", "HADLEY", 91956),
        ("91956", "HADLEY", 0),
        ("91956", "", 0),
        ("0", "", 0),
    ],
)
def test_a_zip_is_guessed_only_where_it_does_not_fit_the_city(zip5: str, city: str, guess: int) -> None:
    line = people(person("A", "B", "1", "C", city, zip5))
    assert likely_zip(VOTERS, line, np.zeros(1, np.int64)).tolist() == [guess]


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)))
def test_values_once_and_in_order_and_those_among_them(values: list[int], asked: list[int]) -> None:
    once = distinct(np.array(values, dtype=np.int64))
    assert once.tolist() == sorted(set(values))
    assert among(np.array(asked, dtype=np.int64), once).tolist() == [value in set(values) for value in asked]
