from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda.errors import InputError
from referenda.pages.forecast_words import frequency, likelihood, percent, resolution, rough, spoken

CHANCES = st.floats(0, 1)
DRAWS = st.sampled_from([10, 99, 100, 2_499, 2_500, 10_000])


def test_ten_thousand_draws_tell_hundredths_apart_and_few_draws_do_not() -> None:
    assert [resolution(draws) for draws in (10_000, 2_500, 2_499, 100, 99, 10)] == [100, 100, 20, 20, 10, 10]


def test_a_chance_is_said_as_a_natural_frequency() -> None:
    assert frequency(0.314, 10_000) == "31 in 100"
    assert frequency(0.314, 400) == "6 in 20"


def test_what_no_draw_did_is_not_said_to_be_impossible() -> None:
    assert frequency(0.0, 10_000) == "less than 1 in 100"
    assert percent(0.0, 10_000) == "< 1 %"
    assert spoken(0.0, 200) == "less than 1 in 20"


def test_what_every_draw_did_is_not_said_to_be_certain() -> None:
    assert frequency(1.0, 10_000) == "more than 99 in 100"
    assert percent(1.0, 10_000) == "> 99 %"
    assert percent(1.0, 50) == "> 90 %"


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.012, "about 1 in 100"),
        (0.021, "about 1 in 50"),
        (0.052, "about 1 in 20"),
        (0.31, "about 3 in 10"),
        (0.5, "about 5 in 10"),
        (0.94, "about 19 in 20"),
        (0.979, "about 49 in 50"),
        (0.989, "about 99 in 100"),
    ],
)
def test_a_chance_is_said_aloud(chance: float, words: str) -> None:
    assert spoken(chance, 10_000) == words


@given(CHANCES, DRAWS)
def test_no_chance_is_ever_said_as_none_or_all(chance: float, draws: int) -> None:
    for words in (frequency(chance, draws), spoken(chance, draws)):
        part, _, whole = words.split()[-3:]
        assert 0 < int(part) < int(whole)
    assert percent(chance, draws) not in ("0 %", "100 %")


@given(CHANCES, DRAWS)
def test_words_are_within_half_a_step_or_one_end_of_the_chance(chance: float, draws: int) -> None:
    words = frequency(chance, draws)
    part, _, whole = words.split()[-3:]
    bound = 1 if words.startswith(("less", "more")) else 0.5
    assert abs(int(part) / int(whole) - chance) <= bound / int(whole) + 1e-9


def test_likelihoods_are_the_words_of_the_ipcc() -> None:
    said = [likelihood(chance) for chance in (0.005, 0.05, 0.2, 0.5, 0.7, 0.95, 0.995)]
    assert said == [
        "exceptionally unlikely",
        "very unlikely",
        "unlikely",
        "about as likely as not",
        "likely",
        "very likely",
        "virtually certain",
    ]


def test_a_count_keeps_three_digits() -> None:
    assert [rough(count) for count in (584_731, 999_700, 1_336_696, 999, 0.4, -2_345)] == [
        "585,000",
        "1,000,000",
        "1,340,000",
        "999",
        "0",
        "-2,340",
    ]


@pytest.mark.parametrize("chance", [-0.1, 1.1, nan])
def test_what_is_no_chance_is_refused(chance: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        frequency(chance, 10_000)
