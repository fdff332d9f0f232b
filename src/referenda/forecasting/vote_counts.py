"""The counts of every draw of a vote, by their names in the rule language, and the rule worked out on them.

Staying home takes noes out of ballots and of the votes against; ballots of an election held at the same time stay as
they are. Counts are not rounded to whole votes: a rule that hangs on one vote cannot be forecast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError
from referenda.forecasting.arrays import truth_on_arrays
from referenda.forecasting.boycott import without_those_at_home
from referenda.forecasting.past_votes import Numbers, share_of
from referenda.forecasting.vote_shares import VoteShares
from referenda.law.expressions import Expression
from referenda.law.vote_rule import VOTING

Truths = NDArray[np.bool_]
NOMINAL = 1_000_000  # voters, where nobody said how many are registered
TRIED = 20  # draws on which the exact law is asked whether it would refuse the rule


@dataclass
class VoteCounts:
    """Counts of every draw, by their names in the rule language, for any boycott, turnout or share of yes."""

    rule: Expression
    shares: VoteShares
    registered: int
    voting: str
    units: tuple[float, Numbers] | None = None

    @property
    def count(self) -> int:
        """How many draws there are."""
        return len(self.shares.turnout)

    def values(
        self, home: Numbers | float, *, turnout: float | None = None, yes: float | None = None
    ) -> dict[str, Numbers]:
        """Give the counts where a share of the noes stays home; turnout or the share of yes may be fixed."""
        came = share_of(self.shares.turnout) if turnout is None else np.full(self.count, turnout)
        said_yes = share_of(self.shares.yes) if yes is None else np.full(self.count, yes)
        ballots = self.registered * came
        valid = ballots * (1 - share_of(self.shares.invalid))
        return self._named(ballots, *without_those_at_home(ballots, valid * said_yes, valid * (1 - said_yes), home))

    def _named(self, election: Numbers, ballots: Numbers, yes: Numbers, no: Numbers) -> dict[str, Numbers]:
        valid = yes + no
        values = {
            "registered": np.full(len(yes), float(self.registered)),
            "election_ballots": election,
            "ballots": ballots,
            "yes": yes,
            "no": no,
            "valid": valid,
            "invalid": ballots - valid,
        }
        values["voting"] = values[self.voting]
        if self.units is not None:
            values["units"] = np.full(len(yes), self.units[0])
            values["units_carried"] = self.units[1]
        return values

    def passes(self, home: Numbers | float, *, turnout: float | None = None, yes: float | None = None) -> Truths:
        """Say of each draw whether the measure passes; see `values`."""
        return rule_holds(self.rule, self.values(home, turnout=turnout, yes=yes))

    def readings(self, home: Numbers) -> dict[str, float]:
        """Give the chance of passing under each reading of "voting"."""
        values = self.values(home)
        return {name: float(rule_holds(self.rule, {**values, "voting": values[name]}).mean()) for name in VOTING}

    def at(self, turnout: Numbers, yes: Numbers) -> Truths:
        """Say whether the measure passes at given turnouts and shares of yes, with the median of blank ballots."""
        ballots = self.registered * turnout
        valid = ballots * (1 - float(np.median(share_of(self.shares.invalid))))
        return rule_holds(self.rule, self._named(ballots, ballots, valid * yes, valid * (1 - yes)))


def rule_holds(rule: Expression, values: Mapping[str, Numbers]) -> Truths:
    """Say of each draw whether a rule, or one condition of it, holds."""
    return np.broadcast_to(truth_on_arrays(rule, values), values["yes"].shape)


def require_exact(rule: Expression, values: Mapping[str, Numbers]) -> None:
    """Let the exact law refuse what it would refuse of these counts, such as a division by zero; on a few draws.

    Raises
    ------
    InputError
        As `Expression.truth`.
    """
    for draw in np.linspace(0, len(values["yes"]) - 1, TRIED).astype(int):
        rule.truth({name: Fraction(float(each[draw])) for name, each in values.items()})


def require_shares_only(drawn: VoteCounts) -> None:
    """Refuse a rule that comes out otherwise for a larger electorate with the same shares.

    Raises
    ------
    InputError
        More than one draw in a hundred comes out otherwise.
    """
    larger = VoteCounts(drawn.rule, drawn.shares, drawn.registered * 1000, drawn.voting, drawn.units)
    smaller = VoteCounts(drawn.rule, drawn.shares, max(drawn.registered // 1000, 1), drawn.voting, drawn.units)
    if np.mean(larger.passes(0.0) != smaller.passes(0.0)) > 0.01:
        message = "the rule has absolute numbers, so it hangs on how many are registered"
        remedy = "Give --registered."
        raise InputError(Fault(message, column="--registered", value=drawn.rule.text, remedy=remedy))
