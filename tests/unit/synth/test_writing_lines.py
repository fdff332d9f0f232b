"""How a line comes to be written: each kind of error alone does what its name says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from referenda.synth.draws import Draws
from referenda.synth.parameters import Parameters, read_parameters
from referenda.synth.slips import misread, slip
from referenda.synth.writing import Pen, Signer, Written, natural, nicknames

SIGNER = Signer("Roberta", "Allene", "Baker Nguyen", "Jr", "1250", "N Main St", "Apt 4", "North Aldora", "90012")


def lines(kind: str | None, *, channel: str = "keyed", signer: Signer = SIGNER, careful: bool = False) -> list[Written]:
    """Write fifty lines where one kind of error happens always, and no other."""
    known = read_parameters(channel).writing
    rates = dict.fromkeys(known, 0.0) | ({kind: 1.0} if kind else {})
    pen = Pen(Parameters(channel, {}, rates))
    draws = Draws(1)
    return [pen.write(signer, draws.dice("line", at), face="title", careful=careful) for at in range(50)]


EFFECTS: dict[str, Callable[[Written], bool]] = {
    "nickname": lambda line: not line.name.startswith("Roberta") and "Roberta" not in line.name,
    "initial_only": lambda line: "Roberta" not in line.name and "R" in line.name,
    "middle_used": lambda line: "Allene" in line.name and "Roberta" not in line.name,
    "swapped_names": lambda line: line.name.index("Baker") < line.name.index("Roberta"),
    "maiden_name": lambda line: "Baker" not in line.name and "Nguyen" not in line.name,
    "hyphen": lambda line: "Baker Nguyen" in line.name and len(line.name.replace("-", " ").split()) > 3,
    "one_surname": lambda line: ("Baker" in line.name) != ("Nguyen" in line.name),
    "suffix_left_out": lambda line: "Jr" not in line.name,
    "first_typo": lambda line: "Roberta" not in line.name,
    "last_typo": lambda line: "Baker Nguyen" not in line.name,
    "number_typo": lambda line: not line.address.startswith("1250 "),
    "number_transposed": lambda line: sorted(line.address.split()[0]) == sorted("1250") != line.address.split()[0],
    "street_typo": lambda line: (
        not set(line.address.split()) >= {"1250", "Main"} or not {"N", "N.", "North"} & set(line.address.split())
    ),
    "direction_left_out": lambda line: line.address.startswith("1250 Main"),
    "type_left_out": lambda line: "St" not in line.address,
    "type_wrong": lambda line: "St" not in line.address,
    "unit_left_out": lambda line: line.address.rstrip(".").endswith(("St", "Street")),
    "unit_wrong": lambda line: not line.address.endswith("4"),
    "zip_missing": lambda line: line.zip == "",
    "zip_wrong": lambda line: line.zip not in ("", "90012"),
    "city_missing": lambda line: line.city == "",
    "city_typo": lambda line: line.city != "North Aldora",
    "address_blank": lambda line: line.address == "",
    "date_missing": lambda line: not line.dated,
    "mailing_box": lambda line: "Box" in line.address,
    "half_unreadable": lambda line: not ("Roberta" in line.name and "Baker Nguyen" in line.name),
    "illegible": lambda line: line.name in ("", "?", "illegible"),
}


@pytest.mark.parametrize("kind", EFFECTS)
def test_an_error_of_one_kind_does_what_its_name_says(kind: str) -> None:
    happened = [line for line in lines(kind) if kind in line.kinds]
    assert len(happened) > 25  # a factor below 1 for a steady hand leaves some lines without
    assert all(set(line.kinds) == {kind} for line in happened)
    shown = [EFFECTS[kind](line) for line in happened]
    # A slip may happen to hit a shortened word, or digits that are the same: nearly all show.
    assert sum(shown) >= 0.8 * len(shown), [line for line, well in zip(happened, shown, strict=True) if not well]


def test_every_kind_of_error_with_an_effect_on_a_line_is_tested() -> None:
    assert set(read_parameters("keyed").writing) - set(EFFECTS) == {"bad_hand", "misread_letter"}


def test_without_errors_a_line_has_only_habits() -> None:
    for line in lines(None):
        assert line.kinds == ()
        assert line.zip == "90012"
        assert line.dated
        assert {"Roberta", "Baker", "Nguyen"} <= set(line.name.replace(",", "").split())
        assert line.address.startswith("1250 ")
        assert "Main" in line.address
        assert line.address.endswith("4")


def test_a_line_copied_from_the_roll_has_its_address_letter_for_letter() -> None:
    assert {line.address for line in lines("street_typo", careful=True)} == {"1250 N Main St Apt 4"}


def test_a_machine_misreads_some_letters_and_a_clerk_none() -> None:
    read = lines("misread_letter", channel="ocr")
    assert all(line.kinds == ("misread",) for line in read)
    assert {line.kinds for line in lines("misread_letter", channel="keyed")} == {()}


def test_a_file_in_capitals_is_written_as_people_do() -> None:
    signer = Signer("ROBERT", "", "DEL RIO", "III", "12", "AVENIDA DEL MAR", "", "SAN ALDORA", "90001")
    (line, *_) = lines(None, signer=signer)
    assert line.name == "Robert Del Rio III"
    assert line.address in ("12 Avenida Del Mar", "12 Ave Del Mar")
    assert line.city == "San Aldora"


def test_nobody_with_an_empty_name_or_address_stops_the_pen() -> None:
    for kind in [*EFFECTS, None]:
        for line in lines(kind, signer=Signer("", "", "", "", "", "", "", "", "")):
            assert "  " not in line.name


def test_nicknames_are_found_by_the_letters_of_the_name() -> None:
    assert nicknames()["JOSE"][0] in ("Pepe", "Joe")
    assert "Bob" in nicknames()["ROBERT"]


def test_natural_leaves_mixed_letters_alone() -> None:
    assert natural("McDonald") == "McDonald"
    assert natural("1ST AVE") == "1st Ave"


def test_one_slip_changes_a_word_a_little() -> None:
    draws = Draws(2)
    words = [slip("Katherine", draws.dice("slip", at)) for at in range(200)]
    assert "Katherine" not in words
    assert len(set(words)) > 35
    assert all(abs(len(word) - 9) <= 1 for word in words)
    assert sum(word[0] == "K" for word in words) > 150


def test_letters_are_misread_as_often_as_asked() -> None:
    text = "abcdefghij" * 10
    draws = Draws(3)
    changed = sum(
        len(set(enumerate(text)) - set(enumerate(misread(text, draws.dice("m", at), 0.001)))) > 0 for at in range(4_000)
    )
    assert changed / 4_000 == pytest.approx(1 - 0.999**100, abs=0.03)
