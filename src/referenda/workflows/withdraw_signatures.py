"""Record signers' requests to withdraw, found among the lines by the voter or by the line itself.

A request that names neither line nor voter is matched against the voter file like a petition line. Only a match that
is as sure as one that is accepted is followed; any other is given back for a person. Nothing is recorded unless every
request of a file can be.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from referenda.errors import Fault, InputError
from referenda.ledger.event import Draft
from referenda.linkage.decide import ACCEPT_FROM
from referenda.linkage.engine import Engine
from referenda.petitions.withdrawal import Request, WithdrawalRule, Withdrawn, judge, withdrawal_rule
from referenda.workflows.match_lines import match_lines
from referenda.workflows.office_decisions import OfficeDecisions, office_draft


@dataclass(frozen=True)
class Withdrawals:
    """What was recorded, and the requests that were not, because nobody can say yet whose they are."""

    recorded: tuple[Withdrawn, ...]
    unclear: tuple[Request, ...]
    rule: WithdrawalRule
    filed_date: date | None

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON, without the signers' data."""
        return {
            "recorded": [{"row": w.request.row, **w.as_data()} for w in self.recorded],
            "unclear": [{"row": request.row, "request": request.number} for request in self.unclear],
            "filed_date": self.filed_date.isoformat() if self.filed_date else None,
            "cite": self.rule.cite,
        }


def withdraw_signatures(
    desk: OfficeDecisions,
    requests: Sequence[Request],
    by: str,
    on: date,
    *,
    voters: Path | None = None,
    engine: Engine | None = None,
    memory_bytes: int = 2 << 30,
) -> Withdrawals:
    """Record requests to withdraw.

    Parameters
    ----------
    requests
        As they came.
    by
        The person who decides them, `county:NAME/PERSON`.
    on
        The day.
    voters, engine, memory_bytes
        The voter file to match requests against that name neither line nor voter, and what matches them.

    Raises
    ------
    InputError
        A line that was not filed, a request that was recorded already, or requests to be matched and no voter file.
    LawError
        The place's law knows no withdrawal.
    """
    rule = withdrawal_rule(desk.law, desk.instrument, on)
    county = desk.case.county(desk.office.county)
    filed = county.filed_date if county else None
    if faults := list(_faults(desk, requests, voters)):
        raise InputError(*faults)
    requests = _with_voters(requests, voters, engine, memory_bytes)
    unclear = tuple(request for request in requests if not request.line and not request.voter_id)
    clear = [request for request in requests if request.line or request.voter_id]
    found: list[Withdrawn] = []

    def make() -> list[Draft]:
        if faults := list(_known_already(desk, clear)):
            raise InputError(*faults)
        lines = _lines_of(desk, {request.voter_id for request in clear if request.voter_id})
        found[:] = [_judged(request, lines, filed) for request in clear]
        return [office_draft("WithdrawalReceived", on, by, withdrawn.as_data()) for withdrawn in found]

    if clear:
        desk.record(make)
    return Withdrawals(tuple(found), unclear, rule, filed)


def _judged(request: Request, lines: dict[str, list[str]], filed: date | None) -> Withdrawn:
    own = [request.line] if request.line else []
    there = dict.fromkeys([*own, *lines.get(request.voter_id or "", [])])
    return judge(request, tuple(there), request.voter_id, filed)


def _faults(desk: OfficeDecisions, requests: Sequence[Request], voters: Path | None) -> Iterator[Fault]:
    for request in requests:
        if request.line and request.line not in desk.all_lines:
            remedy = "Write SECTION/LINE, such as 000123/7."
            yield Fault("there is no such line", row=request.row, column="line", value=request.line, remedy=remedy)
    to_match = sum(not request.line and not request.voter_id for request in requests)
    if to_match and voters is None:
        remedy = "Name it with --voters, or give the line of each."
        yield Fault(f"{to_match:,} requests name no line, and there is no voter file to find them by", remedy=remedy)
    yield from _known_already(desk, requests)


def _known_already(desk: OfficeDecisions, requests: Sequence[Request]) -> Iterator[Fault]:
    for request in requests:
        if request.number in desk.known.requests:
            message = "this request was recorded already"
            remedy = "Leave it out, or give the request another number."
            yield Fault(message, row=request.row, column="request", value=request.number, remedy=remedy)


def _with_voters(
    requests: Sequence[Request], voters: Path | None, engine: Engine | None, memory_bytes: int
) -> list[Request]:
    """Match the requests that name neither line nor voter; those that are not sure stay as they are."""
    asked = [request for request in requests if not request.line and not request.voter_id]
    if not asked or voters is None or engine is None:
        return list(requests)
    with tempfile.TemporaryDirectory(prefix="referenda-") as name:
        lines, answer = Path(name) / "lines.parquet", Path(name) / "answer.parquet"
        pq.write_table(_as_lines(asked), lines)
        match_lines(lines, voters, answer, engine=engine, memory_bytes=memory_bytes)
        rows = pq.read_table(answer, columns=["voter_id", "score"]).to_pylist()
    sure = {
        request.number: row["voter_id"]
        for request, row in zip(asked, rows, strict=True)
        if row["voter_id"] and row["score"] >= ACCEPT_FROM
    }
    return [replace(request, voter_id=request.voter_id or sure.get(request.number)) for request in requests]


def _as_lines(requests: Sequence[Request]) -> pa.Table:
    columns = {name: [getattr(request, name) for request in requests] for name in ("name", "address", "city", "zip")}
    return pa.table(
        {
            "line_id": [str(number) for number in range(len(requests))],
            "sheet_id": [f"request-{number}" for number in range(len(requests))],
            "line_no": pa.array([1] * len(requests), pa.int32()),
            "county": [""] * len(requests),
            **columns,
            "date_signed": [request.received_on.isoformat() for request in requests],
        }
    )


def _lines_of(desk: OfficeDecisions, voters: set[str]) -> dict[str, list[str]]:
    """Give the lines of voters: those decided valid for them, and those that the matcher is sure of."""
    lines = {voter: [line] for voter in voters if (line := desk.known.counts_on(voter))}
    matches = desk.office.matches() if voters else None
    if matches is not None:
        theirs = pc.is_in(matches["voter_id"], value_set=pa.array(sorted(voters), pa.string()))
        sure = matches.filter(pc.and_(theirs, pc.fill_null(pc.greater_equal(matches["score"], ACCEPT_FROM), False)))
        for line, voter in zip(sure["identity"].to_pylist(), sure["voter_id"].to_pylist(), strict=True):
            lines.setdefault(voter, []).append(line)
    return lines
