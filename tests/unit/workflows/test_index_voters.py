"""An index of a few voters: who is found by which words, in which order, and what the index says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from referenda.errors import InputError
from referenda.formats.voter_file import open_voter_file
from referenda.linkage.key_arrays import build_index
from referenda.linkage.lookup import Answer, Lookup
from referenda.workflows.import_voters import import_voters
from referenda.workflows.index_voters import index_voters

VOTERS = """voter_id,first,middle,last,suffix,house_number,street,unit,city,zip,county,reg_date,status
V01,José,Luis,García,,1234,N Main St,,San Rafael,94901,Marin,2015-03-01,active
V02,Maria,,García,,1234,N Main St,,San Rafael,94901,Marin,2015-03-01,active
V03,Josefina,,Garcia Lopez,,88,Oak Ave,Apt 4B,Novato,94945,Marin,2015-03-01,active
V04,Guadalupe,,De La Cruz,,17,14th Street,,Novato,94945,Marin,2015-03-01,inactive
V05,Guadalupe,,De La Cruz,,19,14th Street,,Novato,94945,Marin,2015-03-01,active
V06,Marcia,Grace,Johnson,,500,County Road 38,,Point Reyes,94956,Marin,2015-03-01,active
V07,John,,Johnson,Jr,500,County Road 38,,Point Reyes,94956,Marin,2015-03-01,active
V08,Washington,,Irving,,7,Garcia Ln,,Mount Selby,94999,Marin,2015-03-01,active
V09,Linh,,Nguyen,,1243,Van Ness Ave,,San Rafael,94901,Marin,2015-03-01,active
V10,Anh,Thi,Nguyen,,12 1/2,Van Ness Ave,,San Rafael,94901,Marin,2015-03-01,pending
V11,Sean,,O'Brien,,3,Oakland Ave,,Novato,,Marin,2015-03-01,active
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("look-up")
    (folder / "voters.csv").write_text(VOTERS, encoding="utf-8")
    import_voters(open_voter_file([folder / "voters.csv"]), folder / "snapshot", make_keys=build_index)
    report = index_voters(folder / "snapshot", folder / "index")
    assert (report.voters, report.set_aside) == (11, 0)
    assert report.shared_bytes > 0
    return folder / "index"


@pytest.fixture(scope="module")
def lookup(index: Path) -> Lookup:
    return Lookup.open(index)


def ids(answer: Answer) -> list[str]:
    return [voter.shown["voter_id"] for voter in answer.voters]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("garcia jose 1234", "V01"),
        ("1234 main maria", "V02"),
        ("JOSÉ García", "V01"),
        ("garc jos 94901", "V01"),
        ("lopez josefina", "V03"),
        ("garcia lopez", "V03"),
        ("88 oak", "V03"),
        ("de la cruz guadalupe 17", "V04"),
        ("delacruz 19", "V05"),
        ("14th st novato guad 19", "V05"),
        ("fourteenth street 17", "V04"),
        ("county road 38 marcia", "V06"),
        ("grace johnson", "V06"),
        ("john johnson", "V07"),
        ("irving", "V08"),
        ("mt selby", "V08"),
        ("van ness 1243", "V09"),
        ("nguyen anh 12", "V10"),
        ("12 1/2 van ness", "V10"),
        ("12 nguyen van", "V10"),
        ("obrien", "V11"),
        ("o'brien marin sean", "V11"),
    ],
)
def test_words_in_any_order_find_the_voter(lookup: Lookup, text: str, first: str) -> None:
    assert ids(lookup.find(text))[:1] == [first]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("gracia jose 1234", "V01"),
        ("garcia hose 1234", "V01"),
        ("garcia jose 1324", "V01"),
        ("garcia jose 9490", "V01"),
        ("123 jose garcia", "V01"),
        ("josefina lopes", "V03"),
        ("guadaluppe cruz 19", "V05"),
        ("nguyn linh", "V09"),
        ("nguyen lihn van nes", "V09"),
        ("obrein", "V11"),
        ("johnsen marc", "V06"),
    ],
)
def test_a_sign_wrong_in_one_word_is_forgiven(lookup: Lookup, text: str, first: str) -> None:
    assert ids(lookup.find(text))[:1] == [first]


