"""What the assembly picks: the law of a place, from the package or a folder of one's own, and a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.assembly import law_of, open_store
from referenda.errors import InputError

LAKELAND = """
place: {id: xx/lakeland, name: Lakeland, instruments: [{name: ordinance, words: Ordinance}]}
"""


def test_a_folder_of_ones_own_adds_places_and_takes_none_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "xx" / "lakeland"
    place.mkdir(parents=True)
    (place / "place.yaml").write_text(LAKELAND, encoding="utf-8")
    monkeypatch.setenv("REFERENDA_LAW", str(tmp_path))
    assert law_of("xx/lakeland").name == "Lakeland"
    assert law_of("us/ca").name == "California"


def test_an_unknown_place_is_refused_with_the_one_that_was_perhaps_meant() -> None:
    with pytest.raises(InputError, match="Did you mean us/ca"):
        law_of("us/cal")


def test_a_plain_path_means_a_database_in_a_file(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "cases.db"))
    try:
        assert store.cases() == []
    finally:
        store.close()
    assert (tmp_path / "cases.db").exists()
