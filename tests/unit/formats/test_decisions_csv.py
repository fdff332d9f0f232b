"""Files of decisions and of requests to withdraw: what they hold, and every fault at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.formats.decisions_csv import read_decisions
from referenda.formats.withdrawals_csv import read_withdrawals

DAY = date(2026, 7, 6)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


def decisions(path: Path, by: str | None = "anna"):
    return read_decisions(path, by_person=lambda person: f"county:Alder/{person}", by=by, on=DAY)


def faults(error: InputError) -> list[tuple[int | None, str | int | None]]:
    return [(fault.row, fault.column) for fault in error.faults]


def test_a_decision_names_line_person_day_and_what_was_decided(tmp_path):
    text = "line,decision,reason,voter_id,duplicate_of,by,decided_on,note\n1/1,valid,,V1,,bo,2026-07-05,slant\n"
    [one] = decisions(written(tmp_path, text))
    assert (one.line, one.valid, one.voter_id, one.by) == ("1/1", True, "V1", "county:Alder/bo")
    assert (one.day, one.note, one.reason, one.row) == (date(2026, 7, 5), "slant", None, 2)


def test_person_and_day_of_the_command_stand_in_where_the_file_names_none(tmp_path):
    [one] = decisions(written(tmp_path, "line,decision,reason\n1/1,Not valid,not_registered\n"))
    assert (one.by, one.day, one.valid, one.reason) == ("county:Alder/anna", DAY, False, "not_registered")


def test_every_fault_of_the_file_is_said_at_once(tmp_path):
    text = "line,decision,by,decided_on\n1/1,maybe,anna,2026-07-05\n1/2,valid,a/b,2026-07-05\n,valid,,soon\n"
    with pytest.raises(InputError) as refused:
        decisions(written(tmp_path, text), by=None)
    found = faults(refused.value)
    assert (2, "decision") in found
    assert (3, "by") in found
    assert {(4, "line"), (4, "by"), (4, "decided_on")} <= set(found)


def test_an_unknown_column_is_refused_with_the_one_that_was_meant(tmp_path):
    with pytest.raises(InputError, match="Did you mean voter_id"):
        decisions(written(tmp_path, "line,decision,voterid\n1/1,valid,V1\n"))


def test_a_request_names_the_signer_the_line_or_the_voter(tmp_path):
    text = (
        "request,received_on,name,address,city,zip,line,voter_id\n"
        "W-1,2026-06-01,Ana Ruiz,1 Elm St,Alder,90001,,\n"
        "W-2,2026-06-02,,,,,1/7,\n"
        ",2026-06-03,,,,,,V1\n"
    )
    found = read_withdrawals(written(tmp_path, text))
    assert [request.number for request in found] == ["W-1", "W-2", "file.csv:4"]
    assert (found[0].name, found[1].line, found[2].voter_id) == ("Ana Ruiz", "1/7", "V1")


def test_every_fault_of_the_requests_is_said_at_once(tmp_path):
    text = (
        "request,received_on,name,address\nW-1,June,Ana,1 Elm St\nW-2,2026-06-02,,\nW-1,2026-06-03,Bo,2 Elm St\n"
        "W-4,,Cy,3 Elm St\n"
    )
    with pytest.raises(InputError) as refused:
        read_withdrawals(written(tmp_path, text))
    assert set(faults(refused.value)) == {(2, "received_on"), (3, "name"), (4, "request"), (5, "received_on")}


def test_what_a_signer_wrote_is_no_part_of_a_message(tmp_path):
    with pytest.raises(InputError) as refused:
        read_withdrawals(written(tmp_path, "received_on,name,address\n2026-06-01,Ana Ruiz,\n"))
    assert "Ruiz" not in str(refused.value)
