"""Kinds of event by name: checking the data of one, reading it back, and listing what each holds.

Unknown kinds and keys are refused with the word that was perhaps meant; everything wrong with one event is said at
once. What a kind holds is written in `kinds`; whether a deed is in order is the matter of `procedure`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from referenda.errors import Fault, InputError
from referenda.petitions.forecast_kinds import FORECAST_KINDS
from referenda.petitions.kinds import KINDS, EventData
from referenda.petitions.office_kinds import LINE_ID, OFFICE_KINDS, SECTION_ID
from referenda.petitions.verification_kinds import SEED, VERIFICATION_KINDS

ALL = (*KINDS, *VERIFICATION_KINDS, *FORECAST_KINDS)
BY_NAME: dict[tuple[str, int], type[EventData]] = {(k.__name__, k.version): k for k in (*ALL, *OFFICE_KINDS)}
NEWEST: dict[str, type[EventData]] = {kind.__name__: kind for kind in sorted(ALL, key=lambda k: k.version)}
OFFICE: dict[str, type[EventData]] = {kind.__name__: kind for kind in sorted(OFFICE_KINDS, key=lambda k: k.version)}
"""The newest kinds of an office's own log; those of `NEWEST` are of public cases."""

_DIGITS = "Write digits alone, such as 2000."
_LIST = 'Write a list, such as ["one", "two"].'
_MESSAGES = {
    "int_type": ("this must be a whole number (without a point, and not as text)", _DIGITS),
    "int_parsing": ("this is not a whole number", _DIGITS),
    "int_parsing_size": ("this number is too long", _DIGITS),
    "int_from_float": ("this must be a whole number", _DIGITS),
    "finite_number": ("this must be a whole number", _DIGITS),
    "greater_than_equal": ("this must be at least {ge}", "Check the number."),
    "string_type": ("this must be text", 'Write it in quotation marks: "text".'),
    "string_unicode": ("this text holds half a character", "Write the whole character."),
    "string_too_short": ("this must not be empty", None),
    "string_too_long": ("this is longer than {max_length} characters", "Make it shorter."),
    "bool_type": ("this must be true or false", "Write true or false."),
    "bool_parsing": ("this must be true or false", "Write true or false."),
    "list_type": ("this must be a list", _LIST),
    "tuple_type": ("this must be a list", _LIST),
    "too_short": ("this list is too short", None),
    "dict_type": ("this must be an object with keys", 'Write {{"key": "value"}}.'),
    "model_type": ("this must be an object with keys", 'Write {{"key": "value"}}.'),
    "model_attributes_type": ("this must be an object with keys", 'Write {{"key": "value"}}.'),
    "literal_error": ("this is not one of the words allowed here", "Write {expected}."),
}
_ALTERNATIVES = {"int", "str", "bool"}  # what the schema adds to the place of a value that may have several forms
_FORMS = {
    r"^[a-z][a-z0-9_-]*$": "Write a lower-case word, such as plebiscite.",
    r"^[0-9a-f]{64}$": "Write 64 characters of 0-9 and a-f, a SHA-256.",
    SECTION_ID: "Write 1 to 40 letters, digits, points, dashes and underscores, such as 000123.",
    LINE_ID: "Write SECTION/LINE_NO, such as 000123/7.",
    SEED: "Write at least 20 digits of public dice, without a comma.",
}


def kind_of(name: str, version: int | None = None) -> type[EventData]:
    """Give the class of a kind; without a version, the newest.

    Raises
    ------
    InputError
        No kind, or no version of it, has this name; with the kind that was perhaps meant.
    """
    found = (NEWEST | OFFICE).get(name) if version is None else BY_NAME.get((name, version))
    if found is not None:
        return found
    if name in NEWEST or name in OFFICE:
        raise InputError(
            Fault(
                f"{name} has no version {version}",
                remedy="Perhaps the record was written by a newer Referenda; read it with that one.",
            )
        )
    lowered = {known.lower(): known for known in NEWEST}
    near = get_close_matches(name.lower().replace("_", "").replace("-", ""), lowered, n=1, cutoff=0.5)
    remedy = f"Did you mean {lowered[near[0]]}?" if near else f"Known: {', '.join(NEWEST)}."
    raise InputError(Fault("this is not a kind of event", value=name, remedy=remedy))


def read_data(name: str, data: dict[str, Any], version: int | None = None) -> EventData:
    """Check the data of an event against its kind and give it typed.

    Raises
    ------
    InputError
        With one fault for every key that is unknown, missing or of another form; `Fault.column` is the key.

    Examples
    --------
    >>> read_data("RawCountReported", {"county": "Yuba", "raw_count": 3720}).raw_count
    3720
    """
    return _typed(kind_of(name, version), data)


