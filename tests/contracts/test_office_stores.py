"""A county's office, the same on SQLite and on PostgreSQL, and with two clerks at work at the same moment."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from referenda.assembly import open_store
from referenda.formats.keyed_lines import read_keyed_lines
from referenda.law.place import load_place
from referenda.ledger.stores.sql import SqlStore
from referenda.petitions.section import Section
from referenda.workflows.commit_petition import commit_lines
from referenda.workflows.draw_sample import draw_sample
from referenda.workflows.keep_case import draft_from_text, open_case, record_deed
from referenda.workflows.office_folder import Office
from referenda.workflows.open_office import open_office
from referenda.workflows.take_in import take_in

CASE, PLACE, DAY = "alder-parks", "us/ca/example-county", date(2026, 7, 1)
SECTIONS = [Section(f"{number:04}", 8) for number in range(1, 101)]


def file_petition(store: SqlStore) -> None:
    open_case(
        store, load_place(PLACE), CASE, "county-initiative", received=date(2026, 1, 5), title="P", proponents=["A"]
    )
    title = {"title": "T", "identifier": "1"}
    record_deed(store, CASE, draft_from_text("TitleIssued", date(2026, 1, 15), "county_counsel", title))
    record_deed(store, CASE, draft_from_text("PetitionFiled", DAY, "proponents", {"county": "Alder"}))


def key(folder: Path, name: str, section: str) -> None:
    """Key eight lines of a section, as another clerk with an office of its own would."""
    path = folder.parent / f"{name}.csv"
    path.write_text("section,line_no,name,address\n" + "".join(f"{section},{n},{name},1 Elm\n" for n in range(1, 9)))
    with Office.open(folder, open_store) as office:
        take_in(
            office,
            lines=[path],
            read_lines=lambda file, known: read_keyed_lines(file, county="Alder", sections=known),
            on=DAY,
            by=name,
        )


def test_a_petition_is_taken_in_by_several_clerks_and_its_sample_drawn(
    store: SqlStore, store_url: str, tmp_path: Path
) -> None:
    file_petition(store)
    folder = tmp_path / "office"
    with open_office(folder, open_store, store_url, case=CASE, place=PLACE, county="Alder", on=DAY) as office:
        take_in(office, sections=SECTIONS, read_lines=lambda file, known: None, on=DAY)  # type: ignore[arg-type,return-value]
    clerks = ["ana", "bo", "cy", "di"]
    threads = [threading.Thread(target=key, args=(folder, clerk, SECTIONS[at].name)) for at, clerk in enumerate(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Office.open(folder, open_store) as office:
        books = office.books()
        assert sorted(file.number for file in books.batches) == [1, 2, 3, 4]
        assert {file.by for file in books.batches} == {f"county:Alder/{clerk}" for clerk in clerks}
        assert office.lines().num_rows == 32
        assert len(set(office.lines()["name"].to_pylist())) == 4
        raw = {"county": "Alder", "raw_count": 800}
        record_deed(office.store, CASE, draft_from_text("RawCountReported", DAY, "county:Alder", raw))
        commit_lines(office, DAY)
        assert len(draw_sample(office, "31415926535897932384", on=DAY).lines) == 500
    assert store.cases()[-2:] == [f"law.{load_place(PLACE).digest}", "office.alder-parks.alder"]
    assert store.verify(CASE) == 7
