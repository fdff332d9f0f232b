"""Reading the YAML files of a place into one document, typed and with the line of every value.

YAML is used as a notation only: scalars stay text, and tags, anchors, aliases and several documents in one file are
refused, so a file can neither build objects nor grow when read. All faults of a folder are reported at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from typing import Any, get_args

import rfc8785
import yaml
from pydantic import BaseModel, ValidationError

from referenda.errors import Fault, LawError, noting
from referenda.law.consistency import Trouble, find_troubles
from referenda.law.schema import LawDocument, fields_of
from referenda.terms.names import did_you_mean, nearest

MAX_BYTES = 1 << 20
MAX_DEPTH = 12
_CHECK_YAML = "Check quotation marks, brackets and spaces at the beginning of this line and the one before."
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass
class Node:
    """A value of a YAML file and where it stands."""

    file: str
    line: int
    value: str | list[Node] | dict[str, Node]
    key_line: int | None = None

    def plain(self) -> Any:
        """Give the value as nested lists and maps of text."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: Path) -> Node:
        """Follow a path as far as it leads."""
        node = self
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node


def digest_of(document: Any) -> str:
    """Hash a document: SHA-256 of its RFC 8785 canonical JSON, in lower-case hex."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def load_folder(folder: Traversable, label: str) -> tuple[dict[str, Any], LawDocument]:
    """Read the law of a place: the merged document as text, and typed.

    Parameters
    ----------
    folder
        Holds the YAML files.
    label
        How the folder is called in messages, such as `us/ca`.

    Raises
    ------
    LawError
        With every fault of every file: file, line (`row`) and key (`column`).
    """
    faults: list[Fault] = []
    merged = Node(label, 1, {})
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.is_file() and file.name.endswith((".yaml", ".yml")):
            with noting(faults):
                _merge(merged, _read(file, f"{label}/{file.name}", faults), faults)
    document = merged.plain()
    typed, troubles = _type(document)
    faults += [_fault(merged, trouble) for trouble in troubles]
    if faults or typed is None:
        raise LawError(*sorted(set(faults), key=lambda f: (f.file or "", f.row or 0, str(f.column), f.message)))
    return document, typed


def _read(file: Traversable, name: str, faults: list[Fault]) -> Node:
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise LawError(Fault(f"the file is larger than {MAX_BYTES:,} bytes", file=name, remedy="Split it."))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LawError(Fault("the file is not UTF-8", file=name, row=line, remedy="Save it as UTF-8.")) from None
    try:
        events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        node: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    _refuse(name, event, "a second document begins here", "Keep one document in a file, without ---.")
                node = _build(events, next(events), name, 0, faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = mark.line + 1 if mark else None
        message = f"this is not YAML: {error.problem or error.context}"
        raise LawError(Fault(message, file=name, row=where, remedy=_CHECK_YAML)) from None
    except yaml.YAMLError as error:
        raise LawError(Fault(f"this is not YAML: {str(error).splitlines()[0]}", name, remedy=_CHECK_YAML)) from None
    if node is None or not isinstance(node.value, dict):
        line = node.line if node else 1
        message, remedy = "the file must be a map of sections", "Begin it with a section, such as `parameters:`."
        raise LawError(Fault(message, file=name, row=line, remedy=remedy))
    return node


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse(name: str, event: yaml.Event, message: str, remedy: str) -> None:
    raise LawError(Fault(message, file=name, row=_line(event), remedy=remedy))


def _build(events: Iterator[yaml.Event], event: yaml.Event, name: str, depth: int, faults: list[Fault]) -> Node:
    """Build one value out of the parser's events."""
    line = _line(event)
    if depth > MAX_DEPTH:
        _refuse(name, event, f"values are nested deeper than {MAX_DEPTH}", "Law documents are flatter than this.")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        _refuse(name, event, "anchors (&) and aliases (*) are not read", "Write the value out, or quote the text.")
    if tag := getattr(event, "tag", None):
        _refuse(name, event, f"the tag {tag} is not read", "Leave tags (!) out, or quote the text.")
    if isinstance(event, yaml.ScalarEvent):
        if event.value == "":
            faults.append(
                Fault("there is no value here", file=name, row=line, remedy="Write one, or leave the key out.")
            )
        return Node(name, line, event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(events, event, name, depth + 1, faults))
        return Node(name, line, items)
    entries: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _build(events, event, name, depth + 1, faults)
        value = _build(events, next(events), name, depth + 1, faults)
        value.key_line = key.line
        if not isinstance(key.value, str):
            remedy = "Write `name: value`; quote a text that holds brackets."
            faults.append(Fault("a key must be a word", file=name, row=key.line, remedy=remedy))
        elif key.value in entries:
            first = entries[key.value].key_line
            message = f"`{key.value}` is given twice (first in line {first})"
            faults.append(Fault(message, file=name, row=key.line, remedy="Keep one of them."))
        else:
            entries[key.value] = value
    return Node(name, line, entries)


