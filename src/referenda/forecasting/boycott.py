"""Staying home instead of voting no: when a rule rewards it, how often it happened, and what it does to the counts.

Under a rule with a quorum of participation, opponents who expect to be outvoted can defeat a measure by not voting.
Take yes at 30 % of those registered and a quorum of one half: with no at 22 % the measure passes on a turnout of 52 %;
when the noes stay home, turnout is 30 % and it fails.

A share of the would-be noes stays home. How likely such a boycott is depends on whether it would help: on the chance
that yes is ahead and the measure would fail without the noes. So without a quorum no boycott is expected, nor where
the opponents expect to win by voting; whoever knows better gives the share.

What the numbers rest on: of the Italian abrogative votes from 1974 to 2022 (quorum: half of those entitled) 9 rounds
of 18 missed the quorum (1990 43 %, 1997 30 %, 1999 49.6 %, 2000 32 %, 2003 26 %, 2005 26 %, 2009 23 %, 2016 31 %,
2022 21 %; 1974 88 %, 1978 81 %, 1981 79 %, 1985 78 %, 1987 65 %, 1991 62.5 %, 1993 77 %, 1995 58 %, 2011 55 % reached
it), with yes ahead in all questions but one of those that missed it up to 2009; Romania 2012, Hungary 2016 and
Macedonia 2018 were boycotted under the same quorum, Montenegro 2006 was not. Participation quorums lower turnout in
referendums by more than ten points (27 countries of the European Union, 1970 to 2007).

Sources: viaemilianet.it, 21 June 2009, ilfattoquotidiano.it, 18 April 2016, and breakinglatest.news, 12 June 2022
(turnouts); paolonesta.it, 7 April 2011 (yes ahead); Aguiar-Conraria and Magalhães, Referendum design, quorum rules
and turnout, Public Choice 144 (2010) 63-81.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from referenda.forecasting.past_votes import Numbers

SHOWN = (0.0, 0.25, 0.5, 1.0)  # shares of the noes staying home that every forecast shows beside the mixture


@dataclass(frozen=True)
class BoycottPriors:
    """How likely a boycott is where it would help, and how large."""

    where_it_helps: float = 0.55  # 12 of 22 votes under a participation quorum (see the module)
    first: float = 4.0  # beta distribution of the share of the noes that stays home, mean 2/3: in Italy 1999 yes rose
    second: float = 2.0  # to 91 % of a turnout of 49.6 %; two thirds of 40 % noes is the fall of ten points and more

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


def chance_of_boycott(
    ahead: NDArray[np.bool_], fails_without_noes: NDArray[np.bool_], priors: BoycottPriors | None = None
) -> float:
    """Give the chance of a boycott: that of its helping, times how often it happened where it would.

    Parameters
    ----------
    ahead
        `(draws,)`, whether yes is ahead of no when everybody votes.
    fails_without_noes
        `(draws,)`, whether the measure fails when no opponent votes.
    """
    priors = priors or BoycottPriors()
    return float(priors.where_it_helps * np.mean(ahead & fails_without_noes))


def draw_boycott(
    chance: float, *, draws: int, rng: np.random.Generator, priors: BoycottPriors | None = None
) -> Numbers:
    """Draw the share of the would-be noes that stays home, `(draws,)` in [0, 1]; 0 where nobody calls for it."""
    priors = priors or BoycottPriors()
    followed = rng.beta(priors.first, priors.second, draws)
    return np.where(rng.random(draws) < chance, followed, 0.0)


def without_those_at_home(
    ballots: Numbers, yes: Numbers, no: Numbers, staying_home: Numbers | float
) -> tuple[Numbers, Numbers, Numbers]:
    """Take the noes who stay home out of the counts; give ballots, yes and no (ballots without an answer stay)."""
    home = no * staying_home
    return ballots - home, yes, no - home
