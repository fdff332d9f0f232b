"""What one county counted of a petition: how many signatures were filed, sampled, valid, and second ones.

A second signature of one signer is not among the valid ones. Where every signature was checked the sample is as large
as the raw count, and duplicates are already out of the valid. Raw counts are amended before certification, so a
count can be corrected, and each correction is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from referenda.errors import Fault
from referenda.law.schema import COUNT_COLUMNS

_OFFICIAL = re.compile(r"^(city and )?county of | county$")


@dataclass(frozen=True)
class CountyCount:
    """The count of one county; `line` is its row of the file, `extra` holds the columns that the place adds."""

    county: str
    raw_count: int
    sample_size: int
    valid_in_sample: int
    duplicates_in_sample: int
    extra: Mapping[str, int] = field(default_factory=dict)
    line: int | None = None

    @property
    def columns(self) -> dict[str, int]:
        """Every column by its name."""
        return {name: getattr(self, name) for name in COUNT_COLUMNS} | dict(self.extra)

    @property
    def is_full_check(self) -> bool:
        """Whether every signature was checked."""
        return self.sample_size == self.raw_count

    def amended(self, columns: Mapping[str, int]) -> CountyCount:
        """Give the count with some columns changed."""
        new = {**self.columns, **columns}
        raw, size, valid, duplicates = (new[name] for name in COUNT_COLUMNS)
        return CountyCount(self.county, raw, size, valid, duplicates, {n: new[n] for n in self.extra}, self.line)


@dataclass(frozen=True)
class Amendment:
    """A number that was corrected before certification."""

    county: str
    column: str
    before: int
    after: int

    def as_dict(self) -> dict[str, str | int]:
        """Give it for JSON."""
        return {"county": self.county, "column": self.column, "from": self.before, "to": self.after}


def fold_county(name: str) -> str:
    """Bring a county's name to the form in which two spellings of it are the same.

    Examples
    --------
    >>> fold_county(" City and County of  San Francisco"), fold_county("YUBA County")
    ('san francisco', 'yuba')
    """
    return _OFFICIAL.sub("", " ".join(name.casefold().split()))


def find_faults(count: CountyCount) -> list[Fault]:
    """Find what cannot be true of one county's count."""
    raw, size = count.raw_count, count.sample_size
    valid, duplicates = count.valid_in_sample, count.duplicates_in_sample
    faults = []
    if size > raw:
        message = f"the sample is larger than the raw count of {raw:,}"
        faults.append(Fault(message, column="sample_size", value=str(size), remedy="Check both numbers."))
    elif size == 0 and raw > 0:
        message = f"nothing was sampled of {raw:,} signatures"
        remedy = "Wait for the county's sample, or leave the county out."
        faults.append(Fault(message, column="sample_size", value=str(size), remedy=remedy))
    if valid > size:
        message = f"more are valid than the {size:,} sampled"
        faults.append(Fault(message, column="valid_in_sample", value=str(valid), remedy="Check both numbers."))
    elif valid + duplicates > size:
        message = f"valid and duplicate signatures together are {valid + duplicates:,}, more than the {size:,} sampled"
        remedy = "A second signature of one signer counts as a duplicate and is not valid."
        faults.append(Fault(message, column="duplicates_in_sample", value=str(duplicates), remedy=remedy))
    elif duplicates and not valid:
        message = "there are duplicates, and no valid signature that they repeat"
        remedy = "The first line of a signer is valid; only the second and further ones are duplicates."
        faults.append(Fault(message, column="duplicates_in_sample", value=str(duplicates), remedy=remedy))
    for name, number in count.extra.items():
        if number > raw:
            message = f"this is more than the raw count of {raw:,}"
            faults.append(Fault(message, column=name, value=str(number), remedy="Check both numbers."))
    return faults


@lru_cache
def county_names(place_id: str) -> tuple[str, ...]:
    """Name the counties of a place, none where Referenda has no list of them."""
    listed = files("referenda.jurisdictions").joinpath(*place_id.split("/"), "counties.txt")
    return tuple(listed.read_text("utf-8").split("\n")[:-1]) if listed.is_file() else ()


def is_stranger(name: str, known: Collection[str]) -> bool:
    """Say whether a name is none of a place's counties; never, where its counties are not known."""
    return bool(known) and fold_county(name) not in map(fold_county, known)


def nearest_county(name: str, known: Collection[str]) -> str | None:
    """Give the county that was perhaps meant."""
    by_fold = {fold_county(county): county for county in known}
    near = get_close_matches(fold_county(name), by_fold, n=1, cutoff=0.7)
    return by_fold[near[0]] if near else None


def name_strangers(counts: Sequence[CountyCount], known: Collection[str]) -> list[str]:
    """Say which names are not among a place's counties, with the one that was perhaps meant."""
    said = []
    for count in counts:
        if is_stranger(count.county, known):
            near = nearest_county(count.county, known)
            meant = f"; did you mean {near}?" if near else "."
            said.append(f"{count.county} is not a county that is known here{meant}")
    return said


def name_missing(counts: Sequence[CountyCount], known: Collection[str]) -> list[str]:
    """Name the counties of a place that have no count."""
    there = {fold_county(count.county) for count in counts}
    return [name for name in known if fold_county(name) not in there]
