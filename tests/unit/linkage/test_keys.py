"""Keys are defined on bytes, so another engine can make the same ones: known values, and what they keep apart."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.linkage.keys import Texts, alike, combine, hash_texts


def plain_hash(text: str) -> int:
    """Follow the words of the module with Python's own whole numbers."""
    if not text:
        return 0
    h = 0xCBF29CE484222325
    for byte in text.encode()[:64]:
        h = ((h ^ byte) * 0x100000001B3) % 2**64
    return plain_finish(h)


def plain_finish(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) % 2**64
    return x ^ (x >> 31)


@pytest.mark.parametrize("text", ["", "A", "GARCIA", "N MAIN ST", "X" * 63, "X" * 64, "X" * 65, "Y" * 1000])
def test_a_hash_is_the_documented_one(text: str) -> None:
    assert int(hash_texts([text, "OTHER"])[0]) == plain_hash(text)


def test_the_hash_of_fnv_is_the_published_one_before_it_is_finished() -> None:
    # FNV-1a 64 of "a" and of "foobar", from the authors' test vectors.
    assert int(hash_texts(["a"])[0]) == plain_finish(0xAF63DC4C8601EC8C)
    assert int(hash_texts(["foobar"])[0]) == plain_finish(0x85944171F73967E8)


def test_a_key_of_several_hashes_is_the_documented_one_and_none_when_a_part_is_not_known() -> None:
    a, b = hash_texts(["GARCIA"]), hash_texts(["MARIA"])
    key = 0xCBF29CE484222325
    for h in (int(a[0]), int(b[0])):
        key = plain_finish(((key ^ h) * 0x100000001B3) % 2**64)
    assert int(combine(a, b)[0]) == key
    assert int(combine(b, a)[0]) != key
    assert int(combine(a, hash_texts([""]))[0]) == 0


def test_parts_of_a_text_are_hashed_as_texts_of_their_own() -> None:
    texts = Texts(["RODRIGUEZ", "LI", ""])
    assert texts.head(4).tolist() == hash_texts(["RODR", "LI", ""]).tolist()
    assert texts.tail(4).tolist() == hash_texts(["GUEZ", "LI", ""]).tolist()


def test_letter_pairs_tell_how_much_two_names_have_in_common() -> None:
    masks = Texts(["GARCIA", "GARCIA", "GARSIA", "NGUYEN", ""]).letter_pairs()
    shares = alike(np.repeat(masks[:1], 5), masks)
    assert shares[0] == shares[1] == 1
    assert 0.4 < shares[2] < 1
    assert shares[3] < 0.3
    assert shares[4] == 0
