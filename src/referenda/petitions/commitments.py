"""Commitments: what the public record holds of a line and of a decision, and what opens them.

A commitment is a leaf of a hash tree (RFC 6962): SHA-256(0x00 || salt || content), where the content is canonical JSON
and the salt 32 bytes that only the office can compute. The record holds the tree's root alone. Whoever is given
content, salt and the path to the root sees that the office was bound to this line from the day of the root; nobody can
guess a name and try it, as the salt is not known. The bytes are defined in `docs/reference/record-format.md`.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from referenda.errors import Fault, InputError
from referenda.ledger.canonical import canonical
from referenda.ledger.tree import leaf_hash

SECRET_LENGTH = 32
NOT_EXAMINED = "not_examined"
LINE_FIELDS = ("name", "address", "city", "zip", "date_signed")


@dataclass(frozen=True)
class Opening:
    """What opens one commitment: its content and the 32 bytes of its salt."""

    content: dict[str, Any]
    salt: bytes

    @property
    def leaf(self) -> bytes:
        """The commitment, 32 bytes: a leaf of the tree."""
        return leaf_hash(self.salt + canonical(self.content))

    def as_dict(self) -> dict[str, Any]:
        """Give it as a receipt holds it."""
        return {"content": self.content, "salt": self.salt.hex()}


class Committer:
    """Make the commitments of one county's office in one case.

    Parameters
    ----------
    secret
        The office's secret, 32 bytes that never leave it; without them no commitment can be opened.
    case, county
        The case and the county, as the record names them.

    Raises
    ------
    InputError
        The secret is not 32 bytes long.
    """

    def __init__(self, secret: bytes, case: str, county: str) -> None:
        if len(secret) != SECRET_LENGTH:
            remedy = "Take it from the office's own copy; without it no receipt can be given."
            raise InputError(Fault("the office's secret is not 32 bytes long", column="secret", remedy=remedy))
        self._secret = secret
        self._whose = {"case": case, "county": county}

    def line(self, identity: str, fields: Mapping[str, Any]) -> Opening:
        """Commit to a line as it was keyed.

        Parameters
        ----------
        identity
            `SECTION/LINE_NO`.
        fields
            name, address, city, zip, date_signed; what is absent or None is the empty text.
        """
        keyed = {name: str(fields.get(name) or "") for name in LINE_FIELDS}
        return self._opening("line", identity, keyed)

    def decision(
        self, identity: str, *, valid: bool, reason: str | None, duplicate_of: str | None, voter_id: str | None
    ) -> Opening:
        """Commit to what a line came to: valid or not, the reason, the line that it repeats, and whose it is."""
        return self._opening(
            "decision",
            identity,
            {
                "decision": "valid" if valid else "not_valid",
                "duplicate_of": duplicate_of,
                "reason": reason,
                "voter": None if voter_id is None else self.voter(voter_id),
            },
        )

    def not_examined(self, identity: str) -> Opening:
        """Commit to it that a line was left when the check of every line ended early."""
        nothing = {"duplicate_of": None, "reason": None, "voter": None}
        return self._opening("decision", identity, {"decision": NOT_EXAMINED, **nothing})

    def voter(self, voter_id: str) -> str:
        """Commit to a voter of the file, as 64 hex digits; the same for every line of this voter in this county."""
        return self._opening("voter", voter_id, {}).leaf.hex()

    def _opening(self, kind: str, identity: str, more: Mapping[str, Any]) -> Opening:
        content = {**self._whose, "identity": identity, "kind": kind, **more}
        about = "\n".join((kind, *self._whose.values(), identity))
        return Opening(content, hmac.digest(self._secret, about.encode(), "sha256"))


def order_of(identity: str) -> tuple[str, int]:
    """Give what identities are ordered by: the section as text, then the line as a number."""
    section, _, line = identity.rpartition("/")
    return section, int(line)


def in_order(identities: Iterable[str]) -> list[str]:
    """Put identities in the order in which their commitments stand in a tree."""
    return sorted(identities, key=order_of)
