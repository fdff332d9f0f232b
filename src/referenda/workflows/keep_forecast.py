"""Keep a forecast in the record of its case, so that it can be made again and, one day, scored.

A record holds no number with a point, so statistics are written as exact decimals here: probabilities with four of
them, so that they add up to 1; everything else as short as the float can be told from its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from referenda import __version__
from referenda.errors import Fault, InputError
from referenda.ledger.event import Event
from referenda.ledger.log import EventStore
from referenda.petitions.agreement import of_another_petition
from referenda.petitions.forecast_kinds import inputs_digest
from referenda.terms.names import did_you_mean
from referenda.terms.quantity import exact_text, read_number
from referenda.workflows.keep_case import case_state, new_draft, record_deed

KIND = "ForecastIssued"
PARTS = 10_000
"""Probabilities are written in ten-thousandths."""
_DIGITS = 7  # of a quantile, which is an estimate from draws; more would say nothing
_DECIMALS = 12
_ROUNDING = Fraction(1, 1_000_000)  # how far probabilities may miss a sum of 1 before they are written


def keep_forecast(store: EventStore, case: str, forecast: Mapping[str, Any], *, by: str, on: date) -> Event:
    """Record a forecast in the case of its measure (`ForecastIssued`).

    Parameters
    ----------
    case
        The case's name.
    forecast
        `question` (`qualify`, `decision` or `vote`, then with `vote`), `as_of` (date), `method`, `seed`, `draws`,
        `inputs` (everything the method was given), `outcomes` (name: probability; they add up to 1), and perhaps
        `quantiles` (quantity: level: value), `page_sha256`, `sources`, `doubt`. Numbers may be floats or NumPy's.
    by
        Who issues it, such as `public`, `campaign` or `newspaper:Bee`.
    on
        The day of issue, not before `as_of`.

    Returns
    -------
    Event
        As it was recorded, with the versions of program and NumPy, and the hash of the inputs.

    Raises
    ------
    InputError
        There is no such case, or what is given is no forecast: every fault is named.
    LawError
        It does not fit the case, such as a vote that is not scheduled.
    """
    data = forecast_data(forecast)
    return record_deed(store, case, new_draft(KIND, on, by, data)).event


def require_kept_case(
    store: EventStore, name: str, *, vote: str | None = None, inputs: Mapping[str, Any] | None = None
) -> None:
    """See that a forecast can be kept in a case, before the work of making one.

    Parameters
    ----------
    vote
        The vote that is forecast.
    inputs
        Of a petition's forecast: `place`, `instrument` and `requirement` are those of the case.

    Raises
    ------
    InputError
        There is no such case, it has no vote of this name, or it is another petition's.
    """
    case, _ = case_state(store, name)
    if vote is not None and vote not in case.votes:
        remedy = did_you_mean(vote, list(case.votes), what="Scheduled")
        raise InputError(Fault(f"no vote {vote} is scheduled in the case {name}", column="--vote", remedy=remedy))
    refusals = list(of_another_petition(case, inputs or {}))
    if refusals:
        raise InputError(*(refusal.fault() for refusal in refusals))


def forecast_data(forecast: Mapping[str, Any]) -> dict[str, Any]:
    """Write a forecast as the data of `ForecastIssued`; parameters and errors as `keep_forecast`.

    What is missing is left missing, for the kind to name.
    """
    data = {key: in_record(value, key) for key, value in forecast.items() if value is not None}
    if isinstance(shares := forecast.get("outcomes"), Mapping):
        data["outcomes"] = share_texts(shares)
    if isinstance(quantiles := forecast.get("quantiles"), Mapping):
        data["quantiles"] = {
            str(name): _quantiles(levels, f"quantiles.{name}") for name, levels in quantiles.items() if levels
        }
    if "inputs" in data:
        data["inputs_sha256"] = inputs_digest(data["inputs"])
    return {"program": f"referenda {__version__}", "numpy": np.__version__, **data}


def share_texts(shares: Mapping[str, Any]) -> dict[str, str]:
    """Write probabilities with four decimals so that they add up to 1: the largest remainders are rounded up.

    Parameters
    ----------
    shares
        Each outcome's probability in [0, 1], as a float or text; together 1, but for what floats lose.

    Raises
    ------
    InputError
        One is not a probability, or they do not add up to 1.

    Examples
    --------
    >>> share_texts({"passed": 2 / 3, "failed": 1 / 3})
    {'passed': '0.6667', 'failed': '0.3333'}
    """
    exact: dict[str, Fraction] = {}
    faults = []
    for name, share in shares.items():
        try:
            exact[name] = read_number(share) if isinstance(share, str) else Fraction(float(share))
        except (InputError, ValueError, OverflowError, TypeError):
            exact[name] = Fraction(-1)
        if not 0 <= exact[name] <= 1:
            remedy = "Give a number from 0 to 1."
            faults.append(
                Fault("this is not a probability", column=f"outcomes.{name}", value=str(share), remedy=remedy)
            )
    total = sum(exact.values(), Fraction(0))
    if not faults and not -_ROUNDING <= total - 1 <= _ROUNDING:
        message, remedy = "the probabilities do not add up to 1", "Give every outcome its share."
        faults.append(Fault(message, column="outcomes", value=f"{float(total):.6f}", remedy=remedy))
    if faults:
        raise InputError(*faults)
    whole = {name: int(share * PARTS) for name, share in exact.items()}
    remainders = {name: share * PARTS - whole[name] for name, share in exact.items()}
    for name in sorted(exact, key=remainders.__getitem__, reverse=True)[: PARTS - sum(whole.values())]:
        whole[name] += 1
    return {name: f"{parts // PARTS}.{parts % PARTS:04}" for name, parts in whole.items()}


def in_record(value: Any, at: str) -> Any:
    """Write a value as a record can hold it: days as text, numbers whole or as decimals in text, lists and objects.

    Raises
    ------
    InputError
        A number is not finite, or a part is nothing that a record can hold; `Fault.column` is its place.

    Examples
    --------
    >>> in_record({"share": 0.1, "lines": 500.0, "days": (date(2017, 1, 26),)}, "inputs")
    {'share': '0.1', 'lines': '500', 'days': ['2017-01-26']}
    """
    match value:
        case None | bool() | str() | int():
            return value
        case np.generic() | np.ndarray():
            return in_record(value.tolist(), at)
        case float():
            return _decimal(value, at)
        case Fraction():
            return exact_text(value)
        case Decimal():
            return _decimal(float(value), at) if not value.is_finite() else f"{value:f}"
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): in_record(part, f"{at}.{key}") for key, part in value.items()}
        case Sequence() | set() | frozenset():
            parts = sorted(value) if isinstance(value, set | frozenset) else value
            return [in_record(part, f"{at}[{place}]") for place, part in enumerate(parts)]
    raise InputError(Fault(f"a record cannot hold a {type(value).__name__}", column=at, remedy="Give text or numbers."))


def _decimal(value: float, at: str) -> str:
    """Write a float as the shortest plain decimal that reads as the same float."""
    if not np.isfinite(value):
        remedy = "Leave out what is not known."
        raise InputError(Fault("this number is not finite", column=at, value=str(value), remedy=remedy))
    text = f"{Decimal(repr(value + 0.0)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantiles(levels: Any, at: str) -> Any:
    """Write quantiles to seven digits and twelve decimals, which keeps their order; what is none is left as it is."""
    if not isinstance(levels, Mapping):
        return in_record(levels, at)
    numbers = {str(level): value.item() if isinstance(value, np.generic) else value for level, value in levels.items()}
    rounded = {
        level: round(float(f"{value:.{_DIGITS}g}"), _DECIMALS) if isinstance(value, float) else value
        for level, value in numbers.items()
    }
    return {
        level: str(value) if type(value) is int else in_record(value, f"{at}.{level}")
        for level, value in rounded.items()
    }
