"""What history says of a petition before its first signature: how many drives get there, how far the others come.

Two kinds of drive are told apart. An organised one has people (mostly paid) and a target above the requirement, and
stops when it is reached; an unorganised one mostly ends far below. Each number stands with where it comes from.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats  # type: ignore[import-untyped]

Floats = NDArray[np.float64]

_GRID = (np.arange(400) + 0.5) / 400  # levels of quantiles that stand for a distribution


@dataclass(frozen=True)
class GatheringPriors:
    """The numbers of the model of gathering; logarithms are natural, times are shares of the window, paces per window.

    From `volatility` on, the numbers describe the pace. Those of petitions on paper were chosen so that 80 percent
    intervals hold 80 percent over simulated petitions of many shapes that other generators made
    (`bench/forecast_curves.py`); there are no daily counts of such petitions to fit them to.
    """

    qualifying_share: float = 0.19
    """Share of petitions cleared for circulation that qualify. California: 354 initiatives on ballots from 1912 to 2013
    (ppic.org, The Initiative Process in California, October 2013), while the Secretary of State's numbers of titled
    ones had come to 1,648 by February 2014, makes 0.21; lately fewer, 12 in the last two of those years
    while 102 were proposed in 2011 alone (marinij.com, 2012-02-20), hence 0.19."""
    target: float = 1.54
    """Median of raw signatures filed over requirement: 54 filings of 2004 to 2025 with both known, nearly all in States
    and cities of the US, exp(0.431); their mean is 1.56, and 1.58 over 187 initiatives of 2017 to 2025
    (ballotpedia.org, Initiative Petition Signature Validity Rates)."""
    target_spread: float = 0.163
    """Standard deviation of the logarithm of that ratio, the same filings."""
    capacity: float = 0.5
    """Mean of log(what an organised drive could gather by its deadline / its target). Chosen, so that one in six
    does not reach its target; paid drives have filled theirs in a sixth of the window (I-1100, Washington 2010)."""
    capacity_spread: float = 0.5
    """Standard deviation of that logarithm: a judgement."""
    short: float = 0.06
    """Median of final total over requirement of an unorganised drive. No US office publishes counts of drives that
    file nothing; 38 European initiatives that fell short have a median of 0.018. Chosen above it, for a paper form is
    not left lying after a day as an online one is."""
    short_spread: float = 1.6
    """Spread of its logarithm (2.0 among the 38 European ones)."""
    short_freedom: float = 8.0
    """Degrees of freedom of its Student's t: a judgement; about one in twenty goes above the requirement."""
    never_begins: float = 0.5
    """Share of unorganised drives that never gather a signature. Chosen, and used only where none was told for a while:
    offices see such drives end without any filing and keep no count."""
    typical_validity: float = 0.76
    """Valid lines per raw line, between the median of 29 petitions with both known (0.73) and the mean of Ballotpedia's
    187 (0.79). Used only to turn `qualifying_share` into a share of organised drives."""
    file_from: float = 1.05
    """Ratio of raw signatures to requirement at which half of the drives file. Of filings with both known, one was
    below 1 (Colorado 61 in 2022, at 0.04); drives at about 1.03 were not filed (Boudin recall 2021, Calexit 2025)."""
    file_spread: float = 0.04
    """On the log scale; a judgement; nearly nine in ten of those with 15 % more than the requirement file."""
    files_hopeless: float = 0.03
    """Share that file far below the requirement all the same."""
    gives_up: float = 0.03
    """Share that could file and does not: withdrawn, often for a law that the legislature passed instead."""
    volatility: float = 0.2
    """Median of the scale of moves of the log pace over a whole window (moves are Student's t)."""
    volatility_spread: float = 0.9
    move_freedom: float = 3.0
    news: float = 0.2
    """Waves per window that news or somebody famous sets off."""
    news_size: float = 1.5
    """Mean of their rise of the log pace."""
    trend: float = 2.0
    """Median over drives of the standard deviation of the trend of the log pace, per window."""
    trend_spread: float = 0.8
    trend_memory: float = 0.5
    """How long a trend lasts, as a share of the window."""
    first_wave: float = 0.0
    """Mean of the wave with which gathering begins, in log units."""
    first_wave_spread: float = 1.0
    fade_days: float = 14.0
    """Median over drives of the days in which a wave falls to a third."""
    fade_spread: float = 1.0
    noise: float = 0.12
    """Median of what is peculiar to one week's count, in log units."""
    noise_spread: float = 0.9
    odd: float = 0.03
    """Chance that a stretch is a pause, a burst or a batch that says nothing of the pace."""
    odd_spread: float = 1.2
    rush_share: float = 0.4
    """Chance of an end rush in the last fifth of the window."""
    rush: float = 0.5
    """Its mean rise of the log pace (Newsom recall 2021: 12,500 a day in January, 27,000 from 5 February)."""
    stops: float = 0.35
    """How often per window a drive that goes on stops for good: money or people ran out, or it was given up."""
    late_share: float = 0.4
    """Chance that gathering begins late, up to `late` of the window after the first day."""
    late: float = 0.25

    @property
    def organised_share(self) -> float:
        """Share of organised drives under which `qualifying_share` of all petitions qualify."""
        return _organised_share(self)

    def filing_chance(self, ratio: Floats) -> Floats:
        """Give the chance that a drive is filed, by its raw signatures over the requirement."""
        with np.errstate(divide="ignore"):
            distance = (np.log(ratio) - np.log(self.file_from)) / self.file_spread
        files: Floats = self.files_hopeless + (1 - self.gives_up - self.files_hopeless) * special.expit(distance)
        return files

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names, with the share of organised drives that follows."""
        return asdict(self) | {"organised_share": self.organised_share}


@lru_cache(maxsize=64)
def _organised_share(priors: GatheringPriors) -> float:
    log_target = np.log(priors.target) + priors.target_spread * stats.t.ppf(_GRID, TARGET_FREEDOM)
    log_room = priors.capacity + priors.capacity_spread * special.ndtri(_GRID)
    organised = np.exp(log_target[:, None] + np.minimum(log_room[None, :], 0.0)).ravel()
    short = priors.short * np.exp(priors.short_spread * stats.t.ppf(_GRID, priors.short_freedom))
    needed = 1 / priors.typical_validity
    of_organised, of_short = (
        float(np.mean(priors.filing_chance(ratio) * (ratio >= needed))) for ratio in (organised, short)
    )
    return float(np.clip((priors.qualifying_share - of_short) / (of_organised - of_short), 0.01, 0.99))


TARGET_FREEDOM = 5.0  # of the Student's t of the log target: a judgement, for the 54 filings hold a few far ones
EUROPEAN = GatheringPriors(
    qualifying_share=16 / 116,
    target=1.25,
    target_spread=0.155,
    short=0.018,
    short_spread=2.0,
    typical_validity=1.0,
    file_from=0.99,
    file_spread=0.01,
    volatility=0.8,
    noise=0.2,
    news=8.0,
    news_size=2.0,
)
"""European citizens' initiatives: of 116 that are over in the Commission's register (February 2026), 16 reached a
million and seven countries, 73 fell short, 27 were withdrawn; the totals of the 16 have a median of 1.20 million and
a geometric mean of 1.25 with a log spread of 0.155, those of 38 that fell short a median of 18,000. The totals are
statements that may still be found invalid.
Signed online, they are at the mercy of the news: `volatility`, `noise`, `news` and `news_size` were chosen by the
score of forecasts of 21 real curves (the same that `bench/forecast_curves.py` shows), so that check is a mild one."""
PAPER = GatheringPriors()


def gathering_priors(place: str) -> GatheringPriors:
    """Give the priors of a place (`eu`, or the pooled ones of petitions on paper for every other)."""
    return EUROPEAN if place.split("/", 1)[0] == "eu" else PAPER
