"""What events state that follows from others: findings of the law, and a petition's verification held together."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from referenda_verify.canonical import part
from referenda_verify.draw import Sections, check_draw, count_of, hash_of, read_sections
from referenda_verify.law import FINDINGS, Law, Laws
from referenda_verify.report import need, same

REPORTS = {
    "random_sample": ("SampleReported", ["sample_size", "valid_in_sample", "duplicates_in_sample"]),
    "full_check": ("FullCheckReported", ["checked", "valid_signatures"]),
}
COUNTS = ("RawCountReported", "RawCountAmended", "SampleReported", "FullCheckReported")
OF_A_COUNTY = {*COUNTS, "SectionsReceived", "LinesCommitted", "SampleDrawn", "DecisionsCommitted", "CertificateIssued"}
COLUMNS = ("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample")
KINDS = {*FINDINGS, "MeasureReceived", *OF_A_COUNTY}


@dataclass
class County:
    """What the record has said of one county so far; the newest report of each kind stands with its position."""

    sections: Sections = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    lines: dict[int, Any] = field(default_factory=dict)  # each LinesCommitted by its position
    drawn: Any = None
    raw_count: int | None = None
    reports: dict[str, tuple[int, Any]] = field(default_factory=dict)
    decisions: dict[int, Any] = field(default_factory=dict)  # each DecisionsCommitted by its position
    projected: Any = None
    certificates: list[tuple[int, Any]] = field(default_factory=list)

    def newest(self, basis: str) -> tuple[int, Any]:
        """Give the newest decisions of a basis with their position; -1 and None where there are none."""
        return max(((at, data) for at, data in self.decisions.items() if data["basis"] == basis), default=(-1, None))


class Verification:
    """Take the events in order; `roots` has the tree's root before each certificate."""

    def __init__(self, laws: Laws, roots: dict[int, str]) -> None:
        self.laws, self.roots, self.received, self.given = laws, roots, dict[str, Any](), dict[str, Fraction]()
        self.counties: dict[str, County] = {}

    def take(self, position: int, event: Any, findings: list[dict[str, Any]]) -> None:
        """Take one event; what it states that follows from others is computed again and added to the findings."""
        data, kind = event["data"], event["kind"]
        same(f"the version of {kind}", 1, event["version"])
        result = FINDINGS[kind](data, self.laws) if kind in FINDINGS else None
        if kind == "MeasureReceived":
            self.received = data
        if kind == "RequirementDetermined":
            self.given = {"requirement": Fraction(data["requirement"])}
        if kind == "SampleProjected":
            self._projected(data)
        if kind in OF_A_COUNTY:
            county = self.counties.setdefault(part(data, "county", str), County())
            result = self._of_county(county, position, event)
        if result:
            findings.append({"position": position, "kind": kind, **result})

    def _of_county(self, county: County, position: int, event: Any) -> dict[str, Any] | None:
        data = event["data"]
        match event["kind"]:
            case "SectionsReceived":
                sections = read_sections(data)
                need(not county.sections.items() & sections.items(), "a section was received before with as many lines")
                county.sections |= sections
                county.rejected = (county.rejected - sections.keys()) | data.get("rejected", {}).keys()
            case "LinesCommitted":
                received = sum(county.sections.values())
                need(count_of(data, "lines") <= received, f"more lines are committed than the {received} received")
                hash_of(data, "root")
                county.lines[position] = data
            case "RawCountReported" | "RawCountAmended":
                county.raw_count = count_of(data, "raw_count")
            case "SampleReported" | "FullCheckReported":
                county.reports[event["kind"]] = position, data
            case "SampleDrawn":
                return self._drawn(county, event)
            case "DecisionsCommitted":
                found = _decided(county, position, data)
                return self._ended_early(found, data, event["occurred_on"]) if data.get("not_examined") else found
            case _:
                return self._certified(county, position, data)
        return None

    def _ended_early(self, found: dict[str, Any], data: Any, on: str) -> dict[str, Any]:
        """See that the law finds enough in a check that ended early, with what other counties reported of theirs."""
        rows = [[data["lines"] + data["not_examined"], data["lines"], data["valid"]]]
        for name, county in self.counties.items():
            if name != data["county"] and county.raw_count is not None:
                report = county.reports.get("FullCheckReported", (0, {}))[1]
                rows.append([county.raw_count, report.get("checked", 0), report.get("valid_signatures", 0)])
        need(self.given, "a check ended early, and the signatures needed were never determined")
        named = [dict(zip(COLUMNS, [*row, 0], strict=True)) for row in rows]
        decision = Law({**self.received, "on": on}, self.laws).count("full_check", named, self.given)[2]
        same("what the law decides on a check that ended early", "sufficient", decision)
        return {**found, "not_examined": data["not_examined"]}

    def _drawn(self, county: County, event: Any) -> dict[str, Any]:
        """Draw again, from lines that the office was bound to, at least as many as the law asks for."""
        data = event["data"]
        need(county.lines, "a sample is drawn, and the office was not bound to its lines before")
        raw_count = count_of(data, "raw_count")
        if county.drawn is not None:
            need(county.drawn["raw_count"] != raw_count, "the same lines are drawn from twice")
            same("the seed of a sample drawn again", county.drawn["seed"], data.get("seed"))
        law = Law({**self.received, "on": event["occurred_on"]}, self.laws)
        least = law.formula("sample_size", {"raw_count": Fraction(raw_count)})[0]
        same("the size that the law asks for", least, Fraction(count_of(data, "least")))
        need(count_of(data, "sample_size") >= least, f"the law asks for a sample of {least}", data["sample_size"])
        found, county.drawn = check_draw(data, county.sections, county.rejected), data
        return found

    def _projected(self, data: Any) -> None:
        """Hold the rows of a projection to the decisions that the counties were bound to."""
        for row in data["rows"]:
            if county := self.counties.get(row.get("county")):
                newest, county.projected = county.newest("random_sample")[1], row["projected_valid"]
                if newest:
                    counts = [newest[key] for key in ("lines", "valid", "duplicates")]
                    same("the county's row", counts, [row[key] for key in REPORTS["random_sample"][1]])

    def _certified(self, county: County, position: int, data: Any) -> dict[str, Any]:
        """Hold a certificate to the record before it, to its forerunner and to the decisions that it certifies."""
        last_at, last = county.certificates[-1] if county.certificates else (None, {"number": 0})
        same("the certificate's number", last["number"] + 1, data.get("number"))
        same("the certificate that it amends", last_at, data.get("amends"))
        same("the size of the record before it", position, data.get("record_size"))
        same("the root of the record before it", self.roots[position], data.get("record_root"))
        need(county.decisions, "there are no decisions to certify")
        same("the decisions certified", max(county.decisions), data.get("decisions"))
        decided = county.decisions[data["decisions"]]
        filed = sum(county.sections.values()) if county.raw_count is None else county.raw_count
        stated = {"raw_count": filed, "basis": decided["basis"], "examined": decided["lines"]}
        stated |= {"valid": decided["valid"], "duplicates": decided["duplicates"]}
        for key, value in stated.items():
            same(f"the certificate's {key}", value, data.get(key))
        if data.get("projected_valid") is not None:
            same("the certificate's projected_valid", county.projected, data["projected_valid"])
        hash_of(data, "sha256")
        county.certificates.append((position, data))
        return {"county": data["county"], "number": data["number"], "valid": data["valid"]}


