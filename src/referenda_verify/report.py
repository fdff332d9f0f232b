"""What the checker says: its steps, the first disagreement, and both in words and as JSON."""

from dataclasses import dataclass, field
from typing import Any


class Disagreement(Exception):  # noqa: N818 - a finding of the checker, not a fault of the program
    """A place where the record and the checker differ: the message, what was expected and what was found."""

    def __init__(self, message: str, expected: object = None, found: object = None) -> None:
        super().__init__(message)
        self.expected, self.found = expected, found


def need(holds: object, message: str, found: object = None) -> None:
    """Raise the disagreement unless what is needed holds."""
    if not holds:
        raise Disagreement(message, found=found)


def same(what: str, expected: object, found: object) -> None:
    """Raise a disagreement unless what was found is what was expected, in type too."""
    if type(expected) is not type(found) or expected != found:
        raise Disagreement(f"{what} is not what it should be", expected, found)


def shown(value: object) -> str | None:
    """Make a value safe to print: cut off after 200 characters, control characters escaped; None stays None."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value)[:201])
    return None if value is None else text if len(text) <= 200 else f"{text[:200]}…"


@dataclass
class Report:
    """The verdict on one record; `findings` are those computed again, `steps` those taken, the last perhaps not `ok`.

    `signatures` is `checked`, `wrong`, `not_checked` (the library is absent) or `not_reached`; `key_demanded` says
    whether a key known from elsewhere was given; `receipt` is what was found of one, or of a certificate.
    """

    verified: bool = False
    case: str | None = None
    events: int | None = None
    root: str | None = None
    verifier_key: str | None = None
    key_demanded: bool = False
    signatures: str = "not_reached"
    steps: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    receipt: dict[str, Any] | None = None
    disagreement: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the report under the keys of `--json`."""
        return dict(vars(self))

    def words(self) -> str:
        """Say the report to people: a line for each step, then the verdict."""
        lines = [f"{s['number']}. {s['name']}: {'' if s['ok'] else 'DISAGREES: '}{s['detail']}" for s in self.steps]
        if wrong := self.disagreement:
            lines += [f"   {k:<9}{wrong[k]}" for k in ("file", "event", "expected", "found") if wrong[k] is not None]
            what = "receipt" if wrong["step"] == 7 else "record"
            return "\n".join([*lines, f"NOT VERIFIED: the {what} disagrees in step {wrong['step']}."])
        hand = "It is of one hand; whose, only --key with a key known from elsewhere can show."
        hand = "It is signed by the key that was demanded." if self.key_demanded else hand
        hand = hand if self.signatures == "checked" else "Signatures were NOT checked: install cryptography for that."
        return "\n".join([*lines, f"VERIFIED: {self.case}, {self.events} events, agrees in every step. {hand}"])
