"""`fit_blocks` finds the minimum that SciPy finds on the whole problem, and says when it has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peak_world import Peaks, scene
from scipy.optimize import least_squares

from minimizer import Status
from minimizer.blocks import BlocksResult, ParameterTable, fit_blocks


def scipys(model: Any, start: np.ndarray, bounds: Any = None) -> Any:
    """Return SciPy's result, and the standard errors."""
    box = model.table.box if bounds is None else bounds
    found = least_squares(
        lambda params: model.residuals(params).ravel() / model.sigma,
        start,
        bounds=(box.lower, box.upper),
        xtol=1e-13,
        ftol=1e-13,
        gtol=1e-13,
    )
    return found, np.sqrt(np.diag(np.linalg.pinv(found.jac.T @ found.jac)))


def distance(result: BlocksResult, x: np.ndarray, errors: np.ndarray) -> float:
    """Return how far a result is from another, in standard errors (root mean square)."""
    return float(np.sqrt(np.mean(((result.x - x) / errors) ** 2)))


class AsLine:
    """The same world with residuals of one dimension, and windows of indices or slices."""

    def __init__(self, peaks: Peaks, kind: str) -> None:
        self.peaks, self.kind = peaks, kind
        self.groups, self.shared, self.sigma = peaks.groups, peaks.shared, peaks.sigma
        self.table = peaks.table

    def relocate(self, params: np.ndarray) -> None:
        self.peaks.relocate(params)

    def window(self, k: int) -> Any:
        sides = self.peaks.window(k)
        grid = np.ogrid[sides]
        indices = np.ravel_multi_index(grid, self.peaks.shape).ravel()
        if self.kind == "indices":
            return indices
        return slice(int(indices[0]), int(indices[-1]) + 1) if indices.size else slice(0, 0)

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        r = self.peaks.residuals(params).ravel()
        return r if at is None else r[at]


@pytest.fixture(scope="module")
def known() -> tuple[Any, ...]:
    model, truth, start = scene()
    found, errors = scipys(model, start)
    return model, truth, start, found, errors


@pytest.mark.slow
def test_it_finds_what_scipy_finds_on_the_whole_problem(known: tuple[Any, ...]) -> None:
    model, truth, start, found, errors = known
    result = fit_blocks(model, start)
    assert result.success
    assert result.cost - found.cost < 1e-4 * start.size
    assert distance(result, found.x, errors) < 0.01
    assert 0.7 < distance(result, truth, errors) < 1.3
    finer = fit_blocks(model, start, tol=1e-5)
    assert finer.success
    assert distance(finer, found.x, errors) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        {"max_memory": 70_000.0},
        {"region_size": 12.0},
        {"region_size": 40.0, "max_memory": 100_000.0},
        {"check": False},
    ],
)
def test_tiles_and_chunks_do_not_change_the_minimum(
    known: tuple[Any, ...], settings: dict[str, Any]
) -> None:
    model, _, start, found, errors = known
    result = fit_blocks(model, start, tol=1e-4, **settings)
    assert result.success
    assert distance(result, found.x, errors) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["indices", "slices"])
def test_windows_may_be_of_any_kind(known: tuple[Any, ...], kind: str) -> None:
    model, _, start, found, errors = known
    result = fit_blocks(AsLine(model, kind), start, tol=1e-4, max_memory=1e5)
    assert result.success
    assert distance(result, found.x, errors) < 1e-4


@pytest.mark.slow
def test_neighbours_that_depend_on_each_other_are_fitted_together() -> None:
    model, _, start = scene(pitch=5.0, seed=3)
    found, errors = scipys(model, start)
    for region in (None, 10.0):
        result = fit_blocks(model, start, region_size=region, tol=1e-4, max_loops=60)
        assert result.success
        assert distance(result, found.x, errors) < 1e-3


