"""A link is proposed when somebody of the file signed and one voter is ahead; a person sees the rest."""

from __future__ import annotations

import numpy as np
import pytest

from referenda.linkage.decide import proposed, scores
from referenda.linkage.stages import NOBODY, Links


def links(row: int, probability: float, runner_up: float) -> Links:
    one = Links.nothing(1)
    one.row[0], one.probability[0], one.runner_up_probability[0] = row, probability, runner_up
    return one


@pytest.mark.parametrize(
    ("row", "probability", "runner_up", "expected"),
    [
        (7, 0.9, 0.0, True),
        (7, 0.6, 0.39, True),  # Two of one name at one address, the file speaking for one of them.
        (7, 0.5, 0.5, False),  # Father and son.
        (7, 0.7, 0.0, False),  # Perhaps a relative who is not in the file.
        (NOBODY, 0.0, 0.0, False),
    ],
)
def test_a_link_needs_somebody_and_a_lead(row: int, probability: float, runner_up: float, expected: bool) -> None:
    one = links(row, probability, runner_up)
    assert proposed(one).tolist() == [expected]
    assert (scores(one)[0] >= 0.5) == expected
    assert scores(one)[0] <= np.float32(probability)
