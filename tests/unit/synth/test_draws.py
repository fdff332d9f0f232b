"""Draws that can be repeated: known numbers, the same whatever the order, shares as asked."""

from __future__ import annotations

import numpy as np

from referenda.synth.draws import Dice, Draws, Wheel

# First numbers of SplitMix64 from the seed 1234567; source: Rosetta Code, "Pseudo-random numbers/Splitmix64".
FROM_1234567 = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]


def test_dice_throw_the_published_numbers_of_splitmix64() -> None:
    dice = Dice(1234567)
    thrown = [dice.bits() for _ in range(5)]
    assert thrown == FROM_1234567


def test_a_draw_does_not_depend_on_the_draws_beside_it() -> None:
    draws = Draws(5)
    together = draws.bits("name", np.arange(100))
    assert [int(draws.bits("name", np.array([at]))[0]) for at in range(100)] == together.tolist()


def test_another_seed_name_or_position_gives_another_number() -> None:
    at = np.arange(50)
    drawn = [Draws(seed).bits(name, at).tolist() for seed in (1, 2, -1) for name in ("first", "last")]
    assert len({number for numbers in drawn for number in numbers}) == 6 * 50


def test_dice_made_beforehand_throw_the_same_as_single_ones() -> None:
    draws, at = Draws(9), np.array([3, 70_000_000_000])
    for dice, position in zip(draws.many_dice("line", at, ready=4), at.tolist(), strict=True):
        single = draws.dice("line", position)
        assert [single.bits() for _ in range(10)] == [dice.bits() for _ in range(10)]


def test_whole_numbers_below_a_limit_are_all_drawn_alike_often() -> None:
    counts = np.bincount(Draws(3).below("number", np.arange(60_000), 6))
    assert len(counts) == 6
    assert np.abs(counts - 10_000).max() < 4 * np.sqrt(60_000 * 5 / 36)


def test_a_wheel_gives_each_position_by_its_weight() -> None:
    wheel = Wheel([3, 0, 1], size=8)
    counts = np.bincount(wheel.table, minlength=3)
    assert counts.tolist() == [192, 0, 64]
    assert wheel.turn_one(2**64 - 1) == 2
    assert wheel.turn(np.array([0, 2**64 - 1], dtype=np.uint64)).tolist() == [0, 2]
