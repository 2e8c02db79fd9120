"""Standard errors are those of the whole problem: the bound of Cramér and Rao."""

from __future__ import annotations

import numpy as np
import pytest
from peak_world import scene

from minimizer.blocks import ParameterTable, fit_blocks
from minimizer.blocks.uncertainty import Sparse, solve
from minimizer.derivatives import jacobian


def bound(model: object, x: np.ndarray, free: np.ndarray | None = None) -> np.ndarray:
    """Return the Cramér-Rao bound, of a dense Jacobian."""
    free = np.ones(x.size, dtype=bool) if free is None else free
    J, _ = jacobian(lambda params: model.residuals(params).ravel() / model.sigma, x)  # type: ignore[attr-defined]
    found = np.full(x.size, np.nan)
    found[free] = np.sqrt(np.diag(np.linalg.inv(J[:, free].T @ J[:, free])))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("pitch", [9.0, 5.0])
@pytest.mark.parametrize("memory", [64e6, 70_000.0])
def test_they_are_the_bound_of_cramer_and_rao(pitch: float, memory: float) -> None:
    model, _, start = scene((3, 3), pitch=pitch)
    result = fit_blocks(model, start, max_memory=memory, max_loops=60)
    right = bound(model, result.x)
    np.testing.assert_allclose(result.uncertainties(), right[model.shared], rtol=1e-4)
    for k in (0, 4, 8):
        np.testing.assert_allclose(result.uncertainties(k), right[model.groups[k]], rtol=1e-4)


@pytest.mark.slow
def test_errors_of_unknown_residuals_are_scaled() -> None:
    model, _, start = scene((2, 2))
    result = fit_blocks(model, start)
    model.sigma = 1.0
    unknown = fit_blocks(model, start)
    free = result.residuals - start.size
    factor = np.sqrt(2 * result.cost / free)
    np.testing.assert_allclose(unknown.uncertainties(scaled=True), factor * result.uncertainties())


@pytest.mark.slow
def test_held_parameters_have_none_and_do_not_count() -> None:
    model, truth, start = scene((2, 2))
    start[3] = truth[3]
    model.table = ParameterTable(model.table.names, model.table.box, ["width", "peak 1 / x"])
    result = fit_blocks(model, start)
    free = ~model.table.held
    right = bound(model, result.x, free)
    np.testing.assert_allclose(result.uncertainties(), right[:4], rtol=1e-4)
    np.testing.assert_allclose(result.uncertainties(1), right[model.groups[1]], rtol=1e-4)


def test_components_that_do_not_exist_are_refused() -> None:
    model, _, start = scene((2, 2))
    result = fit_blocks(model, start)
    with pytest.raises(ValueError, match="k is 4; there are 4 components, numbered from 0"):
        result.uncertainties(4)


def test_conjugate_gradients_solve_a_sparse_system() -> None:
    rng = np.random.default_rng(0)
    A = rng.standard_normal((12, 6))
    H, right = A.T @ A, rng.standard_normal(6)
    matrix, inverse = Sparse(6), Sparse(6)
    for i in (0, 2, 4):
        part = np.arange(i, i + 2)
        inverse.add(part, part, np.linalg.inv(H[np.ix_(part, part)]))
        for j in (0, 2, 4):
            other = np.arange(j, j + 2)
            matrix.add(part, other, H[np.ix_(part, other)])
    np.testing.assert_allclose(solve(matrix, inverse, right), np.linalg.solve(H, right), rtol=1e-6)
