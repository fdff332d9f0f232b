"""Reading what was typed after an option: dates, and pairs such as NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from referenda.errors import Fault, InputError
from referenda.errors import noting as noting
from referenda.terms import days
from referenda.terms.quantity import read_number

if TYPE_CHECKING:
    from referenda.law.place import PlaceLaw


def read_date(text: str, *, option: str = "--on") -> date:
    """Read a day written year-month-day (InputError names the option); see `terms.days.read_date`."""
    try:
        return days.read_date(text.strip())
    except InputError as error:
        raise InputError(*(replace(fault, column=option) for fault in error.faults)) from None


def read_day(text: str | None, *, option: str = "--on") -> date:
    """Read a day, or take today where none is given; see `read_date`."""
    return date.today() if text is None else read_date(text, option=option)


def read_day_and_readings(
    law: PlaceLaw, instrument: str, on: str | None, reading: Iterable[str] | None
) -> tuple[date, dict[str, str]]:
    """Read for which day and under which readings a law is asked.

    Raises
    ------
    InputError
        What is wrong with the day, with the readings, or with an instrument that the place does not know; all at once.
    """
    day, readings, faults = date.today(), dict[str, str](), list[Fault]()
    with noting(faults):
        law.check_instrument(instrument)
    with noting(faults):
        day = read_day(on)
    with noting(faults):
        readings = law.readings(read_assignments(reading, option="--reading"))
    if faults:
        raise InputError(*faults)
    return day, readings


def split_pairs(
    texts: Iterable[str] | None, *, option: str, form: str = "NAME=VALUE"
) -> tuple[dict[str, str], list[Fault]]:
    """Part texts at their first `=`; give the pairs, and what is wrong with the others or with a name given twice."""
    pairs: dict[str, str] = {}
    faults = []
    for text in texts or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            faults.append(Fault("this is not a pair", column=option, value=text, remedy=f"Write {form}."))
        elif name in pairs:
            faults.append(Fault(f"{name} is given twice", column=option, value=text, remedy="Give it once."))
        else:
            pairs[name] = value
    return pairs, faults


def read_assignments(texts: Iterable[str] | None, *, option: str) -> dict[str, str]:
    """Read pairs NAME=VALUE.

    Raises
    ------
    InputError
        With every text that is no such pair, and every name given twice.

    Examples
    --------
    >>> read_assignments(["raw_count=24034", "sample_size=722"], option="--given")
    {'raw_count': '24034', 'sample_size': '722'}
    """
    pairs, faults = split_pairs(texts, option=option)
    if faults:
        raise InputError(*faults)
    return pairs


def read_numbers(texts: Iterable[str] | None, *, option: str) -> dict[str, Fraction]:
    """Read pairs NAME=NUMBER, exactly (InputError names every pair that is none)."""
    numbers: dict[str, Fraction] = {}
    pairs, faults = split_pairs(texts, option=option, form="NAME=NUMBER")
    for name, text in pairs.items():
        try:
            numbers[name] = read_number(text)
        except InputError:
            fault = Fault(f"{name} is not a number", column=option, value=text, remedy="Write 5, 0.05, 5% or 1/20.")
            faults.append(fault)
    if faults:
        raise InputError(*faults)
    return numbers


def read_count(text: str, *, option: str | None = None) -> int:
    """Read a count: digits only, from zero (InputError names the option; an argument has none)."""
    from referenda.formats.tables import read_whole

    try:
        return read_whole(text.strip())
    except InputError as error:
        raise InputError(*(replace(fault, column=option, value=text) for fault in error.faults)) from None


def read_level(text: str, *, option: str = "--confidence") -> float:
    """Read a level between 0 and 1, both excluded: `0.95`, `.95` or `95%` (InputError names the option)."""
    try:
        level = read_number(f"0{text}" if text.startswith(".") else text)
    except InputError:
        level = Fraction(0)
    if not 0 < level < 1:
        message, remedy = "this is not a level between 0 and 1", "Write 0.95 for 95 percent."
        raise InputError(Fault(message, column=option, value=text, remedy=remedy))
    return float(level)
