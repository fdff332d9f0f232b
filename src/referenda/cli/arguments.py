"""Reading what was typed after an option: dates, and pairs such as NAME=VALUE."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction

from referenda.errors import Fault, InputError, ReferendaError
from referenda.terms.quantity import read_number

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)


@contextmanager
def noting(faults: list[Fault]) -> Iterator[None]:
    """Note the faults of an error that is raised inside, so that those of other arguments can be told with them."""
    try:
        yield
    except ReferendaError as error:
        faults += error.faults


def read_date(text: str, *, option: str = "--on") -> date:
    """Read a day written year-month-day.

    Raises
    ------
    InputError
        The text has another form, or names a day that no calendar has.

    Examples
    --------
    >>> read_date("2017-01-26")
    datetime.date(2017, 1, 26)
    """
    match = _DATE.match(text.strip())
    if match is None:
        remedy = "Write year-month-day, such as 2017-01-26."
        raise InputError(Fault("this is not a date", column=option, value=text, remedy=remedy))
    year, month, day = (int(part) for part in match.groups())
    if year < 1 or not 1 <= month <= 12:
        raise InputError(Fault("there is no such month", column=option, value=text, remedy="Months are 01 to 12."))
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        remedy = f"{month_name[month]} {year} has {days} days."
        raise InputError(Fault("there is no such day", column=option, value=text, remedy=remedy))
    return date(year, month, day)


def read_day(text: str | None, *, option: str = "--on") -> date:
    """Read a day, or take today where none is given; see `read_date`."""
    return date.today() if text is None else read_date(text, option=option)


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
    pairs: dict[str, str] = {}
    faults = []
    for text in texts or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            faults.append(Fault("this is not a pair", column=option, value=text, remedy="Write NAME=VALUE."))
        elif name in pairs:
            faults.append(Fault(f"{name} is given twice", column=option, value=text, remedy="Give it once."))
        else:
            pairs[name] = value
    if faults:
        raise InputError(*faults)
    return pairs


def read_numbers(texts: Iterable[str] | None, *, option: str) -> dict[str, Fraction]:
    """Read pairs NAME=NUMBER, exactly (InputError names every pair that is none)."""
    numbers: dict[str, Fraction] = {}
    faults = []
    for name, text in read_assignments(texts, option=option).items():
        try:
            numbers[name] = read_number(text)
        except InputError:
            fault = Fault(f"{name} is not a number", column=option, value=text, remedy="Write 5, 0.05, 5% or 1/20.")
            faults.append(fault)
    if faults:
        raise InputError(*faults)
    return numbers