@pytest.mark.slow
def test_bounds_hold_and_the_minimum_in_them_is_found(known: tuple[Any, ...]) -> None:
    model, truth, start, *_ = known
    box = model.table.box
    upper = np.where(np.arange(start.size) % 5 == 0, truth - 0.05, np.inf)
    upper = np.minimum(upper, box.upper)
    begin = np.minimum(start, upper - 0.1)
    pairs = list(zip(box.lower, upper, strict=True))
    seen = []
    result = fit_blocks(model, begin, bounds=pairs, tol=1e-5, callback=lambda r: seen.append(r))
    found = least_squares(
        lambda params: model.residuals(params).ravel() / model.sigma,
        begin,
        bounds=(box.lower, upper),
        xtol=1e-13,
        ftol=1e-13,
        gtol=1e-13,
    )
    assert result.success
    assert all((record.params <= upper).all() for record in seen)
    assert result.cost == pytest.approx(found.cost, rel=1e-9)
    np.testing.assert_allclose(result.x, found.x, rtol=0, atol=1e-4)


def test_held_parameters_keep_their_values() -> None:
    model, truth, start = scene((2, 2))
    start[3], start[5] = truth[3], truth[5]
    model.table = ParameterTable(model.table.names, model.table.box, ["width", "peak 0 / x"])
    result = fit_blocks(model, start)
    assert result.success
    assert (result.x[[3, 5]] == start[[3, 5]]).all()
    assert (result.x != start).sum() == start.size - 2
    assert result.value("width") == truth[3]


@pytest.mark.slow
def test_residuals_that_vanish_are_a_success() -> None:
    model, truth, start = scene((2, 2))
    model.data = model.residuals(truth) + model.data
    result = fit_blocks(model, start, max_loops=60)
    assert result.success
    np.testing.assert_allclose(result.x, truth, rtol=1e-7)


@pytest.mark.slow
def test_standard_deviations_may_be_an_array() -> None:
    model, _, start = scene((2, 2))
    by_hand, sigma = fit_blocks(model, start), model.sigma
    model.sigma = np.full(model.shape, sigma)
    assert fit_blocks(model, start).x.tobytes() == by_hand.x.tobytes()


class Lines:
    """Straight lines, each on its own channels; nothing is shared."""

    shared: tuple[int, ...] = ()
    groups = (np.array([0, 1]), np.array([2, 3]))

    def __init__(self) -> None:
        self.t = np.tile(np.linspace(-1, 1, 30), 2)
        noise = np.random.default_rng(1).standard_normal(60)
        self.data = np.where(np.arange(60) < 30, 1 + 2 * self.t, 3 - self.t) + 0.1 * noise

    def window(self, k: int) -> slice:
        return slice(30 * k, 30 * k + 30)

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        a, b = np.repeat(params[::2], 30), np.repeat(params[1::2], 30)
        return (a + b * self.t - self.data)[slice(None) if at is None else at]


def test_nothing_needs_to_be_shared() -> None:
    model = Lines()
    result = fit_blocks(model, np.zeros(4))
    first = np.polyfit(model.t[:30], model.data[:30], 1)[::-1]
    second = np.polyfit(model.t[30:], model.data[30:], 1)[::-1]
    assert result.success
    np.testing.assert_allclose(result.x, np.concatenate([first, second]), atol=1e-6)


class OnlyShared(Lines):
    """The same lines as shared parameters."""

    groups = ()  # type: ignore[assignment]
    shared = (0, 1, 2, 3)


def test_components_are_not_needed() -> None:
    found = fit_blocks(OnlyShared(), np.zeros(4), max_memory=1000.0)
    assert found.success
    np.testing.assert_allclose(found.x, fit_blocks(Lines(), np.zeros(4)).x, atol=1e-6)


class WithJacobian(Lines):
    """Lines that know their derivatives."""

    def jacobian(self, params: np.ndarray, which: np.ndarray, at: Any) -> np.ndarray:
        J = np.zeros((60, 4))
        for k in range(2):
            J[30 * k : 30 * k + 30, 2 * k] = 1.0
            J[30 * k : 30 * k + 30, 2 * k + 1] = self.t[:30]
        return J[slice(None) if at is None else at][:, which]