def _merge(into: Node, node: Node, faults: list[Fault]) -> None:
    """Put what one file says to what the files before it said: lists grow, maps join, single values do not meet."""
    match into.value, node.value:
        case list() as there, list() as more:
            there.extend(more)
        case dict() as there, dict() as more:
            for key, value in more.items():
                if key in there:
                    _merge(there[key], value, faults)
                else:
                    there[key] = value
        case _:
            first = f"{into.file}, line {into.key_line or into.line}"
            message = f"this is given twice (first in {first})"
            faults.append(Fault(message, file=node.file, row=node.line, remedy="Keep one of them."))


def _type(document: dict[str, Any]) -> tuple[LawDocument | None, list[Trouble]]:
    """Type a document; entries that do not type are named, and the rest is still checked against itself."""
    try:
        typed = LawDocument.model_validate(document)
    except ValidationError as error:
        troubles = [_trouble(dict(e)) for e in error.errors(include_url=False)]
    else:
        return typed, find_troubles(typed)
    faulty = {trouble.path[:2] for trouble in troubles}
    rest: dict[str, Any] = {}
    kept: dict[str | int, list[int]] = {}
    spare: set[str] = set()
    for section in document.keys() & LawDocument.model_fields.keys():
        entries = document[section]
        if isinstance(entries, list):
            kept[section] = [i for i in range(len(entries)) if (section, i) not in faulty]
            rest[section] = [entries[i] for i in kept[section]]
            spare.update(*(_words_in(entries[i]) for i in range(len(entries)) if (section, i) in faulty))
        elif not any(path[0] == section for path in faulty):
            rest[section] = entries
    try:
        typed = LawDocument.model_validate(rest)
    except ValidationError:
        return None, troubles
    for trouble in find_troubles(typed, spare=frozenset(spare)):
        path = list(trouble.path)
        if path[0] in kept and len(path) > 1:
            path[1] = kept[path[0]][int(path[1])]
        troubles.append(replace(trouble, path=tuple(path)))
    return None, troubles


def _words_in(value: Any) -> set[str]:
    """Collect every text in an entry that did not type, so that nothing is called unknown because of it."""
    if isinstance(value, dict):
        return set().union(*(_words_in(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(_words_in(v) for v in value))
    return {value}


_MESSAGES = {
    "string_type": "this must be one value, not a list or a map",
    "tuple_type": "this must be a list",
    "dict_type": "this must be a map",
    "model_type": "this must be a map with keys of its own",
    "model_attributes_type": "this must be a map with keys of its own",
    "too_short": "this list needs at least {min_length}",
    "string_too_short": "there is no value here",
    "literal_error": "this is not one of the words allowed here: {expected}",
    "greater_than_equal": "this must be at least {ge}",
    "less_than_equal": "this must be at most {le}",
}


def _trouble(error: dict[str, Any]) -> Trouble:
    """Say an error of the schema in the words of a law document."""
    kind, path = error["type"], tuple(error["loc"])
    if kind == "missing":
        why = " (what is not cited does not load)" if path[-1] == "cite" else ""
        return Trouble(path, f"`{path[-1]}` is missing{why}", remedy=f"Add `{path[-1]}:` to this entry.")
    if kind == "extra_forbidden":
        known = _keys_at(path[:-1])
        remedy = did_you_mean(str(path[-1]), known, what="Known here", mark="`")
        return Trouble(path, f"`{path[-1]}` is not a known key here", remedy=remedy)
    value = error["input"] if isinstance(error["input"], str) else None
    if kind == "string_pattern_mismatch":
        return Trouble(path, "this is not a name in the form that is asked for here", value, remedy=_FORMS)
    message = _MESSAGES[kind].format(**error.get("ctx", {})) if kind in _MESSAGES else error["msg"]
    if kind == "literal_error" and value:
        near = nearest(value, error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        return Trouble(path, message, value, remedy=f"Did you mean `{near}`?" if near else _SEE)
    return Trouble(path, message, value, remedy=_SEE if kind in _MESSAGES else None)


_SEE = "The form of each section stands in docs/reference/law-documents.md."
_FORMS = "Names are lower-case words with underscores (instruments: hyphens); kinds of event are CapitalWords."


def _keys_at(path: Path) -> list[str]:
    """Give the keys that an entry at this path may have."""
    model: Any = LawDocument
    for step in path:
        if isinstance(step, str):
            model = _model_in(fields_of(model).get(step)) or model
    return list(fields_of(model))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Find the model inside a type such as `tuple[Model, ...]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)


def _fault(merged: Node, trouble: Trouble) -> Fault:
    """Give a trouble its file, line and key."""
    node = merged.at(trouble.path)
    keys = [step for step in trouble.path if isinstance(step, str)]
    line = node.key_line or node.line if isinstance(trouble.path[-1], str) else node.line
    if trouble.character and node.line == line:
        column: str | int | None = trouble.character
    else:
        column = keys[-1] if keys else None
    value = trouble.value if trouble.value is None or len(trouble.value) <= 80 else trouble.value[:77] + "..."
    return Fault(trouble.message, file=node.file, row=line, column=column, value=value, remedy=trouble.remedy)
