"""Look voters up as a clerk types, and say how often the right one is among the first five, and how fast.

    python bench/find_voters.py --index INDEX
    python bench/find_voters.py --voters 2000000            (an invented place by `--seed`, imported and indexed)

Voters are drawn by `--seed` from the index, and queries of several kinds are made of what the file says of them, each
also with one sign of one word wrong (left out, put in, changed, or two changed places). A query is asked once, in one
process; then eight processes ask at a clerk's pace (five queries a second each) and as fast as they can; then all
keystrokes of queries are asked one after the other. Where a snapshot is known, two sorted copies of the voters in
DuckDB answer in the same run what they can: beginning of the surname and number; number, then likeness of the surname.
`cpu_ms` is what a query computes, which a busy machine changes less than what a clerk waits.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KINDS: dict[str, tuple[str, ...]] = {
    "surname, given name, number": ("last", "first", "number"),
    "surname, number, street": ("last", "number", "street"),
    "given name, number, street": ("first", "number", "street"),
    "surname, given name, number, street": ("last", "first", "number", "street"),
    "surname, given name, city": ("last", "first", "city"),
    "surname, given name, street, zip": ("last", "first", "street", "zip"),
    "surname, number, zip": ("last", "number", "zip"),
    "begun surname, begun given name, number, begun street": ("last:4", "first:3", "number", "street:4"),
    "begun surname, begun given name, zip": ("last:4", "first:3", "zip"),
}
VAGUE: dict[str, tuple[str, ...]] = {
    "surname, given name": ("last", "first"),
    "surname": ("last",),
    "begun surname": ("last:4",),
    "given name": ("first",),
    "number, street": ("number", "street"),
}
FIRST = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def parts_of(card: dict[str, str]) -> dict[str, str]:
    """Give the words of a voter that queries are made of, in small letters; empty where the file has none."""
    from referenda.linkage.addresses import street_words
    from referenda.linkage.normalize import normalize_voter

    row = normalize_voter(card)
    words = str(row["n_street"]).split(" ")
    kinds = {word: street_words().get(word, ("", ""))[1] for word in words if len(word) > 1 or word.isdigit()}
    naming = [word for word, kind in kinds.items() if kind not in ("type", "direction")] or words
    street = max(naming, key=len)
    return {
        "last": str(row["n_last"]).split(" ")[0].lower(),
        "first": str(row["n_first"]).split(" ")[0].lower(),
        "number": str(row["n_number"]).split(" ")[0].lower(),
        "street": street.lower(),
        "city": max(str(row["n_city"]).split(" "), key=len, default="").lower(),
        "zip": card["zip"][:5],
    }


def query_of(parts: dict[str, str], kind: tuple[str, ...], draw: random.Random, *, wrong: bool) -> str | None:
    """Make a query, its words in any order; None where the voter lacks one of them or no word is long enough to err."""
    words = []
    for spec in kind:
        name, _, count = spec.partition(":")
        word = parts[name][: int(count) if count else None]
        if not word or (count and len(parts[name]) < int(count)):
            return None
        words.append(word)
    draw.shuffle(words)
    if wrong:
        able = [at for at, word in enumerate(words) if len(word) > 2]
        if not able:
            return None
        at = draw.choice(able)
        words[at] = misspell(words[at], draw)
    return " ".join(words)


def misspell(word: str, draw: random.Random) -> str:
    """Put one sign wrong."""
    kind = draw.choice(("out", "in", "changed", "swapped"))
    signs = "0123456789" if word.isdigit() else LETTERS
    at = draw.randrange(len(word))
    if kind == "out":
        return word[:at] + word[at + 1 :]
    if kind == "in":
        return word[:at] + draw.choice(signs) + word[at:]
    pairs = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
    if kind == "swapped" and pairs:
        at = draw.choice(pairs)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + draw.choice([sign for sign in signs if sign != word[at]]) + word[at + 1 :]


class Times:
    """Milliseconds that deeds took, by the clock and of computing."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.computed: list[float] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        """Time one deed."""
        start, computed = time.perf_counter(), time.thread_time()
        yield
        self.waited.append((time.perf_counter() - start) * 1000)
        self.computed.append((time.thread_time() - computed) * 1000)

    def as_dict(self) -> dict[str, float]:
        """Give the median, the 99th percentile and the most."""
        return {
            "p50_ms": quantile(self.waited, 0.5),
            "p99_ms": quantile(self.waited, 0.99),
            "most_ms": quantile(self.waited, 1.0),
            "p50_cpu_ms": quantile(self.computed, 0.5),
            "p99_cpu_ms": quantile(self.computed, 0.99),
        }


def quantile(values: list[float], share: float) -> float:
    """Give a quantile of times in milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)


