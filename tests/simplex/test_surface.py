"""A quadratic surface ends searches, and claims no minimum where there is none (R16)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import ball, bowl, rosenbrock, wavy, wood
from scripted import bits

from minimizer import Minimizer, Move, Rules, RunRecord, Status

WITHOUT = Rules(quadratic_surface=False)


class Convex:
    """A parabola in n dimensions: value and place of its minimum, its curvature."""

    def __init__(self, n: int, condition: float, offset: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        basis = np.linalg.qr(random.normal(size=(n, n)))[0]
        curvatures = condition ** np.append(random.uniform(-1.0, 0.0, n), [0.0, -1.0])[-n:]
        self.n, self.offset = n, offset
        self.hessian = 2.0 * basis * curvatures @ basis.T
        self.minimum = random.normal(size=n)
        self.start = self.minimum + random.normal(size=n)

    def __call__(self, x: Any) -> float:
        d = np.asarray(x) - self.minimum
        return float(self.offset + 0.5 * d @ self.hessian @ d)


def ended_by_surface(m: Minimizer) -> list[RunRecord]:
    return [run for run in m.runs if run.hessian is not None]


def minimized(fun: Any, start: Any, **further: Any) -> Minimizer:
    m = Minimizer(fun, len(start), **further)
    m.minimize(list(start))
    return m


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.integers(1, 8),
    st.sampled_from([1.0, 1e2, 1e4, 1e6, 1e8]),
    st.sampled_from([0.0, 1.0, -1e3, 1e6]),
    st.integers(0, 2**31 - 1),
)
def test_a_parabola_is_claimed_at_its_minimum_or_not_at_all(
    n: int, condition: float, offset: float, seed: int
) -> None:
    """Also where values are large, and rounding hides what is near the minimum."""
    fun = Convex(n, condition, offset, seed)
    m = minimized(fun, fun.start, random_seed=seed, max_evaluations=20_000)
    gap = fun(fun.start) - offset
    rounding = 1e-13 * abs(offset)
    claimed = ended_by_surface(m)
    for run in claimed:
        assert run.function_value - offset <= 1e-9 * gap + rounding
    if m.status is Status.SUCCESS:
        assert m.function_value - offset <= 1e-10 * gap + rounding
        if condition <= 1e6 and offset == 0.0:
            way = np.linalg.norm(fun.start - fun.minimum)
            # The value alone says no more than this of the direction of least curvature.
            blind = math.sqrt(
                2.0 * (m.function_value - offset) / np.linalg.eigvalsh(fun.hessian)[0]
            )
            assert np.linalg.norm(m.params - fun.minimum) <= max(1e-6 * way, 2.0 * blind)


@pytest.mark.parametrize("n", range(1, 9))
def test_well_conditioned_parabolas_are_ended_by_surfaces_and_soon(n: int) -> None:
    """With a half of the evaluations, or less; and to the rounding of the parameters."""
    for seed in range(3):
        fun = Convex(n, 100.0, 1.0, seed)
        m = minimized(fun, fun.start, random_seed=seed)
        assert m.status is Status.SUCCESS
        assert ended_by_surface(m) == m.runs
        assert m.params == pytest.approx(fun.minimum, abs=1e-6)
        assert m.evaluations < 0.7 * minimized(fun, fun.start, rules=WITHOUT).evaluations


def test_its_moves_are_in_the_trace() -> None:
    m = minimized(bowl, [5.0, 5.0, 5.0], trace=True)
    assert isinstance(m.trace, list)
    moves = [evaluation.move for evaluation in m.trace]
    assert Move.SURFACE in moves
    off = minimized(bowl, [5.0, 5.0, 5.0], trace=True, rules=WITHOUT)
    assert isinstance(off.trace, list)
    assert {Move.SURFACE, Move.SURROUND}.isdisjoint(evaluation.move for evaluation in off.trace)
    assert ended_by_surface(off) == []


# Where there is no quadratic minimum


def plane_waves(x: Any) -> float:
    return float(np.floor(20.0 * abs(x[0] - 0.3)) + np.floor(20.0 * abs(x[1] + 0.7)))


def noisy(x: Any) -> float:
    """Return a parabola with noise that is repeatable, and far above the error limits."""
    noise = math.sin(1e14 * float(x[0])) * math.cos(1e14 * float(x[-1]))
    return float(((x - 1.0) ** 2).sum() + 1e-3 * noise)


EDGED = {
    "absolute values": lambda x: float(abs(x - 0.3).sum()),
    "the largest of planes": lambda x: float(
        max(x[0] + x[1], -x[0] + 0.5 * x[1], 0.2 * x[0] - 3.0 * x[1])
    ),
    "the largest distance": lambda x: float(abs(x - [1.0, -2.0]).max()),
    "a cone": lambda x: float(np.sqrt((x - 0.3) @ (x - 0.3))),
    "steps": plane_waves,
    "noise": noisy,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EDGED)
def test_kinks_steps_and_noise_are_not_ended_by_a_surface(name: str) -> None:
    """Not even where whole numbers lie on a parabola by chance, the lowest point being a vertex."""
    for seed in range(25):
        m = minimized(EDGED[name], [4.0, 3.0], random_seed=seed, max_evaluations=4000)
        assert ended_by_surface(m) == [], (seed, m)


SADDLES = {
    "monkey": (lambda x: float(x[0] ** 3 - 3.0 * x[0] * x[1] ** 2 + (x @ x) ** 2), None),
    "hyperbolic": (lambda x: float(x[0] ** 2 - x[1] ** 2 + 0.1 * x[1] ** 4), -2.5),
    "in a direction hardly bent": (
        lambda x: float(x[0] ** 2 - 1e-4 * x[1] ** 2 + 1e-6 * x[1] ** 4),
        -2.5e-3,
    ),
    "of valleys": (lambda x: float(x[0] ** 2 + x[1] ** 4 / 4.0 - x[1] ** 2 / 2.0), -0.25),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SADDLES)
def test_a_saddle_is_no_minimum(name: str) -> None:
    """From starts on it, beside it, and on the ridge that leads to it."""
    fun, least = SADDLES[name]
    for seed in range(5):
        for start in ([0.0, 0.0], [1.0, 0.0], [0.0, 1e-3], [1.0, 1e-6]):
            m = minimized(fun, start, random_seed=seed)
            for run in ended_by_surface(m):
                gradient = np.array(
                    [
                        (fun(run.params + step) - fun(run.params - step)) / 2e-4
                        for step in 1e-4 * np.eye(2)
                    ]
                )
                assert abs(gradient).max() < 1e-3
                assert run.function_value < -1e-4 * abs(least or 0.0)
            if least is not None and m.status is Status.SUCCESS:
                assert m.function_value == pytest.approx(least, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("power", [4, 6])
def test_a_flat_bottom_is_claimed_only_where_nothing_is_left_to_gain(power: int) -> None:
    """There is no curvature at the minimum of x⁴."""
    for n in (1, 2, 4):
        for seed in range(5):
            m = minimized(lambda x: float((x**power).sum()), [1.5] * n, random_seed=seed)
            assert m.status is Status.SUCCESS
            assert m.function_value <= 1e-9 * 1.5**power


@pytest.mark.slow
def test_a_curved_valley_is_followed_to_its_end() -> None:
    for fun, start in ((rosenbrock, [-1.2, 1.0]), (wood, [-3.0, -1.0, -3.0, -1.0])):
        for seed in range(10):
            m = minimized(fun, start, random_seed=seed)
            assert m.status is Status.SUCCESS
            for run in m.runs:
                assert run.function_value <= 1e-10 * fun(start)


@pytest.mark.slow
@pytest.mark.parametrize("fun", [wavy, noisy, plane_waves])
def test_where_surfaces_fail_the_search_is_hardly_worse_for_it(fun: Any) -> None:
    """They are tried less and less often: results are as good, and cost little more."""
    found, cost = {}, {}
    for rules in (Rules(), WITHOUT):
        calls = [minimized(fun, [4.0, 3.0], random_seed=seed, rules=rules) for seed in range(20)]
        found[rules] = np.median([m.function_value for m in calls])
        cost[rules] = np.mean([m.evaluations / len(m.runs) for m in calls])
    assert found[Rules()] <= found[WITHOUT] + 0.1 * abs(found[WITHOUT]) + 1e-3
    assert cost[Rules()] <= 1.7 * cost[WITHOUT]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 2**31 - 1), st.sampled_from([bowl, wavy, rosenbrock, noisy, ball]))
def test_the_best_value_of_a_run_is_the_lowest_that_it_saw(seed: int, fun: Any) -> None:
    """Surfaces lose nothing: the best vertex at the end is the best point, with its value."""
    m = minimized(fun, [0.4, 0.3, 0.2], random_seed=seed, trace=True, max_evaluations=1500)
    assert isinstance(m.trace, list)
    for i, run in enumerate(m.runs):
        values = [e.value for e in m.trace if e.run == i and e.value == e.value]
        assert run.function_value == min(values)
        assert bits([fun(run.params)]) == bits([run.function_value])
        assert run.simplex is not None
        vertices, at_vertices = run.simplex
        for vertex, value in zip(vertices, at_vertices, strict=True):
            assert not math.isfinite(value) or value == fun(vertex)


def test_a_surface_s_points_stay_within_the_box() -> None:
    for bounds in ([(2.0, 9.0), (-1.0, 1.5)], [(None, 0.5), (0.0, None)]):
        m = minimized(bowl, [2.5, 0.5] if bounds[0][0] else [0.0, 5.0], bounds=bounds, trace=True)
        assert isinstance(m.trace, list)
        low, high = np.array(
            [[-np.inf if a is None else a, np.inf if b is None else b] for a, b in bounds]
        ).T
        assert all((e.point >= low).all() and (e.point <= high).all() for e in m.trace)
        assert m.status is Status.SUCCESS
        expected = np.clip([1.0, 2.0], low, high)
        assert m.params == pytest.approx(expected, abs=1e-6)


# The curvature


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_the_hessian_of_a_parabola_is_its_curvature(n: int, offset: float) -> None:
    fun = Convex(n, 100.0, offset, n)
    m = minimized(fun, fun.start)
    claimed = ended_by_surface(m)
    assert claimed != []
    for run in claimed:
        hessian = run.hessian
        assert hessian is not None
        assert hessian.shape == (n, n)
        assert (hessian == hessian.T).all()
        error = np.linalg.norm(hessian - fun.hessian) / np.linalg.norm(fun.hessian)
        assert error < (1e-4 if offset == 0.0 else 0.1)


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_the_hessian_is_in_the_units_of_the_parameters(scale: float) -> None:
    """Rosenbrock's, whose minimum is (1, 1), with a parameter in other units."""
    m = minimized(lambda x: rosenbrock([x[0], x[1] / scale]), [-1.2, scale])
    claimed = ended_by_surface(m)
    assert claimed != []
    expected = np.array([[802.0, -400.0], [-400.0, 200.0]])
    for run in claimed:
        assert run.hessian is not None
        ratio = run.hessian * np.outer([1.0, scale], [1.0, scale]) / expected
        assert ratio == pytest.approx(np.ones((2, 2)), rel=0.05)


