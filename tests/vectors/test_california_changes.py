"""What changed in California's law in 2015, 2016, 2018, 2020, 2023 and 2024: the day before, and the day itself.

Sources: SB 1253 and AB 2219 (2014), AB 1100 (2015), Proposition 71 (2018), SB 47 (2019), SB 1360 (2022), SB 386, SB 297
and AB 421 (2023), as cited in the law document.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from referenda.errors import UndeterminedError
from referenda.law.place import load_place

LAW = load_place("us/ca")
NONE = "no rule"


def value(name: str, on: date, instrument: str) -> str:
    try:
        return LAW.parameter(name, on=on, instrument=instrument).text
    except UndeterminedError:
        return NONE


@pytest.mark.parametrize(
    ("change", "name", "instrument", "first_day", "before", "after"),
    [
        ("circulation", "circulation_days", "statute", date(2015, 1, 1), "150", "180"),
        ("circulation", "circulation_days", "constitutional-amendment", date(2015, 1, 1), "150", "180"),
        ("circulation of a referendum", "circulation_days", "referendum", date(2015, 1, 1), "90", "90"),
        ("fiscal estimate", "fiscal_estimate_business_days", "statute", date(2015, 1, 1), "25", NONE),
        ("fiscal estimate", "fiscal_estimate_days", "statute", date(2015, 1, 1), NONE, "50"),
        ("public review", "review_days", "statute", date(2015, 1, 1), NONE, "30"),
        ("amendments", "amendment_days", "statute", date(2015, 1, 1), NONE, "5"),
        ("amendments", "substantive_amendment_days", "statute", date(2015, 1, 1), "15", NONE),
        ("hearings", "hearing_days", "statute", date(2015, 1, 1), NONE, "131"),
        ("milestone", "milestone_share", "statute", date(2015, 1, 1), NONE, "25%"),
        ("early stop", "full_check_early_stop", "statute", date(2015, 1, 1), "not possible", "possible"),
        ("withdrawal", "withdrawal_after_filing", "statute", date(2015, 1, 1), "not possible", "until qualified"),
        ("withdrawal", "withdrawal_after_filing", "referendum", date(2015, 1, 1), "not possible", "not possible"),
        ("withdrawal", "withdrawal_after_filing", "referendum", date(2023, 9, 8), "not possible", "until qualified"),
        ("withdrawal", "withdrawal_after_filing_consent", "statute", date(2024, 1, 1), "all", "majority"),
        ("withdrawal on a bill", "contingent_withdrawal", "statute", date(2024, 1, 1), "not possible", "possible"),
        ("fee", "filing_fee", "statute", date(2016, 1, 1), "200", "2000"),
        ("full check", "full_check_days", "statute", date(2024, 1, 1), "30", "60"),
        ("top funders", "top_funders_sheet", "statute", date(2020, 1, 1), "not required", "required"),
        ("top funders' line", "top_funders_warning", "statute", date(2023, 1, 1), "not required", "required"),
        ("effect", "takes_effect_days", "statute", date(2018, 6, 6), "1", "5"),
        ("effect", "takes_effect_from", "statute", date(2018, 6, 6), "election_date", "statement_of_vote_date"),
        ("raw count", "raw_count_days", "statute", date(2014, 1, 1), "8", "8"),
        ("sample", "random_sample_days", "statute", date(2014, 1, 1), "30", "30"),
    ],
)
def test_a_rule_is_the_old_one_the_day_before_and_the_new_one_on_the_day(
    change: str, name: str, instrument: str, first_day: date, before: str, after: str
) -> None:
    assert (before, after) == (
        value(name, first_day - timedelta(days=1), instrument),
        value(name, first_day, instrument),
    )


def test_the_fiscal_estimate_passed_to_the_legislative_analyst() -> None:
    assert "Joint Legislative Budget Committee" in value("fiscal_estimate_by", date(2014, 12, 31), "statute")
    assert "Legislative Analyst" in value("fiscal_estimate_by", date(2015, 1, 1), "statute")


@pytest.mark.parametrize(("on", "effect"), [(date(2008, 7, 31), "does_not_count"), (date(2020, 1, 1), "counts")])
def test_a_wrong_apartment_number_once_spoiled_a_signature_and_does_no_longer(on: date, effect: str) -> None:
    address = next(c for c in LAW.schema.signer_conditions if c.name == "residence_address")
    rules = [r for r in LAW.in_force(address.rules, on, "statute") if r.name == "apartment_number"]
    assert [effect] == [rule.effect for rule in rules]


def test_a_referendum_has_its_own_days() -> None:
    on = date(2022, 9, 6)
    days = {n: value(n, on, "referendum") for n in ("circulation_days", "qualification_days", "title_and_summary_days")}
    assert days == {"circulation_days": "90", "qualification_days": "31", "title_and_summary_days": "10"}
    assert value("review_days", on, "referendum") == NONE


def test_a_summary_has_at_most_a_hundred_words() -> None:
    assert {value("summary_words", date(2020, 1, 1), i) for i in LAW.instruments} == {"100"}


def test_of_conflicting_measures_the_one_with_most_yes_votes_prevails() -> None:
    assert value("conflict_prevails", date(2016, 11, 8), "statute") == "most yes votes"


def test_every_reason_code_belongs_to_one_condition_of_the_signer() -> None:
    of_conditions = [code for condition in LAW.schema.signer_conditions for code in condition.reason_codes]
    assert sorted(of_conditions) == sorted(code.name for code in LAW.schema.reason_codes)
    assert len(set(of_conditions)) == len(of_conditions)


def test_only_a_line_without_a_signature_is_left_out_of_the_raw_count() -> None:
    assert [code.name for code in LAW.schema.reason_codes if not code.raw_count] == ["signature_missing"]
