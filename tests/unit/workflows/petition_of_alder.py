"""A small petition of the invented county of Alder on a public record, from counts alone; for tests of certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from referenda.law.place import load_place
from referenda.ledger.canonical import canonical
from referenda.ledger.stores.sql import SqlStore
from referenda.stats.draw import draw, ticket
from referenda.workflows.keep_case import (
    case_state,
    determine_requirement,
    new_draft,
    open_case,
    project_sample,
    record_deed,
)

CASE, COUNTY, PLACE = "alder-parks", "Alder", "us/ca/example-county"
OFFICIAL = "county_elections_official"
SEED = "31415926535897932384"
SECTIONS = [[f"{number:06}", 10] for number in range(1, 1201)]
REASONS = {"not_registered": 60, "address_mismatch": 15, "signature_mismatch": 6, "duplicate": 1}
VOTER_FILE = {"digest": "ab" * 32, "as_of": "2026-07-15"}


class Petition:
    """Records events of the case; `upto` says how far the verification has come."""

    def __init__(self, folder: Path) -> None:
        self.store = SqlStore(f"sqlite:///{folder / 'cases.db'}")
        law = load_place(PLACE)
        open_case(
            self.store, law, CASE, "county-initiative", received=date(2026, 1, 5), title="Open space along the creek",
            proponents=["Ana Ruiz", "Bo Lind"],
        )  # fmt: skip
        title = {"title": "Alder Creek Open Space Initiative", "identifier": "A-2026-01"}
        self.do("TitleIssued", "2026-01-12", "county_counsel", **title)
        determine_requirement(self.store, CASE, date(2026, 1, 12), by=OFFICIAL)
        self.do("PetitionFiled", "2026-07-09", "proponents", county=COUNTY, sections=len(SECTIONS))

    def do(self, kind: str, on: str, by: str, /, **data: Any) -> None:
        record_deed(self.store, CASE, new_draft(kind, date.fromisoformat(on), by, data))

    def county(self, kind: str, on: str, /, **data: Any) -> None:
        self.do(kind, on, f"county:{COUNTY}", county=COUNTY, **data)

    @property
    def size(self) -> int:
        return self.store.size(CASE)

    def take_in(self) -> None:
        self.county("SectionsReceived", "2026-07-10", sections=SECTIONS, lines=12_000)
        self.county("RawCountReported", "2026-07-13", raw_count=12_000)
        self.county("LinesCommitted", "2026-07-16", lines=12_000, root="cd" * 32, batches=1)

    def draw(self, size: int = 500) -> None:
        self.do("SampleOrdered", "2026-07-17", OFFICIAL)
        identities = [f"{name}/{number}" for name, lines in SECTIONS for number in range(1, int(lines) + 1)]
        drawn = draw(SEED, COUNTY, identities, size)
        self.county(
            "SampleDrawn",
            "2026-07-17",
            seed=SEED,
            raw_count=12_000,
            sample_size=size,
            least=500,
            method="sha256-tickets/1",
            frame=sha256(canonical(SECTIONS)).hexdigest(),
            last_ticket=ticket(SEED, COUNTY, drawn[-1]),
            drawn=sha256("\n".join(drawn).encode()).hexdigest(),
        )

    def decide(self, on: str, basis: str, lines: int, reasons: dict[str, int], **more: Any) -> None:
        valid = lines - sum(reasons.values())
        looks = {"lines": lines // 20, "differed": 1}
        duplicates = reasons.get("duplicate", 0)
        if basis == "random_sample":
            sample = {"sample_size": lines, "valid_in_sample": valid, "duplicates_in_sample": duplicates}
            self.county("SampleReported", on, **sample)
        elif not more:
            self.county("FullCheckReported", on, checked=lines, valid_signatures=valid, complete=True)
        self.county(
            "DecisionsCommitted", on, basis=basis, lines=lines, valid=valid, duplicates=duplicates, reasons=reasons,
            root="ef" * 32, voter_file=VOTER_FILE, second_looks=looks, **more,
        )  # fmt: skip

    def sample(self, reasons: dict[str, int] = REASONS) -> None:
        self.decide("2026-08-03", "random_sample", 500, reasons)
        project_sample(self.store, CASE, date(2026, 8, 4), by=OFFICIAL)

    def check_all(self, reasons: dict[str, int]) -> None:
        self.do("FullCheckOrdered", "2026-08-05", OFFICIAL)
        self.decide("2026-09-14", "full_check", 12_000, reasons)

    def decision(self) -> str:
        projection = case_state(self.store, CASE)[0].projection
        return projection.decision if projection else ""


def sampled(folder: Path, reasons: dict[str, int] = REASONS) -> Petition:
    petition = Petition(folder)
    petition.take_in()
    petition.draw()
    petition.sample(reasons)
    return petition


FULL = {"not_registered": 1810, "address_mismatch": 520, "signature_mismatch": 180, "duplicate": 140, "withdrawn": 12}


def checked(folder: Path, reasons: Sequence[tuple[str, int]] = tuple(FULL.items())) -> Petition:
    petition = sampled(folder, {"not_registered": 75, "address_mismatch": 22, "signature_mismatch": 8, "duplicate": 0})
    petition.check_all(dict(reasons))
    return petition
