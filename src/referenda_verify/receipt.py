"""A receipt: one line and its decision, opened, and shown to stand under the roots of a record (step 7)."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from referenda_verify.canonical import WRITER, part, read_canonical
from referenda_verify.draw import HASH, count_of, ticket
from referenda_verify.petition import County, Verification
from referenda_verify.report import need, same

LONGEST = 1024 * 1024
RECEIPT, CERTIFICATE = "referenda-receipt/1", "referenda-certificate/1"
KEPT = {"line": ["address", "case", "city", "county", "date_signed", "identity", "kind", "name", "zip"],
        "decision": ["case", "county", "decision", "duplicate_of", "identity", "kind", "reason", "voter"]}  # fmt: skip


def check_paper(path: Path, case: str, verification: Verification) -> dict[str, Any]:
    """Hold a receipt, or the JSON of a certificate, to the record that was just checked."""
    with path.open("rb") as file:
        raw = file.read(LONGEST)
    paper = read_canonical(raw.removesuffix(b"\n"))
    kind = part(paper, "format", str)
    need(kind in (RECEIPT, CERTIFICATE), "this is neither a receipt nor a certificate", kind)
    same("the case", case, part(paper, "case", str))
    county = verification.counties.get(part(paper, "county", str), County())
    if kind == CERTIFICATE:
        digests = {data["sha256"]: position for position, data in county.certificates}
        digest = sha256(raw.removesuffix(b"\n")).hexdigest()
        need(digest in digests, "the record holds no certificate of these bytes", digest)
        newest = digests[digest] == county.certificates[-1][0]
        return {"certificate": paper.get("number"), "position": digests[digest], "newest": newest}
    return _check_receipt(paper, county)


def _check_receipt(paper: Any, county: County) -> dict[str, Any]:
    identity = part(paper, "identity", str)
    _check_opening(paper, "line", county.lines)
    found = {"identity": identity, "committed_at": paper["line"]["position"], "decision": None, "reason": None}
    if paper.get("decision") is None:
        # A line that was drawn, or any line once all were decided, has a decision, and its receipt must open it.
        full = any(data["basis"] == "full_check" for data in county.decisions.values())
        drawn = county.drawn
        in_sample = drawn and ticket(drawn["seed"], drawn["county"], identity) <= drawn["last_ticket"]
        need(not (full or (in_sample and county.decisions)), "this line was decided, and the receipt does not open it")
        return found
    _check_opening(paper, "decision", county.decisions)
    newest = max(county.decisions) == paper["decision"]["position"]
    content = paper["decision"]["content"]
    return {**found, "decision": content["decision"], "reason": content["reason"], "newest": newest}


def _check_opening(paper: Any, kind: str, roots: dict[int, Any]) -> None:
    """Hash what was opened and follow its path to the root of the event that it names."""
    opened = part(paper, kind, dict)
    content, salt = part(opened, "content", dict), part(opened, "salt", str)
    same(f"the list of keys of the {kind}", KEPT[kind], list(content))
    said = {key: paper[key] for key in ("case", "county", "identity")}
    same(f"whose {kind} it is", {**said, "kind": kind}, {key: content[key] for key in (*said, "kind")})
    need(HASH.fullmatch(salt), "the salt is not 32 bytes in lower-case hex", salt)
    position, index = count_of(opened, "position"), count_of(opened, "index")
    need(position in roots, f"the record has no such commitment of the county's {kind}s", position)
    node = sha256(b"\x00" + bytes.fromhex(salt) + WRITER.encode(content).encode()).digest()
    last = roots[position]["lines"] + roots[position].get("not_examined", 0) - 1
    need(index <= last, "there is no leaf of this number", index)
    for sibling in part(opened, "proof", list):  # RFC 9162 § 2.1.3.2
        need(last > 0 and isinstance(sibling, str) and HASH.fullmatch(sibling), "the path does not fit", sibling)
        other = bytes.fromhex(sibling)
        left = index & 1 or index == last
        node = sha256(b"\x01" + (other + node if left else node + other)).digest()
        while left and not index & 1 and index:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    need(last == 0, "the path is too short")
    same(f"the root over the {kind}s", roots[position]["root"], node.hex())
