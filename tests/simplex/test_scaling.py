"""How large a simplex is along each parameter: asked of the function (R17, R19)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import bowl, rosenbrock
from scripted import INF, NAN, feed, make_problem, make_state

from minimizer import Evaluation, Minimizer, Move, Rules, Status
from minimizer.simplex.initial_simplex import MADE, begin_first_simplex, remake, take_vertex
from minimizer.simplex.scaling import is_plateau
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")


def traced(fun: Any, start: list[float], **settings: Any) -> tuple[Minimizer, list[Evaluation]]:
    m = Minimizer(fun, len(start), trace=True, **settings)
    m.minimize(start, settings.get("initial_param_variations"))
    assert isinstance(m.trace, list)
    return m, m.trace


def first_points(trace: list[Evaluation], move: Move) -> list[list[float]]:
    return [e.point.tolist() for e in trace if e.run == 0 and e.move is move]


# R19: the first simplex


@pytest.mark.parametrize(
    ("f_0", "f_near", "f_far", "plateau"),
    [
        (0.0, 1.0, 1.0, True),  # all of the change before a tenth of the way
        (0.0, -1.0, -1.0, True),
        (0.0, 1.0, 10.0, False),  # a slope
        (0.0, 1.0, 100.0, False),  # a parabola
        (0.0, 0.0, 0.0, False),  # nothing: it is no longer a question of the size
        (0.0, 1.0, 0.0, False),
        (0.0, 1.0, NAN, True),  # no value
        (0.0, 1.0, INF, True),
        (0.0, NAN, 1.0, True),  # nor where the plateau, met again, is taken for a penalty
    ],
)
def test_a_plateau_is_where_the_change_comes_first_and_nothing_after_it(
    f_0: float, f_near: float, f_far: float, plateau: bool
) -> None:
    assert is_plateau(f_0, f_near, f_far) is plateau


@pytest.mark.parametrize("width", [1e-3, 0.1, 10.0, 1e4])
@pytest.mark.parametrize("centre", [1e6, -1e6])
def test_in_a_narrow_well_the_first_simplex_is_as_small_as_the_well(
    centre: float, width: float
) -> None:
    """A tenth of the parameter, the guess, is 1e5: its vertices lie where the function is flat."""

    def well(x: Any) -> float:
        return 7.0 - math.exp(-float(((x - centre) ** 2).sum()) / (2.0 * width**2))

    start = [centre + width, centre - 0.5 * width]
    m, trace = traced(well, start)
    vertices = np.array(first_points(trace, Move.INITIAL))
    assert abs(vertices[1:] - vertices[0]).max() < 100.0 * width
    assert m.status is Status.SUCCESS
    assert m.params == pytest.approx([centre] * 2, abs=1e-3 * width)


@pytest.mark.parametrize("fun", [bowl, rosenbrock, lambda x: float(abs(x[0]) - 3.0 * x[1])])
def test_elsewhere_its_size_is_what_was_guessed(fun: Any) -> None:
    """Its edges are those that it has without the rule, from the lowest point so far."""
    start = [50.0, -20.0]
    _, with_rule = traced(fun, start, max_evaluations=30)
    _, without = traced(fun, start, max_evaluations=30, rules=Rules(starts_off_plateau=False))
    probes = first_points(with_rule, Move.PROBE)
    assert probes != []
    origin = min([start, *probes], key=lambda x: fun(np.array(x)))
    vertices, expected = (
        np.array(first_points(t, Move.INITIAL))[1:3] for t in (with_rule, without)
    )
    assert vertices - origin == pytest.approx(expected - start, rel=1e-9)
    assert Move.PROBE not in [e.move for e in without[:3]]


@pytest.mark.parametrize("how", ["variations", "simplex", "imagej"])
def test_a_size_that_was_given_is_not_probed(how: str) -> None:
    m = Minimizer(bowl, 2, trace=True, rules="imagej" if how == "imagej" else "robust")
    if how == "simplex":
        m.minimize(initial_simplex=[[5.0, 5.0], [6.0, 5.0], [5.0, 6.0]])
    else:
        m.minimize([5.0, 5.0], [0.5, 0.5] if how == "variations" else None)
    assert isinstance(m.trace, list)
    assert [e.move for e in m.trace[:3]] == [Move.INITIAL] * 3


def test_probes_stay_in_the_box_and_go_where_it_leaves_room() -> None:
    """Along one parameter each; from a start on the upper bound, downwards."""
    start = [5.0, 2.0]
    _, trace = traced(bowl, start, bounds=[(0.0, 5.0), (-1.0, 3.0)], max_evaluations=10)
    probes = first_points(trace, Move.PROBE)
    assert len(probes) >= 4
    for probe in probes:
        moved = [i for i in range(2) if probe[i] != start[i]]
        assert len(moved) == 1
        assert 0.0 <= probe[0] <= 5.0
        assert -1.0 <= probe[1] <= 3.0
    assert all(probe[0] < 5.0 for probe in probes if probe[1] == 2.0)


@pytest.mark.parametrize("valid", [lambda x: x[0] == 5.0, lambda x: x[0] <= 5.0])
def test_where_all_is_nan_beside_the_start_it_is_no_success(valid: Any) -> None:
    """A simplex without size, in which all vertices are the start, would have converged."""

    def fun(x: Any) -> float:
        return float(x[0] ** 2) if valid(x) else NAN

    m, _ = traced(fun, [5.0])
    if fun(np.array([4.0])) == 16.0:
        assert m.status is Status.SUCCESS
        assert m.params == pytest.approx([0.0], abs=1e-6)
    else:
        assert m.status is Status.INITIALIZATION_FAILURE
        assert m.params.tolist() == [5.0]


def test_two_sizes_are_found_independently() -> None:
    """One parameter is of the scale of the start, the other a million times finer."""

    def fun(x: Any) -> float:
        return float((x[0] - 1000.0) ** 2) - 1e6 * math.exp(-(((x[1] - 1000.0) / 1e-3) ** 2))

    problem = make_problem(2, rules="robust", start=[900.0, 1000.0005])
    s = make_state(problem)
    _, made = feed(s, lambda s: begin_first_simplex(s), take_vertex, fun)
    assert made == MADE
    assert s.run_ranges[0] == 90.0
    assert 1e-5 < s.run_ranges[1] < 1e-1


# R17: a new simplex


def remade(
    fun: Any, point: list[float], sizes: list[float], **settings: Any
) -> tuple[RunState, list[Move], int]:
    """Return a run that has made a simplex around a point, from sizes a tenth as large as these."""
    n = len(point)
    problem = make_problem(n, **{"rules": "robust", "start": point} | settings)
    vertices = [point, *(np.array(point) + 0.1 * np.diag(sizes)).tolist()]
    s = make_state(problem, vertices, [fun(np.array(vertex)) for vertex in vertices])
    s.top = max(value for value in s.values if value < INF)
    s.nan_reflections = 0
    asked, made = feed(s, remake, take_vertex, fun)
    return s, [move for move, _ in asked], made


def changes(s: RunState, fun: Any) -> list[float]:
    """Return how much a size changes the value, parameter by parameter."""
    x = np.array(s.points[0])[: s.n]
    steps = np.diag(s.sizes)
    return [abs(fun(x + step) - s.values[0]) for step in steps]


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(-10, 10), st.integers(-6, 6)), min_size=2, max_size=5),
    st.sampled_from([0.0, 1.0, 1e6]),
)
def test_every_parameter_of_a_new_simplex_changes_the_value_alike(
    scales: list[tuple[int, int]], offset: float
) -> None:
    """Whatever the scales of a parabola, and the sizes with which the last search ended."""
    weights = 10.0 ** np.array([weight for weight, _ in scales])
    sizes = [10.0 ** (0.1 * size - 1.0) for _, size in scales]

    def fun(x: Any) -> float:
        return offset + float(weights @ x**2)

    s, moves, made = remade(fun, [0.0] * len(scales), sizes)
    assert made == MADE
    assert set(moves) == {Move.PROBE, Move.REINITIALIZE}
    changed = changes(s, fun)
    assert 0.0 < max(changed) <= 1e6 * min(changed)


@pytest.mark.parametrize(
    "settings",
    [{"rules": Rules(balanced_remake=False)}, {"rules": "imagej"}],
    ids=["off", "imagej"],
)
def test_without_the_rule_sizes_are_ten_times_those_of_the_last_simplex(settings: Any) -> None:
    s, moves, made = remade(bowl, [1.0, 2.0], [1.0, 1e-3], **settings)
    assert made == MADE
    assert set(moves) == {Move.REINITIALIZE}
    assert s.sizes == pytest.approx([1.0, 1e-3])


def test_sizes_that_change_the_value_alike_stay_as_they_are() -> None:
    """A probe per parameter is all that it costs."""

    def fun(x: Any) -> float:
        return float(x @ x)

    s, moves, _ = remade(fun, [0.0, 0.0, 0.0], [1.0, 2.0, 0.5])
    assert moves.count(Move.PROBE) == 3
    assert s.sizes == pytest.approx([1.0, 2.0, 0.5])


def test_a_size_that_leads_to_nan_is_not_changed() -> None:
    """What is beyond has no value to compare; the others are balanced all the same."""

    def fun(x: Any) -> float:
        return NAN if abs(x[0]) > 1e-3 else float(x[0] ** 2 + x[1] ** 2 + 1e-8 * x[2] ** 2)

    s, _, _ = remade(fun, [0.0, 0.0, 0.0], [1e-2, 1.0, 1.0], given_simplex=None)
    assert s.sizes[0] == pytest.approx(1e-2)
    change = changes(s, fun)
    assert max(change[1:]) <= 1e6 * min(change[1:])


def test_a_parameter_that_is_fixed_or_without_influence_ends_the_balance_too() -> None:
    """Its size cannot be found; the call ends and says what it should."""

    def fun(x: Any) -> float:
        return float((x[0] - 3.0) ** 2 + 7.0)

    m = Minimizer(fun, 2)
    assert m.minimize([1.0, 1.0]) is Status.SUCCESS
    assert m.params[0] == pytest.approx(3.0, abs=1e-4)
    m = Minimizer(lambda x: fun(x) + float(x[1]), 2, bounds=[(None, None), (1.0, 1.0)])
    assert m.minimize([1.0, 1.0]) is Status.SUCCESS
    assert m.params == pytest.approx([3.0, 1.0], abs=1e-4)


def test_under_absolute_tolerances_it_is_not_balanced() -> None:
    """These say how far apart vertices are to be."""
    rules = Rules(quadratic_surface=False, unbounded_is_no_minimum=False)  # which probes, too
    _, trace = traced(bowl, [5.0, 5.0], tolerances=(1e-4, 1e-4), rules=rules)
    moves = [e.move for e in trace if e.run == 0]
    again = moves.index(Move.REINITIALIZE)
    assert Move.PROBE not in moves[again - 1 :]
