"""What the law makes out of numbers, computed again from a law document, and the events that state it (step 6)."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from functools import partial
from typing import Any

from referenda_verify.canonical import part
from referenda_verify.expressions import bounded, evaluate, nodes, parse
from referenda_verify.report import Disagreement, need, same

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000}|/0*[1-9][0-9]{0,999})?")
_ROUND: dict[str, Any] = {"up": math.ceil, "down": math.floor, "half_even": round}
_ROUND["half_up"] = lambda units: math.floor(units + Fraction(1, 2))
_COLUMNS = dict.fromkeys(("raw_count", "sample_size", "valid_in_sample", "duplicates_in_sample"), "")
QUANTITIES = {"registered", "ballots", "valid", "yes", "no", "invalid", "election_ballots", "units", "units_carried"}
SENSE = ("valid = yes + no", "ballots = valid + invalid", "valid <= ballots", "ballots <= election_ballots",
         "ballots <= registered", "units_carried <= units")  # fmt: skip

Numbers = Mapping[str, Fraction]
Laws = Callable[[str], Any]  # gives the law document of a digest


def read_time(text: str, form: re.Pattern[str]) -> str:
    """Hold a text to the form of a day or instant, and to one that is real; such texts sort as their times do."""
    try:
        need(form.fullmatch(text) and datetime.fromisoformat(text.removesuffix("Z")), "malformed day or instant", text)
    except ValueError:
        raise Disagreement("there is no such day or instant", found=text) from None
    return text


def read_number(value: Any) -> Fraction:
    """Read an exact number: an integer, or text `5`, `0.05` or `2/3`."""
    need(type(value) is int or (isinstance(value, str) and _NUMBER.fullmatch(value)), "not an exact number", value)
    return Fraction(value)


class Law:
    """The law document that an event names, asked for its instrument on its day with its readings."""

    def __init__(self, data: Any, laws: Laws) -> None:
        self.document, self.instrument = laws(part(data, "law", str)), part(data, "instrument", str)
        self.on = read_time(part(data, "on", str), DAY)
        self.chosen: dict[str, str] = {}  # only where another alternative than the law document's is chosen
        known = {part(reading, "name", str): reading for reading in part(self.document, "readings", list, [])}
        for name, chosen in part(data, "readings", dict, {}).items():
            names = [part(entry, "name", str) for entry in part(known.get(name, {}), "alternatives", list, [])]
            need(chosen in names, "the law document has no such reading or alternative", f"{name}: {chosen}")
            if chosen != part(known[name], "chosen", str):
                self.chosen[name] = chosen

    def in_force(self, entries: list[Any], name: str | None = None) -> list[Any]:
        """Keep the entries of a name that are for the instrument and in force on the day."""
        kept = []
        for entry in entries:
            first, last = part(entry, "from", str, self.on), part(entry, "until", str, self.on)
            meant = self.instrument in part(entry, "instruments", list, [self.instrument])
            if meant and first <= self.on <= last and name in (None, entry.get("name")):
                kept.append(entry)
        return kept

    def parameter(self, name: str) -> Fraction:
        """Give a parameter's value for the instrument and day; a share may be `5%`."""
        entries = self.in_force(part(self.document, "parameters", list, []), name)
        values = [value for entry in entries for value in self.in_force(part(entry, "values", list))]
        need(len(values) == 1, f"{name!r} is no step and no input, and {len(values)} parameters of it are in force")
        text = part(values[0], "value", str)
        return read_number(text.removesuffix("%")) / (100 if text.endswith("%") else 1)

    def names(self, values: Numbers) -> Callable[[str], Fraction]:
        """Look a name up: among steps and inputs, which are given here, and then among parameters."""
        return lambda name: values[name] if name in values else self.parameter(name)

    def first(self, entries: list[Any], values: Numbers, what: str, name: str | None = None) -> Any:
        """Take the first of the entries in force that has no `when`, or whose `when` is true."""
        for entry in self.in_force(entries, name):
            if "when" not in entry or evaluate(parse(part(entry, "when", str), "truth"), self.names(values)):
                return entry
        raise Disagreement(f"no {what} is in force and applies")

    def formula(self, name: str, inputs: Numbers) -> tuple[Fraction, dict[str, Fraction], list[str]]:
        """Compute a formula: its value, its steps by name and in order, and what each cites."""
        formula = self.first(part(self.document, "formulas", list, []), inputs, f"formula {name!r}", name)
        done: dict[str, Fraction] = {}
        for step in part(formula, "steps", list):
            other = self.chosen.get(part(step, "reading", str, ""), "")
            changed = {**step, **part(part(step, "otherwise", dict, {}), other, dict, {})}
            value = Fraction(evaluate(parse(part(changed, "is", str), "number"), self.names({**inputs, **done})))
            if "round" in changed:
                to, mode = (part(part(changed, "round", dict), key, str) for key in ("to", "mode"))
                need(mode in _ROUND and read_number(to) > 0, "a step is rounded in an unknown way", f"{mode} to {to}")
                value = bounded(_ROUND[mode](value / read_number(to)) * read_number(to))
            done[part(step, "name", str)] = value
        result = part(formula, "result", str, [*done, ""][len(done) - 1])
        need(result in done, f"the formula {name!r} has no step for its result", result)
        return done[result], done, [part(step, "cite", str) for step in formula["steps"]]

    def count(self, name: str, rows: list[Any], given: Numbers) -> tuple[list[Fraction], Fraction, str]:
        """Count a sample: the projection of each row, the statewide number and the decision."""
        counts = self.in_force(part(self.document, "sample_counts", list, []), name)
        need(len(counts) == 1, f"{len(counts)} counts {name!r} are in force")
        count, row_formula, projected = counts[0], part(counts[0], "row_formula", str), []
        totals = {str(total): Fraction(0) for total in part(count, "totals", list, [])}
        for number, row in enumerate(rows, 1):
            columns = read_row(row, part(count, "columns", list, []), f"row {number}")
            value, done, _ = self.formula(row_formula, {**columns, **given})
            for total in totals:
                seen = {row_formula: value, **done, **columns}
                need(total in seen, f"row {number} does not have what is to be totalled", total)
                totals[total] = bounded(totals[total] + seen[total])
            projected.append(value)
        names = {**given, **totals}
        names |= self.formula(part(count, "formula", str), names)[1] if "formula" in count else {}
        decision = self.first(part(count, "decision", list), names, f"decision of {name!r}")
        result = part(count, "result", str)
        need(result in names, f"the count {name!r} has no total or step for its result", result)
        return projected, names[result], part(decision, "decide", str)


