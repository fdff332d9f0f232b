"""Certify what a county's verification found: every number of the certificate is read from the public record.

A certificate is a text (canonical JSON) that follows from the record as it stood before it, and the record then holds
its SHA-256; so it can be made again at any time, by anybody, and is the same. When a late decision has changed the
numbers, the next certificate says which one it amends, and what is different.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from referenda.errors import Fault, InputError, RecordError, UndeterminedError
from referenda.law.finding import Finding, SampleFinding, Step
from referenda.law.place import PlaceLaw
from referenda.ledger.canonical import canonical
from referenda.ledger.event import Event
from referenda.ledger.log import EventStore
from referenda.ledger.tree import root_of
from referenda.petitions.case import Case, County
from referenda.petitions.procedure import life
from referenda.petitions.verification_kinds import DecisionsCommitted
from referenda.stats.quality import share_interval
from referenda.terms.names import check_name
from referenda.terms.quantity import exact_text
from referenda.workflows.keep_case import case_state, new_draft, record_deed

FORMAT = "referenda-certificate/1"
CONFIDENCE = 0.95
COMPARED = ("basis", "raw_count", "examined", "not_examined", "valid", "not_valid", "duplicates", "projected_valid")


@dataclass(frozen=True)
class Certificate:
    """A certificate, the event that issued it, and whether it was issued just now."""

    content: dict[str, Any]
    event: Event
    new: bool

    @property
    def text(self) -> bytes:
        """Its bytes, whose SHA-256 the record holds."""
        return canonical(self.content)


def certify_petition(store: EventStore, name: str, county: str, on: date, *, by: str | None = None) -> Certificate:
    """Issue the certificate of a county, or give the last one again when nothing has changed since.

    Parameters
    ----------
    name
        The case.
    county
        The county, with decisions on the record.
    on
        The day of the certificate.
    by
        The person who certifies; the county's office where nobody is named.

    Raises
    ------
    UndeterminedError
        The county has no decisions to certify.
    RecordError
        The certificate was issued by another version of Referenda, so that it cannot be made again.
    """
    case, law = case_state(store, name)
    known = _county(case, county)
    position, _ = _newest(known)
    last = known.certificates[-1] if known.certificates else None
    role = f"county:{known.name}"
    events = list(store.read(name))[: case.size]
    content = _content(events, case, law, known, on, by or "")
    if last is not None:
        now = (position, content["raw_count"], content["projected_valid"])
        if now == (last[1].decisions, last[1].raw_count, last[1].projected_valid):
            return issued_certificate(store, name, county, last[1].number)
    data = {
        "county": known.name,
        "number": content["number"],
        "amends": last[0] if last else None,
        **{key: content[key] for key in ("basis", "raw_count", "examined", "valid", "duplicates", "projected_valid")},
        "decisions": position,
        "record_size": case.size,
        "record_root": content["record"]["root"],
        "sha256": sha256(canonical(content)).hexdigest(),
    }
    draft = new_draft("CertificateIssued", on, f"{role}/{by}" if by else role, data)
    return Certificate(content, record_deed(store, name, draft).event, True)


def issued_certificate(store: EventStore, name: str, county: str, number: int | None = None) -> Certificate:
    """Make a certificate again that was issued, from the record before it; the last one without a number.

    Raises
    ------
    InputError
        The county has issued none of this number.
    RecordError
        It does not come out as it was issued.
    """
    case, law = case_state(store, name)
    known = _county(case, county)
    of_number = {data.number: position for position, data in known.certificates}
    position = of_number.get(len(of_number) if number is None else number)
    if position is None:
        remedy = f"There are {len(of_number)}." if of_number else "Issue one: referenda petition certify."
        raise InputError(Fault("there is no such certificate", column="--number", value=str(number), remedy=remedy))
    events = list(store.read(name))
    event = events[position]
    before = life(name, events[:position], law)
    person = event.by.partition("/")[2]
    content = _content(events[:position], before, law, _county(before, county), event.occurred_on, person)
    if sha256(canonical(content)).hexdigest() != event.data["sha256"]:
        message = f"certificate {event.data['number']} was issued with other words by another version of Referenda"
        raise RecordError(Fault(message, remedy="Take the file as it was issued; its numbers are those of the event."))
    return Certificate(content, event, False)


def _county(case: Case, name: str) -> County:
    county = case.county(name)
    if county is None:
        check_name("county", name, list(case.counties))
        raise UndeterminedError(Fault(f"nothing is known of {name} in this case"))
    return county


def _raw_count(county: County) -> int:
    """Give the signatures filed, as reported or, where nothing was reported, as the sections hold them."""
    return county.lines_received if county.raw_count is None else county.raw_count


def _newest(county: County) -> tuple[int, DecisionsCommitted]:
    if not county.decisions:
        message = f"{county.name} has no decisions on the record, so there is nothing to certify"
        raise UndeterminedError(
            Fault(message, remedy="Finish the sample or the full check: referenda petition finish.")
        )
    return max(county.decisions.values(), key=lambda decided: decided[0])


def _content(events: Sequence[Event], case: Case, law: PlaceLaw, county: County, on: date, by: str) -> dict[str, Any]:
    """Write the certificate of a county out of the events before it."""
    position, decided = _newest(county)
    raw_count = _raw_count(county)
    codes = {code.name: code for code in law.in_force(law.schema.reason_codes, on, case.instrument)}
    projected, projection = _projection(events, case, law, county)
    looks = share_interval(decided.second_looks.differed, decided.second_looks.lines, confidence=CONFIDENCE)
    content: dict[str, Any] = {
        "format": FORMAT,
        "case": case.name,
        "county": county.name,
        "number": len(county.certificates) + 1,
        "issued_on": on.isoformat(),
        "certified_by": by,
        "place": {"id": law.id, "name": law.name},
        "measure": {
            "name": case.received.name if case.received else "",
            "title": case.title,
            "identifier": case.identifier,
            "instrument": law.instruments.get(case.instrument, case.instrument),
            "proponents": list(case.proponents),
        },
        "requirement": case.requirement if len(case.counties) == 1 else None,  # several counties reach it together
        "filed_on": _day_of(events, "PetitionFiled", county.name),
        "sections": len(county.received),
        "rejected_sections": len(county.rejected),
        "raw_count": raw_count,
        "basis": decided.basis,
        "examined": decided.lines,
        "not_examined": decided.not_examined,
        "valid": decided.valid,
        "not_valid": decided.lines - decided.valid,
        "duplicates": decided.duplicates,
        "reasons": [
            {
                "code": code,
                "lines": lines,
                "about": codes[code].about if code in codes else code.replace("_", " "),
                "cite": codes[code].cite if code in codes else None,
            }
            for code, lines in sorted(decided.reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
        "projected_valid": projected,
        "projection": projection,
        "result": _result(case, law, county, decided, projection),
        "draw": _draw(events, county),
        "voter_file": decided.voter_file.model_dump(mode="json"),
        "second_looks": {
            "lines": looks.of,
            "differed": looks.count,
            "share": _share(looks.share),
            "low": _share(looks.low),
            "high": _share(looks.high),
            "confidence": _share(CONFIDENCE),
        },
        "commitments": {
            "lines": county.lines_committed.root if county.lines_committed else None,
            "decisions": decided.root,
            "decisions_position": position,
        },
        "law": law.digest,
        "record": {"size": len(events), "root": root_of(event.leaf_hash for event in events).hex()},
    }
    return {**content, "amends": _amends(events, law, county, content, decided)}


def _projection(
    events: Sequence[Event], case: Case, law: PlaceLaw, county: County
) -> tuple[int | None, dict[str, Any] | None]:
    """Work out again what the law projects from the sample, step by step, for the county and for the measure."""
    stated = case.projection
    if stated is None or not case.projection_stands:
        return None, None
    rows = [{key: n for key, n in row.items() if type(n) is int and key != "projected_valid"} for row in stated.rows]
    found = law.count_sample(
        stated.count, rows, stated.requirement, on=stated.on, instrument=case.instrument, readings=stated.readings
    )
    mine = [place for place, row in enumerate(stated.rows) if row.get("county") == county.name]
    if not mine:
        return None, None
    row: Finding = found.rows[mine[0]]
    alone = len(rows) == 1
    projection = {
        "on": stated.on.isoformat(),
        "columns": rows[mine[0]],
        "steps": _steps(row.steps) + (_steps(found.steps) if alone else []),
        "of_all_counties": None if alone else exact_text(found.projected_valid),
        "decision": found.decision,
        "about": found.decision_about,
        "cite": found.decision_cite,
        "readings": [{"question": r.question, "chosen": r.chosen, "cite": r.cite} for r in found.readings],
    }
    whole = row.value.denominator == 1 and row.value >= 0
    return (int(row.value) if whole else None), projection


def _result(
    case: Case, law: PlaceLaw, county: County, decided: DecisionsCommitted, projection: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Say what follows for the measure where this county is the only one; other counties decide with it elsewhere."""
    if case.requirement is None or len(case.counties) != 1:
        return None
    if decided.basis == "random_sample":
        return projection and {key: projection[key] for key in ("decision", "about", "cite")}
    counts = [count for count in law.schema.sample_counts if count.name == "full_check"]
    enough = decided.valid >= case.requirement
    if counts and case.projection is not None:
        on, raw = case.projection.on, county.raw_count or decided.lines + decided.not_examined
        row = {"raw_count": raw, "sample_size": decided.lines, "valid_in_sample": decided.valid}
        row["duplicates_in_sample"] = decided.duplicates
        found: SampleFinding = law.count_sample(
            "full_check", [row], case.requirement, on=on, instrument=case.instrument
        )
        return {"decision": found.decision, "about": found.decision_about, "cite": found.decision_cite}
    begun = "The examination ended early" if decided.not_examined else "Every signature was examined"
    words = f"{begun}, and " + ("enough are valid." if enough else "too few are valid.")
    return {"decision": "sufficient" if enough else "insufficient", "about": words, "cite": None}


