"""The public draw, made again: the lines with the lowest tickets, a ticket being SHA-256 of `SEED,COUNTY,IDENTITY`."""

import heapq
import json
import re
from hashlib import sha256
from typing import Any

from referenda_verify.canonical import part
from referenda_verify.report import need, same

SECTION = re.compile(r"[A-Za-z0-9._-]{1,40}")
SEED = re.compile(r"[^\x00-\x1f\x7f,]{20,200}")
HASH = re.compile(r"[0-9a-f]{64}")

Sections = dict[str, int]  # the number of lines of each section


def hash_of(data: Any, key: str) -> str:
    """Take a SHA-256 in lower-case hex."""
    text = part(data, key, str)
    need(HASH.fullmatch(text), f"{key} is not a SHA-256 in lower-case hex", text)
    return text


def count_of(data: Any, key: str) -> int:
    """Take a number from zero."""
    number = part(data, key, int)
    need(number >= 0, f"{key} is below zero", number)
    return number


def read_sections(data: Any) -> Sections:
    """Take the sections of an event: names in order, each once, each with its lines, and the sum stated."""
    entries, sections = part(data, "sections", list), Sections()
    for entry in entries:
        need(isinstance(entry, list) and len(entry) == 2, "a section is not its name and its lines", entry)
        fits = isinstance(entry[0], str) and SECTION.fullmatch(entry[0]) and type(entry[1]) is int and entry[1] >= 0
        need(fits, "a section is not its name and the number of its lines", entry)
        sections[entry[0]] = entry[1]
    need(list(sections) == sorted(sections) and len(sections) == len(entries), "sections are not in order, each once")
    same("the lines of the sections together", sum(sections.values()), data.get("lines"))
    need(part(data, "rejected", dict, {}).keys() <= sections.keys(), "a section is rejected that was not received")
    return sections


def ticket(seed: str, county: str, identity: str) -> str:
    """Compute the ticket of a line in lower-case hex."""
    return sha256(f"{seed},{county},{identity}".encode()).hexdigest()


def check_draw(data: Any, received: Sections, rejected: set[str]) -> dict[str, Any]:
    """Draw a sample again; the frame says whether lines of rejected sections were drawn from too."""
    seed, county, size = part(data, "seed", str), part(data, "county", str), count_of(data, "sample_size")
    need(SEED.fullmatch(seed) and sum(sign.isdigit() for sign in seed) >= 20, "the seed is malformed", seed)
    same("the way of drawing", "sha256-tickets/1", data.get("method"))
    frames: dict[str, Sections] = {}
    for left_out in (rejected, set[str]()):
        frame = {name: received[name] for name in sorted(received.keys() - left_out)}
        frames[sha256(json.dumps(list(frame.items()), separators=(",", ":")).encode()).hexdigest()] = frame
    need(hash_of(data, "frame") in frames, "the frame is not that of the sections received", data["frame"])
    frame = frames[data["frame"]]
    raw_count = sum(frame.values())
    same("the number of lines drawn from", raw_count, data.get("raw_count"))
    need(0 < size <= raw_count, "the sample is empty, or larger than what it was drawn from", size)
    lines = (f"{name}/{number}" for name, many in frame.items() for number in range(1, many + 1))
    drawn = heapq.nsmallest(size, ((ticket(seed, county, identity), identity) for identity in lines))
    same("the highest ticket drawn", drawn[-1][0], hash_of(data, "last_ticket"))
    same("the lines drawn", sha256("\n".join(line for _, line in drawn).encode()).hexdigest(), hash_of(data, "drawn"))
    return {"county": county, "drawn": size, "raw_count": raw_count}
