"""`alternate`: the blocks that are asked for, and a finishing pass with hard ones apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peak_world import SHARED, scene

from minimizer import Status
from minimizer.blocks import alternate, fit_blocks


def test_only_the_blocks_that_are_asked_for_change() -> None:
    model, _, start = scene((2, 2))
    groups = alternate(model, start, blocks=["groups"])
    assert groups.success
    assert (groups.x[:4] == start[:4]).all()
    assert (groups.x[4:] != start[4:]).all()
    width = alternate(model, start, blocks=[["width"]])
    assert width.success
    assert np.flatnonzero(width.x != start).tolist() == [3]
    mixed = alternate(model, start, blocks=["width", [0, "peak 0 / y", "peak 1 / x"]])
    assert mixed.success
    assert np.flatnonzero(mixed.x != start).tolist() == [0, 3, 4, 8]


@pytest.mark.slow
def test_the_order_of_blocks_does_not_change_the_minimum() -> None:
    model, _, start = scene((2, 2))
    whole = fit_blocks(model, start, tol=1e-5)
    for blocks in (["groups", "shared"], ["shared", ("groups", 2)], [("shared", 2), "groups"]):
        result = alternate(model, start, blocks=blocks, tol=1e-5)
        assert result.success
        np.testing.assert_allclose(result.x, whole.x, atol=1e-4)


def test_a_block_may_run_several_times_in_a_loop() -> None:
    model, _, start = scene((2, 2))
    with pytest.warns(RuntimeWarning, match="Out of loops"):
        result = alternate(model, start, blocks=[("shared", 3), "groups"], loops=2)
    shared, peak, *_ = result.blocks
    assert shared.steps + shared.failed == 6
    assert peak.steps + peak.failed == 2


@pytest.mark.slow
def test_hard_parameters_are_a_block_of_their_own_in_the_finishing_pass() -> None:
    model, _, start = scene((2, 2))
    result = alternate(model, start, blocks=["groups"], loops=2, separate=["width"])
    assert result.success
    names = [block.name for block in result.blocks]
    assert "width" in names
    assert "level and slope y and slope x" in names
    np.testing.assert_allclose(result.x, fit_blocks(model, start).x, atol=0.01)


def test_a_finishing_pass_may_run_out_of_loops() -> None:
    model, _, start = scene((2, 2))
    with pytest.warns(RuntimeWarning, match="Out of loops: not converged after 2"):
        result = alternate(model, start, loops=1, separate=["width"], finish_loops=1)
    assert result.status is Status.MAX_ITERATIONS_EXCEEDED
    assert result.loops == 2


@pytest.mark.slow
def test_steps_along_the_last_loops_save_loops() -> None:
    model, _, start = scene((4, 4), pitch=6.0)
    with_steps = fit_blocks(model, start)
    without = alternate(model, start, loops=60, along_steps=False)
    assert with_steps.loops < 0.6 * without.loops


def test_progress_is_shown(capsys: Any) -> None:
    model, _, start = scene((2, 2))
    result = alternate(model, start, blocks=SHARED[:3], progress="line")
    assert result.success
    assert f"fit_blocks: {result.loops} iterations, best {result.cost:.6g}"[:35] in (
        capsys.readouterr().err
    )
