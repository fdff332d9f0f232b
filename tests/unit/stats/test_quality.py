"""Shares of groups beside their peers: exact intervals, funnel limits, corrected probabilities."""

from __future__ import annotations

import pytest

from referenda.errors import InputError
from referenda.stats.quality import compare_groups, share_interval

ALIKE = [(f"c{number}", 70 + number % 11, 100) for number in range(30)]


def test_the_interval_of_a_share_is_that_of_clopper_and_pearson():
    # Ten successes in ten trials: the lower limit is the tenth root of 0.025.
    found = share_interval(10, 10)
    assert found.low == pytest.approx(0.025**0.1)
    assert found.high == 1.0
    assert share_interval(0, 10).high == pytest.approx(1 - 0.025**0.1)


def test_nothing_counted_has_no_share():
    assert share_interval(0, 0).share is None


@pytest.mark.parametrize(("count", "of", "confidence"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 0.0), (1, 3, 1.0)])
def test_impossible_shares_are_refused(count, of, confidence):
    with pytest.raises(InputError):
        share_interval(count, of, confidence=confidence)


def test_groups_that_are_alike_are_not_marked():
    assert not any(group.differs for group in compare_groups(ALIKE).groups)


def test_a_group_far_from_its_peers_is_marked_on_either_side():
    funnel = compare_groups([*ALIKE, ("low", 120, 400), ("high", 400, 400)])
    assert [group.name for group in funnel.groups if group.differs] == ["low", "high"]


def test_a_small_group_is_not_marked_for_a_share_that_would_mark_a_large_one():
    marked = {
        group.name: group.differs for group in compare_groups([*ALIKE, ("small", 1, 4), ("large", 100, 400)]).groups
    }
    assert (marked["small"], marked["large"]) == (False, True)


def test_two_groups_have_no_peers_to_be_compared_with():
    assert not any(group.differs for group in compare_groups([("a", 0, 1000), ("b", 1000, 1000)]).groups)


def test_the_correction_never_makes_a_probability_smaller_and_keeps_their_order():
    groups = sorted(compare_groups([*ALIKE, ("low", 20, 100)]).groups, key=lambda group: group.p_value)
    corrected = [group.corrected for group in groups]
    assert all(group.corrected >= group.p_value for group in groups)
    assert corrected == sorted(corrected)
    assert corrected[0] == pytest.approx(min(1, 31 * groups[0].p_value))


def test_honest_differences_between_groups_widen_the_limits():
    spread = [(f"s{number}", 60 + number, 100) for number in range(30)]
    assert compare_groups(spread).spread > 0.05
    assert compare_groups([(f"e{number}", 75, 100) for number in range(30)]).spread == 0.0


def test_limits_narrow_with_the_size_of_a_group_and_are_wider_for_all_at_once():
    funnel = compare_groups(ALIKE)
    (low, high), (lower, higher) = funnel.limits([20, 2000], corrected=False)
    assert low < lower < funnel.rate < higher < high
    [(all_low, all_high)] = funnel.limits([2000], corrected=True)
    assert all_low < lower < higher < all_high


def test_all_valid_or_none_valid_leaves_nothing_to_compare():
    for count in (0, 50):
        funnel = compare_groups([(f"c{number}", count, 50) for number in range(10)])
        assert funnel.rate in (0.0, 1.0)
        assert not any(group.differs for group in funnel.groups)


def test_every_group_without_a_share_is_named():
    with pytest.raises(InputError, match=r"(?s)empty.*odd"):
        compare_groups([("empty", 0, 0), ("odd", 5, 4)])


def test_of_many_small_sections_none_is_marked_for_one_bad_line():
    sections = [(f"s{number}", 10 - (number % 4 == 0), 10) for number in range(2000)]
    funnel = compare_groups(sections)
    assert funnel.rate == pytest.approx(0.975)
    assert not any(group.differs for group in funnel.groups)


def test_one_large_group_does_not_make_its_peers_differ_from_each_other():
    funnel = compare_groups([*((f"c{n}", 72 + n % 7, 100) for n in range(20)), ("large", 400, 1000)])
    assert [group.name for group in funnel.groups if group.differs] == ["large"]
    assert funnel.rate > 0.7
