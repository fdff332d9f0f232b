"""Imagined verifications beside real ones: lists of signers, samples drawn from them, the exact count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from scipy import stats

from referenda.errors import InputError, UndeterminedError
from referenda.forecasting.arrays import Numbers
from referenda.forecasting.counting import CountInDraws
from referenda.forecasting.verification import (
    OUTCOMES,
    SampleSoFar,
    VerificationDraws,
    VerificationPriors,
    simulate_verification,
)
from referenda.law.place import load_place

ON = date(2022, 1, 1)
COLUMNS = ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")


def counting(place: str, requirement: int) -> CountInDraws:
    law = load_place(place)
    return CountInDraws(law, instrument=law.first_instrument, on=ON, requirement=requirement)


def verify(
    count: CountInDraws,
    raw: list[float],
    *,
    validity: float = 0.75,
    duplicates: float = 0.02,
    draws: int = 4000,
    seed: int = 1,
    so_far: SampleSoFar | None = None,
    spread: float = 0.5,
    sample_size: Numbers | None = None,
    more_columns: dict[str, Numbers] | None = None,
) -> VerificationDraws:
    shape = (draws, len(raw))
    return simulate_verification(
        count,
        np.broadcast_to(np.array(raw, dtype=np.float64), shape),
        np.full(shape, validity),
        np.full(draws, duplicates),
        rng=np.random.default_rng(seed),
        filed=np.ones(draws, dtype=np.bool_),
        so_far=so_far,
        sample_size=sample_size,
        more_columns=more_columns,
        priors=VerificationPriors(duplicates_between_counties=spread),
    )


def shares(found: VerificationDraws) -> dict[str, float]:
    counts = np.bincount(found.outcome, minlength=len(OUTCOMES)) / len(found.outcome)
    return dict(zip(OUTCOMES, counts.tolist(), strict=True))


@dataclass
class SignedLines:
    """The lines of one county in random order: the number of each line's signer, or -1 where it does not count."""

    signer: np.ndarray

    def counted(self, first: int) -> tuple[int, int]:
        """Valid signers and their further lines among the first lines."""
        counting = self.signer[:first][self.signer[:first] >= 0]
        distinct = len(np.unique(counting))
        return distinct, len(counting) - distinct


