"""Does an event of the verification agree with its case: are the numbers those of the sections, draws and decisions?

What stands under a root, and whether the sample is the one that the seed gives, is the matter of the office's workflow
and of the checker; a case holds counts only.
"""

from __future__ import annotations

from collections.abc import Iterator

from referenda.petitions import verification_kinds as verified
from referenda.petitions.case import Case, County
from referenda.petitions.kinds import EventData
from referenda.petitions.refusal import Refusal

REPORTS = {"random_sample": "SampleReported", "full_check": "FullCheckReported"}


def verification_disagreements(case: Case, data: EventData) -> Iterator[Refusal]:
    """Find everything in which an event of the verification contradicts its case; nothing for other kinds."""
    if not isinstance(data, verified.VERIFICATION_KINDS):
        return
    county = case.county(str(getattr(data, "county", "")))
    if county is None or county.filed_date is None:
        known = ", ".join(sorted(case.counties)) or "none"
        yield Refusal(
            f"no petition was filed in {getattr(data, 'county', '')}, so there is nothing to verify",
            remedy=f"Record PetitionFiled first. Filed so far: {known}.",
        )
        return
    match data:
        case verified.SectionsReceived():
            yield from _received(county, data)
        case verified.LinesCommitted():
            if data.lines > county.lines_received:
                yield Refusal(f"{data.lines:,} lines are more than the {county.lines_received:,} of the sections")
        case verified.SampleDrawn():
            yield from _drawn(county, data)
        case verified.DecisionsCommitted():
            yield from _decided(county, data)
        case verified.CertificateIssued():
            yield from _certified(case, county, data)


def _received(county: County, data: verified.SectionsReceived) -> Iterator[Refusal]:
    """A section stands once, unless its count is put right; after a draw only with an amended raw count."""
    again = [name for name, _ in data.sections if name in county.received]
    same = [name for name, lines in data.sections if county.received.get(name) == lines]
    if same:
        more = f" and {len(same) - 1:,} more" if len(same) > 1 else ""
        yield Refusal(f"already received in {county.name} with as many lines: section {same[0]}{more}")
    elif county.sample_drawn is not None and county.raw_count in (None, county.lines_received):
        what = f"the count of section {again[0]}" if again else f"section {data.sections[0][0]}"
        yield Refusal(
            f"the sample of {county.name} was drawn without {what} as it stands here",
            remedy="Put the raw count right first (RawCountAmended); then the sample is drawn again.",
        )


def _drawn(county: County, data: verified.SampleDrawn) -> Iterator[Refusal]:
    if county.lines_committed is None:
        yield Refusal(
            f"{county.name} has not committed to its lines yet, so the draw could still be bent",
            remedy="Record LinesCommitted first: referenda petition commit.",
        )
    standing = sum(lines for name, lines in county.received.items() if name not in county.rejected)
    if data.raw_count not in (standing, county.lines_received):
        yield Refusal(
            f"{data.raw_count:,} lines are drawn from, and the sections received hold {county.lines_received:,}, "
            f"without the rejected ones {standing:,}"
        )
    earlier = county.sample_drawn
    if earlier is not None and earlier.raw_count == data.raw_count:
        yield Refusal(f"the sample of {county.name} was drawn already, and is not drawn again from the same lines")
    elif earlier is not None and earlier.seed != data.seed:
        message = f"the sample of {county.name} was drawn by another seed, {earlier.seed}"
        yield Refusal(message, remedy="Draw it again by that one: nobody may throw the dice until they please.")


def _decided(county: County, data: verified.DecisionsCommitted) -> Iterator[Refusal]:
    earlier = county.decisions.get(data.basis)
    if data.amends != (earlier[0] if earlier else None):
        stands = f"stand at position {earlier[0]}" if earlier else "are not there yet"
        yield Refusal(f"`amends` must say which decisions are put right; those of {county.name} {stands}")
    drawn = county.sample_drawn
    if drawn is not None:
        wanted = drawn.sample_size if data.basis == "random_sample" else drawn.raw_count
        if data.lines + data.not_examined != wanted:
            left = f" and {data.not_examined:,} left" if data.not_examined else ""
            yield Refusal(f"{data.lines:,} lines are decided{left}, and the {_words(data.basis)} holds {wanted:,}")
    if county.reported_at.get(data.basis, -1) > (earlier[0] if earlier else -1):
        yield from _reported(county, data)


def _reported(county: County, data: verified.DecisionsCommitted) -> Iterator[Refusal]:
    """Compare decisions with what the county reported of them, if that is newer than the decisions before."""
    mine: tuple[int, ...]
    stated: tuple[int | None, ...]
    if data.basis == "random_sample":
        mine = (data.lines, data.valid, data.duplicates)
        stated = (county.sample_size, county.valid_in_sample, county.duplicates_in_sample)
    else:
        mine, stated = (data.lines, data.valid), (county.checked, county.valid_signatures)
    if stated != mine:
        yield Refusal(f"{county.name} reported {_listed(stated)} ({REPORTS[data.basis]}), and not {_listed(mine)}")
    if data.basis == "full_check" and county.complete == bool(data.not_examined):
        how = "complete" if county.complete else "not complete"
        yield Refusal(f"{county.name} reported that its check is {how}, and {data.not_examined:,} lines were left")


def _certified(case: Case, county: County, data: verified.CertificateIssued) -> Iterator[Refusal]:
    last = county.certificates[-1] if county.certificates else None
    number, amends = (last[1].number + 1, last[0]) if last else (1, None)
    if (data.number, data.amends) != (number, amends):
        yield Refusal(f"the next certificate of {county.name} is number {number}, amending {amends}")
    if data.record_size != case.size:
        yield Refusal(f"the case has {case.size} events, and not the {data.record_size} that are certified")
    newest = max(county.decisions.values(), key=lambda decided: decided[0], default=None)
    if newest is None:
        yield Refusal(f"{county.name} has no decisions to certify", remedy="Finish the check first.")
        return
    position, decided = newest
    stated = (data.decisions, data.basis, data.examined, data.valid, data.duplicates)
    if stated != (position, decided.basis, decided.lines, decided.valid, decided.duplicates):
        yield Refusal(f"the certificate does not say what the newest decisions of {county.name}, at {position}, say")
    if county.raw_count is not None and data.raw_count != county.raw_count:
        yield Refusal(f"the raw count of {county.name} is {county.raw_count:,}, and not {data.raw_count:,}")


def _words(basis: str) -> str:
    return basis.replace("_", " ")


def _listed(numbers: tuple[int | None, ...]) -> str:
    return ", ".join("nothing" if number is None else f"{number:,}" for number in numbers)
