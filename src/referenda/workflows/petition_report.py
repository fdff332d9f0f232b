"""What a page on a petition shows: filed, matched, drawn, decided, projected and certified, from record and office.

Counts of decisions are those of the public record where they stand there. What the matcher saw on the first day and how
circulators stand beside their peers only the office knows. No name of a signer or a voter is in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from referenda.errors import ReferendaError
from referenda.law.place import PlaceLaw
from referenda.ledger.event import Event
from referenda.petitions.case import Case, County
from referenda.petitions.county_count import CountyCount
from referenda.petitions.procedure import deeds
from referenda.stats.quality import share_interval
from referenda.terms.quantity import shown
from referenda.workflows.certify_petition import issued_certificate
from referenda.workflows.measure_quality import QualityFinding, measure_quality
from referenda.workflows.office_decisions import OfficeDecisions
from referenda.workflows.office_folder import Office
from referenda.workflows.petition_status import petition_status
from referenda.workflows.project_petition import Projection, project_petition

BASES = ("random_sample", "full_check")
OF_THE_RECORD = {
    "SectionsReceived": "Sections were received and counted",
    "LinesCommitted": "The office bound itself to every line as keyed",
    "SampleDrawn": "The sample was drawn by a public seed",
    "DecisionsCommitted": "The decisions were counted, and the office bound itself to each",
    "CertificateIssued": "The county certified what was found",
    "ForecastIssued": "A forecast was issued",
}
SAID = (("lines", "lines"), ("raw_count", "signatures"), ("sample_size", "lines"), ("valid", "valid"),
        ("valid_in_sample", "valid"), ("valid_signatures", "valid"), ("projected_valid", "projected valid"),
        ("requirement", "needed"))  # fmt: skip


@dataclass(frozen=True)
class PetitionReport:
    """The content of the page in plain texts and numbers, and the funnel of its circulators where there is one."""

    content: dict[str, Any]
    quality: QualityFinding | None


def report_petition(office: Office, on: date) -> PetitionReport:
    """Gather everything that the page on a petition shows.

    Parameters
    ----------
    on
        The day of the report.
    """
    case, law = office.public()
    county = case.county(office.county) or County(office.county)
    desk, quality, status = None, None, None
    try:
        desk = OfficeDecisions(office)
        status = petition_status(desk, on)
        quality = measure_quality(desk, "circulator")
    except ReferendaError:
        pass  # nothing is drawn or decided yet; the page says so by leaving it out
    codes = {code.name: code for code in law.in_force(law.schema.reason_codes, on, case.instrument)}
    content = {
        "case": case.name,
        "county": county.name,
        "place": law.name,
        "title": case.title or (case.received.name if case.received else case.name),
        "instrument": law.instruments.get(case.instrument, case.instrument),
        "law": law.digest,
        "requirement": case.requirement if len(case.counties) == 1 else None,  # several counties reach it together
        "filed_on": county.filed_date.isoformat() if county.filed_date else None,
        "sections": len(county.received),
        "rejected_sections": len(county.rejected),
        "raw_count": county.raw_count or county.lines_received,
        "events": _events(office, case, law),
        "matched": _matched(office),
        "drawn": county.sample_drawn.model_dump(mode="json") if county.sample_drawn else None,
        "decided": [
            _decided(county, basis, codes) for basis in ("random_sample", "full_check") if basis in county.decisions
        ],
        "in_work": status.progress.left if status else None,
        "projection": _projection(case, law, county),
        "certificates": [
            _certificate(office, number + 1, position) for number, (position, _) in enumerate(county.certificates)
        ],
        "quality": quality.as_dict() if quality else None,
    }
    return PetitionReport(content, quality)


def _events(office: Office, case: Case, law: PlaceLaw) -> list[dict[str, Any]]:
    """List the events of the record: day, what, by whom, and the number that matters."""
    return [
        {
            "position": event.position,
            "day": event.occurred_on.isoformat(),
            "what": _what(event, case, law),
            "number": next((f"{event.data[k]:,} {w}" for k, w in SAID if type(event.data.get(k)) is int), ""),
            "by": event.by.replace("_", " "),
        }
        for event in office.store.read(case.name)
    ]


def _what(event: Event, case: Case, law: PlaceLaw) -> str:
    if event.kind in OF_THE_RECORD:
        return OF_THE_RECORD[event.kind]
    known = deeds(law, case.instrument, event.occurred_on, event.kind)
    return known[0].about.rstrip(".") if known else event.kind


def _matched(office: Office) -> dict[str, Any] | None:
    """Say what the matcher saw: lines by status, reasons, and lines that repeat a signer of another."""
    matches = office.matches()
    if matches is None:
        return None
    repeated = Counter(first for first in matches["duplicate_of"].to_pylist() if first)
    return {
        "lines": len(matches),
        "statuses": dict(Counter(status for status in matches["status"].to_pylist() if status)),
        "signers": len(repeated),
        "repeats": repeated.total(),
        "voter_file": office.books().matched[-1].voter_file,
    }


def _decided(county: County, basis: str, codes: dict[str, Any]) -> dict[str, Any]:
    position, decided = county.decisions[basis]
    looks = share_interval(decided.second_looks.differed, decided.second_looks.lines)
    return {
        "basis": basis,
        "position": position,
        "lines": decided.lines,
        "not_examined": decided.not_examined,
        "valid": decided.valid,
        "duplicates": decided.duplicates,
        "reasons": [
            {
                "about": codes[code].about if code in codes else code.replace("_", " "),
                "cite": codes[code].cite if code in codes else "",
                "lines": lines,
            }
            for code, lines in sorted(decided.reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
        "voter_file": decided.voter_file.as_of.isoformat(),
        "second_looks": vars(looks),
    }


def _projection(case: Case, law: PlaceLaw, county: County) -> dict[str, Any] | None:
    """Count the sample again under the law, with the estimate beside it; of this county alone."""
    stated = case.projection
    if stated is None or not case.projection_stands:
        return None
    rows = [row for row in stated.rows if row.get("county") == county.name]
    if not rows:
        return None
    raw_count, size, valid, duplicates = (
        int(rows[0][name]) for name in ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")
    )
    found: Projection = project_petition(
        law, [CountyCount(county.name, raw_count, size, valid, duplicates)], requirement=stated.requirement,
        on=stated.on, instrument=case.instrument, readings=stated.readings,
    )  # fmt: skip
    alone = len(stated.rows) == 1
    only = found.counties[0]
    return {
        "raw_count": raw_count,
        "sample_size": size,
        "valid_in_sample": valid,
        "duplicates_in_sample": duplicates,
        "projected_valid": int(found.finding.projected_valid),
        "decision": found.finding.decision if alone else None,
        "about": found.finding.decision_about if alone else None,
        "cite": found.finding.decision_cite,
        "steps": [
            {"about": step.about, "words": step.words, "value": shown(step.value), "cite": step.cite}
            for step in (*(only.finding.steps if only.finding else ()), *(found.finding.steps if alone else ()))
        ],
        "limits": [[limit.signatures, limit.upper] for limit in found.limits] if alone else [],
        "estimate": {"valid": found.estimate.valid, "low": found.estimate.low, "high": found.estimate.high},
        "one_more_duplicate": int(only.one_more_duplicate) if only.one_more_duplicate is not None else None,
    }


def _certificate(office: Office, number: int, position: int) -> dict[str, Any]:
    certificate = issued_certificate(office.store, office.case, office.county, number)
    content = certificate.content
    return {
        "number": number,
        "position": position,
        "issued_on": content["issued_on"],
        "basis": content["basis"],
        "examined": content["examined"],
        "valid": content["valid"],
        "amends": content["amends"],
        "result": content["result"],
        "sha256": certificate.event.data["sha256"],
    }