def read_row(row: Any, extra: list[Any], where: str) -> Numbers:
    """Take the columns of a row of a sample, and hold them to what a sample can be."""
    known = {**_COLUMNS, **{part(column, "name", str): part(column, "default", str, "") for column in extra}}
    columns = {name: read_number(default) for name, default in known.items() if default}
    for name, value in part({where: row}, where, dict).items():
        if name != "projected_valid" and not isinstance(value, str):
            need(name in known and type(value) is int and value >= 0, f"{where}: no such column, or no count", name)
            columns[name] = Fraction(value)
    need(columns.keys() == known.keys(), f"{where}: a column is missing", ", ".join(known.keys() - columns.keys()))
    fits = columns["valid_in_sample"] <= columns["sample_size"] <= columns["raw_count"]
    need(fits, f"{where}: valid_in_sample is above sample_size, or that above raw_count")
    return columns


def agree(what: str, value: Fraction, stated: Any) -> int | str:
    """Hold a stated number to the one computed; give it, as an integer or as `p/q`."""
    exact = value.numerator if value.denominator == 1 else str(value)
    if read_number(stated) != value:
        raise Disagreement(f"{what} is another when computed again", exact, stated)
    return exact


def check_requirement(data: Any, laws: Laws) -> dict[str, Any]:
    """Compute a `RequirementDetermined` again, with each of its steps."""
    value, done, cites = Law(data, laws).formula(part(data, "formula", str), {})
    stated = part(data, "steps", list)
    same("the list of steps", list(done), [part(step, "name", str) for step in stated])
    same("the list of citations", cites, [part(step, "cite", str) for step in stated])
    for name, step in zip(done, stated, strict=True):
        agree(f"the step {name}", done[name], part(step, "value", str))
    if "base" in done or data.get("base") is not None:
        need("base" in done, "the formula has no step base", data.get("base"))
        agree("the base", done["base"], data.get("base"))
    return {"requirement": agree("the requirement", value, data.get("requirement"))}


