"""Invented clerks: they know the truth and err as often as is stated, whatever the order of their work."""

from __future__ import annotations

import pytest

from referenda.law.place import load_place
from referenda.synth.clerks import REASONS, ClerkErrors, Clerks, Look, Truth
from referenda.synth.script import REASONS as TRUTHS

LINES = [f"s/{number}" for number in range(1, 20_001)]


def clerks(reason: str, proposed: bool = True, **errors: float) -> Clerks:
    truth = {line: Truth(reason, f"V{line}") for line in LINES}
    return Clerks(truth, {line: f"V{line}" for line in LINES} if proposed else {}, 7, ClerkErrors(**errors))


def wrong(crew: Clerks) -> float:
    """The share of lines on which a clerk errs."""
    looks = {line: crew.look(line, "anna") for line in LINES}
    return sum(crew.errs(line, look.reason is None) for line, look in looks.items()) / len(LINES)


@pytest.mark.parametrize(
    ("reason", "error", "rate"),
    [("valid", "rejects_valid", 0.02), ("mismatch", "accepts_forged", 0.1), ("not_registered", "accepts_other", 0.05)],
)
def test_clerks_err_as_often_as_stated(reason, error, rate):
    assert wrong(clerks(reason, **{error: rate})) == pytest.approx(rate, abs=5 * (rate / len(LINES)) ** 0.5)


def test_a_clerk_who_is_sure_does_not_err():
    crew = clerks("valid", rejects_valid=1.0)
    assert crew.look("s/1", "dana", sure=True) == Look("Vs/1", None)
    assert crew.look("s/1", "dana") == Look(None, "signature_mismatch")


def test_nobody_is_accepted_for_whom_the_matcher_proposes_no_voter():
    assert wrong(clerks("not_registered", proposed=False, accepts_other=1.0)) == 0


def test_two_clerks_err_on_different_lines():
    crew = clerks("valid", rejects_valid=0.5)
    same = sum(crew.look(line, "anna") == crew.look(line, "ben") for line in LINES) / len(LINES)
    assert same == pytest.approx(0.5, abs=0.02)


def test_every_truth_has_a_reason_code_of_the_county_or_counts():
    codes = {code.name for code in load_place("us/ca/example-county").schema.reason_codes}
    assert set(REASONS.values()) <= codes
    assert set(TRUTHS) == {*REASONS, "valid", "duplicate", "inactive"}
