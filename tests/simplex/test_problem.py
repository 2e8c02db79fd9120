"""The box, and the sizes at which vertices are made."""

from __future__ import annotations

import numpy as np
import pytest
from scripted import INF, NAN, make_problem

from minimizer import Rules
from minimizer.common.bounds import Box
from minimizer.simplex.problem import Coefficients, vertex_ranges

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