def test_derivatives_of_the_model_save_evaluations() -> None:
    plain, own = fit_blocks(Lines(), np.zeros(4)), fit_blocks(WithJacobian(), np.zeros(4))
    assert own.success
    assert own.evaluations < 0.7 * plain.evaluations
    np.testing.assert_allclose(own.x, plain.x, atol=1e-6)


@pytest.mark.slow
def test_residuals_of_single_precision_will_do() -> None:
    model, _, start = scene((3, 3))
    double, inner = fit_blocks(model, start), model.residuals
    errors = np.concatenate([double.uncertainties(), *(double.uncertainties(k) for k in range(9))])
    model.residuals = lambda params, at=None: inner(params, at).astype(np.float32)  # type: ignore[method-assign]
    single = fit_blocks(model, start)
    assert single.success
    assert distance(single, double.x, errors) < 0.01


class FarPeaks:
    """Narrow peaks at large channel numbers: relative steps of single precision leap over them."""

    def __init__(self, dtype: type) -> None:
        self.dtype, self.channels = dtype, np.arange(6000.0)
        self.shared, self.groups = np.array([0]), [[1, 2], [3, 4]]
        self.truth = np.array([5.0, 3000.3, 100.0, 5200.6, 80.0])
        noise = np.random.default_rng(1).standard_normal(6000)
        self.counts = self.expected(self.truth, slice(None)) + noise

    def relocate(self, params: np.ndarray) -> None:
        self.places = params[1::2].astype(int)

    def window(self, k: int) -> slice:
        return slice(self.places[k] - 20, self.places[k] + 20)

    def expected(self, params: np.ndarray, at: Any) -> np.ndarray:
        x, total = self.channels[at], params[0]
        for place, height in params[1:].reshape(-1, 2):
            total = total + height * np.exp(-0.5 * ((x - place) / 1.5) ** 2)
        return total

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        at = slice(None) if at is None else at
        return (self.expected(params, at) - self.counts[at]).astype(self.dtype)


def test_steps_of_single_precision_fit_narrow_peaks_far_from_zero() -> None:
    start = np.array([4.0, 3001.0, 70.0, 5199.8, 100.0])
    double, single = (fit_blocks(FarPeaks(kind), start) for kind in (np.float64, np.float32))
    assert double.success
    assert single.success
    np.testing.assert_allclose(single.x, double.x, rtol=1e-6)


# ---- what is no success


def test_out_of_loops_is_said_and_warned_of() -> None:
    model, _, start = scene((2, 2))
    with pytest.warns(RuntimeWarning, match="Out of loops: not converged after 2"):
        result = fit_blocks(model, start, max_loops=2)
    assert not result.success
    assert result.status is Status.MAX_ITERATIONS_EXCEEDED
    assert result.loops == 2
    assert len(result.cost_per_loop) == 3
    assert result.cost_per_loop == sorted(result.cost_per_loop, reverse=True)
    assert result.cost_per_loop[-1] == result.cost


class Kinked(Lines):
    """Residuals with a kink at the minimum, where no derivative tells the way."""

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        u, v = params[::2] - 1.0, params[1::2] - 2.0
        rough = 10.0 * abs(u - v) + abs(u + v) + 1.0
        return np.repeat(rough, 30)[slice(None) if at is None else at]


@pytest.mark.slow
def test_a_kink_is_no_success() -> None:
    with pytest.warns(RuntimeWarning, match=r"No step lowers|Out of loops"):
        result = fit_blocks(Kinked(), np.array([4.0, 0.5, 3.0, 1.0]), max_loops=60)
    assert not result.success


class Cliff(Lines):
    """Not defined beyond a value that the minimum lies behind."""

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        return super().residuals(params, at) * (1.0 if params[0] < 0.9 else np.nan)


