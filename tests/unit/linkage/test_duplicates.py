"""Lines by one signer are found through their voter and by their own words; neighbours on a sheet are two people."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from referenda.linkage.duplicates import find_duplicates, pairs_of_lines, shipped_pair_model
from referenda.linkage.people import People
from referenda.linkage.stages import Links

FIELDS = ("first", "middle", "last", "suffix", "number", "street", "unit", "city")
HOME = {"number": "9", "street": "NOWHERE LN", "city": "ELMIRA"}
NAMES = ("ZEBULON", "IMOGEN", "GWENDOLYN", "LUCILLE", "PETRA", "HAROLD", "OMAR", "SUSAN")


def people(*rows: dict[str, str]) -> People:
    table = {f"n_{name}": [row.get(name, "") for row in rows] for name in FIELDS}
    table |= {"county": ["NORDEN" for _ in rows], "date": ["" for _ in rows]}
    return People.of(pa.table({**table, "zip5": pa.array([90171 for _ in rows], pa.int32())}))


def line(first: str, last: str) -> dict[str, str]:
    return {"first": first, "last": last, **HOME}


VOTERS = people(*(line(name, "WHITFIELD") for name in NAMES))


def duplicates(lines: People, links: Links, sheets: list[int]) -> list[int]:
    zips = np.full(len(lines), 90171)
    model = shipped_pair_model()
    found = find_duplicates(lines, VOTERS, np.array(sheets), zips, links, model, clean_share=0.5, block=4)
    return found.tolist()


def test_lines_of_one_voter_beyond_doubt_are_one_signers_whatever_they_say() -> None:
    lines = people(line("BOB", "WHITFIELD"), line("SUSAN", "OKONKWO"), line("X", ""))
    links = Links.nothing(3)
    links.row[:], links.probability[:] = [4, 5, 4], 0.999
    assert duplicates(lines, links, [1, 2, 3]) == [-1, -1, 0]


def test_lines_of_people_who_are_not_in_the_file_are_compared_with_one_another() -> None:
    again = {**line("ZEBULON", "QUARTERMAINE"), "middle": "X", "unit": "4"}
    lines = people(again, line("PETRA", "LINDQVIST"), {**again, "street": "NOWHERE LM"})
    assert duplicates(lines, Links.nothing(3), [1, 2, 3]) == [-1, -1, 0]


def test_the_same_words_are_less_likely_one_signers_next_to_each_other() -> None:
    lines = people(line("HAROLD", "WHITFIELD"), line("HAROLD", "WHITFIELD"))
    links = Links.nothing(2)
    links.row[:], links.probability[:], links.runner_up[:], links.runner_up_probability[:] = 5, 0.5, 6, 0.5
    weights = []
    for sheets in ([1, 1], [1, 2]):
        which, zips = np.zeros(1, np.int64), np.full(2, 90171)
        found = pairs_of_lines(lines, VOTERS, np.array(sheets), zips, links, which, clean_share=0.5, block=4)
        ((pairs, table),) = found
        assert pairs.row.tolist() == [1]
        weights.append(float(shipped_pair_model().weigh(table)[0]))
    assert weights[0] < weights[1]


def test_two_voters_are_never_joined_by_a_line_between_them() -> None:
    lines = people(line("JEAN", "WHITFIELD"), line("JOAN", "WHITFIELD"), line("JEAN", "WHITFIELD"))
    links = Links.nothing(3)
    links.row[:], links.probability[:] = [1, 2, -1], [0.999, 0.999, 0]
    found = duplicates(lines, links, [1, 2, 3])
    assert found[1] == -1
