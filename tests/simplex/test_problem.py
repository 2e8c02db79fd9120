"""The box, and the sizes at which vertices are made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import INF, NAN, as_point, make_problem, make_state

from minimizer import Rules
from minimizer.common.bounds import Box
from minimizer.simplex.initial_simplex import ask_step
from minimizer.simplex.problem import Coefficients, adaptive_coefficients, vertex_ranges
from minimizer.simplex.run import touches_bound

pytestmark = pytest.mark.usefixtures("form")

BOX = Box(np.array([0.0, -INF]), np.array([1.0, 5.0]))


def test_clip_moves_to_the_nearest_point_and_keeps_nan() -> None:
    assert BOX.clip(np.array([-1.0, -1e300])).tolist() == [0.0, -1e300]
    assert BOX.clip(np.array([2.0, 6.0])).tolist() == [1.0, 5.0]
    assert BOX.clip(np.array([0.25, 4.0])).tolist() == [0.25, 4.0]
    assert np.isnan(BOX.clip(np.array([NAN, 0.0]))[0])


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ([0.0, 5.0], True),
        ([1.0, -INF], True),
        ([-5e-324, 0.0], False),
        ([0.5, np.nextafter(5.0, 6.0)], False),
        ([NAN, 0.0], True),
    ],
)
def test_the_box_contains_its_edges(point: list[float], inside: bool) -> None:
    assert BOX.contains(np.array(point)) is inside


def stepped(
    origin: list[float], step: list[float], box: tuple[list[float], list[float]]
) -> list[float]:
    """Return where a vertex is tried that lies a step away from vertex 0."""
    s = make_state(make_problem(len(origin), box=box))
    s.put(0, as_point(s, origin), 1.0)
    s.step[:], s.sizes[:], s.vertex_index = step, [1.0] * s.n, 1
    ask_step(s, 1.0)
    return list(s.trial)


@pytest.mark.parametrize(
    ("origin", "step", "expected"),
    [
        (0.5, 0.25, 0.75),  # there is room
        (0.5, -0.25, 0.25),
        (1.0, 0.25, 0.75),  # mirrored inwards
        (0.0, -0.25, 0.25),
        (0.75, 0.5, 0.25),  # 0.25 ahead, 0.5 back
        (0.5, 2.0, 1.0),  # no farther back: clipped
        (0.75, 2.0, 0.0),  # farther back, clipped
    ],
)
def test_a_step_that_the_box_would_flatten_is_mirrored(
    origin: float, step: float, expected: float
) -> None:
    assert stepped([origin], [step], ([0.0], [1.0])) == [expected]


def test_only_the_flattened_parameters_are_mirrored() -> None:
    unit = ([0.0, 0.0], [1.0, 1.0])
    assert stepped([1.0, 0.5], [0.25, 0.25], unit) == [0.75, 0.75]


@given(st.floats(0, 1), st.floats(-10, 10), st.floats(0, 1), st.floats(0, 1))
def test_a_step_from_inside_stays_inside(origin: float, step: float, a: float, b: float) -> None:
    box = Box(np.array([min(a, b)]), np.array([max(a, b)]))
    first = box.clip(np.array([origin]))
    sides = (box.lower.tolist(), box.upper.tolist())
    assert box.contains(np.array(stepped(first.tolist(), [step], sides)))


@pytest.mark.parametrize(
    ("x", "touches"),
    [
        ([0.0, 0.5, 7.0], True),
        ([0.5, 1.0, 7.0], True),
        ([0.5, 0.5, 7.0], False),  # the third is fixed
        ([NAN, 0.5, 7.0], False),
    ],
)
def test_a_parameter_that_is_free_to_move_touches_its_bound(x: list[float], touches: bool) -> None:
    s = make_state(make_problem(3, box=([0.0, 0.0, 7.0], [1.0, 1.0, 7.0])))
    s.put(0, as_point(s, x), 1.0)
    assert touches_bound(s) is touches


def test_points_are_clipped_only_if_there_is_a_box_and_the_rule_is_on() -> None:
    box = ([0.0, 0.0], [1.0, 1.0])
    assert make_problem(box=box).clips
    assert not make_problem().clips
    assert not make_problem(box=box, rules=Rules(clip_to_bounds=False)).clips
    assert not make_problem(box=box, rules="imagej").clips


@pytest.mark.parametrize(
    ("origin", "variation", "expected"),
    [
        (5.0, 2.0, 2.0),
        (-5.0, None, 0.5),  # a tenth of the parameter
        (0.0, None, 0.01),
        (0.0, 1e-101, 0.01),
        (3.0, NAN, 0.01),
        (0.0, 1e-99, 1e-99),
        (0.0, 1e-100, 1e-100),
        (1e5, 1e-6, 1e5 * 1e-10),  # too small to be seen next to the parameter
        (-1e5, 1e-6, 1e5 * 1e-10),
        (1e5, 1.1e-5, 1.1e-5),
        (1e300, None, 0.1 * 1e300),
    ],
)
def test_sizes_of_a_new_simplex(origin: float, variation: float | None, expected: float) -> None:
    given = None if variation is None else [variation]
    assert vertex_ranges([origin], given) == [expected]


def test_the_coefficients_are_those_of_nelder_and_mead() -> None:
    """With x = (1 - t) centroid + t worst: reflection 1, expansion 2, contraction 1/2."""
    assert Coefficients() == (-1.0, -2.0, -0.5, 0.5, 0.5)


def test_the_coefficients_are_those_of_gao_and_han_where_they_are_adapted() -> None:
    """1, 1 + 2/n, 3/4 - 1/(2n) and 1 - 1/n."""
    assert adaptive_coefficients(10) == (-1.0, -1.2, -0.7, 0.7, 0.9)
    assert adaptive_coefficients(2) == Coefficients()
    assert adaptive_coefficients(1) == Coefficients()
