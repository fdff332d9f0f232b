"""A pair is explained field by field, in the direction a clerk would expect."""

from __future__ import annotations

import pyarrow as pa

from referenda.linkage.explain import Explanation, explain
from referenda.linkage.model import shipped_model
from referenda.linkage.people import People


def people(*rows: dict[str, str]) -> People:
    fields = ("first", "middle", "last", "suffix", "number", "street", "unit", "city")
    table = {f"n_{name}": [row.get(name, "") for row in rows] for name in fields}
    table |= {"county": ["NORDEN" for _ in rows], "date": ["" for _ in rows]}
    return People.of(pa.table({**table, "zip5": pa.array([90171 for _ in rows], pa.int32())}))


HOME = {"number": "412", "street": "N MAIN ST", "city": "ELMIRA"}
VOTERS = people(
    {"first": "ROBERT", "middle": "JAMES", "last": "WHITFIELD", **HOME},
    {"first": "SUSAN", "last": "WHITFIELD", **HOME},
    {"first": "ANNA", "last": "OKONKWO", "number": "7", "street": "OAK AVE", "city": "ELMIRA"},
)
LINES = people({"first": "BOB", "last": "WHITFEILD", **HOME})


def explained(row: int) -> Explanation:
    return explain(LINES, 0, VOTERS, row, shipped_model(), sheet_zip=90171)


def test_a_nickname_and_a_slip_are_named() -> None:
    words = {field.field: field.words for field in explained(0).fields}
    assert words["given name"] == "one is a nickname of the other"
    assert words["surname"] == "one slip apart"
    assert words["street"] == "the same"
    assert words["middle name"] == "only the file says"


def test_the_voter_weighs_more_than_a_relative_and_the_given_name_tells_them_apart() -> None:
    voter, relative, stranger = (explained(row) for row in range(3))
    assert voter.weight > 0 > relative.weight
    assert relative.weight > stranger.weight
    weights = {field.field: field.weight for field in relative.fields}
    assert weights["given name"] < 0


def test_the_strongest_field_comes_first() -> None:
    weights = [abs(field.weight) for field in explained(2).fields]
    assert weights == sorted(weights, reverse=True)
