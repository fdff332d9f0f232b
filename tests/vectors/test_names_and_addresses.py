"""Names and addresses as people write them, and what they are normalised to.

The addresses follow the examples and rules of USPS Publication 28 (sections 213, 231, 233, 24, 28 and appendix C1) in
our own canonical form.
"""

from __future__ import annotations

import pytest

from referenda.linkage.addresses import (
    normalize_address,
    normalize_city,
    normalize_number,
    normalize_unit,
    normalize_zip,
    split_address,
)
from referenda.linkage.person_names import normalize_name, split_name


@pytest.mark.parametrize(
    ("written", "first", "middle", "last", "suffix"),
    [
        ("John Smith", "JOHN", "", "SMITH", ""),
        ("John A. Smith Jr.", "JOHN", "A", "SMITH", "JR"),
        ("SMITH, JOHN A", "JOHN", "A", "SMITH", ""),
        ("Smith, Jr., John", "JOHN", "", "SMITH", "JR"),
        ("Smith III, John", "JOHN", "", "SMITH", "III"),
        ("John Smith, 3rd", "JOHN", "", "SMITH", "III"),
        ("María de la Cruz", "MARIA", "", "DELACRUZ", ""),
        ("DE LA CRUZ, MARIA", "MARIA", "", "DELACRUZ", ""),
        ("Minh Văn Nguyễn", "MINH", "VAN", "NGUYEN", ""),
        ("Nguyễn Văn Minh", "NGUYEN", "VAN", "MINH", ""),
        ("John van der Berg", "JOHN", "", "VANDERBERG", ""),
        ("Mary O’Brien", "MARY", "", "OBRIEN", ""),
        ("O BRIEN, MARY", "MARY", "", "OBRIEN", ""),
        ("Ana García-López", "ANA", "", "GARCIA LOPEZ", ""),
        ("Anne-Marie Roy", "ANNE MARIE", "", "ROY", ""),
        ("La Toya Jackson", "LATOYA", "", "JACKSON", ""),
        ("D'Angelo Russell", "DANGELO", "", "RUSSELL", ""),
        ("John Mc Donald", "JOHN", "", "MCDONALD", ""),
        ("Mr. John St. John", "JOHN", "", "STJOHN", ""),
        ("J R Smith", "J", "R", "SMITH", ""),
        ("Smith", "", "", "SMITH", ""),
        ("CLINT0N B 5MITH", "CLINTON", "B", "SMITH", ""),
        ("Re6usi Mary", "REGUSI", "", "MARY", ""),
        ("12 John Smith 3rd", "JOHN", "", "SMITH", "III"),
        ("Fran? Campos", "FRAN", "", "CAMPOS", ""),
        ("Mc?arthy, J*hn", "JHN", "", "MCARTHY", ""),
        ("K,atherine A Humphries", "KATHERINE", "A", "HUMPHRIES", ""),
        ("Jav,ier H.ernandez", "JAVIER", "", "HERNANDEZ", ""),
        ("JAVIER V,ASQUEZ", "JAVIER", "", "VASQUEZ", ""),
        ("ESTRA,DA, JUAN", "JUAN", "", "ESTRADA", ""),
        ("RAFAEL GU,ADALUPE SOLIS", "RAFAEL", "GUADALUPE", "SOLIS", ""),
        ("Ana Simmon,s", "ANA", "", "SIMMONS", ""),
        ("Smith,John A", "JOHN", "A", "SMITH", ""),
        ("GARCIA LOPEZ,ANA", "ANA", "", "GARCIA LOPEZ", ""),
        ("SMITH JR,JOHN", "JOHN", "", "SMITH", "JR"),
        ("JOHN SMITH,JR.", "JOHN", "", "SMITH", "JR"),
        ("LE,ANH", "ANH", "", "LE", ""),
        ("Campos,i Jesus", "JESUS", "", "CAMPOS", ""),
        ("SamuelGarcía", "SAMUEL", "", "GARCIA", ""),
        ("MaryAnn Smith", "MARYANN", "", "SMITH", ""),
        ("Mendez Timothy H", "TIMOTHY", "H", "MENDEZ", ""),
        ("De La Cruz Maria L", "MARIA", "L", "DELACRUZ", ""),
        ("Norman Price IIl", "NORMAN", "", "PRICE", "III"),
        ("Wei Li", "WEI", "", "LI", ""),
        ("S Al-Sayed", "S", "", "ALSAYED", ""),
        ("John Blank", "JOHN", "", "BLANK", ""),
        ("illegible", "", "", "", ""),
        ("XXX", "", "", "", ""),
        ("???", "", "", "", ""),
        ("", "", "", "", ""),
    ],
)
def test_a_name_in_one_piece_is_split(written: str, first: str, middle: str, last: str, suffix: str) -> None:
    assert split_name(written) == (first, middle, last, suffix)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("Ana", "b.", "De La Cruz", ""), ("ANA", "B", "DELACRUZ", "")),
        (("Ana", "", "Delacruz", ""), ("ANA", "", "DELACRUZ", "")),
        (("Bob", "", "Smith Jr", ""), ("BOB", "", "SMITH", "JR")),
        (("Bob", "", "SMITH III", "Jr."), ("BOB", "", "SMITH", "JR")),
        (("Bob", "A JR", "SMITH", ""), ("BOB", "A", "SMITH", "JR")),
        (("Bob", "", "Jr", ""), ("BOB", "", "JR", "")),
        (("Bob", "", "St. John", "ii"), ("BOB", "", "STJOHN", "II")),
        (("Bob", "", "Saint John", "2ND"), ("BOB", "", "STJOHN", "II")),
        (("Hoa", "", "Van Nguyen", ""), ("HOA", "", "VAN NGUYEN", "")),
        (("Søren", "", "Ørsted", ""), ("SOREN", "", "ORSTED", "")),
        (("Đỗ", "", "Weiß", ""), ("DO", "", "WEISS", "")),
        (("李", "", "王", ""), ("", "", "", "")),
    ],
)
def test_a_name_in_parts_is_normalised(given: tuple[str, str, str, str], expected: tuple[str, ...]) -> None:
    assert normalize_name(*given) == expected


