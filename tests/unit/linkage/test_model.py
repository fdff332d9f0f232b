"""One probability is shared by the candidates of a line and nobody; the model's numbers are read back as written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from referenda.errors import EngineError
from referenda.linkage import model as model_module
from referenda.linkage.comparison import FEATURES
from referenda.linkage.model import Model, in_larger_file, on_grid, posterior, shipped_model


def test_a_candidate_alone_has_the_odds_of_its_weight() -> None:
    assert posterior(np.array([0.0], np.float32), np.array([7])).tolist() == pytest.approx([0.5])
    assert posterior(np.array([np.log(9.0)], np.float32), np.array([7])).tolist() == pytest.approx([0.9])


def test_two_equal_candidates_halve_the_probability_and_do_not_touch_another_line() -> None:
    shares = posterior(np.array([20, 20, 0], np.float32), np.array([1, 1, 2]))
    assert shares.tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-6)


def test_very_large_weights_do_not_overflow() -> None:
    shares = posterior(np.array([500, -500], np.float32), np.array([1, 1]))
    assert shares.tolist() == pytest.approx([1.0, 0.0])


def test_calibration_keeps_the_order() -> None:
    said = shipped_model().calibrate(np.linspace(0, 1, 200, dtype=np.float32))
    assert np.all(np.diff(said) >= 0)
    assert 0 <= said[0] < said[-1] <= 1


def test_the_numbers_are_read_back_as_written(tmp_path: Path) -> None:
    shipped_model().save(tmp_path / "m.npz")
    again = Model.load(tmp_path / "m.npz")
    table = np.random.default_rng(1).random((50, len(FEATURES)), dtype=np.float32)
    assert again.weigh(table).tolist() == shipped_model().weigh(table).tolist()
    assert again.exact_probability == shipped_model().exact_probability


def test_a_model_made_for_other_comparisons_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(shipped_model()).save(tmp_path / "m.npz")
    monkeypatch.setattr(model_module, "FEATURES", (*FEATURES, "one_more"))
    with pytest.raises(EngineError, match="other comparisons"):
        Model.load(tmp_path / "m.npz")


def test_the_weight_of_a_pair_is_the_same_bits_beside_any_other_pairs() -> None:
    model = shipped_model()
    table = np.random.default_rng(2).random((1_000, len(FEATURES)), dtype=np.float32)
    whole = model.weigh(table)
    for size in (1, 3, 7, 64, 333):
        parts = [model.weigh(table[start : start + size]) for start in range(0, len(table), size)]
        assert np.concatenate(parts).tolist() == whole.tolist()


def test_the_shipped_weights_lie_where_sums_are_exact() -> None:
    model = shipped_model()
    assert max(float(np.abs(w).max()) for w in (model.straight, *(w for w, _ in model.layers))) < 32
    assert max(len(w) for w, _ in model.layers) < 128
    table = np.random.default_rng(3).random((200, len(FEATURES)), dtype=np.float32)
    x = on_grid((table - model.centre) * model.scale, 1 << 13)
    w = on_grid(model.layers[0][0], 1 << 16)
    backwards = x[:, ::-1] @ w[::-1]
    assert (x @ w).tolist() == backwards.tolist()


def test_a_signer_is_more_probably_registered_in_a_file_larger_than_those_learned_from() -> None:
    somebody = np.array([0.0, 0.5, 0.9, 1.0], dtype=np.float32)
    assert in_larger_file(somebody, 2_000_000).tolist() == somebody.tolist()
    larger = in_larger_file(somebody, 20_000_000)
    assert larger[1] == pytest.approx(1 / (1 + np.exp(-0.9)), abs=1e-6)
    assert bool((np.diff(larger) > 0).all())
    assert float(larger.max()) <= 1
