"""Files that are not what they are said to be: each is refused with the reason, and none gets through half-read."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referenda.errors import Fault, InputError
from referenda.formats.counties_csv import read_amendments, read_counties
from referenda.law.schema import SampleCount
from referenda.petitions.county_count import CountyCount

COUNT = SampleCount.model_validate(
    {
        "name": "random_sample",
        "about": "A sample.",
        "cite": "Code § 1",
        "rows": "county",
        "row_formula": "projected_valid",
        "totals": ["projected_valid"],
        "result": "projected_valid",
        "decision": [{"decide": "sufficient", "about": "Enough.", "cite": "Code § 1"}],
    }
)
GOOD = "county,raw_count,sample_size,valid_in_sample,duplicates_in_sample\nYuba,3720,500,307,8\n"


def read(path: Path) -> list[CountyCount]:
    return read_counties(path, count=COUNT, place_name="California")


def refused(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read(path)
    assert all(fault.file == str(path) for fault in caught.value.faults)
    return caught.value.faults


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (GOOD.split("\n")[0].encode(), "no county under it"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-16-be"), "UTF-16"),
        (GOOD.encode("utf-32"), "UTF-"),
        (b"PK\x03\x04" + b"\x00" * 200, "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 200, "spreadsheet"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (GOOD.replace("Yuba", "Yub\N{LATIN SMALL LETTER E WITH ACUTE}").encode("latin-1"), "not UTF-8"),
        (GOOD.replace(",", ";").encode(), "parted by ';'"),
        (GOOD.replace(",", "\t").encode(), "parted by a tab"),
        (GOOD.replace("Yuba", '"Yuba').encode(), "quotation mark"),
        (GOOD.replace("duplicates_in_sample", "raw_count").encode(), "twice"),
        (GOOD.replace("8\n", "8,9\n").encode(), "6 cells"),
        (GOOD.replace(",8\n", "\n").encode(), "4 cells"),
        (GOOD.replace("3720", "\uff13\uff17\uff12\uff10").encode(), "not a whole number"),
        (GOOD.replace("3720", "=3720").encode(), "not a whole number"),
        (GOOD.replace("3720", "3.72e3").encode(), "not a whole number"),
        (GOOD.replace("3720", "9" * 400).encode(), "digits"),
        (GOOD.replace("3720", "NaN").encode(), "not a whole number"),
    ],
)
def test_a_file_that_is_no_table_of_counts_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "counties.csv"
    path.write_bytes(content)
    assert message in " ".join(fault.message for fault in refused(path))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "counties.csv"
    path.write_text("county,raw_count,sample_size,valid_in_sample\nYuba,3720,500,307\n")
    assert ["duplicates_in_sample" in str(fault) for fault in refused(path)] == [True]


def test_an_unknown_column_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "counties.csv"
    path.write_text(GOOD.replace("sample_size", "sample_sise"))
    said = " ".join(str(fault) for fault in refused(path))
    assert "sample_sise" in said
    assert "Did you mean sample_size?" in said


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (fault,) = refused(tmp_path / name)
    assert "cannot be read" in fault.message


def test_marks_and_line_ends_of_a_spreadsheet_program_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "counties.csv"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode() + b",,,,\r\n")
    assert [count.county for count in read(path)] == ["Yuba"]


def test_a_thousand_faults_are_counted_and_not_all_said(tmp_path: Path) -> None:
    path = tmp_path / "counties.csv"
    path.write_text(GOOD + "".join(f"County {i},1,2,0,0\n" for i in range(1000)))
    faults = refused(path)
    assert len(faults) == 51
    assert faults[-1].message == "950 more faults were found"


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(content=b"\xef\xbb\xbf")
@example(content=b'county,"')
def test_no_content_whatever_does_other_than_be_read_or_refused(content: bytes) -> None:
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        for reader in (read, lambda path: read_amendments(path, [CountyCount("Yuba", 10, 5, 4, 0)])):
            try:
                reader(Path(file.name))
            except InputError as error:
                assert error.faults


@given(
    cells=st.lists(
        st.lists(st.sampled_from(["Yuba", "0", "1", "5", "-1", "9,9", "", " 7 ", "x", "10"]), min_size=5, max_size=5),
        max_size=6,
    )
)
def test_what_is_read_can_be_true(cells: list[list[str]]) -> None:
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(GOOD.split("\n")[0] + "\n" + "".join(",".join(row) + "\n" for row in cells))
        file.flush()
        try:
            counts = read(Path(file.name))
        except InputError:
            return
    for count in counts:
        assert 0 <= count.valid_in_sample + count.duplicates_in_sample <= count.sample_size <= count.raw_count
