"""Voter files of invented places: exact in number, alike for a seed, whole or not there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from referenda.errors import InputError
from referenda.synth import voters
from referenda.synth.names import unmarked
from referenda.synth.voters import COLUMNS, VoterPlan, write_voters

Rows = list[dict[str, str]]


def made(folder: Path, plan: VoterPlan, name: str = "voters.parquet") -> Rows:
    file = folder / name
    assert write_voters(plan, file) == plan.voters
    rows: Rows = pyarrow.parquet.read_table(file).to_pylist()
    return rows


@pytest.fixture(scope="module")
def roll(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return made(tmp_path_factory.mktemp("roll"), VoterPlan(40_000, 11))


@pytest.mark.parametrize("number", [1, 2, 999, 13_001])
def test_a_file_has_exactly_the_voters_asked_for(tmp_path: Path, number: int) -> None:
    rows = made(tmp_path, VoterPlan(number, 4))
    assert len(rows) == number
    assert list(rows[0]) == list(COLUMNS)


def test_every_registration_has_a_number_of_its_own(roll: Rows) -> None:
    assert len({row["voter_id"] for row in roll}) == len(roll)
    assert {len(row["voter_id"]) for row in roll} == {10}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_file(tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        files = [tmp_path / f"{name}.{ending}" for name in ("one", "two", "three")]
        for file, seed in zip(files, (8, 8, 9), strict=True):
            write_voters(VoterPlan(3_000, seed), file)
        one, two, three = (file.read_bytes() for file in files)
        assert one == two
        assert one != three


def test_a_place_does_not_depend_on_the_pieces_it_is_made_in(
    tmp_path: Path, roll: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voters, "CHUNK", 1)
    assert made(tmp_path, VoterPlan(40_000, 11)) == roll


def test_csv_and_parquet_hold_the_same_voters(tmp_path: Path) -> None:
    rows = made(tmp_path, VoterPlan(2_000, 3))
    write_voters(VoterPlan(2_000, 3), tmp_path / "voters.csv")
    texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pyarrow.string()))
    assert pyarrow.csv.read_csv(tmp_path / "voters.csv", convert_options=texts).to_pylist() == rows


def test_the_three_faces_of_a_file_are_the_same_voters(tmp_path: Path) -> None:
    title, upper, plain = (made(tmp_path, VoterPlan(5_000, 6, face=face)) for face in ("title", "upper", "ascii"))
    texts = ("first", "middle", "last", "suffix", "street", "unit", "city")
    assert any(row["last"] != unmarked(row["last"]) for row in title)
    for one, two, three in zip(title, upper, plain, strict=True):
        assert [one[name].upper() for name in texts] == [two[name] for name in texts]
        assert [unmarked(one[name]).upper() for name in texts] == [three[name] for name in texts]


def test_people_of_a_home_mostly_share_a_surname_and_stand_together(roll: Rows) -> None:
    homes: dict[tuple[str, ...], Rows] = defaultdict(list)
    for row in roll:
        homes[tuple(row[name] for name in ("house_number", "street", "unit", "zip"))].append(row)
    several = [rows for rows in homes.values() if len(rows) > 1]
    shared = sum(max(Counter(row["last"] for row in rows).values()) > 1 for rows in several)
    assert 0.65 < shared / len(several) < 0.85
    assert 0.44 < len(homes) / len(roll) < 0.52


def test_sons_are_named_after_fathers_of_their_home(roll: Rows) -> None:
    homes: dict[tuple[str, ...], Rows] = defaultdict(list)
    for row in roll:
        homes[tuple(row[name] for name in ("house_number", "street", "unit", "zip"))].append(row)
    pairs = [
        {row["suffix"] for row in rows if (row["first"], row["last"]) == (junior["first"], junior["last"])}
        for rows in homes.values()
        for junior in rows
        if junior["suffix"] == "Jr"
    ]
    with_father = [suffixes for suffixes in pairs if suffixes & {"", "Sr"}]
    assert len(with_father) > 50
    assert any("Sr" in suffixes for suffixes in with_father)


def test_a_third_of_voters_live_in_apartments_and_house_numbers_are_numbers(roll: Rows) -> None:
    apartments = sum(row["unit"] != "" for row in roll) / len(roll)
    assert 0.15 < apartments < 0.55
    numbers = [row["house_number"] for row in roll]
    assert sum(number.isdigit() for number in numbers) > 0.95 * len(roll)
    assert any(number.endswith(" 1/2") for number in numbers)
    assert any(number.endswith("B") for number in numbers)


def test_homes_along_a_rural_route_have_a_box_and_no_house_number(tmp_path: Path) -> None:
    routes = [row for row in made(tmp_path, VoterPlan(300_000, 2)) if row["street"].startswith("RR ")]
    assert 100 < len(routes) < 10_000
    assert all(re.fullmatch(r"RR \d Box \d+", row["street"]) and row["house_number"] == "" for row in routes)


def test_one_city_and_county_belong_to_a_zip_code(roll: Rows) -> None:
    places = defaultdict(set)
    for row in roll:
        places[row["zip"]].add((row["city"], row["county"]))
    assert all(len(place) == 1 for place in places.values())
    assert len({county for place in places.values() for _, county in place}) == 2


def test_nobody_registered_after_the_day_of_the_file(tmp_path: Path) -> None:
    rows = made(tmp_path, VoterPlan(3_000, 1, as_of=date(2020, 2, 29)))
    days = [date.fromisoformat(row["reg_date"]) for row in rows]
    assert max(days) <= date(2020, 2, 29)
    assert 0.02 < sum(day > date(2019, 10, 1) for day in days) / len(days) < 0.08


def test_somebody_left_a_registration_behind(roll: Rows) -> None:
    people: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in roll:
        if row["middle"]:
            people[row["first"], row["middle"], row["last"], row["zip"]].add(row["status"])
    assert sum({"active", "cancelled"} <= statuses for statuses in people.values()) > 50


@pytest.mark.parametrize(
    ("plan", "name", "said"),
    [
        ({"voters": 0}, "v.csv", "from 1 to 100,000,000 voters"),
        ({"voters": 5, "counties": 2}, "v.csv", "needs at least one"),
        ({"voters": 5}, "v.xls", ".parquet or .csv"),
        ({"voters": 5}, "nowhere/v.csv", "does not exist"),
        ({"voters": 5, "face": "bold"}, "v.csv", "unknown face"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, plan: dict[str, int], name: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        write_voters(VoterPlan(seed=1, **plan), tmp_path / name)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_interrupted_is_not_there(tmp_path: Path) -> None:
    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_voters(VoterPlan(100, 1), tmp_path / "v.csv", tell=stop)
    assert list(tmp_path.iterdir()) == []
