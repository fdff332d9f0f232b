"""A measure that is carried through the law of California in memory, one event after the other; an office's log too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from referenda.law.place import PlaceLaw, load_place
from referenda.ledger.event import Draft, Event
from referenda.petitions.adjudication import Adjudications
from referenda.petitions.case import Case
from referenda.petitions.events import kind_of, read_data
from referenda.petitions.procedure import DeedFinding, check_deed, follow
from referenda.petitions.verification import Frame, count_progress


class Walk:
    """A case in memory: `try_` checks a deed, `do` checks and takes it up."""

    def __init__(self, law: PlaceLaw, name: str = "test-measure") -> None:
        self.law = law
        self.case = Case(name)
        self.events: list[Event] = []
        self.others: dict[str, Case] = {}

    def try_(self, kind: str, on: str, by: str, /, **data: Any) -> DeedFinding:
        draft = Draft(kind, kind_of(kind).version, date.fromisoformat(on), by, data)
        return check_deed(self.case, self.law, draft, other_case=self.others.get)

    def do(self, kind: str, on: str, by: str, /, **data: Any) -> DeedFinding:
        finding = self.try_(kind, on, by, **data)
        assert finding.allowed, [refusal.message for refusal in finding.refusals]
        if finding.late:
            data["late"] = finding.late.model_dump(mode="json")
        recorded_at = datetime(2026, 1, 1, tzinfo=UTC)
        version = kind_of(kind).version
        event = Event(self.case.name, self.case.size, kind, version, date.fromisoformat(on), recorded_at, by, data)
        self.case = follow(self.case, self.law, event)
        self.events.append(event)
        return finding

    def receive(self, on: str, instrument: str = "statute", proponents: tuple[str, ...] = ("Ana", "Bo")) -> None:
        fee = {} if instrument == "referendum" else {"fee_dollars": 2000 if on >= "2016" else 200}
        self.do(
            "MeasureReceived",
            on,
            "proponents",
            place="us/ca",
            instrument=instrument,
            law=self.law.digest,
            name="Test",
            proponents=list(proponents),
            **fee,
        )

    def title(self, on: str) -> None:
        self.do("TitleIssued", on, "attorney_general", title="Test. Initiative Statute.", identifier="26-0001")

    def require(self, on: str) -> None:
        from referenda.petitions.findings import requirement_data

        data = requirement_data(self.law, self.case.instrument, date.fromisoformat(on))
        self.do("RequirementDetermined", on, "secretary_of_state", **data)

    def file(self, on: str, *counties: str) -> None:
        for county in counties:
            self.do("PetitionFiled", on, "proponents", county=county)

    def count(self, on: str, **raw_counts: int) -> None:
        for county, raw_count in raw_counts.items():
            self.do("RawCountReported", on, f"county:{county}", county=county, raw_count=raw_count)

    def sample(self, on: str, county: str, size: int, valid: int, duplicates: int = 0) -> None:
        numbers = {"sample_size": size, "valid_in_sample": valid, "duplicates_in_sample": duplicates}
        self.do("SampleReported", on, f"county:{county}", county=county, **numbers)

    def project(self, on: str) -> str:
        from referenda.petitions.findings import projection_data

        assert self.case.requirement is not None
        counties = self.case.counties.values()
        data = projection_data(self.law, self.case.instrument, date.fromisoformat(on), counties, self.case.requirement)
        self.do("SampleProjected", on, "secretary_of_state", **data)
        return str(data["decision"])


class OfficeLog:
    """An office's log in the making."""

    def __init__(self) -> None:
        self.known = Adjudications("Alder")

    def add(self, kind: str, data: dict[str, Any], by: str = "county:Alder/anna", day: date = date(2026, 6, 1)) -> int:
        read_data(kind, data)
        at = self.known.size
        self.known.take(Event("office.a.alder", at, kind, 1, day, datetime(2026, 6, 1, tzinfo=UTC), by, data))
        return at

    def valid(self, line: str, voter: str, *, look: int = 1, by: str = "anna") -> int:
        data = {"line": line, "decision": "valid", "voter_id": voter, "look": look}
        return self.add("LineDecided", data, f"county:Alder/{by}")

    def refused(self, line: str, reason: str, *, look: int = 1, by: str = "anna", of: str | None = None) -> int:
        data = {"line": line, "decision": "not_valid", "reason": reason, "look": look}
        return self.add("LineDecided", data | ({"duplicate_of": of} if of else {}), f"county:Alder/{by}")

    def progress(self, *order: str):
        return count_progress(Frame("Alder", "random_sample", 100, order), self.known)


@pytest.fixture
def log() -> OfficeLog:
    return OfficeLog()


@pytest.fixture(scope="session")
def law() -> PlaceLaw:
    return load_place("us/ca")


@pytest.fixture
def walk(law: PlaceLaw) -> Walk:
    return Walk(law)


@pytest.fixture
def circulating(walk: Walk) -> Walk:
    """A statute received on 2 January 2025 and circulated from 3 March; the last day to file is 2 September."""
    walk.receive("2025-01-02")
    walk.title("2025-03-03")
    walk.require("2025-03-03")
    return walk


@pytest.fixture
def sampled(circulating: Walk) -> Walk:
    """The same, filed in two counties with 600,000 signatures, the sample ordered on 15 July 2025."""
    circulating.file("2025-07-01", "Yuba", "Alpine")
    circulating.count("2025-07-10", Yuba=599_600, Alpine=400)
    circulating.do("SampleOrdered", "2025-07-15", "secretary_of_state")
    return circulating
