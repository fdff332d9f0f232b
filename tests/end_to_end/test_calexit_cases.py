"""Seven real measures, loaded, shown, published and checked by the second program."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from referenda.assembly import law_of, open_store
from referenda.cli.app import app
from referenda.ledger.log import EventStore
from referenda.petitions.procedure import deadlines
from referenda.workflows.keep_case import case_state
from referenda.workflows.load_cases import load_case, real_cases
from referenda_verify import verify

CALIFORNIA = [name for name in real_cases() if name.startswith("us-ca-")]
FAILED = ["us-ca-15-0037", "us-ca-17-0005", "us-ca-18-0001", "us-ca-20-0001A1", "us-ca-24-0001A2"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that holds the seven measures."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/cases.db"
    store = open_store(url)
    for name in CALIFORNIA:
        load_case(store, name, law_of)
    store.close()
    return url


@pytest.fixture
def store(url: str):
    opened = open_store(url)
    yield opened
    opened.close()


def run(url: str, *words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--store", url, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def day_of(store: EventStore, name: str, kind: str) -> date:
    return next(event.occurred_on for event in store.read(name) if event.kind == kind)


def test_seven_measures_come_with_referenda() -> None:
    assert len(CALIFORNIA) == 7


def test_the_measure_of_2016_was_withdrawn(store: EventStore) -> None:
    case, _ = case_state(store, "us-ca-16-0011A1")
    assert case.stage == "withdrawn"
    assert day_of(store, case.name, "MeasureWithdrawn") == date(2017, 4, 17)
    assert [text.name for text in case.texts] == ["16-0011", "16-0011A1"]
    assert case.votes["plebiscite"].hangs_on is not None


@pytest.mark.parametrize("name", FAILED)
def test_five_measures_failed_because_nothing_was_filed(store: EventStore, name: str) -> None:
    case, _ = case_state(store, name)
    assert (case.stage, case.failed_because) == ("failed", "no_filing")


def test_the_measure_of_2020_failed_on_the_ninth_business_day_after_its_deadline(store: EventStore) -> None:
    assert day_of(store, "us-ca-20-0001A1", "MeasureFailed") == date(2021, 3, 19)
    case, law = case_state(store, "us-ca-20-0001A1")
    found = {deadline.name: deadline.date for deadline in deadlines(case, law)}
    assert (found["filing_deadline"], found["failed_without_filing"]) == (date(2021, 3, 8), date(2021, 3, 19))


def test_the_measure_of_2025_is_left_where_its_public_data_end(store: EventStore) -> None:
    case, _ = case_state(store, "us-ca-25-0010")
    assert case.stage == "circulation"
    assert case.dates == {}


@pytest.mark.parametrize("name", CALIFORNIA)
def test_the_published_figures_come_out_of_the_law(store: EventStore, name: str) -> None:
    published = real_cases()[name].published
    case, law = case_state(store, name)
    assert case.requirement == int(published["requirement"])
    if "quarter" in published:
        found = law.find(
            "milestone_25_percent",
            {"requirement": case.requirement},
            on=case.dates["official_summary_date"],
            instrument=case.instrument,
        )
        assert found.value == int(published["quarter"])
    clocks = {deadline.name: deadline.date.isoformat() for deadline in deadlines(case, law)}
    for clock in ("filing_deadline", "failed_without_filing"):
        if clock in published:
            assert clocks[clock] == published[clock]


@pytest.mark.parametrize("name", CALIFORNIA)
def test_every_event_has_a_source_or_follows_from_one_that_has(store: EventStore, name: str) -> None:
    for event in store.read(name):
        assert (
            event.data.get("sources")
            or event.data.get("doubt")
            or event.kind
            in (
                "RequirementDetermined",
                "MeasureTextSubmitted",
            )
        )


def test_loading_again_changes_nothing(url: str) -> None:
    before = {case["case"]: case["events"] for case in run(url, "case", "list")["cases"]}
    again = run(url, "case", "load", "16-0011A1")["cases"]
    assert again == [{"name": "us-ca-16-0011A1", "events": 10, "new": False}]
    assert {case["case"]: case["events"] for case in run(url, "case", "list")["cases"]} == before


def test_the_list_shows_the_cases_side_by_side(url: str) -> None:
    cases = {case["case"]: case for case in run(url, "case", "list", "--on", "2026-11-01")["cases"]}
    assert set(cases) == set(CALIFORNIA)
    assert cases["us-ca-17-0005"]["stage"] == "failed"
    assert cases["us-ca-17-0005"]["next_deadline"] is None


def test_the_redline_strikes_the_words_of_17_0005(url: str, tmp_path: Path) -> None:
    page = tmp_path / "redline.html"
    found = run(url, "case", "redline", "us-ca-17-0005", "--html", str(page))["redlines"]
    constitution = found[0]["segments"]
    assert [s["text"].strip() for s in constitution if s["change"] == "struck"] == ["that nothing can part from it"]
    assert not any(s["change"] == "added" for s in constitution)
    assert all(redline["standing"] == "paraphrase" for redline in found)
    assert "<del>" in page.read_text(encoding="utf-8")


def test_between_two_versions_only_the_day_of_the_plebiscite_changes(url: str) -> None:
    words = run(url, "case", "redline", "us-ca-16-0011A1", "--from", "16-0011", "--to", "16-0011A1")["redlines"]
    changed = [s["text"].strip() for r in words for s in r["segments"] if s["change"] != "same"]
    assert changed == ["13 March 2019", "another day than first proposed"]


def test_a_published_record_is_verified_by_the_second_program(url: str, tmp_path: Path) -> None:
    for name in CALIFORNIA:
        folder = tmp_path / name
        run(url, "record", "export", name, str(folder))
        report = verify(folder)
        assert report.verified, report.words()
        assert report.signatures == "checked"
        assert [finding["kind"] for finding in report.findings] == ["RequirementDetermined"]


def test_a_key_known_from_elsewhere_is_demanded(url: str, tmp_path: Path) -> None:
    run(url, "record", "export", "us-ca-20-0001A1", str(tmp_path / "record"))
    key = run(url, "record", "key")["verifier_key"]
    assert verify(tmp_path / "record", key).verified
    assert not verify(tmp_path / "record", key.replace("referenda+", "other+")).verified


def test_a_record_is_never_written_over_another(url: str, tmp_path: Path) -> None:
    run(url, "record", "export", "us-ca-20-0001A1", str(tmp_path / "record"))
    before = (tmp_path / "record" / "manifest.json").read_bytes()
    done = CliRunner().invoke(app, ["record", "export", "us-ca-17-0005", str(tmp_path / "record"), "--store", url])
    assert done.exit_code == 2
    assert "not empty" in done.output
    assert (tmp_path / "record" / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["record"]


@pytest.mark.parametrize("file", ["events.jsonl", "manifest.json", "law", "checkpoints", "README.txt"])
def test_any_file_that_was_tampered_with_is_found(url: str, tmp_path: Path, file: str) -> None:
    run(url, "record", "export", "us-ca-16-0011A1", str(tmp_path / "record"))
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "record", copy)
    path = next((copy / file).iterdir()) if (copy / file).is_dir() else copy / file
    content = path.read_bytes()
    place = len(content) // 2
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert not verify(copy).verified
    done = CliRunner().invoke(app, ["record", "verify", str(copy), "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["disagreement"]["message"]


def test_an_event_left_out_is_found(url: str, tmp_path: Path) -> None:
    run(url, "record", "export", "us-ca-16-0011A1", str(tmp_path / "record"))
    events = tmp_path / "record" / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"".join(lines[:-1]))
    assert not verify(tmp_path / "record").verified
