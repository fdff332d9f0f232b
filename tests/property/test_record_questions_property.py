"""Record questions against the plainest way to answer them, and against every truth that the table leaves possible."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from referenda.elections.record_question import answer_for, list_elections, read_question
from referenda.elections.record_value import Measured
from referenda.elections.time_table import Election, Moment, TimeTable

LEAD = Measured("margin", "yes", "no", ("cast",))
Known = tuple[int, int, int]  # yes, no, and all that were cast, at least 1

counts = st.integers(0, 6)
known = st.tuples(counts, counts, counts).map(lambda row: (row[0], row[1], max(1, sum(row))))


def table_of(rows: list[Known], hidden: list[bool] | None = None) -> TimeTable:
    hide = hidden or [False] * len(rows)
    return TimeTable(
        "invented",
        tuple(
            Election(Moment(2000 + at), {"yes": yes, "no": no, "cast": None if hide[at] else cast})
            for at, (yes, no, cast) in enumerate(rows)
        ),
        every=1,
    )


def plain_value(row: Known, unit: str) -> Fraction | None:
    yes, no, cast = row
    lead = abs(yes - no)
    match unit:
        case "votes":
            return Fraction(lead)
        case "points of cast":
            return Fraction(lead, cast)
        case "two-party":
            return Fraction(lead, yes + no) if yes + no else None
    return Fraction(max(yes, no), min(yes, no)) if min(yes, no) else None


@given(st.lists(known, min_size=1, max_size=8), st.data(), st.sampled_from(["largest", "smallest"]))
def test_an_answer_is_that_of_plain_comparison(rows: list[Known], data: st.DataObject, kind: str) -> None:
    asked = data.draw(st.integers(0, len(rows) - 1))
    since = data.draw(st.integers(-1, asked - 1))
    question = read_question(f"{kind} since {2000 + since}")
    sign = 1 if kind == "largest" else -1
    for answer in answer_for(table_of(rows), LEAD, question, LEAD.units, Moment(2000 + asked)):
        led = [
            answer.led_by is None or (yes > no and answer.led_by == "yes") or (no > yes and answer.led_by == "no")
            for yes, no, _ in rows
        ]
        values = [plain_value(row, str(answer.unit)) for row in rows]
        own = values[asked]
        there = [at for at in range(len(rows)) if led[at] and at != asked]
        if own is None or any(values[at] is None for at in there):
            continue
        signed = {at: sign * (values[at] or 0) for at in there}
        earlier = [at for at in there if at < asked and signed[at] >= sign * own]
        later = [at for at in there if at > asked and signed[at] >= sign * own]
        place = 1 + sum(value > sign * own for value in signed.values())
        assert (answer.back_to and answer.back_to[0].year) == (2000 + max(earlier) if earlier else None)
        assert (answer.passed_in and answer.passed_in[0].year) == (2000 + min(later) if later else None)
        assert (answer.rank, answer.value.exact) == ((place, place), own)
        assert answer.holds is not any(at > since for at in earlier)


@given(st.lists(st.tuples(known, st.booleans()), min_size=2, max_size=8), st.data())
def test_what_is_settled_without_a_total_stays_true_with_any_total(
    rows: list[tuple[Known, bool]], data: st.DataObject
) -> None:
    truth = [row for row, _ in rows]
    asked = data.draw(st.integers(0, len(rows) - 1))
    text = data.draw(st.sampled_from(["largest ever", "smallest ever", "first above 40% ever", "first at most 20%"]))
    question = read_question(text)
    units = [unit for unit in LEAD.units if unit.kind == "points"]
    moment = Moment(2000 + asked)
    with_gaps = answer_for(table_of(truth, [hidden for _, hidden in rows]), LEAD, question, units, moment)
    in_truth = answer_for(table_of(truth), LEAD, question, units, moment)
    for said, true in zip(with_gaps, in_truth, strict=True):
        assert said.holds in (None, true.holds) or true.holds is None
        assert said.met in (None, true.met)
        if said.back_to is not None and not said.open_before:
            assert true.back_to is not None and said.back_to[0] == true.back_to[0]
        if said.rank is not None and true.rank is not None and true.value.exact is not None:
            assert said.rank[0] <= true.rank[0] <= said.rank[1]


@given(st.lists(known, min_size=1, max_size=8), st.integers(0, 100), st.integers(0, 9))
def test_a_list_holds_the_elections_that_meet_the_bound_and_no_other(rows: list[Known], bound: int, since: int) -> None:
    units = [unit for unit in LEAD.units if unit.kind == "points"]
    (listing,) = list_elections(table_of(rows), LEAD, read_question(f"below {bound}% since {2000 + since}"), units)
    expected = [
        2000 + at for at, (yes, no, cast) in enumerate(rows) if at >= since and 100 * abs(yes - no) < bound * cast
    ]
    assert expected == [moment.year for moment, _ in listing.met]
    assert (listing.open, listing.compared) == ((), len(rows[since:]))
