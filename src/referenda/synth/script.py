"""The lines of a planned petition: who each signer is, what they write, whether it counts, and the truth about it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from referenda.synth.draws import Draws
from referenda.synth.gathering import RELATIVE, TENANT, Gathering
from referenda.synth.names import Codes, name_book, plain
from referenda.synth.parameters import Parameters
from referenda.synth.roll import Roll
from referenda.synth.writing import Pen, Signer, Written

AROUND = (-3, -2, -1, 0, 1, 2, 3)  # rows of a roll kept by homes that may be of one home
LINES = ("line_id", "sheet_id", "line_no", "county", "name", "address", "city", "zip", "date_signed")
TRUTH = (
    "line_id", "voter_id", "person", "valid", "reason", "duplicate_of", "errors", "community", "copied", "circulator",
)  # fmt: skip
CIRCULATORS = ("good", "copies the roll", "invents people")
# Why a line does not count, in the order in which the first that applies is given.
REASONS = (
    "valid", "defective_sheet", "illegible", "incomplete", "not_registered", "cancelled", "pending", "inactive",
    "registered_after", "other_county", "other_address", "mismatch", "duplicate",
)  # fmt: skip


class Script:
    """The lines of a planned petition, block by block.

    Parameters
    ----------
    roll
        The voters.
    planned
        Who signs where.
    draws
        The petition's.
    parameters
        Of the error model.
    since
        First day of circulation.
    inactive_counts
        Whether the place counts the lines of inactive voters.
    """

    def __init__(
        self,
        roll: Roll,
        planned: Gathering,
        draws: Draws,
        parameters: Parameters,
        *,
        since: date,
        inactive_counts: bool,
    ) -> None:
        self.roll, self.planned, self.draws = roll, planned, draws
        self.machine, self.inactive_counts = parameters.channel == "ocr", inactive_counts
        self.pen = Pen(parameters)
        row, home = planned.row.copy(), planned.home.copy()
        beside = np.flatnonzero(planned.neighbour)
        beside = beside[(row[beside - 1] >= 0) & (row[beside - 1] < len(roll) - 1)]
        relatives = home[planned.unregistered == RELATIVE]
        homes = [np.clip(relatives + step, 0, len(roll) - 1) for step in AROUND]
        wanted = np.unique(np.concatenate([row[row >= 0], home, row[beside - 1] + 1, *homes]))
        self.wanted, self.table = wanted, roll.rows(wanted)
        before = row[beside - 1]
        same = self._same_home(before, before + 1) & (roll.status[before + 1] == roll.status[before])
        same &= (roll.registered[before + 1] <= since.toordinal()) & ~np.isin(before + 1, row)
        row[beside[same]] = home[beside[same]] = before[same] + 1
        moved = np.flatnonzero((row >= 0) & (row != home))
        stayed = moved[self._same_home(row[moved], home[moved])]  # moved to where they are registered, by chance
        home[stayed] = row[stayed]
        again = np.flatnonzero(planned.original != np.arange(len(row)))
        row[again], home[again] = row[planned.original[again]], home[planned.original[again]]
        self.unregistered = planned.unregistered[planned.original]
        self.row, self.home = row, home
        self.person = np.where(row >= 0, row, len(roll) + planned.original)
        self.at_home = self._given_names_at(relatives, homes)
        signers = planned.original
        surnames = self._texts("last", np.where(row >= 0, row, home))
        book = name_book()
        number = {name: place for place, name in enumerate(book.communities)}
        around = np.array([number[book.community_of(name)] for name in surnames], dtype=np.int8)
        stranger = draws.share("stranger", signers) < 0.35
        anybody = np.searchsorted(np.cumsum(book.shares), draws.share("community", signers)).astype(np.int8)
        self.community = np.where(stranger & (row < 0) & (self.unregistered != RELATIVE), anybody, around)
        female = draws.share("sex", signers) < 0.5
        self.first = book.draw_given(draws, "given", signers, self.community, female)
        self.middle = book.draw_middle(draws, "middle", signers, self.community, female)
        self.last: Codes = book.draw_surnames(draws, "surname", signers, self.community)
        self.circulator = planned.sheet_circulator[planned.sheet]

    def _texts(self, column: str, rows: NDArray[np.int64]) -> list[str]:
        """Read a column for some rows of the roll."""
        texts: list[str | None] = (
            self.table.column(column).take(pa.array(np.searchsorted(self.wanted, rows))).to_pylist()
        )
        return [text or "" for text in texts]

    def _given_names_at(self, homes: NDArray[np.int64], around: list[NDArray[np.int64]]) -> dict[int, set[str]]:
        """Find the given names of the voters at some homes, so that no relative bears one of them."""
        names: dict[int, set[str]] = {home: set() for home in homes.tolist()}
        for rows in around:
            same = self._same_home(homes, rows)
            for home, given in zip(homes[same].tolist(), self._texts("first", rows[same]), strict=True):
                names[home].add(plain(given))
        return names

    def _same_home(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.bool_]:
        same = np.ones(len(one), dtype=bool)
        for column in ("house_number", "street", "unit", "zip"):
            pairs = zip(self._texts(column, one), self._texts(column, two), strict=True)
            same &= np.fromiter((a == b for a, b in pairs), dtype=bool, count=len(one))
        return same

    def block(self, at: NDArray[np.int64]) -> tuple[pa.Table, list[str], NDArray[np.int8]]:
        """Write some lines; give them with the kinds of error in each and what is known of its reason."""
        planned = self.planned
        signers = self._signers(at)
        faces = self._faces(at)
        written: list[Written] = []
        for place, (line, dice) in enumerate(zip(at.tolist(), self.draws.many_dice("line", at), strict=True)):
            copied = bool(planned.copied[line])
            written.append(self.pen.write(signers[place], dice, face=faces[place], careful=copied))
        day = [
            date.fromordinal(signed).isoformat() if line.dated else ""
            for signed, line in zip(planned.signed[at].tolist(), written, strict=True)
        ]
        sheet = planned.sheet[at]
        county = np.array(self.roll.counties, dtype=object)[planned.sheet_county[sheet]]
        table = pa.table(
            {
                "line_id": [f"L{line + 1:08}" for line in at.tolist()],
                "sheet_id": [f"S{number + 1:07}" for number in sheet.tolist()],
                "line_no": pa.array(planned.line_no[at].astype(np.int32)),
                "county": pa.array(county.tolist(), pa.string()),
                "name": [line.name for line in written],
                "address": [line.address for line in written],
                "city": [line.city for line in written],
                "zip": [line.zip for line in written],
                "date_signed": day,
            }
        )
        return table, [" ".join(line.kinds) for line in written], self._reasons(at, written)

    def _signers(self, at: NDArray[np.int64]) -> list[Signer]:
        row, home = self.row[at], self.home[at]
        known = np.where(row >= 0, row, home)
        people = [self._texts(column, known) for column in ("first", "middle", "last", "suffix")]
        places = [self._texts(column, home) for column in ("house_number", "street", "unit", "city", "zip")]
        signers = [Signer(*fields) for fields in zip(*people, *places, strict=True)]
        book, draws = name_book(), self.draws
        for place in np.flatnonzero(row < 0).tolist():
            line = int(at[place])
            signer, way = signers[place], int(self.unregistered[line])
            dice = draws.dice("not registered", int(self.planned.original[line]))
            given = book.given[self.first[line]]
            while way == RELATIVE and plain(given) in self.at_home[int(home[place])]:
                given = dice.one_of(book.given[27:])
            signer.first, signer.suffix = given, ""
            signer.middle = book.given[self.middle[line]] if dice.share() < 0.5 else ""
            if way != RELATIVE:
                signer.last = book.surnames[self.last[line]]
            if way not in (RELATIVE, TENANT):
                digits = signer.number.split(" ")[0]
                if digits.isdigit():
                    signer.number = str(int(digits) + 2 * (1 + dice.below(30)))
                signer.unit = "" if dice.share() < 0.7 else signer.unit
        return signers

    def _faces(self, at: NDArray[np.int64]) -> list[str]:
        """Choose the face of each line: a clerk's own for a batch of sheets, or the signer's capitals."""
        if self.machine:
            share = self.draws.share("face", at)
            limits = (0.60, 0.97)
        else:
            share = self.draws.share("face", self.planned.sheet[at] // 20)
            limits = (0.55, 0.95)
        return [("title", "upper", "lower")[number] for number in np.searchsorted(limits, share)]

    def _reasons(self, at: NDArray[np.int64], written: list[Written]) -> NDArray[np.int8]:
        """Find the reason of each line but `duplicate`, which depends on the lines before."""
        planned, roll = self.planned, self.roll
        row, home = self.row[at], self.home[at]
        safe = np.maximum(row, 0)
        status = np.array(roll.statuses, dtype=object)[roll.status[safe]]
        registered = row >= 0
        kinds = [set(line.kinds) for line in written]
        sheet = planned.sheet[at]
        county = roll.county[safe] != planned.sheet_county[sheet]
        tests = {
            "defective_sheet": planned.sheet_defective[sheet],
            "illegible": np.array(["illegible" in kind for kind in kinds]),
            "incomplete": np.array([bool(kind & {"address_blank", "date_missing", "mailing_box"}) for kind in kinds]),
            "not_registered": ~registered,
            "cancelled": registered & (status == "cancelled"),
            "pending": registered & (status == "pending"),
            "inactive": registered & (status == "inactive") & (not self.inactive_counts),
            "registered_after": registered & (roll.registered[safe] > planned.signed[at]),
            "other_county": registered & county,
            "other_address": registered & (row != home),
            "mismatch": registered & (planned.mismatch[at] | planned.copied[at]),
        }
        reason = np.zeros(len(at), dtype=np.int8)
        for name in reversed(REASONS[1:-1]):
            reason[tests[name]] = REASONS.index(name)
        return reason

    def first_of_each(self, reason: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        """Keep the earliest valid line of each person; give the reasons, and the earliest line of each line's person.

        Copied lines are nobody's signature and take part in no group. The line number is -1 where the line is the
        only one or the earliest.
        """
        lines = np.arange(len(reason))
        person = np.where(self.planned.copied, -1 - lines, self.person)
        order = np.lexsort((lines, self.planned.signed, person))
        new = np.diff(person[order], prepend=person[order[0]] - 1) != 0
        group = np.cumsum(new) - 1
        earliest = order[np.flatnonzero(new)[group]]
        duplicate_of = np.full(len(reason), -1, dtype=np.int64)
        duplicate_of[order] = np.where(earliest == order, -1, earliest)
        valid = order[reason[order] == 0]
        whose = person[valid]
        again = valid[np.concatenate([[False], whose[1:] == whose[:-1]])] if len(valid) else valid
        reason = reason.copy()
        reason[again] = REASONS.index("duplicate")
        return reason, duplicate_of

    def truth(
        self, at: NDArray[np.int64], errors: list[str], reason: NDArray[np.int8], duplicate_of: NDArray[np.int64]
    ) -> pa.Table:
        """Say who signed some lines, and what came of it."""
        row = self.row[at]
        ids = self._texts("voter_id", np.where(row >= 0, row, self.home[at]))
        communities = name_book().communities
        return pa.table(
            {
                "line_id": [f"L{line + 1:08}" for line in at.tolist()],
                "voter_id": [voter if known else "" for voter, known in zip(ids, (row >= 0).tolist(), strict=True)],
                "person": pa.array(self.person[at]),
                "valid": pa.array(reason == 0),
                "reason": [REASONS[number] for number in reason.tolist()],
                "duplicate_of": [f"L{line + 1:08}" if line >= 0 else "" for line in duplicate_of.tolist()],
                "errors": errors,
                "community": [communities[number] for number in self.community[at].tolist()],
                "copied": pa.array(self.planned.copied[at]),
                "circulator": [
                    CIRCULATORS[kind] for kind in self.planned.circulator_kind[self.circulator[at]].tolist()
                ],
            }
        )

    def sheets(self) -> pa.Table:
        """Tell of each sheet its county, circulator and lines, and whether a defect makes all of it void."""
        planned = self.planned
        number = np.arange(len(planned.sheet_county))
        counties: list[Any] = np.array(self.roll.counties, dtype=object)[planned.sheet_county].tolist()
        who = planned.sheet_circulator
        return pa.table(
            {
                "sheet_id": [f"S{sheet + 1:07}" for sheet in number.tolist()],
                "county": pa.array(counties, pa.string()),
                "circulator": [f"C{number:05}" for number in who.tolist()],
                "lines": pa.array(np.bincount(planned.sheet, minlength=len(number)).astype(np.int32)),
                "defective": pa.array(planned.sheet_defective),
            }
        )
