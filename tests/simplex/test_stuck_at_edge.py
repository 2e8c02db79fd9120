"""A start on the edge of a NaN region may hold all runs there; then none of them is believed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scripted import make_problem, make_state

from minimizer import Minimizer, Status
from minimizer.simplex.agreement import is_stuck

T = np.linspace(0.1, 4.0, 20)
DATA = 2.0 * np.exp(-2.5 * T) - 0.1
EDGE = 2.0


def decay(x: Any) -> float:
    """Return the misfit of a decay with a background, NaN beyond an oblique edge."""
    if not x[1] + 0.3 * x[2] <= EDGE:
        return math.nan
    with np.errstate(over="ignore"):
        return float(np.sum((x[0] * np.exp(-x[1] * T) + x[2] - DATA) ** 2))


def on_edge(background: float) -> list[float]:
    """Return a start on the edge, to the last digit."""
    rate = EDGE - 0.3 * background
    while not rate + 0.3 * background <= EDGE:
        rate = math.nextafter(rate, 0.0)
    return [1.5, rate, background]


@pytest.mark.parametrize("background", [-0.3, -0.05, -0.02, 0.0, 0.1, 0.4])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_claimed_from_a_start_on_the_edge_is_the_minimum(
    background: float, seed: int
) -> None:
    inside = Minimizer(decay)
    assert inside.minimize([1.0, 0.5, 0.0]) is Status.SUCCESS
    m = Minimizer(decay, random_seed=seed)
    start = on_edge(background)
    if m.minimize(start) is Status.SUCCESS:
        gap = m.function_value - inside.function_value
        assert gap <= 1e-6 * (decay(start) - inside.function_value)


@pytest.mark.parametrize(
    ("x", "stuck"),
    [
        ([2.0, 5.0, -3.0], True),
        ([2.0, 5.0 + 1e-9, -3.0], True),
        ([1.0, 5.0, -3.0], True),
        ([2.0, 5.1, -3.1], False),  # an edge across one parameter holds it alone
        ([2.1, 5.1, -3.1], False),
    ],
)
def test_two_parameters_that_stay_where_they_began_may_be_held(x: Any, stuck: bool) -> None:
    s = make_state(make_problem(3, start=[2.0, 5.0, -3.0], rules="robust"))
    s.first_point = [2.0, 5.0, -3.0]
    assert is_stuck(s, x) is stuck
