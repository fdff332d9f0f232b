"""How a line and a registration compare: about sixty numbers a pair, each in a range a person can read.

Distances are those of RapidFuzz (Jaro-Winkler similarity, and the Damerau-Levenshtein distance with neighbouring
letters changing places, "optimal string alignment"), computed once for every two different values. Fields of a home
agree together for all who live there, so number, street, zip and unit are also folded into one comparison of the
address, and the model that weighs these numbers may let one depend on another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from referenda.linkage.blocking import Candidates
from referenda.linkage.keys import alike, combine
from referenda.linkage.nicknames import nickname_pairs
from referenda.linkage.people import Column, People

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

FEATURES: tuple[str, ...] = (
    *("first_equal", "first_similar", "first_edits", "first_nickname", "first_initial", "first_missing", "first_part"),
    *("last_equal", "last_similar", "last_edits", "last_part", "last_missing", "last_initial"),
    *("swapped_similar", "first_is_middle", "middle_is_first", "last_is_middle", "name_similar"),
    *("middle_is_last", "last_is_second", "second_similar", "second_only_line", "second_only_voter", "whole_similar"),
    *(
        "given_similar",
        "middle_similar",
        "middle_equal",
        "middle_initial",
        "middle_differs",
        "middle_only_line",
        "middle_only_voter",
        "given_run",
    ),
    *("suffix_equal", "suffix_differs", "suffix_only_line", "suffix_only_voter"),
    *("number_equal", "number_edits", "number_missing", "street_equal", "street_similar", "street_edits"),
    *("street_missing", "unit_equal", "unit_differs", "unit_only_line", "unit_only_voter", "unit_edits"),
    *("zip_equal", "zip_edits", "zip_missing", "zip_of_sheet", "city_equal", "city_similar", "city_missing"),
    *("county_equal", "county_missing", "address_equal", "address_differs"),
    *("first_rarity", "last_rarity", "namesakes", "status_active", "registered_after"),
    *("first_known", "last_known", "street_known", "same_name"),
    *("name_best", "address_best", "gap_above", "gap_below", "same_home", "rivals", "candidates", "clean_share"),
    *("first_length", "last_length"),
)
"""What is compared, in the order of the columns. `_only_line` means given on the line and not in the file."""


def compare(
    lines: People,
    pairs: Candidates,
    voters: People,
    sheet_zip: Ints,
    clean_share: float,
    *,
    everybody: People | None = None,
) -> Floats:
    """Compare every candidate pair in full.

    Parameters
    ----------
    lines, voters
        The two sides.
    pairs
        Candidate pairs, sorted by line and then by score, best first.
    sheet_zip
        For every line, the zip that most lines of its sheet name.
    clean_share
        Share of the petition's lines whose name and address are in the voter file as written, in [0, 1]: a
        petition typed by clerks has about 0.6, one read by a machine about 0.2.
    everybody
        Those among whom a name is counted as common or rare: the voters, unless something else is given.

    Returns
    -------
    Floats
        One row a pair and one column for each of `FEATURES`.
    """
    line, row = pairs.line, pairs.row
    out: dict[str, npt.NDArray[Any]] = {}
    _names(out, lines, line, voters, row)
    _middle_and_suffix(out, lines, line, voters, row)
    _address(out, lines, line, voters, row, sheet_zip)
    _rarity(out, lines, line, voters, row, everybody or voters)
    out["same_name"] = np.log10(1 + pairs.same_name) / 4
    _rivals(out, pairs, voters)
    out["clean_share"] = np.full(len(line), clean_share)
    table = np.empty((len(line), len(FEATURES)), dtype=np.float32)
    for place, name in enumerate(FEATURES):
        table[:, place] = out[name]
    return table


Out = dict[str, npt.NDArray[Any]]


def distances(
    scorer: Callable[..., float], a: Column, left: Ints, b: Column, right: Ints, unknown: float, equal: float
) -> Floats:
    """Measure value against value for pairs of people, every two different values once.

    `unknown` stands where one of the two is not known, `equal` where both are the same.
    """
    result = np.full(len(left), unknown, dtype=np.float32)
    mine, theirs = a.hash_of(left), b.hash_of(right)
    known = (mine != 0) & (theirs != 0)
    same = known & (mine == theirs)
    result[same] = equal
    rest = np.flatnonzero(known & ~same)
    if len(rest):
        packed = (a.codes[left[rest]].astype(np.uint64) << np.uint64(32)) | b.codes[right[rest]].astype(np.uint64)
        once, back = np.unique(packed, return_inverse=True)
        texts = a.words[(once >> np.uint64(32)).astype(np.int64)].tolist()
        others = b.words[(once & np.uint64(0xFFFFFFFF)).astype(np.int64)].tolist()
        texts, others = [t[:64] for t in texts], [t[:64] for t in others]
        result[rest] = cpdist(texts, others, scorer=scorer, dtype=np.float32)[back]
    return result


def similar(a: Column, left: Ints, b: Column, right: Ints) -> Floats:
    """Give the Jaro-Winkler similarity for pairs of people, in [0, 1]; 0 where one of the two is not known."""
    return distances(JaroWinkler.normalized_similarity, a, left, b, right, 0.0, 1.0)


def _edits(a: Column, left: Ints, b: Column, right: Ints) -> Floats:
    return np.minimum(distances(OSA.distance, a, left, b, right, 5.0, 0.0), 5.0)


def _is_letter(column: Column) -> npt.NDArray[np.bool_]:
    return np.asarray(column.texts.lengths == 1)


def _within(a: Column, left: Ints, b: Column, right: Ints) -> npt.NDArray[np.float32]:
    """Say where one value is the beginning, the end or a word of the other, and at least three letters long."""
    result = np.zeros(len(left), dtype=np.float32)
    mine, theirs = a.hash_of(left), b.hash_of(right)
    rest = np.flatnonzero((mine != 0) & (theirs != 0) & (mine != theirs))
    rest = rest[alike(a.pairs_of(left[rest]), b.pairs_of(right[rest])) > 0.3]
    if len(rest):
        texts, others = a.words[a.codes[left[rest]]].tolist(), b.words[b.codes[right[rest]]].tolist()
        found = [
            min(len(t), len(o)) >= 3 and (t.startswith(o) or t.endswith(o) or o.startswith(t) or o.endswith(t))
            for t, o in zip(texts, others, strict=True)
        ]
        result[rest] = found
    return result


def _names(out: Out, lines: People, line: Ints, voters: People, row: Ints) -> None:
    first, last, middle = lines["first"], lines["last"], lines["middle"]
    v_first, v_last, v_middle = voters["first"], voters["last"], voters["middle"]
    l_first, l_last = first.hash_of(line), last.hash_of(line)
    r_first, r_last = v_first.hash_of(row), v_last.hash_of(row)
    out["first_equal"] = (l_first == r_first) & (l_first != 0)
    out["first_similar"] = similar(first, line, v_first, row)
    out["first_edits"] = _edits(first, line, v_first, row)
    known = nickname_pairs()
    asked = combine(l_first, r_first)
    out["first_nickname"] = known[np.minimum(np.searchsorted(known, asked), len(known) - 1)] == asked
    same_letter = first.letters[first.codes[line]] == v_first.letters[v_first.codes[row]]
    one_letter = _is_letter(first)[first.codes[line]] | _is_letter(v_first)[v_first.codes[row]]
    out["first_initial"] = np.where(one_letter, np.where(same_letter, 1.0, -1.0), np.where(same_letter, 0.5, 0.0))
    out["first_missing"] = l_first == 0
    out["first_part"] = _within(first, line, v_first, row)
    out["last_equal"] = (l_last == r_last) & (l_last != 0)
    out["last_similar"] = similar(last, line, v_last, row)
    out["last_edits"] = _edits(last, line, v_last, row)
    out["last_part"] = _within(last, line, v_last, row)
    out["last_missing"] = l_last == 0
    out["last_initial"] = last.letters[last.codes[line]] == v_last.letters[v_last.codes[row]]
    out["swapped_similar"] = np.minimum(similar(first, line, v_last, row), similar(last, line, v_first, row))
    out["first_is_middle"] = similar(first, line, v_middle, row)
    out["middle_is_first"] = similar(middle, line, v_first, row)
    out["last_is_middle"] = similar(last, line, v_middle, row)
    out["middle_is_last"] = similar(middle, line, v_last, row)
    out["last_is_second"] = similar(last, line, voters["second"], row)
    out["second_similar"] = similar(lines["second"], line, voters["second"], row)
    mine, theirs = lines["second"].hash_of(line), voters["second"].hash_of(row)
    out["second_only_line"] = (mine != 0) & (theirs == 0)
    out["second_only_voter"] = (mine == 0) & (theirs != 0)
    out["whole_similar"] = _joined(
        fuzz.token_sort_ratio, lines, line, voters, row, ("first", "middle", "last", "second"), out["last_edits"]
    )
    out["given_similar"] = _joined(
        JaroWinkler.normalized_similarity, lines, line, voters, row, ("first", "middle"), out["first_edits"]
    )
    out["given_run"] = _run_together(lines, line, voters, row, out["first_edits"])
    out["first_length"] = np.minimum(first.texts.lengths[first.codes[line]], 10) / 10
    out["last_length"] = np.minimum(last.texts.lengths[last.codes[line]], 10) / 10
    out["name_similar"] = np.sqrt(
        np.maximum(out["first_similar"].astype(np.float32), out["first_is_middle"].astype(np.float32))
        * out["last_similar"].astype(np.float32)
    )


def _joined(
    scorer: Callable[..., float],
    lines: People,
    line: Ints,
    voters: People,
    row: Ints,
    fields: tuple[str, ...],
    edits: npt.NDArray[Any],
) -> Floats:
    """Measure several fields of a name together, where one of them alone was not equal; 1 elsewhere."""
    result = np.ones(len(line), dtype=np.float32)
    rest = np.flatnonzero((edits > 0) | (lines["first"].hash_of(line) != voters["first"].hash_of(row)))
    if len(rest):
        sides = []
        for people, who in ((lines, line[rest]), (voters, row[rest])):
            words = [people[field].words[people[field].codes[who]].tolist() for field in fields]
            sides.append([" ".join(filter(None, parts))[:96] for parts in zip(*words, strict=True)])
        result[rest] = cpdist(sides[0], sides[1], scorer=scorer, dtype=np.float32)
        if scorer is fuzz.token_sort_ratio:
            result[rest] /= 100
    return result


def _run_together(lines: People, line: Ints, voters: People, row: Ints, edits: npt.NDArray[Any]) -> Floats:
    """Measure given and middle names as one word as far as the shorter goes (WEIHUA, WEI HUA JORGE); 1 elsewhere."""
    result = np.ones(len(line), dtype=np.float32)
    rest = np.flatnonzero(edits > 0)
    if len(rest):
        sides = []
        for people, who in ((lines, line[rest]), (voters, row[rest])):
            first, middle = (people[field].words[people[field].codes[who]].tolist() for field in ("first", "middle"))
            sides.append([f"{one}{other}".replace(" ", "") for one, other in zip(first, middle, strict=True)])
        texts, others = sides
        shorter = [min(len(text), len(other)) for text, other in zip(texts, others, strict=True)]
        texts = [text[:count] for text, count in zip(texts, shorter, strict=True)]
        others = [text[:count] for text, count in zip(others, shorter, strict=True)]
        length = np.array(shorter)
        slips = cpdist(texts, others, scorer=OSA.distance, dtype=np.float32).astype(np.float64)
        result[rest] = np.where(length >= 4, 1 - slips / np.maximum(length, 1), 0)
    return result


def _middle_and_suffix(out: Out, lines: People, line: Ints, voters: People, row: Ints) -> None:
    mine, theirs = lines["middle"].hash_of(line), voters["middle"].hash_of(row)
    both = (mine != 0) & (theirs != 0)
    letter = lines["middle"].letters[lines["middle"].codes[line]]
    other = voters["middle"].letters[voters["middle"].codes[row]]
    out["middle_equal"] = both & (mine == theirs)
    longer = (lines["middle"].texts.lengths[lines["middle"].codes[line]] > 1) & (
        voters["middle"].texts.lengths[voters["middle"].codes[row]] > 1
    )
    out["middle_similar"] = np.where(longer, similar(lines["middle"], line, voters["middle"], row), 0.9 * both)
    out["middle_initial"] = both & (letter == other)
    out["middle_differs"] = both & (letter != other)
    out["middle_only_line"] = (mine != 0) & (theirs == 0)
    out["middle_only_voter"] = (mine == 0) & (theirs != 0)
    _two_sided(out, "suffix", lines["suffix"].hash_of(line), voters["suffix"].hash_of(row))


def _two_sided(out: Out, name: str, mine: npt.NDArray[np.uint64], theirs: npt.NDArray[np.uint64]) -> None:
    out[f"{name}_equal"] = (mine == theirs) & (mine != 0)
    out[f"{name}_differs"] = (mine != theirs) & (mine != 0) & (theirs != 0)
    out[f"{name}_only_line"] = (mine != 0) & (theirs == 0)
    out[f"{name}_only_voter"] = (mine == 0) & (theirs != 0)


def _address(out: Out, lines: People, line: Ints, voters: People, row: Ints, sheet_zip: Ints) -> None:
    number, street, city = lines["number"], lines["street"], lines["city"]
    mine, theirs = number.hash_of(line), voters["number"].hash_of(row)
    out["number_equal"] = (mine == theirs) & (mine != 0)
    out["number_edits"] = _edits(number, line, voters["number"], row)
    out["number_missing"] = mine == 0
    mine, theirs = street.hash_of(line), voters["street"].hash_of(row)
    out["street_equal"] = (mine == theirs) & (mine != 0)
    out["street_similar"] = similar(street, line, voters["street"], row)
    out["street_edits"] = _edits(street, line, voters["street"], row)
    out["street_missing"] = mine == 0
    _two_sided(out, "unit", lines["unit"].hash_of(line), voters["unit"].hash_of(row))
    out["unit_edits"] = np.minimum(distances(OSA.distance, lines["unit"], line, voters["unit"], row, 3.0, 0.0), 3.0)
    zip_a, zip_b = lines.zip5[line].astype(np.int64), voters.zip5[row].astype(np.int64)
    out["zip_equal"] = (zip_a == zip_b) & (zip_a != 0)
    out["zip_edits"] = _zip_edits(zip_a, zip_b)
    out["zip_missing"] = zip_a == 0
    out["zip_of_sheet"] = (sheet_zip[line] == zip_b) & (zip_b != 0)
    mine, theirs = city.hash_of(line), voters["city"].hash_of(row)
    out["city_equal"] = (mine == theirs) & (mine != 0)
    out["city_similar"] = alike(city.pairs_of(line), voters["city"].pairs_of(row))
    out["city_missing"] = mine == 0
    mine, theirs = lines["county"].hash_of(line), voters["county"].hash_of(row)
    out["county_equal"] = (mine == theirs) & (mine != 0)
    out["county_missing"] = (mine == 0) | (theirs == 0)
    street_alike = out["street_similar"].astype(np.float32)
    out["address_equal"] = out["number_equal"] & (street_alike > 0.9)
    out["address_differs"] = (out["number_edits"].astype(np.float32) >= 2) & (street_alike < 0.8)


def _zip_edits(a: Ints, b: Ints) -> Floats:
    """Count the slips between zips, at most 5; 5 where one is not known. A missing digit is one slip."""
    result = np.where((a == 0) | (b == 0), 5, 0).astype(np.float32)
    rest = np.flatnonzero((a != b) & (result == 0))
    if len(rest):
        once, back = np.unique(a[rest] * 100_000 + b[rest], return_inverse=True)
        texts = [[str(zip5) for zip5 in side.tolist()] for side in np.divmod(once, 100_000)]
        result[rest] = np.minimum(cpdist(*texts, scorer=OSA.distance, dtype=np.float32), 5)[back]
    return result


def _rarity(out: Out, lines: People, line: Ints, voters: People, row: Ints, everybody: People) -> None:
    def counted(people: People, field: str, who: Ints) -> Ints:
        if people is everybody:
            return people[field].counts[people[field].codes[who]]
        return everybody[field].counts_of(people[field].hashes)[people[field].codes[who]]

    total = max(len(everybody), 1)
    first, last = (np.maximum(counted(voters, field, row), 1) for field in ("first", "last"))
    out["first_rarity"] = -np.log10(first / total) / 8
    out["last_rarity"] = -np.log10(last / total) / 8
    out["namesakes"] = np.log10(1e-3 + first * (last / total)) / 4
    for field in ("first", "last", "street"):
        out[f"{field}_known"] = np.log10(1 + counted(lines, field, line)) / 6
    status = voters["status"]
    active = np.isin(status.words, ["ACTIVE", "active", "A"])
    out["status_active"] = active[status.codes[row]]
    after = (voters.day[row] > lines.day[line]) & (lines.day[line] != 0) & (voters.day[row] != 0)
    out["registered_after"] = after


def _rivals(out: Out, pairs: Candidates, voters: People) -> None:
    """Compare every pair with the other candidates of its line."""
    line, row, score = pairs.line, pairs.row, pairs.score
    count = len(line)
    starts = np.flatnonzero(np.append(True, line[1:] != line[:-1])) if count else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, count))
    group = np.repeat(np.arange(len(starts)), sizes)
    best = score[starts] if count else score
    second = np.full(len(starts), -10, dtype=np.float32)
    several = np.flatnonzero(sizes > 1)
    second[several] = score[starts[several] + 1]
    rival = np.where(np.arange(count) == starts[group], second[group], best[group])
    gap = np.clip(score - rival, -15, 15) / 15
    out["gap_above"], out["gap_below"] = np.maximum(gap, 0), np.minimum(gap, 0)
    address = combine(voters["number"].hash_of(row), voters["street"].hash_of(row), voters["last"].hash_of(row))
    _, home = np.unique(np.stack([group.astype(np.uint64), address], axis=1), axis=0, return_inverse=True)
    out["same_home"] = np.minimum(np.bincount(home.ravel())[home.ravel()] - 1, 4) / 4 * (address != 0)
    name = out["name_similar"].astype(np.float32)
    out["name_best"] = name - (np.maximum.reduceat(name, starts)[group] if count else name)
    address = out["street_similar"] + out["number_equal"].astype(np.float32)
    out["address_best"] = address - (np.maximum.reduceat(address, starts)[group] if count else address)
    near = (score > best[group] - 3).astype(np.int64)
    out["rivals"] = np.minimum(np.add.reduceat(near, starts)[group] - 1, 5) / 5 if count else score
    out["candidates"] = np.log1p(pairs.found) / 5
