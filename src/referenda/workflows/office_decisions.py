"""The decisions of an office and the lines they are about: what is verified now, in which order, and what stands.

Before a sample is drawn nothing can be decided, unless the check of every line was begun without one. The lines are
those that the public record drew from; the order is that of the public draw, and a full check goes on in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from referenda.errors import Fault, InputError, LawError, RecordError
from referenda.ledger.event import Draft, Event
from referenda.petitions.adjudication import Adjudications
from referenda.petitions.decision_check import person_fault, reason_codes
from referenda.petitions.events import read_data
from referenda.petitions.section import frame_digest, identities, read_identity
from referenda.petitions.verification import Basis, Frame
from referenda.stats.draw import draw
from referenda.workflows.office_folder import Office

ATTEMPTS = 100


class AllLines:
    """The identities of all lines of some sections, without writing them out."""

    def __init__(self, sections: Mapping[str, int]) -> None:
        self._sections = sections

    def __contains__(self, identity: object) -> bool:
        try:
            section, number = read_identity(str(identity))
        except InputError:
            return False
        return number <= self._sections.get(section, 0)


class OfficeDecisions:
    """What an office decided so far; `refresh` reads on what others have decided since.

    Parameters
    ----------
    office
        The office, with its store open.

    Raises
    ------
    LawError
        Nothing is to be verified yet.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.known = Adjudications(office.county)
        self.case, self.law = office.public()
        self.refresh()

    def refresh(self) -> None:
        """Take up what was recorded since."""
        for event in self.office.events(self.known.size):
            self.known.take(event)

    @property
    def instrument(self) -> str:
        """The kind of measure."""
        return self.case.instrument

    def codes(self, on: date) -> dict[str, str]:
        """Give the reason codes of the place's law on a day, with their meaning."""
        return reason_codes(self.law, self.instrument, on)

    @cached_property
    def drawn_from(self) -> Mapping[str, int]:
        """Sections that the lines are verified of, and their lines: those of the public draw, where there was one."""
        county = self.case.county(self.office.county)
        if county is None or not county.received:
            message = f"no section of {self.office.county} has been received"
            raise LawError(Fault(message, remedy="Take the sections in: referenda petition intake."))
        if county.sample_drawn is None or frame_digest(county.received) == county.sample_drawn.frame:
            return county.received
        message = "sections came in after the sample was drawn, so it is no longer a sample of all of them"
        raise LawError(Fault(message, remedy="Draw the sample again: referenda petition sample."))

    @cached_property
    def all_lines(self) -> AllLines:
        """The identities of all lines that may be verified."""
        return AllLines(self.drawn_from)

    def frame(self) -> Frame:
        """Give the lines to be verified now, in the order of their tickets.

        Raises
        ------
        LawError
            No sample was drawn, and the check of every line has not begun.
        """
        return self._full if self.known.full_check else self._sample

    @cached_property
    def lines(self) -> dict[Basis, frozenset[str]]:
        """The lines to be verified, as sets by what they are verified for; filled as they are asked for."""
        return {}

    def lines_now(self) -> frozenset[str]:
        """Give the lines to be verified now, as a set."""
        frame = self.frame()
        if frame.basis not in self.lines:
            self.lines[frame.basis] = frozenset(frame.order)
        return self.lines[frame.basis]

    @cached_property
    def _sample(self) -> Frame:
        county = self.case.county(self.office.county)
        if county is None or county.sample_drawn is None:
            message = (
                "no sample was drawn, and the check of every line has not begun, so there is nothing to decide yet"
            )
            remedy = "Draw it: referenda petition sample; or, where the law asks for every line, petition full-check."
            raise LawError(Fault(message, remedy=remedy))
        drawn = county.sample_drawn
        order = draw(drawn.seed, county.name, identities(self.drawn_from), drawn.sample_size)
        return Frame(county.name, "random_sample", drawn.raw_count, order)

    def full_order(self) -> Sequence[str]:
        """Give every line, in the order in which a full check goes through them."""
        return self._full.order

    @cached_property
    def _full(self) -> Frame:
        county = self.case.county(self.office.county)
        everything = identities(self.drawn_from)
        if county is not None and county.sample_drawn is not None:
            everything = draw(county.sample_drawn.seed, county.name, everything, len(everything))
        return Frame(self.office.county, "full_check", len(everything), everything)

    def record(self, make: Callable[[], list[Draft]]) -> list[Event]:
        """Record what `make` gives, on what stands at that moment; made again as often as others write in between.

        Raises
        ------
        RecordError
            Others wrote without a pause.
        """
        for _ in range(ATTEMPTS):
            self.refresh()
            drafts = make()
            try:
                events = self.office.record(drafts, expected_size=self.known.size)
            except RecordError:
                if self.office.store.size(self.office.log) == self.known.size:
                    raise
                continue
            for event in events:
                self.known.take(event)
            return events
        raise RecordError(f"others wrote {ATTEMPTS} times in between; try again in a moment")


def person_of(office: Office, person: str) -> str:
    """Name a person at work in the office, as events do.

    Raises
    ------
    InputError
        It is not a person's name.
    """
    if fault := person_fault(person.strip()):
        raise InputError(fault)
    return office.by_person(person.strip())


def office_draft(kind: str, on: date, by: str, data: dict[str, Any]) -> Draft:
    """Make a draft of one of the office's own kinds (InputError for data that it does not hold)."""
    return Draft(kind, read_data(kind, data).version, on, by, data)
