"""A whole petition of an invented county, from its sections to an amended certificate that a stranger can check.

Nobody in it exists: voters, lines and their truth are drawn by a seed, and so are the clerks' errors, which are known
and can be held against what the second looks find. The law is California's for a county initiative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.law.place import PlaceLaw
from referenda.ledger.canonical import canonical
from referenda.ledger.checkpoint import SigningKey
from referenda.ledger.log import EventStore
from referenda.linkage.engine import Engine
from referenda.linkage.key_arrays import build_index
from referenda.petitions.decision_check import Decision
from referenda.petitions.section import Section
from referenda.petitions.withdrawal import Request
from referenda.stats.draw import ticket
from referenda.synth.clerks import ClerkErrors, Clerks, Truth
from referenda.synth.parameters import read_parameters
from referenda.synth.petition import PetitionPlan, write_petition
from referenda.synth.voters import VoterPlan, write_voters
from referenda.workflows.certify_petition import Certificate, certify_petition
from referenda.workflows.commit_petition import commit_lines
from referenda.workflows.decide_lines import begin_full_check, choose_second_looks, decide_lines, undo_decision
from referenda.workflows.draw_sample import draw_sample
from referenda.workflows.finish_check import finish_check
from referenda.workflows.give_receipt import give_receipts
from referenda.workflows.import_voters import VoterRows, import_voters
from referenda.workflows.keep_case import determine_requirement, new_draft, open_case, project_sample, record_deed
from referenda.workflows.match_petition import match_petition
from referenda.workflows.office_decisions import OfficeDecisions, person_of
from referenda.workflows.office_folder import Office, OpenStore
from referenda.workflows.open_office import open_office
from referenda.workflows.petition_report import PetitionReport, report_petition
from referenda.workflows.publish_record import Published, publish_record
from referenda.workflows.take_in import ReadLines, TakenIn, take_in
from referenda.workflows.withdraw_signatures import withdraw_signatures

PLACE, COUNTY, CASE = "us/ca/example-county", "Alder", "alder-creek-2025"
OFFICIAL = "county_elections_official"
VOTERS, LINES, SEED = 100_000, 12_000, 11
# Picked so that a duplicate falls into the sample, and what one of them costs can be seen; real dice are thrown once.
DICE = "3613 2121 5122 5146 5246"
SECOND_DICE = "3324 5616 2153 4421 6635"
SECOND_LOOKS = 50_000  # lines of a million
CLERKS, SENIOR = ("anna", "ben", "chloe"), "dana"
BATCHES = 3
AS_OF = date(2025, 7, 15)


@dataclass(frozen=True)
class Tools:
    """What the demo needs of other rooms: opening stores and voter files, reading keyed lines, matching."""

    open_store: OpenStore
    read_lines: ReadLines
    voter_file: Callable[[Path], VoterRows]
    engine: Callable[[], AbstractContextManager[Engine]]


@dataclass(frozen=True)
class ClerksFound:
    """What the clerks really did, which only an invented petition can tell, beside what the second looks found."""

    errors: ClerkErrors
    looks: int
    wrong: int
    standing_wrong: int


@dataclass(frozen=True)
class PetitionDemo:
    """Everything that the demo of a petition found."""

    report: PetitionReport
    certificates: tuple[Certificate, ...]
    receipts: tuple[dict[str, Any], ...]
    clerks: ClerksFound
    valid_in_truth: int
    record: Published


def run_petition_demo(
    folder: Path, records: Path, key: SigningKey, law: PlaceLaw, tools: Tools, said: Callable[[str], None]
) -> PetitionDemo:
    """Run it.

    Parameters
    ----------
    folder
        An existing folder: the invented county, its office and their store are made in it.
    records
        An existing folder: the record becomes `records/CASE`.
    law
        The law of `us/ca/example-county`.
    said
        Called with a few words before each part.
    """
    said("an invented county of 100,000 voters and its petition")
    place, store = folder / "county", str(folder / "petition.db")
    _invent(place)
    cases = tools.open_store(store)
    try:
        _open_case(cases, law)
        with open_office(
            folder / "office", tools.open_store, store, case=CASE, place=PLACE, county=COUNTY, on=date(2025, 7, 9)
        ) as office:
            return _verify(office, cases, key, place, records, tools, said)
    finally:
        cases.close()


def _verify(
    office: Office, cases: EventStore, key: SigningKey, place: Path, records: Path, tools: Tools,
    said: Callable[[str], None],
) -> PetitionDemo:  # fmt: skip
    said("its sections and 12,000 keyed lines")
    taken = _take_in(office, place, tools)
    _do(cases, "RawCountReported", "2025-07-14", office.by, county=COUNTY, raw_count=taken.lines)
    said("every line matched against the voter file")
    _match(office, place, tools)
    commit_lines(office, date(2025, 7, 17))
    said("the public draw, and clerks at work on the sample")
    _do(cases, "SampleOrdered", "2025-07-18", OFFICIAL)
    draw_sample(office, DICE, on=date(2025, 7, 18))
    desk = OfficeDecisions(office)
    choose_second_looks(desk, SECOND_DICE, SECOND_LOOKS, person_of(office, SENIOR), date(2025, 7, 18))
    withdraw_signatures(desk, _requests(), person_of(office, SENIOR), date(2025, 7, 18))
    clerks = Clerks(_truth(place), _proposals(office), SEED)
    _work(desk, clerks, date(2025, 7, 28))
    finish_check(desk, "random_sample", date(2025, 7, 29))
    project_sample(cases, CASE, date(2025, 7, 30), by=OFFICIAL)
    said("the check of every line, which keeps what was decided in the sample")
    _do(cases, "FullCheckOrdered", "2025-07-31", OFFICIAL)
    desk = OfficeDecisions(office)
    begin_full_check(desk, person_of(office, SENIOR), date(2025, 8, 1))
    _work(desk, clerks, date(2025, 9, 12))
    finish_check(desk, "full_check", date(2025, 9, 15))
    said("the certificate, a late decision, and the certificate that amends it")
    first = certify_petition(cases, CASE, COUNTY, date(2025, 9, 16), by="R. Ortega")
    late = _late_decision(desk, clerks)
    second = certify_petition(cases, CASE, COUNTY, date(2025, 9, 23), by="R. Ortega")
    _do(cases, "PetitionFoundSufficient", "2025-09-24", OFFICIAL, basis="full_check")
    receipts = tuple(give_receipts(office, [late, _duplicate(desk)]))
    said("the record of the petition")
    record = publish_record(cases, CASE, records / CASE, key)
    return PetitionDemo(
        report=report_petition(office, date(2025, 9, 24)), certificates=(first, second), receipts=receipts,
        clerks=_clerks_found(desk, clerks), valid_in_truth=_valid_in_truth(place), record=record,
    )  # fmt: skip


def write_petition_files(demo: PetitionDemo, folder: Path, render: Callable[[Mapping[str, Any]], bytes]) -> list[Path]:
    """Write certificates (JSON and PDF) and receipts into a folder; the paths of what can be held to the record."""
    folder.mkdir(exist_ok=True)
    written = []
    for certificate in demo.certificates:
        name = f"certificate-{certificate.content['number']}"
        (folder / f"{name}.pdf").write_bytes(render(certificate.content))
        written.append(folder / f"{name}.json")
        written[-1].write_bytes(certificate.text + b"\n")
    for receipt in demo.receipts:
        written.append(folder / f"receipt-{receipt['identity'].replace('/', '-')}.json")
        written[-1].write_bytes(canonical(receipt) + b"\n")
    return written


def _invent(place: Path) -> None:
    """Draw the county's voters and its petition; all are of the one county, which the law knows as Alder."""
    place.mkdir()
    write_voters(VoterPlan(VOTERS, SEED, as_of=AS_OF, counties=1), place / "voters.parquet")
    plan = PetitionPlan(
        LINES, SEED, read_parameters("keyed"), start=date(2025, 1, 14), end=date(2025, 7, 7), inactive_counts=True
    )
    names = ("lines", "truth", "sheets")
    write_petition(place / "voters.parquet", plan, **{name: place / f"{name}.parquet" for name in names})  # type: ignore[arg-type]
    for name in ("voters", "lines", "sheets"):
        table = pq.read_table(place / f"{name}.parquet")
        at = table.schema.get_field_index("county")
        pq.write_table(table.set_column(at, "county", pa.array([COUNTY] * len(table))), place / f"{name}.parquet")


