"""The rule language, evaluated exactly.

A rule is parsed once and evaluated many times: `parse` reads and checks the text (grammar:
`docs/reference/rule-language.md`) and compiles it to closures over pairs of integers, numerator and denominator,
so that nothing is rounded and nothing is brought to lowest terms before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import eq, ge, gt, le, lt, ne

from referenda.errors import Fault, InputError, ReferendaError, UndeterminedError
from referenda.law.syntax import Kind, Node, read_tree
from referenda.terms.quantity import sqrt_exact

Values = Mapping[str, Fraction | int]
Pair = tuple[int, int]
MAX_BITS = 2000

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
    "=": eq,
    "!=": ne,
}


def parse(text: str, *, names: Collection[str] | None = None, what: str = "rule") -> Expression:
    """Read a rule or a formula.

    Parameters
    ----------
    text
        At most 4,000 characters, nested at most 50 deep.
    names
        The names that may stand in it; None allows every name.
    what
        What the text is called in messages.

    Raises
    ------
    InputError
        `Fault.column` is the character (from 1), `Fault.value` the text, `Fault.remedy` the word that was meant.

    Examples
    --------
    >>> parse("55% of valid").evaluate({"valid": 415665})
    Fraction(914463, 4)
    """
    return Expression(text, read_tree(text, names=names, what=what))


class Expression:
    """A checked rule, formula or part of one. Two of the same text are equal."""

    def __init__(self, source: str, node: Node) -> None:
        self._source = source
        self.node = node
        self.kind: Kind = node.kind
        self.text = node.text(source)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that stands in it."""
        return self.node.names()

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Its comparisons, left to right."""
        return tuple(
            Condition(
                text=node.text(self._source),
                left=Expression(self._source, node.parts[0]),
                operator=node.op,
                right=Expression(self._source, node.parts[1]),
            )
            for node in self.node.comparisons()
        )

    @cached_property
    def _truth(self) -> Callable[[Values], bool]:
        return _Compiler(self._source).truth(self.node)

    @cached_property
    def _number(self) -> Callable[[Values], Pair]:
        return _Compiler(self._source).number(self.node)

    def evaluate(self, values: Values) -> Fraction | bool:
        """Compute it: a `Fraction` in lowest terms, or a truth.

        Raises
        ------
        UndeterminedError
            A name that is needed has no value (`if`, `and`, `or` do not need every side).
        InputError
            A division by zero, the root of a negative number, or a number of more than about 600 digits.
        """
        return self._truth(values) if self.kind == "truth" else self.number(values)

    def truth(self, values: Values) -> bool:
        """Compute a condition; see `evaluate`."""
        return self._truth(values)

    def number(self, values: Values) -> Fraction:
        """Compute a number; see `evaluate`."""
        return self.exact(self._number(values))

    def pair(self, values: Values) -> Pair:
        """Compute a number as numerator and denominator (above zero), not brought to lowest terms."""
        return self._number(values)

    def exact(self, pair: Pair) -> Fraction:
        """Bring what `pair` gave to lowest terms; a number too long to be written is refused."""
        value = Fraction(*pair)
        if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
            remedy = "Check the numbers and the rule."
            raise InputError(Fault(f"`{self.text}` gives a number of more than 600 digits", remedy=remedy))
        return value


@dataclass(frozen=True)
class Condition:
    """One comparison of a rule: its text as its author wrote it, and its two sides."""

    text: str
    left: Expression
    operator: str
    right: Expression

    @property
    def names(self) -> frozenset[str]:
        """Every name that stands in it."""
        return self.left.names | self.right.names

    def compare(self, left: Pair, right: Pair) -> bool:
        """Compare two sides that are already computed."""
        return _COMPARE[self.operator](left[0] * right[1], right[0] * left[1])


class _Compiler:
    """Turns a checked tree into closures; a part without names is computed once."""

    def __init__(self, source: str) -> None:
        self.source = source

    def wrong(self, node: Node, message: str) -> InputError:
        said = message.format(f"`{node.text(self.source)}`")
        remedy = "Check the numbers that were given for it."
        return InputError(Fault(said, column=node.start + 1, value=self.source, remedy=remedy))

    # truths

    def truth(self, node: Node) -> Callable[[Values], bool]:
        match node.op:
            case "and":
                return self.every([self.truth(part) for part in node.parts])
            case "or":
                return self.some([self.truth(part) for part in node.parts])
            case "not":
                inner = self.truth(node.parts[0])
                return lambda values: not inner(values)
            case "if":
                test, then, other = (self.truth(part) for part in node.parts)
                return lambda values: then(values) if test(values) else other(values)
        compare = _COMPARE[node.op]
        left, right = (self.number(part) for part in node.parts)

        def comparison(values: Values) -> bool:
            a, b = left(values)
            c, d = right(values)
            return compare(a * d, c * b)

        return comparison

    @staticmethod
    def every(parts: list[Callable[[Values], bool]]) -> Callable[[Values], bool]:
        def conjunction(values: Values) -> bool:
            for part in parts:  # noqa: SIM110  (a loop keeps the stack flat and is faster)
                if not part(values):
                    return False
            return True

        return conjunction

    @staticmethod
    def some(parts: list[Callable[[Values], bool]]) -> Callable[[Values], bool]:
        def disjunction(values: Values) -> bool:
            for part in parts:  # noqa: SIM110
                if part(values):
                    return True
            return False

        return disjunction

    # numbers, as (numerator, denominator > 0)

    def number(self, node: Node) -> Callable[[Values], Pair]:
        if node.op == "number":
            pair = node.value.as_integer_ratio()
            return lambda values: pair
        if node.op == "name":
            return self.quantity(node)
        if node.op == "if":
            test, then, other = self.truth(node.parts[0]), self.number(node.parts[1]), self.number(node.parts[2])
            return lambda values: then(values) if test(values) else other(values)
        compute = self.operation(node, [self.number(part) for part in node.parts])
        if node.names():
            return compute
        try:
            constant = compute({})
        except ReferendaError:  # 1/0 is a fault only where it is needed
            return compute
        return lambda values: constant

    def quantity(self, node: Node) -> Callable[[Values], Pair]:
        name = node.name

        def quantity(values: Values) -> Pair:
            value = values.get(name)
            if value is None:
                message, remedy = f"{name} is not known", f"Give {name} a number."
                raise UndeterminedError(Fault(message, column=node.start + 1, value=self.source, remedy=remedy))
            return value.numerator, value.denominator

        return quantity

    def operation(self, node: Node, parts: list[Callable[[Values], Pair]]) -> Callable[[Values], Pair]:
        match node.op:
            case "+":
                return _sum(parts)
            case "*" | "of":
                return _product(parts)
            case "min" | "max":
                return _extreme(parts, lt if node.op == "min" else gt)
        inner = parts[0]
        match node.op:
            case "negative":
                return lambda values: (-(p := inner(values))[0], p[1])
            case "abs":
                return lambda values: (abs((p := inner(values))[0]), p[1])
            case "floor":
                return lambda values: ((p := inner(values))[0] // p[1], 1)
            case "ceil":
                return lambda values: (-(-(p := inner(values))[0] // p[1]), 1)
            case "inverse":
                return self.inverse(node, inner)
        return self.root(node, inner)

    def inverse(self, node: Node, inner: Callable[[Values], Pair]) -> Callable[[Values], Pair]:
        def inverse(values: Values) -> Pair:
            a, b = inner(values)
            if a == 0:
                raise self.wrong(node, "{} is zero, and nothing can be divided by it")
            return (b, a) if a > 0 else (-b, -a)

        return inverse

    def root(self, node: Node, inner: Callable[[Values], Pair]) -> Callable[[Values], Pair]:
        def root(values: Values) -> Pair:
            a, b = inner(values)
            if a < 0:
                raise self.wrong(node, "{} is the root of a number below zero")
            return sqrt_exact(Fraction(a, b)).as_integer_ratio()

        return root


def _sum(parts: list[Callable[[Values], Pair]]) -> Callable[[Values], Pair]:
    first, *rest = parts

    def addition(values: Values) -> Pair:
        a, b = first(values)
        for part in rest:
            c, d = part(values)
            a, b = (a + c, b) if b == d else (a * d + c * b, b * d)
        return a, b

    return addition


def _product(parts: list[Callable[[Values], Pair]]) -> Callable[[Values], Pair]:
    first, *rest = parts

    def multiplication(values: Values) -> Pair:
        a, b = first(values)
        for part in rest:
            c, d = part(values)
            a *= c
            b *= d
        return a, b

    return multiplication


def _extreme(parts: list[Callable[[Values], Pair]], better: Callable[[int, int], bool]) -> Callable[[Values], Pair]:
    first, *rest = parts

    def extreme(values: Values) -> Pair:
        a, b = first(values)
        for part in rest:
            c, d = part(values)
            if better(c * b, a * d):
                a, b = c, d
        return a, b

    return extreme
