"""The independent checker of a public record: standard library only, no code shared with `referenda`.

Written from `record-format.md`, `rule-language.md` and `law-documents.md` in `docs/reference/`, as a stranger would.
"""

from referenda_verify.record import verify as verify
from referenda_verify.report import Report as Report
