"""How a chance is said to people: never more finely than the draws behind it allow, and never as 0 or 100 percent.

A forecast is an average over draws. With few of them its last digits are noise, so a chance is said in hundredths,
twentieths or tenths, whichever its sampling error (at most 1 / (2 sqrt(draws))) does not blur. What no draw did may
still happen: the ends are said as "less than 1 in 100" and "more than 99 in 100". Natural frequencies follow
Gigerenzer and Hoffrage (1995); the words of likelihood are those of the IPCC's guidance note on uncertainty
(Mastrandrea and others, 2010, table 1).
"""

from __future__ import annotations

from math import ceil, log10

from referenda.errors import Fault, InputError

SCALES = (100, 20, 10)
_SMALL = ((0.015, 100), (0.03, 50), (0.075, 20))
_LIKELIHOODS = (
    (0.01, "exceptionally unlikely"),
    (0.1, "very unlikely"),
    (1 / 3, "unlikely"),
    (2 / 3, "about as likely as not"),
    (0.9, "likely"),
    (0.99, "very likely"),
)


def resolution(draws: int) -> int:
    """Give the number of parts of one that so many draws tell apart: 100, 20 or 10.

    The standard error of a chance is at most 1 / (2 sqrt(draws)); the finest scale is taken whose half step is not
    smaller: 2,500 draws for hundredths, 100 for twentieths.
    """
    return next((parts for parts in SCALES if draws >= parts * parts / 4), SCALES[-1])


def frequency(chance: float, draws: int) -> str:
    """Say a chance as a natural frequency, such as "31 in 100".

    Parameters
    ----------
    chance
        In [0, 1].
    draws
        The draws it is an average of; 2,500 or more for hundredths.

    Raises
    ------
    InputError
        The chance lies outside [0, 1], or is no number.
    """
    parts = resolution(draws)
    chance = _checked(chance)
    if chance < 1 / parts:
        return f"less than 1 in {parts}"
    if chance > 1 - 1 / parts:
        return f"more than {parts - 1} in {parts}"
    return f"{round(chance * parts)} in {parts}"


def percent(chance: float, draws: int) -> str:
    """Say a chance in percent, such as "31 %", and its ends as "< 1 %" and "> 99 %"; see `frequency`."""
    parts = resolution(draws)
    step = 100 // parts
    chance = _checked(chance)
    if chance < 1 / parts:
        return f"< {step} %"
    if chance > 1 - 1 / parts:
        return f"> {100 - step} %"
    return f"{step * round(chance * parts)} %"


def spoken(chance: float, draws: int) -> str:
    """Say a chance as one says it aloud: "about 3 in 10", "about 19 in 20", "less than 1 in 100"; see `frequency`."""
    parts = resolution(draws)
    chance = _checked(chance)
    if chance < 1 / parts or chance > 1 - 1 / parts:
        return frequency(chance, draws)
    rare = min(chance, 1 - chance)
    of = next((size for limit, size in _SMALL if rare < limit), 10)
    return f"about {round(chance * of)} in {of}"


def likelihood(chance: float) -> str:
    """Give the word for a chance, such as "likely" (over two thirds, up to nine tenths).

    Raises
    ------
    InputError
        The chance lies outside [0, 1], or is no number.
    """
    chance = _checked(chance)
    return next((words for limit, words in _LIKELIHOODS if chance <= limit), "virtually certain")


def sentence(what: str, chance: float, draws: int) -> str:
    """Answer in one sentence: "It is unlikely that WHAT: the chance is about 2 in 10 (21 in 100)."."""
    aloud, exact = spoken(chance, draws), frequency(chance, draws)
    also = "" if aloud.removeprefix("about ") == exact else f" ({exact})"
    return f"It is {likelihood(chance)} that {what}: the chance is {aloud}{also}."


def rough(count: float, *, up: bool = False) -> str:
    """Say a count from draws with three significant digits, as its last digits are noise: 584,731 is "585,000".

    With `up` it is never said too low, as where so many are to be filed.
    """
    step = 10 ** max(int(log10(max(abs(count), 1))) - 2, 0)
    return f"{(ceil(count / step) if up else round(count / step)) * step:,}"


def quantile_words(level: float) -> str:
    """Say a quantile by what lies beyond it: 0.05 is "1 in 20 lower", 0.5 "the middle", 0.9 "1 in 10 higher"."""
    if abs(level - 0.5) < 1e-9:
        return "the middle"
    beyond, side = (level, "lower") if level < 0.5 else (1 - level, "higher")
    return f"1 in {round(1 / beyond)} {side}"


def _checked(chance: float) -> float:
    if not 0 <= chance <= 1:
        raise InputError(Fault("a chance lies between 0 and 1", value=f"{chance}"))
    return float(chance)
