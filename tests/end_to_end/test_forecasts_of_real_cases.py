"""Forecasts kept on the way through the seven real measures: scored at the end, published, checked, and shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from referenda.assembly import law_of, open_store
from referenda.cli.app import app
from referenda.ledger.checkpoint import SigningKey
from referenda.ledger.event import Draft
from referenda.ledger.log import EventStore
from referenda.workflows.keep_case import keep_law, record_deed
from referenda.workflows.keep_forecast import keep_forecast
from referenda.workflows.load_cases import load_case, real_cases
from referenda.workflows.publish_record import publish_record
from referenda.workflows.score_forecasts import score_forecasts
from referenda_verify import verify

CALIFORNIA = [name for name in real_cases() if name.startswith("us-ca-")]
ENDED = ["us-ca-15-0037", "us-ca-16-0011A1", "us-ca-17-0005", "us-ca-18-0001", "us-ca-20-0001A1", "us-ca-24-0001A2"]


def forecast(store: EventStore, name: str, on: date, chance: float, **changed: Any) -> None:
    """Forecast on a day that a measure qualifies by a full check, and that it is not filed else."""
    given = {
        "question": "qualify", "as_of": on, "method": "guess/1", "seed": 1, "draws": 10_000,
        "inputs": {"guess": chance}, "outcomes": {"not_filed": 1 - chance, "full_check_yes": chance},
        "quantiles": {"raw_count": {"0.1": 20_000, "0.5": 180_000, "0.9": 700_000}},
    }  # fmt: skip
    keep_forecast(store, name, {**given, **changed}, by="newspaper:[red]Bee[/]", on=on)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of the seven measures, each forecast 30 days after its title, and one of them in its last week too."""
    folder = tmp_path_factory.mktemp("stores")
    url = f"sqlite:///{folder}/forecast.db"
    whole, store = open_store(f"sqlite:///{folder}/whole.db"), open_store(url)
    law = law_of("us/ca")
    keep_law(store, law)
    for name in CALIFORNIA:
        load_case(whole, name, law_of)
        for event in whole.read(name):
            if event.kind in ("MeasureFailed", "MeasureWithdrawn"):
                titled = next(e for e in whole.read(name) if e.kind == "TitleIssued")
                forecast(store, name, date.fromordinal(titled.occurred_on.toordinal() + 30), 0.1)
                if name == "us-ca-16-0011A1":
                    forecast(store, name, date(2017, 4, 13), 0.02)
            record_deed(store, name, Draft(event.kind, event.version, event.occurred_on, event.by, event.data), law=law)
    forecast(store, "us-ca-25-0010", date(2026, 7, 1), 0.3)
    forecast(store, "us-ca-16-0011A1", date(2017, 4, 18), 0.0)
    vote = {"question": "vote", "vote": "ratification", "outcomes": {"passed": 0.2, "failed": 0.8}, "quantiles": {}}
    forecast(store, "us-ca-16-0011A1", date(2017, 4, 13), 0, **vote)
    whole.close()
    store.close()
    return url


@pytest.fixture
def store(url: str):
    opened = open_store(url)
    yield opened
    opened.close()


def run(url: str, *words: str) -> str:
    done = CliRunner().invoke(app, ["forecast", "score", *words, "--store", url])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_six_measures_that_were_never_filed_are_scored_and_one_is_still_open(store: EventStore) -> None:
    found = score_forecasts(store)
    scored = found.standing("scored")
    assert sorted({one.case for one in scored}) == ENDED
    assert {one.outcome for one in scored} == {"not_filed"}
    assert [one.case for one in found.standing("open")] == ["us-ca-25-0010"]
    assert [one.event.occurred_on for one in found.standing("late")] == [date(2017, 4, 18)]
    assert [one.data.question for one in found.standing("fell_away")] == ["vote"]
    [question] = found.questions
    assert (question.forecasts, question.cases, question.brier_skill) == (7, 6, None)
    assert question.brier == pytest.approx((6 * 2 * 0.1**2 + 2 * 0.02**2) / 7)


def test_the_withdrawal_of_2017_came_four_days_after_the_second_forecast(store: EventStore) -> None:
    scored = [one for one in score_forecasts(store, ["us-ca-16-0011A1"]).forecasts if one.standing == "scored"]
    assert [one.lead_days for one in scored] == [51, 4]


def test_a_record_with_forecasts_is_published_and_agrees_with_the_checker(store: EventStore, tmp_path: Path) -> None:
    publish_record(store, "us-ca-16-0011A1", tmp_path / "record", SigningKey.generate("test"))
    report = verify(tmp_path / "record")
    assert report.verified, report.disagreement


def test_the_command_gives_what_the_workflow_finds(url: str, store: EventStore) -> None:
    assert json.loads(run(url, "--json")) == score_forecasts(store).as_dict()


def test_people_read_the_scores_in_words(url: str) -> None:
    words = run(url)
    assert "Will the measure qualify? 7 forecasts of 6 measures" in words
    assert "1 forecast not answered yet" in words
    assert "us-ca-16-0011A1, event 12: issued when the answer was there, and not scored." in words
    assert "[red]Bee[/]" in words  # what somebody else wrote is shown, not obeyed
    assert "Brier score 0.017" in words


def test_a_case_that_is_not_there_is_named(url: str) -> None:
    done = CliRunner().invoke(app, ["forecast", "score", "us-ca-16-0011", "--store", url, "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["faults"][0]["remedy"] == "Did you mean us-ca-16-0011A1?"


def test_a_forecast_asked_for_again_by_another_process_is_kept_with_the_same_numbers(tmp_path: Path) -> None:
    url = str(tmp_path / "cases.db")
    opened = open_store(url)
    load_case(opened, "us-ca-25-0010", law_of)
    opened.close()
    words = ["forecast", "qualify", "us/ca", "--instrument", "statute", "--as-of", "2026-03-01"]
    known = [
        "--start",
        "2026-01-02",
        "--deadline",
        "2026-07-01",
        "--requirement",
        "546651",
        "--gathered-so-far",
        "90000",
    ]
    kept = ["--valid", "700/1000", "--draws", "1000", "--seed", "7", "--case", "us-ca-25-0010", "--store", url]
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "referenda", *words, *known, *kept, "--html", str(tmp_path / "page.html")]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    opened = open_store(url)
    one, again = [event for event in opened.read("us-ca-25-0010") if event.kind == "ForecastIssued"]
    opened.close()
    assert one.data == again.data
    assert one.data["page_sha256"] == sha256((tmp_path / "page.html").read_bytes()).hexdigest()
    assert (one.data["question"], one.data["seed"], one.data["draws"]) == ("qualify", 7, 1000)
    assert one.data["inputs"]["gathered"] == [["2026-03-01", 90_000]]
