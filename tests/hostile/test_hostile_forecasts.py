"""Forecasts that are none: whatever is given to be kept is kept as it is, or refused in plain words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from referenda.assembly import law_of, open_store
from referenda.cli.app import app
from referenda.errors import InputError, RecordError, ReferendaError
from referenda.petitions.events import data_from_text, read_data
from referenda.petitions.forecast_kinds import inputs_digest
from referenda.workflows.keep_case import open_case
from referenda.workflows.keep_forecast import forecast_data, keep_forecast

CASE, ON = "a", date(2025, 4, 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def forecast(**changed: Any) -> dict[str, Any]:
    given = {"question": "qualify", "as_of": ON, "method": "guess/1", "seed": 1, "draws": 1000, "inputs": {}}
    return {**given, "outcomes": {"not_filed": 1.0}, **changed}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = str(tmp_path_factory.mktemp("store") / "cases.db")
    store = open_store(url)
    open_case(
        store, law_of("us/ca"), CASE, "statute", received=date(2025, 1, 2), title="Test", proponents=["Ana"],
        more={"fee_dollars": 2000},
    )  # fmt: skip
    store.close()
    return url


@pytest.fixture
def store(url: str):
    opened = open_store(url)
    yield opened
    opened.close()


@given(key=st.sampled_from(["question", "as_of", "method", "seed", "draws", "inputs", "inputs_sha256", "outcomes",
                            "quantiles", "vote", "page_sha256", "late", "between"]), value=JSON)  # fmt: skip
def test_any_value_under_any_key_is_read_or_refused_in_plain_words(key, value):
    data = {**forecast_data(forecast()), key: value}
    for read in (read_data, data_from_text):
        try:
            read("ForecastIssued", data)
        except InputError as error:
            assert error.faults
            assert not any(word in str(error) for word in ("Input should", "pydantic", "Traceback"))


@given(key=st.sampled_from(["inputs", "outcomes", "quantiles", "seed", "draws", "as_of", "question"]), value=JSON)
def test_any_value_that_a_program_gives_is_written_or_refused(key, value):
    try:
        forecast_data(forecast(**{key: value}))
    except (InputError, RecordError) as error:
        assert error.faults


@pytest.mark.parametrize(
    "inputs",
    [
        {"deep": json.loads("[" * 80 + "]" * 80)},
        {"large": "x" * (4 * 2**20)},
        {"number": 2**53},
        {"half": "\ud800"},
        {"\ud800": 1},
    ],
    ids=["nested too deep", "longer than an event", "beyond exact integers", "half a character", "half a key"],
)
def test_inputs_that_no_record_holds_leave_the_record_as_it_was(store, inputs):
    size = store.size(CASE)
    with pytest.raises(ReferendaError):
        keep_forecast(store, CASE, forecast(inputs=inputs), by="public", on=ON)
    assert store.size(CASE) == size


def test_probabilities_by_the_thousand_are_refused_as_unknown_outcomes(store):
    shares = {f"outcome {number}": 0.0001 for number in range(10_000)}
    with pytest.raises(InputError, match="has no outcome"):
        keep_forecast(store, CASE, forecast(outcomes=shares), by="public", on=ON)


@pytest.mark.parametrize("text", ["1e999", "NaN", "Infinity", "-1", "0x1", "\u0661", "1_0", "10" * 200])
def test_numbers_in_disguise_are_no_probabilities_and_no_quantiles(store, text):
    for changed in ({"outcomes": {"not_filed": text}}, {"quantiles": {"raw_count": {"0.5": text}}}):
        if "quantiles" in changed and text == "-1":
            continue  # a plain number, if an odd one
        with pytest.raises(InputError):
            keep_forecast(store, CASE, forecast(**changed), by="public", on=ON)


def test_a_file_of_a_forecast_with_numbers_with_points_is_refused_by_key(url, tmp_path: Path):
    data = {**forecast_data(forecast()), "inputs": {"validity": 0.76}}
    file = tmp_path / "forecast.json"
    file.write_text(json.dumps(data))
    words = ["case", "record", CASE, "ForecastIssued", "--on", "2025-04-01", "--by", "public", "--data", str(file)]
    done = CliRunner().invoke(app, [*words, "--store", url, "--json"])
    assert done.exit_code == 2
    assert "no number with a point" in json.loads(done.stdout)["error"]["faults"][0]["message"]


def test_a_file_of_a_forecast_is_recorded_as_any_event_is(url, tmp_path: Path):
    inputs = {"place": "us/ca", "note": "[bold]\x1b[31mred"}
    data = {**forecast_data(forecast()), "inputs": inputs, "inputs_sha256": inputs_digest(inputs)}
    file = tmp_path / "forecast.json"
    file.write_text(json.dumps(data))
    words = ["case", "record", CASE, "ForecastIssued", "--on", "2025-04-01", "--by", "\x1b[31mpublic"]
    done = CliRunner().invoke(app, [*words, "--data", str(file), "--store", url])
    assert done.exit_code == 0, done.output
    assert "\x1b[31m" not in done.output
