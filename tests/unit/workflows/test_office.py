"""A county's office: its folder, what is taken in, what is matched, and the sample that anybody can draw again."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from referenda.assembly import matching_engine, open_store
from referenda.errors import InputError, LawError, RecordError
from referenda.formats.keyed_lines import read_keyed_lines
from referenda.formats.voter_file import open_voter_file
from referenda.law.place import load_place
from referenda.ledger.stores.sql import SqlStore
from referenda.petitions.section import Section, frame_digest, identities
from referenda.stats.draw import ticket
from referenda.workflows import office_folder
from referenda.workflows.commit_petition import commit_lines
from referenda.workflows.draw_sample import draw_sample, pull_csv
from referenda.workflows.keep_case import determine_requirement, draft_from_text, open_case, record_deed
from referenda.workflows.match_petition import match_petition
from referenda.workflows.office_files import address_to_store
from referenda.workflows.office_folder import Office
from referenda.workflows.open_office import open_office
from referenda.workflows.take_in import TakenIn, take_in

CASE, PLACE, COUNTY = "alder-parks", "us/ca/example-county", "Alder"
FILED = date(2026, 7, 1)
SEED = "31415926535897932384"
SECTIONS = [Section("000001", 3, box="B1", circulator="Ana"), Section("000002", 2, box="B1"), Section("000010", 2)]
HEAD = "section,line_no,name,address,city,zip,date_signed\n"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the case of a measure that was filed in Alder."""
    path = tmp_path_factory.mktemp("filed") / "cases.db"
    store = SqlStore(f"sqlite:///{path}")
    open_case(
        store, load_place(PLACE), CASE, "county-initiative", received=date(2026, 1, 5), title="P", proponents=["Ana"]
    )
    title = {"title": "T", "identifier": "1"}
    record_deed(store, CASE, draft_from_text("TitleIssued", date(2026, 1, 15), "county_counsel", title))
    determine_requirement(store, CASE, date(2026, 1, 15), by="county_elections_official")
    record_deed(store, CASE, draft_from_text("PetitionFiled", FILED, "proponents", {"county": COUNTY}))
    store.close()
    return path


@pytest.fixture
def store_path(filed: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copy(filed, tmp_path / "cases.db"))


@pytest.fixture
def office(store_path: Path, tmp_path: Path) -> Iterator[Office]:
    about = {"case": CASE, "place": PLACE, "county": "alder county", "on": FILED}
    opened = open_office(tmp_path / "office", open_store, str(store_path), by="anna", **about)
    yield opened
    opened.close()


Intake = Callable[..., TakenIn]


@pytest.fixture
def intake(office: Office, tmp_path: Path) -> Intake:
    """Take in sections, and batches of lines given as text."""

    def take(sections: list[Section] = (), *batches: str, **more: bool) -> TakenIn:  # type: ignore[assignment]
        paths = []
        for number, text in enumerate(batches):
            paths.append(tmp_path / f"batch{number}.csv")
            paths[-1].write_text(HEAD + text, encoding="utf-8")
        return take_in(
            office, sections=sections, lines=paths, on=FILED, by="bo", **more,
            read_lines=lambda path, known: read_keyed_lines(path, county=COUNTY, sections=known),
        )  # fmt: skip

    return take


def report_raw_count(office: Office, raw_count: int) -> None:
    data = {"county": COUNTY, "raw_count": raw_count}
    record_deed(office.store, CASE, draft_from_text("RawCountReported", FILED, f"county:{COUNTY}", data))


# The folder


def test_only_its_owner_can_read_the_folder_and_the_store_that_names_voters(office, store_path):
    assert stat.S_IMODE(office.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in office.folder.iterdir() if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in office.folder.iterdir() if path.is_file()} == {0o600}
    assert stat.S_IMODE(store_path.stat().st_mode) == 0o600


