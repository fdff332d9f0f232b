"""Canonical JSON as the record wants it: RFC 8785 with integers only, held to by writing it again and comparing."""

import json
import re
from itertools import accumulate, takewhile
from typing import Any, TypeVar

from referenda_verify.report import Disagreement, need

DEEPEST = 64  # lists and objects around a value
T = TypeVar("T")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Take an object whose keys stand once each, in the order of their UTF-16 code units."""
    result, keys = dict(pairs), [key for key, _ in pairs]
    need(len(result) == len(keys), "a key stands twice in one object", keys)
    plain = "".join(keys).isascii()
    order = sorted(keys) if plain else sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    need(keys == order, "the keys of an object are not in canonical order", keys)
    return result


def _whole(text: str) -> int:
    """Take a number that is whole and not too large; those with a point or an exponent, and NaN, come here too."""
    whole = len(text) <= 17 and text.removeprefix("-").isdigit()
    need(whole and abs(int(text)) < 2**53, "no integer up to 2^53 - 1", text)
    return int(text)


_READER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_whole, parse_constant=_whole)
WRITER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def read_canonical(raw: bytes) -> Any:
    """Read one JSON text that is byte for byte its own canonical form, without a line feed at its end."""
    if raw.count(b"{") + raw.count(b"[") > DEEPEST:
        filled = re.sub(r"\[\]|{}", "", without_texts(raw))  # what is empty holds nothing that could be too deep
        depths = accumulate((c in "{[") - (c in "}]") for c in filled)
        need(max(depths, default=0) <= DEEPEST, f"JSON is nested deeper than {DEEPEST}")
    try:
        text = raw.decode("utf-8")
        value = _READER.decode(text)
    except ValueError as error:
        raise Disagreement(f"not JSON in UTF-8: {error}") from None
    # What was read is written again: spaces, escapes that need not be, `-0` and lone surrogates all show here.
    if (canonical := WRITER.encode(value)) != text:
        place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(canonical, text, strict=False)))
        expected, found = (part[place : place + 20] or "the end" for part in (canonical, text))
        raise Disagreement(f"not canonical JSON from character {place + 1} on", expected, found)
    return value


def without_texts(raw: bytes) -> str:
    """Leave nothing of a text in JSON but a quotation mark."""
    return re.sub(r'"(?:[^"\\]|\\.)*+"?', '"', raw.decode("utf-8", "replace"))


def part(whole: Any, key: str, kind: type[T], absent: T | None = None) -> T:
    """Take the value of a key and hold it to its kind; `absent` stands for a key that may be left out."""
    value = whole.get(key, absent) if isinstance(whole, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Disagreement(f"the key {key!r} is missing or its value is not of the type {kind.__name__}", found=value)
    return value
