"""Names of invented people: written as people write them, drawn by frequency, known by community."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.synth.draws import Draws
from referenda.synth.names import name_book, plain, titled, unmarked


@pytest.mark.parametrize(
    ("table", "written"),
    [("SMITH", "Smith"), ("OBRIEN", "O'Brien"), ("MCDONALD", "McDonald"), ("DELACRUZ", "De La Cruz")],
)
def test_a_name_of_the_census_is_written_as_its_bearers_do(table: str, written: str) -> None:
    assert titled(table) == written


def test_marks_are_left_out_letter_by_letter() -> None:
    assert unmarked("Núñez-Peña Ángel") == "Nunez-Pena Angel"
    assert plain("De la O'Núñez 3rd") == "DELAONUNEZRD"


@pytest.mark.parametrize(
    ("surname", "community"),
    [
        ("Smith", "general"),
        ("GARCIA", "spanish"),
        ("Nguyen", "vietnamese"),
        ("Patel", "indian"),
        ("Petrosyan", "armenian"),
        ("Wong", "chinese"),
        ("Kim", "korean"),
        ("Macaraeg", "filipino"),
        ("Haddad", "arabic"),
        ("Xqz", "general"),
    ],
)
def test_a_surname_tells_the_community_where_it_is_most_usual(surname: str, community: str) -> None:
    assert name_book().community_of(surname) == community


def test_mens_names_are_known() -> None:
    men = name_book().men
    assert {"ROBERT", "JOSE", "MOHAMMED", "TUAN"} <= men
    assert not {"MARY", "MARIA", "FATIMA", "LINH"} & men


def test_shares_of_the_communities_add_up_to_the_whole() -> None:
    assert name_book().shares.sum() == pytest.approx(1)


def test_surnames_come_as_often_as_in_the_census() -> None:
    book = name_book()
    at = np.arange(400_000)
    community = np.full(len(at), book.communities.index("general"), dtype=np.int8)
    drawn = book.draw_surnames(Draws(1), "surname", at, community)
    for name, share in (("Smith", 0.01006), ("Johnson", 0.00810), ("Garcia", 0.00254)):
        found = float((drawn == book.surnames.index(name)).mean())
        assert found == pytest.approx(share, abs=4 * np.sqrt(share / len(at))), name
    # The tail is long: half of the people share the 1,800 most usual names, and most names are rare.
    counts = np.sort(np.bincount(drawn))[::-1]
    assert 0.45 < counts[:1_800].sum() / len(at) < 0.60
    assert (counts > 0).sum() > 50_000


def test_women_and_men_have_their_own_given_names() -> None:
    book = name_book()
    at = np.arange(20_000)
    community = np.zeros(len(at), dtype=np.int8)
    female = at % 2 == 0
    drawn = book.draw_given(Draws(1), "given", at, community, female)
    guadalupe = book.given.index("María")
    assert (drawn[female] == guadalupe).mean() > 0.02
    assert (drawn[~female] == guadalupe).sum() == 0