def drawn(lookup: Any, count: int, draw: random.Random) -> list[dict[str, str]]:
    """Draw voters from an index."""
    cards: list[dict[str, str]] = lookup.index.cards.of([draw.randrange(len(lookup.index)) for _ in range(count)])
    return cards


def judge(lookup: Any, cards: list[dict[str, str]], kind: tuple[str, ...], seed: int, *, wrong: bool) -> dict[str, Any]:
    """Ask queries of one kind and say where the right voter stood.

    `behind_equals` is the share whose voter fits the query no worse than the fifth, but stands behind others who fit
    as well: the query does not say who is meant.
    """
    draw = random.Random(seed)
    took, first, among, equals, asked = Times(), 0, 0, 0, 0
    for card in cards:
        query = query_of(parts_of(card), kind, draw, wrong=wrong)
        if query is None:
            continue
        with took.one():
            answer = lookup.find(query, limit=10)
        asked += 1
        ids = [voter.shown["voter_id"] for voter in answer.voters]
        first += ids[:1] == [card["voter_id"]]
        if card["voter_id"] in ids[:FIRST]:
            among += 1
        elif len(answer.voters) >= FIRST:
            others = lookup.find(query, limit=100).voters
            fifth = others[FIRST - 1].score
            mine = next((voter.score for voter in others if voter.shown["voter_id"] == card["voter_id"]), None)
            equals += (mine is not None and mine >= fifth) or (mine is None and others[-1].score >= fifth)
    return {
        "queries": asked,
        "first": round(first / asked, 4),
        "among_first_five": round(among / asked, 4),
        "behind_equals": round(equals / asked, 4),
        "missed": round((asked - among - equals) / asked, 4),
        **took.as_dict(),
    }


def clerk(folder: str, seed: int, seconds: float, pause: float, out: Any) -> None:
    """Ask mixed queries, half of them with a sign wrong, for some seconds; `pause` between two begins, 0 for none."""
    from referenda.linkage.lookup import Lookup

    lookup = Lookup.open(Path(folder))
    draw = random.Random(seed)
    queries = []
    while len(queries) < 600:
        for card in drawn(lookup, 100, draw):
            query = query_of(parts_of(card), draw.choice(list(KINDS.values())), draw, wrong=draw.random() < 0.5)
            queries += [query] if query else []
    for query in queries[:20]:
        lookup.find(query)
    took, at = Times(), 20
    begun = time.perf_counter()
    due = begun + draw.random() * pause
    while time.perf_counter() - begun < seconds:
        if pause:
            time.sleep(max(0.0, due - time.perf_counter()))
            due += pause * (0.5 + draw.random())
        with took.one():
            lookup.find(queries[at % len(queries)])
        at += 1
    out.put(took)


def together(folder: Path, seconds: float, pause: float, processes: int = 8) -> dict[str, Any]:
    """Let processes ask at the same time."""
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    workers = [
        context.Process(target=clerk, args=(str(folder), 1000 + at, seconds, pause, out)) for at in range(processes)
    ]
    for worker in workers:
        worker.start()
    took = Times()
    for _ in workers:
        one = out.get()
        took.waited += one.waited
        took.computed += one.computed
    for worker in workers:
        worker.join()
    return {"processes": processes, "queries_per_s": round(len(took.waited) / seconds, 1), **took.as_dict()}


def keystrokes(lookup: Any, cards: list[dict[str, str]]) -> dict[str, Any]:
    """Ask after every sign of queries, from the second on."""
    draw = random.Random(5)
    took = Times()
    for card in cards:
        query = query_of(parts_of(card), draw.choice(list(KINDS.values())), draw, wrong=draw.random() < 0.3)
        for end in range(2, len(query or "") + 1):
            with took.one():
                lookup.find((query or "")[:end])
    return {"asked": len(took.waited), **took.as_dict()}


