"""Keys of an earlier version serve while they hold all that are asked for, and are made anew where one is missing."""

from __future__ import annotations

import json
from pathlib import Path

from referenda.linkage.key_arrays import FORMAT, KEYS, has_index


def test_keys_made_by_an_earlier_version_serve_if_they_hold_all_of_today(tmp_path: Path) -> None:
    keys = {name: list(fields) for name, fields in KEYS.items()}
    for held, serves in (
        (keys, True),
        ({**keys, "tail_street": ["last:-3", "street:3"]}, True),
        ({name: fields for name, fields in keys.items() if name != "number"}, False),
        ({**keys, "number": ["number", "zip"]}, False),
    ):
        (tmp_path / "index.json").write_text(json.dumps({"format": FORMAT, "keys": held}), encoding="utf-8")
        assert has_index(tmp_path) is serves


def test_a_folder_without_keys_holds_none(tmp_path: Path) -> None:
    assert not has_index(tmp_path)
