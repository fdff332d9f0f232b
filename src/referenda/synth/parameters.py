"""The parameters of the error model, with what each rests on: `data/errors.yaml`, or a file that changes some of them.

A file of changes has the same two parts and only the names that change, with plain values:

    petition: {duplicate: 0.06}
    writing: {nickname: 0.1}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from referenda.errors import Fault, InputError

CHANNELS = ("keyed", "ocr")
# A line has one of these states; together they leave room for signers without any.
STATES = (
    "not_registered", "moved", "other_county", "cancelled", "inactive", "pending", "registered_after", "mismatch",
)  # fmt: skip


@dataclass(frozen=True)
class Parameters:
    """Shares from 0 to 1: of lines (`petition`) and of lines where an error can happen (`writing`)."""

    channel: str
    petition: Mapping[str, float]
    writing: Mapping[str, float]


def documented() -> dict[str, dict[str, dict[str, Any]]]:
    """Give every parameter with its values and what it rests on."""
    import yaml

    text = (files("referenda.synth") / "data" / "errors.yaml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(text)
    return entries


def read_parameters(channel: str, changes: Path | None = None) -> Parameters:
    """Read the parameters of a channel, with the changes of a file.

    Parameters
    ----------
    channel
        `keyed` (clerks) or `ocr` (machine).
    changes
        A YAML file, as above.

    Raises
    ------
    InputError
        The channel or a name is unknown, a value is not a share, or the states of a line add up to more than 1;
        every fault is named.
    """
    if channel not in CHANNELS:
        raise InputError(
            Fault("unknown channel", column="--channel", value=channel, remedy=f"Give {' or '.join(CHANNELS)}.")
        )
    known = documented()
    parts = {
        "petition": {name: float(entry["is"]) for name, entry in known["petition"].items()},
        "writing": {name: float(entry[channel]) for name, entry in known["writing"].items()},
    }
    if changes is not None:
        _change(parts, changes)
    return Parameters(channel, parts["petition"], parts["writing"])


def _change(parts: dict[str, dict[str, float]], file: Path) -> None:
    import yaml

    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(Fault(f"the file cannot be read as YAML: {error}", file=file.name)) from None
    if not isinstance(given, dict):
        raise InputError(Fault("expected the parts petition and writing", file=file.name))
    faults: list[Fault] = []
    for part, values in given.items():
        if part not in parts or not isinstance(values, dict):
            faults.append(Fault("unknown part", file=file.name, column=str(part), remedy="Give petition and writing."))
            continue
        for name, value in values.items():
            if name not in parts[part]:
                remedy = f"Known are {', '.join(parts[part])}."
                faults.append(Fault("unknown parameter", file=file.name, column=f"{part}.{name}", remedy=remedy))
            elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                faults.append(
                    Fault(
                        "a parameter is a share from 0 to 1", file=file.name, column=f"{part}.{name}", value=str(value)
                    )
                )
            else:
                parts[part][name] = float(value)
    total = sum(parts["petition"][state] for state in STATES)
    if not faults and total > 1:
        faults.append(
            Fault(f"the shares of {', '.join(STATES)} add up to more than 1", file=file.name, value=f"{total:g}")
        )
    if faults:
        raise InputError(*faults)
