"""Take a petition into a county's office: sections as they are counted, and lines as they are keyed.

Sections go on the public record at once, with nothing but their names, their lines and the reason of those rejected as
a whole; everything else stays in the office. A line that is keyed again, in a later batch, is read as it stands there,
and the earlier batch stays on file. All faults of all files are said before anything is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError, noting
from referenda.law.place import PlaceLaw
from referenda.ledger.event import Draft
from referenda.petitions.case import Case, County
from referenda.petitions.section import Section, in_order
from referenda.workflows.keep_case import new_draft, record_deed
from referenda.workflows.office_folder import LINES, SECTIONS, Office

SECTIONS_AN_EVENT = 50_000  # so that an event stays below its 4 MiB
NAMED = 20


class KeyedFile(Protocol):
    """Lines that were read from a file: a table of them, and what is worth knowing."""

    @property
    def table(self) -> pa.Table:
        """The lines, with the columns of `LINES` but `batch`."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is no fault and yet worth knowing."""


ReadLines = Callable[[Path, Mapping[str, int]], KeyedFile]


@dataclass(frozen=True)
class TakenIn:
    """What was taken in, and how far the intake has come.

    `sections` and `lines` count all that stand now, `new_sections` and `changed_sections` those of this intake.
    `batches` has number, lines and lines keyed again of each new batch. `missing_lines` were counted and not keyed yet;
    `first_missing` names some.
    """

    county: str
    new_sections: int
    changed_sections: int
    batches: tuple[dict[str, int], ...]
    sections: int
    lines: int
    rejected: Mapping[str, int]
    keyed_lines: int
    missing_lines: int
    first_missing: tuple[str, ...]
    raw_count: int | None
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            **vars(self),
            "batches": list(self.batches),
            "rejected": dict(self.rejected),
            "first_missing": list(self.first_missing),
            "notes": list(self.notes),
        }


