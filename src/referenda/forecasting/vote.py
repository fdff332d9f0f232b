"""Will a measure pass under its rule: the rule itself worked out on draws of turnout and the share of yes.

The conditions are those of the rule language, so any rule can be asked: quorums, supermajorities, a majority of units.
Opponents who stay home are taken into account (`boycott`): the answer is an average over how many might, beside the
answers for none, a quarter, half and all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.forecasting.arrays import number_on_arrays
from referenda.forecasting.boycott import SHOWN, BoycottPriors, chance_of_boycott, draw_boycott
from referenda.forecasting.draws import quantiles
from referenda.forecasting.past_votes import Numbers
from referenda.forecasting.unit_swing import SwingPriors, draw_units_carried
from referenda.forecasting.vote_counts import (
    NOMINAL,
    Truths,
    VoteCounts,
    require_exact,
    require_shares_only,
    rule_holds,
)
from referenda.forecasting.vote_shares import VoteShares
from referenda.law.expressions import Condition, Expression
from referenda.law.tally import UNITS
from referenda.law.units import UnitVote
from referenda.law.vote_rule import VOTING, parse_rule

TURNOUTS = tuple(step / 100 for step in range(20, 95, 5))  # shown in "if turnout were …"
YES_SHARES = tuple(step / 100 for step in range(30, 75, 5))
CELLS = 40  # of the picture, each way
FINER = 5  # points each way in a cell at which the rule is worked out; odd, so that one is the middle


@dataclass(frozen=True)
class ConditionChance:
    """One condition of the rule: how often it is met, and how often it alone is what is missing.

    `margin` has quantiles of its left side less its right side, as a share of those registered (of the units where it
    counts units).
    """

    text: str
    met: float
    missing_of_failed: float
    only_missing: float
    margin: Mapping[str, float]


@dataclass(frozen=True)
class Grid:
    """How often turnout and the share of yes fall in each cell, and whether the measure passes there.

    `edges` are the borders of the cells, the same each way; `share[i][j]` is for turnout i and yes j; `passes` has
    `FINER` points each way in a cell, and is None where the rule asks for more than those two (units).
    """

    edges: tuple[float, ...]
    share: NDArray[np.float64] = field(repr=False)
    passes: Truths | None = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`; `passes` at the middle of each cell, turnout along the outer lists."""
        middle = slice(FINER // 2, None, FINER)
        return {
            "edges": list(self.edges),
            "share": [[round(cell, 5) for cell in row] for row in self.share.tolist()],
            "passes": None if self.passes is None else self.passes[middle, middle].tolist(),
        }


@dataclass(frozen=True)
class VoteForecast:
    """A forecast of a vote; chances are shares of draws.

    `boycott` is the mean chance that a boycott is called; `at_boycott` has the chance of passing where a share of the
    would-be noes stays home; `readings` has the chance under each reading of "voting" where the rule says it.
    """

    rule: str
    passes: float
    conditions: tuple[ConditionChance, ...]
    quantiles: Mapping[str, Mapping[str, float]]
    boycott: float
    at_boycott: Mapping[str, float]
    if_turnout: Mapping[str, float]
    if_yes: Mapping[str, float]
    readings: Mapping[str, float]
    grid: Grid
    registered: int | None
    draws: int
    notes: tuple[str, ...]

    @property
    def error(self) -> float:
        """Standard error of `passes` from the number of draws alone."""
        return float(np.sqrt(self.passes * (1 - self.passes) / self.draws))

    def as_dict(self) -> dict[str, Any]:
        """Give it under the names of `--json`."""
        return {
            "rule": self.rule,
            "passes": self.passes,
            "standard_error": self.error,
            "conditions": [asdict(condition) for condition in self.conditions],
            "quantiles": {name: dict(levels) for name, levels in self.quantiles.items()},
            "boycott": {"chance": self.boycott, "passes_if_staying_home": dict(self.at_boycott)},
            "passes_if_turnout": dict(self.if_turnout),
            "passes_if_yes_share": dict(self.if_yes),
            "readings": dict(self.readings),
            "grid": self.grid.as_dict(),
            "registered": self.registered,
            "draws": self.draws,
            "resolution": 1 / self.draws,
            "notes": list(self.notes),
        }


def forecast_vote(
    rule: str | Expression,
    shares: VoteShares,
    *,
    rng: np.random.Generator,
    registered: int | None = None,
    staying_home: float | None = None,
    units: Sequence[UnitVote] = (),
    voting: str = "valid",
    boycott: BoycottPriors | None = None,
    swing: SwingPriors | None = None,
) -> VoteForecast:
    """Forecast whether a measure passes under its rule.

    Parameters
    ----------
    rule
        In the rule language, over the quantities of a vote.
    shares
        Draws of turnout, the share of yes and the share without an answer, before any boycott.
    rng
        The source of chance.
    registered
        Persons registered, at least 1; needed only by a rule with absolute numbers, such as `yes >= 5000`.
    staying_home
        Share of the would-be noes that stays home, in [0, 1]; None lets it be drawn (`boycott`).
    units
        Units of a comparable vote, where the rule counts units.
    voting
        How "voting" is read: `valid` or `ballots`.
    boycott, swing
        What is assumed of boycotts and of units.

    Raises
    ------
    InputError
        The rule is none or divides by zero, a number lies outside its range, or the rule has absolute numbers and
        `registered` is None.
    UndeterminedError
        The rule counts units, and none are given.
    """
    expression = parse_rule(rule) if isinstance(rule, str) else rule
    _check(registered, staying_home, voting)
    if not units and expression.names & set(UNITS):
        remedy = "Give the units of a comparable vote: --units FILE."
        raise UndeterminedError(
            Fault("the rule counts units, and none are given", value=expression.text, remedy=remedy)
        )
    home_chance, units_chance = rng.spawn(2)
    drawn = VoteCounts(expression, shares, registered or NOMINAL, voting)
    if units and expression.names & set(UNITS):
        drawn.units = draw_units_carried(units, shares.yes, rng=units_chance, priors=swing)
    if registered is None:
        require_shares_only(drawn)
    all_vote, none_votes = drawn.passes(0.0), drawn.passes(1.0)
    chance, home = 1.0, np.full(drawn.count, staying_home or 0.0)
    if staying_home is None:
        chance = (
            0.0 if shares.boycott_in_turnout else chance_of_boycott(shares.yes > 0, ~none_votes & all_vote, boycott)
        )
        home = draw_boycott(chance, draws=drawn.count, rng=home_chance, priors=boycott)
    values = drawn.values(home)
    require_exact(expression, values)
    passed = rule_holds(expression, values)
    return VoteForecast(
        rule=expression.text,
        passes=float(passed.mean()),
        conditions=_conditions(expression, values, passed),
        quantiles=_shown(values),
        boycott=chance if staying_home is None else float(staying_home > 0),
        at_boycott={f"{share:g}": float(drawn.passes(share).mean()) for share in SHOWN},
        if_turnout={f"{at:g}": float(drawn.passes(home, turnout=at).mean()) for at in TURNOUTS},
        if_yes={
            # Opponents who know that they are ahead have no reason to stay home.
            f"{at:g}": float(drawn.passes(home if at > 0.5 or staying_home else 0.0, yes=at).mean())
            for at in YES_SHARES
        },
        readings=drawn.readings(home) if "voting" in expression.names else {},
        grid=_grid(drawn, values),
        registered=registered,
        draws=drawn.count,
        notes=shares.notes,
    )


def _check(registered: int | None, staying_home: float | None, voting: str) -> None:
    faults = []
    if registered is not None and registered < 1:
        remedy = "Give how many are registered, or leave it out."
        faults.append(Fault("nobody is registered", column="--registered", value=str(registered), remedy=remedy))
    if staying_home is not None and not 0 <= staying_home <= 1:
        message, value = "the share that stays home lies between 0 and 1", f"{staying_home:g}"
        faults.append(Fault(message, column="--boycott", value=value, remedy="Write 0.25, 25% or auto."))
    if voting not in VOTING:
        message, remedy = "voting is read as valid or as ballots", "Write --reading voting=ballots."
        faults.append(Fault(message, column="--reading", value=voting, remedy=remedy))
    if faults:
        raise InputError(*faults)


def _conditions(rule: Expression, values: Mapping[str, Numbers], passed: Truths) -> tuple[ConditionChance, ...]:
    unmet = [~rule_holds(parse_rule(condition.text), values) for condition in rule.conditions]
    missing = np.sum(unmet, axis=0)
    failed = max(int((~passed).sum()), 1)
    return tuple(
        ConditionChance(
            text=condition.text,
            met=float((~each).mean()),
            missing_of_failed=float((each & ~passed).sum() / failed),
            only_missing=float((each & ~passed & (missing == 1)).sum() / failed),
            margin=quantiles(_margin(condition, values)),
        )
        for condition, each in zip(rule.conditions, unmet, strict=True)
    )


def _margin(condition: Condition, values: Mapping[str, Numbers]) -> Numbers:
    """Give the left side of a condition less its right side, as a share of those registered (of all units)."""
    whole = values["units"] if condition.names & set(UNITS) else values["registered"]
    return (number_on_arrays(condition.left, values) - number_on_arrays(condition.right, values)) / whole


def _shown(values: Mapping[str, Numbers]) -> dict[str, dict[str, float]]:
    """Give the quantiles of what is told of a vote; of a share over the draws in which it has a value."""
    shown = {
        "turnout": values["ballots"] / values["registered"],
        "yes_share": values["yes"] / values["valid"],
        "yes_of_registered": values["yes"] / values["registered"],
        "invalid_share": values["invalid"] / values["ballots"],
    }
    if "units_carried" in values:
        shown["units_carried"] = values["units_carried"]
    return {name: quantiles(each) for name, each in shown.items()}


def _grid(drawn: VoteCounts, values: Mapping[str, Numbers]) -> Grid:
    edges = np.linspace(0, 1, CELLS + 1)
    turnout, yes = values["ballots"] / values["registered"], values["yes"] / values["valid"]
    counts, _, _ = np.histogram2d(turnout, yes, bins=(edges, edges))
    points = (np.arange(CELLS * FINER) + 0.5) / (CELLS * FINER)
    each_turnout, each_yes = (each.ravel() for each in np.meshgrid(points, points, indexing="ij"))
    passes = drawn.at(each_turnout, each_yes).reshape(len(points), -1) if drawn.units is None else None
    return Grid(tuple(float(edge) for edge in edges), counts / drawn.count, passes)
