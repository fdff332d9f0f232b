"""The README's main job: real measures, their numbers, their records and the checker's verdict."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from referenda.cli.demo import make_room


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "referenda", "demo", "--out", str(folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder


def test_every_record_is_confirmed_by_the_checker_with_its_signature(demo: tuple[dict[str, Any], Path]) -> None:
    records = demo[0]["records"]
    assert [record["case"] for record in records] == [
        "us-ca-16-0011A1",
        "us-ca-17-0005",
        "us-ca-20-0001A1",
        "me-2006-independence",
        "gb-scotland-1979-devolution",
        "alder-creek-2025",
    ]
    assert [(record["verified"], record["signatures"]) for record in records] == [(True, "checked")] * 6


def test_measures_end_as_history_has_it(demo: tuple[dict[str, Any], Path]) -> None:
    ends = {shown["case"]: (shown["stage"], shown["requirement"]) for shown in demo[0]["measures"]}
    assert ends == {
        "us-ca-16-0011A1": ("withdrawn", 585407),
        "us-ca-17-0005": ("failed", 585407),
        "us-ca-20-0001A1": ("failed", 623212),
    }


@pytest.mark.parametrize(
    ("case", "deadline", "day"),
    [
        ("us-ca-16-0011A1", "filing_deadline", "2017-07-25"),
        ("us-ca-17-0005", "filing_deadline", "2018-01-22"),
        ("us-ca-20-0001A1", "filing_deadline", "2021-03-08"),
        ("us-ca-20-0001A1", "failed_without_filing", "2021-03-19"),
    ],
)
def test_published_days_come_out(demo: tuple[dict[str, Any], Path], case: str, deadline: str, day: str) -> None:
    [shown] = [shown for shown in demo[0]["measures"] if shown["case"] == case]
    assert {d["name"]: d["date"] for d in shown["deadlines"]}[deadline] == day


def test_votes_come_out_under_their_own_rules_and_under_others(demo: tuple[dict[str, Any], Path]) -> None:
    outcomes = {vote["case"]: [rule["passed"] for rule in vote["rules"]] for vote in demo[0]["votes"]}
    assert outcomes == {
        "me-2006-independence": [True, True, True],
        "gb-scotland-1979-devolution": [False, False],
    }


def test_six_californias_falls_14550_short_of_a_full_check(demo: tuple[dict[str, Any], Path]) -> None:
    six = demo[0]["six_californias"]
    assert (six["decision"], six["limit"]["away"]) == ("insufficient", -14550)


WITHDRAWN = "The signer withdrew the signature in time."


def test_the_invented_petition_ends_in_an_amended_certificate_and_every_paper_agrees(
    demo: tuple[dict[str, Any], Path],
) -> None:
    petition = demo[0]["petition"]
    sample, full = petition["decided"]
    first, second = petition["certificates"]
    assert (petition["requirement"], petition["raw_count"]) == (9051, 12000)
    assert (sample["lines"], sample["duplicates"], petition["projection"]["decision"]) == (500, 1, "full_check")
    assert full["lines"] == 12000
    assert {reason["about"]: reason["lines"] for reason in full["reasons"]}[WITHDRAWN] == 2
    assert (second["number"], second["valid"], second["valid"] - first["valid"]) == (2, full["valid"], 1)
    assert second["result"]["decision"] == "sufficient"
    assert [paper["verified"] for paper in petition["papers"]] == [True] * 4
    decisions = [paper["receipt"].get("decision") for paper in petition["papers"]]
    assert decisions == [None, None, "valid", "not_valid"]


def test_what_the_invented_clerks_did_is_what_the_second_looks_find(demo: tuple[dict[str, Any], Path]) -> None:
    petition = demo[0]["petition"]
    clerks, looks = petition["clerks"], petition["decided"][1]["second_looks"]
    two_looks_differ = 2 * clerks["wrong"] / clerks["looks"]
    assert looks["low"] < two_looks_differ < looks["high"]
    assert abs(petition["decided"][1]["valid"] - petition["valid_in_truth"]) <= clerks["standing_wrong"]
    estimate = petition["projection"]["estimate"]
    assert estimate["low"] < petition["valid_in_truth"] < estimate["high"]


def test_no_name_and_no_address_of_a_signer_or_voter_is_in_the_public_record(demo: tuple[dict[str, Any], Path]) -> None:
    import pyarrow.parquet as pq

    county, record = demo[1] / "petition" / "county", demo[1] / "records" / "alder-creek-2025"
    public = b"".join(path.read_bytes() for path in record.rglob("*") if path.is_file()).decode()
    lines = pq.read_table(county / "lines.parquet", columns=["name", "address"]).to_pydict()
    voters = pq.read_table(county / "voters.parquet", columns=["voter_id"])["voter_id"].to_pylist()
    private = {*lines["name"], *lines["address"], *voters} - {"illegible"}
    told = [text for text in private if len(text) > 6 and text in public]
    assert told == []


def test_the_certificates_are_pdf_beside_the_page(demo: tuple[dict[str, Any], Path]) -> None:
    page = (demo[1] / "petition" / "report.html").read_text(encoding="utf-8")
    for name in ("certificate-1.pdf", "certificate-2.pdf"):
        assert (demo[1] / "petition" / name).read_bytes().startswith(b"%PDF-")
        assert f'href="{name}"' in page


def test_the_office_keeps_its_folder_and_its_store_to_itself(demo: tuple[dict[str, Any], Path]) -> None:
    own = demo[1] / "petition"
    modes = {name: (own / name).stat().st_mode & 0o777 for name in ("office", "office/secret", "petition.db")}
    assert modes == {"office": 0o700, "office/secret": 0o600, "petition.db": 0o600}


class _Page(HTMLParser):
    """Collect tags and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_one_file_without_script_or_anything_from_elsewhere(demo: tuple[dict[str, Any], Path]) -> None:
    text = Path(demo[0]["page"]).read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not re.search(r"@import|url\(", text)
    words = " ".join(page.words)
    assert "585,407" in words
    assert "failed on Fri 2021-03-19" in words
    assert "✓ all agrees" in words


def test_a_folder_with_anything_else_in_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "referenda", "demo", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "something else than an earlier demo lies here" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_an_earlier_demo_left_makes_room_for_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "petition").mkdir(parents=True)
    for name in ("report.html", "cases.db", "referenda.key"):
        (folder / name).write_text("old", encoding="utf-8")
    make_room(folder)
    assert not folder.exists()


def test_a_byte_changed_in_a_record_is_found(demo: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "record"
    shutil.copytree(demo[1] / "records" / "us-ca-16-0011A1", copy)
    events = copy / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b"2017-04-17", b"2017-04-18", 1))
    done = subprocess.run(
        [sys.executable, "-m", "referenda", "record", "verify", str(copy), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["verified"] is False
