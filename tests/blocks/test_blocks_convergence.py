"""What is left of the sum, as the falls of the last loops tell; and that it is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peak_world import scene

from minimizer.blocks import fit_blocks
from minimizer.blocks.convergence import LEAST_RATIO, Course, allowed


def course(*expected: float, failed: float = 0.0) -> Course:
    """Return loops that lowered a sum of 1000 by what was expected."""
    found = Course()
    for each in expected:
        found.take(each, failed, each, 1000.0)
    return found


@given(st.floats(LEAST_RATIO, 0.9), st.integers(2, 8))
def test_of_a_geometric_series_the_rest_is_left(ratio: float, loops: int) -> None:
    falls = [100.0 * ratio**i for i in range(200)]
    assert course(*falls[:loops]).left == pytest.approx(sum(falls[loops:]), rel=1e-6)


def test_one_lucky_loop_is_no_evidence() -> None:
    slow = course(10.0, 9.0, 8.1)
    lucky = course(10.0, 9.0, 0.001)
    assert slow.left == pytest.approx(8.1 * 9)
    assert lucky.left == pytest.approx(0.001 * 9)  # the slowest of the last ratios counts


def test_nothing_is_known_at_first_or_while_falls_grow() -> None:
    assert course().left == np.inf
    assert course(5.0).left == np.inf
    assert course(5.0, 6.0).left == np.inf
    assert course(0.0).left == 0.0


def test_what_a_block_did_not_get_is_left() -> None:
    assert course(4.0, 1.0, failed=0.5).left == pytest.approx(0.5 + 1.0 / 3.0)
    assert course(4.0, 0.0, failed=0.5).left == 0.5


def test_falls_below_the_rounding_are_none() -> None:
    found = course(1e-11, 1e-11, 1e-11)
    assert found.left == 0.0
    assert found.stuck == 3


def test_what_may_be_left_is_a_share_of_the_standard_errors() -> None:
    assert allowed(100.0, 120, 20, 0.1) == pytest.approx(0.1**2 * 20)  # a variance of 1
    assert allowed(100.0, 20, 20, 0.1) == pytest.approx(1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("pitch", [9.0, 6.0, 5.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_success_is_as_near_to_the_minimum_as_it_says(pitch: float, seed: int) -> None:
    model, _, start = scene((3, 3), pitch=pitch, seed=seed)
    result = fit_blocks(model, start, max_loops=100)
    best = fit_blocks(model, result.x, max_loops=100, tol=1e-5)
    assert result.success
    assert best.success
    offset = np.sqrt(2.0 * (result.cost - best.cost) / start.size)
    assert offset < 0.02  # tol is 0.01: an estimate
