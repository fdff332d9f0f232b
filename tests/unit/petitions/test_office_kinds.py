"""An office's own log: its name, and that its kinds never come into a public case."""

from __future__ import annotations

import pytest

from referenda.errors import InputError
from referenda.ledger.event import require_case_name
from referenda.petitions.events import NEWEST, OFFICE, read_data
from referenda.petitions.office_kinds import OFFICE_LOG, office_log


def test_the_log_bears_the_names_of_case_and_county():
    assert office_log("measure-a", "Alder") == "office.measure-a.alder"
    assert office_log("measure-a", "San Luis Obispo County") == "office.measure-a.san-luis-obispo"


@pytest.mark.parametrize("case", ["a", "x" * 80])
@pytest.mark.parametrize("county", ["Alder", "Peña Blanca", "y" * 300, "Straße 5", "!!"])
def test_every_case_and_county_gives_a_name_that_a_log_can_have(case, county):
    name = office_log(case, county)
    require_case_name(name)
    assert name.startswith(OFFICE_LOG)


def test_different_counties_and_cases_have_different_logs():
    names = [
        office_log(case, county)
        for case in ("a", "x" * 80, "x" * 79 + "y")
        for county in ("Alder", "Peña", "Peza", "Pe a", "y" * 100, "y" * 101)
    ]
    assert len(set(names)) == len(names)


def test_two_spellings_of_one_county_have_one_log():
    assert office_log("a", "City and County of San Francisco") == office_log("a", " san  francisco")


def test_the_kinds_of_offices_are_none_of_public_cases():
    assert NEWEST.keys().isdisjoint(OFFICE)


def test_an_event_of_the_office_is_held_to_its_kind():
    data = {"batch": 1, "sha256": "0" * 64, "lines": 10, "sections": 1}
    assert read_data("BatchKeyed", data).lines == 10
    with pytest.raises(InputError, match="section"):
        read_data("SectionRejected", {"section": "no spaces", "reason": "x"})
