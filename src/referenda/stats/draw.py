"""The public draw: a ticket for every line from a public seed, and the lines with the lowest tickets are the sample.

A ticket is the SHA-256 of `SEED,COUNTY,IDENTITY` in UTF-8. Nobody can foresee it before the seed is known, nobody can
choose it, and anybody can compute it again, in any language. The rest of the lines, in the same order, is what a sample
grows into: a larger sample holds every smaller one. The idea of numbering by a hash of a public seed is that of
Rivest's sampler for election audits (R. L. Rivest, "Sampler", 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from referenda.errors import Fault, InputError

LEAST_DIGITS = 20
LONGEST_SEED = 200
METHOD = "sha256-tickets/1"

_CHUNK = 1 << 16


def check_seed(seed: str) -> None:
    """Refuse what is not a public seed.

    Raises
    ------
    InputError
        It has fewer than 20 digits or more than 200 characters, or holds a comma or a control character, or begins or
        ends with a space.
    """
    if sum(sign in "0123456789" for sign in seed) < LEAST_DIGITS:
        message, remedy = f"the seed has fewer than {LEAST_DIGITS} digits", "Throw more dice in public."
    elif len(seed) > LONGEST_SEED:
        message, remedy = f"the seed has more than {LONGEST_SEED} characters", "Make it shorter."
    elif "," in seed or not seed.isprintable():
        message, remedy = "the seed holds a comma or a control character", "Write the digits, with spaces at most."
    elif seed != seed.strip():
        message, remedy = "the seed begins or ends with a space", "Take the space out."
    else:
        return
    raise InputError(Fault(message, column="seed", value=seed[:LONGEST_SEED], remedy=remedy))


def ticket(seed: str, county: str, identity: str) -> str:
    """Give the ticket of a line: 64 hexadecimal digits, which compare as the number that they write.

    Examples
    --------
    >>> ticket("31415926535897932384", "Alder", "000123/7")[:16]
    'b2d7814ec50a4fcc'
    """
    return sha256(f"{seed},{county},{identity}".encode()).hexdigest()


def draw(seed: str, county: str, identities: Sequence[str], size: int) -> list[str]:
    """Draw a sample of lines.

    Parameters
    ----------
    seed
        The public seed, as it was announced.
    county
        The county's name, as it stands in the record.
    identities
        Every line that may be drawn (`SECTION/LINE_NO`), each once, in any order.
    size
        Lines to draw, from 0 to their number.

    Returns
    -------
    list
        The lines drawn, in ascending order of their tickets; those of a smaller size are its beginning.

    Raises
    ------
    InputError
        The size is not one that can be drawn, or a line stands twice.
    """
    if len(set(identities)) != len(identities):
        raise InputError(Fault("a line stands twice among those to draw from", remedy="Give each line once."))
    if not 0 <= size <= len(identities):
        remedy = f"Draw from 0 to {len(identities):,} lines."
        raise InputError(Fault("so many lines cannot be drawn", column="size", value=str(size), remedy=remedy))
    begun = sha256(f"{seed},{county},".encode())
    tickets = np.empty((len(identities), 4), dtype=">u8")
    for first in range(0, len(identities), _CHUNK):
        digests = bytearray()
        for identity in identities[first : first + _CHUNK]:
            line = begun.copy()
            line.update(identity.encode())
            digests += line.digest()
        tickets[first : first + _CHUNK] = np.frombuffer(digests, dtype=">u8").reshape(-1, 4)
    leading = tickets[:, 0].astype(np.uint64)
    order = np.argsort(leading)
    if (np.diff(leading[order]) == 0).any():  # all but never: the first 64 bits do not decide
        order = np.lexsort(tickets[:, ::-1].T)
    return [identities[place] for place in order[:size].tolist()]
