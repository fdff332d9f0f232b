"""The certificate as paper: a PDF with tags for readers (PDF/UA-1), the same bytes each time it is made.

It is given the certificate's content (plain texts and whole numbers, as `workflows.certify_petition` writes it) and
knows nothing of law. The code on it holds the record's size and root in the form of a checkpoint, so that a reader with
a telephone gets what the page says.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib.resources import files
from typing import Any

import typst
import zxingcpp

Content = Mapping[str, Any]
BASES = {"random_sample": "random sample", "full_check": "check of every signature"}
NAMES = {
    "basis": "What was examined",
    "raw_count": "Signatures filed",
    "examined": "Signatures examined",
    "not_examined": "Signatures left unexamined",
    "valid": "Valid signatures",
    "not_valid": "Signatures that are not valid",
    "duplicates": "Further signatures of one signer",
    "projected_valid": "Valid signatures projected from the sample",
}


def render_certificate(content: Content) -> bytes:
    """Write a certificate as PDF; the same content gives the same bytes (with one version of Typst)."""
    day = date.fromisoformat(content["issued_on"])
    template = files("referenda.pages").joinpath("templates", "certificate.typ").read_bytes()
    return bytes(
        typst.compile(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_words(content, day)), "code": record_code(content)},
            pdf_standards=["ua-1"],
            timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
        )
    )


def record_text(content: Content) -> str:
    """Write the size and the root of the record as the text of a checkpoint."""
    root = b64encode(bytes.fromhex(content["record"]["root"])).decode()
    return f"referenda/{content['case']}\n{content['record']['size']}\n{root}\n"


def record_code(content: Content) -> str:
    """Draw the text of the record as a QR code, in SVG."""
    code = zxingcpp.create_barcode(record_text(content), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(code.to_svg(scale=4))


def _words(content: Content, day: date) -> dict[str, Any]:
    """Say everything in the words that stand on the page."""
    number, measure = content["number"], content["measure"]
    title = "Certificate of the examination of a petition"
    if content["amends"]:
        title = f"Amended certificate (No. {number}) of the examination of a petition"
    identifier = f" ({measure['identifier']})" if measure["identifier"] else ""
    return {
        "title": title,
        "county": content["county"],
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "footer": f"{content['place']['name']} · case {content['case']} · certificate No. {number} · {_day(day)}",
        "place": content["place"]["name"],
        "case": f"Certificate No. {number} · {_day(day)}",
        "measure": measure["title"] or measure["name"],
        "about": f"{measure['instrument']}{identifier}, proposed by {', '.join(measure['proponents'])}",
        "finding": _finding(content),
        "result": _result(content),
        "amends": _amends(content),
        "counts": list(_counts(content)),
        "reasons": [[r["about"], r["cite"] or "", _n(r["lines"])] for r in content["reasons"]],
        **_projection(content),
        "rests": list(_rests(content)),
        "certified": f"The elections official of the county ({content['county']}) certifies that the signatures on "
        "this petition were examined as the law asks, and that the numbers above are those of the examination.",
        "signer": (f"{content['certified_by']}, e" if content["certified_by"] else "E")
        + f"lections official, {content['county']}",
        "code_alt": f"QR code of the record's name, size and root: {record_text(content).strip()}",
        "record_words": f"Every number of this certificate is read from the public record of the case, as it stood at "
        f"{content['record']['size']:,} events. The root below names these events and no others. Anybody can check the "
        "record, and this certificate against it, with the command python -m referenda_verify.",
        "record": [
            ["Root of the record (SHA-256)", content["record"]["root"]],
            ["Root over the decisions on the lines", content["commitments"]["decisions"]],
            *([["Root over the lines as keyed", lines]] if (lines := content["commitments"]["lines"]) else []),
            ["Law document (SHA-256)", content["law"]],
        ],
    }


def _finding(content: Content) -> str:
    if content["basis"] == "full_check":
        needed = f"; {_n(content['requirement'])} are needed" if content["requirement"] is not None else ""
        if content["not_examined"]:
            return (
                f"{_n(content['valid'])} of {_n(content['examined'])} signatures examined are valid{needed}. "
                f"{_n(content['not_examined'])} were left unexamined."
            )
        return f"{_n(content['valid'])} of {_n(content['raw_count'])} signatures are valid{needed}."
    found = f"{_n(content['valid'])} of {_n(content['examined'])} signatures examined are valid."
    if content["projected_valid"] is not None:
        needed = f"; {_n(content['requirement'])} are needed" if content["requirement"] is not None else ""
        return f"{_n(content['projected_valid'])} valid signatures are projected from the sample{needed}. {found}"
    return found


def _result(content: Content) -> str | None:
    result = content["result"]
    if result is None:
        return None
    cite = f" ({result['cite']})" if result["cite"] else ""
    return f"{result['about'].rstrip('.')}{cite}."


def _amends(content: Content) -> dict[str, Any] | None:
    earlier = content["amends"]
    if earlier is None:
        return None
    because = f" {earlier['because']}" if earlier["because"] else ""
    takes = f"It takes the place of certificate No. {earlier['number']} of {_on(earlier['issued_on'])}"
    return {
        "words": f"{takes} (event {earlier['position']} of the record), which stays on record.{because}",
        "rows": [[_changed(c["what"], content), _shown(c["before"]), _shown(c["after"])] for c in earlier["changes"]],
    }


def _changed(what: str, content: Content) -> str:
    code = what.removeprefix("reason ")
    if code == what:
        return NAMES[what]
    known = {reason["code"]: reason["about"] for reason in content["reasons"]}
    return f"Not valid: {known.get(code, code.replace('_', ' '))}"


def _counts(content: Content) -> Iterator[list[Any]]:
    if content["filed_on"]:
        yield ["Day of filing", _on(content["filed_on"])]
    if content["sections"]:
        rejected = content["rejected_sections"]
        more = f" (rejected as a whole: {_n(rejected)})" if rejected else ""
        yield [f"Sections of the petition{more}", _n(content["sections"])]
    yield ["Signatures filed (raw count)", _n(content["raw_count"])]
    yield [f"Signatures examined ({BASES[content['basis']]})", _n(content["examined"])]
    if content["not_examined"]:
        yield ["Signatures left unexamined when the check ended", _n(content["not_examined"])]
    yield [{"strong": "Valid signatures among them"}, {"strong": _n(content["valid"])}]
    yield ["Signatures that are not valid", _n(content["not_valid"])]
    yield ["of these, further signatures of one signer", _n(content["duplicates"])]
    if content["requirement"] is not None:
        yield ["Valid signatures needed", _n(content["requirement"])]


def _projection(content: Content) -> dict[str, Any]:
    found = content["projection"]
    if found is None:
        return {"steps": [], "steps_about": "", "readings": []}
    columns = found["columns"]
    about = (
        f"From the random sample: {_n(columns['valid_in_sample'])} of {_n(columns['sample_size'])} signatures valid, "
        f"duplicates within it {_n(columns['duplicates_in_sample'])}, of {_n(columns['raw_count'])} filed. "
        f"Law of {_on(found['on'])}."
    )
    if content["basis"] == "full_check":
        every = "the check of every signature began" if content["not_examined"] else "every signature was examined"
        about += f" It did not decide, so {every}; what was decided in the sample stands."
    return {
        "steps": [[s["about"], s["words"], _number(s["value"]), s["cite"]] for s in found["steps"]],
        "steps_about": about,
        "readings": [f"Open question: {r['question']} Read here as: {r['chosen'].replace('_', ' ')} ({r['cite']})."
                     for r in found["readings"]],
    }  # fmt: skip


def _rests(content: Content) -> Iterator[str]:
    file = content["voter_file"]
    yield f"The voter file of {_on(file['as_of'])} (SHA-256 {file['digest'][:16]}…)."
    looks = content["second_looks"]
    if looks["lines"]:
        level = _percent(looks["confidence"])
        between = f"between {_percent(looks['low'])} and {_percent(looks['high'])}"
        yield (
            f"{_n(looks['lines'])} of the {_n(content['examined'])} signatures were examined a second time, by a "
            f"person who did not see the first decision. {_n(looks['differed'])} came out otherwise: "
            f"{_percent(looks['share'])}; with {level} confidence the share of such lines among all is {between}. "
            "Where two looks differed, a third settled it."
        )
    else:
        yield "No signature was examined a second time by another person."
    draw = content["draw"]
    if draw:
        bound = f" itself to every line keyed on {_on(draw['committed_on'])}" if draw["committed_on"] else ""
        yield (
            f"The sample of {_n(draw['sample_size'])} (the law asks for {_n(draw['least'])}) was drawn on "
            f"{_on(draw['drawn_on'])} by the public seed {draw['seed']}, after the office had bound{bound}. "
            "Anybody can draw it again."
        )


def _n(number: int) -> str:
    return f"{number:,}"


def _number(text: str) -> str:
    """Show an exact number: grouped, with its decimals, at most six of them."""
    value = Fraction(text)
    if value.denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.6f}".rstrip("0")


def _shown(value: int | str | None) -> str:
    return "none" if value is None else BASES.get(value, value) if isinstance(value, str) else _n(value)


def _percent(share: str | None) -> str:
    return "" if share is None else f"{float(100 * Fraction(share)):.2g} %"


def _on(text: str) -> str:
    return _day(date.fromisoformat(text))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
