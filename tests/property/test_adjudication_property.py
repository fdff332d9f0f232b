"""Whatever is decided and taken back in whatever order: counts add up, and no voter counts on two lines."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.ledger.event import Event
from referenda.petitions.adjudication import Adjudications
from referenda.petitions.decision_check import Decision, check_decisions
from referenda.petitions.verification import Frame, count_progress

LINES = tuple(f"{section}/{number}" for section in (1, 2) for number in (1, 2, 3))
PEOPLE = tuple(f"county:Alder/{name}" for name in ("anna", "bo", "cy", "dora"))
CODES = ("not_registered", "duplicate")
DAY = date(2026, 6, 1)

DECIDE = st.builds(
    lambda line, by, voter, of: Decision(
        line, voter is not None, by, DAY,
        reason=None if voter else "duplicate" if of else "not_registered",
        voter_id=voter, duplicate_of=None if voter else of,
    ),
    st.sampled_from(LINES),
    st.sampled_from(PEOPLE),
    st.sampled_from((None, "V1", "V2", "V3")),
    st.sampled_from((None, *LINES)),
)  # fmt: skip
UNDO = st.sampled_from(LINES)
REJECT = st.tuples(st.sampled_from(("1", "2")), st.booleans())


def event(known: Adjudications, kind: str, by: str, data: dict[str, object]) -> Event:
    return Event("office.a.alder", known.size, kind, 1, DAY, datetime(2026, 6, 1, tzinfo=UTC), by, data)


@settings(max_examples=400)
@given(st.integers(0, 1_000_000), st.lists(st.one_of(DECIDE, UNDO, REJECT), max_size=40))
def test_counts_add_up_and_no_voter_counts_twice(share, deeds):
    known = Adjudications("Alder")
    log = [event(known, "SecondLooksChosen", PEOPLE[0], {"seed": "1" * 20, "share_in_million": share})]
    known.take(log[0])
    for deed in deeds:
        if isinstance(deed, Decision):
            [look], faults = check_decisions([deed], known, lines=LINES, all_lines=LINES, codes=CODES)
            if faults:
                continue
            made = event(known, "LineDecided", deed.by, deed.as_data(look, None))
        elif isinstance(deed, str):
            found = known.find(deed)
            if found is None:
                continue
            made = event(known, "DecisionUndone", PEOPLE[3], {"line": deed, "position": found.position, "why": "x"})
        else:
            section, rejected = deed
            made = event(known, "SectionRejected" if rejected else "SectionRestored", PEOPLE[3],
                         {"section": section, "reason": "circulator_declaration_missing"})  # fmt: skip
        log.append(made)
        known.take(made)

        progress = count_progress(Frame("Alder", "random_sample", 10, LINES), known)
        assert progress.finished + progress.left == len(LINES) == progress.lines
        assert progress.left == sum(progress.in_work.values())
        outcomes = [known.outcome(line) for line in LINES]
        voters = Counter(outcome.voter_id for outcome in outcomes if outcome and outcome.valid)
        assert all(count == 1 for count in voters.values())
        for outcome in outcomes:
            if outcome and outcome.duplicate_of:
                assert known.outcome(outcome.duplicate_of).valid
        for line in LINES:
            assert len({look.by for look in known.looks(line)}) == len(known.looks(line))

    again = Adjudications("Alder", log)
    assert [again.outcome(line) for line in LINES] == [known.outcome(line) for line in LINES]
    assert [again.counts_on(voter) for voter in ("V1", "V2", "V3")] == [
        known.counts_on(voter) for voter in ("V1", "V2", "V3")
    ]
