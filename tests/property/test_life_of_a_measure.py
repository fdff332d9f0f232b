"""Random deeds, plausible and absurd: whatever is tried, the record follows the procedure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from referenda.errors import LawError, ReferendaError
from referenda.law.place import load_place
from referenda.ledger.event import Draft, Event
from referenda.ledger.tree import Tree
from referenda.petitions.case import Case
from referenda.petitions.county_count import fold_county
from referenda.petitions.events import NEWEST
from referenda.petitions.facts import general_election
from referenda.petitions.findings import projection_data, requirement_data
from referenda.petitions.outlook import ended, open_deeds
from referenda.petitions.procedure import deadlines, life
from referenda.workflows.keep_case import case_state, open_case, record_deed
from referenda.workflows.keep_forecast import forecast_data

NAME = "random-measure"
COUNTIES = ("Yuba", "Alpine", "Kern")
TODAY = date(2030, 1, 1)
LAW = load_place("us/ca")


class MemoryStore:
    """An event store in memory, after the port; what is appended is never taken back."""

    def __init__(self) -> None:
        self.logs: dict[str, list[Event]] = {}

    def append(self, case: str, drafts: Sequence[Draft], *, expected_size: int | None = None) -> list[Event]:
        log = self.logs.setdefault(case, [])
        assert expected_size in (None, len(log))
        now = datetime(2026, 1, 1, tzinfo=UTC)
        new = [
            Event(case, len(log) + i, d.kind, d.version, d.occurred_on, now, d.by, d.data) for i, d in enumerate(drafts)
        ]
        self.logs[case] = log + [Event.from_line(event.line) for event in new]
        return new

    def read(self, case: str, start: int = 0) -> Iterator[Event]:
        return iter(self.logs.get(case, [])[start:])

    def size(self, case: str) -> int:
        return len(self.logs.get(case, []))

    def root(self, case: str) -> bytes:
        tree = Tree()
        for event in self.logs.get(case, []):
            tree.append(event.leaf_hash)
        return tree.root()

    def verify(self, case: str) -> int:
        return self.size(case)

    def cases(self) -> list[str]:
        return sorted(self.logs)

    def close(self) -> None:
        return


class LifeOfAMeasure(RuleBasedStateMachine):
    """One measure, carried by people who do the right thing, the wrong thing, or anything at all."""

    @initialize(
        received=st.dates(date(2012, 1, 1), date(2024, 6, 1)),
        instrument=st.sampled_from(["statute", "constitutional-amendment", "referendum"]),
        proponents=st.sampled_from([["Ana"], ["Ana", "Bo"], ["Ana", "Bo", "Cy"]]),
        steps=st.sampled_from([8, 7, 6, 5, 8, 3, 2, 1, 0]),
        filed=st.sampled_from([1_100_000, 1_400_000, 500_000]),
        valid=st.sampled_from([99, 92, 50]),
    )
    def receive(
        self, received: date, instrument: str, proponents: list[str], steps: int, filed: int, valid: int
    ) -> None:
        self.store = MemoryStore()
        self.today = received
        self.stages = ["start"]
        more = {} if instrument == "referendum" else {"fee_dollars": 2000}
        done = open_case(
            self.store, LAW, NAME, instrument, received=received, title="Test", proponents=proponents, more=more
        )
        self.stages.append(done.case.stage)
        for step in self.right_way(filed, valid)[:steps]:
            for kind, by, more_days, data in step():
                self.today += timedelta(days=more_days)
                self.attempt(kind, by, data, self.today)

    def right_way(self, filed: int, valid: int) -> list[Callable[[], list[tuple[str, str, int, dict[str, Any]]]]]:
        """Give the deeds of a measure that goes well, step by step, as far as its numbers let it go.

        `filed` signatures are split over two counties; of those verified, `valid` percent are valid.
        """
        secretary, half = "secretary_of_state", filed // 2
        size = -(-3 * half // 100)
        sampled = {"sample_size": size, "valid_in_sample": size * valid // 100, "duplicates_in_sample": 0}
        checked = {"checked": half, "valid_signatures": half * valid // 100, "complete": True}

        def title() -> list[tuple[str, str, int, dict[str, Any]]]:
            requirement = requirement_data(LAW, self.state().instrument, self.today + timedelta(days=50))
            named = {"title": "T", "identifier": "26-0001"}
            return [
                ("TitleIssued", "attorney_general", 50, named),
                ("RequirementDetermined", secretary, 0, requirement),
            ]

        def project() -> list[tuple[str, str, int, dict[str, Any]]]:
            case = self.state()
            if case.stage != "random_sample":
                return []
            data = projection_data(LAW, case.instrument, self.today, case.counties.values(), case.requirement or 0)
            return [("SampleProjected", secretary, 0, data)]

        def choose_election() -> list[tuple[str, str, int, dict[str, Any]]]:
            found = {deadline.name: deadline.date for deadline in deadlines(self.state(), LAW)}
            if "election_date" not in found or self.state().stage != "eligible":
                return []
            day = found["election_date"]
            days = (found["qualification_date"] - self.today).days
            return [
                ("ElectionSet", secretary, 0, {"election_date": day.isoformat()}),
                ("MeasureQualified", secretary, days, {}),
                ("VoteScheduled", secretary, 0, {"vote": "first", "day": day.isoformat(), "rule": "yes > no"}),
            ]

        counties = COUNTIES[:2]
        return [
            title,
            lambda: [("PetitionFiled", "proponents", 1, {"county": c}) for c in counties],
            lambda: [("RawCountReported", f"county:{c}", 1, {"county": c, "raw_count": half}) for c in counties],
            lambda: [("SampleOrdered", secretary, 1, {})],
            lambda: [("SampleReported", f"county:{c}", 1, {"county": c, **sampled}) for c in counties],
            project,
            lambda: [
                ("PetitionFoundSufficient", secretary, 1, {"basis": "sample"}),
                ("FullCheckOrdered", secretary, 1, {}),
                *[("FullCheckReported", f"county:{c}", 1, {"county": c, **checked}) for c in counties],
                ("PetitionFoundSufficient", secretary, 1, {"basis": "full_check"}),
            ],
            choose_election,
        ]

    def state(self) -> Case:
        return case_state(self.store, NAME)[0]

    def attempt(self, kind: str, by: str, data: dict[str, Any], day: date) -> None:
        """Try a deed: it is recorded as a whole, or it leaves no trace."""
        before, root = self.state(), self.store.root(NAME)
        try:
            done = record_deed(self.store, NAME, Draft(kind, 1, day, by, data), today=TODAY)
        except ReferendaError as error:
            assert error.faults
            assert all(fault.message for fault in error.faults)
            assert self.store.root(NAME) == root
            assert self.state() == before
            return
        assert done.finding.allowed
        assert done.case.size == before.size + 1
        assert done.case.stage == before.stage or done.finding.deed is not None
        self.stages.append(done.case.stage)

    @rule(data=st.data(), days=st.integers(0, 40))
    def do_what_the_law_allows(self, data: st.DataObject, days: int) -> None:
        case = self.state()
        self.today += timedelta(days=days)
        found = [deed for deed in open_deeds(case, LAW, self.today) if deed.standing != "not_yet"]
        if not found:
            return
        deed = data.draw(st.sampled_from(found))
        county = data.draw(st.sampled_from(deed.counties or COUNTIES))
        filled = self.plausible(deed.kind, case, county, data)
        if filled is None:
            return
        actor = deed.deed.actor
        self.attempt(deed.kind, f"county:{county}" if actor == "county" else actor, filled, self.today)

    @rule(
        kind=st.sampled_from(sorted(set(NEWEST) - {"LawDocumentKept"})),
        by=st.sampled_from(["proponents", "attorney_general", "secretary_of_state", "county:Yuba", "fiscal_analysts"]),
        county=st.sampled_from([*COUNTIES, " yuba", "Alpine County", "Gotham"]),
        data=st.data(),
        days=st.integers(-400, 400),
    )
    def do_anything_at_any_time(self, kind: str, by: str, county: str, data: st.DataObject, days: int) -> None:
        filled = self.plausible(kind, self.state(), county, data)
        self.attempt(kind, by, filled if filled is not None else {}, self.today + timedelta(days=days))

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @precondition(lambda self: "start" in self.stages)
    @rule(kind=st.sampled_from(["PetitionFiled", "TitleIssued"]))
    def send_nonsense(self, kind: str) -> None:
        self.attempt(kind, "proponents", {"nonsense": 1}, self.today)

    def plausible(self, kind: str, case: Case, county: str, data: st.DataObject) -> dict[str, Any] | None:
        """Fill in the data of a kind as somebody might; None where it cannot be done yet."""
        known = case.counties.get(county)
        raw = known.raw_count if known and known.raw_count is not None else 1000
        draw = data.draw
        match kind:
            case "MeasureReceived":
                keys = {"place": "us/ca", "instrument": "statute", "law": LAW.digest, "name": "Again"}
                return {**keys, "proponents": ["Ana"], "fee_dollars": 2000}
            case "StatuteEnacted":
                return {"statute": "AB 1"}
            case "MeasureTextSubmitted" | "MeasureAmended":
                version = draw(st.sampled_from(["A0", "A1", "A2"]))
                text = {"text_version": version, "standing": "not_at_hand"}
                signed = draw(st.sampled_from([list(case.proponents), ["Ana"]]))
                return text if kind == "MeasureTextSubmitted" else {**text, "consent": signed}
            case "TitleIssued":
                words = draw(st.sampled_from([10, 100, 101]))
                return {"title": "T", "identifier": "26-0001", "summary": "word " * words}
            case "RequirementDetermined":
                return requirement_data(LAW, case.instrument, self.today) if self.today < date(2027, 1, 1) else None
            case "QuarterMilestoneCertified":
                return {"signatures": draw(st.sampled_from([1, 300_000]))}
            case "PetitionFiled":
                return {"county": county}
            case "RawCountReported":
                return {"county": county, "raw_count": draw(st.sampled_from([0, 400, 200_000, 700_000]))}
            case "RawCountAmended":
                return {"county": county, "raw_count": draw(st.integers(0, 800_000)), "reason": "a slip"}
            case "SampleReported":
                size = min(raw, max(500, -(-3 * raw // 100))) if draw(st.booleans()) else draw(st.integers(0, 900_000))
                valid = draw(st.sampled_from([size, size * 9 // 10, size // 2]))
                return {"county": county, "sample_size": size, "valid_in_sample": valid, "duplicates_in_sample": 0}
            case "SampleProjected":
                ready = case.requirement and all(c.sample_size is not None for c in case.counties.values())
                if not ready or not case.counties or self.today > date(2026, 12, 31):
                    return None
                counties = case.counties.values()
                try:
                    return projection_data(LAW, case.instrument, self.today, counties, case.requirement or 0)
                except ReferendaError:
                    return None
            case "FullCheckReported":
                checked = draw(st.sampled_from([raw, raw // 2]))
                valid = draw(st.sampled_from([checked, checked // 2]))
                return {
                    "county": county,
                    "checked": checked,
                    "valid_signatures": valid,
                    "complete": draw(st.booleans()),
                }
            case "PetitionFoundSufficient":
                return {"basis": draw(st.sampled_from(["sample", "full_check"]))}
            case "ElectionSet":
                anywhere = self.today + timedelta(days=draw(st.integers(0, 700)))
                day = draw(st.sampled_from([general_election(case, LAW) or anywhere, anywhere]))
                return {"election_date": day.isoformat(), **draw(st.sampled_from([{}, {"election": "Special"}]))}
            case "MeasureFailed":
                return {"reason": draw(st.sampled_from(["no_filing", "raw_count", "sample", "full_check"]))}
            case "MeasureWithdrawn" | "ContingentWithdrawalFiled":
                signed = draw(st.sampled_from([list(case.proponents), ["Ana"]]))
                return {"consent": signed, "bill": draw(st.sampled_from(["AB 1", "AB 2"]))}
            case "VoteScheduled":
                day = self.today + timedelta(days=draw(st.integers(0, 300)))
                hangs_on = {"vote": "first", "outcome": draw(st.sampled_from(["passed", "failed"]))}
                vote = draw(st.sampled_from(["first", "second"]))
                more = {"hangs_on": hangs_on} if vote == "second" else {}
                return {"vote": vote, "day": day.isoformat(), "rule": "yes > no", **more}
            case "VoteDecided":
                from referenda.petitions.findings import vote_data

                votes = {"yes": draw(st.integers(0, 3)), "no": draw(st.integers(1, 3))}
                return vote_data(draw(st.sampled_from(["first", "second"])), "yes > no", votes)
            case "VoteLapsed":
                return {"vote": draw(st.sampled_from(["first", "second"]))}
            case "ConflictResolved":
                others = [{"case": "other", "vote": "first", "yes": 1}]
                return {"vote": "first", "yes": 2, "others": others, "prevails": True}
            case "CorrectionNoted":
                return {"position": draw(st.integers(0, 50)), "note": "was wrong"}
            case "ForecastIssued":
                shares = draw(st.sampled_from([{"not_filed": 0.25, "full_check_yes": 0.75}, {"not_filed": 0.9}]))
                about = {"question": "qualify", "as_of": self.today, "method": "guess/1", "seed": 1, "draws": 1000}
                try:
                    return forecast_data({**about, "inputs": {"stage": case.stage}, "outcomes": shares})
                except ReferendaError:
                    return None
        return {}

    @invariant()
    def the_stage_is_one_that_the_procedure_knows_and_leads_to(self) -> None:
        if not hasattr(self, "stages"):
            return
        known = {stage.name for procedure in LAW.schema.procedures for stage in procedure.stages}
        assert set(self.stages[1:]) <= known
        steps = {
            (before, deed.to)
            for procedure in LAW.schema.procedures
            for deed in procedure.deeds
            for before in deed.from_
        }
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            assert before == after or (before, after) in steps

    @invariant()
    def replaying_the_log_gives_the_same_state(self) -> None:
        if hasattr(self, "stages"):
            assert life(NAME, self.store.read(NAME), LAW) == self.state()

    @invariant()
    def what_the_law_asks_holds_of_every_state(self) -> None:
        if not hasattr(self, "stages"):
            return
        case = self.state()
        if "election_date" in case.dates:
            assert case.dates["election_date"].weekday() == 1
        if case.stage in ("eligible", "qualified", "voted"):
            assert case.requirement is not None
            assert case.projection is not None
            by_sample = case.projection.decision == "sufficient"
            assert by_sample or case.valid_checked >= case.requirement
        for county in case.counties.values():
            assert county.filed_date is not None
            assert (county.valid_in_sample or 0) <= (county.sample_size or 0)
            assert county.valid_signatures <= county.checked
        if case.stage in ("failed", "withdrawn"):
            assert ended(case, LAW, self.today)
        filed = [fold_county(e.data["county"]) for e in self.store.read(NAME) if e.kind == "PetitionFiled"]
        assert len(filed) == len(set(filed))
        assert set(filed) <= set(map(fold_county, COUNTIES))


LifeOfAMeasure.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLifeOfAMeasure = LifeOfAMeasure.TestCase


def test_the_case_of_one_measure_cannot_be_opened_twice() -> None:
    store = MemoryStore()
    for attempt in range(2):
        try:
            open_case(
                store,
                LAW,
                NAME,
                "statute",
                received=date(2025, 1, 2),
                title="T",
                proponents=["Ana"],
                more={"fee_dollars": 2000},
            )
        except LawError:
            assert attempt == 1
    assert store.size(NAME) == 1
