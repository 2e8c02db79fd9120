"""The quadratic surface: it is any quadratic through its points, and its lowest point is lowest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scripted import make_problem, make_state

from minimizer.simplex.quadratic import begin_step, bend_edge, bend_pair, drop_along, find_step
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")


class Quadratic(NamedTuple):
    """A function f + g·x + ½ x·H x."""

    f: float
    g: Any
    h: Any

    def __call__(self, x: Any) -> float:
        return float(self.f + self.g @ x + 0.5 * x @ self.h @ x)


@st.composite
def quadratics(draw: Any) -> Quadratic:
    """Draw one of any curvature, also indefinite or none."""
    n = draw(st.integers(1, 7))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    a = random.normal(size=(n, n)) * draw(st.sampled_from([0.0, 1.0, 100.0]))
    h = a + a.T if draw(st.booleans()) else a @ a.T
    return Quadratic(draw(st.sampled_from([0.0, -7.0])), random.normal(size=n), h)


def fitted(fun: Any, vertices: Any) -> RunState:
    """Return a run that has the surface of a function through a simplex and its midpoints."""
    n = len(vertices) - 1
    s = make_state(make_problem(n), vertices, [fun(x) for x in np.array(vertices)])
    s.n_edges = n
    middle = [[fun(0.5 * (a + b)) for b in np.array(vertices)] for a in np.array(vertices)]
    for k in range(1, n + 1):
        bend_edge(s, k, middle[0][k])
    for j in range(1, n + 1):
        for k in range(j + 1, n + 1):
            bend_pair(s, j, k, middle[j][k])
    return s


@pytest.mark.slow
@given(quadratics(), st.integers(0, 2**32))
def test_it_is_the_quadratic_wherever_the_simplex_lies(q: Quadratic, seed: int) -> None:
    """In the units of the edges, whose lengths may be of any size."""
    n = len(q.g)
    random = np.random.default_rng(seed)
    vertices = random.normal(size=(n + 1, n)) * 10.0 ** random.integers(-2, 2, size=n)
    s = fitted(q, vertices.tolist())
    edges = vertices[1:] - vertices[0]
    rounding = 1e-13 * (abs(q.f) + max(map(abs, s.values)) + 1.0)
    assert np.allclose(s.hessian, edges @ q.h @ edges.T, rtol=0.0, atol=100 * rounding)
    slope = edges @ (q.g + q.h @ vertices[0])
    assert np.allclose(s.gradient, slope, rtol=0.0, atol=100 * rounding)


def test_it_passes_through_its_points_even_if_the_function_is_none() -> None:
    vertices = [[0.0, 0.0], [1.0, 0.5], [-0.25, 2.0]]

    def fun(x: Any) -> float:
        return float(abs(x[0]) + np.exp(x[1]) * np.cos(3.0 * x[0]))

    s = fitted(fun, vertices)
    g, h = np.array(s.gradient), np.array(s.hessian)
    for t in ([0, 0], [1, 0], [0, 1], [0.5, 0], [0, 0.5], [0.5, 0.5]):
        point = np.array(t) @ np.array(vertices[1:])
        assert fun(np.zeros(2)) + g @ t + 0.5 * np.array(t) @ h @ t == pytest.approx(fun(point))


class Model(NamedTuple):
    """A surface to go down on, within a radius."""

    g: Any
    h: Any
    radius: float

    def drop(self, t: Any) -> float:
        return float(-self.g @ t - 0.5 * t @ self.h @ t)

    def largest_drop(self) -> float:
        """Return how far it falls within the radius at most, by the eigenvalues."""
        values, vectors = np.linalg.eigh(self.h)
        g = vectors.T @ self.g
        if values[0] > 0 and np.linalg.norm(g / values) <= self.radius:
            return self.drop(-vectors @ (g / values))
        low = max(0.0, -values[0])
        shift, high = low, low + np.linalg.norm(g) / self.radius + 1.0
        for _ in range(200):
            shift = 0.5 * (low + high)
            with np.errstate(all="ignore"):
                longer = not np.linalg.norm(g / (values + shift)) <= self.radius
            low, high = (shift, high) if longer else (low, shift)
        return self.drop(-vectors @ (g / (values + high)))


@st.composite
def models(draw: Any) -> Model:
    n = draw(st.integers(1, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    basis = np.linalg.qr(random.normal(size=(n, n)))[0]
    values = 10.0 ** random.uniform(-4.0, 0.0, n)
    if draw(st.booleans()):
        values *= random.choice([-1.0, 1.0], n)
    h = basis * values @ basis.T * 10.0 ** draw(st.integers(-3, 3))
    g = random.normal(size=n) * 10.0 ** draw(st.integers(-3, 3))
    return Model(g, 0.5 * (h + h.T), draw(st.sampled_from([0.5, 4.0, 100.0])))


def stepped(model: Model) -> tuple[RunState, bool]:
    """Return a run that has looked for the lowest point, and whether there was one."""
    n = len(model.g)
    s = make_state(make_problem(n))
    s.values = [0.0] * (n + 1)
    s.n_edges, s.radius = n, model.radius
    s.gradient, s.hessian = model.g.tolist(), model.h.tolist()
    begin_step(s)
    return s, find_step(s)


@pytest.mark.slow
@given(models())
def test_the_lowest_point_within_the_radius_is_found(model: Model) -> None:
    """Moré and Sorensen's conditions, and hardly less deep than the deepest."""
    s, found = stepped(model)
    assert found
    t, h = np.array(s.minimum_step), model.h + s.shift * np.eye(len(model.g))
    scale = np.linalg.norm(h) * np.linalg.norm(t) + np.linalg.norm(model.g)
    assert np.linalg.norm(h @ t + model.g) <= 1e-10 * scale
    assert s.shift >= 0.0
    assert np.linalg.eigvalsh(h)[0] > -1e-12 * np.linalg.norm(h)
    assert np.linalg.norm(t) <= 1.01 * model.radius
    assert s.shift > 0.0 or np.linalg.eigvalsh(model.h)[0] > 0.0
    assert s.step_length == pytest.approx(np.linalg.norm(t))
    assert model.drop(t) >= 0.7 * model.largest_drop() >= 0.0


@given(models(), st.floats(0.01, 1.0))
def test_the_drop_along_the_step_is_that_of_the_surface(model: Model, share: float) -> None:
    s, found = stepped(model)
    assume(found)
    expected = model.drop(share * np.array(s.minimum_step))
    assert drop_along(s, share) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("radius", [0.1, 16.0])
def test_where_it_is_steepest_along_a_saddle_s_ridge_a_step_is_found_too(radius: float) -> None:
    """The hard case: no slope along the direction in which it bends down."""
    model = Model(np.array([1.0, 0.0]), np.diag([1.0, -1.0]), radius)
    s, found = stepped(model)
    assert not found or s.shift >= 1.0
    assert s.step_length <= radius


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
def test_a_surface_that_is_no_number_has_no_lowest_point(entry: float) -> None:
    with np.errstate(all="ignore"):
        s, found = stepped(Model(np.array([1.0, 1.0]), np.diag([1.0, entry]), 1.0))
        assert not found or s.step_length <= 1.0
        s, found = stepped(Model(np.array([1.0, np.nan]), np.eye(2), 1.0))
        assert not found
