"""The next line for a person: what stands on it, who may be meant, and what the matcher found.

Lines come in the order of their tickets. A blind second look is offered like a first one and shows nothing of what the
first person decided, not even that there was one; where two looks differ, the third person is shown both, without
names. Other lines that the matcher thinks to be of the same signer are named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from referenda.errors import Fault, InputError
from referenda.petitions.adjudication import Adjudication
from referenda.workflows.office_decisions import OfficeDecisions

KEYED = ("name", "address", "city", "zip", "date_signed")
REGISTERED = (
    *("first", "middle", "last", "suffix", "house_number", "street", "unit"),
    *("city", "zip", "county", "reg_date", "status"),
)


@dataclass(frozen=True)
class Candidate:
    """A registration that may be meant; `registered` is what the voter file says, where the file was given."""

    voter_id: str
    score: float | None
    counts_on: str | None
    registered: Mapping[str, str] | None


@dataclass(frozen=True)
class NextLine:
    """A line that a person is to decide; `keyed` is None where nobody has keyed it in."""

    line: str
    box: str | None
    keyed: Mapping[str, str] | None
    status: str | None
    reason: str | None
    candidates: tuple[Candidate, ...]
    same_signer: tuple[str, ...]
    settles: tuple[Mapping[str, str | None], ...]
    place: int
    of: int

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            **vars(self),
            "candidates": [vars(candidate) for candidate in self.candidates],
            "same_signer": list(self.same_signer),
            "settles": list(self.settles),
        }


def next_line(
    desk: OfficeDecisions, by: str, *, line: str | None = None, voters: Path | None = None
) -> NextLine | None:
    """Give the next line that a person can decide, None when nothing is left for this person.

    Parameters
    ----------
    by
        `county:NAME/PERSON`.
    line
        The line to be shown, instead of the next.
    voters
        The snapshot of the voter file, to show what it says of the candidates.

    Raises
    ------
    InputError
        The line is not one of those that are verified now, or the snapshot cannot be read.
    LawError
        Nothing is to be verified yet.
    """
    order = desk.frame().order
    if line is not None and line not in desk.lines_now():
        message = "this line is not among those that are verified now"
        remedy = "It is outside the sample, or there is no such line; see all with --list FILE."
        raise InputError(Fault(message, column="--line", value=line, remedy=remedy))
    found = line or next((each for each in order if _is_for(desk, each, by)), None)
    if found is None:
        return None
    keyed, match, group = _of_the_office(desk, found)
    looks = desk.known.looks(found)
    settles = looks[:2] if desk.known.next_look(found) == 3 and not any(look.is_by(by) for look in looks) else []
    section = desk.office.sections().get(found.rpartition("/")[0])
    return NextLine(
        line=found,
        box=section.box if section else None,
        keyed=keyed,
        status=match.get("status"),
        reason=match.get("reason"),
        candidates=_candidates(desk, found, match, voters),
        same_signer=tuple(each for each in group if each != found),
        settles=tuple(_shown(look) for look in settles),
        place=order.index(found) + 1,
        of=len(order),
    )


def open_lines(desk: OfficeDecisions, by: str) -> list[str]:
    """Give every line that this person can decide now, in the order of their tickets; see `next_line`."""
    return [line for line in desk.frame().order if _is_for(desk, line, by)]


def _is_for(desk: OfficeDecisions, line: str, by: str) -> bool:
    return desk.known.next_look(line) is not None and not any(look.is_by(by) for look in desk.known.looks(line))


def _of_the_office(desk: OfficeDecisions, line: str) -> tuple[dict[str, str] | None, dict[str, Any], list[str]]:
    """Give what was keyed, what the matcher said, and the lines that it holds to be one signer's."""
    lines, matches = desk.office.lines(), desk.office.matches()
    at = pc.index(lines["identity"], pa.scalar(line)).as_py()
    if at < 0:
        return None, {}, []
    keyed = {name: lines[name][at].as_py() or "" for name in KEYED}
    if matches is None:
        return keyed, {}, []
    match = matches.slice(at, 1).to_pylist()[0]
    first = match["duplicate_of"] or line
    same = pc.or_kleene(pc.equal(matches["duplicate_of"], first), pc.equal(matches["identity"], first))
    group = matches["identity"].filter(pc.fill_null(same, False)).to_pylist()
    return keyed, match, group if len(group) > 1 else []


def _candidates(
    desk: OfficeDecisions, line: str, match: Mapping[str, Any], voters: Path | None
) -> tuple[Candidate, ...]:
    """Give the registration proposed and the next best one, each with another line that counts for it already."""
    shown = [
        (match[key], match[score])
        for key, score in (("voter_id", "score"), ("runner_up", "runner_up_score"))
        if match.get(key)
    ]
    registered = registrations(voters, [voter for voter, _ in shown]) if voters and shown else {}
    counts = {voter: desk.known.counts_on(voter) for voter, _ in shown}
    return tuple(
        Candidate(voter, score, counts[voter] if counts[voter] != line else None, registered.get(voter))
        for voter, score in shown
    )


def registrations(voters: Path, ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Give what the voter file says of some voters, by their ids; those that it does not have are left out.

    Raises
    ------
    InputError
        It is not a snapshot, nor a Parquet file of voters.
    """
    file = voters / "voters.parquet" if voters.is_dir() else voters
    if not file.is_file() or file.suffix != ".parquet":
        remedy = "Give the folder that `referenda voters import` made."
        raise InputError(Fault("this is not a snapshot of voters", str(voters), column="--voters", remedy=remedy))
    wanted = ds.field("voter_id").isin(sorted(ids))
    rows = ds.dataset(file).to_table(columns=["voter_id", *REGISTERED], filter=wanted).to_pylist()
    return {row.pop("voter_id"): {key: str(value) for key, value in row.items() if value} for row in rows}


def _shown(look: Adjudication) -> dict[str, str | None]:
    return {
        "decision": "valid" if look.valid else "not_valid",
        "reason": look.reason,
        "voter_id": look.voter_id,
        "duplicate_of": look.duplicate_of,
    }
