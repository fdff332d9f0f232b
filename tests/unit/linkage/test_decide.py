"""A link is proposed when somebody of the file signed and one voter is ahead; a person sees the rest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from referenda.linkage.decide import hold_back, proposed, scores
from referenda.linkage.people import People
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


def signer(suffix: str, number: str, street: str) -> People:
    row = {"first": "ANA", "middle": "", "last": "SOLIS", "suffix": suffix, "number": number, "street": street}
    columns = {f"n_{name}": [value] for name, value in {**row, "unit": "", "city": "NORDEN"}.items()}
    return People.of(pa.table({**columns, "date": [""], "zip5": pa.array([90001], pa.int32())}))


@pytest.mark.parametrize(
    ("suffix", "address", "probability", "expected"),
    [
        ("SR", ("12", "OAK ST"), 0.99, False),
        ("JR", ("12", "OAK ST"), 0.99, True),
        ("II", ("12", "OAK ST"), 0.99, True),
        ("III", ("12", "OAK ST"), 0.99, False),
        ("", ("12", "OAK ST"), 0.82, True),
        ("", ("907", "FERN BLVD"), 0.82, False),  # Perhaps a namesake.
        ("", ("907", "FERN BLVD"), 0.9, True),
        ("", ("", ""), 0.82, True),
    ],
)
def test_another_generation_and_a_doubtful_namesake_elsewhere_are_shown_and_not_proposed(
    suffix: str, address: tuple[str, str], probability: float, expected: bool
) -> None:
    one = links(0, probability, 0.0)
    hold_back(one, signer(suffix, *address), signer("JR", "12", "OAK ST"))
    assert proposed(one).tolist() == [expected]
    assert scores(one)[0] == np.float32(probability if expected else 0.49)