def test_the_office_is_known_by_case_and_county_as_the_record_spells_it(office):
    assert (office.county, office.log) == (COUNTY, "office.alder-parks.alder")
    [begun] = office.events()
    assert (begun.kind, begun.by, begun.data["county"]) == ("PetitionTakenIn", "county:Alder/anna", COUNTY)
    assert len(office.secret()) == 32


def test_folder_and_store_can_be_moved_together(office, tmp_path):
    office.close()
    (tmp_path / "elsewhere").mkdir()
    for name in ("office", "cases.db"):
        (tmp_path / name).rename(tmp_path / "elsewhere" / name)
    with Office.open(tmp_path / "elsewhere" / "office", open_store) as again:
        assert again.case == CASE


def test_everything_wrong_with_an_opening_is_said_at_once_and_nothing_is_made(store_path, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    about = {"case": CASE, "place": "us/ca", "county": "Aldr", "on": FILED}
    with pytest.raises(InputError) as error:
        open_office(tmp_path / "there", open_store, str(store_path), **about)
    assert [fault.column for fault in error.value.faults] == [None, "--place", "--county"]
    assert "Did you mean Alder" in str(error.value)
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["file"]
    with pytest.raises(InputError, match="no case of this name"):
        open_office(tmp_path / "new", open_store, str(store_path), **{**about, "case": "alder-park"})
    assert not (tmp_path / "new").exists()


def test_a_county_has_one_office_for_a_case(office, store_path, tmp_path):
    about = {"case": CASE, "place": PLACE, "county": COUNTY, "on": FILED}
    with pytest.raises(InputError, match="has an office for the case"):
        open_office(tmp_path / "second", open_store, str(store_path), **about)


def test_a_password_is_not_kept_in_a_file(tmp_path):
    with pytest.raises(InputError, match="password"):
        address_to_store(tmp_path, "postgresql+psycopg://clerk:secret@host/cases")
    kept = "postgresql+psycopg://clerk@host/cases"
    assert address_to_store(tmp_path, kept) == kept


def test_a_folder_that_is_no_office_or_whose_log_is_elsewhere_is_refused(office, tmp_path):
    with pytest.raises(InputError, match="not an office's folder"):
        Office.open(tmp_path, open_store)
    SqlStore(f"sqlite:///{tmp_path / 'other.db'}").close()
    with pytest.raises(InputError, match="is not in the store"):
        Office.open(office.folder, open_store, store=str(tmp_path / "other.db"))
    (office.folder / "petition.json").write_text("{}")
    with pytest.raises(InputError, match="referenda-office/1"):
        Office.open(office.folder, open_store)


# Intake


def test_sections_go_on_the_public_record_with_names_and_lines_alone(office, intake):
    taken = intake(SECTIONS)
    assert (taken.new_sections, taken.lines, taken.missing_lines) == (3, 7, 7)
    received = list(office.store.read(CASE))[-1]
    assert received.data == {
        "county": COUNTY, "lines": 7, "rejected": {}, "sections": [["000001", 3], ["000002", 2], ["000010", 2]],
    }  # fmt: skip
    assert office.sections()["000001"] == SECTIONS[0]


def test_of_a_line_keyed_again_the_later_batch_stands_and_the_earlier_stays_on_file(office, intake):
    taken = intake(SECTIONS, "000001,1,Ana,1 Elm,,,\n000001,2,Bo,2 Elm,,,\n", "000001,2,Bob,2 Elm,,,\n")
    assert taken.batches == (
        {"batch": 1, "lines": 2, "keyed_again": 0},
        {"batch": 2, "lines": 1, "keyed_again": 1},
    )
    assert office.lines()["name"].to_pylist() == ["Ana", "Bob"]
    assert office.lines(batches=1)["name"].to_pylist() == ["Ana", "Bo"]
    assert [file.rows for file in office.books().batches] == [2, 1]
    assert office.books().batches[0].by == "county:Alder/bo"


def test_lines_stand_in_the_order_of_sections_and_of_their_numbers(office, intake):
    sections = [Section("B", 12), Section("A10", 1), Section("A9", 1)]
    intake(sections, "B,10,j,1,,,\nA9,1,a,1,,,\nB,9,i,1,,,\n", "A10,1,k,1,,,\nB,1,b,1,,,\n")
    assert office.lines()["identity"].to_pylist() == ["A10/1", "A9/1", "B/1", "B/9", "B/10"]


def test_what_was_counted_and_not_keyed_is_told_by_name(intake):
    taken = intake(SECTIONS, "000001,2,Ana,1 Elm,,,\n000010,1,Bo,2 Elm,,,\n")
    assert taken.missing_lines == 5
    assert taken.first_missing == ("000001/1", "000001/3", "000002/1", "000002/2", "000010/2")


def test_a_section_counted_with_fewer_than_were_keyed_is_told_once_and_the_other_lines_are_counted(intake):
    intake([Section("000001", 3)], "".join(f"000001,{n},Ana,1 Elm,,,\n" for n in (1, 2, 3)))
    with pytest.raises(InputError) as error:
        intake([Section("000001", 0)])
    assert [fault.message for fault in error.value.faults] == [
        "line 000001/1 was keyed, and its section is now counted with fewer",
        "2 more lines were keyed beyond the number now counted",
    ]


def test_all_faults_of_all_files_are_said_and_then_nothing_is_written(office, intake):
    wrong = [
        Section("000099", 4, rejected="no_such_reason"),
        Section("98", 1, rejected="signature_missing"),
    ]
    size = office.store.size(CASE)
    with pytest.raises(InputError) as error:
        intake([*SECTIONS, *wrong], "000001,4,Ana,1 Elm,,,\n", "777,1,Ana,1 Elm,,,\n")
    words = str(error.value)
    for part in ("no such reason for section 000099", "not in the raw count", "fewer signatures", "was not counted in"):
        assert part in words
    assert (office.store.size(CASE), len(list(office.events()))) == (size, 1)
    assert not list((office.folder / "batches").iterdir())


def test_a_section_may_be_described_again_without_a_word_on_the_record(office, intake):
    intake(SECTIONS)
    size = office.store.size(CASE)
    assert intake(SECTIONS).changed_sections == 0
    assert intake([Section("000001", 3, box="B7")]).changed_sections == 1
    assert office.sections()["000001"].box == "B7"
    assert office.store.size(CASE) == size


def test_a_wrong_count_of_a_section_is_put_right_on_the_record(office, intake):
    intake(SECTIONS, "000001,3,Ana,1 Elm,,,\n")
    taken = intake([Section("000001", 4, rejected="circulator_declaration_missing")])
    assert (taken.changed_sections, taken.lines) == (1, 8)
    county = office.public()[0].county(COUNTY)
    assert (county.received["000001"], county.rejected) == (4, {"000001": "circulator_declaration_missing"})
    with pytest.raises(InputError, match="line 000001/3 was keyed"):
        intake([Section("000001", 2)])


def test_after_the_draw_a_count_is_put_right_only_with_the_raw_count_and_drawn_again_by_the_same_seed(office, intake):
    ready(office, intake)
    first = draw_sample(office, SEED, on=FILED)
    with pytest.raises(LawError, match="was drawn without the count of section 000001"):
        intake([Section("000001", 9)])
    amended = {"county": COUNTY, "raw_count": 801, "reason": "a line was overlooked"}
    record_deed(office.store, CASE, draft_from_text("RawCountAmended", FILED, "county:Alder", amended))
    intake([Section("000001", 9)])
    with pytest.raises(LawError, match="drawn by another seed"):
        draw_sample(office, "2" * 20, on=FILED)
    again = draw_sample(office, SEED, on=FILED)
    assert len(set(first.lines) - set(again.lines)) <= 1


def test_a_section_rejected_as_a_whole_stays_in_the_raw_count(office, intake):
    reason = "circulator_declaration_missing"
    taken = intake([Section("000001", 3), Section("000002", 2, rejected=reason)])
    assert (taken.lines, taken.rejected) == (5, {reason: 1})
    assert list(office.store.read(CASE))[-1].data["rejected"] == {"000002": reason}
    assert intake([Section("000002", 2)], says_rejected=False).rejected == {reason: 1}
    assert intake([Section("000002", 2)]).rejected == {}
    assert [event.kind for event in office.events()][-1] == "SectionRestored"
    assert intake([Section("000002", 2, rejected=reason)]).rejected == {reason: 1}


def test_a_declaration_that_is_not_complete_and_days_outside_it_are_told(intake):
    section = Section(
        "000001", 3, declaration="incomplete", signed_from=date(2026, 3, 1), signed_until=date(2026, 3, 2)
    )
    taken = intake([section], "000001,1,a,b,,,2026-03-03\n000001,2,a,b,,,2026-03-02\n000001,3,a,b,,,2026-02-28\n")
    assert [note.split(" ")[0] for note in taken.notes] == ["1", "2"]


def test_a_section_cannot_come_in_before_the_petition_was_filed_in_the_county(tmp_path):
    path = tmp_path / "cases.db"
    store = SqlStore(f"sqlite:///{path}")
    law = load_place(PLACE)
    open_case(store, law, CASE, "county-initiative", received=date(2026, 1, 5), title="P", proponents=["Ana"])
    store.close()
    about = {"case": CASE, "place": PLACE, "county": COUNTY, "on": FILED}
    with (
        open_office(tmp_path / "office", open_store, str(path), **about) as office,
        pytest.raises(LawError, match="no petition was filed in Alder"),
    ):
        take_in(office, sections=SECTIONS, read_lines=read_keyed_lines, on=FILED)  # type: ignore[arg-type]
    assert not list((tmp_path / "office" / "sections").iterdir())


def test_a_file_that_was_changed_after_it_was_filed_is_noticed(office, intake):
    intake(SECTIONS, "000001,1,Ana,1 Elm,,,\n")
    file = office.file("batches", 1)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    office.close()
    with (
        Office.open(office.folder, open_store) as again,
        pytest.raises(RecordError, match="changed since it was filed"),
    ):
        again.lines()
    file.unlink()
    with Office.open(office.folder, open_store) as again, pytest.raises(RecordError, match="cannot be read"):
        again.lines()


@pytest.mark.parametrize("text", ["zz", "ab" * 31 + "é", None], ids=["no hexadecimal", "no ASCII", "missing"])
def test_a_secret_that_is_lost_or_was_changed_is_told(office, text):
    file = office.folder / "secret"
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=r"the office's secret (was changed|is missing).*Take it back"):
        office.secret()


