"""The public draw: tickets that anybody can compute, and a sample that grows without being drawn anew."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.errors import InputError
from referenda.stats.draw import check_seed, draw, ticket

SEED = "31415926535897932384"
LINES = [f"{section:06}/{line}" for section in range(300) for line in range(1, 9)]


def test_a_ticket_is_the_hash_of_seed_county_and_line_parted_by_commas():
    assert ticket(SEED, "Alder", "000123/7") == sha256(b"31415926535897932384,Alder,000123/7").hexdigest()
    assert ticket(SEED, "Peña Blanca", "A/1") == sha256("31415926535897932384,Peña Blanca,A/1".encode()).hexdigest()


def test_the_lines_with_the_lowest_tickets_are_drawn_in_their_order():
    assert draw(SEED, "Alder", LINES, 500) == sorted(LINES, key=lambda line: ticket(SEED, "Alder", line))[:500]


def test_the_order_of_the_list_does_not_matter():
    shuffled = random.Random(1).sample(LINES, len(LINES))
    assert draw(SEED, "Alder", shuffled, 100) == draw(SEED, "Alder", LINES, 100)


def test_another_seed_or_county_draws_other_lines():
    assert draw(SEED, "Alder", LINES, 50) != draw(SEED, "Birch", LINES, 50)
    assert draw(SEED, "Alder", LINES, 50) != draw("2" * 20, "Alder", LINES, 50)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_larger_sample_begins_with_the_smaller(one, other):
    lines = LINES[:40]
    small, large = sorted((one, other))
    assert draw(SEED, "Alder", lines, large)[:small] == draw(SEED, "Alder", lines, small)


def test_every_line_has_the_same_chance():
    lines = LINES[:10]
    times = dict.fromkeys(lines, 0)
    for number in range(2000):
        for line in draw(f"{number:020}", "Alder", lines, 3):
            times[line] += 1
    assert all(abs(count - 600) < 4 * (2000 * 0.3 * 0.7) ** 0.5 for count in times.values())


@pytest.mark.parametrize("size", [-1, 11])
def test_a_size_that_cannot_be_drawn_is_refused(size):
    with pytest.raises(InputError, match="cannot be drawn"):
        draw(SEED, "Alder", LINES[:10], size)


def test_a_line_that_stands_twice_is_refused():
    with pytest.raises(InputError, match="twice"):
        draw(SEED, "Alder", ["A/1", "A/2", "A/1"], 1)


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ("1" * 19, "fewer than 20 digits"),
        ("dice", "fewer than 20 digits"),
        ("1" * 20 + ",Alder", "comma"),
        ("1" * 20 + "\n", "control character"),
        (" " + "1" * 20, "space"),
        ("1" * 201, "more than 200"),
        ("\u0661" * 20, "fewer than 20 digits"),
    ],
)
def test_a_seed_that_is_none_is_refused(seed, why):
    with pytest.raises(InputError, match=why):
        check_seed(seed)


def test_a_seed_of_dice_is_taken_as_it_is_written():
    check_seed("3 1 4 1 5 9 2 6 5 3 5 8 9 7 9 3 2 3 8 4")
    check_seed(SEED)
