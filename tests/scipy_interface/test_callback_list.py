"""A list of callbacks: each is called as if it were the only one."""

from __future__ import annotations

from typing import Any

import pytest
from problems import rosenbrock

from minimizer import fmin, minimize

START = [-1.2, 1.0]


def test_each_in_its_own_form() -> None:
    points: list[Any] = []
    values: list[float] = []

    def by_result(intermediate_result: Any) -> None:
        values.append(intermediate_result.fun)

    result = minimize(rosenbrock, START, callback=[points.append, by_result])
    assert [rosenbrock(x) for x in points] == values
    assert len(points) == result.nit - 1


def test_one_that_stops_stops_after_the_others_were_called() -> None:
    seen: list[Any] = []

    def stop(x: Any) -> None:
        if len(seen) >= 4:
            raise StopIteration

    result = minimize(rosenbrock, START, callback=(stop, seen.append))
    assert result.status == 99
    assert len(seen) == 5


def test_fmin_takes_one_too() -> None:
    first: list[Any] = []
    second: list[Any] = []
    fmin(rosenbrock, START, disp=False, callback=[first.append, second.append])
    assert len(first) == len(second) > 0


@pytest.mark.parametrize("wrong", [3, [print, 3], "print"])
def test_what_cannot_be_called_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^callback is .*; it must be callable, or a list of"):
        minimize(rosenbrock, START, callback=wrong)
