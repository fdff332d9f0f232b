"""What the assembly picks: the law of a place, from the package or a folder of one's own, and a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.assembly import law_of, open_store, places
from referenda.errors import InputError

LAKELAND = """
place: {id: xx/lakeland, name: Lakeland, instruments: [{name: ordinance, words: Ordinance}]}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    place = tmp_path / "xx" / "lakeland"
    place.mkdir(parents=True)
    (place / "place.yaml").write_text(LAKELAND, encoding="utf-8")
    return tmp_path


def test_a_folder_of_ones_own_adds_places_and_takes_none_away(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert law_of("xx/lakeland", own).name == "Lakeland"
    assert law_of("us/ca", own).name == "California"
    assert {*places(own)} - {*places()} == {"xx/lakeland"}
    monkeypatch.setenv("REFERENDA_LAW", str(own))
    assert law_of("xx/lakeland").name == "Lakeland"
    assert law_of("us/ca").name == "California"


def test_a_place_of_ones_own_is_taken_before_the_one_that_comes_with_referenda(own: Path) -> None:
    mine = own / "us" / "ca"
    mine.mkdir(parents=True)
    (mine / "place.yaml").write_text(LAKELAND.replace("xx/lakeland", "us/ca"), encoding="utf-8")
    assert law_of("us/ca", own).name == "Lakeland"


@pytest.mark.parametrize("place_id", ["../lakeland", "xx/../xx/lakeland", "/xx/lakeland", "xx", "", "xx/lakeland/"])
def test_no_place_is_reached_by_another_way_than_its_name(own: Path, place_id: str) -> None:
    with pytest.raises(InputError, match="no place of this name"):
        law_of(place_id, own / "xx" if place_id.startswith("..") else own)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFERENDA_LAW", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="REFERENDA_LAW: there is no such folder"):
        law_of("us/ca")


def test_an_unknown_place_is_refused_with_the_one_that_was_perhaps_meant(own: Path) -> None:
    with pytest.raises(InputError, match="Did you mean us/ca"):
        law_of("us/cal")
    with pytest.raises(InputError, match="Did you mean xx/lakeland"):
        law_of("xx/lakelamd", own)


def test_a_plain_path_means_a_database_in_a_file(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "cases.db"))
    try:
        assert store.cases() == []
    finally:
        store.close()
    assert (tmp_path / "cases.db").exists()