@pytest.mark.slow
def test_the_edge_of_undefined_residuals_is_no_success() -> None:
    with pytest.warns(RuntimeWarning, match=r"NaN or infinite|Out of loops"):
        result = fit_blocks(Cliff(), np.zeros(4), max_loops=60)
    assert not result.success
    assert 0.85 < result.x[0] < 0.9


class Slit(Lines):
    """Defined at one value of the second parameter only: it has no derivative."""

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        return super().residuals(params, at) * (1.0 if params[1] == 0.5 else np.nan)


def test_a_parameter_without_derivative_is_no_success() -> None:
    with pytest.warns(RuntimeWarning, match="NaN or infinite beside the result"):
        result = fit_blocks(Slit(), np.array([0.0, 0.5, 0.0, 0.0]))
    assert result.status is Status.EDGE


def test_a_component_without_influence_is_named() -> None:
    model, _, start = scene((2, 2))
    start[4:6] = -40.0, 10.0  # far out of the picture, and it stays there
    result = fit_blocks(model, start)
    assert "Without influence: peak 0 / y, peak 0 / x, peak 0 / height" in result.message
    assert (result.x[4:7] == start[4:7]).all()
    assert np.isnan(result.uncertainties(0)).all()


class Twice(Lines):
    """Only the sum of the two shared parameters matters."""

    shared = (4, 5)  # type: ignore[assignment]

    def residuals(self, params: np.ndarray, at: Any = None) -> np.ndarray:
        return super().residuals(params[:4], at) + params[4] + params[5]


def test_parameters_that_are_determined_together_only_are_named() -> None:
    table = ParameterTable(["a0", "b0", "a1", "b1", "u", "v"], held=["a0"])
    result = fit_blocks(Twice(), np.zeros(6), table=table)
    assert result.success
    assert result.message.endswith("Without influence: u, v.")
    assert np.isnan(result.uncertainties()).all()


@pytest.mark.slow
def test_a_component_that_loses_its_influence_is_no_success() -> None:
    model, _, start = scene((2, 2))
    y, x = np.ogrid[: model.shape[0], : model.shape[1]]
    model.data = model.data - 60.0 * np.exp(-0.5 * ((y + 3) ** 2 + (x - 5) ** 2) / 9.0)
    start[4:7] = -2.0, 5.0, 1.0  # what is there cannot be a peak: its height falls to zero
    with pytest.warns(RuntimeWarning, match=r"peak 0 / y, peak 0 / x: A parameter ran away"):
        result = fit_blocks(model, start, max_loops=60)
    assert result.status is Status.RUNAWAY
    assert result.x[6] == 0.0


# ---- counts and statistics


def test_what_blocks_did_is_counted() -> None:
    model, _, start = scene((2, 2))
    calls = []
    inner = model.residuals
    model.residuals = lambda *args: calls.append(args) or inner(*args)  # type: ignore[method-assign,func-returns-value]
    result = fit_blocks(model, start)
    assert result.evaluations == len(calls)
    assert [block.name for block in result.blocks[:2]] == ["shared", "peak 0"]
    assert {block.name for block in result.blocks} == {"shared", *(f"peak {k}" for k in range(4))}
    falls = sum(block.fall for block in result.blocks)
    assert falls == pytest.approx(result.cost_per_loop[0] - result.cost, rel=1e-6)
    assert all(block.parameters == 3 for block in result.blocks[1:])
    assert all(block.residuals < model.data.size for block in result.blocks[1:])


def test_callbacks_see_each_loop() -> None:
    model, _, start = scene((2, 2))
    seen: list[Any] = []
    result = fit_blocks(model, start, callback=seen.append)
    assert [record.loop for record in seen] == list(range(1, result.loops + 1))
    assert seen[-1].left <= seen[0].left
    np.testing.assert_allclose([record.cost for record in seen], result.cost_per_loop[1:])
