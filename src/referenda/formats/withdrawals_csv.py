"""Reading signers' requests to withdraw their signatures: one row a request."""

from __future__ import annotations

from pathlib import Path

from referenda.errors import InputError
from referenda.formats.tables import Column, read_table
from referenda.petitions.withdrawal import Request
from referenda.terms.days import read_date

_WRITTEN = ("name", "address", "city", "zip")
_COLUMNS = (
    Column("received_on"),
    *(Column(name, required=False) for name in ("request", *_WRITTEN, "line", "voter_id")),
)


def read_withdrawals(path: Path) -> list[Request]:
    """Read requests to withdraw.

    Parameters
    ----------
    path
        CSV with `received_on` (year-month-day) and name, address, city, zip as the signer wrote them, or `line`
        (`SECTION/LINE`) or `voter_id` where a person found them; `request` is the office's number of the request,
        the file's name and row where it is absent.

    Raises
    ------
    InputError
        With every fault of the file: file, row, column, value and what to do.
    """
    table = read_table(path, columns=_COLUMNS, what="request")
    table.require_distinct("request")
    requests = []
    for row in table:
        text = row.text("received_on")
        written = {name: row.text(name) for name in _WRITTEN}
        if not row.text("line") and not row.text("voter_id") and not (written["name"] and written["address"]):
            remedy = "Give name and address as the signer wrote them, or the line, or the voter."
            table.fault("nothing says whose signature is withdrawn", row=row, column="name", remedy=remedy)
        try:
            received_on = read_date(text)
        except InputError as error:
            for fault in error.faults if text else ():
                table.fault(fault.message, row=row, column="received_on", value=text, remedy=fault.remedy)
            continue
        number = row.text("request") or f"{path.name}:{row.line}"
        line, voter_id = row.text("line") or None, row.text("voter_id") or None
        requests.append(Request(number, received_on, **written, line=line, voter_id=voter_id, row=row.line))
    table.settle()
    return requests
