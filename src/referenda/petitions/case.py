"""The state of a measure: what the events of its case add up to.

A case is folded from its events alone, one after the other, and never stored: the record is what is kept. Which stage
an event leads to is the law's matter (`procedure`); everything else an event says is taken up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from referenda.ledger.event import Event
from referenda.petitions import kinds
from referenda.petitions import verification_kinds as verified
from referenda.petitions.county_count import fold_county
from referenda.petitions.events import read_data
from referenda.petitions.forecast_kinds import ForecastIssued

START = "start"


@dataclass(frozen=True)
class TextVersion:
    """One version of the measure's text, and what it does to the law in force."""

    name: str
    day: date
    text: str | None
    standing: Literal["verbatim", "paraphrase", "not_at_hand"]
    changes: tuple[kinds.Change, ...]
    sha256: str | None


@dataclass(frozen=True)
class County:
    """The numbers of one county, as far as they are known; counts of signatures.

    `reported_at` has the position of the newest report of each basis, `received` the lines of each section, `rejected`
    the reason of each section that was rejected, `decisions` the newest decisions of each basis and `certificates` all
    of them, both with the position of their event.
    """

    name: str
    filed_date: date | None = None
    sections: int | None = None
    raw_count: int | None = None
    sample_size: int | None = None
    valid_in_sample: int | None = None
    duplicates_in_sample: int | None = None
    checked: int = 0
    valid_signatures: int = 0
    complete: bool = False
    reported_at: Mapping[str, int] = field(default_factory=dict)
    received: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    lines_committed: verified.LinesCommitted | None = None
    sample_drawn: verified.SampleDrawn | None = None
    decisions: Mapping[str, tuple[int, verified.DecisionsCommitted]] = field(default_factory=dict)
    certificates: tuple[tuple[int, verified.CertificateIssued], ...] = ()

    @property
    def lines_received(self) -> int:
        """Add up the lines of the sections received, with those of rejected sections."""
        return sum(self.received.values())


@dataclass(frozen=True)
class Vote:
    """A vote that the law or the measure's own text lays down."""

    name: str
    day: date
    rule: str
    question: str | None
    hangs_on: kinds.Hanging | None
    passed: bool | None = None
    yes: int | None = None
    lapsed: bool = False

    @property
    def outcome(self) -> Literal["passed", "failed", "lapsed", "undecided"]:
        """Say how it came out."""
        if self.lapsed:
            return "lapsed"
        return "undecided" if self.passed is None else "passed" if self.passed else "failed"


