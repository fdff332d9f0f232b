"""Parameters of the error model: documented, and changed only in ways that make sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.synth.parameters import STATES, documented, read_parameters


def test_every_parameter_is_a_share_and_says_what_it_rests_on() -> None:
    known = documented()
    assert set(known) == {"petition", "writing"}
    for entries, values in ((known["petition"], {"is"}), (known["writing"], {"keyed", "ocr"})):
        for name, entry in entries.items():
            assert set(entry) == values | {"source"}, name
            assert all(0 <= float(entry[value]) <= 1 for value in values), name
            assert len(entry["source"]) >= len("judgement"), name
    assert set(STATES) <= set(known["petition"])


def test_a_file_changes_only_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text("writing: {nickname: 0.5}\n", encoding="utf-8")
    plain, changed = read_parameters("ocr"), read_parameters("ocr", file)
    assert changed.writing["nickname"] == 0.5
    assert {**changed.writing, "nickname": plain.writing["nickname"]} == plain.writing
    assert changed.petition == plain.petition


def test_every_fault_of_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text("writing: {nikname: 0.5, first_typo: 2, last_typo: yes}\nplaces: {}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_parameters("keyed", file)
    columns = [fault.column for fault in refused.value.faults]
    assert columns == ["writing.nikname", "writing.first_typo", "writing.last_typo", "places"]


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "just words"])
def test_a_file_that_holds_no_parameters_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"changes\.yaml"):
        read_parameters("keyed", file)


def test_states_of_a_line_cannot_add_up_to_more_than_all_lines(tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text("petition: {not_registered: 0.9, moved: 0.2}\n", encoding="utf-8")
    with pytest.raises(InputError, match="more than 1"):
        read_parameters("keyed", file)
