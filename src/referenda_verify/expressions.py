"""The rule language (`rule-language.md`), read into tuples and computed in exact fractions.

The tuples: `("number", n)`, `("name", n)`, `("call", function, *x)`, `("compare", operator, left, right)` and
`("chain", x, (operator, x), …)`, whose operators apply from left to right. Reading tells numbers from truths.
"""

import math
import operator as op
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

from referenda_verify.report import need

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|>=|<=|!=|==|[^ \t\r\n]")
_COMPARE = dict(zip(("<", "<=", ">", ">=", "=", "!="), (op.lt, op.le, op.gt, op.ge, op.eq, op.ne), strict=True))
_COMPUTE = {"+": op.add, "-": op.sub, "of": op.mul, "*": op.mul, "/": op.truediv}
_POWER = {"or": 1, "and": 2, **dict.fromkeys(_COMPARE, 4), "+": 5, "-": 5, "of": 6, "*": 7, "/": 7}
_BEFORE = {"not": (3, "truth"), "-": (8, "number")}  # power and kind of what follows
_ARGUMENTS = {"ceil": 1, "floor": 1, "abs": 1, "sqrt": 1, "if": 3, "min": None, "max": None}
_SAME = {"≥": ">=", "≤": "<=", "==": "=", **{word: word for word in ("and", "or", "not", "of", *_ARGUMENTS)}}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *x: min(x), "max": lambda *x: max(x), "ceil": math.ceil, "floor": math.floor,
    "abs": abs, "sqrt": lambda x: Fraction(math.isqrt(x.numerator * 10**60 // x.denominator), 10**30),
    "not": op.not_, "-": op.neg,
}  # fmt: skip


@lru_cache(maxsize=1024)
def parse(text: str, kind: str) -> Any:
    """Read an expression that must be of a kind, `number` or `truth`."""
    need(len(text) <= 4000, "a rule is longer than 4,000 characters")
    reader = _Reader(text)
    node = reader.expression(1, kind)[0]
    reader.take("")
    return node


class _Reader:
    """Read a rule from left to right by the power of its operators: the higher binds tighter."""

    def __init__(self, text: str) -> None:
        words = [(_SAME.get(found[0].lower(), found[0]), found.start()) for found in _TOKEN.finditer(text)]
        self.tokens = [*words, ("", len(text))]  # each word or sign with its place; "" at the end
        self.text, self.next, self.depth = text, 0, 0

    @property
    def token(self) -> str:
        return self.tokens[self.next][0]

    def need(self, holds: object, message: str) -> None:
        need(holds, f"character {self.tokens[self.next][1] + 1} of the rule: {message}", self.text)

    def take(self, token: str) -> None:
        self.need(self.token == token, f"{token or 'the end'!r} is missing")
        self.next += 1

    def expression(self, least: int, wanted: str | None = None) -> tuple[Any, str]:
        """Read units joined by operators of at least so high a power; give what was read and its kind, as wanted."""
        node, kind = self.unit()
        while (power := _POWER.get(self.token, 0)) >= least:
            sign, needed = self.token, "truth" if power < 3 else "number"
            self.need(kind == needed, f"{sign!r} needs a {needed} on its left")
            self.next += 1
            right = self.expression(power + 1, needed)[0]
            if sign in _COMPARE:
                node, kind = ("compare", sign, node, right), "truth"
            else:  # the left is whole already, so a chain there goes on
                node = (*(node if node[0] == "chain" else ("chain", node)), (sign, right))
        self.need(wanted in (None, kind), f"a {wanted} is needed, and what ends here is a {kind}")
        return node, kind

    def unit(self) -> tuple[Any, str]:
        """Read a number, a name, a bracket, a sign with its operand or a function with its arguments."""
        token = self.token
        known = re.match("[-(0-9A-Za-z_]", token) and token not in ("and", "or", "of") and token == token.lower()
        self.need(known and len(token) <= 1000, "a number, a name in lower case or a bracket is missing")
        self.next += 1
        if token[0].isdigit():
            percent = self.token == "%"
            self.next += percent
            return ("number", Fraction(token) / (100 if percent else 1)), "number"
        if token not in {"-", "(", *_SAME}:
            return ("name", token), "number"
        self.depth += 1
        self.need(self.depth <= 50, "the rule is nested deeper than 50")
        if token in _BEFORE:
            node, kind = self.expression(*_BEFORE[token])
            read = ("call", token, node), kind
        else:
            read = self.expression(1) if token == "(" else self.call(token)
            self.take(")")
        self.depth -= 1
        return read

    def call(self, function: str) -> tuple[Any, str]:
        """Read arguments: numbers, but `if` takes a truth and two of one kind, which is its own."""
        self.take("(")
        arguments = [self.expression(1)]
        while self.token == ",":
            self.next += 1
            arguments.append(self.expression(1))
        kinds = [kind for _, kind in arguments]
        kind = kinds[-1] if function == "if" else "number"
        needed = ["truth", kind, kind] if function == "if" else ["number"] * (_ARGUMENTS[function] or len(kinds))
        self.need(kinds == needed, f"{function} takes other arguments: {', '.join(needed)}")
        return ("call", function, *(node for node, _ in arguments)), kind


def evaluate(node: Any, values: Callable[[str], Fraction]) -> Any:
    """Compute what was read, a fraction or a truth; only what is needed is computed."""
    match node:
        case ("number", value):
            return value
        case ("name", name):
            return values(name)
        case ("compare", sign, left, right):
            return _COMPARE[sign](evaluate(left, values), evaluate(right, values))
        case ("call", "if", condition, yes, no):
            return evaluate(yes if evaluate(condition, values) else no, values)
        case ("call", name, *arguments):
            numbers = [evaluate(argument, values) for argument in arguments]
            need(name != "sqrt" or numbers[0] >= 0, "the rule takes the square root of a negative number")
            return bounded(_FUNCTIONS[name](*numbers))
    value = evaluate(node[1], values)
    for sign, operand in node[2:]:
        if sign in ("and", "or"):
            value = evaluate(operand, values) if value == (sign == "and") else value
        else:
            right = evaluate(operand, values)
            need(sign != "/" or right != 0, "the rule divides by zero")
            value = bounded(_COMPUTE[sign](value, right))
    return value


def bounded(value: Any) -> Any:
    """Refuse a number that has grown beyond any use."""
    need(max(abs(value.numerator), value.denominator) < 10**4000, "a number has more than 4,000 digits")
    return value if isinstance(value, bool) else Fraction(value)


def nodes(node: Any) -> Iterator[Any]:
    """List all that was read by the place where it ends, the inner before the outer."""
    if isinstance(node, tuple):
        for inner in node:
            yield from nodes(inner)
        yield node
