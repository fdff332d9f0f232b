"""Withdrawing a signature: whether the place's law knows it, whether a request came in time, and what it does.

A request that comes before the petition is filed takes the signer's signature out: its line is not valid and stays
where it is, also in a sample. A later one is kept and has no effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from referenda.errors import Fault, LawError
from referenda.law.place import PlaceLaw
from referenda.petitions.adjudication import WITHDRAWN

Effect = Literal["withdrawn", "late", "no_line"]


@dataclass(frozen=True)
class Request:
    """A signer's request: its number in the office, the signer as written, and the line or voter where known.

    `row` is its row in a file.
    """

    number: str
    received_on: date
    name: str = ""
    address: str = ""
    city: str = ""
    zip: str = ""
    line: str | None = None
    voter_id: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class WithdrawalRule:
    """That a place's law knows withdrawals, and the section that says so."""

    about: str
    cite: str


@dataclass(frozen=True)
class Withdrawn:
    """What a request does: its lines, whether it came in time, and the voter it is from."""

    request: Request
    effect: Effect
    lines: tuple[str, ...]
    voter_id: str | None

    def as_data(self) -> dict[str, Any]:
        """Give it as the data of `WithdrawalReceived`."""
        data: dict[str, Any] = {
            "request": self.request.number,
            "received_on": self.request.received_on.isoformat(),
            "in_time": self.effect != "late",
            "lines": list(self.lines),
            "decision": self.effect,
        }
        return data | ({"voter_id": self.voter_id} if self.voter_id else {})


def withdrawal_rule(law: PlaceLaw, instrument: str, on: date) -> WithdrawalRule:
    """Give the rule under which a signature is withdrawn.

    Raises
    ------
    LawError
        The law of the place, as far as it is encoded, knows no withdrawal by a signer.
    """
    for condition in law.in_force(law.schema.signer_conditions, on, instrument):
        if WITHDRAWN in condition.reason_codes:
            return WithdrawalRule(condition.about, condition.cite)
    message = f"the law of {law.name}, as it is encoded, knows no withdrawal of a signature"
    raise LawError(Fault(message, remedy=f"See what is encoded: referenda law coverage {law.id}"))


def judge(request: Request, lines: tuple[str, ...], voter_id: str | None, filed_date: date | None) -> Withdrawn:
    """Say what a request does: one received on the day of filing or later has no effect."""
    if filed_date is not None and request.received_on >= filed_date:
        return Withdrawn(request, "late", lines, voter_id)
    return Withdrawn(request, "withdrawn" if lines else "no_line", lines, voter_id)
