"""The face of a box on which a simplex lies: which parameters it holds, and which edges span it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import INF, make_problem, make_state, params_of

from minimizer import Minimizer, Status
from minimizer.simplex.face import ask_across, find_edges, next_held
from minimizer.simplex.state import RunState

pytestmark = pytest.mark.usefixtures("form")


def simplex_in(box: Any, vertices: Any) -> RunState:
    """Return a run in a box (or none) with these vertices, vertex v of value v."""
    n = len(vertices[0])
    problem = make_problem(n, rules="robust", box=box, start=vertices[0])
    return make_state(problem, vertices, [float(v) for v in range(n + 1)])


def edges_of(s: RunState) -> Any:
    return np.array(s.frame)[: s.n_edges, : s.n]


def test_without_a_box_the_edges_are_those_from_the_best_vertex() -> None:
    s = simplex_in(None, [[1.0, 2.0], [4.0, 2.0], [1.0, -1.0]])
    assert find_edges(s)
    assert edges_of(s).tolist() == [[3.0, 0.0], [0.0, -3.0]]


def test_what_lies_on_a_bound_with_all_vertices_is_held() -> None:
    """Not what only some vertices have there, nor a parameter without bounds."""
    box = ([0.0, -INF, 0.0, 0.0], [INF, INF, 9.0, 5.0])
    vertices = [
        [0.0, 1.0, 3.0, 5.0],
        [0.0, 1.0, 0.0, 5.0],
        [0.0, 2.0, 3.0, 5.0],
        [0.0, 2.0, 0.0, 5.0],
        [0.0, 4.0, 9.0, 5.0],
    ]
    s = simplex_in(box, vertices)
    assert find_edges(s)
    assert s.held == [1.0, 0.0, 0.0, 1.0]
    assert s.n_edges == 2
    edges = edges_of(s)
    assert not edges[:, [0, 3]].any()
    assert np.linalg.matrix_rank(edges) == 2


@pytest.mark.parametrize("unbounded", [0, 1])
def test_a_parameter_without_bounds_is_not_held(unbounded: int) -> None:
    """Not even by a bound at infinity, which is as near to one vertex as to another."""
    box = ([-INF, -INF], [INF, INF])
    box[0][1 - unbounded] = 0.0
    s = simplex_in(box, [[1.0, 1.0], [2.0, 1.0], [1.0, 2.0]])
    assert find_edges(s)
    assert s.n_edges == 2
    m = Minimizer(lambda x: float((x[0] - 3.0) ** 2 + (x[1] - 2.0) ** 2), 2)
    m.bounds = [(None, None), (0.0, None)] if unbounded == 0 else [(0.0, None), (None, None)]
    assert m.minimize([5.0, 5.0]) is Status.SUCCESS
    assert m.params == pytest.approx([3.0, 2.0], abs=1e-6)


@st.composite
def faces(draw: Any) -> tuple[Any, Any, list[int]]:
    """Draw a box, a simplex on a face of it, and which parameters are held."""
    n = draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    vertices = random.uniform(1.0, 9.0, size=(n + 1, n))
    low, high = np.zeros(n), np.full(n, 10.0)
    held = [i for i in range(n) if draw(st.booleans())]
    for i in held:
        vertices[:, i] = draw(st.sampled_from([0.0, 10.0]))
        if draw(st.booleans()):
            low[i] = high[i] = vertices[0, i]
    return (low.tolist(), high.tolist()), vertices.tolist(), held


@given(faces())
def test_the_edges_span_the_face_and_the_best_vertex_stays(case: Any) -> None:
    """All are vertices' edges, none of which gets lost; a corner has none."""
    box, vertices, held = case
    n = len(vertices[0])
    s = simplex_in(box, vertices)
    assert find_edges(s) is (len(held) < n)
    assert [i for i in range(n) if s.held[i]] == held
    assert s.n_edges == n - len(held)
    assert sorted(params_of(s)) == sorted(vertices)
    if len(held) == n:
        return
    assert params_of(s)[0] == vertices[0]
    edges = edges_of(s)
    assert not edges[:, held].any()
    assert np.linalg.matrix_rank(edges) == s.n_edges
    assert edges.tolist() == (np.array(params_of(s))[1 : s.n_edges + 1] - vertices[0]).tolist()
    values = dict(zip(map(tuple, vertices), range(n + 1), strict=True))
    assert s.values == [values[tuple(vertex)] for vertex in params_of(s)]


def test_vertices_that_coincide_span_no_face() -> None:
    vertices = [[0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 3.0, 2.0]]
    s = simplex_in(([0.0] * 3, [9.0] * 3), vertices)
    assert not find_edges(s)


@given(faces())
def test_the_slope_across_is_asked_for_where_a_parameter_is_free_to_move(case: Any) -> None:
    """A little inside, and nowhere else."""
    (low, high), vertices, held = case
    s = simplex_in((low, high), vertices)
    if not find_edges(s):
        return
    s.rank()
    free = [i for i in held if low[i] < high[i]]
    asked = []
    i = next_held(s, 0)
    while i < s.n:
        asked.append(i)
        ask_across(s, i)
        best, trial = params_of(s)[s.best], list(s.trial)[: s.n]
        assert [j for j in range(s.n) if trial[j] != best[j]] == [i]
        assert low[i] < trial[i] < high[i]
        i = next_held(s, i + 1)
    assert asked == free


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_on_a_face_a_minimum_is_claimed_only_if_the_function_rises_into_the_box(seed: int) -> None:
    """From a start on a bound, the minimum being within: the simplex begins flat, if anywhere."""

    def fun(x: Any) -> float:
        return float((x[0] - 0.3) ** 2 + 2.0 * (x[1] - 0.5) ** 2 + (x[2] - 0.5) ** 4 + x[0] * x[1])

    flat = [[0.0, 0.1, 0.2], [0.0, 0.9, 0.2], [0.0, 0.1, 0.9], [0.0, 0.5, 0.6]]
    m = Minimizer(fun, 3, bounds=[(0.0, 1.0)] * 3, random_seed=seed)
    for call in (lambda: m.minimize([0.0, 0.5, 0.5]), lambda: m.minimize(initial_simplex=flat)):
        assert call() is Status.SUCCESS
        assert m.params[:2] == pytest.approx([0.4 / 7.0, 0.5 - 0.1 / 7.0], abs=1e-5)
