"""On an invented place with known truth, proposals are right as often as they say, and accepted ones nearly always."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from referenda.linkage.engines.duckdb import DuckdbEngine
from referenda.synth.place import make_place
from referenda.workflows.match_lines import match_lines


@pytest.mark.slow
@pytest.mark.parametrize(("channel", "least_f1", "least_accepted"), [("keyed", 0.965, 0.85), ("ocr", 0.935, 0.70)])
def test_proposals_are_right_as_often_as_they_say(
    tmp_path: Path, channel: str, least_f1: float, least_accepted: float
) -> None:
    place = make_place(tmp_path / "place", voters=60_000, lines=6_000, seed=4711, channel=channel)
    engine = DuckdbEngine(memory="1GB")
    match_lines(place.lines, place.voters, tmp_path / "out.parquet", engine=engine)
    engine.close()
    answer, truth = pq.read_table(tmp_path / "out.parquet"), pq.read_table(place.truth)
    said = np.array([voter or "" for voter in answer["voter_id"].to_pylist()])
    true = np.array(truth["voter_id"].to_pylist())
    score, valid = answer["score"].to_numpy(), np.array(truth["valid"].to_pylist())
    status = np.array(answer["status"].to_pylist())
    right = (said == true) & (true != "")
    linked = score >= 0.5
    precision, recall = right[linked].mean(), (right & linked).sum() / (true != "").sum()
    assert 2 * precision * recall / (precision + recall) > least_f1
    assert precision > 0.985
    assert right[status == "accept"].mean() > 0.998
    assert (right & valid & (status == "accept")).sum() / valid.sum() > least_accepted
    shown = said != ""
    tenth = np.minimum((score * 10).astype(int), 9)
    gaps = [abs(score[shown & (tenth == t)].sum() - right[shown & (tenth == t)].sum()) for t in range(10)]
    assert sum(gaps) / shown.sum() < 0.02
