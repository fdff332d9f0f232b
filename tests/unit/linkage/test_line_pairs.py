"""Two damaged lines of one signer find each other by short keys, or by the registration that one of them has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from referenda.linkage.key_arrays import Index
from referenda.linkage.line_pairs import KEPT, Faces, pairs_by_keys
from referenda.linkage.people import People
from referenda.linkage.stages import Links

FIELDS = ("first", "middle", "last", "suffix", "number", "street", "unit", "city")
NO_PAIRS = np.zeros(0, np.int64)


def people(*rows: str) -> People:
    """Make people of texts: given name, surname, number, street and zip, with `-` for what is not known."""
    cells = [["" if cell == "-" else cell for cell in row.split()] for row in rows]
    names = ("first", "last", "number", "street")
    known = {name: [row[place] for row in cells] for place, name in enumerate(names)}
    table = {f"n_{name}": known.get(name, [""] * len(rows)) for name in FIELDS}
    table |= {"county": [""] * len(rows), "date": [""] * len(rows)}
    return People.of(pa.table({**table, "zip5": pa.array([int(row[4] or 0) for row in cells], pa.int32())}))


VOTERS = Index.of(people("IMOGEN QUARTERMAINE 12 ASH 90171", "PETRA LINDQVIST 9 ELM 90171", "OMAR KASSIS 7 OAK 90200"))


def found(lines: People, *, certain: dict[int, int] | None = None, sheet_zip: int = 90171) -> dict[int, list[int]]:
    """Give for every line the lines found for it, in order."""
    voter, zips = np.full(len(lines), -1), np.full(len(lines), sheet_zip)
    for line, row in (certain or {}).items():
        voter[line] = row
    faces = Faces.of(lines, VOTERS, zips, Links.nothing(len(lines)), voter)
    pairs = pairs_by_keys(faces, lines, np.arange(len(lines)), zips, NO_PAIRS)
    return {line: sorted(faces.line[pairs.row[pairs.line == line]].tolist()) for line in range(len(lines))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IMOGEN QUARTERMAINE 12 ASH 90171", "IM0GEN QUARTERMINE 12 ASHE 90171"),
        ("IMOGEN QUARTERMAINE 12 ASH 90171", "QUARTERMAINE IMOGEN 12 ASH 90171"),
        ("IMOGEN QUARTERMAINE 12 ASH 90171", "IMOGEN QUARTERMAINE - - -"),
        ("IMOGEN QUARTERMAINE 12 ASH 90171", "IMOGEN QUARTERMAINE 12 ASH -"),
        ("IMOGEN QUARTERMAINE 12 ASH 90171", "IMOGEN LINDQVIST 12 ASH 90171"),
        ("IMOGEN QUARTERMAINE 12 ASH 99999", "GEN QUARTERMAIN 12 ASH 90171"),
    ],
)
def test_two_damaged_lines_of_one_signer_find_each_other(one: str, other: str) -> None:
    lines = people(one, "ZEBULON OKONKWO 4 BIRCH 90171", other)
    assert {line: others for line, others in found(lines).items() if line != 1} == {0: [2], 2: [0]}


def test_a_line_is_found_by_its_registration_where_the_line_itself_is_past_recognition() -> None:
    lines = people("NQGEN RMNE 72 RSH 90171", "IMOGEN QUARTERMAIN 12 ASH 90171")
    assert found(lines)[1] == []
    assert found(lines, certain={0: 0})[1] == [0]


def test_no_line_is_its_own_repetition_nor_by_the_face_of_its_registration() -> None:
    lines = people("IMOGEN QUARTERMAINE 12 ASH 90171", "PETRA LINDQVIST 9 ELM 90171")
    assert found(lines, certain={0: 0, 1: 1}) == {0: [], 1: []}


def test_of_a_street_of_namesakes_the_most_alike_few_are_compared() -> None:
    lines = people(*("OMAR KASSIS 7 OAK 90200" for _ in range(200)))
    others = found(lines, sheet_zip=90200)
    assert {KEPT} == {len(some) for some in others.values()}


def test_a_line_without_a_zip_lives_where_most_of_its_sheet_do() -> None:
    lines = people("OMAR KASSIS 7 OAK -", "OMAR KASSIS 7 OAK 90200", "OMAR KASSIS 7 OAK 12345")
    faces = Faces.of(lines, VOTERS, np.full(3, 90171), Links.nothing(3), np.full(3, -1))
    assert faces.zips.tolist() == [90171, 90200, 90171]


def test_the_face_of_a_registration_stands_once_for_all_lines_of_its_voter() -> None:
    lines = people("OMAR KASIS 7 OAK 90200", "OMAR KASSIS 7 - 90200", "PETRA LINDQVIST 9 ELM 90171")
    faces = Faces.of(lines, VOTERS, np.full(3, 90171), Links.nothing(3), np.array([2, 2, -1]))
    assert faces.line[faces.registered].tolist() == [0]
    assert len(faces.line) == 4