def test_a_file_that_the_log_does_not_name_is_not_read_and_never_written_over(office, intake):
    office.file("batches", 1).write_bytes(b"left by a crash")
    intake(SECTIONS, "000001,1,Ana,1 Elm,,,\n")
    assert office.books().batches[0].number == 2
    assert office.file("batches", 1).read_bytes() == b"left by a crash"
    assert office.lines().num_rows == 1


def test_what_was_read_of_a_long_log_is_kept_and_read_anew_where_it_is_of_another(office, intake, monkeypatch):
    monkeypatch.setattr(office_folder, "KEPT_AFTER", 2)
    intake(SECTIONS, "000001,1,Ana,1 Elm,,,\n", "000001,1,Bo,1 Elm,,,\n")
    with Office.open(office.folder, open_store) as first:
        first.books()
    kept = office.folder / "books.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    read = []
    with Office.open(office.folder, open_store) as again:
        events = again.events
        monkeypatch.setattr(again, "events", lambda start=0: read.append(start) or events(start))
        assert again.books() == office.books()
    assert min(read) > 0
    for spoiled in ("{}", "no json", kept.read_text().replace('"leaf": "', '"leaf": "00')):
        kept.write_text(spoiled)
        with Office.open(office.folder, open_store) as again:
            assert again.books() == office.books()


