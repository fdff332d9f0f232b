"""The command line itself: what no command understands is refused like any other bad input."""

from __future__ import annotations

import json
from typing import Any

import pytest

from referenda.cli.app import app
from referenda.cli.usage import run


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as left:
        run(app, words)
    said = capsys.readouterr()
    return left.value.code, said.out, said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lawx",), "no such command 'lawx'. Did you mean 'law'?"),
        (("law", "places", "more"), "extra argument"),
        (("vote", "decide", "--rule", "yes > no", "--yse", "4"), "--yse: there is no such option. Did you mean --yes?"),
        (("vote", "decide", "--rule"), "--rule"),
        (("petition", "sample-size", "us/ca"), "RAW_COUNT is missing. Signatures that the county received."),
        (("vote", "decide"), "--rule is missing. The rule, such as"),
    ],
)
def test_what_cannot_be_understood_is_one_message_with_code_2_and_stands_in_the_json(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, out, err = typed(capsys, *words)
    assert (code, out, err.count("error: ")) == (2, "", 1)
    assert said in err
    if words[-1] == "--rule":
        return
    code, out, _ = typed(capsys, *words, "--json")
    assert code == 2
    (fault,) = json.loads(out)["error"]["faults"]
    assert fault["remedy"]


def test_everything_that_is_missing_is_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed(capsys, "petition", "project", "us/ca")
    assert code == 2
    assert [line.split(" is missing")[0] for line in err.splitlines()] == [
        "error: COUNTIES.csv",
        "error: --requirement",
    ]


@pytest.mark.parametrize("again", [("--yes", "4"), ("--yes=4",), ("--yes", "3")])
def test_an_option_that_has_one_value_is_refused_when_it_is_given_twice(
    capsys: pytest.CaptureFixture[str], again: tuple[str, ...]
) -> None:
    code, out, err = typed(capsys, "vote", "decide", "--rule", "yes > no", "--yes", "3", "--no", "1", *again)
    assert (code, out) == (2, "")
    assert err.startswith("error: --yes: this is given twice, as 3 too")


def test_an_option_that_may_be_repeated_and_a_value_that_looks_like_an_option_are_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = typed(capsys, "vote", "conflict", "--measure", "a=5:4", "--measure", "b=6:3")
    assert code == 0
    assert "b prevails" in out
    events = ("--event", "official_summary_date=2020-09-09")
    code, _, err = typed(capsys, "law", "calendar", "us/ca", "statute", *events, "--title", "--title", "--json")
    assert (code, err) == (0, "")


def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(capsys, "--version")[0] == 0
    assert "Usage" in typed(capsys, "vote", "--help")[1]
    assert typed(capsys, "vote")[0] == 2
