"""Who lives in the homes: households with one surname, couples, grown children, Jr and Sr, flatmates, relatives.

Shares are judgements that give the trouble a matcher meets in life, not a published table. Every name is drawn on its
own, so whoever bears a name that comes out is a coincidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from referenda.synth.draws import Draws, Wheel
from referenda.synth.names import Codes, name_book

# Registered people in a home: none, one, two …
IN_A_HOME = (0.10, 0.29, 0.36, 0.14, 0.07, 0.03, 0.01)
MEAN_IN_A_HOME = sum(size * share for size, share in enumerate(IN_A_HOME))
_SIZES = Wheel(IN_A_HOME, size=14)
PEOPLE_IN_A_HOME = 16
SUFFIXES = ("", "Jr", "Sr", "II", "III", "IV")
FLATMATES = 0.10  # of homes with several people: each has a name of their own
GROWN_CHILD_SECOND = 0.15  # of second people in a home; the others are a couple
OWN_SURNAME = (0.0, 0.22, 0.10)  # head, second, further
HYPHEN = 0.05  # of seconds: both surnames, joined
TWO_SURNAMES = 0.07  # of people of the Spanish community
SAME_COMMUNITY = 0.8  # of those with a surname of their own
NAMED_AFTER_FATHER = 0.10  # of sons who live with their father
SENIOR_WRITTEN = 0.35  # of fathers of a Jr in the same home
JUNIORS = ("general", "spanish", "filipino")  # communities in which sons bear their fathers' names; elsewhere a fifth
MIDDLE = {"": (0.17, 0.22, 0.61), "spanish": (0.45, 0.2, 0.35), "chinese": (0.6, 0.15, 0.25),
          "korean": (0.6, 0.15, 0.25), "arabic": (0.4, 0.25, 0.35), "vietnamese": (0.15, 0.1, 0.75)}  # fmt: skip


@dataclass(frozen=True)
class People:
    """People by home, in order; arrays of one length. Names are codes of the name book.

    `home` is the row of the home, `second` the code of a further surname (-1 if none) and `joined` whether a hyphen
    joins it, `suffix` a position in `SUFFIXES`.
    """

    home: NDArray[np.int64]
    position: NDArray[np.int64]
    community: NDArray[np.int8]
    female: NDArray[np.bool_]
    first: Codes
    middle: Codes
    last: Codes
    second: Codes
    joined: NDArray[np.bool_]
    suffix: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.home)


def how_many(draws: Draws, homes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw how many registered people live in each home, from none to six."""
    return _SIZES.turn(draws.bits("people in a home", homes)).astype(np.int64)


def settle(draws: Draws, homes: NDArray[np.int64], sizes: NDArray[np.int64], mixes: NDArray[np.float64]) -> People:
    """Let people live in homes.

    Parameters
    ----------
    draws
        The place's.
    homes
        The position of each home, for draws.
    sizes
        How many live in each, 0 to 15.
    mixes
        Cumulated shares of the communities around each home, one row for a home.
    """
    book = name_book()
    home = np.repeat(np.arange(len(homes)), sizes)
    start = (np.cumsum(sizes) - sizes)[home]
    place = np.arange(len(home)) - start
    position = homes[home] * PEOPLE_IN_A_HOME + place

    def community_at(name: str, at: NDArray[np.int64], around: NDArray[np.float64]) -> NDArray[np.int8]:
        found: NDArray[np.int8] = (draws.share(name, at)[:, None] >= around).sum(axis=1).astype(np.int8)
        return found

    family = community_at("community", homes, mixes)
    surname = book.draw_surnames(draws, "surname", homes, family)
    flatmates = (draws.share("flatmates", homes) < FLATMATES)[home]
    child = (place > 1) | ((place == 1) & (draws.share("child", position) < GROWN_CHILD_SECOND))
    female_head = draws.share("head", homes) < 0.5
    couple = (place == 1) & ~child & (draws.share("couple", position) < 0.95)
    female = np.where(
        place == 0, female_head[home], np.where(couple, ~female_head[home], draws.share("sex", position) < 0.5)
    )
    limit = np.array(OWN_SURNAME)[np.minimum(place, 2)]
    own = (place > 0) & (flatmates | (draws.share("own surname", position) < limit))
    community = family[home]
    rows = np.flatnonzero(own & (draws.share("same community", position) >= SAME_COMMUNITY))
    community[rows] = community_at("own community", position[rows], mixes[home[rows]])
    last = surname[home]
    rows = np.flatnonzero(own)
    last[rows] = book.draw_surnames(draws, "second surname", position[rows], community[rows])

    second = np.full(len(home), -1, dtype=np.int32)
    joined = (place == 1) & ~own & ~child & (draws.share("hyphen", position) < HYPHEN)
    spanish = (community == book.communities.index("spanish")) & ~joined
    two = spanish & (draws.share("two surnames", position) < TWO_SURNAMES)
    rows = np.flatnonzero(joined | two)
    second[rows] = book.draw_surnames(draws, "further surname", position[rows], community[rows])
    joined |= two & (draws.share("joined", position) < 0.3)

    first = book.draw_given(draws, "given", position, community, female)
    middle = _middles(draws, position, community, female)
    usual = np.where(np.isin(community, [book.communities.index(name) for name in JUNIORS]), 1.0, 0.2)
    suffix = _suffixes(draws, position, female, usual)

    # A son named after his father: same names, Jr for him, sometimes Sr for the father.
    father = start + np.where(female[start], 1, 0)  # the head, or the person beside her
    has_father = child & ~female & ~flatmates & (father < len(home)) & (place > 0)
    father = np.minimum(father, len(home) - 1)
    has_father &= (home[father] == home) & ~child[father] & ~female[father] & (last[father] == last)
    sons = np.flatnonzero(has_father & (draws.share("named after", position) < NAMED_AFTER_FATHER * usual))
    _, once = np.unique(home[sons], return_index=True)
    sons = sons[once]
    fathers = father[sons]
    first[sons], middle[sons], second[sons] = first[fathers], middle[fathers], second[fathers]
    joined[sons] = joined[fathers]
    suffix[sons] = SUFFIXES.index("Jr")
    suffix[fathers] = np.where(draws.share("senior", position[fathers]) < SENIOR_WRITTEN, SUFFIXES.index("Sr"), 0)
    return People(home, position, community, female, first, middle, last, second, joined, suffix)


def _middles(
    draws: Draws, position: NDArray[np.int64], community: NDArray[np.int8], female: NDArray[np.bool_]
) -> Codes:
    """Draw middle names: none, an initial, or in full."""
    book = name_book()
    shares = np.array([np.cumsum(MIDDLE.get(name, MIDDLE[""]))[:2] for name in book.communities])
    kind = (draws.share("kind of middle", position)[:, None] >= shares[community]).sum(axis=1)
    middle = np.zeros(len(position), dtype=np.int32)
    rows = np.flatnonzero(kind > 0)
    full = book.draw_middle(draws, "middle", position[rows], community[rows], female[rows])
    middle[rows] = np.where(kind[rows] == 1, book.initial_of[full], full)
    return middle


def _suffixes(
    draws: Draws, position: NDArray[np.int64], female: NDArray[np.bool_], usual: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Give some men a suffix though no father of the same name lives with them."""
    share = draws.share("suffix", position) / usual
    suffix = np.searchsorted([0.0005, 0.004, 0.0055, 0.0065, 0.024], share, side="right")
    # below 0.05 % IV, then III, II, Sr, Jr, and nothing for the rest
    return np.where(female, 0, np.array([5, 4, 3, 2, 1, 0])[suffix]).astype(np.int8)
