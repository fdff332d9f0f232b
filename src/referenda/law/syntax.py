"""Reading the rule language: from text to a checked tree.

Knows the grammar of `docs/reference/rule-language.md` and where in the text each part stands, so that a fault points
to its character. Numbers and truths are told apart here, before any number is known. Evaluation lives in
`expressions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from referenda.errors import Fault, InputError
from referenda.law.tokens import COMPARISONS, FUNCTIONS, Token, function_meant, tokens_of, word_meant

Kind = Literal["number", "truth"]
MAX_CHARACTERS = 4000
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Node:
    """One part of a checked tree: an operator (or `number`, `name`), its parts, and its place in the text."""

    op: str
    kind: Kind
    start: int
    end: int
    parts: tuple[Node, ...] = ()
    value: Fraction = Fraction(0)
    name: str = ""

    def text(self, source: str) -> str:
        """Give this part as its author wrote it, with single spaces."""
        return " ".join(source[self.start : self.end].split())

    def names(self) -> frozenset[str]:
        """Give every name in this part."""
        found: set[str] = {self.name} if self.op == "name" else set()
        for part in self.parts:
            found |= part.names()
        return frozenset(found)

    def comparisons(self) -> list[Node]:
        """Give the comparisons in this part, left to right; one that stands inside another comes before it."""
        found = [inner for part in self.parts for inner in part.comparisons()]
        return [*found, self] if self.op in COMPARISONS else found


def read_tree(text: str, *, names: Collection[str] | None, what: str) -> Node:
    """Read a rule into a checked tree; see `expressions.parse`.

    Raises
    ------
    InputError
        With the character (`Fault.column`, from 1) of the first fault of grammar, or of every unknown name and
        every number that stands where a truth belongs, or the other way round.
    """
    if len(text) > MAX_CHARACTERS:
        problem = f"the {what} has {len(text):,} characters, and at most {MAX_CHARACTERS:,} are read"
        raise InputError(Fault(problem, column=MAX_CHARACTERS + 1, value=text[:60] + "…", remedy="Write it shorter."))
    return _Parser(text, names, what).read()


class _Parser:
    """Recursive descent over the tokens; one method for each line of the grammar."""

    def __init__(self, text: str, names: Collection[str] | None, what: str) -> None:
        self.text, self.names, self.what = text, names, what
        self.faults: list[Fault] = []
        self.depth = 0
        self.position = 0
        self.tokens = tokens_of(text, what)

    # faults

    def fault(self, start: int, message: str, remedy: str) -> Fault:
        return Fault(message, column=start + 1, value=self.text, remedy=remedy)

    def refusal(self, start: int, message: str, remedy: str) -> InputError:
        return InputError(*self.faults, self.fault(start, message, remedy))

    def slice(self, node: Node) -> str:
        return node.text(self.text)

    # tokens

    @property
    def here(self) -> Token:
        return self.tokens[self.position]

    def take(self, *texts: str) -> Token | None:
        token = self.here
        if token.text in texts and token.kind in ("sign", "word"):
            self.position += 1
            return token
        return None

    def unexpected(self, wanted: str) -> InputError:
        token = self.here
        before = self.tokens[self.position - 1] if self.position else None
        if token.kind == "end" and before is None:
            return self.refusal(token.start, f"the {self.what} is empty", "Write one.")
        if token.kind == "end":
            message = f"the {self.what} ends where {wanted} is missing"
            return self.refusal(token.start, message, "Add it, as in yes > no.")
        raw = self.text[token.start : token.end]
        if raw == ")" and self.depth == 0:
            return self.refusal(token.start, "this bracket was never opened", "Leave it out, or open one with (.")
        remedy = f"Put it there, or take {raw!r} out."
        if raw == "," and before and before.kind == "number":
            remedy = "Write numbers without commas: 5000, not 5,000."
        elif token.kind == "name" and (meant := word_meant(raw, self.names or ())) and meant != raw:
            remedy = f"Did you mean {meant}?"
        return self.refusal(token.start, f"{raw!r} stands where {wanted} is expected", remedy)

    # kinds

    def need(self, node: Node, kind: Kind, place: str) -> Node:
        if node.kind != kind:
            is_a, want = ("a number", "a condition") if kind == "truth" else ("a condition", "a number")
            remedy = "Compare it with something, as in yes > no." if kind == "truth" else "Use if(condition, 1, 0)."
            message = f"`{self.slice(node)}` is {is_a}, but {place} needs {want}"
            self.faults.append(self.fault(node.start, message, remedy))
            return replace(node, kind=kind)
        return node

    def deeper(self, start: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.refusal(start, f"the {self.what} is nested deeper than {MAX_DEPTH}", "Write it flatter.")

    # the grammar, line by line

    def read(self) -> Node:
        tree = self.rule()
        if self.here.kind != "end":
            closes = self.here.text == ")"
            raise self.unexpected(
                "the end (there is no opening bracket for it)" if closes else "an operator or the end"
            )
        if self.faults:
            raise InputError(*self.faults)
        return tree

    def rule(self) -> Node:
        return self.joined("or", self.conjunction)

    def conjunction(self) -> Node:
        return self.joined("and", self.negation)

    def joined(self, word: str, part: Callable[[], Node]) -> Node:
        nodes = [part()]
        while self.take(word):
            nodes.append(part())
        if len(nodes) == 1:
            return nodes[0]
        parts = tuple(self.need(node, "truth", f"`{word}`") for node in nodes)
        return Node(word, "truth", parts[0].start, parts[-1].end, parts)

    def negation(self) -> Node:
        if word := self.take("not"):
            self.deeper(word.start)
            inner = self.need(self.negation(), "truth", "`not`")
            self.depth -= 1
            return Node("not", "truth", word.start, inner.end, (inner,))
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        if not (sign := self.take(*COMPARISONS)):
            return left
        right = self.sum()
        if self.here.text in COMPARISONS:
            second = self.here
            self.position += 1
            middle = self.slice(right)
            remedy = (
                f"Write {self.slice(left)} {sign.text} {middle} and {middle} {second.text} {self.slice(self.sum())}."
            )
            raise self.refusal(second.start, "a comparison does not chain", remedy)
        parts = tuple(self.need(node, "number", f"`{sign.text}`") for node in (left, right))
        return Node(sign.text, "truth", left.start, right.end, parts)

    def sum(self) -> Node:
        nodes = [self.share()]
        while sign := self.take("+", "-"):
            node = self.share()
            if sign.text == "-":
                node = Node("negative", "number", sign.start, node.end, (self.need(node, "number", "`-`"),))
            nodes.append(node)
        return self.arithmetic("+", nodes)

    def share(self) -> Node:
        nodes = [self.product()]
        while self.take("of"):
            nodes.append(self.product())
        return self.arithmetic("of", nodes)

    def product(self) -> Node:
        nodes = [self.unary()]
        while sign := self.take("*", "/"):
            node = self.unary()
            if sign.text == "/":
                node = Node("inverse", "number", node.start, node.end, (self.need(node, "number", "`/`"),))
            nodes.append(node)
        return self.arithmetic("*", nodes)

    def arithmetic(self, op: str, nodes: list[Node]) -> Node:
        if len(nodes) == 1:
            return nodes[0]
        parts = tuple(self.need(node, "number", f"`{op}`") for node in nodes)
        return Node(op, "number", parts[0].start, parts[-1].end, parts)

    def unary(self) -> Node:
        if sign := self.take("-"):
            self.deeper(sign.start)
            inner = self.need(self.unary(), "number", "`-`")
            self.depth -= 1
            return Node("negative", "number", sign.start, inner.end, (inner,))
        return self.primary()

    def primary(self) -> Node:
        token = self.here
        if token.kind == "number":
            self.position += 1
            percent = self.take("%")
            value = Fraction(token.text) / (100 if percent else 1)
            return Node("number", "number", token.start, (percent or token).end, value=value)
        if token.kind == "name":
            return self.quantity()
        if token.kind == "function":
            return self.function()
        if self.take("("):
            self.deeper(token.start)
            inner = self.rule()
            end = self.close(token)
            self.depth -= 1
            return replace(inner, start=token.start, end=end)
        raise self.unexpected("a number or a name")

    def close(self, opened: Token) -> int:
        if token := self.take(")"):
            return token.end
        if self.here.kind == "end":
            raise self.refusal(opened.start, "this bracket is never closed", "Close it with ).")
        raise self.unexpected("an operator or a closing bracket")

    def quantity(self) -> Node:
        token = self.here
        following = self.tokens[self.position + 1]
        if following.text == "(" and following.kind == "sign":
            meant = function_meant(token.text)
            remedy = f"Did you mean {meant}?" if meant else f"There are {', '.join(FUNCTIONS)}."
            raise self.refusal(token.start, f"`{token.text}` is not a function", remedy)
        self.position += 1
        name = token.text
        if self.names is not None and name not in self.names:
            meant = word_meant(name, self.names)
            known = ", ".join(sorted(self.names))
            remedy = f"Did you mean {meant}?" if meant else f"There are {known}."
            self.faults.append(self.fault(token.start, f"`{name}` is not a quantity of this {self.what}", remedy))
        elif name != name.lower():
            self.faults.append(self.fault(token.start, f"`{name}` has capital letters", f"Write {name.lower()}."))
        return Node("name", "number", token.start, token.end, name=name)

    def function(self) -> Node:
        token = self.here
        self.position += 1
        opened = self.here
        if not self.take("("):
            raise self.unexpected(f"the opening bracket of `{token.text}`")
        self.deeper(opened.start)
        nodes = [self.rule()]
        while self.take(","):
            nodes.append(self.rule())
        end = self.close(opened)
        self.depth -= 1
        wanted = FUNCTIONS[token.text]
        if wanted is not None and len(nodes) != wanted:
            message = f"`{token.text}` takes {wanted} argument(s), and {len(nodes)} are given"
            form = "if(condition, value, other value)" if token.text == "if" else f"{token.text}(value)"
            raise self.refusal(token.start, message, f"Write {form}.")
        if token.text == "if":
            test = self.need(nodes[0], "truth", "the first argument of `if`")
            other = self.need(nodes[2], nodes[1].kind, "the last argument of `if`")
            return Node("if", nodes[1].kind, token.start, end, (test, nodes[1], other))
        parts = tuple(self.need(node, "number", f"`{token.text}`") for node in nodes)
        return Node(token.text, "number", token.start, end, parts)
