"""Given names that stand for one another: William and Bill, Francisco and Paco, Xin and Hsin.

Sources: the table of the package `nicknames` (Northern and Crews, Apache-2.0), English names; and
`data/nicknames_supplement.csv`, a few Spanish, Chinese and Vietnamese ones, each with its own source.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

import numpy as np
from nicknames import name_triplets

from referenda.linkage.keys import Hashes, Texts, combine
from referenda.linkage.person_names import normalize_name

SAME_LETTERS = 2
"""Two nicknames of one name count as one another's (Bill and Billy) when they begin with this many same letters."""


@cache
def related_names() -> frozenset[tuple[str, str]]:
    """Give every pair of normalised given names that may be one person's, both ways round, never a name with itself."""
    nicknames: dict[str, set[str]] = defaultdict(set)
    for triplet in name_triplets():
        nicknames[_face(triplet.name1)].add(_face(triplet.name2))
    supplement = files("referenda.linkage").joinpath("data/nicknames_supplement.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(supplement.splitlines()):
        nicknames[_face(row["name"])].add(_face(row["nickname"]))
    pairs = set()
    for name, known in nicknames.items():
        pairs |= {(name, nickname) for nickname in known}
        pairs |= {(one, other) for one in known for other in known if one[:SAME_LETTERS] == other[:SAME_LETTERS]}
    pairs |= {(other, one) for one, other in pairs}
    return frozenset((one, other) for one, other in pairs if one and other and one != other)


@cache
def nickname_pairs() -> Hashes:
    """Give `related_names` as sorted keys, each the `combine` of the two names' hashes in their order."""
    pairs = sorted(related_names())
    one, other = (Texts([pair[side] for pair in pairs]).hash() for side in (0, 1))
    return np.sort(combine(one, other))


def _face(name: str) -> str:
    return normalize_name(first=name).first
