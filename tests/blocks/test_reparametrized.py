"""Collective parameters move many at once, and are undone exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peak_world import Peaks, scene

from minimizer.blocks import Reparametrized, check_model, fit_blocks


def drift(params: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Multiply the heights of all peaks by the exponential of a line in y."""
    params[6::3] *= np.exp(c[0] + c[1] * params[4::3] / 30.0)
    return params


def drifted() -> tuple[Peaks, np.ndarray, np.ndarray]:
    """Return a world whose peaks are three times as high as they are taken to be, below more so."""
    model, truth, start = scene((3, 3))
    truth = drift(truth.copy(), np.array([1.0, 0.5]))
    rng = np.random.default_rng(5)
    model.data = model.residuals(truth) + model.data + 0.5 * rng.standard_normal(model.shape)
    return model, truth, start


def test_the_model_is_what_it_was() -> None:
    model, _, start = scene((2, 2))
    wrapped = Reparametrized(model, drift, 2, names=["size", "drift"])
    x = wrapped.wrap(start)
    check_model(wrapped, x)
    assert wrapped.table.names == ["size", "drift", *model.table.names]
    assert wrapped.unwrap(x).tobytes() == start.tobytes()
    x[:2] = 0.3, -0.1
    own = wrapped.unwrap(x)
    assert wrapped.residuals(x).tobytes() == model.residuals(own).tobytes()
    np.testing.assert_array_equal(own[6::3], start[6::3] * np.exp(0.3 - 0.1 * start[4::3] / 30.0))


@pytest.mark.slow
def test_a_collective_mode_is_removed_in_one_block() -> None:
    model, truth, start = drifted()
    plain = fit_blocks(model, start)
    wrapped = Reparametrized(model, drift, 2)
    first: list[Any] = []
    result = fit_blocks(wrapped, wrapped.wrap(start), callback=first.append)
    assert result.success
    x = wrapped.unwrap(result.x)
    np.testing.assert_allclose(x, plain.x, atol=0.03)
    np.testing.assert_allclose(x[6::3], truth[6::3], rtol=0.2)
    assert 0.5 * ((model.residuals(x) / model.sigma) ** 2).sum() == pytest.approx(result.cost)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (lambda params, c: params + 1.0, "it must change nothing there"),
        (lambda params, c: params[:3], r"mapping returned an array of shape \(3,\)"),
    ],
)
def test_a_mapping_that_is_not_one_is_refused(mapping: Any, message: str) -> None:
    model, _, start = scene((2, 2))
    with pytest.raises(ValueError, match=message):
        Reparametrized(model, mapping, 1).wrap(start)
    with pytest.raises(ValueError, match="names has 1 elements; it must have 2"):
        Reparametrized(model, drift, 2, names=["size"])
