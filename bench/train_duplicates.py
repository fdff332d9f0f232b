"""Train the model of two lines, after that of the matcher, on the same invented places and further petitions in them.

    python bench/train_duplicates.py --places FOLDER --models src/referenda/linkage/data

`FOLDER` holds the places of `train_matcher.py`; `--make` invents two further petitions for each, of other signers and
with other chances of error, because few lines of a petition repeat another. Lines are matched by `matcher.npz` of the
models' folder, and `duplicates.npz` is written beside it. Every pair of lines is an example by itself. On a busy
machine one thread for linear algebra (`OPENBLAS_NUM_THREADS=1`) is many times faster than several.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from train_matcher import Examples, Petition, calibrated, drawn_changes, fit, part, read_petition, report

from referenda.linkage.decide import hold_back
from referenda.linkage.duplicates import PAIR_FEATURES, certain_voters, pairs_of_lines
from referenda.linkage.model import Model
from referenda.linkage.stages import NOBODY, match_rest
from referenda.workflows.match_lines import as_shown

FURTHER = 2
OF_VOTERS = [PAIR_FEATURES.index(name) for name in ("same_voter", "other_voter", "line_linked", "other_linked")]
REGISTERED = PAIR_FEATURES.index("registered")


def make_petitions(places: Path) -> None:
    """Invent further petitions in every place, half by clerk, half by machine, with more lines that repeat another."""
    from referenda.synth.parameters import read_parameters
    from referenda.synth.petition import PetitionPlan, write_petition

    for voters in sorted(places.glob("place-*/voters.parquet")):
        number = int(voters.parent.name.removeprefix("place-"))
        for further in range(FURTHER):
            folder = voters.parent / f"again-{further}"
            folder.mkdir(exist_ok=True)
            channel = ("keyed", "ocr")[(number + further) % 2]
            random = np.random.default_rng([1000 + number, further])
            changes = folder / "changes.yaml"
            changes.write_text(drawn_changes(random, channel, duplicates=(0.01, 0.08)), encoding="utf-8")
            plan = PetitionPlan(40_000, 5000 + FURTHER * number + further, read_parameters(channel, changes))
            lines, truth, sheets = (folder / f"{name}.parquet" for name in ("lines", "truth", "sheets"))
            write_petition(voters, plan, lines=lines, truth=truth, sheets=sheets)
            print(f"{folder.parent.name}/{folder.name} made", flush=True)


def examples_of(petition: Petition, model: Model) -> Examples:
    """Compare lines in doubt with lines they may repeat; others too, as if nothing were known of their voter."""
    lines, exact = petition.lines, petition.exact
    rest = np.flatnonzero(~exact.exact)
    links = replace(exact, probability=np.where(exact.exact, model.exact_probability, 0).astype(np.float32))
    found = match_rest(petition.index, lines, rest, petition.sheet_zip, model, clean_share=petition.clean_share)
    links.put(rest, found)
    hold_back(links, lines, petition.index.people)
    links = as_shown(links)
    certain = certain_voters(links) != NOBODY
    tables, line, right = [], [], []
    for known, which in ((True, np.flatnonzero(~certain)), (False, np.flatnonzero(certain & ~exact.exact))):
        pairs_found = pairs_of_lines(
            lines, petition.index, petition.sheets, petition.sheet_zip, links, which,
            clean_share=petition.clean_share, block=1 << 16,
        )  # fmt: skip
        for pairs, table in pairs_found:
            kept = np.flatnonzero(known | (table[:, REGISTERED] == 0))
            table = table[kept]
            if not known:
                table[:, OF_VOTERS] = 0
            tables.append(table)
            line.append(pairs.line[kept])
            right.append((petition.person[pairs.line] == petition.person[pairs.row])[kept])
    print(f"{petition.name}: {sum(map(len, tables)):,} pairs, {sum(r.sum() for r in right):,} right", flush=True)
    return Examples(np.concatenate(tables), np.concatenate(line), np.concatenate(right), 0, 0)


def apart(examples: Examples) -> Examples:
    """Take every pair by itself: that a line repeats one line says nothing against its repeating another."""
    return replace(examples, line=np.arange(len(examples.line)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=Path, required=True)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--models", type=Path, required=True, help="folder of matcher.npz and duplicates.npz")
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    if options.make:
        make_petitions(options.places)
    start = time.perf_counter()
    model = Model.load(options.models / "matcher.npz")
    found = []
    for truth in sorted(options.places.glob("place-*/**/truth.parquet")):
        place = next(folder for folder in truth.parents if (folder / "voters.parquet").is_file())
        found.append(examples_of(read_petition(place, truth.parent), model))
    print(f"examples: {sum(len(e.table) for e in found):,} pairs of lines in {time.perf_counter() - start:.0f} s")
    kept, held_out = ([apart(part(e, held)) for e in found] for held in (False, True))
    pair_model = calibrated(fit(kept, epochs=options.epochs, sizes=(48, 24), features=PAIR_FEATURES), held_out)
    report(pair_model, held_out)
    pair_model.save(options.models / "duplicates.npz")
    print(f"duplicates.npz written in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