# The match

VOTERS = [
    ("V1", "Ana", "Ruiz", "1", "Elm St"),
    ("V2", "Robert", "Lee", "22", "Oak Ave"),
    ("V3", "Wen", "Chan", "5", "Elm St"),
]


@pytest.fixture
def voters(tmp_path: Path) -> Path:
    names = "voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status"
    rows = [
        f"{who},{first},,{last},,{number},{street},,Alder,90001,Alder,2020-01-01,active"
        for who, first, last, number, street in VOTERS
    ]
    (tmp_path / "voters.csv").write_text("\n".join([names, *rows, ""]))
    return tmp_path / "voters.csv"


LINES = (
    "000001,1,Ana Ruiz,1 Elm St,Alder,90001,2026-03-01\n"
    "000001,2,Robert Lee,22 Oak Ave,Alder,90001,2026-03-01\n"
    "000010,2,Ana Ruiz,1 Elm St,Alder,90001,2026-03-09\n"
)


def matched(office: Office, voters: Path, **more: object):
    engine = matching_engine("duckdb", memory_bytes=256 << 20)
    try:
        about = {"on": FILED, "as_of": FILED, **more}
        return match_petition(office, open_voter_file([voters]), engine=engine, memory_bytes=256 << 20, **about)
    finally:
        engine.close()


