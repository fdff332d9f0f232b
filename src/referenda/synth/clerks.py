"""Invented clerks: they look at the lines of an invented petition, know the truth, and err at stated rates.

With them a whole verification can be tried, and what it measures of itself (second looks that differ) be held against
the errors that were really made. Whether a clerk errs on a line hangs on seed, clerk and line alone, so that the order
of work changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

REASONS = {
    "not_registered": "not_registered",
    "cancelled": "not_registered",
    "pending": "not_registered",
    "registered_after": "registered_late",
    "other_county": "wrong_county",
    "other_address": "address_mismatch",
    "mismatch": "signature_mismatch",
    "incomplete": "address_missing",
    "illegible": "illegible_unidentifiable",
    "defective_sheet": "circulator_declaration_missing",
}
"""What the truth of `petition.py` says of a line, as the reason codes of California say it."""

COUNTS = ("valid", "duplicate", "inactive")  # signed by a voter in order; which of several counts is not for a look


class Truth(NamedTuple):
    """What is true of a line: the reason of `script.REASONS`, and the voter who signed, if there is one."""

    reason: str
    voter_id: str | None


@dataclass(frozen=True)
class ClerkErrors:
    """How often a clerk errs, as shares of the lines looked at, each in [0, 1].

    `rejects_valid` of signatures in order, `accepts_forged` of signatures that are not the voter's, `accepts_other` of
    other lines that do not count and for which the matcher proposes a voter.
    """

    rejects_valid: float = 0.008
    accepts_forged: float = 0.10
    accepts_other: float = 0.01


class Look(NamedTuple):
    """What a clerk sees in a line: whose signature it is, or why it is none."""

    voter_id: str | None
    reason: str | None


class Clerks:
    """Clerks at work on a petition.

    Parameters
    ----------
    truth
        What is true of each line.
    proposals
        The voter that the matcher proposes for a line.
    seed
        Any whole number.
    errors
        How often they err.
    """

    def __init__(
        self, truth: Mapping[str, Truth], proposals: Mapping[str, str], seed: int, errors: ClerkErrors | None = None
    ) -> None:
        self.truth, self.proposals, self.seed = truth, proposals, seed
        self.errors = errors or ClerkErrors()

    def look(self, line: str, person: str, *, sure: bool = False) -> Look:
        """Have a clerk look at a line; one who is `sure` does not err."""
        truth, chance = self.truth[line], 1.0 if sure else self._chance(line, person)
        if truth.reason in COUNTS and truth.voter_id:
            return (
                Look(None, "signature_mismatch") if chance < self.errors.rejects_valid else Look(truth.voter_id, None)
            )
        proposed = self.proposals.get(line)
        rate = self.errors.accepts_forged if truth.reason == "mismatch" else self.errors.accepts_other
        if proposed and chance < rate:
            return Look(proposed, None)
        return Look(None, REASONS.get(truth.reason, "not_registered"))

    def errs(self, line: str, valid: bool) -> bool:
        """Say whether a decision is an error: valid where nobody in order signed, or not valid where somebody did."""
        return valid != (self.truth[line].reason in COUNTS)

    def _chance(self, line: str, person: str) -> float:
        digest = sha256(f"{self.seed},{person},{line}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64
