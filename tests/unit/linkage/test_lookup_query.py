"""What a clerk types becomes words, in the faces that names, streets and cities have."""

from __future__ import annotations

import pytest

from referenda.linkage.lookup_query import LONGEST_QUERY, MOST_WORDS, joined, read_query


def faces(text: str, face: str) -> list[str]:
    return [getattr(word, face) for word in read_query(text).words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("garcía,  JOSÉ", ["GARCIA", "JOSE"]),
        ("o'brien", ["OBRIEN"]),
        ("garcia-lopez", ["GARCIA", "LOPEZ"]),
        ("12-b apt 4b", ["12B", "4B"]),
        ("95112-1234", ["95112"]),
        ("14th", ["14"]),
        ("county road 38", ["CR", "38"]),
        ("state highway 99", ["SR", "99"]),
        ("  ", []),
        ("😀 \0 \t", []),
    ],
)
def test_a_query_becomes_words(text: str, words: list[str]) -> None:
    assert faces(text, "text") == words


def test_streets_and_places_have_faces_of_their_own() -> None:
    assert faces("fourteenth street", "street") == ["14", "ST"]
    assert faces("north mount heights saint", "place") == ["N", "MT", "HTS", "ST"]


def test_only_the_last_word_may_be_typed_on() -> None:
    assert faces("jose garc", "last") == [False, True]


def test_particles_are_joined_to_the_name_after_them() -> None:
    assert [word.text for word in joined(read_query("de la cruz maria 12").words)] == ["DELACRUZ", "MARIA", "12"]
    assert [word.text for word in joined(read_query("cruz de la").words)] == ["CRUZ", "DELA"]


def test_what_is_too_much_is_named_as_left_out() -> None:
    query = read_query("a b c d e f g h i j")
    assert (len(query.words), query.left_out) == (MOST_WORDS, ("I", "J"))
    assert read_query("x" * (LONGEST_QUERY + 1)).left_out == ("…",)
