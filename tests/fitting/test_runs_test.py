"""The runs of the residuals' signs have the mean and deviation of all orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from minimizer.fitting.runs_test import signs

X = np.arange(7.0)


@pytest.mark.parametrize("above", [1, 2, 3])
def test_mean_and_deviation_are_those_of_all_orders(above: int) -> None:
    order = [1.0] * above + [-1.0] * (7 - above)
    found = [signs(X, np.array(way), np.zeros(7)) for way in set(permutations(order))]
    runs = [s.runs for s in found if s is not None]
    assert len(runs) == len(found)
    assert found[0] is not None
    assert found[0].expected == pytest.approx(np.mean(runs))
    assert found[0].deviation == pytest.approx(np.std(runs))


def test_the_order_is_that_of_x() -> None:
    y = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    there_and_back = signs(np.array([0.0, 4, 1, 5, 2, 6, 3]), y, np.zeros(7))
    assert there_and_back is not None
    assert there_and_back.runs == 2


def test_few_runs_are_few_and_scattered_ones_are_not() -> None:
    x = np.linspace(-1, 1, 60)
    bent = signs(x, x**2, np.full(60, np.mean(x**2)))
    noise = signs(x, np.random.default_rng(0).normal(size=60), np.zeros(60))
    assert bent is not None
    assert noise is not None
    assert (bent.runs, bent.few, noise.few) == (3, True, False)


@pytest.mark.parametrize("y", [X + 1e-13, np.where(X > 3, np.nan, X), X + 1])
def test_rounding_nan_and_one_sign_tell_nothing(y: np.ndarray) -> None:
    assert signs(X, y, X) is None
