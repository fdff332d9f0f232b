"""Slips of the pen and the keys, and letters that a machine takes for others.

The tables are judgements: neighbours on an American keyboard, spellings that sound alike, letters that look alike in
handwriting.
"""

from __future__ import annotations

from math import log1p

from referenda.synth.draws import Dice
from referenda.synth.names import unmarked

KEYS = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "ko", "m": "n", "n": "bm", "o": "ipl", "p": "o", "q": "wa", "r": "etf", "s":
    "adw", "t": "ryg", "u": "yij", "v": "cb", "w": "qes", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip
SOUNDS = (("ph", "f"), ("ie", "ei"), ("ck", "k"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("ss", "s"), ("rr", "r"),
          ("y", "ie"), ("ie", "y"), ("k", "c"), ("c", "k"), ("z", "s"), ("s", "z"), ("ea", "ee"), ("son", "sen"),
          ("sen", "son"), ("ey", "y"), ("ai", "ay"), ("e", ""), ("h", ""))  # fmt: skip
# What a machine makes of handwriting: a letter or two, and the readings it may take for them.
LOOKS = {
    "a": "oue", "b": "hl6", "c": "eo", "d": "a", "e": "cal", "f": "tl", "g": "qy9", "h": "nbk", "i": "jl1", "j":
    "iy", "k": "hx", "l": "i1t", "m": "nw", "n": "murh", "o": "ac0", "p": "yn", "q": "g9", "r": "vnm", "s":
    "5e", "t": "fl+", "u": "vna", "v": "ur", "w": "mu", "x": "k", "y": "gvj", "z": "2s", "0": "O6", "1": "7lI",
    "2": "Z7", "3": "85", "4": "9A", "5": "S3", "6": "0b", "7": "1", "8": "3B", "9": "4g", "A": "HR", "B": "8R",
    "C": "GO", "D": "OP", "E": "FL", "F": "EP", "G": "C6", "H": "NA", "I": "1l", "J": "I", "K": "X", "L": "I",
    "M": "N", "N": "MH", "O": "0D", "P": "FD", "Q": "O", "R": "KA", "S": "5", "T": "I7", "U": "VO", "V": "U",
    "W": "M", "X": "K", "Y": "V", "Z": "2",
}  # fmt: skip
PAIRS = {"rn": "m", "cl": "d", "vv": "w", "nn": "m", "ri": "n", "li": "h"}
DIGITS = "0123456789"


def slip(word: str, dice: Dice, *, vowels: bool = True) -> str:
    """Make one slip in a word: a letter beside the key, left out, doubled, swapped with the next, or spelled by ear."""
    if len(word) < 2:
        return word + dice.one_of("aeinrst")
    kind = dice.below(10)
    at = dice.below(len(word) - 1)
    if dice.share() < 0.75 and len(word) > 2:
        at = 1 + dice.below(len(word) - 2)  # the first letter is seldom wrong
    letter = word[at]
    if kind < 3:
        new = dice.one_of(KEYS.get(letter.lower(), "e"))
        return f"{word[:at]}{new.upper() if letter.isupper() else new}{word[at + 1 :]}"
    if kind < 5:
        return word[:at] + word[at + 1 :]
    if kind == 5:
        return word[:at] + letter + word[at:]
    if kind == 6 and word[at + 1] != letter:
        return f"{word[:at]}{word[at + 1]}{letter}{word[at + 2 :]}"
    low = word.lower()
    ways = [(old, new) for old, new in SOUNDS if old in low[1:]]
    if ways:
        old, new = ways[dice.below(len(ways))]
        place = low.index(old, 1)
        return word[:place] + new + word[place + len(old) :]
    return f"{word[:at]}{'e' if letter != 'e' else 'a'}{word[at + 1 :]}"


def misread(text: str, dice: Dice, share: float) -> str:
    """Read handwriting by machine: each letter with this chance taken for another, dropped or run together."""
    if share < 1e-9 or not text:
        return text
    step = log1p(-min(share, 0.9))
    at = int(log1p(-dice.share()) / step)
    if at >= len(text):
        return text
    letters = list(text)
    while at < len(letters):
        letter, pair = letters[at], text[at : at + 2].lower()
        kind = dice.below(20)
        if not letter:
            pass  # run together with the letter before
        elif letter == " ":
            letters[at] = "" if kind < 6 else "." if kind < 8 else " "
        elif kind < 13 and pair in PAIRS and at + 1 < len(letters):
            letters[at], letters[at + 1] = PAIRS[pair], ""
        elif kind < 16:
            letters[at] = dice.one_of(LOOKS.get(letter, LOOKS.get(unmarked(letter), letter)))
        elif kind < 18:
            letters[at] = ""
        else:
            letters[at] = letter + dice.one_of(".,'il-")
        at += 1 + int(log1p(-dice.share()) / step)
    return "".join(letters)


def wrong_digits(text: str, dice: Dice) -> str:
    """Get a number wrong: a digit replaced, left out or doubled, or two swapped."""
    if not text:
        return text
    at = dice.below(len(text))
    kind = dice.below(10)
    if kind < 6 or len(text) == 1:
        return text[:at] + dice.one_of(DIGITS.replace(text[at], "") if text[at].isdigit() else "ABCD") + text[at + 1 :]
    if kind == 6:
        return text[:at] + text[at + 1 :]
    if kind == 7:
        return text[:at] + text[at] + text[at:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