def _open_case(cases: EventStore, law: PlaceLaw) -> None:
    title = "Keep the land along Alder Creek open"
    open_case(
        cases,
        law,
        CASE,
        "county-initiative",
        received=date(2025, 1, 6),
        title=title,
        proponents=["Ines Vale", "Tom Ashby"],
    )
    words = {"title": "Alder Creek Open Space Initiative", "identifier": "A-2025-01"}
    _do(cases, "TitleIssued", "2025-01-13", "county_counsel", **words)
    determine_requirement(cases, CASE, date(2025, 1, 13), by=OFFICIAL)
    _do(cases, "PetitionFiled", "2025-07-09", "proponents", county=COUNTY)


def _do(cases: EventStore, kind: str, on: str, by: str, /, **data: Any) -> None:
    record_deed(cases, CASE, new_draft(kind, date.fromisoformat(on), by, data))


def _take_in(office: Office, place: Path, tools: Tools) -> TakenIn:
    """Take in the sections, reject those without a declaration, and key the lines in three batches."""
    sheets = pq.read_table(place / "sheets.parquet").to_pylist()
    sections = [
        Section(
            sheet["sheet_id"],
            sheet["lines"],
            box=f"box-{1 + at // 300}",
            circulator=sheet["circulator"],
            declaration="missing" if sheet["defective"] else "complete",
            rejected="circulator_declaration_missing" if sheet["defective"] else None,
        )
        for at, sheet in enumerate(sheets)
    ]
    lines = pq.read_table(place / "lines.parquet")
    size = -(-len(lines) // BATCHES)
    batches = []
    for number in range(BATCHES):
        batches.append(place / f"keyed-{number + 1}.parquet")
        pq.write_table(lines.slice(number * size, size), batches[-1])
    day = date(2025, 7, 11)
    take_in(office, sections=sections, read_lines=tools.read_lines, on=day, by=SENIOR)
    for person, batch in zip(CLERKS, batches, strict=True):
        taken = take_in(office, lines=[batch], read_lines=tools.read_lines, on=day, by=person)
    return taken


def _match(office: Office, place: Path, tools: Tools) -> None:
    snapshot = place / "snapshot"
    import_voters(tools.voter_file(place / "voters.parquet"), snapshot, as_of=AS_OF, make_keys=build_index)
    with tools.engine() as engine:
        match_petition(office, snapshot, engine=engine, memory_bytes=1 << 30, on=date(2025, 7, 16), by=SENIOR)


def _requests() -> list[Request]:
    """Give three signers' requests to withdraw; the last came after the petition was filed."""
    days = (date(2025, 6, 20), date(2025, 7, 8), date(2025, 7, 11))
    return [Request(f"W-{n}", day, line=f"S0000001/{n}") for n, day in enumerate(days, start=1)]


def _truth(place: Path) -> dict[str, Truth]:
    """Give the truth of every line by its identity."""
    lines, truth = pq.read_table(place / "lines.parquet"), pq.read_table(place / "truth.parquet")
    columns = (lines["sheet_id"], lines["line_no"], truth["reason"], truth["voter_id"])
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return {f"{sheet}/{number}": Truth(reason, voter or None) for sheet, number, reason, voter in rows}


def _valid_in_truth(place: Path) -> int:
    return int(pc.sum(pq.read_table(place / "truth.parquet", columns=["valid"])["valid"]).as_py())


def _proposals(office: Office) -> dict[str, str]:
    matches = office.matches()
    if matches is None:
        return {}
    pairs = zip(matches["identity"].to_pylist(), matches["voter_id"].to_pylist(), strict=True)
    return {line: voter for line, voter in pairs if voter}


def _work(desk: OfficeDecisions, clerks: Clerks, on: date) -> None:
    """Have the clerks decide until nothing is in work: first looks, blind second looks, and those that settle."""
    frame = desk.frame()
    while True:
        for line in frame.order:
            if desk.known.state(line) == "repeats_no_valid_line":
                _undo(desk, line, "the line it repeated does not count", on)
        wanted = [(line, look) for line in frame.order if (look := desk.known.next_look(line)) is not None]
        if not wanted:
            return
        least = min(look for _, look in wanted)
        counted = dict(desk.known.counted)
        decide_lines(
            desk, [_decision(desk, clerks, line, least, counted, on) for line, look in wanted if look == least]
        )


def _decision(
    desk: OfficeDecisions, clerks: Clerks, line: str, look: int, counted: dict[str, str], on: date
) -> Decision:
    """Have one clerk decide on one line; of several lines of a voter the first decided counts."""
    person = _person(desk, line, look)
    seen = clerks.look(line, person, sure=look == 3)
    by = person_of(desk.office, person)
    if seen.voter_id is None:
        return Decision(line, False, by, on, reason=seen.reason)
    other = counted.setdefault(seen.voter_id, line) if look != 2 else counted.get(seen.voter_id, line)
    if other != line and other in desk.lines_now():
        return Decision(line, False, by, on, reason="duplicate", duplicate_of=other, voter_id=seen.voter_id)
    return Decision(line, True, by, on, voter_id=seen.voter_id)


def _person(desk: OfficeDecisions, line: str, look: int) -> str:
    """Say whose turn it is: first and second looks go round the clerks, third ones to the senior."""
    turn = int(ticket(SECOND_DICE, COUNTY, line)[:8], 16)
    return SENIOR if look == 3 else CLERKS[(turn + look) % len(CLERKS)]


def _undo(desk: OfficeDecisions, line: str, why: str, on: date) -> None:
    undo_decision(desk, line, why, person_of(desk.office, SENIOR), on)


def _late_decision(desk: OfficeDecisions, clerks: Clerks) -> str:
    """Put one decision right after the certificate: a signature in order that a clerk had rejected."""
    day = date(2025, 9, 22)
    line = next(
        line
        for line in desk.frame().order
        if (found := desk.known.outcome(line)) and found.reason == "signature_mismatch" and clerks.errs(line, False)
        and len(desk.known.looks(line)) == 1 and clerks.truth[line].voter_id not in desk.known.counted
    )  # fmt: skip
    _undo(desk, line, "the signer showed that the signature is hers", day)
    voter = clerks.truth[line].voter_id
    decide_lines(desk, [Decision(line, True, person_of(desk.office, SENIOR), day, voter_id=voter)])
    because = f"The signer of line {line} showed that the signature is the voter's own; it had been rejected."
    finish_check(desk, "full_check", day, because=because)
    return line


def _duplicate(desk: OfficeDecisions) -> str:
    """Give a line that repeats another."""
    return next(line for line in desk.frame().order if (o := desk.known.outcome(line)) and o.reason == "duplicate")


def _clerks_found(desk: OfficeDecisions, clerks: Clerks) -> ClerksFound:
    """Count the errors that were made at the looks, and those that stand."""
    made = list(desk.known.everything())
    wrong = sum(clerks.errs(look.line, look.valid or look.reason == "duplicate") for look in made)
    standing = 0
    for line in desk.frame().order:
        found = desk.known.outcome(line)
        if found and found.decided:
            standing += clerks.errs(line, found.valid or found.reason == "duplicate")
    return ClerksFound(clerks.errors, len(made), wrong, standing)
