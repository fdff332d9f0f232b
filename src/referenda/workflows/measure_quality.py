"""How the lines of circulators, sections, batches and persons come out, each beside its peers.

Counted from what is finished, or on the first day from what the matcher proposes. Withdrawn signatures are left out:
they say nothing of how a section was gathered. A group that differs from its peers is named, and nothing is said of
why: neighbourhoods, hours and handwriting differ, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from referenda.errors import Fault, LawError
from referenda.petitions.adjudication import DUPLICATE, WITHDRAWN
from referenda.stats.quality import Funnel, GroupQuality, compare_groups
from referenda.workflows.office_decisions import OfficeDecisions

Group = Literal["circulator", "section", "batch", "keyed_by", "decided_by"]
Source = Literal["decisions", "matches"]
UNKNOWN = "not known"


@dataclass(frozen=True)
class GroupLines:
    """One group: its finished lines, the valid ones, duplicates and reasons, and how it stands among its peers."""

    name: str
    lines: int
    valid: int
    duplicates: int
    reasons: Mapping[str, int]
    quality: GroupQuality

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            "name": self.name,
            "lines": self.lines,
            "valid": self.valid,
            "duplicates": self.duplicates,
            "reasons": dict(self.reasons),
            "share": vars(self.quality.share),
            "p_value": self.quality.p_value,
            "corrected_p_value": self.quality.corrected,
            "differs": self.quality.differs,
        }


@dataclass(frozen=True)
class QualityFinding:
    """Groups of one kind, the largest first, with the funnel of their shares of valid lines."""

    case: str
    county: str
    by: Group
    source: Source
    groups: tuple[GroupLines, ...]
    funnel: Funnel
    left: int

    @property
    def cautions(self) -> list[str]:
        """Say what makes the shares say less than they seem to."""
        if self.source == "matches":
            return ["What the matcher proposes is not what a person decides."]
        if self.left:
            return [f"{self.left:,} lines are in work; easy lines are finished first, so shares are too high so far."]
        return []

    def as_dict(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {
            "case": self.case,
            "county": self.county,
            "group_by": self.by,
            "from": self.source,
            "rate": self.funnel.rate,
            "spread": self.funnel.spread,
            "level": self.funnel.level,
            "correction": "Holm",
            "cautions": self.cautions,
            "groups": [group.as_dict() for group in self.groups],
        }


def measure_quality(
    desk: OfficeDecisions, by: Group, *, source: Source = "decisions", level: float = 0.05
) -> QualityFinding:
    """Set the shares of valid lines of groups beside their peers.

    Parameters
    ----------
    by
        What a group is: the circulator, the section, the batch, the person who keyed the batch in, or the person who
        took the first look.
    source
        `decisions`: finished lines; `matches`: every keyed line, valid where the matcher would accept it.
    level
        Probability that any group is marked though all differ only as groups do, between 0 and 1.

    Raises
    ------
    LawError
        Nothing is finished, or nothing was matched.
    """
    lines = list(_proposed(desk) if source == "matches" else _finished(desk))
    withdrawn = sum(reason == WITHDRAWN for _, reason in lines)
    lines = [(line, reason) for line, reason in lines if reason != WITHDRAWN]
    if not lines:
        message = "nothing was matched yet" if source == "matches" else "no line is finished yet"
        raise LawError(Fault(f"{message}, so there is nothing to compare", remedy="See: referenda petition status."))
    group_of = _groups(desk, by)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for line, reason in lines:
        counted[group_of(line)][reason or ""] += 1
    names = sorted(counted, key=lambda name: (-counted[name].total(), name))
    funnel = compare_groups([(name, counted[name][""], counted[name].total()) for name in names], level=level)
    groups = tuple(
        GroupLines(
            name,
            counted[name].total(),
            counted[name][""],
            counted[name][DUPLICATE],
            {reason: count for reason, count in counted[name].most_common() if reason},
            quality,
        )
        for name, quality in zip(names, funnel.groups, strict=True)
    )
    left = 0 if source == "matches" else len(desk.frame().order) - len(lines) - withdrawn
    return QualityFinding(desk.office.case, desk.office.county, by, source, groups, funnel, left)


def _finished(desk: OfficeDecisions) -> Iterable[tuple[str, str | None]]:
    for line in desk.frame().order:
        outcome = desk.known.outcome(line)
        if outcome is not None:
            yield line, None if outcome.valid else outcome.reason


def _proposed(desk: OfficeDecisions) -> Iterable[tuple[str, str | None]]:
    """Give every matched line with what speaks against it; `to be looked at` where a person must say."""
    matches = desk.office.matches()
    if matches is None:
        return
    columns = (matches[name].to_pylist() for name in ("identity", "status", "reason"))
    for line, status, reason in zip(*columns, strict=True):
        if status is not None:
            yield line, None if status == "accept" else reason or "to be looked at"


def _groups(desk: OfficeDecisions, by: Group) -> Any:
    """Give what finds the group of a line."""
    if by == "section":
        return _section
    if by == "circulator":
        sections = desk.office.sections()
        circulators = {name: section.circulator or UNKNOWN for name, section in sections.items()}
        return lambda line: circulators.get(_section(line), UNKNOWN)
    if by == "decided_by":
        return lambda line: _person(desk.known.first[line].by) if line in desk.known.first else UNKNOWN
    keyed = desk.office.lines()
    batches = dict(zip(keyed["identity"].to_pylist(), keyed["batch"].to_pylist(), strict=True))
    people = {file.number: _person(file.by) for file in desk.office.books().batches}
    if by == "batch":
        return lambda line: f"batch {batches[line]}" if line in batches else UNKNOWN
    return lambda line: people.get(batches.get(line, 0), UNKNOWN)


def _section(line: str) -> str:
    return line.rpartition("/")[0]


def _person(by: str) -> str:
    return by.partition("/")[2] or UNKNOWN
