"""Spheres in a volume: what is remembered changes nothing, derivatives, bounds, what is missing."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimizer.blocks import check_model
from minimizer.blocks.spheres import Spheres, cramer_rao, made
from minimizer.blocks.spheres.made import SHARED, compare, matched, place
from minimizer.blocks.spheres.rendering import as_box, filled, overlaps, spans
from minimizer.blocks.spheres.total import Scene

SHAPE = (14, 18, 20)
BALLS = np.array(
    [
        [5.0, 6.0, 7.0, 2.5],
        [6.3, 9.6, 9.8, 2.2],  # overlaps the first
        [8.0, 12.0, 19.8, 3.0],  # cut by the face
        [9.0, 4.0, 13.0, 2.0],  # its centre is on a voxel
    ]
)
PARAMS = np.concatenate((SHARED, BALLS.ravel()))


def new_model(n_spheres: int = 4) -> Spheres:
    image = np.random.default_rng(0).normal(0.5, 0.1, SHAPE)
    return Spheres(image, n_spheres, 0.05)


def naive(model: Spheres, params: np.ndarray) -> np.ndarray:
    """Return the formula of the model, sphere by sphere in the whole volume, nothing cut off."""
    z, y, x = np.indices(SHAPE).astype(float)
    u, v, w = (2.0 * q / (n - 1) - 1.0 for q, n in zip((z, y, x), SHAPE, strict=True))
    c, offset, width, scale = params[:6], params[6], params[7], params[8]
    light = c[0] + c[1] * u + c[2] * v + c[3] * w
    light = light + c[4] * (1.5 * v * v - 0.5) + c[5] * (1.5 * w * w - 0.5)
    filled = np.zeros(SHAPE)
    for cz, cy, cx, radius in params[9:].reshape(-1, 4):
        d = np.sqrt((scale * (z - cz)) ** 2 + (y - cy) ** 2 + (x - cx) ** 2)
        filled += 1.0 / (1.0 + np.exp((d - radius) / width))
    return (light * (1.0 - np.minimum(filled, 1.0)) + offset - model.image) / model.noise


def test_residuals_are_those_of_the_formula() -> None:
    """But for the end of the edge, where the logistic function is 3e-4."""
    model = new_model()
    assert abs(model.residuals(PARAMS) - naive(model, PARAMS)).max() < 2e-3 / model.noise


def test_the_jacobian_is_that_of_differences() -> None:
    model = new_model()
    which = np.arange(PARAMS.size)
    J = model.jacobian(PARAMS, which)
    for j in which:
        ahead, behind = PARAMS.copy(), PARAMS.copy()
        ahead[j] += 1e-5
        behind[j] -= 1e-5
        slope = (model.residuals(ahead) - model.residuals(behind)).ravel() / 2e-5
        assert abs(J[:, j] - slope).max() < 1e-6 * abs(slope).max()


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(-1, 1)), max_size=6))
@settings(max_examples=30, deadline=None)
def test_what_was_asked_for_before_changes_no_bit(moves: list[tuple[int, int, float]]) -> None:
    model, params = new_model(), PARAMS.copy()
    for k, coordinate, shift in moves:
        model.relocate(params)
        params[model.groups[k][coordinate]] += shift * 0.5
        model.residuals(params, model.window(k))
        params[7] += 0.01 * shift
        model.residuals(params, slice(3, 9))
    model.relocate(params)
    fresh = new_model().residuals(params)
    np.testing.assert_array_equal(model.residuals(params), fresh)
    for k in range(4):
        window = model.window(k)
        np.testing.assert_array_equal(model.residuals(params, window), fresh[window])


def test_a_part_is_that_part_of_all_to_the_bit() -> None:
    model = new_model()
    everything, J = model.residuals(PARAMS), model.jacobian(PARAMS, np.arange(25))
    model.relocate(PARAMS)
    numbers = np.arange(everything.size).reshape(SHAPE)
    for part in (slice(2, 7), (slice(3, 9), slice(0, 5)), model.window(2)):
        np.testing.assert_array_equal(model.residuals(PARAMS, part), everything[part])
        rows = numbers[part].ravel()
        np.testing.assert_array_equal(model.jacobian(PARAMS, np.arange(25), part), J[rows])


@pytest.mark.parametrize("seed", range(20))
def test_spheres_near_a_box_are_those_that_reach_into_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    balls = np.column_stack([rng.uniform(-4, 24, (40, 3)), rng.uniform(0.5, 4, 40)])
    scene = Scene(balls, rng.uniform(0.05, 0.6), rng.uniform(0.5, 2.0))
    low = rng.integers(0, 12, 3)
    box = as_box(low, low + rng.integers(1, 6, 3))
    some = np.flatnonzero(rng.uniform(size=40) < 0.8)
    right = [k for k in some if filled(balls[k], scene.width, scene.z_scale, box).any()]
    found = scene.near(some, box, SHAPE)
    assert set(right) <= set(found)
    first, after = spans(balls[found], scene.width, scene.z_scale, SHAPE)
    assert overlaps(first, after, box).all()
    assert len(found) < len(some)


def test_windows_have_all_that_spheres_change() -> None:
    check_model(new_model(), PARAMS)


def test_spheres_come_and_go() -> None:
    model = new_model()
    more, params = model.add(PARAMS, np.array([3.0, 13.0, 4.0, 2.0]))
    assert len(more.groups) == 5
    back, same = more.remove(params, 4)
    np.testing.assert_array_equal(same, PARAMS)
    np.testing.assert_array_equal(back.residuals(same), new_model().residuals(PARAMS))
    fewer, params = model.remove(PARAMS, 1)
    np.testing.assert_array_equal(
        fewer.residuals(params), new_model(3).residuals(np.delete(PARAMS, np.arange(13, 17)))
    )
    assert fewer.table.names[-1] == "sphere 2 / radius"


def test_a_copy_for_a_worker_is_small_and_says_the_same() -> None:
    model = new_model()
    residuals = model.residuals(PARAMS)
    packed = pickle.dumps(model)
    assert len(packed) < 2 * model.image.nbytes
    np.testing.assert_array_equal(pickle.loads(packed).residuals(PARAMS), residuals)


def test_the_bound_is_that_of_the_whole_jacobian() -> None:
    model = new_model()
    J = model.jacobian(PARAMS, np.arange(PARAMS.size))
    expected = np.sqrt(np.linalg.inv(J.T @ J).diagonal())
    np.testing.assert_allclose(cramer_rao(model, PARAMS), expected, rtol=1e-9)


def test_a_missing_sphere_is_proposed_where_it_is() -> None:
    pytest.importorskip("scipy")
    model = new_model()
    model.image = model.image + model.residuals(PARAMS) * model.noise  # exact data
    rng = np.random.default_rng(0)
    model.image += model.noise * rng.standard_normal(SHAPE)
    for k in range(4):
        fewer, params = model.remove(PARAMS, k)
        (proposed, *_) = fewer.propose(params, fewer.residuals(params))
        assert np.linalg.norm(proposed[:3] - BALLS[k, :3]) < 2.0
    assert model.propose(PARAMS, model.residuals(PARAMS)) == []


def test_placed_spheres_do_not_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    spheres = place(np.random.default_rng(0), (30, 30, 30), 12, 3.0, gap=0.5)
    apart = np.linalg.norm((spheres[:, None, :3] - spheres[None, :, :3]) * [1.05, 1, 1], axis=-1)
    free = apart - spheres[:, None, 3] - spheres[None, :, 3] + 100.0 * np.eye(12)
    assert free.min() > 0.5
    monkeypatch.setattr(made, "TRIALS", 300)
    with pytest.raises(RuntimeError, match="there is room for"):
        place(np.random.default_rng(0), (12, 12, 12), 20, 3.0)


def test_found_spheres_are_compared_with_true_ones() -> None:
    true = np.array([[5.0, 5.0, 5.0, 2.0], [9.0, 9.0, 9.0, 2.0]])
    found = np.array([[9.1, 9.0, 9.0, 2.0], [5.0, 5.0, 11.0, 2.0]])
    assert matched(found, true) == [(1, 0)]
    model, params = new_model().with_spheres(PARAMS, found)
    comparison = compare(model, params, np.concatenate((SHARED, true.ravel())))
    assert (comparison.missed, comparison.spurious) == ([0], [1])
    np.testing.assert_allclose(comparison.voxels, [[0.1, 0.0, 0.0, 0.0]], atol=1e-12)
    assert np.isnan(comparison.joint)
