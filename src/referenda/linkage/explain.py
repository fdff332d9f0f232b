"""Why a pair was thought to be one person: every field in words, and its weight in the model that decided.

The weight of a field is how far the model's log2 odds fall when the field is replaced by what an average candidate
shows (`Model.centre`), all else kept: above 0 it speaks for the pair, below 0 against it. Fields work together, so
the weights do not add up to the whole, which stands beside them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from referenda.linkage.blocking import Candidates
from referenda.linkage.comparison import FEATURES, compare
from referenda.linkage.model import Model
from referenda.linkage.people import People

_LOG2 = float(np.log(2))

FIELDS: dict[str, tuple[str, ...]] = {
    "given name": ("first_", "swapped", "middle_is_first", "given_", "name_", "whole_"),
    "surname": (
        *("last_equal", "last_similar", "last_edits", "last_part", "last_missing", "last_initial", "last_is"),
        *("second_", "middle_is_last"),
    ),
    "middle name": ("middle_equal", "middle_initial", "middle_differs", "middle_only", "middle_similar"),
    "generation": ("suffix_",),
    "house number": ("number_",),
    "street": ("street_", "address_"),
    "unit": ("unit_",),
    "zip": ("zip_",),
    "city": ("city_",),
    "county": ("county_",),
    "how common the name is": ("first_rarity", "last_rarity", "namesakes", "same_name"),
}
_SHOWN = {
    "given name": ("first",),
    "surname": ("last", "second"),
    "middle name": ("middle",),
    "generation": ("suffix",),
    "house number": ("number",),
    "street": ("street",),
    "unit": ("unit",),
    "zip": ("zip",),
    "city": ("city",),
    "county": ("county",),
}


@dataclass(frozen=True)
class FieldWeight:
    """One field of a pair: what the line and the file say, what that means, and its weight in bits."""

    field: str
    line: str
    voter: str
    words: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """A pair explained: the fields, strongest first, and the whole in bits against nobody."""

    fields: tuple[FieldWeight, ...]
    weight: float

    def as_dict(self) -> dict[str, object]:
        """Give it for `--json`."""
        return asdict(self)


def explain(
    lines: People, line: int, voters: People, row: int, model: Model, *, sheet_zip: int = 0, clean_share: float = 0.5
) -> Explanation:
    """Explain one pair of a line and a registration, whether it was proposed or not.

    Parameters
    ----------
    line, row
        Places of the line and of the voter in the two tables.
    sheet_zip
        The zip that most lines of the line's sheet name; 0 if not known.
    clean_share
        As in `comparison.compare`.
    """
    namesakes = (lines[name].hash_of(np.array([line])) for name in ("first", "last"))
    expected = [int(voters[name].counts_of(known)[0]) for name, known in zip(("first", "last"), namesakes, strict=True)]
    same_name = expected[0] * expected[1] // max(len(voters), 1)
    ones = np.ones(1, np.int64)
    pair = Candidates(np.array([line]), np.array([row]), np.zeros(1, np.float32), ones, ones * same_name)
    zips = np.full(len(lines), sheet_zip, dtype=np.int64)
    table = compare(lines, pair, voters, zips, clean_share)
    rivals = [FEATURES.index(name) for name in ("gap_above", "gap_below", "name_best", "address_best", "rivals")]
    table[0, rivals] = model.centre[rivals]
    names = {field: [FEATURES.index(n) for n in FEATURES if n.startswith(starts)] for field, starts in FIELDS.items()}
    without = np.repeat(table, len(names), axis=0)
    for place, columns in enumerate(names.values()):
        without[place, columns] = model.centre[columns]
    whole = float(model.weigh(table)[0])
    less = model.weigh(without)
    mine, theirs = lines.texts_of(line), voters.texts_of(row)
    features = dict(zip(FEATURES, table[0].tolist(), strict=True))
    fields = []
    for place, field in enumerate(names):
        shown = _SHOWN.get(field, ())
        ours, other = (" ".join(filter(None, (side[name] for name in shown))) for side in (mine, theirs))
        words = _words(field, ours, other, features) if shown else _common(features)
        fields.append(FieldWeight(field, ours, other, words, round((whole - float(less[place])) / _LOG2, 1)))
    fields.sort(key=lambda f: (-abs(f.weight), f.field))
    return Explanation(tuple(fields), round(whole / _LOG2, 1))


def _words(field: str, ours: str, other: str, features: dict[str, float]) -> str:
    if not ours and not other:
        return "neither says"
    if not ours or not other:
        return "only the file says" if other else "only the line says"
    if ours == other:
        return "the same"
    if field == "given name":
        if features["first_nickname"]:
            return "one is a nickname of the other"
        if features["first_initial"] == 1:
            return "an initial that agrees"
        if features["first_is_middle"] > 0.9:
            return "the voter's middle name"
        if features["swapped_similar"] > 0.9:
            return "given name and surname changed places"
    edits = {
        "given name": "first_edits",
        "surname": "last_edits",
        "street": "street_edits",
        "house number": "number_edits",
    }
    if field == "middle name" and features["middle_initial"]:
        return "the same initial"
    if field in edits and features[edits[field]] <= 2:
        return "one slip apart" if features[edits[field]] <= 1 else "two slips apart"
    return "different"


def _common(features: dict[str, float]) -> str:
    namesakes = 10 ** (features["namesakes"] * 4)
    return f"about {max(namesakes, 1):,.0f} voters of this given name and surname are to be expected"
