"""An invented petition has the shares that its parameters ask for, and its errors fall on all communities alike.

Margins are four standard errors of a share seen in so many lines; circulators are made alike (no spread, no bad
ones), since lines of one circulator are not independent otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import sqrt
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from referenda.synth.parameters import Parameters, read_parameters
from referenda.synth.petition import PetitionPlan, write_petition
from referenda.synth.voters import VoterPlan, write_voters

LINES = 40_000
VOTERS = 400_000
ALIKE = {"circulator_spread": 0.0, "bad_circulator": 0.0}
Rows = list[dict[str, Any]]


def rows_of(file: Path) -> Rows:
    rows: Rows = pyarrow.parquet.read_table(file).to_pylist()
    return rows


@pytest.fixture(scope="module")
def voters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("voters") / "voters.parquet"
    write_voters(VoterPlan(VOTERS, 5), file)
    return file


@pytest.fixture(scope="module")
def signed(voters: Path) -> dict[str, tuple[Rows, Rows]]:
    """Lines and truth of each channel."""
    petitions = {}
    for channel in ("keyed", "ocr"):
        known = read_parameters(channel)
        parameters = Parameters(channel, {**known.petition, **ALIKE}, known.writing)
        files = {name: voters.with_name(f"{channel}-{name}.parquet") for name in ("lines", "truth", "sheets")}
        write_petition(voters, PetitionPlan(LINES, 5, parameters), **files)
        petitions[channel] = rows_of(files["lines"]), rows_of(files["truth"])
    return petitions


def assert_share(found: int, of: int, share: float, *, below: float = 0.0) -> None:
    """Hold a count against a share, with four standard errors, and so much below that other rules may take away."""
    margin = 4 * sqrt(share * (1 - share) / of)
    assert share * (1 - below) - margin <= found / of <= share + margin, (found / of, share)


@pytest.mark.slow
@pytest.mark.parametrize(
    "state", ["not_registered", "cancelled", "inactive", "pending", "registered_after", "other_county", "mismatch"]
)
def test_lines_have_the_states_that_the_parameters_ask_for(signed: dict[str, tuple[Rows, Rows]], state: str) -> None:
    _, truth = signed["keyed"]
    share = read_parameters("keyed").petition[state]
    # Lines that are illegible, incomplete or on a defective sheet have that reason first: 2 % of all. Of those who
    # moved, some have another reason as well.
    assert_share(sum(line["reason"] == state for line in truth), LINES, share, below=0.06)


@pytest.mark.slow
def test_movers_are_as_many_as_asked_for(signed: dict[str, tuple[Rows, Rows]]) -> None:
    _, truth = signed["keyed"]
    assert_share(sum(line["reason"] == "other_address" for line in truth), LINES, 0.035, below=0.06)


@pytest.mark.slow
def test_repeated_signers_are_as_many_as_asked_for(signed: dict[str, tuple[Rows, Rows]]) -> None:
    _, truth = signed["keyed"]
    # A line cannot repeat a line that itself repeats one: 2 % of the 2 % fall away.
    assert_share(sum(line["duplicate_of"] != "" for line in truth), LINES, 0.020, below=0.04)
    groups = Counter(line["person"] for line in truth)
    assert 0.04 < sum(size > 2 for size in groups.values()) / sum(size > 1 for size in groups.values()) < 0.16


@pytest.mark.slow
@pytest.mark.parametrize("channel", ["keyed", "ocr"])
@pytest.mark.parametrize(
    "kind",
    ["zip_missing", "initial_only", "swapped_names", "maiden_name", "city_missing", "date_missing", "address_blank"],
)
def test_errors_of_habit_come_as_often_as_the_parameters_say(
    signed: dict[str, tuple[Rows, Rows]], channel: str, kind: str
) -> None:
    _, truth = signed[channel]
    share = read_parameters(channel).writing[kind]
    # A first name that became a nickname or a middle name cannot become an initial as well: 6 % in all.
    assert_share(sum(kind in line["errors"].split() for line in truth), LINES, share, below=0.07)


@pytest.mark.slow
@pytest.mark.parametrize(("channel", "kind"), [("keyed", "last_typo"), ("ocr", "last_typo"), ("keyed", "number_typo")])
def test_slips_come_as_often_as_the_parameters_say_over_good_and_bad_hands(
    signed: dict[str, tuple[Rows, Rows]], channel: str, kind: str
) -> None:
    _, truth = signed[channel]
    share = read_parameters(channel).writing[kind]
    assert_share(sum(kind in line["errors"].split() for line in truth), LINES, share, below=0.03)


@pytest.mark.slow
def test_a_third_of_keyed_lines_and_most_of_those_read_by_machine_differ_from_the_file(
    signed: dict[str, tuple[Rows, Rows]],
) -> None:
    clean = {
        channel: sum(line["errors"] == "" for line in truth if line["voter_id"])
        / sum(line["voter_id"] != "" for line in truth)
        for channel, (_, truth) in signed.items()
    }
    assert clean["keyed"] == pytest.approx(0.62, abs=0.03)
    assert clean["ocr"] == pytest.approx(0.20, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("channel", ["keyed", "ocr"])
def test_slips_fall_on_every_community_alike(signed: dict[str, tuple[Rows, Rows]], channel: str) -> None:
    _, truth = signed[channel]
    slips = {"first_typo", "last_typo", "number_typo", "street_typo", "zip_wrong"}
    found: dict[str, list[bool]] = defaultdict(list)
    for line in truth:
        found[line["community"]].append(bool(slips & set(line["errors"].split())))
    everyone = [slipped for lines in found.values() for slipped in lines]
    share = sum(everyone) / len(everyone)
    assert len(found) == 9
    for slipped in found.values():
        assert_share(sum(slipped), len(slipped), share)


@pytest.mark.slow
def test_communities_are_as_many_as_the_tables_say_and_live_together(voters: Path) -> None:
    from referenda.synth.names import name_book

    book = name_book()
    roll = pyarrow.parquet.read_table(voters, columns=["last", "zip"]).to_pylist()
    found = Counter(book.community_of(voter["last"].replace("-", " ").split(" ")[0]) for voter in roll)
    # Neighbourhoods differ widely, so the whole differs from the tables too: a third of the share, at most.
    for name in ("general", "spanish"):
        share = float(book.shares[book.communities.index(name)])
        assert found[name] / len(roll) == pytest.approx(share, rel=0.35), name
    spanish: dict[str, list[bool]] = defaultdict(list)
    for voter in roll:
        spanish[voter["zip"]].append(book.community_of(voter["last"]) == "spanish")
    shares = sorted(sum(lines) / len(lines) for lines in spanish.values())
    assert shares[0] < 0.15
    assert shares[-1] > 0.45
