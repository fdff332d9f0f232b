"""Names that are not known, and the ones that were perhaps meant."""

from __future__ import annotations

import pytest

from referenda.errors import InputError
from referenda.terms.names import check_name, did_you_mean, nearest

INSTRUMENTS = ["statute", "constitutional-amendment", "referendum"]


def test_the_nearest_name_is_offered_and_a_far_one_is_not() -> None:
    assert nearest("statut", INSTRUMENTS) == "statute"
    assert nearest("recall", INSTRUMENTS) is None


def test_where_no_name_is_near_all_are_told_in_their_order() -> None:
    assert did_you_mean("x", INSTRUMENTS, what="There are") == f"There are: {', '.join(INSTRUMENTS)}."
    assert did_you_mean("x", []) == "Known: none."


def test_of_short_names_that_are_alike_several_are_offered() -> None:
    assert (
        did_you_mean("us/xx", ["us/wa", "us/sd", "gb/scotland"], most=2, mark="`") == "Did you mean `us/wa` or `us/sd`?"
    )


def test_a_name_that_is_known_passes_and_another_is_refused_with_its_place() -> None:
    check_name("instrument", "statute", INSTRUMENTS)
    with pytest.raises(InputError) as refused:
        check_name("instrument", "statut", INSTRUMENTS, of=" in California")
    [fault] = refused.value.faults
    assert fault.message == "no instrument of this name is known in California"
    assert (fault.value, fault.remedy) == ("statut", "Did you mean statute?")
