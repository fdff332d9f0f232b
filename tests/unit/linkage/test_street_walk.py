"""Down the street that a line seems to name, whoever agrees with it in two things is found; nobody walks too far."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from referenda.linkage import street_walk
from referenda.linkage.key_arrays import Index
from referenda.linkage.people import People

FIELDS = ("first", "last", "number", "street", "zip")
VOTERS = [
    ("MARIA", "KONDO", "378", "SPRING RD", "90232"),
    ("PETER", "OSTROM", "378", "SPRING RD", "90232"),
    ("NORMA", "KOHL", "12", "SPRINT WAY", "90232"),
    ("LANBO", "GUO", "2594", "58 AVE", "90232"),
    ("MARIA", "KONDO", "378", "SPRING RD", "90240"),
]


def people(*rows: tuple[str, ...]) -> People:
    columns = {f"n_{name}": [row[at] for row in rows] for at, name in enumerate(FIELDS[:4])}
    columns |= {f"n_{name}": [""] * len(rows) for name in ("middle", "suffix", "unit", "city")}
    zips = pa.array([int(row[4]) for row in rows], pa.int32())
    return People.of(pa.table({**columns, "date": [""] * len(rows), "zip5": zips}))


INDEX = Index.of(people(*VOTERS), {})


def found(*line: str, zips: tuple[int, ...] = (90232,)) -> list[int]:
    lines, which = people(line), np.zeros(1, np.int64)
    places = tuple(INDEX.zip_rows(np.array([zip5])) for zip5 in zips)
    asked, row = street_walk.walk(INDEX.stretches, INDEX.people, lines, which, places)
    assert asked.tolist() == [0] * len(row)
    return sorted(row.tolist())


def test_neighbours_of_one_street_and_zip_are_one_stretch() -> None:
    assert INDEX.stretches.starts.tolist() == [0, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        (("MARIA", "KOHDO", "738", "SPRINIG RD", "90232"), [0]),
        (("KOHDO", "MARIA", "738", "SPRINIG RD", "90232"), [0]),
        (("LANDO", "UGO", "0594", "58 AVE", "90232"), [3]),
        (("MARIA", "KOHDO", "", "SPRING RD", "90232"), [0]),
        (("QUENTIN", "WYLIE", "378", "SPRING RD", "90232"), []),
        (("QUENTIN", "", "378", "SPRING RD", "90232"), [0, 1]),
        (("MARIA", "KONDO", "378", "ZZYZX BLVD", "90232"), []),
        (("MARIA", "KONDO", "378", "", "90232"), []),
    ],
)
def test_two_of_number_given_name_and_surname_are_enough(line: tuple[str, ...], rows: list[int]) -> None:
    assert found(*line) == rows


def test_a_further_zip_is_walked_only_where_the_street_was_not_found() -> None:
    line = ("MARIA", "KONDO", "378", "SPRING RD", "90232")
    assert found(*line, zips=(90232, 90240)) == [0]
    assert found(*line, zips=(99999, 90240)) == [4]


def test_a_street_with_more_people_than_the_bound_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("MARIA", "KONDO", "378", "SPRING RD", "90232")
    monkeypatch.setattr(street_walk, "_PAIRS", 1)
    assert found(*line) == [0]
    monkeypatch.setattr(street_walk, "LONGEST", 1)
    assert found(*line) == []