@dataclass(frozen=True)
class Case:
    """Where one measure stands. `dates` holds the days known exactly, under the names that clocks start from."""

    name: str
    size: int = 0
    stage: str = START
    received: kinds.MeasureReceived | None = None
    title: str | None = None
    identifier: str | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    last_day: date | None = None
    texts: tuple[TextVersion, ...] = ()
    counties: Mapping[str, County] = field(default_factory=dict)
    done: frozenset[tuple[str, str]] = frozenset()
    requirement: int | None = None
    projection: kinds.SampleProjected | None = None
    votes: Mapping[str, Vote] = field(default_factory=dict)
    failed_because: str | None = None
    contingent_bills: tuple[str, ...] = ()
    late: tuple[tuple[int, str, kinds.Late], ...] = ()
    corrections: tuple[tuple[int, str], ...] = ()

    @property
    def exists(self) -> bool:
        """Say whether the measure has been received."""
        return self.received is not None

    @property
    def instrument(self) -> str:
        """Give the kind of measure, empty before it is received."""
        return self.received.instrument if self.received else ""

    @property
    def place(self) -> str:
        """Give the place, empty before the measure is received."""
        return self.received.place if self.received else ""

    @property
    def law(self) -> str:
        """Give the digest of the law document that the case is pinned to."""
        return self.received.law if self.received else ""

    @property
    def proponents(self) -> tuple[str, ...]:
        """Name the proponents."""
        return self.received.proponents if self.received else ()

    def county(self, name: str) -> County | None:
        """Find a county, whichever way its name is spelled (`fold_county`)."""
        return next(
            (county for county in self.counties.values() if fold_county(county.name) == fold_county(name)), None
        )

    def was_done(self, kind: str, county: str = "") -> bool:
        """Say whether a kind of event has been recorded, for a county where one is given."""
        return (kind, fold_county(county)) in self.done

    @property
    def projection_stands(self) -> bool:
        """Say whether the sample was projected, and no raw count was amended since."""
        return self.was_done(kinds.SampleProjected.__name__)

    @property
    def raw_count(self) -> int:
        """Add up the signatures that the counties have reported as filed."""
        return sum(county.raw_count or 0 for county in self.counties.values())

    @property
    def valid_checked(self) -> int:
        """Add up the valid signatures that the full check has found so far."""
        return sum(county.valid_signatures for county in self.counties.values())

    def after(self, event: Event, stage: str, dates_as: str | None) -> Case:
        """Take up one event.

        Parameters
        ----------
        event
            The next event of this case.
        stage
            The stage it leads to.
        dates_as
            The name under which its day is known to clocks, if any.

        Raises
        ------
        InputError
            The data are not what the kind holds.
        """
        data = read_data(event.kind, event.data, event.version)
        if isinstance(data, ForecastIssued):
            return replace(self, size=self.size + 1)
        day = event.occurred_on
        county = getattr(data, "county", "")
        dates = {**self.dates, **dates_in(data)}
        if dates_as and data.between is None:
            # Counties are filed with one by one: the petition is filed when the last of them is.
            dates[dates_as] = max(day, dates.get(dates_as, day)) if county else day
        done = self.done | {(event.kind, fold_county(county)), (event.kind, "")}
        if isinstance(data, kinds.RawCountAmended):
            done -= {(kinds.SampleProjected.__name__, "")}
        late = (*self.late, (event.position, event.kind, data.late)) if data.late else self.late
        last = max(self.last_day or day, day)
        base = replace(self, size=self.size + 1, stage=stage, dates=dates, done=done, late=late, last_day=last)
        return replace(base, **self._changes(data, day), **self._verified(data))

    def _verified(self, data: kinds.EventData) -> dict[str, Any]:
        """Say which parts of the state an event of the verification changes; this event stands at `size`."""
        match data:
            case verified.SectionsReceived():
                known = self.county(data.county) or County(data.county)
                received = {**known.received, **dict(data.sections)}
                rejected = {name: code for name, code in known.rejected.items() if name not in dict(data.sections)}
                return self._county(data.county, received=received, rejected={**rejected, **data.rejected})
            case verified.LinesCommitted():
                return self._county(data.county, lines_committed=data)
            case verified.SampleDrawn():
                return self._county(data.county, sample_drawn=data)
            case verified.DecisionsCommitted():
                known = self.county(data.county) or County(data.county)
                return self._county(data.county, decisions={**known.decisions, data.basis: (self.size, data)})
            case verified.CertificateIssued():
                known = self.county(data.county) or County(data.county)
                return self._county(data.county, certificates=(*known.certificates, (self.size, data)))
        return {}

    def _changes(self, data: kinds.EventData, day: date) -> dict[str, Any]:
        """Say which parts of the state an event changes."""
        match data:
            case kinds.MeasureReceived():
                return {"received": data}
            case kinds.TextOfMeasure():
                text = TextVersion(data.text_version, day, data.text, data.standing, tuple(data.changes), data.sha256)
                return {"texts": (*self.texts, text)}
            case kinds.TitleIssued():
                return {"title": data.title, "identifier": data.identifier}
            case kinds.RequirementDetermined():
                return {"requirement": data.requirement}
            case kinds.PetitionFiled():
                return self._county(data.county, filed_date=day, sections=data.sections)
            case kinds.RawCountReported() | kinds.RawCountAmended():
                return self._county(data.county, raw_count=data.raw_count)
            case kinds.SampleReported():
                return self._county(
                    data.county,
                    reported_at=self._reported(data.county, "random_sample"),
                    sample_size=data.sample_size,
                    valid_in_sample=data.valid_in_sample,
                    duplicates_in_sample=data.duplicates_in_sample,
                )
            case kinds.SampleProjected():
                return {"projection": data}
            case kinds.FullCheckReported():
                progress = {"checked": data.checked, "valid_signatures": data.valid_signatures}
                reported = self._reported(data.county, "full_check")
                return self._county(data.county, complete=data.complete, reported_at=reported, **progress)
            case kinds.MeasureFailed():
                return {"failed_because": data.reason}
            case kinds.ContingentWithdrawalFiled():
                return {"contingent_bills": (*self.contingent_bills, data.bill)}
            case kinds.VoteScheduled():
                vote = Vote(data.vote, data.day, data.rule, data.question, data.hangs_on)
                return {"votes": {**self.votes, data.vote: vote}}
            case kinds.VoteDecided():
                return self._vote(data.vote, passed=data.passed, yes=data.quantities.yes)
            case kinds.VoteLapsed():
                return self._vote(data.vote, lapsed=True)
            case kinds.CorrectionNoted():
                return {"corrections": (*self.corrections, (data.position, data.note))}
        return {}

    def _reported(self, name: str, basis: str) -> dict[str, int]:
        """Note that the event that is taken up is the newest report of a basis."""
        county = self.county(name)
        return {**(county.reported_at if county else {}), basis: self.size}

    def _county(self, name: str, **known: Any) -> dict[str, Any]:
        county = self.county(name) or County(name)
        return {"counties": {**self.counties, county.name: replace(county, **known)}}

    def _vote(self, name: str, **known: Any) -> dict[str, Any]:
        return {"votes": {**self.votes, name: replace(self.votes[name], **known)}}


def dates_in(data: kinds.EventData) -> dict[str, date]:
    """Give the days that an event's data hold under a name that clocks may start from (`election_date`)."""
    return {key: value for key, value in data if key.endswith("_date") and isinstance(value, date)}