def check_sample(data: Any, laws: Laws) -> dict[str, Any]:
    """Compute a `SampleProjected` again: each row, the statewide number and the decision."""
    rows, given = part(data, "rows", list), {"requirement": read_number(data.get("requirement"))}
    projected, total, decision = Law(data, laws).count(part(data, "count", str), rows, given)
    for number, (row, value) in enumerate(zip(rows, projected, strict=True), 1):
        agree(f"row {number}: projected_valid", value, row.get("projected_valid"))
    labels = [[one for one in row.items() if one[0] != "projected_valid" and isinstance(one[1], str)] for row in rows]
    need(len(set(map(str, labels))) == len(labels), "a county has two rows", labels)
    statewide = agree("the statewide projected_valid", total, data.get("projected_valid"))
    same("the decision", decision, data.get("decision"))
    return {"projected_valid": statewide, "decision": decision, "rows": len(rows)}


def check_vote(data: Any, laws: Laws) -> dict[str, Any]:
    """Decide a `VoteDecided` again: each condition with both sides, and whether it passed."""
    rule = parse(part(data, "rule", str), "truth")
    given = {name: read_number(value) for name, value in part(data, "quantities", dict).items()}
    unknown = {*given, *(node[1] for node in nodes(rule) if node[0] == "name")} - {*QUANTITIES, "voting"}
    need(not unknown and "voting" not in given, "a quantity is unknown", ", ".join(unknown))
    form = all(type(data["quantities"][n]) is int or ("units" in n and given[n].denominator <= 2) for n in given)
    need(form, "votes are whole numbers, and units wholes or halves", data["quantities"])
    need(min(given.values(), default=0) >= 0, "a quantity is negative", data["quantities"])
    for sense in map(partial(parse, kind="truth"), SENSE):
        if given.keys() >= {node[1] for node in nodes(sense) if node[0] == "name"}:
            need(evaluate(sense, given.__getitem__), "the quantities contradict each other", data["quantities"])
    voting = part(part(data, "readings", dict, {}), "voting", str, "valid")
    need(voting in ("valid", "ballots"), "voting is read neither as valid nor as ballots", voting)
    lookup = partial(part, given | ({"voting": given[voting]} if voting in given else {}), kind=Fraction)
    conditions, stated = [node for node in nodes(rule) if node[0] == "compare"], part(data, "conditions", list)
    same("the number of conditions", len(conditions), len(stated))
    for number, (condition, said) in enumerate(zip(conditions, stated, strict=True), 1):
        text = part(said, "text", str)
        need(parse(text, "truth") == condition, f"condition {number} is not one of the rule", text)
        try:
            values = [evaluate(node, lookup) for node in (*condition[2:], condition)]
        except Disagreement:  # one that the rule does not need may be one that cannot be computed
            values = [None] * 3
        for key, value in zip(("left", "right", "met"), values, strict=True):
            if isinstance(value, Fraction):
                agree(f"condition {number}: {key}", value, part(said, key, str))
            else:
                same(f"condition {number}: {key}", value, said.get(key))
    passed = evaluate(rule, lookup)
    same("the outcome", passed, data.get("passed"))
    return {"passed": passed, "conditions": len(conditions)}


FINDINGS = {"RequirementDetermined": check_requirement, "SampleProjected": check_sample, "VoteDecided": check_vote}
