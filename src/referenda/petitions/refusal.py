"""Why a deed is not in order: what is wrong, the text of law that says so, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from referenda.errors import Fault


@dataclass(frozen=True)
class Refusal:
    """One reason why a deed is not in order."""

    message: str
    cite: str | None = None
    remedy: str | None = None

    def fault(self) -> Fault:
        """Give it as a fault of a LawError."""
        return Fault(f"{self.message} [{self.cite}]" if self.cite else self.message, remedy=self.remedy)

    def as_dict(self) -> dict[str, str]:
        """Give what is known of it, for JSON."""
        return {key: value for key, value in vars(self).items() if value is not None}
