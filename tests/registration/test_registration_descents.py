"""Minimizations without a simplex: their slopes, their results, and when they claim one."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from scenes import scene
from scipy import ndimage

from minimizer.registration import RegistrationCost
from minimizer.registration.metrics.registry import METRICS
from minimizer.registration.search.gauss_newton import descend
from minimizer.registration.search.quadratic_descent import QuadraticDescent

RNG = np.random.default_rng(0)
SHIFT = np.array([1.3, -0.7])
LEAST_SQUARES = [row.name for row in METRICS.values() if row.least_squares]


def shifted(image, shift=SHIFT):
    """Return what the image shows after it was moved, by a cubic spline."""
    return ndimage.shift(image, shift, order=3, mode="nearest")


def pair():
    image = ndimage.gaussian_filter(scene((80, 90)), 1.5)
    return image[8:-8, 8:-8], shifted(image)[8:-8, 8:-8]


def stripes():
    """Return images that are the same all along one axis."""
    image = np.tile(np.sin(np.arange(80) / 5)[:, None], (1, 90))
    return image[8:-8, 8:-8], shifted(image)[8:-8, 8:-8]


@pytest.mark.parametrize("metric", LEAST_SQUARES)
@pytest.mark.parametrize("transform", ["translation", "rigid", "similarity", "affine"])
def test_the_gradient_is_that_of_the_cost(metric, transform):
    cost = RegistrationCost(*pair(), transform, metric, smoothing=0.7)
    at = RNG.normal(0, 0.4, cost.n_params)
    value, squares = cost.squares(at)
    assert value == pytest.approx(cost(at), rel=1e-10)
    # The sum is the cost itself, or twice its distance from a perfect correlation.
    factor, offset = (1.0, 0.0) if metric == "ssd" else (2.0, 2.0)
    assert squares.total == pytest.approx(factor * value + offset, rel=1e-9)
    h = 1e-5  # so short that hardly a pixel leaves or changes its cell
    ends = [[cost(at + s * h * e) for s in (1, -1)] for e in np.eye(cost.n_params)]
    slopes = factor * np.array([(a - b) / (2 * h) for a, b in ends])
    np.testing.assert_allclose(2 * squares.gradient, slopes, atol=2e-2 * abs(slopes).max())


@pytest.mark.parametrize("metric", LEAST_SQUARES)
@pytest.mark.parametrize("shape", [(40, 45), (14, 15, 16)])
def test_both_backends_have_the_same_slopes(metric, shape):
    pytest.importorskip("numba")
    fixed, moving = scene(shape), scene(shape, 1)
    fixed.flat[20:40] = moving.flat[50:55] = np.nan
    fast, plain = (
        RegistrationCost(fixed, moving, "affine", metric, backend=name).squares(
            np.linspace(-0.5, 0.5, {2: 6, 3: 12}[len(shape)])
        )
        for name in ("numba", "scipy")
    )
    assert fast[0] == pytest.approx(plain[0], rel=1e-10)
    for a, b in zip(fast[1], plain[1], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9 * np.abs(b).max())


@pytest.mark.parametrize("metric", LEAST_SQUARES)
def test_levenberg_marquardt_finds_a_shift_in_a_few_evaluations(metric):
    cost = RegistrationCost(*pair(), "rigid", metric, smoothing=0.7)
    found = descend(cost, np.zeros(3), 2.0, 0.02)
    assert found.converged
    assert len(found.values) < 10
    np.testing.assert_allclose(found.params, [0, *SHIFT], atol=0.02)


@pytest.mark.parametrize("metric", ["ssd", "nmi", "pluim"])
def test_newtons_method_finds_a_shift(metric):
    cost = RegistrationCost(*pair(), "rigid", metric, smoothing=0.7)
    found = QuadraticDescent(cost, 0.5, 0.02).descend(np.array([0.3, 1.0, -0.9]))
    assert found.converged
    np.testing.assert_allclose(found.params, [0, *SHIFT], atol=0.05)


def test_no_minimum_is_claimed_along_stripes():
    start = np.array([0.5, 3.0])
    cost = RegistrationCost(*stripes(), "translation", "ssd", smoothing=0.7)
    assert not descend(cost, start, 1.0, 0.02).converged
    assert not QuadraticDescent(cost, 0.5, 0.02).descend(start).converged


def test_no_minimum_is_claimed_at_the_edge_of_the_least_overlap():
    # Downhill leads to less overlap than is allowed.
    fixed, moving = pair()
    cost = RegistrationCost(fixed, np.roll(moving, 20, axis=1), "translation", min_overlap=0.9)
    start = np.array([0.0, 5.0])
    assert np.isfinite(cost(start))
    found = descend(cost, start, 4.0, 0.02)
    assert not found.converged
    assert found.value <= cost(start)
    outside = QuadraticDescent(cost, 0.5, 0.02).descend(np.array([0.0, 40.0]))
    assert not outside.converged
