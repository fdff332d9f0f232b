"""Keep the case of a measure: open it, record deeds in it, and say where it stands.

A deed is checked against the law that its case is pinned to and against everything recorded before, and is appended
only if nobody wrote in between; otherwise it is checked again. The pinned law document stands in the same store, in a
log of its own (`law.DIGEST`), so that a case never loses it (`docs/adr/0003-pinned-law.md`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from referenda.errors import Fault, InputError, LawError, RecordError, UndeterminedError, noting
from referenda.law.place import PlaceLaw
from referenda.law.schema import LawDocument
from referenda.ledger.canonical import canonical, read_canonical
from referenda.ledger.event import Draft, Event, require_case_name
from referenda.ledger.log import EventStore
from referenda.petitions.case import Case
from referenda.petitions.events import data_from_text, kind_of
from referenda.petitions.findings import projection_data, requirement_data, vote_data
from referenda.petitions.kinds import VoteDecided
from referenda.petitions.office_kinds import OFFICE_LOG
from referenda.petitions.procedure import DeedFinding, follow, require_deed

LAW_LOG = "law."
NO_CASES = (LAW_LOG, OFFICE_LOG)  # how the names of logs begin that are no cases
ATTEMPTS = 200

_LAW = {"law": "0" * 64, "instrument": "any", "on": "2000-01-01", "requirement": 0}
_SAMPLE = {"count": "any", "projected_valid": 0, "decision": "sufficient", "rows": [{}]}
# The key that is there when all are, and what stands in for the numbers to be computed while the others are checked.
_COMPUTED: dict[str, tuple[str, dict[str, Any]]] = {
    "RequirementDetermined": ("requirement", {**_LAW, "formula": "any", "steps": []}),
    "SampleProjected": ("rows", {**_LAW, **_SAMPLE}),
    "VoteDecided": ("conditions", {"rule": "yes > no", "conditions": [], "passed": True}),
}


@dataclass(frozen=True)
class Recorded:
    """A deed that was recorded: its event, what was found when it was checked, and where the case stands now."""

    event: Event
    finding: DeedFinding
    case: Case


def open_case(
    store: EventStore,
    law: PlaceLaw,
    name: str,
    instrument: str,
    *,
    received: date,
    title: str,
    proponents: Sequence[str],
    by: str = "proponents",
    more: Mapping[str, Any] | None = None,
) -> Recorded:
    """Open the case of a measure: it is received, and the law as it is now is pinned to it.

    Parameters
    ----------
    name
        The case's name, such as `us-ca-16-0011A1`.
    title
        The measure's working name.
    more
        Further keys of `MeasureReceived`, such as `fee_dollars`.

    Raises
    ------
    InputError
        The name, the instrument or a key is wrong.
    LawError
        The law does not allow it, or there is such a case already.
    """
    draft = receipt(
        name, law.id, law.digest, instrument, received, title=title, proponents=proponents, by=by, more=more
    )
    if store.size(name):
        raise LawError(
            Fault(
                f"the case {name} has begun; one measure is one case",
                remedy=f"Choose another name, or go on with this one: referenda case show {name}.",
            )
        )
    require_deed(Case(name), law, draft)  # a measure that is refused leaves nothing behind
    keep_law(store, law)
    return record_deed(store, name, draft, law=law)


def receipt(
    name: str,
    place: str,
    digest: str,
    instrument: str,
    received: date,
    *,
    title: str,
    proponents: Sequence[str],
    by: str = "proponents",
    more: Mapping[str, Any] | None = None,
) -> Draft:
    """Make the first event of a case, the receipt of the measure; parameters as for `open_case`.

    Raises
    ------
    InputError
        With everything that is wrong with the name and the data.
    """
    faults: list[Fault] = []
    with noting(faults):
        require_case_name(name)
    if name.startswith(NO_CASES):
        message = f"names that begin with {LAW_LOG} or {OFFICE_LOG} are kept for law documents and offices"
        faults.append(Fault(message, column="case", value=name, remedy="Choose another name."))
    data = {"instrument": instrument, "law": digest, "name": title, "place": place, "proponents": list(proponents)}
    draft = None
    with noting(faults):
        draft = draft_from_text("MeasureReceived", received, by, {**data, **(more or {})})
    if draft is None or faults:
        raise InputError(*faults)
    return draft


def record_deed(
    store: EventStore, name: str, draft: Draft, *, law: PlaceLaw | None = None, today: date | None = None
) -> Recorded:
    """Check a deed and record it, as often as somebody else writes in between.

    Parameters
    ----------
    name
        The case.
    law
        The law, for the first event of a case; otherwise the one that the case is pinned to.
    today
        No deed can lie after it; the latest day on Earth when absent.

    Raises
    ------
    InputError
        The event is not what its kind holds, or its day has not come.
    LawError
        The deed is not in order; with every reason and its text of law.
    RecordError
        Others wrote without a pause, so that there was never a moment to write.
    """
    latest = today or (datetime.now(UTC) + timedelta(hours=14)).date()
    if draft.occurred_on > latest:
        raise InputError(Fault("this day has not come yet", column="occurred_on", value=str(draft.occurred_on)))
    case = Case(name)
    for _ in range(ATTEMPTS):
        case, law = _read_on(store, case, law)
        if law is None:
            raise InputError(_unknown_case(store, name))
        finding = require_deed(case, law, draft, other_case=lambda other: _other(store, other))
        data = {**draft.data, "late": finding.late.model_dump(mode="json")} if finding.late else draft.data
        stamped = Draft(draft.kind, draft.version, draft.occurred_on, draft.by, data)
        try:
            [event] = store.append(name, [stamped], expected_size=case.size)
        except RecordError:
            if store.size(name) == case.size:
                raise
            continue
        return Recorded(event, finding, follow(case, law, event))
    raise RecordError(f"others wrote to {name} {ATTEMPTS} times in between; record the deed again in a moment")


def record_as_written(store: EventStore, name: str, kind: str, on: date, by: str, given: Mapping[str, Any]) -> Recorded:
    """Record a deed from data as somebody writes them: numbers may be text, and what the law computes may be left out.

    Everything that is given is checked before anything is computed.

    Parameters
    ----------
    name
        The case.
    given
        The keys of the kind. `RequirementDetermined` and `SampleProjected` need none, and `VoteDecided` needs only
        `vote` and its counts, which may stand beside the other keys or in `quantities`.

    Raises
    ------
    InputError
        With every key that is wrong (`Fault.column`).
    LawError
        The deed is not in order; see `record_deed`.
    UndeterminedError
        A number that is needed is not known.
    """
    whole = dict(given)
    if kind == "VoteDecided" and isinstance(counts := whole.get("quantities", {}), Mapping):
        beside = {key: whole.pop(key) for key in list(whole) if key not in VoteDecided.model_fields}
        whole["quantities"] = {**counts, **beside}
    key, blank = _COMPUTED.get(kind, ("", {}))
    if not key or key in whole:
        return record_deed(store, name, draft_from_text(kind, on, by, whole))
    typed = data_from_text(kind, {**blank, **whole})
    more = {key: typed[key] for key in whole}
    readings = more.pop("readings", None)
    if kind == "RequirementDetermined":
        return determine_requirement(store, name, on, by=by, readings=readings, more=more)
    if kind == "SampleProjected":
        return project_sample(store, name, on, by=by, readings=readings, more=more)
    vote, quantities = more.pop("vote"), more.pop("quantities")
    return decide_vote_of_case(store, name, vote, on, quantities, by=by, readings=readings, more=more)


def case_state(store: EventStore, name: str) -> tuple[Case, PlaceLaw]:
    """Give where a case stands, and the law it is pinned to.

    Raises
    ------
    InputError
        There is no such case.
    """
    case, law = _read_on(store, Case(name), None)
    if law is None:
        raise InputError(_unknown_case(store, name))
    return case, law


def list_cases(store: EventStore) -> list[tuple[Case, PlaceLaw]]:
    """Give every case of a store, in the order of their names."""
    return [case_state(store, name) for name in case_names(store)]


def case_names(store: EventStore) -> list[str]:
    """Name the cases of a store; logs that hold law documents, and those of offices, are no cases."""
    return [name for name in store.cases() if not name.startswith(NO_CASES)]


def new_draft(kind: str, on: date, by: str, data: Mapping[str, Any]) -> Draft:
    """Make a draft of the newest version of a kind (InputError for an unknown kind)."""
    return Draft(kind, kind_of(kind).version, on, by, dict(data))


def draft_from_text(kind: str, on: date, by: str, data: Mapping[str, Any]) -> Draft:
    """Make a draft of data whose numbers may be written as text (InputError with every fault of them)."""
    return new_draft(kind, on, by, data_from_text(kind, dict(data)))


def determine_requirement(
    store: EventStore,
    name: str,
    on: date,
    *,
    by: str = "secretary_of_state",
    readings: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Recorded:
    """Compute the signatures needed as of a day from the pinned law, and record it."""
    case, law = case_state(store, name)
    data = requirement_data(law, case.instrument, on, readings=readings)
    return record_deed(store, name, new_draft("RequirementDetermined", on, by, {**data, **(more or {})}))


def project_sample(
    store: EventStore,
    name: str,
    on: date,
    *,
    by: str = "secretary_of_state",
    readings: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Recorded:
    """Project the valid signatures from the samples that the counties have reported, and record it.

    Raises
    ------
    UndeterminedError
        The requirement is not determined, or a county has not reported.
    """
    case, law = case_state(store, name)
    if case.requirement is None:
        raise UndeterminedError(
            Fault("the requirement is not determined yet", remedy="Record RequirementDetermined first.")
        )
    data = projection_data(law, case.instrument, on, case.counties.values(), case.requirement, readings=readings)
    return record_deed(store, name, new_draft("SampleProjected", on, by, {**data, **(more or {})}))


def decide_vote_of_case(
    store: EventStore,
    name: str,
    vote: str,
    on: date,
    quantities: Mapping[str, int | str],
    *,
    by: str = "secretary_of_state",
    readings: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Recorded:
    """Apply the rule under which a vote was laid down to its numbers, and record the outcome.

    Raises
    ------
    InputError
        No such vote is scheduled, or the numbers contradict one another.
    """
    case, _ = case_state(store, name)
    if vote not in case.votes:
        known = ", ".join(case.votes) or "none"
        raise InputError(Fault("no vote of this name is scheduled", value=vote, remedy=f"Scheduled: {known}."))
    data = vote_data(vote, case.votes[vote].rule, quantities, readings=readings)
    return record_deed(store, name, new_draft("VoteDecided", on, by, {**data, **(more or {})}))


def keep_law(store: EventStore, law: PlaceLaw) -> None:
    """Keep a law document in the store, in a log of its own; once is enough."""
    log = LAW_LOG + law.digest
    if store.size(log):
        return
    data = {"digest": law.digest, "document": law.document, "place": law.id}
    try:
        store.append(log, [new_draft("LawDocumentKept", date.today(), "referenda", data)], expected_size=0)
    except RecordError:
        if not store.size(log):
            raise


def kept_law(store: EventStore, digest: str) -> PlaceLaw:
    """Give a law document that the store keeps.

    Raises
    ------
    RecordError
        The store does not keep it, or it is not the document of this digest.
    LawError
        It is one that this version of Referenda cannot read.
    """
    return _place_law(canonical(_document(store, digest)), digest)


def kept_document(store: EventStore, digest: str) -> bytes:
    """Give the canonical text of a law document that the store keeps; see `kept_law`."""
    return canonical(_document(store, digest))


def _document(store: EventStore, digest: str) -> Any:
    event = next(store.read(LAW_LOG + digest), None)
    if event is None:
        raise RecordError(f"the law document {digest} is not kept in this store")
    return event.data["document"]


@lru_cache(maxsize=32)
def _place_law(text: bytes, digest: str) -> PlaceLaw:
    document = read_canonical(text)
    try:
        law = PlaceLaw(document, LawDocument.model_validate(document))
    except ValidationError as error:
        raise LawError(
            Fault(
                f"this version of Referenda cannot read the law document {digest} ({error.error_count()} faults)",
                remedy="Use the version with which the case was opened.",
            )
        ) from None
    if law.digest != digest:
        raise RecordError(f"the law document kept as {digest} was changed: its digest is {law.digest}")
    return law


def _unknown_case(store: EventStore, name: str) -> Fault:
    known = case_names(store)
    near = get_close_matches(name, known, n=1)
    if near:
        remedy = f"Did you mean {near[0]}?"
    else:
        remedy = f"Known: {', '.join(known[:10])}." if known else "The store is empty; open a case first."
    return Fault("there is no case of this name", value=name, remedy=remedy)


def _read_on(store: EventStore, case: Case, law: PlaceLaw | None) -> tuple[Case, PlaceLaw | None]:
    """Read what was added to a case, under the law it is pinned to; of a log that is no case, nothing is read."""
    if case.name.startswith(NO_CASES):
        return case, None
    for event in store.read(case.name, case.size):
        if case.size == 0:
            law = kept_law(store, str(event.data.get("law")))
        if law is not None:
            case = follow(case, law, event)
    return case, law


def _other(store: EventStore, name: str) -> Case | None:
    """Give the state of another case, or None where there is none."""
    return case_state(store, name)[0] if store.size(name) and not name.startswith(NO_CASES) else None
