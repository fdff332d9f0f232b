"""Exact numbers of the law: reading them from text, rounding them as a named step, and showing them.

Numbers of the law are `int` or `Fraction`, never `float`. Rounding is part of the law, so it always has a unit
(`to`) and a mode, and both are written in the law document beside the step that uses them.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import isqrt
from typing import Literal

from referenda.errors import Fault, InputError

Mode = Literal["up", "down", "half_up", "half_even"]
SQRT_DECIMALS = 30

_NUMBER = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?(%)?\Z", re.ASCII)
_RATIO = re.compile(r"([+-]?\d+)\s*/\s*(\d+)\Z", re.ASCII)


def read_number(text: str) -> Fraction:
    """Read an exact number from text: `5`, `0.0001`, `55%`, `2/3`.

    Raises
    ------
    InputError
        The text is none of these forms (thousands separators, exponents and spaces inside are not accepted).
    """
    text = text.strip()
    if match := _NUMBER.match(text):
        sign, whole, decimals, percent = match.groups()
        value = Fraction(f"{sign}{whole}.{decimals or 0}")
        return value / 100 if percent else value
    if (match := _RATIO.match(text)) and int(match[2]) != 0:
        return Fraction(int(match[1]), int(match[2]))
    raise InputError(Fault("this is not a number", value=text, remedy="Write 5, 0.05, 5% or 1/20."))


def round_to(value: Fraction | int, to: Fraction | int, mode: Mode) -> Fraction:
    """Round a value to a multiple of `to`.

    `up` is towards plus infinity and `down` towards minus infinity; `half_up` takes the nearest multiple and the
    upper one of a tie; `half_even` takes the even multiple of a tie.

    Examples
    --------
    >>> round_to(Fraction(516, 722), Fraction(1, 10000), "half_up")
    Fraction(7147, 10000)
    """
    if to <= 0:
        raise InputError(Fault("the unit of rounding must be above zero", value=str(to)))
    scaled = Fraction(value) / to
    floor = scaled.numerator // scaled.denominator
    rest = scaled - floor
    match mode:
        case "up":
            whole = floor + (rest > 0)
        case "down":
            whole = floor
        case "half_up":
            whole = floor + (rest >= Fraction(1, 2))
        case "half_even":
            whole = floor + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1))
    return Fraction(whole * to)


def sqrt_exact(value: Fraction | int) -> Fraction:
    """Take a square root to 30 decimal places, cut off (not rounded), by integer arithmetic alone.

    The square root of a perfect square with at most 30 decimals is exact. Any language with big integers gets the
    same digits: floor(sqrt(numerator * 10^60 / denominator)) / 10^30.
    """
    value = Fraction(value)
    if value < 0:
        raise InputError(Fault("a square root needs a number that is not negative", value=str(value)))
    scale = 10**SQRT_DECIMALS
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def plain(value: Fraction | int | bool) -> int | float | bool:
    """Give the JSON number nearest to an exact value: an `int` when it is whole, else a `float` for reading only.

    A value that no `float` can hold (above about 10^308) is given as the nearest `int`.
    """
    if isinstance(value, bool):
        return value
    value = Fraction(value)
    if value.denominator == 1:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return round(value)


def exact_text(value: Fraction | int | bool) -> str:
    """Write an exact value so that nothing is lost: `true`, `17`, `0.7147` when it ends, else `2/3`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    value = Fraction(value)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    if places == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def shown(value: Fraction | int | bool, places: int = 4) -> str:
    """Write a value for people: thousands separated by commas, at most `places` decimals (half up)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    rounded = round_to(Fraction(value), Fraction(1, 10**places), "half_up")
    whole, _, decimals = exact_text(abs(rounded)).partition(".")
    text = f"{'-' if rounded < 0 else ''}{int(whole):,}"
    return f"{text}.{decimals}" if decimals else text