def data_from_text(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """Give numbers and truths that were written as text their own type, as a kind needs them, and check the data.

    For data from a command line or a file in which every value is text: `{"raw_count": "3720"}`. One text stands for
    a list of one.

    Raises
    ------
    InputError
        As `read_data`.
    """
    kind = kind_of(name)
    lists = {key for key, (form, _, _) in keys_of(kind).items() if form == "list of texts"}
    whole = {key: [value] if key in lists and isinstance(value, str) else value for key, value in data.items()}
    return _typed(kind, whole, strict=False).model_dump(mode="json", exclude_unset=True)


def _typed(kind: type[EventData], data: Mapping[str, Any], *, strict: bool | None = None) -> EventData:
    """Read data as a kind; with every fault, also where counts contradict each other."""
    faults = list(kind.contradictions(_counts(data)))
    try:
        typed = kind.model_validate(data, strict=strict)
    except ValidationError as error:
        faults = [*(_fault(kind, dict(each)) for each in error.errors(include_url=False)), *faults]
    if faults:
        raise InputError.of(dict.fromkeys(faults))
    return typed


def _counts(data: Mapping[str, Any]) -> dict[str, int]:
    """Give the values that are whole numbers from zero, or texts of them."""
    counts = {key: value for key, value in data.items() if type(value) is int and value >= 0}
    texts = {key: value.strip() for key, value in data.items() if isinstance(value, str) and len(value) < 20}
    return counts | {key: int(text) for key, text in texts.items() if text.isascii() and text.isdigit()}


def keys_of(kind: type[BaseModel]) -> dict[str, tuple[str, bool, str]]:
    """List the keys of a kind, its own first: form in words, whether it must be there, and what it means."""
    schema = kind.model_json_schema()
    must, forms = schema.get("required", ()), schema.get("properties", {})
    keys = {key: (_form(forms[key]), key in must, forms[key].get("description", "")) for key in forms}
    return dict(sorted(keys.items(), key=lambda item: kind is not EventData and item[0] in EventData.model_fields))


def describe_kinds(kinds: Mapping[str, type[EventData]] = NEWEST) -> str:
    """Write the reference of kinds as Markdown, from the classes themselves (`docs/reference/events.md`)."""
    lines = []
    for name, kind in kinds.items():
        own = {k: v for k, v in keys_of(kind).items() if k not in EventData.model_fields}
        lines += [f"### `{name}` {kind.version}", "", " ".join((kind.__doc__ or "").split()), ""]
        if own:
            lines += _table(own)
    return "\n".join(lines).rstrip() + "\n"


def describe_common_keys() -> str:
    """Write the keys that every kind may hold as a Markdown table."""
    return "\n".join(_table(keys_of(EventData))).rstrip() + "\n"


def _table(keys: dict[str, tuple[str, bool, str]]) -> list[str]:
    rows = [f"| `{k}` | {form} | {'yes' if must else ''} | {about} |" for k, (form, must, about) in keys.items()]
    return ["| key | form | must | meaning |", "|---|---|---|---|", *rows, ""]


def _form(schema: dict[str, Any]) -> str:
    """Name the form of a value in a word or two, from its JSON schema."""
    match schema:
        case {"anyOf": [first, *_]}:
            return _form(first)
        case {"enum": words}:
            return " or ".join(f"`{word}`" for word in words)
        case {"prefixItems": [{"format": "date"}, *_] as items}:
            return f"{len(items)} days"
        case {"prefixItems": _}:
            return "pair"
        case {"type": "array"}:
            return f"list of {_form(schema.get('items', {}))}s"
        case {"type": "string"}:
            return "day" if schema.get("format") == "date" else "digest" if "f]{64}" in str(schema) else "text"
        case {"type": "integer"}:
            return "whole number"
        case {"type": "boolean"}:
            return "true or false"
    return "object"


def _fault(kind: type[EventData], error: dict[str, Any]) -> Fault:
    """Say an error of the schema in plain words."""
    place = error["loc"][:-1] if error["loc"] and error["loc"][-1] in _ALTERNATIVES else error["loc"]
    key = ".".join(str(step) for step in place) or None
    name, code, context = kind.__name__, error["type"], error.get("ctx", {})
    if code == "extra_forbidden":
        known = [k for k in _model_at(kind, place[:-1]).model_fields if k != "late"]
        near = get_close_matches(str(place[-1]), known, n=1)
        remedy = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
        return Fault(f"{name} has no such key", column=key, remedy=remedy)
    if code == "missing":
        return Fault(f"{name} needs this key", column=key, remedy=_meaning(kind, place))
    if code == "event":
        return Fault(f"{name}: {context['message']}", column=key, value=_shown(error), remedy=context["remedy"])
    if code == "string_pattern_mismatch":
        form = _FORMS.get(context["pattern"])
        return Fault("this is not in the form that is asked for", column=key, value=_shown(error), remedy=form)
    message, hint = _MESSAGES.get(code, ("this is not in the form that is asked for", None))
    if place != error["loc"]:
        message, hint = "this is not in a form that is asked for", None
    written = hint.format(**context) if hint else _meaning(kind, place)
    return Fault(f"{name}: {message.format(**context)}", column=key, value=_shown(error), remedy=written)


def _meaning(kind: type[BaseModel], place: tuple[str | int, ...]) -> str | None:
    """Say what the key at a place means, or the one that holds it."""
    for length in range(len(place), 0, -1):
        known = keys_of(_model_at(kind, place[: length - 1])).get(str(place[length - 1]))
        if known:
            return f"It is {known[2]} ({known[0]})."
    return None


def _shown(error: dict[str, Any]) -> str | None:
    value = error["input"]
    if isinstance(value, int) and abs(value) >= 10**80:
        return None
    return str(value)[:80] if isinstance(value, str | int | float) else None


def _model_at(kind: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """Find the class of the part at a path into the data."""
    model = kind
    for step in path:
        if isinstance(step, str) and (field := model.model_fields.get(step)):
            model = _model_in(field.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for inner in get_args(annotation) if (model := _model_in(inner))), None)