def sign(rng: np.random.Generator, lines: int, validity: float, duplicates: float) -> SignedLines:
    """Fill the lines of a county: a share counts, and some signers take two of those that do."""
    accepted = round(lines * validity)
    pairs = min(rng.poisson(duplicates * lines), accepted // 2)
    signers = np.concatenate([np.arange(accepted - pairs), np.arange(pairs), np.full(lines - accepted, -1)])
    return SignedLines(rng.permutation(signers))


def real_petitions(
    rng: np.random.Generator, raw: list[int], *, validity: float, duplicates: float, many: int
) -> Iterator[list[SignedLines]]:
    for _ in range(many):
        yield [sign(rng, lines, validity, duplicates) for lines in raw]


@pytest.mark.parametrize("requirement", [2800, 2400, 3300])
def test_outcomes_and_projections_are_those_of_real_lists_counted_by_the_exact_law(requirement: int) -> None:
    raw, validity, duplicates, many = [3000, 900, 400], 0.72, 0.04, 1500
    law, count = load_place("us/ca"), counting("us/ca", requirement)
    sizes = [int(size) for size in count.sample_size(np.array(raw, dtype=np.float64))]  # type: ignore[union-attr]
    rng = np.random.default_rng(20140912)
    decisions, projections, full = [], [], []
    for petition in real_petitions(rng, raw, validity=validity, duplicates=duplicates, many=many):
        seen = [lines.counted(size) for lines, size in zip(petition, sizes, strict=True)]
        rows = [
            dict(zip(COLUMNS, (n, size, valid, second if size < n else 0), strict=True))
            for n, size, (valid, second) in zip(raw, sizes, seen, strict=True)
        ]
        found = law.count_sample(None, rows, requirement, on=ON, instrument=count.instrument)
        enough = sum(lines.counted(len(lines.signer))[0] for lines in petition)
        projections.append(float(found.projected_valid))
        full.append(enough)
        decisions.append(
            {"insufficient": "fails_sample", "sufficient": "sufficient_on_sample"}.get(
                found.decision, "full_check_yes" if enough >= requirement else "full_check_no"
            )
        )
    drawn = verify(count, [*map(float, raw)], validity=validity, duplicates=duplicates, draws=40_000, spread=0)
    for name, share in shares(drawn).items():
        margin = 4 * np.sqrt(max(share * (1 - share), 1 / many) / many)
        assert decisions.count(name) / many == pytest.approx(share, abs=margin), name
    for real, imagined in ((projections, drawn.projected), (full, drawn.valid)):
        assert imagined is not None
        assert np.mean(real) == pytest.approx(imagined.mean(), abs=4 * imagined.std() / np.sqrt(many))
        assert np.std(real) == pytest.approx(imagined.std(), rel=0.08)


def test_a_sample_half_checked_leaves_what_real_lists_leave() -> None:
    raw, size, checked, validity, duplicates, many = 2000, 900, 500, 0.7, 0.06, 400
    count = counting("us/wa", 1200)
    rng = np.random.default_rng(7)
    ranks = []
    for seed, [lines] in enumerate(real_petitions(rng, [raw], validity=validity, duplicates=duplicates, many=many)):
        valid, second = lines.counted(checked)
        so_far = SampleSoFar(*(np.array([float(n)]) for n in (size, checked, valid, second)))
        drawn = verify(
            count, [float(raw)], validity=validity, duplicates=duplicates, draws=200, seed=seed, so_far=so_far
        )
        law = load_place("us/wa")
        row = dict(zip(COLUMNS, (raw, size, *lines.counted(size)), strict=True))
        found = law.count_sample(None, [row], 1200, on=ON, instrument=count.instrument).projected_valid
        assert drawn.projected is not None
        for truth, imagined in ((float(found), drawn.projected), (lines.counted(raw)[0], drawn.valid)):
            below, level = (imagined < truth).mean(), (imagined == truth).mean()
            ranks.append(below + level * rng.random())
    assert stats.kstest(ranks[::2], "uniform").pvalue > 0.001
    assert stats.kstest(ranks[1::2], "uniform").pvalue > 0.001


@pytest.mark.parametrize(("raw", "duplicates"), [(24_034, 0.02), (266_006, 0.015), (3720, 0.05)])
def test_the_projection_is_off_by_as_much_as_sampling_theory_says(raw: int, duplicates: float) -> None:
    count = counting("us/ca", 1000)
    drawn = verify(count, [float(raw)], validity=0.74, duplicates=duplicates, draws=40_000)
    size = float(count.sample_size(np.array([float(raw)]))[0])  # type: ignore[index]
    lines, pairs = 0.74 * raw, duplicates * raw
    weight, both = raw / size, raw * (raw - 1) / (size * (size - 1))
    of_lines = size * 0.74 * 0.26 * (raw - size) / (raw - 1)
    triple = size * (size - 1) * (size - 2) / (raw * (raw - 1) * (raw - 2))
    four = triple * (size - 3) / (raw - 3)
    of_pairs = pairs / both + pairs * (pairs - 1) * four - pairs**2 / both**2
    together = pairs * (2 / both + (lines - 2) * triple) - pairs * lines / both * size / raw
    expected = weight**2 * of_lines + both**2 * of_pairs - 2 * weight * both * together
    assert drawn.projected is not None
    error = drawn.projected - drawn.valid
    assert np.sqrt(expected) == pytest.approx(error.std(), rel=0.03)
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(40_000) + 2


def test_a_county_that_checks_everything_is_projected_as_a_full_check_finds_it() -> None:
    drawn = verify(counting("us/ca", 200), [400.0, 120.0], duplicates=0.1)
    np.testing.assert_array_equal(drawn.valid, drawn.projected)
    assert set(np.flatnonzero(list(shares(drawn).values()))) <= {2, 5}


def test_a_sample_that_is_finished_leaves_no_chance() -> None:
    so_far = SampleSoFar(*(np.array(n, dtype=np.float64) for n in ([500, 8], [500, 8], [307, 5], [8, 0])))
    drawn = verify(counting("us/ca", 2100), [3720.0, 8.0], so_far=so_far)
    assert set(drawn.projected.tolist()) == {1906.0}  # type: ignore[union-attr]
    assert shares(drawn)["fails_sample"] == 1


def test_duplicates_seen_in_a_county_raise_those_expected_there_and_not_elsewhere() -> None:
    def expected(duplicates: float) -> Numbers:
        so_far = SampleSoFar(
            *(np.array(n, dtype=np.float64) for n in ([500, 500], [400, 0], [300, 0], [duplicates, 0]))
        )
        drawn = verify(counting("us/ca", 4000), [3720.0, 3720.0], so_far=so_far, draws=20_000)
        assert drawn.by_county is not None
        means: Numbers = drawn.by_county.mean(axis=0)
        return means

    few, many = expected(0), expected(6)
    assert many[0] < few[0] - 250
    assert many[1] == pytest.approx(few[1], abs=15)


def test_a_petition_that_is_not_filed_has_no_sample() -> None:
    drawn = simulate_verification(
        counting("us/ca", 1000),
        np.full((4, 1), 5000.0),
        np.full((4, 1), 0.7),
        np.zeros(4),
        rng=np.random.default_rng(1),
        filed=np.array([True, False, True, False]),
    )
    assert [OUTCOMES[number] == "not_filed" for number in drawn.outcome] == [False, True, False, True]
    assert np.isnan(drawn.projected).tolist() == [False, True, False, True]  # type: ignore[arg-type]


def test_too_few_lines_fail_without_a_sample_where_the_law_says_so() -> None:
    assert shares(verify(counting("us/ca", 1000), [600.0, 399.0]))["fails_raw_count"] == 1
    assert shares(verify(counting("us/ca", 1000), [600.0, 400.0]))["fails_raw_count"] == 0


def test_too_few_lines_are_counted_where_the_law_does_not_let_them_fail_by_themselves() -> None:
    assert shares(verify(counting("us/wa", 10_000), [9_999.0]))["full_check_no"] == 1


def test_washingtons_sample_never_fails_a_petition() -> None:
    found = shares(verify(counting("us/wa", 150_000), [200_000.0], validity=0.76, duplicates=0.01))
    assert found["fails_sample"] == 0
    assert found["full_check_no"] > 0.05


def test_where_one_sample_is_drawn_of_all_lines_the_counties_are_pooled() -> None:
    together = verify(counting("us/wa", 150_000), [250_000.0], draws=20_000)
    apart = verify(counting("us/wa", 150_000), [150_000.0, 60_000.0, 40_000.0], draws=20_000)
    assert shares(together)["sufficient_on_sample"] == pytest.approx(shares(apart)["sufficient_on_sample"], abs=0.02)


def test_south_dakotas_size_must_be_given() -> None:
    with pytest.raises(UndeterminedError, match=r"South Dakota leaves open .* sample_size"):
        verify(counting("us/sd", 17_509), [25_000.0])
    given = verify(counting("us/sd", 17_509), [25_000.0], sample_size=np.array([733.0]))
    assert shares(given)["fails_sample"] + shares(given)["sufficient_on_sample"] == 1


def test_michigans_close_sample_ends_as_a_full_check_would() -> None:
    limits = {"certify_from": np.array([[345.0]]), "deny_to": np.array([[330.0]])}
    with pytest.raises(UndeterminedError, match=r"Michigan leaves open .* certify_from, deny_to"):
        verify(counting("us/mi", 252_523), [380_000.0])
    found = shares(verify(counting("us/mi", 254_600), [380_000.0], validity=0.67, duplicates=0, more_columns=limits))
    assert min(found[name] for name in ("fails_sample", "full_check_yes", "sufficient_on_sample")) > 0.05


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"raw": [-1.0]}, "below zero"),
        ({"validity": 1.2}, "not between 0 and 1"),
        ({"validity": float("nan")}, "not between 0 and 1"),
        ({"duplicates": 1.0}, "below 1"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, float], said: str) -> None:
    given = {"raw": [1000.0]} | changed
    with pytest.raises(InputError, match=said):
        verify(counting("us/ca", 500), given.pop("raw"), **given)  # type: ignore[arg-type]
