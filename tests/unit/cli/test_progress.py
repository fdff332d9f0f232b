"""How far a long deed is: never backwards, whatever the stages say."""

from __future__ import annotations

import pytest

from referenda.cli.progress import Share
from referenda.workflows.import_voters import STAGES, share_of_all


def test_a_share_of_a_stage_is_a_share_of_the_whole_by_the_time_that_stages_take() -> None:
    whole = Share({"reading": 1.0, "matching": 3.0})
    assert whole.at("reading", 0.5) == pytest.approx(0.125)
    assert whole.at("matching", 1 / 3) == pytest.approx(0.5)
    assert whole.at("matching", 2.0) == 1.0


def test_what_was_done_is_never_taken_back() -> None:
    whole = Share({"reading": 1.0, "matching": 3.0})
    whole.at("matching", 0.5)
    assert whole.at("reading", 0.1) == pytest.approx(0.625)
    assert whole.at("a stage that nobody named", 0.9) == pytest.approx(0.625)


def test_an_import_begins_at_nothing_and_ends_at_all() -> None:
    shares = [share_of_all(stage, share) for stage in STAGES for share in (0.0, 1.0)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, pytest.approx(1.0))
