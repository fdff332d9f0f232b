"""Names that somebody wrote, against those that are known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from referenda.errors import Fault, InputError


def check_name(what: str, name: str, known: Collection[str], *, of: str = "") -> None:
    """Refuse a name that is not known, with the one that was perhaps meant.

    Parameters
    ----------
    what
        What it should name, such as `instrument`.
    name, known
        The name, and those that are known.
    of
        Words for where it is unknown, such as ` in California`.

    Raises
    ------
    InputError
        The name is not among those known.
    """
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.6)
        remedy = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(sorted(known)) or 'none'}."
        raise InputError(Fault(f"no {what} of this name is known{of}", value=name, remedy=remedy))
