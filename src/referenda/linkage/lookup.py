"""The clerk's look-up: a few words of a name or an address, whole, begun or misspelt, in any order, and who is meant.

`Lookup.open` maps an index (`lookup_index`) and `find` asks it. A query is read word by word (`lookup_query`,
`lookup_reading`), the voters who can be meant are fetched (`lookup_plan`), and every word of the query is given a place
of the voter's row: a name or number serves one word, a street or a city several. Voters are ordered by how well all
words fit; equals stand with active registrations first, then in the order of the file.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from referenda.linkage.lookup_index import LookupIndex, open_index
from referenda.linkage.lookup_plan import Plan
from referenda.linkage.lookup_query import Typed, joined, read_query
from referenda.linkage.lookup_reading import EXACT, LONGER, NEAR, NICKNAME, Reading
from referenda.linkage.lookup_rows import SLOTS, Rows
from referenda.linkage.lookup_words import Ints

MOST_LIMIT = 100
"""Voters that one query can ask for."""
_REMEMBERED = 48
_RANKED = 400
_WEIGHTS = {
    "last": 1.0, "second": 0.97, "first": 1.0, "middle_0": 0.9, "middle_1": 0.88, "number": 1.0, "street": 0.96,
    "city": 0.94, "county": 0.9, "zip": 1.0, "unit": 0.7,
}  # fmt: skip
_SHARED = ("street", "city", "county")
_SLOTS = [(name, slot) for name, slots in SLOTS.items() for slot in slots]
_NAMES = {
    "last": "surname", "second": "second surname", "first": "given name", "middle_0": "middle name",
    "middle_1": "middle name", "number": "house number", "street": "street", "city": "city", "county": "county",
    "zip": "zip", "unit": "unit",
}  # fmt: skip
_FIELDS = {
    "surname": "surname", "given": "given name", "number": "house number", "street": "street",
    "place": "city or county", "zip": "zip", "unit": "unit",
}  # fmt: skip


@dataclass(frozen=True)
class FoundVoter:
    """One registration that can be meant; `score` is 1 when every word stands there as it was typed."""

    row: int
    score: float
    why: tuple[str, ...]
    shown: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Give it for `--json`."""
        name = " ".join(filter(None, (self.shown[part] for part in ("first", "middle", "last", "suffix"))))
        address = " ".join(filter(None, (self.shown[part] for part in ("house_number", "street", "unit"))))
        kept = {key: self.shown[key] for key in ("city", "zip", "county", "status")}
        return {
            "voter_id": self.shown["voter_id"], "name": name, "address": address, **kept, "score": self.score,
            "why": list(self.why),
        }  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What was found for a query, best first, and how its words were read."""

    query: str
    words: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]
    voters: tuple[FoundVoter, ...]
    more: bool
    """Whether others fit as well as the last voter given."""
    milliseconds: float = field(compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Give it for `--json`."""
        understood = {"words": list(self.words), "left_out": list(self.left_out)}
        return {
            "query": self.query, "understood": understood, "voters": [voter.as_dict() for voter in self.voters],
            "more": self.more, "milliseconds": self.milliseconds,
        }  # fmt: skip


