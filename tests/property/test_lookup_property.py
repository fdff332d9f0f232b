"""Whoever is in the file is found by own words, in any order and with one sign of one word wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from referenda.formats.voter_file import open_voter_file
from referenda.linkage.lookup import Lookup
from referenda.linkage.lookup_words import LONGEST, codes_of, misspelt
from referenda.workflows.index_voters import index_voters

HEADING = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
FIRST = ("JOSE", "MARIA", "JOHN", "JOAN", "ANNE", "ANNA", "GUADALUPE", "WEI", "MINH", "XOCHITL")
LAST = ("GARCIA", "GRACIA", "LEE", "LI", "NGUYEN", "SMITH", "SMYTHE", "DELACRUZ", "JOHNSON", "MARTINEZ", "MARTIN")
STREETS = ("MAIN", "MAPLE", "OAK", "OAKLAND", "GARCIA", "JOHNSON", "BROADWAY")
PEOPLE = [
    (FIRST[n % len(FIRST)], LAST[n * 7 % len(LAST)], str(100 + n * 37 % 1400), STREETS[n * 3 % len(STREETS)])
    for n in range(300)
]
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=LONGEST)


@pytest.fixture(scope="module")
def lookup(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    folder = tmp_path_factory.mktemp("voters")
    rows = (
        f"V{n},{first},,{last},,{number},{street} ST,,NORTON,9{n % 7:04d},Mono,2015-03-01,active\n"
        for n, (first, last, number, street) in enumerate(PEOPLE)
    )
    (folder / "voters.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    index_voters(open_voter_file([folder / "voters.csv"]), folder / "index")
    return Lookup.open(folder / "index")


@st.composite
def slips(draw: st.DrawFn) -> tuple[int, str]:
    """Draw a voter and a query of three or four of the voter's words, one sign of one of them wrong."""
    n = draw(st.integers(0, len(PEOPLE) - 1))
    words = draw(st.permutations(PEOPLE[n]))[: draw(st.integers(3, 4))]
    at = draw(st.integers(0, len(words) - 1))
    word = words[at]
    place = draw(st.integers(0, len(word) - 1))
    sign = draw(st.sampled_from("0123456789" if word.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    wrong = draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + sign + word[place:],
                word[:place] + sign + word[place + 1 :],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            ]
        )
    )
    return n, " ".join([*words[:at], wrong, *words[at + 1 :]]).lower()


@settings(max_examples=300)
@given(slips())
def test_a_voter_is_found_whatever_single_sign_is_wrong(lookup: Lookup, drawn: tuple[int, str]) -> None:
    n, query = drawn
    found = lookup.find(query, limit=100)
    mine = [voter for voter in found.voters if voter.shown["voter_id"] == f"V{n}"]
    words = query.split()
    assert mine
    assert mine[0].score >= (len(words) - 1) / len(words) * 0.9


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_answered(lookup: Lookup, text: str) -> None:
    answer = lookup.find(text)
    scores = [voter.score for voter in answer.voters]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@given(WORDS, WORDS)
def test_words_are_one_sign_apart_where_their_edit_distance_is_one(one: str, other: str) -> None:
    near = codes_of([other])[0] in misspelt(one).codes
    if len(one) < LONGEST and len(other) < LONGEST:
        assert near == (OSA.distance(one, other) == 1)


@given(WORDS, st.data())
def test_every_slip_of_a_word_is_written_down(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    sign = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for other in (word[:place] + sign + word[place + 1 :], (word[:place] + sign + word[place:])[:LONGEST]):
        assert other == word or codes_of([other])[0] in misspelt(word).codes
