"""Tables and units: whatever bytes a file holds, it is read or its faults are named; and units add up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referenda.errors import InputError
from referenda.formats.units_csv import read_units
from referenda.law.tally import Tally
from referenda.law.units import total_of

cells = st.sampled_from(("Uri", "Zug", "1", "0", "-1", "1/2", "yes", "no", "", " ", "x", "1,5", '"', "Genève", "\n"))
tables = st.lists(st.lists(cells, max_size=6).map(",".join), max_size=8).map(
    lambda rows: "\n".join(["unit,weight,yes,no,carried", *rows]).encode()
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("units") / "units.csv"


@given(st.binary(max_size=200) | tables)
@example(b"\xff")
@example(b"unit\n\r\n\r")
@example(b'"')
@example(b"unit,yes,no\n" + b"9" * 5000 + b",1,0")
def test_no_bytes_make_anything_but_units_or_faults_of_the_file(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        units = read_units(path)
    except InputError as error:
        assert error.faults
        assert all(fault.file == str(path) for fault in error.faults)
        return
    assert units
    assert total_of(units).units


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(("1", "1/2", "0.5", "0"))).filter(
            lambda unit: unit[0] + unit[1] > 0  # a unit in which nobody voted must say what it carried
        ),
        min_size=1,
        max_size=20,
    )
)
def test_units_written_to_a_file_add_up_to_the_whole(path: Path, rows: Sequence[tuple[int, int, str]]) -> None:
    rows = [*rows, (1, 0, "1")]
    lines = [f"unit {number},{weight},{yes},{no}" for number, (yes, no, weight) in enumerate(rows)]
    path.write_text("\n".join(["unit,weight,yes,no", *lines]))
    total = total_of(read_units(path))
    weights = [Fraction(weight) for _, _, weight in rows]
    assert total == Tally(
        yes=sum(yes for yes, _, _ in rows),
        no=sum(no for _, no, _ in rows),
        units=sum(weights),
        units_carried=sum(w for w, (yes, no, _) in zip(weights, rows, strict=True) if yes > no),
    )
