"""The commands of cases and records, as they are typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from referenda.cli.app import app
from referenda.ledger.stores.sql import SqlStore


def record(kind: str, on: str, by: str, *more: str) -> list[str]:
    return ["case", "record", "parks", kind, "--on", on, "--by", by, *more]


class Desk:
    """A clerk's desk with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/cases.db"

    def type_(self, *words: str) -> Result:
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, [*words, "--store", self.url])

    def do(self, *words: str) -> str:
        done = self.type_(*words)
        assert done.exit_code == 0, done.output
        return done.output

    def find(self, *words: str) -> Any:
        return json.loads(self.do(*words, "--json"))

    def refused(self, *words: str) -> str:
        done = self.type_(*words)
        assert done.exit_code == 2
        assert "Traceback" not in done.output
        return done.output

    def faults(self, *words: str) -> Any:
        done = self.type_(*words, "--json")
        assert done.exit_code == 2
        return json.loads(done.stdout)["error"]["faults"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which one measure circulates since 3 March 2025."""
    desk = Desk(tmp_path)
    opened = ["case", "open", "us/ca", "statute", "parks", "--received", "2025-01-02", "--title", "More [bold]parks[/]"]
    desk.do(*opened, "--proponent", "Ana", "--proponent", "Bo", "--set", "fee_dollars=2000")
    title = ["--set", "title=Parks. Initiative Statute.", "--set", "identifier=25-0001"]
    desk.do("case", "record", "parks", "TitleIssued", "--on", "2025-03-03", "--by", "attorney_general", *title)
    desk.do("case", "record", "parks", "RequirementDetermined", "--on", "2025-03-03", "--by", "secretary_of_state")
    return desk


def test_a_case_is_opened_recorded_in_and_shown(desk: Desk) -> None:
    words = desk.do("case", "show", "parks", "--on", "2025-04-01")
    assert "Stage: circulation" in words
    assert "filing_deadline, Tue 2025-09-02 (in 154 days)" in words
    assert "546,651 valid signatures" in words
    assert "More [bold]parks[/]" in words  # what a record holds is never markup
    found = desk.find("case", "show", "parks", "--on", "2025-04-01")
    assert found["stage"] == "circulation"
    assert found["next_deadline"]["days_left"] == 154
    assert [event["kind"] for event in found["history"]] == ["MeasureReceived", "TitleIssued", "RequirementDetermined"]


def test_a_refused_deed_exits_with_the_rule_and_records_nothing(desk: Desk) -> None:
    words = desk.refused(*record("PetitionFiled", "2025-09-03", "proponents", "--set", "county=Yuba"))
    assert "1 day too late" in words and "Elec. Code § 9014(b)" in words
    assert desk.find("case", "show", "parks")["events"] == 3


def test_a_deed_that_is_late_and_stands_says_so(desk: Desk) -> None:
    desk.do(*record("PetitionFiled", "2025-07-01", "proponents", "--set", "county=Yuba"))
    counted = record("RawCountReported", "2025-07-15", "county:Yuba", "--data", '{"county":"Yuba","raw_count":600000}')
    assert "1 day late (due 2025-07-14, raw_count_due) and stands" in desk.do(*counted)


def test_numbers_that_the_law_computes_are_computed(desk: Desk, tmp_path: Path) -> None:
    desk.do(*record("PetitionFiled", "2025-07-01", "proponents", "--set", "county=Yuba"))
    desk.do(
        *record("RawCountReported", "2025-07-02", "county:Yuba", "--set", "county=Yuba", "--set", "raw_count=700000")
    )
    desk.do(*record("SampleOrdered", "2025-07-03", "secretary_of_state"))
    data = tmp_path / "sample.json"
    data.write_text('{"county": "Yuba", "sample_size": 21000, "valid_in_sample": 20000, "duplicates_in_sample": 0}')
    desk.do(*record("SampleReported", "2025-07-10", "county:Yuba", "--data", str(data)))
    words = desk.do(*record("SampleProjected", "2025-07-11", "secretary_of_state"))
    assert "666,680 valid: sufficient" in words  # 700,000 × 95.24 percent
    desk.do(*record("PetitionFoundSufficient", "2025-07-11", "secretary_of_state", "--set", "basis=sample"))
    desk.do(*record("ElectionSet", "2025-07-12", "secretary_of_state", "--set", "election_date=2026-11-03"))
    desk.do(*record("MeasureQualified", "2026-06-25", "secretary_of_state"))
    vote = ["--set", "vote=ratification", "--set", "day=2026-11-03", "--set", "rule=yes > no"]
    desk.do(*record("VoteScheduled", "2026-06-25", "secretary_of_state", *vote))
    counts = ["--set", "vote=ratification", "--set", "yes=6000000", "--set", "no=5000000"]
    decided = desk.find(*record("VoteDecided", "2026-11-03", "secretary_of_state", *counts))
    assert decided["event"]["data"]["passed"] is True
    assert decided["stage"] == "voted"
    assert desk.do("record", "export", "parks", str(tmp_path / "record")).startswith("The record of parks")
    done = CliRunner().invoke(app, ["record", "verify", str(tmp_path / "record")])
    assert done.exit_code == 0
    assert "3 computed again" in done.output


def test_what_may_be_done_is_said_with_the_last_day(desk: Desk) -> None:
    deeds = {deed["kind"]: deed for deed in desk.find("case", "may", "parks", "--on", "2025-04-01")["deeds"]}
    assert deeds["PetitionFiled"]["last_day"] == "2025-09-02"
    assert deeds["MeasureFailed"]["standing"] == "not_yet"
    assert deeds["MeasureWithdrawn"]["consent"] == "all"
    assert "Until Tue 2025-09-02, in 154 days" in desk.do("case", "may", "parks", "--on", "2025-04-01")


def test_deadlines_are_written_as_a_calendar(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "parks.ics"
    found = desk.find("case", "deadlines", "parks", "--on", "2025-04-01", "--ics", str(file))
    filing = next(deadline for deadline in found["deadlines"] if deadline["name"] == "filing_deadline")
    assert (filing["date"], filing["days_left"]) == ("2025-09-02", 154)
    assert "DTSTART;VALUE=DATE:20250902" in file.read_text(encoding="utf-8")
    assert "filing_deadline" in desk.do("case", "deadlines", "parks")


def test_conditions_are_said_in_words(desk: Desk) -> None:
    opened = ["case", "open", "us/ca", "statute", "fees", "--received", "2025-01-02", "--title", "T"]
    said = desk.refused(*opened, "--proponent", "Ana", "--set", "fee_dollars=100")
    assert "fee dollars is 100, and the law asks for at least 2,000 (filing fee)" in said
    said = desk.refused(*record("QuarterMilestoneCertified", "2025-04-01", "proponents", "--set", "signatures=9"))
    assert "signatures is 9, and the law asks for at least 136,662.75 (milestone share of requirement)" in said
    said = desk.refused(*record("FullCheckOrdered", "2025-04-01", "secretary_of_state"))
    assert " = 1" not in said
    may = " ".join(desk.do("case", "may", "parks", "--on", "2025-09-10").split())
    assert "signatures at least milestone share of requirement" in may
    assert "reason `no_filing`" in may
    assert not re.search(r"[<>]=| = [01]", may)


def test_a_deadline_after_the_end_of_a_measure_does_not_come(desk: Desk) -> None:
    desk.do(*record("MeasureWithdrawn", "2025-03-10", "proponents", "--set", "consent=Ana", "--set", "consent=Bo"))
    words = desk.do("case", "deadlines", "parks", "--on", "2025-03-11")
    assert not re.search(r"in \d+ day", words)
    assert "falls away" in words
    found = {row["name"]: row for row in desk.find("case", "deadlines", "parks", "--on", "2025-03-11")["deadlines"]}
    assert found["filing_deadline"]["days_left"] is None and found["filing_deadline"]["falls_away"] is True
    assert found["comment_period_ends"]["falls_away"] is False


@pytest.mark.parametrize(
    "words",
    [
        ["case", "list"],
        ["case", "show", "parks"],
        ["case", "may", "parks"],
        ["case", "deadlines", "parks"],
        ["case", "text", "parks"],
        ["case", "redline", "parks"],
        record("SampleOrdered", "2025-07-01", "secretary_of_state"),
        ["record", "export", "parks", "out"],
        ["case", "open", "us/ca", "statute", "x", "--received", "2025-13-02", "--title", "T", "--proponent", "A"],
        ["case", "open", "us/ca", "statute", "X y", "--received", "2025-01-02", "--title", "T", "--proponent", "A"],
        ["case", "open", "us/ca", "statute", "law.x", "--received", "2025-01-02", "--title", "T", "--proponent", "A"],
        ["case", "load", "16-0011A2"],
    ],
)
def test_looking_where_no_store_is_makes_none(tmp_path: Path, words: list[str]) -> None:
    said = Desk(tmp_path).refused(*words)
    assert not list(tmp_path.iterdir())
    if words[:2] not in (["case", "open"], ["case", "load"]):
        assert "there is no store here" in said and "referenda case load" in said


def test_an_empty_store_says_how_to_begin(tmp_path: Path) -> None:
    SqlStore(f"sqlite:///{tmp_path}/cases.db").close()
    assert "referenda case load" in Desk(tmp_path).do("case", "list")


def test_no_key_is_made_for_a_case_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    assert "Did you mean parks" in desk.refused("record", "export", "parcs", str(tmp_path / "record"))
    assert not (tmp_path / "cases.db.key").exists()


def test_all_that_is_wrong_with_a_case_to_be_opened_is_said_at_once(tmp_path: Path) -> None:
    opened = ["case", "open", "us/ca", "statut", "X y", "--received", "2024-13-06", "--title", "", "--proponent", ""]
    faults = Desk(tmp_path).faults(*opened, "--set", "fee_dollars=abc", "--set", "colour")
    assert {fault.get("column") for fault in faults} >= {"--received", "--set", "--title", "--proponent"}
    assert any(fault.get("value") == "statut" for fault in faults)
    assert any(fault.get("value") == "X y" for fault in faults)
    assert all(fault.get("remedy") for fault in faults), faults


def test_a_case_that_has_begun_is_not_opened_again_and_the_way_on_is_said(desk: Desk) -> None:
    opened = ["case", "open", "us/ca", "statute", "parks", "--received", "2025-01-02", "--title", "T"]
    said = desk.refused(*opened, "--proponent", "Ana", "--set", "fee_dollars=2000")
    assert "has begun" in said and "referenda case show parks" in said


@pytest.fixture
def voting(desk: Desk) -> Desk:
    """The same, with a vote whose rule asks for more than yes and no."""
    vote = ["--set", "vote=v", "--set", "day=2026-11-03", "--set", "rule=yes > no and ballots >= 50% of registered"]
    desk.do(*record("VoteScheduled", "2025-03-04", "proponents", *vote))
    return desk


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ('{"vote":"v","yes":1.5,"no":2}', "quantities.yes"),
        ('{"vote":"v","yes":"1/3","no":2}', "quantities.yes"),
        ('{"vote":"v","yes":"5%","no":2}', "quantities.yes"),
        ('{"vote":"v","yes":10,"no":5,"turnout":4}', "quantities.turnout"),
        ('{"vote":"v","yes":10,"no":[5,6]}', "quantities.no"),
        ('{"vote":"v","yes":1,"no":2,"readings":"x"}', "readings"),
        ('{"vote":"v","yes":1,"no":2,"readings":{"voting":1}}', "readings.voting"),
        ('{"vote":"v","yes":1,"no":2,"passed":"x"}', "passed"),
        ('{"vote":"v","yes":1,"no":2,"sources":5}', "sources"),
        ('{"yes":1,"no":2}', "vote"),
        ('{"vote":["v"],"yes":1,"no":2}', "vote"),
    ],
)
def test_what_is_wrong_with_the_counts_of_a_vote_is_named_by_its_key(voting: Desk, data: str, named: str) -> None:
    found = voting.faults(*record("VoteDecided", "2026-11-03", "secretary_of_state", "--data", data))
    assert named in [fault["column"] for fault in found]


def test_a_count_that_a_vote_lacks_is_asked_for_by_its_key(voting: Desk) -> None:
    counts = ["--set", "vote=v", "--set", "yes=10", "--set", "no=5", "--set", "registered=30"]
    said = voting.refused(*record("VoteDecided", "2026-11-03", "secretary_of_state", *counts))
    assert "--set ballots=" in said and "--set invalid=" in said
    assert "--ballots" not in said
    wrong = [*counts, "--set", "ballots=31"]
    said = voting.refused(*record("VoteDecided", "2026-11-03", "secretary_of_state", *wrong))
    assert "--set registered=" in said and "--registered" not in said


@pytest.mark.parametrize("readings", ["true", '"x"', '{"base_applies_from": 1}', "[1]", "5"])
@pytest.mark.parametrize("kind", ["RequirementDetermined", "SampleProjected"])
def test_readings_of_a_wrong_form_are_named(desk: Desk, kind: str, readings: str) -> None:
    words = record(kind, "2025-03-03", "secretary_of_state", "--data", f'{{"readings": {readings}}}')
    assert [fault["column"].split(".")[0] for fault in desk.faults(*words)] == ["readings"]


def test_a_projection_takes_sources_and_refuses_keys_that_it_does_not_have(desk: Desk) -> None:
    said = desk.refused(*record("SampleProjected", "2025-03-03", "secretary_of_state", "--set", "colour=red"))
    assert "has no such key" in said


def test_the_text_of_a_measure_is_shown_and_compared(desk: Desk, tmp_path: Path) -> None:
    assert "No text" in desk.do("case", "text", "parks")
    assert "no text of parks" in desk.refused("case", "redline", "parks")
    opened = ["case", "open", "us/ca", "statute", "fees", "--received", "2025-01-02", "--title", "Fees"]
    desk.do(*opened, "--proponent", "Ana", "--set", "fee_dollars=2000")
    changes = (
        '{"text_version":"25-0002","standing":"verbatim","changes":[{"provision":"§ 1","law":"five","proposed":"six"}]}'
    )
    desk.do(
        "case", "record", "fees", "MeasureTextSubmitted", "--on", "2025-01-02", "--by", "proponents", "--data", changes
    )
    assert "[-five-]{+six+}" in desk.do("case", "redline", "fees")
    assert "the filed words" in desk.do("case", "text", "fees")
    assert "<ins>" not in desk.do("case", "redline", "fees", "--html", str(tmp_path / "fees.html"))
    assert "<ins>" in (tmp_path / "fees.html").read_text(encoding="utf-8")
    assert "no version" in desk.refused("case", "redline", "fees", "--to", "25-0003")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "{"], "this is not JSON"),
        (["--data", "{\n x"], "(row 2, character 2)"),
        (["--data", "[1]"], "must be a JSON object"),
        (["--data", "null"], "must be a JSON object"),
        (["--data", '"x"'], "must be a JSON object"),
        (["--data", "{" + "9" * 5000], "this is not JSON"),
        (["--data", '{"county": ' + "9" * 5000 + "}"], "too long"),
        (["--data", "missing.json"], "cannot be read"),
        (["--set", "county"], "Write KEY=VALUE"),
        (["--set", "conty=Yuba"], "Did you mean `county`"),
        (["--data", '{"county": "Yuba", "raw_count": 3.5}'], "raw_count"),
        (["--data", '{"county": "Yuba", "raw_count": 1e400}'], "raw_count"),
        (["--data", '{"county": "\\ud800", "raw_count": 1}'], ""),
    ],
)
def test_wrong_data_are_named(desk: Desk, words: list[str], message: str) -> None:
    assert message in desk.refused(*record("RawCountReported", "2025-07-02", "county:Yuba", *words))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["case", "show", "parcs"], "Did you mean parks"),
        (["case", "load", "16-0011A2"], "Did you mean 16-0011A1"),
        (
            ["case", "open", "us/cb", "statute", "x", "--received", "2025-01-02", "--title", "T", "--proponent", "A"],
            "Did you mean us/",
        ),
        (
            ["case", "open", "us/ca", "statut", "x", "--received", "2025-01-02", "--title", "T", "--proponent", "A"],
            "statute",
        ),
        (
            ["case", "open", "us/ca", "statute", "X y", "--received", "2025-01-02", "--title", "T", "--proponent", "A"],
            "name of a case",
        ),
        (["record", "export", "parks", "/nowhere/record"], "does not exist"),
    ],
)
def test_wrong_words_are_named_with_the_right_ones(desk: Desk, words: list[str], message: str) -> None:
    more = ["--set", "fee_dollars=2000"] if "open" in words else []
    assert message in desk.refused(*words, *more)


def test_kinds_of_event_are_listed_with_their_keys() -> None:
    words = CliRunner().invoke(app, ["case", "kinds", "RawCountReported"]).output
    assert "raw_count (whole number, needed)" in words
    everything = json.loads(CliRunner().invoke(app, ["case", "kinds", "--json"]).output)
    assert everything["VoteScheduled"]["rule"]["required"] is True


def test_a_record_that_is_none_is_not_verified(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["record", "verify", str(tmp_path)])
    assert done.exit_code == 2
    assert "NOT VERIFIED" in done.output


def test_a_key_is_made_once_and_kept_from_others(desk: Desk, tmp_path: Path) -> None:
    first = desk.find("record", "key")["verifier_key"]
    assert desk.find("record", "key")["verifier_key"] == first
    assert re.fullmatch(r"referenda\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", first)
    assert (tmp_path / "cases.db.key").stat().st_mode & 0o077 == 0


def test_the_key_of_a_database_server_must_be_named(tmp_path: Path) -> None:
    words = ["record", "key", "--store", "postgresql+psycopg://clerk@nowhere/cases"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "--key-file" in done.output


def test_a_provision_that_both_versions_strike_is_said_to_be_struck(desk: Desk) -> None:
    desk.do("case", "load", "16-0011A1")
    shown = desk.do("case", "redline", "us-ca-16-0011A1", "--from", "16-0011", "--to", "16-0011A1")
    assert "(struck in both)" in shown
    assert "[-13 March 2019-]{+another day than first proposed+}" in shown