def test_every_line_is_matched_and_those_of_one_signer_are_grouped_on_the_first_day(office, intake, voters):
    intake(SECTIONS, LINES)
    found = matched(office, voters)
    assert found.largest == (("000001/1", "000010/2"),)
    assert found.voter_file["as_of"] == "2026-07-01"
    answer = office.matches()
    assert answer is not None
    assert answer["identity"].to_pylist() == ["000001/1", "000001/2", "000010/2"]
    assert answer["voter_id"].to_pylist() == ["V1", "V2", "V1"]
    assert answer["duplicate_of"].to_pylist() == [None, None, "000001/1"]
    assert [file.name for file in (office.folder / "matches").iterdir()] == ["0001.parquet"]


def test_a_line_keyed_after_the_match_has_no_answer_until_the_next_and_the_others_keep_theirs(office, intake, voters):
    intake(SECTIONS, LINES)
    matched(office, voters)
    intake([], "000001,2,Wen Chan,5 Elm St,Alder,90001,\n000001,3,Nobody Known,9 Far Rd,Alder,90001,\n")
    assert office.matches()["voter_id"].to_pylist() == ["V1", None, None, "V1"]
    again = matched(office, voters)
    assert (again.matches, again.report.kept) == (2, 2)
    assert office.matches()["voter_id"].to_pylist() == ["V1", "V3", None, "V1"]


def test_a_file_left_by_a_crash_does_not_hide_an_answer(office, intake, voters):
    office.file("batches", 1).write_bytes(b"left by a crash")
    intake(SECTIONS, LINES)
    matched(office, voters)
    assert office.matches()["voter_id"].to_pylist() == ["V1", "V2", "V1"]


def test_decisions_rest_on_a_voter_file_of_a_stated_day(office, intake, voters, tmp_path):
    with pytest.raises(InputError, match=r"no line was keyed yet(.|\n)*does not say of which day"):
        matched(office, voters, as_of=None)
    with pytest.raises(InputError, match="not a snapshot"):
        match_petition(office, tmp_path, engine=None, memory_bytes=0, on=FILED)  # type: ignore[arg-type]


# The draw

LARGE = [Section(f"{number:06}", 8, box=f"B{number // 40}") for number in range(1, 101)]
KEYED = "000001,1,Ana Ruiz,1 Elm St,Alder,90001,2026-03-01\n"


