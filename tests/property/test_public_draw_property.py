"""The public draw: what the maker draws, the checker draws too, whatever the sections are called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from referenda.petitions.section import Section, identities, in_order, read_identity
from referenda.workflows.draw_sample import pull_list, sample_data
from referenda_verify.draw import check_draw

NAMES = st.text("Az09._-", min_size=1, max_size=6)
FRAMES = st.dictionaries(NAMES, st.integers(1, 12), min_size=1, max_size=8)
SEEDS = st.text("0123456789", min_size=20, max_size=30)


@given(FRAMES, SEEDS, st.data())
def test_the_checker_draws_what_the_maker_drew(frame, seed, data):
    size = data.draw(st.integers(1, sum(frame.values())))
    drawn = sample_data("Alder", frame, seed, size, 0)
    assert check_draw(drawn, frame, set())["drawn"] == size
    assert len(set(drawn["lines"])) == size


@given(FRAMES)
def test_identities_go_by_section_and_then_by_number_and_can_be_taken_apart(frame):
    named = [read_identity(line) for line in identities(frame)]
    assert named == sorted(named)
    assert [[name, sum(section == name for section, _ in named)] for name in sorted(frame)] == in_order(frame)


@given(FRAMES, SEEDS, st.dictionaries(NAMES, st.sampled_from(["B1", "B2", None])))
def test_the_pull_list_holds_every_line_drawn_once_in_the_order_of_the_boxes(frame, seed, boxes):
    lines = sample_data("Alder", frame, seed, max(1, sum(frame.values()) // 2), 0)["lines"]
    sections = {name: Section(name, frame[name], box=boxes.get(name)) for name in frame}
    pulls = list(pull_list(lines, sections))
    assert sorted(f"{pull.section}/{number}" for pull in pulls for number in pull.lines) == sorted(lines)
    assert [(pull.box or "", pull.section) for pull in pulls] == sorted((p.box or "", p.section) for p in pulls)
