"""The independent checker of a record: standard library only, written from `docs/reference/` as a stranger would."""

from referenda_verify.record import verify as verify
from referenda_verify.report import Report as Report
