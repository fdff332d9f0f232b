"""Names that somebody wrote, against those that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from referenda.errors import Fault, InputError


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that was perhaps meant, None where none is near.

    Examples
    --------
    >>> nearest("raw_cuont", ["raw_count", "sample_size"])
    'raw_count'
    """
    return next(iter(_near(name, known, 1)), None)


def did_you_mean(name: str, known: Collection[str], *, most: int = 1, what: str = "Known", mark: str = "") -> str:
    """Write the remedy for a name that is not known: those that were perhaps meant, else all that are known.

    Parameters
    ----------
    name, known
        The name, and those that are known, in the order in which they are to be told.
    most
        How many to offer; more than one where names are short and alike, as those of places are.
    what
        Words before the list of all.
    mark
        What stands around a name, such as a backtick.

    Examples
    --------
    >>> did_you_mean("statue", ["statute", "referendum"]), did_you_mean("x", ["statute", "referendum"])
    ('Did you mean statute?', 'Known: statute, referendum.')
    """
    if near := _near(name, known, most):
        return f"Did you mean {' or '.join(f'{mark}{each}{mark}' for each in near)}?"
    return f"{what}: {', '.join(known) or 'none'}."


def _near(name: str, known: Iterable[str], most: int) -> list[str]:
    return get_close_matches(name, list(known), n=most, cutoff=0.6)


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
        remedy = did_you_mean(name, sorted(known), most=3)
        raise InputError(Fault(f"no {what} of this name is known{of}", value=name, remedy=remedy))
