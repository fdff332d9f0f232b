"""Layouts of voter files: which column of a state's export holds which field, as data in `voter_layouts/`.

A layout says how the file is written (delimiter, quotation, heading), which columns it has, and for each of our fields
the column it comes from: several names are joined with a space (`StreetName StreetType`), names parted by a bar are
alternatives (`midl_name|middle_name`). Codes of status and county are put into words where the layout knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from referenda.errors import Fault, InputError

FIELDS = (
    "voter_id", "first", "middle", "last", "suffix", "house_number", "street", "unit", "city", "zip", "county",
    "reg_date", "status",
)  # fmt: skip
NEEDED = ("voter_id", "first", "last", "street", "city", "zip")
DELIMITERS = {"comma": ",", "tab": "\t", "bar": "|", "semicolon": ";"}


@dataclass(frozen=True)
class Layout:
    """How one kind of voter file is written."""

    name: str
    title: str
    about: str
    source: str
    delimiter: str
    quote: str
    heading: bool
    columns: tuple[str, ...]
    fields: Mapping[str, tuple[tuple[str, ...], ...]]
    """For each field the columns that are joined, each a tuple of alternatives."""
    dates: tuple[str, ...]
    status: Mapping[str, str]
    counties: Mapping[str, str]

    def missing(self, heading: frozenset[str]) -> list[str]:
        """Give the needed columns that a heading (in small letters) lacks."""
        return [
            alternatives[0]
            for field in NEEDED
            for alternatives in self.fields.get(field, ())
            if not any(name.lower() in heading for name in alternatives)
        ]

    def likeness(self, heading: frozenset[str]) -> float:
        """Give the share of names that the heading and the layout have in common, from 0 to 1."""
        own = {name.lower() for name in self.columns}
        return len(own & heading) / len(own | heading)

    def as_dict(self) -> dict[str, object]:
        """Give the layout in plain values, for `--json`."""
        return {
            "name": self.name, "title": self.title, "about": self.about, "source": self.source,
            "delimiter": self.delimiter, "heading": self.heading, "columns": list(self.columns),
            "fields": {field: ["|".join(names) for names in columns] for field, columns in self.fields.items()},
        }  # fmt: skip


@cache
def layouts() -> dict[str, Layout]:
    """Give every layout that ships, by name; our own comes first."""
    folder = files("referenda.formats").joinpath("voter_layouts")
    found = [_read(entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return {
        layout.name: layout for layout in sorted(found, key=lambda layout: (layout.name != "referenda", layout.name))
    }


def layout_named(name: str) -> Layout:
    """Give a layout by its name.

    Raises
    ------
    InputError
        There is no such layout; the nearest name is suggested.
    """
    known = layouts()
    if name in known:
        return known[name]
    near = get_close_matches(name.lower().replace("_", "-"), known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
    raise InputError(Fault("this layout is not known", column="--layout", value=name, remedy=remedy))


def layout_of(heading: frozenset[str], *, file: str) -> Layout:
    """Find the layout that a heading (names in small letters) belongs to.

    Raises
    ------
    InputError
        None fits; the nearest is named with what is missing for it.
    """
    ranked = sorted(layouts().values(), key=lambda layout: -layout.likeness(heading))
    fitting = [layout for layout in ranked if layout.heading and not layout.missing(heading)]
    if fitting:
        return fitting[0]
    nearest = next(layout for layout in ranked if layout.heading)
    if not nearest.likeness(heading):
        remedy = (
            "Name the layout of a file without heading with --layout; `referenda voters layouts` lists all, and the "
            "columns of the layout `referenda` suit any file that you can rename."
        )
        raise InputError(
            Fault("the first row is not the heading of any voter file that is known", file, 1, remedy=remedy)
        )
    missing = nearest.missing(heading)
    remedy = f"The nearest layout is {nearest.name}; it needs the columns {', '.join(missing)}, which are not there."
    raise InputError(Fault("this is not the heading of any voter file that is known", file, 1, remedy=remedy))


def _read(text: str) -> Layout:
    import yaml

    given = yaml.load(text, Loader=yaml.BaseLoader)  # Only text: a code such as NO stays a word.
    return Layout(
        name=given["name"],
        title=given["title"],
        about=given["about"],
        source=given["source"],
        delimiter=DELIMITERS[given["delimiter"]],
        quote='"' if given["quote"] == "double" else "",
        heading=given["heading"] == "yes",
        columns=tuple(given["columns"].split()),
        fields={
            field: tuple(tuple(names.split("|")) for names in columns.split())
            for field, columns in given["fields"].items()
        },
        dates=tuple(given["dates"].split()),
        status=given.get("status", {}),
        counties=given.get("counties", {}),
    )
