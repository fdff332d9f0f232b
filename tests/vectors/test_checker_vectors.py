"""Published numbers, which the checker alone must confirm from a record, and refuse when they are one off.

Law documents here are written by hand from law-documents.md. Sources stand beside each vector.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from referenda_verify import verify

_SPEC = importlib.util.spec_from_file_location(
    "record_writer", Path(__file__).parents[1] / "unit" / "verify" / "record_writer.py"
)
writer: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(writer)


def confirmed(folder: Path, kind: str, data: dict[str, Any]) -> bool:
    laws = [writer.LAW] if "law" in data else []
    return verify(writer.write(folder, [writer.event(0, kind, data)], laws)).verified


def sample(row: dict[str, Any], total: int, requirement: int, decision: str) -> dict[str, Any]:
    return writer.sample_data(rows=[row], projected_valid=total, requirement=requirement, decision=decision)


@pytest.mark.parametrize(
    ("raw", "size", "valid", "duplicates", "projected"),
    [
        (24034, 722, 516, 2, 15028),  # 2 CCR § 20540, the regulation's own example; plain arithmetic gives 15,027
        (25000, 1250, 900, 1, 17620),  # a county's recall handbook: value of each 20, extra value 380
        (3720, 500, 307, 8, 1901),  # Yuba, "Six Californias", 2014
        (500, 500, 400, 0, 400),  # all were checked, nothing is projected
    ],
)
def test_a_county_is_projected_as_the_regulation_rounds(
    tmp_path: Path, raw: int, size: int, valid: int, duplicates: int, projected: int
) -> None:
    row = writer.row("County", raw, size, valid, duplicates, projected)

    assert confirmed(tmp_path / "right", "SampleProjected", sample(row, projected, projected, "full_check"))
    for off in (-1, 1):
        wrong = {**row, "projected_valid": projected + off}
        data = sample(wrong, projected + off, projected + off, "full_check")
        assert not confirmed(tmp_path / f"wrong{off}", "SampleProjected", data)


@pytest.mark.parametrize(
    ("valid", "decision"),
    # Six Californias: of 807,615 needed, 95 % is 767,234.25 and 110 % is 888,376.5 (report of the count, 2014)
    [(767234, "insufficient"), (767235, "full_check"), (888376, "full_check"), (888377, "sufficient")],
)
def test_the_limits_of_95_and_110_percent_are_exact(tmp_path: Path, valid: int, decision: str) -> None:
    row = writer.row("All", 900000, 900000, valid, 0, valid)
    row["valid_in_sample"] = row["sample_size"] = row["raw_count"] = valid

    for said in ("insufficient", "full_check", "sufficient"):
        data = sample(row, valid, 807615, said)
        assert (said == decision) is confirmed(tmp_path / said, "SampleProjected", data)


@pytest.mark.parametrize(
    ("instrument", "on", "base", "requirement"),
    [
        ("constitutional-amendment", "2017-01-26", 7317581, 585407),  # measure 16-0011A1; 8 % is 585,406.48
        ("statute", "2017-01-26", 7317581, 365880),  # 5 % is 365,879.05
        ("constitutional-amendment", "2014-07-15", 10094839, 807588),  # 8 % of the votes of 2010
    ],
)
def test_a_requirement_follows_from_its_official_base(
    tmp_path: Path, instrument: str, on: str, base: int, requirement: int
) -> None:
    def data(number: int) -> dict[str, Any]:
        said = writer.requirement_data(instrument=instrument, on=on, base=base, requirement=number)
        said["steps"][0]["value"], said["steps"][1]["value"] = str(base), str(number)
        return said

    assert confirmed(tmp_path / "right", "RequirementDetermined", data(requirement))
    assert not confirmed(tmp_path / "wrong", "RequirementDetermined", data(requirement - 1))


VOTES = [
    # Montenegro, 21 May 2006: half of those registered take part, and 55 % of the valid votes say yes
    (
        "ballots >= 50% of registered and yes >= 55% of valid",
        {"registered": 484718, "ballots": 419236, "yes": 230711, "no": 184954, "valid": 415665, "invalid": 3571},
        [("419236", "242359", True), ("230711", "228615.75", True)],
        True,
    ),
    # Scotland, 1 March 1979: a majority, and 40 % of the electorate (Scotland Act 1978 s. 85(2))
    (
        "yes > no and yes >= 40% of registered",
        {"registered": 3747112, "ballots": 2387572, "yes": 1230937, "no": 1153502, "valid": 2384439, "invalid": 3133},
        [("1230937", "1153502", True), ("1230937", "1498844.8", False)],
        False,
    ),
    # Scotland's votes under Montenegro's rule
    (
        "ballots >= 50% of registered and yes >= 55% of valid",
        {"registered": 3747112, "ballots": 2387572, "yes": 1230937, "no": 1153502, "valid": 2384439, "invalid": 3133},
        [("2387572", "1873556", True), ("1230937", "1311441.45", False)],
        False,
    ),
]


@pytest.mark.parametrize(("rule", "quantities", "sides", "passed"), VOTES)
def test_a_vote_is_decided_as_history_has_it(
    tmp_path: Path, rule: str, quantities: dict[str, int], sides: list[tuple[str, str, bool]], passed: bool
) -> None:
    texts = rule.split(" and ")
    conditions = [
        {"text": text, "left": left, "right": right, "met": met}
        for text, (left, right, met) in zip(texts, sides, strict=True)
    ]
    data = {"vote": "v", "rule": rule, "quantities": quantities, "conditions": conditions, "passed": passed}

    assert confirmed(tmp_path / "right", "VoteDecided", data)
    assert not confirmed(tmp_path / "wrong", "VoteDecided", {**data, "passed": not passed})