def ready(office: Office, intake: Intake) -> None:
    intake(LARGE, KEYED)
    report_raw_count(office, 800)
    commit_lines(office, FILED)


def test_the_sample_is_drawn_in_the_law_s_size_and_stands_on_the_record(office, intake):
    ready(office, intake)
    drawn = draw_sample(office, SEED, on=FILED)
    recorded = list(office.store.read(CASE))[drawn.position].data
    counts = {section.name: section.lines for section in LARGE}
    everything = sorted(identities(counts), key=lambda line: ticket(SEED, COUNTY, line))
    assert list(drawn.lines) == everything[:500]
    assert (recorded["sample_size"], recorded["least"], recorded["raw_count"]) == (500, 500, 800)
    assert recorded["frame"] == frame_digest(counts)
    assert recorded["last_ticket"] == ticket(SEED, COUNTY, everything[499])


def test_drawn_again_by_the_same_seed_the_sample_is_the_same_and_by_another_it_is_refused(office, intake):
    ready(office, intake)
    first = draw_sample(office, SEED, size=600, on=FILED)
    size = office.store.size(CASE)
    again = draw_sample(office, SEED, size=600, on=FILED)
    assert (again.lines, again.position, office.store.size(CASE)) == (first.lines, None, size)
    with pytest.raises(LawError, match="drawn already"):
        draw_sample(office, "2" * 20, size=600, on=FILED)


def test_the_pull_list_goes_by_box_and_section_and_names_every_line_drawn(office, intake):
    ready(office, intake)
    drawn = draw_sample(office, SEED, on=FILED)
    rows = list(csv.DictReader(io.StringIO(pull_csv(drawn))))
    assert sorted(row["identity"] for row in rows) == sorted(drawn.lines)
    assert [(row["box"], row["section"], int(row["line_no"])) for row in rows] == sorted(
        (row["box"], row["section"], int(row["line_no"])) for row in rows
    )
    assert drawn.lines[int(rows[0]["drawn"]) - 1] == rows[0]["identity"]


def test_nothing_is_drawn_before_the_office_is_bound_to_its_lines_and_the_count_is_right(office, intake):
    with pytest.raises(LawError, match="no section of Alder is on the public record"):
        draw_sample(office, SEED, on=FILED)
    intake(LARGE, KEYED)
    with pytest.raises(LawError, match="not reported its raw count"):
        draw_sample(office, SEED, on=FILED)
    report_raw_count(office, 801)
    with pytest.raises(LawError, match="the raw count is 801, and the sections hold 800 lines"):
        draw_sample(office, SEED, on=FILED)
    amended = {"county": COUNTY, "raw_count": 800, "reason": "counted again"}
    record_deed(office.store, CASE, draft_from_text("RawCountAmended", FILED, "county:Alder", amended))
    with pytest.raises(LawError, match="not committed to its lines"):
        draw_sample(office, SEED, on=FILED)
    commit_lines(office, FILED)
    intake([], "000001,2,Bo,2 Elm,,,\n")
    with pytest.raises(LawError, match="bound to 1 batches of lines, and 2 were keyed"):
        draw_sample(office, SEED, on=FILED)
    commit_lines(office, FILED)
    assert len(draw_sample(office, SEED, on=FILED).lines) == 500


@pytest.mark.parametrize(("seed", "size"), [("12", None), (SEED, 499), (SEED, 801)])
def test_a_seed_or_a_size_that_cannot_be_is_refused(office, intake, seed, size):
    ready(office, intake)
    with pytest.raises(InputError):
        draw_sample(office, seed, size=size, on=FILED)


def test_what_the_office_keeps_is_nowhere_in_the_public_case(office, intake, voters):
    intake(SECTIONS, LINES)
    matched(office, voters)
    commit_lines(office, FILED)
    public = json.dumps([event.envelope() for event in office.store.read(CASE)])
    for secret in ("Ruiz", "Elm", "V1", "B1", office.secret().hex(), '"circulator"'):
        assert secret not in public
