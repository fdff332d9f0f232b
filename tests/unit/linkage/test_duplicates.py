"""Lines by one signer are found through their voter and by their own words; neighbours on a sheet are two people."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from referenda.linkage.duplicates import PAIR_FEATURES, find_duplicates, pairs_of_lines, shipped_pair_model
from referenda.linkage.key_arrays import Index
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


VOTERS = Index.of(people(*(line(name, "WHITFIELD") for name in NAMES)))


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


def compared(lines: People, links: Links, which: int, feature: str) -> list[float]:
    """Give one column of the comparisons of a line with the others, in their order."""
    zips, sheets = np.full(len(lines), 90171), np.arange(len(lines))
    found = pairs_of_lines(lines, VOTERS, sheets, zips, links, np.array([which]), clean_share=0.5, block=4)
    ((pairs, table),) = found
    return table[np.argsort(pairs.row), PAIR_FEATURES.index(feature)].tolist()


def test_it_is_counted_how_often_lines_repeat_others_beside_how_many_of_the_voters_signed() -> None:
    lines = people(*(line(name, "WHITFIELD") for name in ("ZEBULON", "ZEBULON", "IMOGEN", "ZEBULON")))
    links = Links.nothing(4)
    links.row[:3], links.probability[:3] = [0, 0, 1], 0.999
    expected = np.log10((1 + 1) / (3 + 1)) - np.log10((3 + 1) / (8 + 1))
    assert compared(lines, links, 3, "again") == pytest.approx([expected] * 3)


def test_a_line_is_compared_with_the_face_that_is_most_like_it() -> None:
    lines = people(line("ZEBULN", "WHITFEILD"), line("ZEBULON", "WHITFIELD"))
    links = Links.nothing(2)
    links.row[0], links.probability[0] = 0, 0.999
    assert compared(lines, links, 1, "registered") == [1.0]
    assert compared(lines, links, 1, "last_equal") == [1.0]
    assert compared(lines, Links.nothing(2), 1, "registered") == [0.0]
    assert compared(lines, Links.nothing(2), 1, "last_equal") == [0.0]


def test_a_name_that_lost_its_space_is_the_same_word() -> None:
    lines = people(line("ZEBULONX", "WHITFIELD"), {**line("ZEBULON", "XWHITFIELD"), "middle": "Q"})
    assert compared(lines, Links.nothing(2), 0, "name_run") == [1.0]
    assert compared(lines, Links.nothing(2), 0, "address_run") == [1.0]


def test_a_line_follows_the_line_that_it_repeats_into_the_group_of_its_voter() -> None:
    again = {**line("ZEBULON", "WHITFIELD"), "middle": "X"}
    lines = people(line("OMAR", "WHITFIELD"), line("ZEBULON", "WHITFIELD"), {**again, "street": "NOWHERE LM"}, again)
    links = Links.nothing(4)
    links.row[:2], links.probability[:2] = [6, 0], 0.999
    assert duplicates(lines, links, [1, 2, 3, 4]) == [-1, -1, 1, 1]
