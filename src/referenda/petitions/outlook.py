"""What may be done to a measure now, by whom and until when: the procedure read forwards from where the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from referenda.law.place import PlaceLaw
from referenda.law.schema import Deed
from referenda.petitions.case import Case, County, Vote
from referenda.petitions.facts import lacks
from referenda.petitions.procedure import FILED, Bound, bound, deeds, is_done


@dataclass(frozen=True)
class OpenDeed:
    """A deed that the stage allows: its first and last day, the counties it is awaited from, and what it lacks."""

    kind: str
    deed: Deed
    opens: Bound | None
    closes: Bound | None
    counties: tuple[str, ...]
    standing: Literal["open", "not_yet", "too_late", "late_but_stands"]
    lacks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            "kind": self.kind,
            "standing": self.standing,
            "actor": self.deed.actor,
            "about": self.deed.about,
            "cite": self.deed.cite,
            "opens": self.opens.day.isoformat() if self.opens else None,
            "closes": self.closes.day.isoformat() if self.closes else None,
            "last_day": self.closes.last_day.isoformat() if self.closes else None,
            "deadline": self.closes.name if self.closes else None,
            "consent": self.deed.consent,
            "when": self.deed.when,
            "lacks": list(self.lacks),
            "counties": list(self.counties),
        }


def open_deeds(case: Case, law: PlaceLaw, on: date) -> list[OpenDeed]:
    """List the deeds that the law knows on a day at the stage of a case, in the order of the law document.

    What was done and is done only once is left out; a deed of the counties stands there while one is awaited.
    """
    found = []
    for deed in deeds(law, case.instrument, on):
        once = deed.once_per == "case" and case.was_done(deed.event)
        if case.stage not in deed.from_ or once:
            continue
        awaited: tuple[County, ...] = ()
        if deed.once_per == "county" and deed.dates != FILED:
            filed = (c for c in case.counties.values() if c.filed_date and not is_done(case, law, deed, c.name, on))
            awaited = tuple(sorted(filed, key=lambda c: (c.filed_date, c.name)))
            if not awaited:
                continue
        county = awaited[0].name if awaited else None
        opens = bound(case, law, deed.not_before, county)
        closes = bound(case, law, deed.not_after, county)
        names = tuple(c.name for c in awaited)
        standing = _standing(deed, opens, closes, on)
        lacking = tuple(lacks(case, law, deed, on)) if standing != "too_late" else ()
        found.append(OpenDeed(deed.event, deed, opens, closes, names, "not_yet" if lacking else standing, lacking))
    return found


def next_deadline(case: Case, law: PlaceLaw, on: date) -> Bound | None:
    """Find the first last day that lies ahead at this stage, or the latest that has passed when none does."""
    bounds = {deed.closes for deed in open_deeds(case, law, on) if deed.closes}
    ahead = sorted((b for b in bounds if b.last_day >= on), key=lambda b: b.last_day)
    passed = sorted((b for b in bounds if b.last_day < on), key=lambda b: b.last_day)
    return ahead[0] if ahead else passed[-1] if passed else None


def ended(case: Case, law: PlaceLaw, on: date) -> bool:
    """Say whether nothing that the law knows leads to another stage."""
    return case.exists and not any(
        case.stage in deed.from_ and deed.to not in (None, case.stage) for deed in deeds(law, case.instrument, on)
    )


def summary(case: Case, law: PlaceLaw, on: date) -> dict[str, Any]:
    """Give where a case stands on a day, for JSON: numbers are counts of signatures or votes, days are text."""
    received = case.received
    due = None if ended(case, law, on) else next_deadline(case, law, on)
    return {
        "case": case.name,
        "name": received.name if received else None,
        "title": case.title,
        "identifier": case.identifier,
        "place": case.place,
        "instrument": case.instrument,
        "law": case.law,
        "proponents": list(case.proponents),
        "stage": case.stage,
        "stage_about": stage_about(case, law),
        "ended": ended(case, law, on),
        "failed_because": case.failed_because,
        "events": case.size,
        "dates": {name: day.isoformat() for name, day in case.dates.items()},
        "requirement": case.requirement,
        "raw_count": case.raw_count,
        "projected_valid": case.projection.projected_valid if case.projection and case.projection_stands else None,
        "decision": case.projection.decision if case.projection and case.projection_stands else None,
        "projection_void": case.projection is not None and not case.projection_stands,
        "valid_in_full_check": case.valid_checked,
        "counties": [_county(county) for county in case.counties.values()],
        "votes": [_vote(vote) for vote in case.votes.values()],
        "next_deadline": {
            "name": due.name,
            "date": due.day.isoformat(),
            "last_day": due.last_day.isoformat(),
            "days_left": (due.last_day - on).days,
            "cite": due.cite,
        }
        if due
        else None,
        "late": [{"position": place, "kind": kind, **late.model_dump(mode="json")} for place, kind, late in case.late],
        "corrections": [{"position": place, "note": note} for place, note in case.corrections],
        "texts": [text.name for text in case.texts],
    }


def stage_about(case: Case, law: PlaceLaw) -> str | None:
    """Say what the stage of a case means."""
    stages = {stage.name: stage.about for procedure in law.schema.procedures for stage in procedure.stages}
    return stages.get(case.stage)


def _county(county: County) -> dict[str, Any]:
    """Give the counts of a county; its sections by their number alone."""
    about = vars(county)
    told = {key: value for key, value in about.items() if value is None or isinstance(value, str | int)}
    filed = county.filed_date.isoformat() if county.filed_date else None
    received = {
        "sections_received": len(county.received),
        "sections_rejected": len(county.rejected),
        "lines_received": county.lines_received,
        "lines_committed": county.lines_committed.lines if county.lines_committed else None,
        "sample_drawn": county.sample_drawn.sample_size if county.sample_drawn else None,
        "certificates": len(county.certificates),
    }
    return {**told, "filed_date": filed, **received}


def _vote(vote: Vote) -> dict[str, Any]:
    hanging = vote.hangs_on.model_dump(mode="json", exclude_none=True) if vote.hangs_on else None
    parts = {"vote": vote.name, "day": vote.day.isoformat(), "rule": vote.rule, "question": vote.question}
    return {**parts, "hangs_on": hanging, "outcome": vote.outcome}


def _standing(
    deed: Deed, opens: Bound | None, closes: Bound | None, on: date
) -> Literal["open", "not_yet", "too_late", "late_but_stands"]:
    if opens and on < opens.day:
        return "not_yet"
    if closes and on > closes.last_day:
        return "late_but_stands" if deed.late == "record" else "too_late"
    return "open"
