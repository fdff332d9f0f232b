"""Whatever the people, a key array finds exactly those who share the key, in the state and in one zip."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from referenda.linkage.blocking import line_keys
from referenda.linkage.key_arrays import KEYS, Index
from referenda.linkage.people import People

NAMES = st.sampled_from(["", "ANN", "BO", "CARLA", "ANN MARIE"])
SURNAMES = st.sampled_from(["", "LI", "GARCIA", "GARCIA LOPEZ", "LOPEZ"])
PERSON = st.tuples(NAMES, SURNAMES, st.sampled_from([0, 90001, 90002, 96150]))


def people_of(rows: list[tuple[str, str, int]]) -> People:
    none = [""] * len(rows)
    columns = {
        f"n_{name}": pa.array(none, pa.string()) for name in ("middle", "suffix", "number", "street", "unit", "city")
    }
    columns |= {
        "n_first": pa.array([row[0] for row in rows], pa.string()),
        "n_last": pa.array([row[1] for row in rows], pa.string()),
        "zip5": pa.array([row[2] for row in rows], pa.int32()),
        "date": pa.array(none, pa.string()),
    }
    return People.of(pa.table(columns))


@given(st.lists(PERSON, min_size=1, max_size=40), PERSON)
def test_a_key_array_finds_everyone_with_the_name_and_nobody_else(
    voters: list[tuple[str, str, int]], line: tuple[str, str, int]
) -> None:
    voters = sorted(voters, key=lambda voter: voter[2])
    index = Index.of(people_of(voters), {"name": KEYS["name"]})
    asked = people_of([line])
    keys = line_keys(asked, np.array([0]), ("last", "first"))
    first, last = line[0].partition(" ")[0], line[1].partition(" ")[0]
    for near in (False, True):
        low, high = np.array([0]), np.array([len(voters)])
        if near:
            low, high = index.zip_rows(asked.zip5.astype(np.int64))
        start, end = index.arrays["name"].find(keys, low, high)
        found = index.arrays["name"].rows(np.arange(start[0], end[0])).tolist()
        expected = [
            row
            for row, (given_name, surname, zip5) in enumerate(voters)
            if first and last and given_name.partition(" ")[0] == first and last in surname.split()
            and (not near or zip5 == line[2] != 0)
        ]  # fmt: skip
        assert found == expected
