"""Petitions of invented places: the truth follows from the voter file, the dates and the sheets."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from referenda.errors import InputError
from referenda.synth import petition
from referenda.synth.parameters import read_parameters
from referenda.synth.petition import START, PetitionPlan, write_petition
from referenda.synth.place import Place, make_place
from referenda.synth.script import LINES, REASONS, TRUTH

Rows = list[dict[str, Any]]
PARAMETERS = """
petition: {bad_circulator: 0.25, duplicate: 0.05, moved: 0.05, other_county: 0.03, defective_sheet: 0.02}
"""


def rows_of(file: Path) -> Rows:
    rows: Rows = pyarrow.parquet.read_table(file).to_pylist()
    return rows


class Told:
    """A place of two counties with many bad circulators, and its files."""

    def __init__(self, folder: Path) -> None:
        changes = folder / "changes.yaml"
        changes.write_text(PARAMETERS, encoding="utf-8")
        self.made: Place = make_place(folder, voters=40_000, lines=5_000, seed=21, changes=changes)
        self.voters = {row["voter_id"]: row for row in rows_of(self.made.voters)}
        self.lines = rows_of(self.made.lines)
        self.truth = rows_of(self.made.truth)
        self.sheets = {row["sheet_id"]: row for row in rows_of(self.made.sheets)}
        self.pairs = list(zip(self.lines, self.truth, strict=True))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(tmp_path_factory.mktemp("place"))


def test_the_files_have_the_documented_columns(told: Told) -> None:
    assert tuple(told.lines[0]) == LINES
    assert tuple(told.truth[0]) == TRUTH
    assert tuple(next(iter(told.sheets.values()))) == ("sheet_id", "county", "circulator", "lines", "defective")


def test_lines_are_numbered_and_stand_on_sheets_of_one_county(told: Told) -> None:
    assert [line["line_id"] for line in told.lines] == [truth["line_id"] for truth in told.truth]
    assert len({line["line_id"] for line in told.lines}) == 5_000
    sheets: dict[str, Rows] = defaultdict(list)
    for line in told.lines:
        sheets[line["sheet_id"]].append(line)
    assert sheets.keys() == told.sheets.keys()
    for name, lines in sheets.items():
        assert [line["line_no"] for line in lines] == list(range(1, len(lines) + 1))
        assert len(lines) == told.sheets[name]["lines"] <= 10
        assert {line["county"] for line in lines} == {told.sheets[name]["county"]}


def test_every_reason_follows_from_the_voter_file_the_day_and_the_sheet(told: Told) -> None:
    for line, truth in told.pairs:
        errors = set(truth["errors"].split())
        voter = told.voters.get(truth["voter_id"])
        assert (voter is None) == (truth["voter_id"] == "")
        assert ("date_missing" in errors) == (line["date_signed"] == "")
        expected = (
            "defective_sheet" if told.sheets[line["sheet_id"]]["defective"]
            else "illegible" if "illegible" in errors
            else "incomplete" if errors & {"address_blank", "date_missing", "mailing_box"}
            else "not_registered" if voter is None
            else voter["status"] if voter["status"] != "active"
            else "registered_after" if voter["reg_date"] > line["date_signed"]
            else "other_county" if voter["county"] != line["county"]
            else None
        )  # fmt: skip
        if expected is None:
            assert truth["reason"] in ("valid", "other_address", "mismatch", "duplicate")
            assert truth["reason"] == "mismatch" or not truth["copied"]
        else:
            assert truth["reason"] == expected, (line, truth, voter)
        assert truth["valid"] == (truth["reason"] == "valid")


def test_all_reasons_occur_and_are_counted(told: Told) -> None:
    counts = Counter(truth["reason"] for truth in told.truth)
    assert dict(counts) == told.made.reasons
    assert set(counts) == set(REASONS)


def test_of_one_persons_lines_the_earliest_that_counts_is_valid(told: Told) -> None:
    persons: dict[int, Rows] = defaultdict(list)
    for (line, truth), planned in zip(told.pairs, told.lines, strict=True):
        if not truth["copied"]:
            persons[truth["person"]].append({**truth, "line": line["line_id"], "day": planned["date_signed"]})
    groups = [group for group in persons.values() if len(group) > 1]
    assert len(groups) > 150
    assert any(len(group) > 2 for group in groups)
    for group in groups:
        assert len({truth["voter_id"] for truth in group}) == 1
        good = [truth for truth in group if truth["reason"] in ("valid", "duplicate")]
        assert sum(truth["valid"] for truth in good) == (1 if good else 0)
        if good:
            assert next(truth for truth in good if truth["valid"])["day"] == min(truth["day"] for truth in good)
        (first,) = [truth["line"] for truth in group if truth["duplicate_of"] == ""]
        assert {truth["duplicate_of"] for truth in group} == {"", first}
    alone = [group[0] for group in persons.values() if len(group) == 1]
    assert {truth["duplicate_of"] for truth in alone} == {""}


def test_people_who_are_not_registered_sign_twice_too(told: Told) -> None:
    assert any(truth["duplicate_of"] and not truth["voter_id"] for truth in told.truth)


def test_movers_write_an_address_that_is_not_theirs_on_the_roll(told: Told) -> None:
    moved = [(line, told.voters[truth["voter_id"]]) for line, truth in told.pairs if truth["reason"] == "other_address"]
    same = sum(line["address"].split(" ")[0] == voter["house_number"] for line, voter in moved)
    assert len(moved) > 100
    assert same < 0.05 * len(moved)


def test_a_circulator_who_copies_takes_voters_in_the_order_of_the_roll(told: Told) -> None:
    order = {voter: number for number, voter in enumerate(told.voters)}
    copied = [order[truth["voter_id"]] for truth in told.truth if truth["copied"]]
    steps = Counter(later - earlier for earlier, later in pairwise(copied))
    assert steps[1] > 0.9 * len(copied) > 200


def test_circulators_who_invent_gather_people_who_are_nowhere(told: Told) -> None:
    kinds: dict[str, list[bool]] = defaultdict(list)
    for truth in told.truth:
        kinds[truth["circulator"]].append(truth["voter_id"] == "")
    assert set(kinds) == {"good", "copies the roll", "invents people"}
    assert sum(kinds["invents people"]) > 0.6 * len(kinds["invents people"])
    assert sum(kinds["good"]) < 0.15 * len(kinds["good"])


def test_relatives_who_are_not_registered_live_where_their_surname_is(told: Told) -> None:
    known = {(voter["last"].upper(), voter["house_number"]) for voter in told.voters.values()}
    nobody = [line for line, truth in told.pairs if truth["reason"] == "not_registered" and truth["errors"] == ""]
    related = sum((line["name"].split()[-1].upper(), line["address"].split(" ")[0]) in known for line in nobody)
    assert 0.15 < related / len(nobody) < 0.5


def test_nobody_who_is_not_registered_has_name_and_address_of_a_voter(told: Told) -> None:
    known = {(voter["first"], voter["last"], voter["house_number"], voter["zip"]) for voter in told.voters.values()}
    nobody = [line for line, truth in told.pairs if truth["reason"] == "not_registered" and truth["errors"] == ""]
    names = [(line["name"].split(), line["address"].split(" ")[0], line["zip"]) for line in nobody]
    assert [name for name, number, zip_code in names if (name[0], name[-1], number, zip_code) in known] == []


def test_the_same_seed_gives_the_same_petition_and_another_seed_another(told: Told, tmp_path: Path) -> None:
    again = make_place(
        tmp_path / "again", voters=40_000, lines=5_000, seed=21, changes=told.made.voters.parent / "changes.yaml"
    )
    for name in ("voters", "lines", "truth", "sheets"):
        assert getattr(again, name).read_bytes() == getattr(told.made, name).read_bytes()
    plan = PetitionPlan(500, 22, read_parameters("keyed"))
    files = {name: tmp_path / f"{name}.parquet" for name in ("lines", "truth", "sheets")}
    write_petition(told.made.voters, plan, **files)
    assert rows_of(files["lines"]) != told.lines[:500]


def test_a_petition_does_not_depend_on_the_pieces_it_is_written_in(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(petition, "BLOCK", 700)
    changes = told.made.voters.parent / "changes.yaml"
    made = make_place(tmp_path, voters=40_000, lines=5_000, seed=21, changes=changes)
    assert rows_of(made.lines) == told.lines
    assert rows_of(made.truth) == told.truth


def test_a_place_in_csv_is_the_same_place(told: Told, tmp_path: Path) -> None:
    changes = told.made.voters.parent / "changes.yaml"
    made = make_place(tmp_path, voters=40_000, lines=5_000, seed=21, changes=changes, kind="csv")
    texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(("zip", "date_signed", "address"), pa.string()))
    lines = pyarrow.csv.read_csv(made.lines, convert_options=texts).to_pylist()
    assert lines == told.lines


def test_lines_of_inactive_voters_count_where_the_place_says_so(told: Told, tmp_path: Path) -> None:
    plan = PetitionPlan(5_000, 21, read_parameters("keyed"), inactive_counts=True)
    files = {name: tmp_path / f"{name}.parquet" for name in ("lines", "truth", "sheets")}
    reasons = write_petition(told.made.voters, plan, **files)
    assert "inactive" not in reasons
    assert any(
        told.voters[truth["voter_id"]]["status"] == "inactive" for truth in rows_of(files["truth"]) if truth["valid"]
    )


@pytest.mark.parametrize(("voters", "lines"), [(1, 1), (1, 40), (60, 300), (13_000, 3)])
def test_small_places_and_crowded_petitions_are_made_too(tmp_path: Path, voters: int, lines: int) -> None:
    made = make_place(tmp_path, voters=voters, lines=lines, seed=1, channel="ocr")
    assert sum(made.reasons.values()) == len(rows_of(made.lines)) == lines


def test_a_place_of_one_county_has_no_signers_of_another(tmp_path: Path) -> None:
    made = make_place(tmp_path, voters=30_000, lines=1_500, seed=3, counties=1)
    assert {voter["county"] for voter in rows_of(made.voters)} == {line["county"] for line in rows_of(made.lines)}
    assert "other_county" not in made.reasons
    assert made.reasons["valid"] > 1_000


def test_days_lie_within_the_circulation(told: Told) -> None:
    days = [line["date_signed"] for line in told.lines if line["date_signed"]]
    assert START.isoformat() <= min(days) < max(days) <= petition.END.isoformat()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"lines": 0}, "from 1 to 10,000,000 lines"),
        ({"lines": 5, "end": date(2020, 1, 1)}, "ends before it starts"),
    ],
)
def test_a_petition_that_cannot_be_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        PetitionPlan(seed=1, parameters=read_parameters("keyed"), **arguments)


def test_a_place_of_a_seed_is_what_it_always_was(tmp_path: Path) -> None:
    made = make_place(tmp_path, voters=1_000, lines=100, seed=1)
    voter, line = rows_of(made.voters)[502], rows_of(made.lines)[52]
    assert " | ".join(voter.values()) == (
        "0541309636 | Thao | H | Nguyen |  | 848 | Avenue F |  | East Kingsley | 90001 | Rosbrook | 2007-02-04 | active"
    )
    assert " | ".join(str(value) for value in line.values()) == (
        "L00000053 | S0000007 | 4 | Rosbrook | agustin morales | 2649 valentino st | east kingsley | 90001 | 2026-04-23"
    )
