"""`petition certify|receipt|report` at the door: what is missing or wrong is said, and nothing is half-written."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from referenda.assembly import open_store
from referenda.cli.app import app
from referenda.workflows.open_office import open_office

_FILE = Path(__file__).parents[1] / "workflows" / "petition_of_alder.py"
_SPEC = importlib.util.spec_from_file_location("petition_of_alder", _FILE)
assert _SPEC is not None and _SPEC.loader is not None
alder: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(alder)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The folder of an office whose petition was checked whole, by its counts on the record."""
    alder.checked(tmp_path).store.close()
    folder, store = tmp_path / "office", str(tmp_path / "cases.db")
    about = {"case": alder.CASE, "place": alder.PLACE, "county": alder.COUNTY, "on": date(2026, 7, 9)}
    open_office(folder, open_store, store, **about).close()
    return folder


def typed(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_certificate_is_written_as_json_and_pdf_and_said(office, tmp_path):
    out = tmp_path / "papers"
    code, said, _ = typed("petition", "certify", office, "--out", out, "--on", "2026-09-15", "--by", "R. Ortega")
    assert code == 0
    assert said.startswith("Certificate No. 1 of Alder is on the record")
    assert sorted(path.name for path in out.iterdir()) == ["certificate-1.json", "certificate-1.pdf"]
    code, said, _ = typed("petition", "certify", office, "--out", out, "--json")
    found = json.loads(said)
    assert (code, found["new"], found["number"], found["certified_by"], found["valid"]) == (
        0,
        False,
        1,
        "R. Ortega",
        9338,
    )


@pytest.mark.parametrize("number", ["0", "2", "-1"])
def test_a_number_that_was_not_issued_is_refused_and_nothing_is_written(office, tmp_path, number):
    typed("petition", "certify", office, "--out", tmp_path / "papers", "--on", "2026-09-15")
    code, said, error = typed("petition", "certify", office, "--out", tmp_path / "others", "--number", number)
    assert (code, said) == (2, "")
    assert "there is no such certificate" in error
    assert not (tmp_path / "others").exists()


def test_a_file_in_place_of_the_folder_is_refused_before_anything_is_recorded(office, tmp_path):
    (tmp_path / "papers").write_text("mine", encoding="utf-8")
    code, _, error = typed("petition", "certify", office, "--out", tmp_path / "papers", "--on", "2026-09-15")
    assert (code, (tmp_path / "papers").read_text(encoding="utf-8")) == (2, "mine")
    assert "this is not a folder" in error
    assert typed("petition", "certify", office, "--out", tmp_path / "other", "--number", "1")[0] == 2


@pytest.mark.parametrize(
    "whose",
    [(), ("--line", "a/1", "--name", "Ana", "--address", "1 Elm"), ("--name", "Ana"), ("--address", "1 Elm")],
    ids=["nobody", "line and name", "name alone", "address alone"],
)
def test_a_receipt_is_of_a_line_or_of_a_name_and_address(office, tmp_path, whose):
    code, _, error = typed("petition", "receipt", office, "--out", tmp_path / "receipt.json", *whose)
    assert (code, (tmp_path / "receipt.json").exists()) == (2, False)
    assert "Give --line, or --name and --address." in error


def test_nobody_is_found_who_did_not_sign_and_the_name_is_not_repeated(office, tmp_path):
    asked = ("--name", "Ana Ruiz", "--address", "1 Elm St")
    code, _, error = typed("petition", "receipt", office, "--out", tmp_path / "receipt.json", *asked)
    assert code == 2
    assert "no line has this name and this address" in error
    assert "Ruiz" not in error


def test_the_page_is_written_from_what_is_there(office, tmp_path):
    typed("petition", "certify", office, "--out", tmp_path / "papers", "--on", "2026-09-15")
    code, _, error = typed("petition", "report", office, "--out", tmp_path / "page.html", "--on", "2026-09-16")
    assert (code, error) == (0, "")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "9,338 of 12,000 signatures examined are valid" in page
    assert "Certificates" in page