def test_the_hessian_knows_nothing_of_a_parameter_on_a_bound() -> None:
    """Its row and column are NaN; the others are those of the function within the face."""
    bounds = [(None, None), (3.0, 9.0), (None, None)]
    m = minimized(bowl, [5.0, 5.0, 5.0], bounds=bounds)
    assert m.status is Status.SUCCESS
    assert m.params == pytest.approx([1.0, 3.0, 3.0], abs=1e-6)
    for run in ended_by_surface(m):
        hessian = run.hessian
        assert hessian is not None
        assert np.isnan(hessian[1]).all()
        assert np.isnan(hessian[:, 1]).all()
        inner = hessian[np.ix_([0, 2], [0, 2])]
        assert inner == pytest.approx(np.diag([2.0, 6.0]), abs=0.01)


def test_a_run_that_no_surface_has_ended_has_no_hessian() -> None:
    assert Minimizer(bowl, 2).minimize_once([5.0, 5.0]) is Status.SUCCESS
    for settings_ in ({"rules": "imagej"}, {"rules": WITHOUT}, {"max_evaluations": 10}):
        m = minimized(bowl, [5.0, 5.0], **settings_)
        assert all(run.hessian is None for run in m.runs)


# What is added to a function, or to its parameters


@pytest.mark.slow
@pytest.mark.parametrize("constant", [1e9, -1e9, 3e12])
@pytest.mark.parametrize(
    ("fun", "start"),
    [
        (rosenbrock, [-1.2, 1.0]),
        (wood, [-3.0, -1.0, -3.0, -1.0]),
        (lambda x: float(x[0] ** 2 + 1e4 * x[1] ** 2), [3.0, 2.0]),
        (lambda x: float(abs(x[0]) + 10.0 * abs(x[1])), [3.0, 2.0]),
        (lambda x: -math.exp(-float(x @ x)), [1.0, -0.5]),
    ],
)
def test_a_constant_added_to_a_function_makes_no_false_claim(
    fun: Any, start: list[float], constant: float
) -> None:
    """What is left of the descent is of the order of the rounding that the constant causes."""
    least = min(fun(np.ones(len(start))), fun(np.zeros(len(start))))
    gap = fun(np.array(start)) - least
    claimed = 0
    for seed in range(5):
        m = minimized(lambda x: fun(x) + constant, start, random_seed=seed, max_evaluations=20_000)
        if m.status is Status.SUCCESS:
            claimed += 1
            left = fun(m.params) - least
            assert left <= 1e-6 * gap + 300.0 * np.spacing(abs(constant))
    assert claimed >= 3


