"""Votes decided per second on one core, beside the same rule written by hand over fractions in the same run.

    python bench/decide_votes.py             a hundred thousand votes under each rule
    python bench/decide_votes.py --quick     ten thousand
    python bench/decide_votes.py --json      the figures as JSON

- *outcome*: a rule that is parsed once, its outcome alone.
- *decided*: the whole finding, both sides of each condition exact.
- *said*: the finding with its margins and words, as `--json` writes it (a tenth of the votes).
- *parsed and decided*: the rule is read anew for every vote (a tenth of the votes).
- *by hand*: the rule as a Python expression over `fractions.Fraction`, its outcome alone; the peer.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from referenda.law.expressions import parse
from referenda.law.tally import QUANTITIES
from referenda.law.vote_rule import Tally, decide, parse_rule

RULES: dict[str, Callable[[Tally], bool]] = {
    "ballots >= 50% of registered and yes >= 55% of valid": lambda t: (
        t.ballots >= Fraction(50, 100) * t.registered and t.yes >= Fraction(55, 100) * t.valid
    ),
    "yes > no and yes >= 40% of registered": lambda t: t.yes > t.no and t.yes >= Fraction(40, 100) * t.registered,
    "yes > 50% of valid and units_carried > 50% of units": lambda t: (
        t.yes > Fraction(50, 100) * t.valid and t.units_carried > Fraction(50, 100) * t.units
    ),
    "yes >= 2/3 of valid": lambda t: t.yes >= Fraction(2, 3) * t.valid,
}


def votes(count: int) -> list[Tally]:
    """Make votes of every size, from a village to a country."""
    chance = random.Random(2006)
    made = []
    for _ in range(count):
        registered = chance.randrange(100, 10 ** chance.randrange(3, 9))
        ballots = chance.randrange(registered // 3, registered)
        invalid = chance.randrange(ballots // 20 + 1)
        yes = chance.randrange(ballots - invalid + 1)
        carried = Fraction(chance.randrange(47), 2)
        made.append(
            Tally(registered, ballots, None, yes, ballots - invalid - yes, invalid, units=23, units_carried=carried)
        )
    return made


def per_second(deed: Callable[[Tally], object], tallies: Sequence[Tally]) -> float:
    """Do it for every vote; give votes per second."""
    began = time.perf_counter()
    for tally in tallies:
        deed(tally)
    return len(tallies) / (time.perf_counter() - began)


def measure(text: str, by_hand: Callable[[Tally], bool], tallies: Sequence[Tally]) -> dict[str, float]:
    """Measure one rule, and see that both ways agree on every vote."""
    rule = parse_rule(text)
    known = [tally.known() for tally in tallies]
    if [rule.truth(values) for values in known] != [by_hand(tally) for tally in tallies]:
        raise SystemExit(f"{text}: the rule and the expression by hand disagree")
    began = time.perf_counter()
    for values in known:
        rule.truth(values)
    outcome = len(known) / (time.perf_counter() - began)
    some = tallies[: max(1, len(tallies) // 10)]
    return {
        "outcome": outcome,
        "decided": per_second(lambda tally: decide(rule, tally), tallies),
        "said": per_second(lambda tally: decide(rule, tally).as_dict(), some),
        "parsed_and_decided": per_second(lambda tally: decide(parse(text, names=QUANTITIES), tally), some),
        "by_hand": per_second(by_hand, tallies),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--quick", action="store_true", help="ten thousand votes instead of a hundred thousand")
    options.add_argument("--json", action="store_true", help="write the figures as JSON")
    chosen = options.parse_args()
    tallies = votes(10_000 if chosen.quick else 100_000)
    figures = {text: measure(text, by_hand, tallies) for text, by_hand in RULES.items()}
    if chosen.json:
        print(json.dumps({"votes": len(tallies), "per_second": figures}, indent=2))
        return
    print(f"{len(tallies):,} votes under each rule; votes per second on one core\n")
    print(f"{'outcome':>10} {'decided':>9} {'said':>8} {'parsed+':>8} {'by hand':>9}  {'ratio':>5}  rule")
    for text, found in figures.items():
        columns = (found["outcome"], found["decided"], found["said"], found["parsed_and_decided"], found["by_hand"])
        print("{:>10,.0f} {:>9,.0f} {:>8,.0f} {:>8,.0f} {:>9,.0f}".format(*columns), end="")
        print(f"  {found['outcome'] / found['by_hand']:>4.1f}×  {text}")


if __name__ == "__main__":
    main()