def peer(snapshot: Path, cards: list[dict[str, str]]) -> dict[str, Any]:
    """Answer two kinds of queries from two sorted copies of the voters in DuckDB."""
    import duckdb

    source = str(snapshot / "voters.parquet").replace("'", "''")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        base = duckdb.connect(f"{folder}/peer.duckdb")
        base.execute("SET threads = 1")
        columns = "voter_id, first, last, house_number, street, city, zip, status, n_first, n_last, n_number, n_street"
        for name, order in (("by_last", "n_last, n_first"), ("by_number", "n_number, n_last")):
            base.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM read_parquet('{source}') ORDER BY {order}")
        base.execute("CHECKPOINT")
        built = time.perf_counter() - start
        begun, wrong, hits, hits_wrong = Times(), Times(), 0, 0
        draw = random.Random(7)
        for card in cards:
            parts = {name: word.upper() for name, word in parts_of(card).items()}
            if len(parts["last"]) < 4 or not parts["number"]:
                continue
            head = parts["last"][:4]
            with begun.one():
                rows = base.execute(
                    "SELECT * FROM by_last WHERE n_last >= $1 AND n_last < $2 AND n_number = $3 LIMIT 10",
                    [head, head[:-1] + chr(ord(head[-1]) + 1), parts["number"]],
                ).fetchall()
            hits += any(row[0] == card["voter_id"] for row in rows)
            typed = misspell(parts["last"].lower(), draw).upper()
            nearest = "ORDER BY jaro_winkler_similarity(n_last, $2) DESC LIMIT 5"
            with wrong.one():
                rows = base.execute(
                    f"SELECT * FROM by_number WHERE n_number = $1 {nearest}", [parts["number"], typed]
                ).fetchall()
            hits_wrong += any(row[0] == card["voter_id"] for row in rows)
        base.close()
        return {
            "duckdb": duckdb.__version__,
            "build_s": round(built, 1),
            "gb": round(Path(f"{folder}/peer.duckdb").stat().st_size / 1e9, 2),
            "begun surname, number": {"among_first_ten": round(hits / len(begun.waited), 4), **begun.as_dict()},
            "misspelt surname, number": {
                "among_first_five": round(hits_wrong / len(wrong.waited), 4),
                **wrong.as_dict(),
            },
        }


def prepared(folder: Path, voters: int, seed: int) -> tuple[Path, dict[str, Any]]:
    """Make an invented place, import and index it."""
    from referenda.formats.voter_file import open_voter_file
    from referenda.linkage.key_arrays import build_index
    from referenda.synth.place import make_place
    from referenda.workflows.import_voters import import_voters

    make_place(folder / "place", voters=voters, lines=100, seed=seed)
    source = open_voter_file([folder / "place" / "voters.parquet"])
    import_voters(source, folder / "snapshot", make_keys=build_index)
    return folder / "snapshot", build(folder / "snapshot", folder / "index")


def build(snapshot: Path, out: Path) -> dict[str, Any]:
    """Index a snapshot and say what it took."""
    from referenda.workflows.index_voters import index_voters

    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    index_voters(snapshot, out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    sizes = {path: path.stat() for path in out.iterdir()}
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, 1),
        "rss_gb": round(used.ru_maxrss / 1e6, 2),
        "own_gb": round(sum(size.st_size for size in sizes.values() if size.st_nlink == 1) / 1e9, 2),
        "shared_with_snapshot_gb": round(sum(size.st_size for size in sizes.values() if size.st_nlink > 1) / 1e9, 2),
    }


def main() -> None:
    """Make or open an index, ask, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="an index that is there already")
    parser.add_argument("--snapshot", type=Path, help="a snapshot to index, or that was indexed")
    parser.add_argument("--voters", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--queries", type=int, default=500, help="voters drawn for each kind")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long eight processes ask")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.voters, options.queries, options.seconds = 20_000, 50, 2.0
    from referenda.linkage.lookup import Lookup

    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {}
        snapshot, index = options.snapshot, options.index
        if index is None:
            index = Path(folder) / "index"
            if snapshot is None:
                snapshot, figures["index"] = prepared(Path(folder), options.voters, options.seed)
            else:
                figures["index"] = build(snapshot, index)
        start = time.perf_counter()
        lookup = Lookup.open(index)
        figures["open_ms"] = round((time.perf_counter() - start) * 1000, 1)
        figures["voters"] = len(lookup.index)
        draw = random.Random(options.seed)
        cards = drawn(lookup, options.queries, draw)
        for word in cards[:20]:
            lookup.find(f"{word['last']} {word['first']}")
        for title, kinds, wrongs in (("queries", KINDS, (False, True)), ("vague queries", VAGUE, (False,))):
            figures[title] = {}
            for name, kind in kinds.items():
                for wrong in wrongs:
                    said = f"{name}, one sign wrong" if wrong else name
                    figures[title][said] = judge(lookup, cards, kind, options.seed, wrong=wrong)
        figures["every keystroke"] = keystrokes(lookup, cards[: options.queries // 5])
        figures["eight clerks typing"] = together(index, options.seconds, 0.2)
        figures["eight processes, as fast as they can"] = together(index, options.seconds, 0.0)
        if snapshot:
            figures["DuckDB, two sorted copies"] = peer(snapshot, cards)
    print(json.dumps(figures, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
