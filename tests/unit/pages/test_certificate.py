"""The certificate as paper: the same bytes, the same words and numbers, and a code that says what the page says."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from referenda.pages.certificate import record_text, render_certificate
from referenda.workflows.certify_petition import certify_petition

_FILE = Path(__file__).parents[1] / "workflows" / "petition_of_alder.py"
_SPEC = importlib.util.spec_from_file_location("petition_of_alder", _FILE)
assert _SPEC is not None and _SPEC.loader is not None
alder: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(alder)


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The certificate of a full check, and the one that amends it."""
    petition = alder.checked(tmp_path_factory.mktemp("alder"))
    first = certify_petition(petition.store, alder.CASE, alder.COUNTY, date(2026, 9, 15), by="R. Ortega")
    late = {**alder.FULL, "signature_mismatch": 179}
    decided = first.content["commitments"]["decisions_position"]
    petition.decide("2026-09-18", "full_check", 12_000, late, amends=decided, because="A third look came late.")
    second = certify_petition(petition.store, alder.CASE, alder.COUNTY, date(2026, 9, 18))
    petition.store.close()
    return [first.content, second.content]


def pages(pdf: bytes) -> tuple[list[str], list[Any]]:
    """The text of each page, and its picture."""
    document = pypdfium2.PdfDocument(pdf)
    texts, pictures = [], []
    for page in document:
        text = page.get_textpage()
        texts.append(" ".join(text.get_text_range().split()))
        pictures.append(page.render(scale=3).to_pil())
        text.close()
        page.close()
    document.close()
    return texts, pictures


def test_the_same_certificate_has_the_same_bytes(contents):
    assert render_certificate(contents[0]) == render_certificate(contents[0])


def test_the_paper_says_the_numbers_the_law_and_the_root(contents):
    texts, _ = pages(render_certificate(contents[0]))
    words = " ".join(texts)
    assert "9,338 of 12,000 signatures are valid; 9,051 are needed." in words
    assert "The signer is not found among the registered voters. Elec. Code § 100(a) 1,810" in words
    assert "The voter file of 15 July 2026" in words
    assert "1 came out otherwise: 0.17 %" in words
    assert "R. Ortega, elections official, Alder" in words
    assert contents[0]["record"]["root"] in words
    assert "Page 1 of 2" in texts[0] and "Page 2 of 2" in texts[1]


def test_the_code_holds_the_name_the_size_and_the_root_of_the_record(contents):
    _, pictures = pages(render_certificate(contents[0]))
    [code] = zxingcpp.read_barcodes(pictures[-1])
    assert code.text == record_text(contents[0])
    assert code.text.startswith("referenda/alder-parks\n15\n")


def test_an_amended_certificate_names_what_it_amends_and_what_is_different(contents):
    words = " ".join(pages(render_certificate(contents[1]))[0])
    assert "Amended certificate (No. 2)" in words
    assert "It takes the place of certificate No. 1 of 15 September 2026" in words
    assert "A third look came late." in words
    assert "Valid signatures 9,338 9,339" in words


def test_the_paper_is_tagged_for_those_who_do_not_see_it(contents):
    pdf = render_certificate(contents[0])
    assert b"pdfuaid:part" in pdf


def test_markup_in_a_name_stays_text(contents):
    hostile = {**contents[0], "measure": {**contents[0]["measure"], "title": "#panic() $x$ *bold* <a> \\"}}
    assert "#panic() $x$ *bold* <a> \\" in pages(render_certificate(hostile))[0][0]