@pytest.mark.parametrize(
    ("written", "number", "street", "unit"),
    [
        ("123 N. Main Street Apt. 4B", "123", "N MAIN ST", "4B"),
        ("123 North Main St #4-B", "123", "N MAIN ST", "4B"),
        ("123 MAIN ST NORTH", "123", "MAIN ST N", ""),
        ("123 1/2 Elm", "123 1/2", "ELM", ""),
        ("123½ Elm", "123 1/2", "ELM", ""),
        ("12-B Oak Lane", "12B", "OAK LN", ""),
        ("12 B St", "12", "B ST", ""),
        ("123-125 Main St", "123-125", "MAIN ST", ""),
        ("00123 Main", "123", "MAIN", ""),
        ("P.O. Box 12", "", "PO BOX 12", ""),
        ("POST OFFICE BOX 12-A", "", "PO BOX 12 A", ""),
        ("RR 2 Box 15", "", "RR 2 BOX 15", ""),
        ("Rural Route 2, Box 15", "", "RR 2 BOX 15", ""),
        ("HC 1 Box 3", "", "HC 1 BOX 3", ""),
        ("Box Canyon Rd", "", "BOX CYN RD", ""),
        ("100 First Ave", "100", "1 AVE", ""),
        ("100 1st Avenue", "100", "1 AVE", ""),
        ("100 Twenty-First St", "100", "21 ST", ""),
        ("100 21st Street", "100", "21 ST", ""),
        ("55 Calle Real", "55", "CALLE REAL", ""),
        ("55 Camino Del Mar Unit 3", "55", "CAMINO DEL MAR", "3"),
        ("55 Avenida de las Palmas", "55", "AVE DE LAS PALMAS", ""),
        ("5 East St", "5", "EAST ST", ""),
        ("5 E St", "5", "E ST", ""),
        ("5 East Main St", "5", "E MAIN ST", ""),
        ("123 Saint James Pl", "123", "ST JAMES PL", ""),
        ("123 St. James Place", "123", "ST JAMES PL", ""),
        ("9 State Route 12", "9", "SR 12", ""),
        ("9 State Highway 12", "9", "SR 12", ""),
        ("9 County Road 5 Spc 12", "9", "CR 5", "12"),
        ("77 N.W. 5th St", "77", "NW 5 ST", ""),
        ("77 N.Main St.", "77", "N MAIN ST", ""),
        ("36,69 Oak Ave", "3669", "OAK AVE", ""),
        ("2.987Shanahan Ave", "2987", "SHANAHAN AVE", ""),
        ("12,34th St", "12", "34 ST", ""),
        ("b084 Mill St", "6084", "ML ST", ""),
        ("5g20 Elm St", "5920", "ELM ST", ""),
        ("12b Elm St", "12B", "ELM ST", ""),
        ("A490 ELM ST", "4490", "ELM ST", ""),
        ("276Z Elm St", "2762", "ELM ST", ""),
        ("45 Elm Uhit 21", "45", "ELM", "21"),
        ("45 Elm Ln Amt D", "45", "ELM LN", "D"),
        ("123 Main St 4", "123", "MAIN ST", "4"),
        ("123 Main St Bldg 3 Apt 4", "123", "MAIN ST", "3 4"),
        ("123 Main St. Rear", "123", "MAIN ST", "REAR"),
        ("123 Space Center Blvd", "123", "SPACE CTR BLVD", ""),
        ("123 Unit Dr", "123", "UNIT DR", ""),
        ("10 Main St NE Apt A", "10", "MAIN ST NE", "A"),
        ("500 W 5 Ave PO Box 12", "500", "W 5 AVE", ""),
        ("1028 19TH ST-A", "1028", "19 ST", "A"),
        ("44 Oak DR-12C", "44", "OAK DR", "12C"),
        ("5 Elm Unit P", "5", "ELM", "P"),
        ("7 Elm #4", "7", "ELM", "4"),
        ("12 Elm Ave APT4B", "12", "ELM AVE", "4B"),
        ("12 Oak Lot5A", "12", "OAK", "5A"),
        ("500 Broadway-3", "500", "BROADWAY", "3"),
        ("12 HWY-91", "12", "HWY 91", ""),
        ("2802 Co Rd 35", "2802", "CR 35", ""),
        ("2589Meadow Avenue", "2589", "MDW AVE", ""),
        ("627La Brea Ave", "627", "LA BREA AVE", ""),
        ("1ST ST", "", "1 ST", ""),
        ("30O5 Oak", "3005", "OAK", ""),
        ("I305 N0RTON RD UN1T Y1", "1305", "NORTON RD", "Y1"),
        ("1969B W Water", "1969B", "W WATER", ""),
        ("S123 Oak St", "S123", "OAK ST", ""),
        ("12 B St", "12", "B ST", ""),
        ("", "", "", ""),
    ],
)
def test_an_address_in_one_piece_is_split(written: str, number: str, street: str, unit: str) -> None:
    assert split_address(written) == (number, street, unit)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("123", "5 Ave", ""), ("123", "5 AVE", "")),
        (("123", "Main St Apt 4", ""), ("123", "MAIN ST", "4")),
        (("123", "Main St Apt 4", "5"), ("123", "MAIN ST", "5")),
        (("", "123 Main St", "Apt 4"), ("123", "MAIN ST", "4")),
        (("123.0", "Main St", "#"), ("123", "MAIN ST", "")),
    ],
)
def test_an_address_in_parts_is_normalised(given: tuple[str, str, str], expected: tuple[str, str, str]) -> None:
    assert normalize_address(*given) == expected


def test_units_numbers_cities_and_zip_codes_have_one_form() -> None:
    assert {normalize_unit(unit) for unit in ("Apt. 4-B", "#4B", "UNIT 4B", "4b", "# 4 B", "apt 04B")} == {"4B"}
    assert {normalize_number(number) for number in ("12B", "12-B", "12 b", "0012b")} == {"12B"}
    assert {normalize_city(city) for city in ("St. Helena", "SAINT HELENA", "st helena")} == {"ST HELENA"}
    assert {normalize_city(city) for city in ("N. Hollywood", "North Hollywood")} == {"N HOLLYWOOD"}
    assert {normalize_zip(zip_code) for zip_code in ("93701", "93701-1234", "937011234", "93701.0")} == {93701}
    assert [normalize_zip(zip_code) for zip_code in ("2134", "", "none", "12")] == [2134, 0, 0, 0]
