"""Words of the look-up: their order, what is one sign away, and what a typed word can be."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.linkage.lookup_words import FIELDS, LONGEST, Words, codes_of, misspelt

SURNAMES = ["GARCIA", "GARCIAS", "GARZA", "GRACIA", "LEE", "LI", "MARCIA", "WASHINGTONIANS"]
NUMBERS = ["12", "120", "1234", "1243", "12B"]


def words() -> Words:
    by_field = dict.fromkeys(FIELDS, np.zeros(0, np.uint64))
    return Words.of(by_field | {"surname": np.sort(codes_of(SURNAMES)), "number": np.sort(codes_of(NUMBERS))})


def named(word: str, field: str, names: list[str]) -> dict[str, list[str]]:
    read = words().read(word)[FIELDS.index(field)]
    near = {name for low, high in zip(*read.near, strict=True) for name in names[low:high]}
    longer = {name for low, high in zip(*read.near_longer, strict=True) for name in names[low:high]}
    return {
        "exact": names[read.exact : read.longer],
        "longer": names[read.longer : read.end],
        "near": sorted(near),
        "near_longer": sorted(longer),
    }


def test_codes_sort_as_words_do() -> None:
    typed = ["", "1", "12", "12 1/2", "2", "A", "AB", "ABC", "B"]
    codes = codes_of(["", "1", "12", "2", "A", "AB", "ABC", "B"])
    assert codes.tolist() == sorted(codes.tolist())
    assert len(set(codes_of(typed).tolist())) == len(typed)


def test_a_word_is_read_as_itself_longer_ones_and_those_one_sign_away() -> None:
    found = named("GARCIA", "surname", SURNAMES)
    assert (found["exact"], found["longer"]) == (["GARCIA"], ["GARCIAS"])
    assert found["near"] == ["GARCIAS", "GRACIA", "MARCIA"]


def test_a_beginning_with_a_sign_wrong_still_finds_the_word() -> None:
    assert "GARCIAS" in named("GACI", "surname", SURNAMES)["near_longer"]
    assert named("WASINGT", "surname", SURNAMES)["near_longer"] == ["WASHINGTONIANS"]


def test_a_number_is_near_by_its_digits_only() -> None:
    assert named("1234", "number", NUMBERS)["near"] == ["1243"]
    assert named("12", "number", NUMBERS)["exact"] == ["12"]
    assert named("12", "number", NUMBERS)["longer"] == ["120", "1234", "1243", "12B"]


def test_words_that_differ_after_the_last_sign_looked_at_are_one() -> None:
    long = "A" * LONGEST
    assert codes_of([long, long + "B"]).tolist() == [codes_of([long])[0]] * 2
    assert len(words().read(long + "BCD")) == len(FIELDS)


@pytest.mark.parametrize(
    "other", ["GRCIA", "ARCIA", "GARCI", "XGARCIA", "GARCIAX", "GARXCIA", "GARCYA", "AGRCIA", "GARCAI"]
)
def test_every_single_slip_is_among_those_one_sign_away(other: str) -> None:
    assert codes_of([other])[0] in misspelt("GARCIA").codes


@pytest.mark.parametrize("other", ["GARCIA", "GRCI", "AGRCAI", "GARCIAXX", "GXRCXA"])
def test_the_word_itself_and_two_slips_are_not(other: str) -> None:
    assert codes_of([other])[0] not in misspelt("GARCIA").codes
