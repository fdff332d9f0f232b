"""Petitions of the past, and what share of lines a place's petitions have valid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from referenda.forecasting.history import (
    DISTINCT,
    FORM_ONLY,
    PRIOR_MEAN,
    USED,
    PastPetition,
    read_history,
    validity_of_place,
)

HISTORY = read_history()
BY_NAME = {past.measure: past for past in HISTORY}
NOT_A_MEASURE_OF_VALIDITY = {"", "partial", "running", "campaign", "challenge", "court", "districts"}


def petition(name: str, place: str = "us/xx", valid: int = 75_000, **more: object) -> PastPetition:
    plain = PastPetition(
        measure=name,
        place=place,
        year=2010,
        requirement=60_000,
        raw_count=100_000,
        sampled=None,
        valid_in_sample=None,
        valid=valid,
        valid_kind="projected_lines",
        duplicates=None,
        method="full_check",
        qualified=True,
        note="",
        source="invented",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_every_petition_stands_once_with_its_source() -> None:
    assert len(BY_NAME) == len(HISTORY) >= 70
    assert [past.measure for past in HISTORY if not past.source.startswith("http")] == []


def test_no_petition_has_more_valid_than_filed_nor_more_sampled() -> None:
    wrong = [
        past.measure
        for past in HISTORY
        if (
            (past.valid or 0) + (past.duplicates or 0) > (past.raw_count or past.valid or 0)
            and past.valid_kind not in NOT_A_MEASURE_OF_VALIDITY
        )
        or (past.valid_in_sample or 0) > (past.sampled or 0)
        or (past.sampled or 0) > (past.raw_count or 0)
    ]
    assert wrong == []


def test_every_kind_of_valid_is_one_that_is_known() -> None:
    assert {past.valid_kind for past in HISTORY} <= {*USED, *NOT_A_MEASURE_OF_VALIDITY}


def test_counts_of_campaigns_courts_and_running_checks_say_nothing_of_the_share() -> None:
    doubtful = [past for past in HISTORY if past.valid_kind in NOT_A_MEASURE_OF_VALIDITY]
    assert len(doubtful) > 5
    assert {past.line_share for past in doubtful} == {None}


def test_repeats_of_signers_are_put_back_among_the_valid_lines() -> None:
    assert BY_NAME["R-71 domestic partnerships"].line_share == (122_007 + 2_093) / 137_881
    distinct = petition("d", valid=75_000, valid_kind="distinct")
    assert distinct.line_share == pytest.approx(0.75 / 0.97)
    assert petition("d", valid=75_000).line_share == 0.75


def test_a_sample_is_taken_for_the_share_where_repeats_are_not_known() -> None:
    assert BY_NAME["I-917"].line_share == (9_442 + 24) / 10_819
    assert BY_NAME["I-917"].lines_checked == 10_819


def test_a_place_of_which_nothing_is_known_gets_the_mean_of_all_and_the_whole_spread() -> None:
    unknown = validity_of_place(HISTORY, "us/tx")
    known = validity_of_place(HISTORY, "us/ca")
    assert unknown.petitions == 0
    assert 0.70 < unknown.share < 0.80
    assert unknown.between_sd > 1.5 * known.between_sd
    assert unknown.degrees < known.degrees


def test_a_county_is_pooled_as_its_state_is() -> None:
    assert validity_of_place(HISTORY, "us/ca/alameda") == validity_of_place(HISTORY, "us/ca")


def test_a_place_is_drawn_towards_all_places_the_less_is_known_of_it() -> None:
    others = [petition(f"{place} {n}", place, 70_000) for place in ("us/a", "us/b", "us/c", "us/d") for n in range(4)]
    shares = [
        validity_of_place([*others, *(petition(f"new {n}", "us/new", 90_000 + n) for n in range(many))], "us/new").share
        for many in (0, 1, 2, 6)
    ]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.70, abs=0.01)
    assert 0.85 < shares[-1] < 0.90


def test_a_place_that_looks_up_no_line_does_not_speak_for_others() -> None:
    with_wisconsin = validity_of_place(HISTORY, "us/co")
    without = validity_of_place([past for past in HISTORY if past.valid_kind != FORM_ONLY], "us/co")
    assert with_wisconsin == without
    assert validity_of_place(HISTORY, "us/wi").share > 0.94


def test_the_petition_left_out_is_not_known() -> None:
    left_out = validity_of_place(HISTORY, "us/wa", leave_out="I-1351")
    assert left_out == validity_of_place([past for past in HISTORY if past.measure != "I-1351"], "us/wa")
    assert left_out.petitions == validity_of_place(HISTORY, "us/wa").petitions - 1


def test_a_forecast_of_the_past_knows_earlier_petitions_only() -> None:
    assert validity_of_place(HISTORY, "us/ca", year=2017).petitions == 2
    nothing = validity_of_place(HISTORY, "us/ca", year=1900)
    assert (nothing.mean_logit, nothing.petitions) == (PRIOR_MEAN, 0)


def test_the_order_of_the_petitions_does_not_matter() -> None:
    forwards, backwards = (validity_of_place(each, "us/co") for each in (HISTORY, HISTORY[::-1]))
    assert forwards.mean_logit == pytest.approx(backwards.mean_logit)
    assert forwards.between_sd == pytest.approx(backwards.between_sd)


def test_distinct_counts_are_those_with_repeats_taken_off() -> None:
    assert {BY_NAME[name].valid_kind for name in ("Newsom recall", "Six Californias")} == set(DISTINCT)
