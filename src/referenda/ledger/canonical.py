"""Canonical JSON: one value has one text, byte for byte, so that a hash of the text is a hash of the value.

The form is RFC 8785. A record holds text, integers from -(2^53 - 1) to 2^53 - 1, truth values, null, arrays and
objects, and nothing else: a number with a point would be read differently by different programs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import rfc8785

from referenda.errors import Fault, RecordError

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64

# The encoder of the standard library, made once. Without floats, and with keys in ASCII, where the order of code
# points is that of UTF-16 code units, it writes what RFC 8785 asks for, some five times as fast as `rfc8785`.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode


def canonical(value: Any) -> bytes:
    """Write a value as canonical JSON in UTF-8, without a line feed.

    Raises
    ------
    RecordError
        With one fault for each thing inside that a record cannot hold: a float, an integer beyond ±(2^53 - 1), a key
        that is not text, a lone surrogate, another kind of object, or more than 64 levels of nesting.
    """
    try:
        return _encode(value).encode() if _has_ascii_keys(value) else rfc8785.dumps(value)
    except (TypeError, UnicodeEncodeError, rfc8785.CanonicalizationError):
        raise RecordError.of(_faults(value)) from None


def _has_ascii_keys(value: Any) -> bool:
    """Find out whether all keys at all levels are ASCII; TypeError for a part that a record cannot hold."""
    ascii_keys = True
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            raise RecordError(Fault(f"this is nested more than {DEEPEST} levels deep", remedy="Make it flatter."))
        below: list[Any] = []
        for item in level:
            if item is None or isinstance(item, str):
                continue
            if isinstance(item, dict):
                ascii_keys = "".join(item).isascii() and ascii_keys
                below += item.values()
            elif isinstance(item, list):
                below += item
            elif not (isinstance(item, int) and -LARGEST_INTEGER <= item <= LARGEST_INTEGER):
                raise TypeError
        level, depth = below, depth + 1
    return ascii_keys


def read_canonical(text: bytes) -> Any:
    """Read a value from canonical JSON; a text that is not byte for byte its own canonical form is refused.

    Raises
    ------
    RecordError
        The text is not UTF-8, not JSON, or JSON in another form (doubled keys, spaces, keys out of order, numbers
        with a point or an exponent, …).
    """
    try:
        value = json.loads(text.decode())
    except UnicodeDecodeError as error:
        raise RecordError(Fault("this is not UTF-8", column=error.start + 1)) from None
    except json.JSONDecodeError as error:
        raise RecordError(Fault("this is not JSON", column=error.pos + 1)) from None
    except (ValueError, RecursionError):
        raise RecordError("this JSON holds a number too long, or is nested too deep, to be read") from None
    if canonical(value) != text:
        raise RecordError(
            Fault(
                "this JSON is not in canonical form (RFC 8785)",
                remedy="A record is never edited: take the file again from where it was published.",
            )
        )
    return value


def _faults(value: Any, at: str = "") -> Iterator[Fault]:
    """Name every part of a value that a record cannot hold, with its place in the value."""
    where = f"{at}: " if at else ""
    match value:
        case None | bool():
            return
        case str():
            if not _is_unicode(value):
                yield Fault(f"{where}this text holds half a character (a lone surrogate)")
        case float():
            yield Fault(
                f"{where}a record holds no number with a point",
                value=repr(value),
                remedy="Write the exact number as text, such as 0.7147 or 2/3.",
            )
        case int():
            if abs(value) > LARGEST_INTEGER:
                yield Fault(
                    f"{where}this integer lies beyond 2^53 - 1, where programs no longer agree",
                    value=str(value) if abs(value) < 10**40 else None,
                    remedy="Write it as text.",
                )
        case list():
            for place, item in enumerate(value):
                yield from _faults(item, f"{at}[{place}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    yield Fault(f"{where}a key must be text", value=repr(key))
                elif not _is_unicode(key):
                    yield Fault(f"{where}a key holds half a character (a lone surrogate)")
                else:
                    yield from _faults(item, f"{at}.{key}" if at else key)
        case _:
            yield Fault(
                f"{where}a record cannot hold a {type(value).__name__}",
                remedy="Give text, an integer, a truth value, null, a list or a dictionary.",
            )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
