"""How many territorial units carry, from a comparable vote and the national share of yes.

Each unit moves as the whole does on the logit scale (uniform swing), with an error of its own. Between two measures of
California whose counties vote alike (correlation above 0.9) that error is 0.16 to 0.19; 0.20 is used.

Source of the error: county votes on 24 statewide measures of California, 2014, 2016 and 2021 (OpenElections, Statement
of Vote), all pairs of measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from referenda.errors import Fault, InputError
from referenda.forecasting.past_votes import Numbers, logit
from referenda.law.units import UnitVote


@dataclass(frozen=True)
class SwingPriors:
    """How far a unit departs from the swing of the whole."""

    unit_error: float = 0.20  # standard deviation, in logits of the share of yes (see the module)

    def as_dict(self) -> dict[str, float]:
        """Give the numbers under their names."""
        return asdict(self)


def draw_units_carried(
    units: Sequence[UnitVote], yes: Numbers, *, rng: np.random.Generator, priors: SwingPriors | None = None
) -> tuple[float, Numbers]:
    """Draw the units in which yes is ahead, by weight.

    Parameters
    ----------
    units
        Units of a comparable vote, each with yes and no.
    yes
        `(draws,)`, logits of the share of yes in the whole.
    rng
        The source of chance.
    priors
        How far units depart from the whole.

    Returns
    -------
    tuple
        The weight of all units, and that of those that carry in each draw, `(draws,)`.

    Raises
    ------
    InputError
        A unit's yes and no are not both known, or nobody voted in it; every such unit is named.
    """
    priors = priors or SwingPriors()
    faults = [
        Fault(f"the votes of {unit.name} are not known", remedy="Give yes and no of the comparable vote in each unit.")
        for unit in units
        if not unit.tally.valid or unit.tally.yes is None or unit.tally.no is None
    ]
    if faults or not units:
        raise InputError(*(faults or [Fault("there are no units", remedy="Give at least one.")]))
    counts = np.array([(unit.tally.yes, unit.tally.no) for unit in units], dtype=np.float64)
    weights = np.array([float(unit.weight) for unit in units])
    before = logit(counts[:, 0] / counts.sum(1))
    swing = yes - logit(counts[:, 0].sum() / counts.sum())
    carried = np.zeros(len(yes))
    for start, weight in zip(before, weights, strict=True):
        carried += weight * (start + swing + priors.unit_error * rng.standard_normal(len(yes)) > 0)
    return float(weights.sum()), carried