def _decided(county: County, position: int, data: Any) -> dict[str, Any]:
    """Hold decisions to their own sum, to the draw, and to what the county reported of them."""
    basis, lines, valid = part(data, "basis", str), count_of(data, "lines"), count_of(data, "valid")
    need(basis in REPORTS, "the basis is unknown", basis)
    duplicates, reasons, looks = count_of(data, "duplicates"), part(data, "reasons", dict), data.get("second_looks")
    same("the lines decided", valid + sum(count_of(reasons, code) for code in reasons), lines)
    need(duplicates <= lines - valid, "more duplicates than lines that are not valid", duplicates)
    need(count_of(looks, "differed") <= count_of(looks, "lines") <= lines, "the second looks cannot be so many", looks)
    left = count_of(data, "not_examined") if "not_examined" in data else 0
    need(basis == "full_check" or not left, "a sample is not examined to its end", left)
    earlier = county.newest(basis)[0]
    same("the decisions that are put right", earlier if earlier >= 0 else None, data.get("amends"))
    if county.drawn is not None:
        wanted = county.drawn["sample_size" if basis == "random_sample" else "raw_count"]
        same("the number of lines to be decided", wanted, lines + left)
    kind, keys = REPORTS[basis]
    reported, report = county.reports.get(kind, (-1, {}))
    if reported > earlier:
        stated = [report.get(key) for key in keys]
        same("what the county reported", [lines, valid, duplicates][: len(keys)], stated)
        if basis == "full_check":
            same("whether the county reported a complete check", not left, report.get("complete"))
    hash_of(data, "root")
    county.decisions[position] = data
    return {"county": data["county"], "basis": basis, "lines": lines, "valid": valid}
