from pathlib import Path
from typing import Any

import pytest

from referenda.errors import Fault, InputError
from referenda.formats.counties_csv import read_amendments, read_counties
from referenda.law.schema import SampleCount
from referenda.petitions.county_count import CountyCount

HEADING = "county,raw_count,sample_size,valid_in_sample,duplicates_in_sample"


def counting(rows: str = "county", columns: tuple[dict[str, Any], ...] = ()) -> SampleCount:
    return SampleCount.model_validate(
        {
            "name": "random_sample",
            "about": "A sample.",
            "cite": "Code § 1",
            "rows": rows,
            "columns": columns,
            "row_formula": "projected_valid",
            "totals": ["projected_valid"],
            "result": "projected_valid",
            "decision": [{"decide": "sufficient", "about": "Enough.", "cite": "Code § 1"}],
        }
    )


@pytest.fixture
def counties(tmp_path: Path) -> Path:
    return tmp_path / "counties.csv"


def write(path: Path, *rows: str, heading: str = HEADING) -> Path:
    path.write_text("\n".join((heading, *rows)) + "\n", "utf-8")
    return path


def refused(path: Path, count: SampleCount | None = None, place_name: str = "California") -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read_counties(path, count=count or counting(), place_name=place_name)
    return caught.value.faults


def test_each_row_is_one_county(counties: Path) -> None:
    write(counties, "Yuba,3720,500,307,8", "Alpine,8,8,5,0")
    assert read_counties(counties, count=counting()) == [
        CountyCount("Yuba", 3720, 500, 307, 8, {}, 2),
        CountyCount("Alpine", 8, 8, 5, 0, {}, 3),
    ]


def test_a_sample_as_large_as_the_raw_count_is_a_full_check(counties: Path) -> None:
    write(counties, "Yuba,3720,500,307,8", "Alpine,8,8,5,0")
    assert [c.is_full_check for c in read_counties(counties, count=counting())] == [False, True]


def test_columns_of_the_place_are_read_and_may_have_a_default(counties: Path) -> None:
    columns = ({"name": "pending", "about": "Wait.", "default": "0"}, {"name": "removed", "about": "Out."})
    heading = f"{HEADING},removed"
    write(counties, "Kern,100,10,9,0,4", heading=heading)
    (kern,) = read_counties(counties, count=counting(columns=columns))
    assert kern.columns == {
        "raw_count": 100,
        "sample_size": 10,
        "valid_in_sample": 9,
        "duplicates_in_sample": 0,
        "pending": 0,
        "removed": 4,
    }


def test_a_column_of_the_place_without_default_must_be_there(counties: Path) -> None:
    write(counties, "Kern,100,10,9,0")
    (fault,) = refused(counties, counting(columns=({"name": "certify_from", "about": "Fewest."},)))
    assert "certify_from" in fault.message


def test_a_county_without_signatures_is_no_fault(counties: Path) -> None:
    write(counties, "Yuba,3720,500,307,8", "Alpine,0,0,0,0")
    assert read_counties(counties, count=counting())[1].raw_count == 0


@pytest.mark.parametrize("again", ["yuba", " YUBA ", "Yuba County", "County of  Yuba"])
def test_a_county_may_stand_only_once_however_it_is_written(counties: Path, again: str) -> None:
    write(counties, "Yuba,3720,500,307,8", f"{again},3720,500,307,8")
    (fault,) = refused(counties)
    assert (fault.row, fault.column) == (3, "county")
    assert "row 2" in fault.message


@pytest.mark.parametrize(
    ("numbers", "column", "message"),
    [
        ("3720,500,501,0", "valid_in_sample", "more are valid"),
        ("3720,500,495,8", "duplicates_in_sample", "together are 503"),
        ("3720,500,0,1", "duplicates_in_sample", "no valid signature that they repeat"),
        ("400,500,300,0", "sample_size", "larger than the raw count"),
        ("3720,0,0,0", "sample_size", "nothing was sampled"),
        ("-1,500,300,0", "raw_count", "below zero"),
        ("3720,500,-3,0", "valid_in_sample", "below zero"),
        ('"3,720",500,300,0', "raw_count", "not a whole number"),
        ("3720,500,307.5,0", "valid_in_sample", "not a whole number"),
        ("3720,500,n/a,0", "valid_in_sample", "not a whole number"),
        ("3720,500,,0", "valid_in_sample", "empty"),
    ],
)
def test_a_number_that_cannot_be_is_named_with_its_row_and_column(
    counties: Path, numbers: str, column: str, message: str
) -> None:
    write(counties, f"Yuba,{numbers}")
    (fault,) = refused(counties)
    assert (fault.file, fault.row, fault.column) == (str(counties), 2, column)
    assert message in fault.message


def test_every_fault_of_the_file_is_named_at_once_in_the_order_of_the_rows(counties: Path) -> None:
    write(counties, "Yuba,3720,500,501,0", "Kern,x,500,300,0", "yuba,10,20,5,9", "Total,30,10,5,0")
    faults = refused(counties)
    assert [(f.row, f.column) for f in faults] == [
        (2, "valid_in_sample"),
        (3, "raw_count"),
        (4, "sample_size"),
        (4, "county"),
        (5, "county"),
    ]


