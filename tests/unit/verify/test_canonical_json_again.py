"""The checker takes canonical JSON and nothing else. Source: RFC 8785 §§ 3.2.2, 3.2.3; record-format.md."""

from __future__ import annotations

import pytest

from referenda_verify.canonical import DEEPEST, read_canonical
from referenda_verify.report import Disagreement


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b'{"a":[1,-2,null,true,false,"x"]}', {"a": [1, -2, None, True, False, "x"]}),
        (b"9007199254740991", 2**53 - 1),
        (b"-9007199254740991", 1 - 2**53),
        ('"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\\u001f\u007f\u2028é€🗳"'.encode(), '\b\t\n\f\r"\\/\x0f\x1f\x7f\u2028é€🗳'),
        # RFC 8785 § 3.2.3: keys by UTF-16 code units, so U+1F600 (D83D DE00) stands before U+FB33
        ('{"\\r":1,"1":2,"\u0080":3,"ö":4,"€":5,"😀":6,"\ufb33":7}'.encode(), None),
    ],
)
def test_a_text_that_is_its_own_canonical_form_is_read(raw: bytes, value: object) -> None:
    found = read_canonical(raw)

    assert value is None or value == found


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"a":1,"a":2}', "a key stands twice"),
        (b'{"b":1,"a":2}', "not in canonical order"),
        ('{"\ufb33":7,"😀":6}'.encode(), "not in canonical order"),
        (b'{"a": 1}', "not canonical JSON from character 6"),
        (b' {"a":1}', "not canonical JSON from character 1"),
        (b'{"a":1}\r', "not canonical JSON from character 8"),
        (b'{"a":1}\n', "not canonical JSON from character 8"),
        (b"1.0", "no integer"),
        (b"1e3", "no integer"),
        (b"1E400", "no integer"),
        (b"-0", "not canonical JSON"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"9007199254740992", "no integer up to 2^53 - 1"),
        (b"-9007199254740992", "no integer up to 2^53 - 1"),
        (b"9" * 100_000, "no integer up to 2^53 - 1"),
        (b"NaN", "no integer"),
        (b"[Infinity]", "no integer"),
        (b"[-Infinity]", "no integer"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'"\xff"', "not JSON in UTF-8"),
        (b'"\xed\xa0\x80"', "not JSON in UTF-8"),  # a surrogate in UTF-8
        (b'"\xc0\x80"', "not JSON in UTF-8"),  # an overlong zero
        (b'"\\ud800"', "not canonical JSON"),
        (b'"\\u0041"', "not canonical JSON"),
        (b'"\\u000F"', "not canonical JSON"),
        (b'"\\u0008"', "not canonical JSON"),
        (b'"\\/"', "not canonical JSON"),
        (b'"\\u00e9"', "not canonical JSON"),
        (b'"\x01"', "not JSON"),
        (b"", "not JSON"),
        (b"{}{}", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"'a'", "not JSON"),
        (b"\xfe\xff\x00{\x00}", "not JSON in UTF-8"),
    ],
)
def test_any_other_text_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(Disagreement) as wrong:
        read_canonical(raw)

    assert words in str(wrong.value)


def test_lists_and_objects_are_read_to_their_depth_and_no_deeper() -> None:
    assert read_canonical(b"[" * DEEPEST + b"5" + b"]" * DEEPEST)
    assert read_canonical(b"[" * DEEPEST + b"{}" + b"]" * DEEPEST)
    assert read_canonical(b"[" + b"[]," * 1000 + b"[]]")
    assert read_canonical(b'"' + b"[" * 1000 + b'"') == "[" * 1000
    deeper = DEEPEST + 1
    for raw in (
        b"[" * deeper + b"5" + b"]" * deeper,
        b"[" * deeper + b'"x"' + b"]" * deeper,
        b"[" * deeper + b"[]" + b"]" * deeper,
        b'{"a":' * deeper + b'""' + b"}" * deeper,
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ):
        with pytest.raises(Disagreement, match="nested deeper than 64"):
            read_canonical(raw)
