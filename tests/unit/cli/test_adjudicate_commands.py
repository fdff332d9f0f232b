"""`referenda petition next|decide|undo|second-looks|full-check|withdraw|status|quality|finish` at their doors."""

from __future__ import annotations

import errno
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.app import app

SEED = "31415926535897932384"
SIGNERS = [("Ana", "Ruiz"), ("Bo", "Lindgren"), ("Cora", "Bellamy"), ("Dmitri", "Volkov"), ("Ella", "Fontaine")]
LINES = "section,line_no,name,address,city,zip,date_signed\n" + "".join(
    f"0001,{n},{first} {last},{n}1 Elm St,Alder,90001,2026-03-0{n}\n" for n, (first, last) in enumerate(SIGNERS, 1)
)
VOTERS = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n" + "".join(
    f"V{n},{first},,{last},,{n}1,Elm St,,Alder,90001,Alder,2015-01-01,active\n"
    for n, (first, last) in enumerate(SIGNERS[:4], 1)
)


def run(*words: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(app, [str(word) for word in words])


def done(*words: str | Path) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def found(*words: str | Path) -> Any:
    return json.loads(done(*words, "--json"))


def refused(*words: str | Path) -> str:
    result = run(*words)
    assert result.exit_code == 2, result.output
    return result.stderr


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with five matched lines, all drawn; V5 is not in the voter file."""
    folder = tmp_path_factory.mktemp("alder")
    patch = pytest.MonkeyPatch()
    patch.setenv("REFERENDA_STORE", str(folder / "cases.db"))
    (folder / "sections.csv").write_text("section,lines,circulator\n0001,5,Ines\n")
    (folder / "lines.csv").write_text(LINES)
    (folder / "voters.csv").write_text(VOTERS)
    record, office = ("case", "record", "parks"), folder / "office"
    place = ("us/ca/example-county", "county-initiative", "parks")
    done("case", "open", *place, "--received", "2026-01-05", "--title", "Parks", "--proponent", "Ana")
    title = ("--set", "title=T", "--set", "identifier=1")
    done(*record, "TitleIssued", "--on", "2026-01-15", "--by", "county_counsel", *title)
    done(*record, "PetitionFiled", "--on", "2026-07-01", "--by", "proponents", "--set", "county=Alder")
    where = ("--place", "us/ca/example-county", "--county", "Alder", "--on", "2026-07-01")
    done("petition", "open", office, "--case", "parks", *where)
    files = ("--sections", folder / "sections.csv", "--lines", folder / "lines.csv")
    done("petition", "intake", office, *files, "--by", "kim", "--on", "2026-07-02")
    match = ("--voters", folder / "voters.csv", "--as-of", "2026-06-30")
    done("petition", "match", office, *match, "--by", "kim", "--on", "2026-07-02")
    count = ("--set", "county=Alder", "--set", "raw_count=5")
    done(*record, "RawCountReported", "--on", "2026-07-03", "--by", "county:Alder", *count)
    done("petition", "commit", office, "--on", "2026-07-03")
    done("petition", "sample", office, "--seed", SEED, "--on", "2026-07-03")
    patch.undo()
    return folder


@pytest.fixture
def office(drawn: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "copy")) / "office"


def test_the_next_line_comes_with_its_candidate_as_json_and_in_words(office):
    line = found("petition", "next", office, "--by", "anna", "--line", "0001/1")["next"]
    assert (line["keyed"]["name"], line["candidates"][0]["voter_id"], line["of"]) == ("Ana Ruiz", "V1", 5)
    assert line["settles"] == []
    words = done("petition", "next", office, "--by", "anna", "--line", "0001/1")
    assert "Ana Ruiz" in words
    assert "--line 0001/1 --by anna" in words


def test_the_registration_is_shown_where_the_snapshot_is_given(office, tmp_path):
    snapshot = tmp_path / "snapshot"
    done("voters", "import", office.parent / "voters.csv", "--out", snapshot, "--as-of", "2026-06-30")
    words = done("petition", "next", office, "--by", "anna", "--line", "0001/1", "--voters", snapshot)
    assert "Ana Ruiz; 11 Elm St Alder 90001; active, registered 2015-01-01" in words
    assert "not a snapshot" in refused("petition", "next", office, "--by", "anna", "--voters", tmp_path)
    decide = ("petition", "decide", office, "--by", "anna", "--line", "0001/1", "--on", "2026-07-06")
    unknown = refused(*decide, "--valid", "--voter", "V99", "--voters", snapshot)
    assert "no voter of this id, named for the line 0001/1" in unknown
    assert "V99" not in unknown
    assert found(*decide, "--valid", "--voter", "V1", "--voters", snapshot) == {"decided": 1}


def test_a_line_is_decided_undone_and_decided_again(office):
    decide = ("petition", "decide", office, "--by", "anna", "--on", "2026-07-06", "--line", "0001/5")
    assert found(*decide, "--reject", "not_registered") == {"decided": 1}
    undo = ("petition", "undo", office, "--line", "0001/5", "--by", "bo", "--on", "2026-07-06")
    assert "what anna decided on 2026-07-06 is taken back" in done(*undo, "--why", "found")
    assert "1 line decided" in done(*decide, "--valid", "--voter", "V9")
    assert "anna decided this line" in refused(*decide, "--valid", "--voter", "V9")


def test_what_is_decided_must_be_said_and_only_once(office, tmp_path):
    decide = ("petition", "decide", office, "--by", "anna")
    assert "not said what is decided" in refused(*decide)
    assert "not said what is decided" in refused(*decide, "--line", "0001/1", "--accept-proposed")
    assert "rejected for a reason" in refused(*decide, "--line", "0001/1")
    assert "rejected for a reason" in refused(*decide, "--line", "0001/1", "--valid", "--reject", "duplicate")
    assert "named person" in refused("petition", "decide", office, "--accept-proposed")
    assert "cannot be read" in refused(*decide, tmp_path / "nowhere.csv")


def test_a_list_to_fill_in_is_read_back_by_decide(office, tmp_path):
    filled = tmp_path / "work.csv"
    assert "5 lines for anna" in done("petition", "next", office, "--by", "anna", "--list", filled)
    rows = filled.read_text().splitlines()
    lines = [row.split(",")[0] for row in rows[1:]]
    filled.write_text("\n".join([rows[0], *(f"{line},not_valid,not_registered,,," for line in lines)]) + "\n")
    assert found("petition", "decide", office, filled, "--by", "anna", "--on", "2026-07-06") == {"decided": 5}
    assert found("petition", "next", office, "--by", "anna") == {"next": None}
    assert "Nothing is left for anna" in done("petition", "next", office, "--by", "anna")


def test_what_is_wrong_in_a_file_is_said_with_the_file(office, tmp_path):
    decisions, requests = tmp_path / "anna.csv", tmp_path / "requests.csv"
    decisions.write_text("line,decision,reason\n0001/1,not_valid,not_regstered\n")
    wrong = refused("petition", "decide", office, decisions, "--by", "anna", "--on", "2026-07-06")
    assert f"{decisions}, row 2, column reason: the law of this place has no such reason code" in wrong
    requests.write_text("request,received_on,line\nW-1,2026-06-20,0001/9\n")
    wrong = refused("petition", "withdraw", office, requests, "--by", "anna", "--on", "2026-07-06")
    assert f"{requests}, row 2, column line: there is no such line" in wrong


def test_a_receipt_before_any_decision_is_on_record_says_so(office, tmp_path):
    words = done("petition", "receipt", office, "--line", "0001/1", "--out", tmp_path / "receipt.json")
    assert "No decision is on the record yet" in words
    assert stat.S_IMODE((tmp_path / "receipt.json").stat().st_mode) == 0o600


def test_a_full_disk_is_told_as_such(office, tmp_path, monkeypatch):
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("referenda.cli.certify.write_whole", full)
    told = refused("petition", "receipt", office, "--line", "0001/1", "--out", tmp_path / "receipt.json")
    assert "there is no space left on the disk. Make room, and say it again." in told


def test_finished_and_in_work_stand_apart(office):
    done(
        "petition", "second-looks", office, "--share", "100%", "--seed", "2" * 20, "--by", "dora", "--on", "2026-07-06"
    )
    done("petition", "decide", office, "--accept-proposed", "--by", "anna", "--on", "2026-07-06")
    status = found("petition", "status", office, "--on", "2026-07-06")
    assert status["finished"]["lines"] == 0
    assert status["in_work"] == {"lines": 5, "second_look": 4, "undecided": 1}
    assert status["statutory"] is None
    assert status["by_day"] == [{"day": "2026-07-06", "by": "county:Alder/anna", "looks": 4}]
    words = done("petition", "status", office, "--on", "2026-07-06")
    assert "chosen for a second look by another person" in words
    assert "Not statutory yet" in words


def test_a_check_that_is_not_complete_is_not_finished(office):
    assert "5 of 5 lines are in work" in refused("petition", "finish", office, "--basis", "sample")
    assert "no basis" in refused("petition", "finish", office, "--basis", "half")
    assert "only the sample" in refused("petition", "finish", office, "--basis", "full_check")
    assert "no check of every line was ordered" in refused("petition", "full-check", office, "--by", "dora")


def test_the_share_of_second_looks_and_its_seed_are_checked(office):
    looks = ("petition", "second-looks", office, "--by", "dora")
    assert "between 0 and 1" in refused(*looks, "--share", "500%", "--seed", "2" * 20)
    assert "20 digits" in refused(*looks, "--share", "5%", "--seed", "12")
    assert "seed of the sample" in refused(*looks, "--share", "5%", "--seed", SEED)


def test_requests_to_withdraw_are_found_by_the_voter_file_and_named_by_their_number(office, tmp_path):
    requests = tmp_path / "requests.csv"
    requests.write_text(
        "request,received_on,name,address,city,zip\nW-1,2026-06-01,Ana Ruiz,11 Elm St,Alder,90001\n"
        "W-2,2026-07-01,Bo Lindgren,21 Elm St,Alder,90001\nW-3,2026-06-01,Nobody Known,9 No St,Alder,90001\n"
    )
    withdraw = ("petition", "withdraw", office, requests, "--by", "dora", "--on", "2026-07-06")
    assert "no voter file" in refused(*withdraw)
    answer = found(*withdraw, "--voters", office.parent / "voters.csv")
    assert [(one["request"], one["decision"], one["lines"]) for one in answer["recorded"]] == [
        ("W-1", "withdrawn", ["0001/1"]),
        ("W-2", "late", ["0001/2"]),
    ]
    assert answer["unclear"] == [{"row": 4, "request": "W-3"}]
    assert "Ruiz" not in json.dumps(answer)
    status = found("petition", "status", office, "--on", "2026-07-06")
    assert status["finished"]["reasons"] == {"withdrawn": 1}


def test_groups_are_compared_and_the_page_is_the_owners_alone(office, tmp_path):
    page = tmp_path / "quality.html"
    quality = ("petition", "quality", office)
    answer = found(*quality, "--from", "matches", "--by", "keyed-by")
    assert [(group["name"], group["lines"], group["valid"]) for group in answer["groups"]] == [("kim", 5, 4)]
    assert "Written" in done(*quality, "--from", "matches", "--page", page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "Did you mean circulator" in refused(*quality, "--by", "circulater")
    assert "no line is finished" in refused(*quality)


def test_a_folder_that_is_no_office_is_refused(tmp_path):
    for command in ("next", "status", "quality"):
        by = ("--by", "anna") if command == "next" else ()
        assert "not an office's folder" in refused("petition", command, tmp_path, *by)