def test_one_word_serves_one_place_only(lookup: Lookup) -> None:
    best = lookup.find("john john").voters[0]
    assert best.shown["voter_id"] == "V07"
    assert best.why == ("JOHN: given name, as typed", "JOHN: surname, begins so")


def test_an_active_registration_stands_before_an_equal_one_that_is_not(lookup: Lookup) -> None:
    assert ids(lookup.find("guadalupe cruz novato"))[:2] == ["V05", "V04"]


def test_a_voter_is_shown_as_in_the_file_with_the_reasons(lookup: Lookup) -> None:
    answer = lookup.find("oak garcia josefin", limit=1).as_dict()
    assert answer["voters"] == [
        {
            "voter_id": "V03",
            "name": "Josefina Garcia Lopez",
            "address": "88 Oak Ave Apt 4B",
            "city": "Novato",
            "zip": "94945",
            "county": "Marin",
            "status": "active",
            "score": pytest.approx((0.96 + 1 + 0.92) / 3, abs=1e-3),
            "why": ["OAK: street, as typed", "GARCIA: surname, as typed", "JOSEFIN: given name, begins so"],
        }
    ]
    assert answer["understood"]["words"][1] == {
        "word": "GARCIA",
        "voters": {"surname": 3, "street": 1},
        "misspelt": False,
    }
    assert answer["query"] == "oak garcia josefin"
    assert answer["milliseconds"] > 0


def test_a_word_that_nobody_has_is_said(lookup: Lookup) -> None:
    answer = lookup.find("garcya maria")
    assert [word["misspelt"] for word in answer.words] == [True, False]
    assert "GARCYA: surname, one sign differs" in answer.voters[0].why
    assert lookup.find("garcia zzyzx").voters[0].why[1] == "ZZYZX: not found here"


def test_another_form_of_a_given_name_is_known(lookup: Lookup) -> None:
    best = lookup.find("jack johnson 500").voters[0]
    assert (best.shown["voter_id"], best.why[0]) == ("V07", "JACK: given name, another form of the name")


def test_more_that_fit_as_well_are_told(lookup: Lookup) -> None:
    assert lookup.find("garcia", limit=1).more
    assert not lookup.find("irving", limit=1).more


def test_nothing_typed_finds_nobody(lookup: Lookup) -> None:
    assert lookup.find("").voters == ()
    assert lookup.find("zzyzx").voters == ()


def test_the_same_query_has_the_same_answer(lookup: Lookup, index: Path) -> None:
    assert lookup.find("garc ma 12") == Lookup.open(index).find("garc ma 12")


def test_a_voter_file_is_indexed_without_a_snapshot_of_its_own(tmp_path: Path, lookup: Lookup) -> None:
    (tmp_path / "voters.csv").write_text(VOTERS, encoding="utf-8")
    report = index_voters(open_voter_file([tmp_path / "voters.csv"]), tmp_path / "index")
    assert (report.voters, report.shared_bytes) == (11, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "voters.csv"]
    assert Lookup.open(tmp_path / "index").find("garcia jose 1234") == lookup.find("garcia jose 1234")


def test_a_snapshot_with_keys_and_one_without_give_the_same_answers(tmp_path: Path, lookup: Lookup) -> None:
    (tmp_path / "voters.csv").write_text(VOTERS, encoding="utf-8")
    import_voters(open_voter_file([tmp_path / "voters.csv"]), tmp_path / "snapshot")
    index_voters(tmp_path / "snapshot", tmp_path / "index")
    assert Lookup.open(tmp_path / "index").find("garc 94") == lookup.find("garc 94")


def test_an_index_is_never_written_over(index: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        index_voters(tmp_path, index)


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a snapshot"):
        index_voters(tmp_path, tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_the_index_names_its_source_and_the_digests_of_its_files(index: Path) -> None:
    said = json.loads((index / "index.json").read_text(encoding="utf-8"))
    assert (said["format"], said["voters"]) == ("referenda-lookup/1", 11)
    assert set(said["files"]) == {path.name for path in index.iterdir()} - {"index.json"}
    assert said["snapshot"]["files"]["voters.parquet"]["sha256"]