def _draw(events: Sequence[Event], county: County) -> dict[str, Any] | None:
    if county.sample_drawn is None:
        return None
    drawn = county.sample_drawn
    return {
        "drawn_on": _day_of(events, "SampleDrawn", county.name),
        "committed_on": _day_of(events, "LinesCommitted", county.name),
        **{key: getattr(drawn, key) for key in ("seed", "raw_count", "sample_size", "least", "method", "last_ticket")},
    }


def _amends(
    events: Sequence[Event], law: PlaceLaw, county: County, content: dict[str, Any], decided: DecisionsCommitted
) -> dict[str, Any] | None:
    """Name the certificate that this one amends, and every number that is different."""
    if not county.certificates:
        return None
    position, _ = county.certificates[-1]
    event, name = events[position], str(content["case"])
    then = life(name, events[:position], law)
    earlier = _county(then, county.name)
    before = _content(events[:position], then, law, earlier, event.occurred_on, event.by.partition("/")[2])
    return {
        "number": before["number"],
        "position": position,
        "issued_on": before["issued_on"],
        "because": decided.because,
        "changes": list(_changes(before, content)),
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the numbers that differ between two certificates: what, before, after."""
    for key in COMPARED:
        if before[key] != after[key]:
            yield {"what": key, "before": before[key], "after": after[key]}
    counts = [{reason["code"]: reason["lines"] for reason in one["reasons"]} for one in (before, after)]
    for code in sorted({*counts[0], *counts[1]}):
        if counts[0].get(code, 0) != counts[1].get(code, 0):
            yield {"what": f"reason {code}", "before": counts[0].get(code, 0), "after": counts[1].get(code, 0)}


def _steps(steps: Sequence[Step]) -> list[dict[str, str]]:
    return [
        {"name": s.name, "about": s.about, "words": s.words, "value": exact_text(s.value), "cite": s.cite}
        for s in steps
    ]


def _day_of(events: Sequence[Event], kind: str, county: str) -> str | None:
    """Give the day of the newest event of a kind for a county."""
    days = [e.occurred_on for e in events if e.kind == kind and e.data.get("county") == county]
    return days[-1].isoformat() if days else None


def _share(value: float | None) -> str | None:
    """Write a share as text, to six decimals: a record holds no number with a point."""
    return None if value is None else exact_text(Fraction(f"{value:.6f}"))