class Lookup:
    """An opened index that answers queries; it only reads, so many processes and threads may ask the same one."""

    def __init__(self, index: LookupIndex) -> None:
        self.index = index
        self._readings: OrderedDict[Typed, Reading] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Lookup:
        """Open an index made by `referenda voters index`.

        Raises
        ------
        InputError
            The folder is no index of this format.
        RecordError
            A file of it is missing or damaged.
        """
        return cls(open_index(folder))

    def find(self, text: str, *, limit: int = 10) -> Answer:
        """Find whom a few typed words can mean.

        Parameters
        ----------
        text
            Name, house number, street, city, zip, in any order; a word may be begun only, or have one sign wrong. Of
            a long text the beginning is read.
        limit
            Voters to give at most, from 1 to 100.

        Returns
        -------
        Answer
            The voters, best first, and how every word was read.

        Raises
        ------
        RecordError
            A block of the index is damaged.
        """
        start = time.perf_counter()
        query = read_query(text)
        limit = min(max(limit, 1), MOST_LIMIT)
        tries = [query.words]
        if (together := joined(query.words)) != query.words:
            tries.insert(0, together)
        found = [self._ranked(words, limit) for words in tries]
        best = max(found, key=lambda ranked: ranked.scores[0] if len(ranked.rows) else 0.0)
        shown = self.index.cards.of(best.rows[:limit].tolist())
        voters = tuple(
            FoundVoter(int(best.rows[at]), round(float(best.scores[at]), 4), best.why(at), card)
            for at, card in enumerate(shown)
        )
        more = best.cut or (len(best.rows) > limit and best.scores[limit] == best.scores[limit - 1])
        took = round((time.perf_counter() - start) * 1000, 3)
        words = tuple(_understood(reading) for reading in best.readings)
        return Answer(text[:200], words, query.left_out, voters, bool(more and voters), took)

    def _reading(self, typed: Typed) -> Reading:
        if typed.text.isalpha():
            typed = typed._replace(last=False)  # Of names it does not matter, and they are read once while typing on.
        with self._lock:
            reading = self._readings.get(typed)
            if reading is not None:
                self._readings.move_to_end(typed)
                return reading
        reading = Reading(typed, self.index)
        with self._lock:
            self._readings[typed] = reading
            if len(self._readings) > _REMEMBERED:
                self._readings.popitem(last=False)
        return reading

    def _ranked(self, words: tuple[Typed, ...], limit: int) -> _Ranked:
        readings = [self._reading(word) for word in words]
        plan = Plan(self.index, readings)
        people = Rows(self.index, plan.rows())
        fits = _fits(people, readings)
        if fits.shape[2] > _RANKED:
            best_of = fits.max(axis=1).sum(axis=0)
            worst = np.partition(best_of, -_RANKED)[-_RANKED]
            kept = np.flatnonzero(best_of > worst)
            kept = np.sort(np.concatenate([kept, np.flatnonzero(best_of == worst)[: _RANKED - len(kept)]]))
            people, fits = Rows(self.index, people.rows[kept]), fits[:, :, kept]
        scores, given = _assigned(fits)
        inactive = ~self.index.active[self.index.columns["status"][people.rows]]
        order = np.lexsort((people.rows, inactive, -scores))
        order = order[scores[order] > 0][: limit + 1]
        return _Ranked(readings, people.rows[order], scores[order], given[:, order], fits[:, :, order], plan.cut)


@dataclass(frozen=True)
class _Ranked:
    """Voters in their order, with the place of the row that every word was given to (-1: none)."""

    readings: list[Reading]
    rows: Ints
    scores: npt.NDArray[np.float64]
    given: npt.NDArray[np.int64]
    fits: npt.NDArray[np.float32]
    cut: bool

    def why(self, at: int) -> tuple[str, ...]:
        """Say in words how every word of the query fits the voter."""
        said = []
        for word, reading in enumerate(self.readings):
            slot = int(self.given[word, at])
            if slot < 0:
                said.append(f"{reading.typed.text}: not found here")
                continue
            name = _SLOTS[slot][1]
            level = round(float(self.fits[word, slot, at]) / _WEIGHTS[name])
            how = (
                "as typed" if level == EXACT else "begins so" if level == LONGER else
                "another form of the name" if level == NICKNAME else
                "one sign differs" if level == NEAR else "begins nearly so"
            )  # fmt: skip
            said.append(f"{reading.typed.text}: {_NAMES[name]}, {how}")
        return tuple(said)


def _fits(people: Rows, readings: list[Reading]) -> npt.NDArray[np.float32]:
    """Give for every word, place of the row and voter how well they fit, weighed by the place."""
    fits = np.zeros((len(readings), len(_SLOTS), len(people.rows)), dtype=np.float32)
    for word, reading in enumerate(readings):
        for at, (name, slot) in enumerate(_SLOTS):
            if name in reading.fields:
                np.multiply(people.levels(reading, name, slot), np.float32(_WEIGHTS[slot]), out=fits[word, at])
    return fits


def _assigned(
    fits: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Give every word of a query its place in every voter's row, the best fit first; a name or number serves one word.

    Returns the mean fit of all words, from 0 to 1, and the place of each word, -1 where none is left for it.
    """
    words, slots, count = fits.shape
    left = fits.transpose(2, 0, 1).reshape(count, words * slots).copy()
    total = np.zeros(count)
    given = np.full((words, count), -1)
    everyone = np.arange(count)
    shared = np.array([slot in _SHARED for _, slot in _SLOTS])
    for _ in range(words):
        best = left.argmax(axis=1)
        value = left[everyone, best]
        word, slot = best // slots, best % slots
        fitted = value > 0
        given[word[fitted], everyone[fitted]] = slot[fitted]
        total += value
        cells = left.reshape(count, words, slots)
        cells[everyone, word, :] = 0
        own = everyone[~shared[slot]]
        cells[own, :, slot[own]] = 0
    return total / max(words * EXACT, 1), given


def _understood(reading: Reading) -> dict[str, Any]:
    """Say what a word can be: voters by field who hold it as typed or begun, and whether it looks misspelt."""
    voters = {_FIELDS[side.field]: side.voters for side in reading.sides(False)}
    return {"word": reading.typed.text, "voters": voters, "misspelt": not reading.known}
