"""A measure's text against the law it changes, or against an earlier version: what is struck and what is added.

Texts are compared line by line and then, where lines differ, word by word (`difflib`). Spaces and line ends part words
and mean nothing else. Struck and added words are told apart by marks and by decoration, never by colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from html import escape
from typing import Literal

from referenda.errors import Fault, InputError, UndeterminedError
from referenda.petitions.case import TextVersion

LAW = "law"

Change = Literal["same", "struck", "added"]
_MARKS: dict[Change, str] = {"same": "{}", "struck": "[-{}-]", "added": "{{+{}+}}"}

_WORD = re.compile(r"(?:\w+(?:['’.-]\w+)*|[^\w\s])\s*|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Segment:
    """A run of words that stayed, were struck or were added."""

    change: Change
    text: str


@dataclass(frozen=True)
class Redline:
    """One text against another, under a heading."""

    heading: str
    segments: tuple[Segment, ...]
    standing: str

    def marked(self) -> Iterator[tuple[str, Change]]:
        """Give its pieces with marks, `[-struck-]` and `{+added+}`, each with what it is."""
        following = [segment.change for segment in self.segments[1:]] + ["same"]
        for segment, after in zip(self.segments, following, strict=False):
            words = segment.text.rstrip()
            # The space after struck words that others replace would stand there twice.
            space = "" if segment.change == "struck" and after == "added" else segment.text[len(words) :]
            yield (_MARKS[segment.change].format(words) if words else "") + space, segment.change

    @property
    def words(self) -> str:
        """Write it with marks."""
        return "".join(piece for piece, _ in self.marked())

    def as_dict(self) -> dict[str, object]:
        """Give it as JSON."""
        segments = [{"change": s.change, "text": s.text} for s in self.segments]
        return {"heading": self.heading, "standing": self.standing, "segments": segments}


def compare(before: str, after: str) -> tuple[Segment, ...]:
    """Compare two texts.

    Examples
    --------
    >>> [(s.change, s.text) for s in compare("one of five parts", "one of seven parts")]
    [('same', 'one of '), ('struck', 'five '), ('added', 'seven '), ('same', 'parts')]
    """
    segments: list[Segment] = []
    for old, new in _blocks(_LINE.findall(before), _LINE.findall(after)):
        for struck, added in _blocks(_WORD.findall("".join(old)), _WORD.findall("".join(new))):
            if _same(struck, added):
                # Of the spaces after the run the longer one, so that words struck or added next stay apart from it.
                text, spaces = "".join(added).rstrip(), (_end("".join(struck)), _end("".join(added)))
                _grow(segments, Segment("same", text + max(spaces, key=len)))
            else:
                _grow(segments, Segment("struck", "".join(struck)))
                _grow(segments, Segment("added", "".join(added)))
    return tuple(segments)


def redline_versions(texts: Sequence[TextVersion], before: str, after: str) -> list[Redline]:
    """Set one version of a measure's text against another, or against the law in force.

    Parameters
    ----------
    texts
        The versions of the measure, in order.
    before, after
        Names of versions; `before` may be `law`, the provisions in force that the measure changes.

    Raises
    ------
    InputError
        There is no version of this name.
    UndeterminedError
        The words of a version are not at hand.
    """
    new = _version(texts, after)
    if before == LAW:
        _require_words(new, provisions=True)
        return [Redline(c.provision, compare(c.law, c.proposed), new.standing) for c in new.changes]
    old = _version(texts, before)
    for text in (old, new):
        _require_words(text)
    standing = "verbatim" if old.standing == new.standing == "verbatim" else "paraphrase"
    found = []
    if old.text is not None and new.text is not None:
        found.append(Redline("Text of the measure", compare(old.text, new.text), standing))
    proposed = {c.provision: c.proposed for c in new.changes}
    earlier = {c.provision: c.proposed for c in old.changes}
    for provision in dict.fromkeys((*earlier, *proposed)):
        segments = compare(earlier.get(provision, ""), proposed.get(provision, ""))
        found.append(Redline(provision, segments, standing))
    return found


def page(title: str, redlines: Iterable[Redline]) -> str:
    """Write redlines as one HTML page that needs nothing else; struck words are crossed out, added ones underlined."""
    sections = "\n".join(
        f"<section><h2>{escape(r.heading)}</h2>{_note(r)}"
        f"<p class='text'>{''.join(map(_html, r.segments))}</p></section>"
        for r in redlines
    )
    return _PAGE.format(title=escape(title), sections=sections)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.6 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
body {{ color: #1a1a1a; background: #fff }}
h1, h2 {{ font-family: system-ui, sans-serif; line-height: 1.25 }}
h1 {{ font-size: 1.6rem }}
h2 {{ font-size: 1.2rem }}
.text {{ white-space: pre-wrap }}
del {{ color: #8c1515; background: #fdeceb; text-decoration: line-through }}
ins {{ color: #0b4f26; background: #e7f5ea; text-decoration: underline; text-decoration-thickness: 2px }}
.spoken {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }}
.note {{ color: #444; font-size: 0.95rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="note">Words that are <del>struck</del> are crossed out; words that are <ins>added</ins> are underlined.</p>
{sections}
</main>
</body>
</html>
"""


def _note(redline: Redline) -> str:
    if redline.standing == "verbatim":
        return ""
    return "<p class='note'>In our own words: a paraphrase, not the filed text.</p>"


def _html(segment: Segment) -> str:
    tag = {"struck": "del", "added": "ins"}.get(segment.change)
    text = escape(segment.text)
    if tag is None:
        return text
    spoken = "<span class='spoken'>[{}] </span>"
    return f"<{tag}>{spoken.format(segment.change)}{text}{spoken.format('end ' + segment.change)}</{tag}>"


def _same(old: Sequence[str], new: Sequence[str]) -> bool:
    return [word.strip() for word in old] == [word.strip() for word in new]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Cut two sequences into pairs of runs, equal (but for spaces) and unequal in turn."""
    matcher = SequenceMatcher(None, [_key(o) for o in old], [_key(n) for n in new], autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        yield old[a:b], new[c:d]


def _key(text: str) -> str:
    return " ".join(text.split())


def _end(text: str) -> str:
    """Give the spaces at the end of a text."""
    return text[len(text.rstrip()) :]


def _grow(segments: list[Segment], segment: Segment) -> None:
    """Add a segment, joined to the last one when both are alike."""
    if not segment.text:
        return
    if segments and segments[-1].change == segment.change:
        segment = Segment(segment.change, segments.pop().text + segment.text)
    segments.append(segment)


def _version(texts: Sequence[TextVersion], name: str) -> TextVersion:
    found = next((text for text in texts if text.name == name), None)
    if found is not None:
        return found
    known = [text.name for text in texts]
    near = get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join([LAW, *known])}."
    raise InputError(Fault("no version of the measure's text has this name", value=name, remedy=remedy))


def _require_words(text: TextVersion, *, provisions: bool = False) -> None:
    if text.standing == "not_at_hand" or (provisions and not text.changes):
        what = "what it does to the law in force" if provisions else "its text"
        raise UndeterminedError(
            Fault(f"of version {text.name}, {what} is not recorded", remedy="Record it with `text` or `changes`.")
        )