@pytest.mark.parametrize("name", ["TOTAL", "Totals", "Grand total:", "Statewide", "California", "Sum", "Subtotal"])
def test_a_total_among_the_counties_is_refused(counties: Path, name: str) -> None:
    write(counties, "Yuba,3720,500,307,8", "Kern,26422,793,600,1", f"{name},30142,1293,907,9")
    (fault,) = refused(counties)
    assert (fault.row, fault.value) == (4, name)
    assert "total" in fault.message


def test_a_last_row_that_adds_up_the_others_is_refused_whatever_its_name(counties: Path) -> None:
    write(counties, "Yuba,10,5,2,0", "Kern,20,10,7,0", "Inyo,30,11,9,0", "Counted so far,60,26,18,0")
    (fault,) = refused(counties)
    assert fault.row == 5


def test_a_statewide_sample_is_one_row_and_may_bear_the_name_of_the_state(counties: Path) -> None:
    write(counties, "Washington,348072,10512,9606,9")
    assert len(read_counties(counties, count=counting("statewide"), place_name="Washington")) == 1
    write(counties, "King,348072,10512,9606,9", "Pierce,1000,100,90,0")
    (fault,) = refused(counties, counting("statewide"), "Washington")
    assert "one is counted" in fault.message


def test_districts_are_counted_each_by_itself(counties: Path) -> None:
    write(counties, "District 1,1000,100,90,0", "District 2,1000,100,90,0")
    (fault,) = refused(counties, counting("district"))
    assert "Count each district by itself" in (fault.remedy or "")


def test_a_correction_without_a_name_is_told_once(counties: Path) -> None:
    write(counties, "Yuba,3720,500,307,2")
    read = read_counties(counties, count=counting("county"))
    write(counties, ",8", heading="county,duplicates_in_sample")
    with pytest.raises(InputError) as refusal:
        read_amendments(counties, read)
    [fault] = refusal.value.faults
    assert (fault.row, fault.column, fault.message) == (2, "county", "this cell is empty")


def test_a_column_of_the_place_cannot_exceed_the_raw_count(counties: Path) -> None:
    write(counties, "Arizona,100,10,9,0,101", heading=f"{HEADING},removed")
    (fault,) = refused(counties, counting("statewide", ({"name": "removed", "about": "Out."},)))
    assert fault.column == "removed"


# corrections


COUNTS = [
    CountyCount("Plumas", 1626, 1626, 1250, 0, {}, 2),
    CountyCount("Yuba", 3720, 500, 307, 2, {}, 3),
]


def correct(path: Path, *rows: str, heading: str = "county,raw_count") -> Any:
    return read_amendments(write(path, *rows, heading=heading), COUNTS)


def test_a_raw_count_is_corrected_and_the_correction_is_kept(tmp_path: Path) -> None:
    counts, amendments = correct(tmp_path / "amend.csv", "yuba county,3725")
    assert [c.raw_count for c in counts] == [1626, 3725]
    assert [a.as_dict() for a in amendments] == [{"county": "Yuba", "column": "raw_count", "from": 3720, "to": 3725}]


def test_where_all_was_checked_the_sample_follows_the_raw_count(tmp_path: Path) -> None:
    counts, amendments = correct(tmp_path / "amend.csv", "Plumas,1618")
    assert (counts[0].raw_count, counts[0].sample_size) == (1618, 1618)
    assert {a.column: (a.before, a.after) for a in amendments} == {
        "raw_count": (1626, 1618),
        "sample_size": (1626, 1618),
    }


def test_other_numbers_can_be_corrected_and_an_empty_cell_leaves_its_number(tmp_path: Path) -> None:
    heading = "county,raw_count,duplicates_in_sample"
    counts, amendments = correct(tmp_path / "amend.csv", "Yuba,,8", heading=heading)
    assert (counts[1].raw_count, counts[1].duplicates_in_sample) == (3720, 8)
    assert len(amendments) == 1


def test_a_correction_that_changes_nothing_is_no_amendment(tmp_path: Path) -> None:
    assert correct(tmp_path / "amend.csv", "Yuba,3720") == (COUNTS, [])


def test_a_correction_of_a_county_that_is_not_there_suggests_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        correct(tmp_path / "amend.csv", "Yubba,3725", "Yuba,400", "Yuba,3725")
    faults = caught.value.faults
    assert [f.row for f in faults] == [2, 3, 4]
    assert faults[0].remedy == "Did you mean Yuba?"
    assert "after this correction" in faults[1].message
    assert "row 3 already" in faults[2].message


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("Mono,500,600,700,-1", ["duplicates_in_sample", "sample_size", "valid_in_sample"]),
        ("Lake,-5,10,5,9", ["raw_count", "duplicates_in_sample"]),
        ("Inyo,5,x,9,9", ["sample_size"]),
        ("Kern,5,9,x,9", ["valid_in_sample", "sample_size"]),
        (",5,9,3,0", ["county", "sample_size"]),
    ],
)
def test_all_that_is_wrong_with_one_row_is_said_as_far_as_its_numbers_can_be_read(
    counties: Path, row: str, columns: list[str]
) -> None:
    write(counties, "Yuba,3720,500,307,8", row)
    assert [fault.column for fault in refused(counties)] == columns


def test_a_file_with_a_row_for_each_signature_is_refused_before_it_is_counted(counties: Path) -> None:
    write(counties, *(f"County {n},9,9,9,0" for n in range(10_001)))
    (fault,) = refused(counties)
    assert fault.message == "there are 10,001 rows, and at most 10,000 are counted"
    assert fault.remedy == "One row is one county, not one signature."
