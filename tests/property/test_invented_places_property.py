"""What holds for every invented place and every hand, whatever the seed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from referenda.synth.draws import Dice, Draws, Wheel
from referenda.synth.names import unmarked
from referenda.synth.parameters import CHANNELS, read_parameters
from referenda.synth.place import make_place
from referenda.synth.script import REASONS
from referenda.synth.slips import misread, slip
from referenda.synth.voters import voter_ids
from referenda.synth.writing import Pen, Signer, natural

SEEDS = st.integers(-(2**70), 2**70)
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=30)


@given(WORDS, st.integers(0, 2**64 - 1))
def test_a_slip_leaves_a_text_and_touches_at_most_two_letters_length(word: str, state: int) -> None:
    slipped = slip(word, Dice(state))
    assert abs(len(slipped) - len(word)) <= 2
    if len(word) > 2 and word.isascii() and word.isalpha() and word.islower():
        assert slipped != word


@given(WORDS, st.integers(0, 2**64 - 1), st.floats(0, 1))
def test_a_machine_reads_every_text_at_every_rate(text: str, state: int, share: float) -> None:
    assert len(misread(text, Dice(state), share)) <= 2 * len(text)
    assert misread(text, Dice(state), 0.0) == text


@given(WORDS)
def test_writing_capitals_as_people_do_changes_only_their_case(text: str) -> None:
    assert natural(text).upper().split() == text.upper().split() or text != text.upper()
    assert len(unmarked(text)) == len(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=9, max_size=9), st.integers(0, 2**64 - 1), st.sampled_from(CHANNELS), st.booleans())
def test_the_pen_writes_any_signer(fields: list[str], state: int, channel: str, careful: bool) -> None:
    parameters = read_parameters(channel)
    line = Pen(parameters).write(Signer(*fields), Dice(state), face="upper", careful=careful)
    assert set(line.kinds) <= set(parameters.writing) | {"misread"}
    assert len(set(line.kinds)) == len(line.kinds)


@given(SEEDS, st.integers(0, 2**30 - 5_000))
@settings(max_examples=25)
def test_no_voter_number_comes_twice(seed: int, start: int) -> None:
    numbers = voter_ids(Draws(seed), np.arange(start, start + 5_000)).to_pylist()
    assert len(set(numbers)) == 5_000
    assert {len(number) for number in numbers} == {10}


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any), st.integers(0, 2**64 - 1))
def test_a_wheel_never_gives_what_has_no_weight(weights: list[int], bits: int) -> None:
    assert weights[Wheel(weights, size=10).turn_one(bits)] > 0


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.integers(1, 3_000), st.integers(1, 400), st.sampled_from(CHANNELS))
def test_any_place_can_be_made_and_its_counts_agree(seed: int, voters: int, lines: int, channel: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make_place(Path(folder), voters=voters, lines=lines, seed=seed, channel=channel)
        known = set(pyarrow.parquet.read_table(made.voters).column("voter_id").to_pylist())
        truth = pyarrow.parquet.read_table(made.truth).to_pylist()
        numbers = set(pyarrow.parquet.read_table(made.lines).column("line_id").to_pylist())
    assert len(known) == voters
    assert len(truth) == len(numbers) == sum(made.reasons.values()) == lines
    assert set(made.reasons) <= set(REASONS)
    assert {line["voter_id"] for line in truth} - {""} <= known
    assert {line["duplicate_of"] for line in truth} - {""} <= numbers
    valid = [line["person"] for line in truth if line["valid"]]
    assert len(set(valid)) == len(valid)
