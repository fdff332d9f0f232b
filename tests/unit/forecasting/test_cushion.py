"""How many signatures to file for how much certainty."""

from datetime import date

import pytest

from referenda.assembly import law_of
from referenda.forecasting.cushion import BY_SAMPLE, IN_THE_END, Cushion
from referenda.forecasting.duplicates import Compared
from referenda.forecasting.validity import CheckedBatch
from referenda.workflows.forecast_petition import PetitionFacts, draw_cushion, prepare

NEEDED = 585_407


def cushion(valid: int = 16_000, *, lines: int = 20_000, duplicates: int = 3_000, at: int | None = None) -> Cushion:
    facts = PetitionFacts(
        as_of=date(2017, 5, 1),
        instrument="constitutional-amendment",
        requirement=NEEDED,
        checked=[CheckedBatch(lines, valid)],
        compared=[Compared(200_000, duplicates)],
    )
    return draw_cushion(prepare("us/ca", law_of("us/ca"), facts, filing=False), at=at, draws=1000, seed=1)


@pytest.fixture(scope="module")
def usual() -> Cushion:
    return cushion()


def test_more_signatures_never_make_qualifying_less_likely(usual: Cushion) -> None:
    for way in (BY_SAMPLE, IN_THE_END):
        chances = [getattr(point, way) for point in usual.points]
        assert chances == sorted(chances)


def test_passing_on_the_sample_alone_takes_more_than_passing_in_the_end(usual: Cushion) -> None:
    for certainty in (0.8, 0.9, 0.95):
        by_sample, in_the_end = (usual.raw_needed(certainty, way) for way in (BY_SAMPLE, IN_THE_END))
        assert by_sample is not None
        assert in_the_end is not None
        assert by_sample > in_the_end > NEEDED


def test_the_even_chance_in_the_end_lies_where_the_middle_draw_reaches_the_requirement(usual: Cushion) -> None:
    even = usual.raw_needed(0.5, IN_THE_END)
    assert even is not None
    # 80 percent of lines valid; 1.5 percent of 200,000 lines repeat, so about 1.5 x even / 200,000 percent of even.
    repeats_of_valid = 0.015 / 0.8 * even / 200_000
    assert even * 0.8 * (1 - repeats_of_valid) == pytest.approx(NEEDED, rel=0.04)


def test_better_lines_need_fewer_of_them(usual: Cushion) -> None:
    better = cushion(17_600)
    assert (better.raw_needed(0.9, IN_THE_END) or 0) < (usual.raw_needed(0.9, IN_THE_END) or 0)


def test_beyond_the_curve_nothing_is_made_up(usual: Cushion) -> None:
    last = usual.points[-1]
    assert usual.raw_needed(1.0, BY_SAMPLE) is None or last.by_sample == 1


def test_a_thousand_more_lines_bring_less_than_their_valid_share_because_of_duplicates(usual: Cushion) -> None:
    mean = sum(more.valid_distinct for more in usual.next_thousand) / len(usual.next_thousand)
    assert 600 < mean < 800
    ordered = [more.valid_distinct for more in usual.next_thousand]
    assert ordered == sorted(ordered, reverse=True)


def test_striking_bad_lines_adds_no_valid_signature_and_takes_the_penalty_of_duplicates_away(usual: Cushion) -> None:
    at = usual.raw_needed(0.8, BY_SAMPLE)
    nothing, some, *_, every = cushion(at=at).cleaning
    assert (nothing.struck, nothing.worth_raw) == (0, 0)
    assert every.found == 1
    assert every.struck > 4 * some.struck * 0.95 > 0.15 * (at or 0)
    assert every.in_the_end == pytest.approx(some.in_the_end, abs=0.02)
    assert every.by_sample > 0.8 - 0.02


def test_where_a_sample_overlooks_duplicates_striking_them_is_worth_less_than_nothing() -> None:
    # Colorado takes off only the duplicates that a sample of one line in twenty shows, a twentieth of those there are.
    facts = PetitionFacts(as_of=date(2024, 5, 1), instrument="statute", requirement=124_238)
    colorado = draw_cushion(prepare("us/co", law_of("us/co"), facts, filing=False), at=None, draws=2000, seed=1)
    nothing, *_, every = colorado.cleaning
    assert every.by_sample < nothing.by_sample - 0.02
    assert every.in_the_end == pytest.approx(nothing.in_the_end, abs=0.01)
    assert every.worth_raw is not None
    assert every.worth_raw < 0


def test_a_thousand_more_lines_never_take_valid_signatures_away() -> None:
    worn_out = cushion(duplicates=60_000)
    assert all(more.valid_distinct > 0 for more in worn_out.next_thousand)


def test_a_petition_of_a_village_has_a_cushion_too() -> None:
    facts = PetitionFacts(as_of=date(2017, 5, 1), instrument="statute", requirement=1)
    few = draw_cushion(prepare("us/ca", law_of("us/ca"), facts, filing=False), at=None, draws=500, seed=1)
    assert 1 <= (few.raw_needed(0.9, IN_THE_END) or 0) < 20


def test_cost_stands_beside_each_number_of_signatures(usual: Cushion) -> None:
    [row] = usual.as_dict(certainties=[0.9], cost=6.5)["needed"]
    assert row[IN_THE_END]["cost"] == pytest.approx(6.5 * row[IN_THE_END]["raw_count"])