def take_in(
    office: Office,
    *,
    sections: Sequence[Section] = (),
    says_rejected: bool = True,
    notes: Sequence[str] = (),
    lines: Sequence[Path] = (),
    read_lines: ReadLines,
    on: date,
    by: str | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> TakenIn:
    """Take in sections and batches of keyed lines.

    Parameters
    ----------
    sections
        Sections that were counted, each once. One that was taken in before may come again: then what is kept of it is
        replaced, and another number of lines puts the public record right.
    says_rejected
        Whether `sections` says of each if it was rejected; otherwise those that were stay so.
    notes
        What is worth knowing of the list of sections.
    lines
        Files of keyed lines, each a batch, in the order in which they were keyed.
    read_lines
        Reads such a file, given the lines of every section.
    on
        The day.
    by
        The person at work.
    tell
        Called with a few words before each part that takes time.

    Raises
    ------
    InputError
        With every fault of all files; nothing is written then.
    LawError
        The sections contradict the public record.
    """
    case, law = office.public()
    known = office.sections()
    public = case.county(office.county) or County(office.county)
    faults = list(_section_faults(sections, law, case.instrument, on))
    given = [s if says_rejected or s.name not in known else _still(s, known[s.name]) for s in sections]
    changed = [section for section in given if known.get(section.name) != section]
    standing = {**known, **{section.name: section for section in given}}
    counted = {name: section.lines for name, section in standing.items()}
    read: list[KeyedFile] = []
    for path in lines:
        tell(f"reading {path.name}")
        with noting(faults):
            read.append(read_lines(path, counted))
    faults += _keyed_beyond(given, known, office)
    if faults:
        raise InputError(*faults)
    tell("writing")
    _publish(office, [section for section in given if public.received.get(section.name) != section.lines], on)
    if changed:
        _keep_sections(office, changed, known, on, by)
    batches = tuple(_keep_batch(office, keyed.table, on, by) for keyed in read)
    return _report(
        office,
        new=sum(section.name not in known for section in changed),
        changed=sum(section.name in known for section in changed),
        batches=batches,
        notes=(*notes, *_section_notes(changed), *(note for keyed in read for note in keyed.notes)),
    )


def reason_codes(law: PlaceLaw, on: date, instrument: str) -> dict[str, bool]:
    """Give the place's reason codes in force, and whether signatures of each belong to the raw count."""
    return {code.name: code.raw_count for code in law.in_force(law.schema.reason_codes, on, instrument)}


def _still(section: Section, known: Section) -> Section:
    return replace(section, rejected=known.rejected)


def _section_faults(sections: Sequence[Section], law: PlaceLaw, instrument: str, on: date) -> Iterator[Fault]:
    """Find what speaks against sections in the light of the law."""
    in_raw_count = reason_codes(law, on, instrument)
    for section in sections:
        code = section.rejected
        if code and code not in in_raw_count:
            remedy = f"There are {', '.join(in_raw_count)}."
            yield Fault(f"the law has no such reason for section {section.name}", value=code, remedy=remedy)
        elif code and section.lines and not in_raw_count[code]:
            message = f"signatures rejected for {code} are not in the raw count, and section {section.name} has some"
            yield Fault(message, column="lines", value=str(section.lines), remedy="Count 0 lines on it.")


def _keyed_beyond(given: Sequence[Section], known: Mapping[str, Section], office: Office) -> Iterator[Fault]:
    """Find lines that were keyed before and would not be there, because their section is now counted with fewer."""
    fewer = {s.name: s.lines for s in given if s.name in known and s.lines < known[s.name].lines}
    if not fewer:
        return
    lines = office.lines()
    keyed = lines.filter(pc.is_in(lines["section"], value_set=pa.array(list(fewer))))
    told = Counter[str]()
    for row in keyed.select(["identity", "section", "line_no"]).to_pylist():
        if row["line_no"] > fewer[row["section"]]:
            told[row["section"]] += 1
            if told[row["section"]] > 1 or len(told) > NAMED:
                continue
            message = f"line {row['identity']} was keyed, and its section is now counted with fewer"
            remedy = "What was keyed stays: count it, and let it be decided."
            yield Fault(message, column="lines", value=str(fewer[row["section"]]), remedy=remedy)
    if more := told.total() - min(len(told), NAMED):
        yield Fault(f"{more:,} more lines were keyed beyond the number now counted", column="lines")


def _publish(office: Office, sections: Sequence[Section], on: date) -> None:
    """Put sections that are not there yet on the public record."""
    waiting = iter(sorted(sections, key=lambda section: section.name))
    while part := list(islice(waiting, SECTIONS_AN_EVENT)):
        boxes = {section.box for section in part}
        data: dict[str, Any] = {
            "county": office.county,
            "sections": in_order({section.name: section.lines for section in part}),
            "rejected": {section.name: section.rejected for section in part if section.rejected},
            "lines": sum(section.lines for section in part),
        }
        if len(boxes) == 1 and (box := boxes.pop()):
            data["box"] = box
        record_deed(office.store, office.case, new_draft("SectionsReceived", on, office.by, data))


def _keep_sections(
    office: Office, changed: Sequence[Section], known: Mapping[str, Section], on: date, by: str | None
) -> None:
    rows = [{**vars(section), "section": section.name} for section in changed]
    number, digest = office.write_file(
        "sections", lambda path: pq.write_table(pa.Table.from_pylist(rows, SECTIONS), path, compression="zstd")
    )
    lines = sum(section.lines for section in changed)
    about = {"number": number, "sha256": digest, "sections": len(changed), "lines": lines}
    drafts = [Draft("SectionsTakenIn", 1, on, office.by_person(by), about)]
    for section in changed:
        before = known[section.name].rejected if section.name in known else None
        if section.rejected and section.rejected != before:
            data = {"section": section.name, "reason": section.rejected}
            drafts.append(Draft("SectionRejected", 1, on, office.by_person(by), data))
        elif before and not section.rejected:
            data = {"section": section.name, "reason": "taken in again, and not rejected"}
            drafts.append(Draft("SectionRestored", 1, on, office.by_person(by), data))
    office.record(drafts)


def _keep_batch(office: Office, table: pa.Table, on: date, by: str | None) -> dict[str, int]:
    before = office.lines()["identity"]
    again = int(pc.sum(pc.is_in(table["identity"], value_set=before.combine_chunks())).as_py() or 0)
    kept = table.select([name for name in LINES.names if name != "batch"])
    number, digest = office.write_file("batches", lambda path: pq.write_table(kept, path, compression="zstd"))
    sections = pc.count_distinct(table["section"]).as_py()
    about = {"batch": number, "sha256": digest, "lines": len(kept), "sections": sections, "keyed_again": again}
    office.record([Draft("BatchKeyed", 1, on, office.by_person(by), about)])
    return {"batch": number, "lines": len(kept), "keyed_again": again}


def _section_notes(sections: Sequence[Section]) -> Iterator[str]:
    lacking = [s.name for s in sections if s.declaration in ("missing", "incomplete") and not s.rejected]
    if lacking:
        some = ", ".join(lacking[:5]) + (" …" if len(lacking) > 5 else "")
        yield (
            f"{len(lacking):,} sections have no complete declaration of their circulator and are not rejected: {some}; "
            "to reject them, write the reason code in `rejected`"
        )


def _report(
    office: Office, *, new: int, changed: int, batches: tuple[dict[str, int], ...], notes: tuple[str, ...]
) -> TakenIn:
    sections, lines = office.sections(), office.lines()
    case: Case = office.public()[0]
    public = case.county(office.county)
    missing = _missing(sections, lines)
    first = tuple(islice(missing, NAMED))
    raw_count = public.raw_count if public else None
    total = sum(section.lines for section in sections.values())
    outside = _outside_days(sections, lines)
    if outside:
        notes += (f"{outside:,} lines were signed on a day outside those that their circulator declared",)
    if raw_count not in (None, total):
        notes += (f"the raw count reported is {raw_count:,}, and the sections hold {total:,} lines",)
    return TakenIn(
        county=office.county,
        new_sections=new,
        changed_sections=changed,
        batches=batches,
        sections=len(sections),
        lines=total,
        rejected=dict(Counter(section.rejected for section in sections.values() if section.rejected)),
        keyed_lines=len(lines),
        missing_lines=total - len(lines),
        first_missing=first,
        raw_count=raw_count,
        notes=notes,
    )


def _missing(sections: Mapping[str, Section], lines: pa.Table) -> Iterator[str]:
    """Name the lines that were counted and not keyed, in order."""
    counts = lines["section"].combine_chunks().value_counts()
    keyed = dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))
    for name, section in sections.items():
        if keyed.get(name, 0) < section.lines:
            there = set(lines.filter(pc.equal(lines["section"], name))["line_no"].to_pylist()) if name in keyed else ()
            yield from (f"{name}/{number}" for number in range(1, section.lines + 1) if number not in there)


def _outside_days(sections: Mapping[str, Section], lines: pa.Table) -> int:
    """Count the lines that were signed on a day outside those that their circulator declared."""
    declared = [section for section in sections.values() if section.signed_from or section.signed_until]
    if not declared or not len(lines):
        return 0
    signed = pc.strptime(lines["date_signed"], "%Y-%m-%d", "s", error_is_null=True).cast(pa.date32())
    at = pc.index_in(lines["section"], value_set=pa.array([section.name for section in declared]))
    first = pa.array([section.signed_from for section in declared], pa.date32()).take(at.combine_chunks())
    last = pa.array([section.signed_until for section in declared], pa.date32()).take(at.combine_chunks())
    early = pc.fill_null(pc.less(signed, first), False)
    late = pc.fill_null(pc.greater(signed, last), False)
    return int(np.count_nonzero(pc.or_(early, late).to_numpy()))
