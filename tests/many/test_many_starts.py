"""Distinct minima from many starts, with how often each was found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minimizer import minimize_from_many_starts
from minimizer.common.bounds import Box
from minimizer.many.many_starts import starts_in


def two_wells(x: Any) -> float:
    return float(x[0] ** 4 - 8 * x[0] ** 2 + x[0])


def test_the_minima_are_the_roots_of_the_derivative() -> None:
    roots = np.roots([4, 0, -16, 1])
    wells = sorted(r.real for r in roots if 12 * r.real**2 > 16)
    found = minimize_from_many_starts(two_wells, [(-4, 4)])
    assert [minimum.params[0] for minimum in found] == pytest.approx(wells, abs=1e-4)
    assert sum(minimum.count for minimum in found) == 20
    assert all(minimum.success for minimum in found)
    assert found[0].function_value < found[1].function_value


def test_minima_on_the_bounds_are_found() -> None:
    found = minimize_from_many_starts(lambda x: float(-(x[0] ** 2) + 0.1 * x[0]), [(-1, 1)])
    assert [minimum.params[0] for minimum in found] == [-1.0, 1.0]


def test_residuals_are_minimized_by_levenberg_marquardt() -> None:
    def circles(x: Any) -> Any:
        """Distances of 1 from (0, 0) and from (1.5, 0): two points."""
        return np.array([np.hypot(*x) - 1.0, np.hypot(x[0] - 1.5, x[1]) - 1.0])

    found = minimize_from_many_starts(circles, [(-2, 3), (-2, 2.1)], residuals=True)
    exact = [minimum for minimum in found if minimum.function_value < 1e-20]
    points = sorted(minimum.params.tolist() for minimum in exact)
    height = (1 - 0.75**2) ** 0.5
    assert np.array(points) == pytest.approx(np.array([[0.75, -height], [0.75, height]]))


def test_the_result_depends_on_the_seed_and_not_on_workers() -> None:
    one, two = (
        minimize_from_many_starts(two_wells, [(-4, 4)], n_starts=6, n_jobs=n) for n in (1, 2)
    )
    assert [(m.params.tolist(), m.count) for m in one] == [
        (m.params.tolist(), m.count) for m in two
    ]


def test_there_is_a_start_in_every_slice() -> None:
    box = Box(np.array([0.0, -1.0]), np.array([10.0, 1.0]))
    starts = starts_in(box, 10, 3)
    assert sorted(np.floor(starts[:, 0]).tolist()) == list(range(10))
    assert sorted(np.floor((starts[:, 1] + 1) * 5).tolist()) == list(range(10))
    assert starts_in(box, 10, 3).tolist() == starts.tolist() != starts_in(box, 10, 4).tolist()


@pytest.mark.parametrize(
    "words", [{"bounds": None}, {"bounds": [(0, None)]}, {"bounds": [(0, 1)], "n_starts": 0}]
)
def test_wrong_input_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"bounds must be finite|n_starts"):
        minimize_from_many_starts(two_wells, **words)