@pytest.mark.slow
@pytest.mark.parametrize("centre", [1e4, -1e6, 2e9])
@pytest.mark.parametrize("width", [1.0, 30.0])
def test_a_peak_far_from_zero_is_found(centre: float, width: float) -> None:
    """The guess at the size, a tenth of the parameter, is far too large for it."""

    def peak(x: Any) -> float:
        return 5.0 - math.exp(-float(((x - centre) ** 2).sum()) / (2.0 * width**2))

    claimed = 0
    for seed in range(5):
        m = minimized(peak, [centre + width, centre - 0.7 * width], random_seed=seed)
        if m.status is Status.SUCCESS:
            claimed += 1
            assert m.params == pytest.approx([centre] * 2, abs=1e-3 * width)
    assert claimed >= 4


@pytest.mark.slow
@pytest.mark.parametrize("offset", [1e4, -1e7, 2e9])
def test_a_function_far_from_zero_is_no_false_success(offset: float) -> None:
    """Rosenbrock's, moved: it is claimed at its minimum, to the digits that are left for it.

    The first simplex is a tenth of the parameter in size, and its highest value beyond all measure:
    next to that, what is left to gain at the start is nothing.
    """
    claimed = 0
    for seed in range(5):
        m = minimized(
            lambda x: rosenbrock(x - offset),
            [offset - 1.2, offset + 1.0],
            random_seed=seed,
            max_evaluations=20_000,
        )
        if m.status is Status.SUCCESS:
            claimed += 1
            assert m.params == pytest.approx([offset + 1.0] * 2, abs=1e-2)
    assert claimed >= 3
