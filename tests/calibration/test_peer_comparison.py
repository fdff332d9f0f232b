"""How often anybody is marked although all differ only as groups do: at most as often as stated.

Shares of groups are drawn from a beta law of the stated spread, counts from a binomial law; 80 petitions each. With a
true probability of 5 percent more than 9 marked petitions of 80 come up once in 100 runs.
"""

from __future__ import annotations

import numpy as np
import pytest

from referenda.stats.quality import compare_groups

PETITIONS = 80


@pytest.mark.parametrize(
    ("spread", "lines", "groups"), [(0.0, 100, 50), (0.05, 200, 50), (0.05, 200, 20), (0.08, 60, 12)]
)
def test_groups_that_differ_as_groups_do_are_seldom_marked(spread, lines, groups):
    random = np.random.default_rng(20260622)
    marked = 0
    for _ in range(PETITIONS):
        together = 0.75 * 0.25 / spread**2 - 1 if spread else 0.0
        shares = random.beta(0.75 * together, 0.25 * together, groups) if spread else np.full(groups, 0.75)
        sizes = random.integers(lines // 4, 2 * lines, groups)
        counts = random.binomial(sizes, shares)
        funnel = compare_groups([(str(n), int(k), int(m)) for n, (k, m) in enumerate(zip(counts, sizes, strict=True))])
        marked += any(group.differs for group in funnel.groups)
    assert marked <= 9


def test_a_group_far_below_its_peers_is_found():
    random = np.random.default_rng(20260623)
    found = 0
    for _ in range(40):
        shares = random.beta(0.75 * 74, 0.25 * 74, 50)
        sizes = random.integers(50, 400, 50)
        shares[0], sizes[0] = 0.4, 400
        counts = random.binomial(sizes, shares)
        funnel = compare_groups([(str(n), int(k), int(m)) for n, (k, m) in enumerate(zip(counts, sizes, strict=True))])
        found += funnel.groups[0].differs
    assert found >= 36
