"""Writing a forecast as a record can hold it, and keeping it in its case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referenda import __version__
from referenda.assembly import law_of, open_store
from referenda.errors import InputError, LawError
from referenda.ledger.canonical import canonical
from referenda.petitions.forecast_kinds import inputs_digest
from referenda.workflows.keep_case import case_state, open_case
from referenda.workflows.keep_forecast import forecast_data, in_record, keep_forecast, share_texts

CASE = "us-ca-test"


def forecast(**changed: Any) -> dict[str, Any]:
    given = {
        "question": "qualify", "as_of": date(2017, 1, 26), "method": "qualification/1", "seed": 1, "draws": 10_000,
        "inputs": {"requirement": 585_407, "validity": 0.76, "gathered": [(date(2017, 3, 1), 45_000)]},
        "outcomes": {"not_filed": 0.9, "fails_raw_count": 0.0, "full_check_yes": 0.1},
        "quantiles": {"raw_count": {"0.1": 41_234.56789, "0.5": 180_000.0}, "projected": {}},
    }  # fmt: skip
    return {**given, **changed}


@pytest.fixture
def store(tmp_path):
    opened = open_store(str(tmp_path / "cases.db"))
    open_case(
        opened, law_of("us/ca"), CASE, "statute", received=date(2016, 11, 21), title="Test", proponents=["Ana"],
        more={"fee_dollars": 2000},
    )  # fmt: skip
    yield opened
    opened.close()


def test_a_forecast_is_kept_with_its_versions_and_the_hash_of_its_inputs(store):
    event = keep_forecast(store, CASE, forecast(), by="newspaper:Bee", on=date(2017, 1, 27))
    inputs = {"requirement": 585_407, "validity": "0.76", "gathered": [["2017-03-01", 45_000]]}
    assert (event.kind, event.position, event.by) == ("ForecastIssued", 1, "newspaper:Bee")
    assert event.data == {
        "question": "qualify", "as_of": "2017-01-26", "method": "qualification/1", "seed": 1, "draws": 10_000,
        "program": f"referenda {__version__}", "numpy": np.__version__, "inputs": inputs,
        "inputs_sha256": inputs_digest(inputs),
        "outcomes": {"not_filed": "0.9000", "fails_raw_count": "0.0000", "full_check_yes": "0.1000"},
        "quantiles": {"raw_count": {"0.1": "41234.57", "0.5": "180000"}},
    }  # fmt: skip
    assert case_state(store, CASE)[0].stage == "public_review"


def test_the_same_forecast_issued_again_says_the_same(store):
    one, again = (keep_forecast(store, CASE, forecast(), by="public", on=date(2017, 1, 27)) for _ in range(2))
    assert again.position == one.position + 1
    assert again.data == one.data


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcomes": {"not_filed": 0.9, "full_check_yes": 0.2}}, "do not add up to 1"),
        ({"outcomes": {"not_filed": 1.5, "full_check_yes": -0.5}}, "not a probability"),
        ({"outcomes": {"not_filed": float("nan")}}, "not finite"),
        ({"outcomes": {"not_filed": "most"}}, "not a probability"),
        ({"outcomes": {"not_filled": 1.0}}, "Did you mean `not_filed`"),
        ({"inputs": {"validity": float("inf")}}, "not finite"),
        ({"inputs": {"validity": object()}}, "cannot hold a object"),
        ({"quantiles": {"raw_count": {"0.5": float("nan")}}}, "not finite"),
        ({"quantiles": {"raw_count": {"0.5": 2.0, "0.9": 1.0}}}, "fall where their level rises"),
        ({"question": "win"}, "not one of the words"),
        ({"seed": None}, "needs this key"),
        ({"surprise": 1}, "no such key"),
    ],
)
def test_what_is_no_forecast_is_not_kept(store, changed, words):
    with pytest.raises(InputError, match=words):
        keep_forecast(store, CASE, forecast(**changed), by="public", on=date(2017, 1, 27))
    assert store.size(CASE) == 1


def test_a_forecast_of_a_later_day_than_its_issue_or_of_no_case_is_not_kept(store):
    with pytest.raises(LawError, match="cannot know"):
        keep_forecast(store, CASE, forecast(), by="public", on=date(2017, 1, 25))
    with pytest.raises(InputError, match="Did you mean us-ca-test"):
        keep_forecast(store, "us-ca-tset", forecast(), by="public", on=date(2017, 1, 27))


@given(weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_probabilities_are_written_to_add_up_to_one_and_moved_by_less_than_a_ten_thousandth(weights):
    shares = {str(place): weight / sum(weights) for place, weight in enumerate(weights)}
    written = share_texts(shares)
    assert sum(Fraction(text) for text in written.values()) == 1
    assert all(abs(float(written[name]) - share) < 1e-4 + 1e-12 for name, share in shares.items())


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(-1e15, 1e15),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    )
)
def test_whatever_a_record_can_hold_is_written_so_that_its_canonical_json_exists(value):
    assert canonical(in_record(value, "inputs"))


@given(number=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_a_float_is_written_so_that_it_reads_as_the_same_float(number):
    text = in_record(number, "inputs")
    assert "e" not in text
    assert float(text) == number


def test_numbers_of_every_kind_are_written_exactly():
    numbers = {"numpy": np.float64(0.5), "many": np.array([1, 2]), "third": Fraction(1, 3), "cost": Decimal("6.50")}
    assert in_record(numbers, "inputs") == {"numpy": "0.5", "many": [1, 2], "third": "1/3", "cost": "6.50"}
    assert in_record({3, 1}, "inputs") == [1, 3]
    assert in_record(-0.0, "inputs") == "0"


def test_what_is_missing_is_left_for_the_kind_to_name():
    assert set(forecast_data({"question": "vote"})) == {"question", "program", "numpy"}
