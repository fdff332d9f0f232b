"""From probabilities to what a clerk reads: accept, review or none, and the reason why a line could not count.

`accept` means: this is the voter, and nothing in the file speaks against counting the line. Its bound is set where at
least 999 of 1,000 links were right on synthetic places that the model was not trained on. Anything between goes to a
person, and so does every line with a reason, and one that a relative at the address could as well have written: with
another suffix, another middle letter, or a given name of one letter. A machine proposes, it does not reject.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from referenda.linkage.comparison import similar
from referenda.linkage.people import People
from referenda.linkage.stages import NOBODY, Links, another_middle

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

ACCEPT_FROM = 0.995
"""Least calibrated probability of an accepted link."""
REVIEW_FROM = 0.05
"""Least calibrated probability of a candidate that is shown to a person."""
SOMEBODY_FROM = 0.77
"""Least calibrated probability, over the best two candidates, that the signer is registered, for a link to be proposed.
A relative or a namesake who is not in the file is mostly below."""
ELSEWHERE_FROM = 0.85
"""The same where the line gives another address than the registration: a namesake is likelier than the model learned,
and such a line does not count before a person has looked at it anyway."""
LINK_FROM = 0.55
"""Least calibrated probability of a link that is proposed. Father and son without a suffix, and namesakes of one home,
are left to a person unless the file speaks for one of them."""

HELD = np.float32(0.49)
"""Highest score of a link that is shown and not proposed."""

GENERATIONS = {"SR": 1, "JR": 2, "II": 2, "III": 3, "IV": 4}
CANCELLED = ("CANCELLED", "CANCELED", "REMOVED", "DECEASED", "PURGED", "DENIED", "R", "D", "C")
INACTIVE = ("INACTIVE", "I")
PENDING = ("PENDING", "PROVISIONAL", "INCOMPLETE", "P")

REASONS = {
    "incomplete": "the name or the whole address is missing",
    "illegible": "too little of the name can be read",
    "not_registered": "no registration fits",
    "cancelled": "the registration is cancelled",
    "registered_after": "registered after signing",
    "other_county": "registered in another county",
    "other_address": "registered at another address",
    "pending": "the registration is not complete",
    "inactive": "the registration is inactive",
    "duplicate": "the same signer stands on an earlier line",
}


def proposed(links: Links) -> Flags:
    """Say for which lines a link is proposed: somebody of the file signed, and one voter is ahead of the others."""
    somebody = links.probability + links.runner_up_probability
    return np.asarray(
        (links.row != NOBODY) & (links.probability >= LINK_FROM) & (somebody >= SOMEBODY_FROM), dtype=np.bool_
    )


def scores(links: Links) -> Floats:
    """Give the score of every line: the calibrated probability, held under one half where no link is proposed."""
    return np.where(proposed(links), links.probability, np.minimum(links.probability, HELD))


def hold_back(links: Links, lines: People, voters: People) -> None:
    """Lower what is not to be proposed: somebody of another generation, or perhaps a namesake who lives elsewhere."""
    at = np.flatnonzero(proposed(links) & ~links.exact)
    held = another_generation(lines, at, voters, links.row[at])
    unsure = np.flatnonzero(links.probability[at] + links.runner_up_probability[at] < ELSEWHERE_FROM)
    held[unsure] |= lives_elsewhere(lines, at[unsure], voters, links.row[at[unsure]])
    links.probability[at[held]] = np.minimum(links.probability[at[held]], HELD)


@dataclass(frozen=True)
class Decisions:
    """For every line: its status and reason; the reason is empty where nothing speaks against the line."""

    status: Words
    reason: Words


def decide(lines: People, voters: People, links: Links, duplicate_of: Ints, *, as_of_day: int = 0) -> Decisions:
    """Decide what is proposed for every line.

    Parameters
    ----------
    duplicate_of
        For every line, the earlier line by the same signer; -1 where there is none.
    as_of_day
        Day, since 1970, taken for lines without a date; 0 for none.
    """
    count = len(lines)
    reason = np.full(count, "", dtype=object)
    shown = (links.row != NOBODY) & (links.probability >= REVIEW_FROM)
    linked = proposed(links)
    at = np.flatnonzero(linked)
    row = links.row[at]
    reason[duplicate_of != NOBODY] = "duplicate"
    status = voters["status"]
    folded = status.words[status.codes[row]]
    for words, name in ((INACTIVE, "inactive"), (PENDING, "pending")):
        reason[at[np.isin(folded, words)]] = name
    reason[at[lives_elsewhere(lines, at, voters, row)]] = "other_address"
    mine, theirs = lines["county"].hash_of(at), voters["county"].hash_of(row)
    reason[at[(mine != theirs) & (mine != 0) & (theirs != 0)]] = "other_county"
    signed = np.where(lines.day[at] != 0, lines.day[at], as_of_day)
    reason[at[(voters.day[row] > signed) & (signed != 0) & (voters.day[row] != 0)]] = "registered_after"
    reason[at[np.isin(folded, CANCELLED)]] = "cancelled"
    rest = np.flatnonzero(~linked & (duplicate_of == NOBODY))
    reason[rest] = _why_nobody(lines, rest)
    said = np.full(count, "none", dtype=object)
    said[shown] = "review"
    sure = (links.probability >= ACCEPT_FROM) & linked & (reason == "")
    sure[at[may_be_a_relative(lines, at, voters, row)]] = False
    said[sure] = "accept"
    return Decisions(said, reason)


def lives_elsewhere(lines: People, line: Ints, voters: People, row: Ints) -> Flags:
    """Say where the line's address is known and is not that of the registration, slips of the pen aside."""
    number, street = lines["number"], lines["street"]
    known = (number.hash_of(line) != 0) & (street.hash_of(line) != 0)
    same_street = similar(street, line, voters["street"], row) >= 0.85
    same_number = similar(number, line, voters["number"], row) >= 0.6
    return np.asarray(known & ~(same_street | (same_number & (lines.zip5[line] == voters.zip5[row]))))


def another_generation(lines: People, line: Ints, voters: People, row: Ints) -> Flags:
    """Say where both give a suffix, and they are not of one generation; Jr and II are."""
    ranks = [np.array([GENERATIONS.get(word, 0) for word in side["suffix"].words.tolist()]) for side in (lines, voters)]
    mine, theirs = ranks[0][lines["suffix"].codes[line]], ranks[1][voters["suffix"].codes[row]]
    return np.asarray((mine != theirs) & (mine != 0) & (theirs != 0))


def may_be_a_relative(lines: People, line: Ints, voters: People, row: Ints) -> Flags:
    """Say where a relative of the voter, who need not be registered, would have written the same or rather this."""
    suffix, their_suffix = lines["suffix"].hash_of(line), voters["suffix"].hash_of(row)
    another_suffix = (suffix != their_suffix) & (suffix != 0)
    first, their_first = lines["first"], voters["first"]
    one_letter = first.texts.lengths[first.codes[line]] <= 1
    initial = one_letter & (their_first.texts.lengths[their_first.codes[row]] > 1)
    return np.asarray(another_suffix | initial | another_middle(lines, line, voters, row))


def _why_nobody(lines: People, rest: Ints) -> Words:
    first, last = (lines[name].texts.lengths[lines[name].codes[rest]] for name in ("first", "last"))
    number, street = lines["number"].hash_of(rest), lines["street"].hash_of(rest)
    reason = np.full(len(rest), "not_registered", dtype=object)
    reason[(first + last <= 4) & ((first <= 1) | (last <= 1))] = "illegible"
    reason[((number == 0) & (street == 0)) | (first == 0) | (last == 0)] = "incomplete"
    return reason
