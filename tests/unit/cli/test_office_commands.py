"""`referenda petition open|intake|match|commit|sample|draw` at their doors: words, JSON, files and refusals."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from referenda.cli.app import app

SEED = "31415926535897932384"
SECTIONS = "section,lines,box\n" + "".join(f"{number:06},8,B{number // 40}\n" for number in range(1, 101))
LINES = "section,line_no,name,address,city,zip,date_signed\n000001,1,Ana Ruiz,1 Elm St,Alder,90001,2026-03-01\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def done(*words: str | Path) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that has committed to its lines and may draw."""
    folder = tmp_path_factory.mktemp("alder")
    patch = pytest.MonkeyPatch()
    patch.setenv("REFERENDA_STORE", str(folder / "cases.db"))
    record = ("case", "record", "parks")
    done(
        *("case", "open", "us/ca/example-county", "county-initiative", "parks"),
        *("--received", "2026-01-05", "--title", "Parks", "--proponent", "Ana"),
    )
    title = ("--set", "title=T", "--set", "identifier=1")
    done(*record, "TitleIssued", "--on", "2026-01-15", "--by", "county_counsel", *title)
    done(*record, "PetitionFiled", "--on", "2026-07-01", "--by", "proponents", "--set", "county=Alder")
    place = ("--place", "us/ca/example-county", "--county", "Alder")
    said = done("petition", "open", folder / "office", "--case", "parks", *place, "--on", "2026-07-01")
    assert said.startswith("The office of Alder for parks is open")
    (folder / "sections.csv").write_text(SECTIONS)
    (folder / "lines.csv").write_text(LINES)
    said = done(
        *("petition", "intake", folder / "office", "--sections", folder / "sections.csv"),
        *("--lines", folder / "lines.csv", "--by", "bo", "--on", "2026-07-02"),
    )
    assert "Alder holds 100 sections with 800 lines" in said
    assert "799 are missing: 000001/2, 000001/3" in said
    count = ("--set", "county=Alder", "--set", "raw_count=800")
    done(*record, "RawCountReported", "--on", "2026-07-03", "--by", "county:Alder", *count)
    said = done("petition", "commit", folder / "office", "--on", "2026-07-03")
    assert re.search("bound to 1 lines of 1 batches: root [0-9a-f]{64}", said)
    patch.undo()
    return folder / "office"


def sampled(office: Path, *more: str) -> str:
    return done("petition", "sample", office, "--seed", SEED, "--on", "2026-07-04", *more)


def test_the_sample_is_drawn_and_its_pull_list_written_for_its_owner_alone(office: Path) -> None:
    said = sampled(office)
    assert "Drawn from 800 lines of Alder: 500 lines on" in said
    assert "Elec. Code § 9115(a)" in said
    for name in ("pull-list.csv", "pull-list.html"):
        assert stat.S_IMODE((office / name).stat().st_mode) == 0o600
    page = (office / "pull-list.html").read_text()
    assert SEED in page and "Box B1" in page
    assert len((office / "pull-list.csv").read_text().splitlines()) == 501


def test_anybody_draws_the_same_lines_from_the_list_of_sections_and_the_seed(office: Path) -> None:
    first: dict[str, Any] = json.loads(sampled(office, "--json"))
    sections = office.parent / "sections.csv"
    again = json.loads(
        done("petition", "draw", sections, "--county", "Alder", "--seed", SEED, "--size", "500", "--json")
    )
    assert {key: again[key] for key in again} == {key: first[key] for key in again}
    said = done("petition", "draw", sections, "--county", "Alder", "--seed", SEED, "--size", "500").splitlines()
    assert said[:500] == first["lines"]
    assert said[500] == f"Frame {first['frame']}"


def test_the_published_record_is_enough_to_draw_again(office: Path, tmp_path: Path) -> None:
    first = json.loads(sampled(office, "--json"))
    record, store = tmp_path / "record", str(office.parent / "cases.db")
    done("record", "export", "parks", record, "--store", store, "--key-file", tmp_path / "key")
    how = ("--county", "Alder", "--seed", SEED, "--size", "500", "--json")
    assert json.loads(done("petition", "draw", record, *how))["drawn"] == first["drawn"]
    refused = run("petition", "draw", record, "--county", "Birch", *how[2:])
    assert refused.exit_code == 2 and "no sections of this county" in refused.stderr
    refused = run("petition", "draw", tmp_path, *how)
    assert refused.exit_code == 2 and "not a published record" in refused.stderr


def test_what_was_typed_wrongly_is_said_at_once(office: Path) -> None:
    sections = office.parent / "sections.csv"
    refused = run("petition", "draw", sections, "--county", "Alder", "--seed", "1", "--size", "900")
    assert refused.exit_code == 2
    assert "fewer than 20 digits" in refused.stderr and "so many lines cannot be drawn" in refused.stderr
    refused = run("petition", "sample", office, "--seed", SEED, "--size", "many", "--on", "July")
    assert refused.exit_code == 2
    assert "--size" in refused.stderr and "--on" in refused.stderr


def test_faults_of_both_files_are_said_together(office: Path, tmp_path: Path) -> None:
    (tmp_path / "sections.csv").write_text("section,lines\nno name,8\n")
    (tmp_path / "lines.csv").write_text(LINES + "000001,9,a,b,,,\n")
    files = ("--sections", tmp_path / "sections.csv", "--lines", tmp_path / "lines.csv")
    refused = run("petition", "intake", office, *files, "--json")
    assert refused.exit_code == 2
    faults = json.loads(refused.stdout)["error"]["faults"]
    assert [(fault["row"], fault["column"]) for fault in faults] == [(2, "section"), (3, "line_no")]


def test_a_match_needs_the_day_of_the_voter_file(office: Path, tmp_path: Path) -> None:
    names = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status\n"
    (tmp_path / "voters.csv").write_text(f"{names}V1,Ana,,Ruiz,,1,Elm St,,Alder,90001,Alder,2020-01-01,active\n")
    match = ("petition", "match", office, "--voters", tmp_path / "voters.csv", "--memory", "256MB")
    refused = run(*match)
    assert refused.exit_code == 2 and "--as-of" in refused.stderr
    said = done(*match, "--as-of", "2026-07-01", "--by", "bo", "--on", "2026-07-05")
    assert "1 lines matched against 1 registrations" in said
    assert "Voter file of 2026-07-01" in said


def test_a_folder_that_is_no_office_is_refused(tmp_path: Path) -> None:
    for command in (("match", "--voters", tmp_path), ("commit",), ("sample", "--seed", SEED), ("intake",)):
        refused = run("petition", command[0], tmp_path, *command[1:])
        assert refused.exit_code == 2
        assert "not an office's folder" in refused.stderr
