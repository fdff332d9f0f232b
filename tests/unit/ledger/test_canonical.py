from __future__ import annotations

import json
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from referenda.errors import RecordError
from referenda.ledger.canonical import DEEPEST, LARGEST_INTEGER, canonical, read_canonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda below: st.lists(below, max_size=5) | st.dictionaries(texts, below, max_size=5),
    max_leaves=20,
)


class Outcome(StrEnum):
    SUFFICIENT = "sufficient"


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@given(values)
def test_the_text_is_the_one_that_the_library_for_rfc_8785_writes(value: Any) -> None:
    assert rfc8785.dumps(value) == canonical(value)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert value == read_canonical(canonical(value))


def test_keys_are_sorted_and_nothing_stands_between() -> None:
    assert (
        canonical({"b": [1, True, None], "a": {"ö": "\x7f\t", "z": -3}})
        == b'{"a":{"z":-3,"\xc3\xb6":"\x7f\\t"},"b":[1,true,null]}'
    )


def test_the_largest_integers_are_kept_and_the_next_ones_refused() -> None:
    assert canonical([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"
    for integer in (2**53, -(2**53), 10**5000):
        with pytest.raises(RecordError, match="beyond 2\\^53 - 1"):
            canonical(integer)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.5, "no number with a point"),
        (1.0, "no number with a point"),
        (float("nan"), "no number with a point"),
        (Fraction(1, 2), "cannot hold a Fraction"),
        (Decimal("0.5"), "cannot hold a Decimal"),
        (date(2017, 1, 26), "cannot hold a date"),
        (b"bytes", "cannot hold a bytes"),
        ((1, 2), "cannot hold a tuple"),
        ({1, 2}, "cannot hold a set"),
        ({1: "one"}, "a key must be text"),
        ({None: "none"}, "a key must be text"),
        ({"a": 1, 2: "two"}, "a key must be text"),
        ({"ä": 1, 2: "two"}, "a key must be text"),
        ("\ud800", "half a character"),
        ({"\udfff": 1}, "half a character"),
        ({"ö\ud800": 1}, "half a character"),
    ],
)
def test_what_a_record_cannot_hold_is_refused(value: Any, message: str) -> None:
    for wrapped in (value, [value], {"a": {"b": [0, value]}}):
        with pytest.raises(RecordError, match=message):
            canonical(wrapped)


def test_every_fault_is_named_with_its_place() -> None:
    value = {
        "rows": [{"county": "Yuba", "share": 0.511}, {"county": "Sutter", "share": Fraction(1, 3)}],
        "on": date.min,
        7: 1,
    }
    with pytest.raises(RecordError) as caught:
        canonical(value)
    assert [fault.message for fault in caught.value.faults] == [
        "rows[0].share: a record holds no number with a point",
        "rows[1].share: a record cannot hold a Fraction",
        "on: a record cannot hold a date",
        "a key must be text",
    ]


def test_kinds_of_text_and_dictionary_are_written_as_what_they_are() -> None:
    assert canonical(OrderedDict(z=Outcome.SUFFICIENT, a=True)) == b'{"a":true,"z":"sufficient"}'


def test_nesting_has_an_end() -> None:
    assert json.loads(canonical(nested(DEEPEST))) == nested(DEEPEST)
    with pytest.raises(RecordError, match="more than 64 levels"):
        canonical(nested(DEEPEST + 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\\ud800"', "half a character"),
        (b"1.0", "number with a point"),
        (b"1e3", "number with a point"),
        (b"NaN", "number with a point"),
        (b"-Infinity", "number with a point"),
        (b"9007199254740992", "beyond"),
        (b"1" * 5000, "too long"),
        (b"[" * 100_000, "too deep"),
        (b"[" * 66 + b"]" * 66, "more than 64 levels"),
        (b"-0", "not in canonical form"),
        (b'{"a":1,"a":1}', "not in canonical form"),
        (b'{"b":1,"a":1}', "not in canonical form"),
        (b'{"a": 1}', "not in canonical form"),
        (b"{}\n", "not in canonical form"),
        (b'"\\u0041"', "not in canonical form"),
        (b'"\\/"', "not in canonical form"),
        (b'"\\u000A"', "not in canonical form"),
    ],
)
def test_a_text_in_another_form_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        read_canonical(text)
