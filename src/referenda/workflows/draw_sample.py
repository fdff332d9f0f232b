"""Draw the random sample of a county by a public seed, put it on the record, and list what is to be pulled.

What is drawn from are the sections on the public record, with those rejected as a whole: their signatures were filed,
and count among the raw count. So anybody can draw the sample again from the record alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from referenda.errors import Fault, InputError, LawError, noting
from referenda.law.finding import Finding
from referenda.ledger.event import Event
from referenda.petitions.case import County
from referenda.petitions.section import Section, drawn_digest, frame_digest, identities, read_identity
from referenda.stats.draw import METHOD, check_seed, draw, ticket
from referenda.workflows.keep_case import new_draft, record_deed
from referenda.workflows.office_folder import Office
from referenda.workflows.project_petition import find_sample_size


@dataclass(frozen=True)
class Pull:
    """What is to be pulled of one section: its box, and the numbers of its lines."""

    box: str | None
    section: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Drawn:
    """A sample that was drawn: the event's data, the law's size in steps, the lines in the order of their tickets.

    `position` is that of `SampleDrawn` in the case.
    """

    data: Mapping[str, Any]
    least: Finding | None
    lines: tuple[str, ...]
    pulls: tuple[Pull, ...]
    position: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {**self.data, "lines": list(self.lines), "position": self.position}


def draw_sample(office: Office, seed: str, *, size: int | None = None, on: date) -> Drawn:
    """Draw a county's sample and record it; drawn already by the same seed and size, it is given again.

    Parameters
    ----------
    seed
        The public seed, announced after the office had committed to its lines: text with at least 20 digits.
    size
        Lines to draw, if more than the law asks for.
    on
        The day of the draw.

    Raises
    ------
    InputError
        The seed is none, or the size is not one that the law allows.
    LawError
        It cannot be drawn yet, or was drawn already in another way.
    """
    faults: list[Fault] = []
    with noting(faults):
        check_seed(seed)
    case, law = office.public()
    county = case.county(office.county) or County(office.county)
    raw = county.lines_received
    if not raw:
        message = f"no section of {office.county} is on the public record"
        faults.append(Fault(message, remedy="Take sections in: referenda petition intake --sections FILE."))
        raise LawError(*faults)
    finding = find_sample_size(law, raw, on=on, instrument=case.instrument)
    least = int(finding.value)
    wanted = least if size is None else size
    if not least <= wanted <= raw:
        remedy = f"Draw from {least:,} (the law's size) to {raw:,} lines."
        faults.append(Fault("a sample cannot have this size", column="--size", value=str(size), remedy=remedy))
    if faults:
        raise InputError(*faults)
    data = sample_data(county.name, county.received, seed, wanted, least)
    lines = data.pop("lines")
    pulls = tuple(pull_list(lines, office.sections()))
    before = county.sample_drawn
    if before is not None and before.model_dump(mode="json", exclude_unset=True) == data:
        return Drawn(data, finding, lines, pulls)
    _require_ready(office, county)
    done = record_deed(office.store, office.case, new_draft("SampleDrawn", on, office.by, data))
    return Drawn(data, finding, lines, pulls, done.event.position)


def sample_data(county: str, sections: Mapping[str, int], seed: str, size: int, least: int) -> dict[str, Any]:
    """Draw, and give what `SampleDrawn` holds of it; `lines` are those drawn, in the order of their tickets."""
    lines = draw(seed, county, identities(sections), size)
    return {
        "county": county,
        "seed": seed,
        "raw_count": sum(sections.values()),
        "sample_size": size,
        "least": least,
        "method": METHOD,
        "frame": frame_digest(sections),
        "last_ticket": ticket(seed, county, lines[-1]),
        "drawn": drawn_digest(lines),
        "lines": tuple(lines),
    }


def received_in(record: Path, county: str) -> dict[str, int]:
    """Read the sections of a county, and the lines of each, from a published record.

    Raises
    ------
    InputError
        It is not a record, or the county's sections are not in it.
    RecordError
        A line of it is not an event.
    """
    file = record / "events.jsonl"
    if not file.is_file():
        remedy = "Give the folder of a published record, or a CSV file of sections."
        raise InputError(Fault("this is not a published record", str(record), remedy=remedy))
    found: dict[str, int] = {}
    for line in file.read_bytes().splitlines():
        event = Event.from_line(line)
        if event.kind == "SectionsReceived" and event.data["county"] == county:
            found.update(dict(event.data["sections"]))
    if not found:
        message = "the record holds no sections of this county"
        raise InputError(Fault(message, str(file), column="--county", value=county, remedy="Check its name."))
    return found


def pull_list(lines: Sequence[str], sections: Mapping[str, Section]) -> Iterator[Pull]:
    """List what is to be pulled, in the order in which the boxes stand, and the sections in them."""
    by_section: dict[str, list[int]] = {}
    for line in lines:
        name, number = read_identity(line)
        by_section.setdefault(name, []).append(number)
    boxes = {name: section.box for name in by_section if (section := sections.get(name))}
    for name in sorted(by_section, key=lambda name: (boxes.get(name) or "", name)):
        yield Pull(boxes.get(name), name, tuple(sorted(by_section[name])))


def pull_csv(drawn: Drawn) -> str:
    """Write the pull list as CSV: a row a line, by box and section, with its place in the draw."""
    place = {line: at for at, line in enumerate(drawn.lines, 1)}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["box", "section", "line_no", "identity", "drawn"])
    for pull in drawn.pulls:
        for number in pull.lines:
            line = f"{pull.section}/{number}"
            rows.writerow([pull.box or "", pull.section, number, line, place[line]])
    return out.getvalue()


def _require_ready(office: Office, county: County) -> None:
    """Refuse a draw before the raw count is reported, and one of lines that the office is not bound to."""
    faults = []
    if county.raw_count is None:
        remedy = f"Record it: referenda case record {office.case} RawCountReported --by {office.by!r} …"
        faults.append(Fault(f"{county.name} has not reported its raw count yet", remedy=remedy))
    elif county.raw_count != county.lines_received:
        message = f"the raw count is {county.raw_count:,}, and the sections hold {county.lines_received:,} lines"
        faults.append(Fault(message, remedy="Take in what is missing, or put the raw count right (RawCountAmended)."))
    bound, keyed = county.lines_committed, len(office.books().batches)
    if bound is not None and bound.batches != keyed:
        message = f"the office is bound to {bound.batches} batches of lines, and {keyed} were keyed"
        faults.append(Fault(message, remedy="Commit to the lines as they stand now, before the seed is known."))
    if faults:
        raise LawError(*faults)
