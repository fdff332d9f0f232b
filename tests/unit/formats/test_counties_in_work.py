"""Counts of a petition whose samples are being checked: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.formats.counties_csv import read_counties_in_work
from referenda.law.place import load_place
from referenda.petitions.county_count import CountyCount

HEADING = "county,raw_count,sample_size,checked,valid_in_sample,duplicates_in_sample"


def read(tmp_path: Path, *rows: str, heading: str = HEADING, place: str = "us/ca") -> list[tuple[CountyCount, int]]:
    path = tmp_path / "counts.csv"
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return read_counties_in_work(path, count=load_place(place).schema.sample_counts[0], place_name="California")


def refused(tmp_path: Path, *rows: str) -> list[tuple[int | None, str | int | None]]:
    with pytest.raises(InputError) as error:
        read(tmp_path, *rows)
    return [(fault.row, fault.column) for fault in error.value.faults]


def test_lines_that_are_done_are_read_beside_the_sample(tmp_path: Path) -> None:
    [yuba, inyo] = read(tmp_path, "Yuba,3720,500,250,150,1", "Inyo,616,616,0,0,0")
    assert yuba[1] == 250
    assert yuba[0].sample_size == 500
    assert inyo[1] == 0


def test_a_sample_without_a_word_on_what_is_done_is_done(tmp_path: Path) -> None:
    assert [checked for _, checked in read(tmp_path, "Yuba,3720,500,,307,8")] == [500]
    plain = "county,raw_count,sample_size,valid_in_sample,duplicates_in_sample"
    assert [checked for _, checked in read(tmp_path, "Yuba,3720,500,307,8", heading=plain)] == [500]


def test_all_that_cannot_be_is_said_at_once(tmp_path: Path) -> None:
    rows = ["Yuba,3720,500,501,307,8", "Inyo,616,500,100,99,2", "Kern,600,700,100,0,0", "Mono,600,500,-3,0,0"]
    assert refused(tmp_path, *rows) == [(2, "checked"), (3, "checked"), (4, "sample_size"), (5, "checked")]


def test_a_county_twice_and_a_total_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "Yuba,3720,500,0,0,0", "yuba county,3720,500,0,0,0") == [(3, "county")]
    assert refused(tmp_path, "Yuba,3720,500,0,0,0", "Total,3720,500,0,0,0") == [(3, "county")]
