"""Receipts: a signer gets the own line and its decision opened, and can check them against the public record.

The receipt shows what was keyed and what was decided, with the salts and the paths to the roots that the record has
held since. It is given to the signer alone: whoever has it knows that this person signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from referenda.errors import Fault, InputError, RecordError, UndeterminedError
from referenda.ledger.tree import inclusion_proof, root_of
from referenda.linkage.normalize import normalize_line
from referenda.petitions.commitments import Opening
from referenda.petitions.section import identities
from referenda.stats.draw import ticket
from referenda.workflows.commit_petition import decision_openings, known_at, line_openings
from referenda.workflows.office_decisions import OfficeDecisions
from referenda.workflows.office_folder import Office

FORMAT = "referenda-receipt/1"
SAME = ("n_first", "n_last", "n_number", "n_street")
CASES = {"line": "LinesCommitted", "decision": "DecisionsCommitted"}


@dataclass(frozen=True)
class _Root:
    """A root of the record: the event's position, every leaf under it, and what opens those that are asked for."""

    position: int
    leaves: Sequence[bytes]
    openings: Mapping[str, tuple[int, Opening]]

    def open(self, identity: str) -> dict[str, Any] | None:
        """Open the commitment to a line, with its path; None where the line is not under this root."""
        if identity not in self.openings:
            return None
        place, opening = self.openings[identity]
        proof = [node.hex() for node in inclusion_proof(self.leaves, place)]
        return {**opening.as_dict(), "index": place, "position": self.position, "proof": proof}


def find_lines(office: Office, name: str, address: str) -> list[str]:
    """Find the lines of a signer by name and address, as they are compared when lines are matched.

    Middle name, suffix and unit need not be given.
    """
    asked = normalize_line({"name": name, "address": address, "city": "", "zip": ""})
    lines = office.lines()
    if number := str(asked["n_number"]):
        lines = lines.filter(pc.match_substring(lines["address"], number.split()[0], ignore_case=True))
    rows = lines.select(["identity", "name", "address", "city", "zip"]).to_pylist()
    return [row["identity"] for row in rows if _is_same(asked, row)]


def _is_same(asked: dict[str, str | int], row: dict[str, str | None]) -> bool:
    found = normalize_line({key: value or "" for key, value in row.items()})
    return all(found[key] == asked[key] for key in SAME)


def give_receipts(office: Office, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Write the receipts of some lines, as `docs/reference/record-format.md` has them.

    Raises
    ------
    InputError
        A line is not one that the office has committed to.
    UndeterminedError
        The office has committed to no lines yet.
    RecordError
        What the folder holds is not what the record has the root of.
    """
    roots = _events(office, CASES["line"])
    if not roots:
        message = f"{office.county} has not committed to its lines yet, so no receipt can be given"
        raise UndeterminedError(Fault(message, remedy="Commit to them: referenda petition commit."))
    position, data = roots[-1]
    lines = _root(position, data, line_openings(office, batches=data["batches"]), wanted)
    decided = list(_decided(office, wanted))
    receipts, faults = [], []
    for identity in wanted:
        line = lines.open(identity)
        if line is None:
            message = "the office has committed to no such line"
            faults.append(Fault(message, column="--line", value=identity, remedy="Write SECTION/LINE_NO: 000123/7."))
            continue
        decision = next((found for root in decided if (found := root.open(identity))), None)
        about = {"case": office.case, "county": office.county, "identity": identity}
        receipts.append({"format": FORMAT, **about, "line": line, "decision": decision})
    if faults:
        raise InputError(*faults)
    return receipts


def _decided(office: Office, wanted: Sequence[str]) -> Iterator[_Root]:
    """Give the roots over decisions, the newest of the full check first, then the newest of the sample."""
    newest = {data["basis"]: (position, data) for position, data in _events(office, CASES["decision"])}
    if not newest:
        return
    desk = OfficeDecisions(office)
    every = identities(desk.drawn_from)
    for basis in ("full_check", "random_sample"):
        if basis in newest:
            position, data = newest[basis]
            known = known_at(office, data["office_size"])
            lines = every if basis == "full_check" else list(_sample(desk, every))
            openings = decision_openings(office, known, lines, early=bool(data.get("not_examined")))
            yield _root(position, data, openings, wanted)


def _sample(desk: OfficeDecisions, every: Iterable[str]) -> Iterator[str]:
    """Give the lines of the sample: those whose ticket is not above the last one drawn."""
    county = desk.case.county(desk.office.county)
    if county is not None and (drawn := county.sample_drawn) is not None:
        yield from (one for one in every if ticket(drawn.seed, county.name, one) <= drawn.last_ticket)


def _root(position: int, data: dict[str, Any], openings: Iterable[Opening], wanted: Sequence[str]) -> _Root:
    """Make again what is under a root, and keep what opens the lines that are wanted."""
    leaves: list[bytes] = []
    kept: dict[str, tuple[int, Opening]] = {}
    for opening in openings:
        if (identity := opening.content["identity"]) in wanted:
            kept[identity] = len(leaves), opening
        leaves.append(opening.leaf)
    if root_of(leaves).hex() != data["root"]:
        message = f"the office's folder does not give the root that the record holds at position {position}"
        remedy = "Take the folder, and above all its `secret`, back from a copy."
        raise RecordError(Fault(message, "secret", remedy=remedy))
    return _Root(position, leaves, kept)


def _events(office: Office, kind: str) -> list[tuple[int, dict[str, Any]]]:
    mine = (e for e in office.store.read(office.case) if e.kind == kind and e.data["county"] == office.county)
    return [(event.position, event.data) for event in mine]
