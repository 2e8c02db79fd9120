"""`fmin`: SciPy's signature, tuples, printing and flags."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from problems import bowl, rosenbrock, wavy

from minimizer import fmin, minimize

START = [-1.2, 1.0]


@pytest.fixture
def so() -> Any:
    """`scipy.optimize`, the judge."""
    return pytest.importorskip("scipy.optimize")


def shape_of(output: Any) -> Any:
    """Return types and shapes, level by level; a number is a number."""
    if isinstance(output, tuple):
        return tuple(shape_of(part) for part in output)
    if isinstance(output, list):
        return [shape_of(output[0])]
    if isinstance(output, np.ndarray):
        return output.shape, output.dtype
    return "int" if isinstance(output, int | np.integer) else float.__name__


def test_the_arguments_are_scipys_in_its_order_with_its_defaults(so: Any) -> None:
    """A call with positional arguments must mean the same."""

    def of(fun: Any) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in inspect.signature(fun).parameters.values()]

    *scipys, jobs = of(fmin)
    assert scipys == of(so.fmin)
    assert jobs == ("n_jobs", None)
    assert inspect.signature(fmin).parameters["n_jobs"].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(
    ("full_output", "retall"), list(itertools.product((0, 1, True, False), (0, 1, True)))
)
def test_the_output_has_scipys_shape(full_output: Any, retall: Any, so: Any) -> None:
    options = {"full_output": full_output, "retall": retall, "disp": 0}
    ours = fmin(rosenbrock, START, **options)
    theirs = so.fmin(rosenbrock, START, **options)
    assert shape_of(ours) == shape_of(theirs)


def test_the_parts_of_the_output() -> None:
    """Without SciPy: x alone, with all vectors, and the five numbers with and without them."""
    x = fmin(rosenbrock, START, disp=0)
    assert x == pytest.approx([1.0, 1.0])
    two = fmin(rosenbrock, START, disp=0, retall=1)
    five = fmin(rosenbrock, START, disp=0, full_output=1)
    six = fmin(rosenbrock, START, disp=0, full_output=1, retall=1)
    assert [len(output) for output in (two, five, six)] == [2, 5, 6]
    result = minimize(rosenbrock, START)
    assert five[0].tolist() == six[0].tolist() == two[0].tolist() == x.tolist()
    assert five[1:] == six[1:5] == (result.fun, result.nit, result.nfev, 0)
    assert len(two[1]) == len(six[5]) == result.nit
    assert two[1][0].tolist() == START


@pytest.mark.parametrize("x0", [3, 3.0, [3.0], np.array(3), np.array([3.0], np.float32)], ids=repr)
def test_starts_in_every_form(x0: Any, so: Any) -> None:
    ours, theirs = fmin(bowl, x0, disp=0), so.fmin(bowl, x0, disp=0)
    assert shape_of(ours) == shape_of(theirs)
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_args_are_spread() -> None:
    x = fmin(lambda x, a, b: (x[0] - a) ** 2 + b, 3.0, (7.0, 1.0), disp=0)
    assert x == pytest.approx([7.0], abs=1e-5)
    assert fmin(lambda x, a: (x[0] - a) ** 2, 3.0, 7.0, disp=0) == pytest.approx([7.0])


# Flags


@pytest.mark.parametrize("limit", [{"maxfun": 30}, {"maxiter": 20}, {"maxiter": 3, "maxfun": 999}])
def test_the_flags_of_limits_are_scipys(limit: dict[str, int], so: Any) -> None:
    """1 for `maxfun` and 2 for `maxiter`, at the same count."""
    ours = fmin(rosenbrock, START, full_output=1, disp=0, **limit)
    theirs = so.fmin(rosenbrock, START, full_output=1, disp=0, **limit)
    assert ours[4] == theirs[4]
    counted = 3 if ours[4] == 1 else 2
    assert ours[counted] == theirs[counted]


def test_the_flag_of_success_is_0_and_other_failures_are_above_2() -> None:
    assert fmin(rosenbrock, START, full_output=1, disp=0)[4] == 0
    assert fmin(wavy, [1.0, 2.0, 3.0], full_output=1, disp=0)[4] == 6

    def stop(xk: NDArray[Any]) -> None:
        raise StopIteration

    assert fmin(rosenbrock, START, full_output=1, disp=0, callback=stop)[4] == 99


# Printing


def test_it_prints_by_default_what_scipy_prints(
    capsys: pytest.CaptureFixture[str], so: Any
) -> None:
    """The same lines up to the numbers, and the reason for the success."""
    output = fmin(rosenbrock, START, full_output=1)
    ours = capsys.readouterr().out.splitlines()
    so.fmin(rosenbrock, START)
    theirs = capsys.readouterr().out.splitlines()
    assert ours[0].startswith(theirs[0])
    assert [line.rpartition(":")[0] for line in ours[1:]] == [
        line.rpartition(":")[0] for line in theirs[1:]
    ]
    assert [float(line.rpartition(":")[2]) for line in ours[1:]] == [
        pytest.approx(output[1], abs=1e-6),
        output[2],
        output[3],
    ]


def test_it_warns_of_a_failure_as_scipy_does(so: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """And the warning points to the line that called."""
    with pytest.warns(RuntimeWarning, match="function evaluations has been exceeded") as ours:
        fmin(rosenbrock, START, maxfun=9)
    with pytest.warns(RuntimeWarning) as theirs:
        so.fmin(rosenbrock, START, maxfun=9)
    assert [w.filename for w in ours] == [w.filename for w in theirs] == [__file__]
    assert str(ours[0].message).startswith(str(theirs[0].message))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("disp", [0, False])
def test_it_is_silent_without_disp(disp: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fmin(rosenbrock, START, disp=disp)
    fmin(rosenbrock, START, disp=disp, maxfun=9)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


# Options by their old names


def test_xtol_and_ftol_are_absolute_tolerances() -> None:
    """Those of `minimize`, but not where they are at their defaults: then it is tighter."""
    tight = fmin(rosenbrock, START, disp=0, full_output=1)
    assert tight[1] < 1e-15
    for given in ({"xtol": 1e-2, "ftol": 1e-2}, {"xtol": 1e-3}, {"ftol": 1e-3}):
        pair = {"xatol": 1e-4, "fatol": 1e-4} | {
            {"xtol": "xatol", "ftol": "fatol"}[name]: value for name, value in given.items()
        }
        output = fmin(rosenbrock, START, disp=0, full_output=1, **given)
        result = minimize(rosenbrock, START, options=pair)
        assert output[1:] == (result.fun, result.nit, result.nfev, result.status)
        assert output[3] < tight[3]


def test_maxfun_is_exact() -> None:
    points: list[Any] = []

    def fun(x: NDArray[Any]) -> float:
        points.append(x)
        return wavy(x)

    for maxfun in (1, 2, 3, 4, 50, 500):
        points.clear()
        output = fmin(fun, [1.0, 2.0, 3.0], maxfun=maxfun, disp=0, full_output=1)
        assert len(points) == output[3] == maxfun


def test_a_given_simplex_is_the_first() -> None:
    points: list[list[float]] = []

    def fun(x: NDArray[Any]) -> float:
        points.append(x.tolist())
        return rosenbrock(x)

    simplex = [[5.0, 5.0], [6.0, 5.0], [5.0, 7.0]]
    fmin(fun, START, initial_simplex=simplex, disp=0)
    assert points[:3] == simplex


def test_the_callback_gets_a_point_or_a_result_by_its_parameters_name(so: Any) -> None:
    seen: list[Any] = []

    def by_result(intermediate_result: Any) -> None:
        seen.append((intermediate_result.x.shape, float(intermediate_result.fun) < 30))

    def by_point(xk: Any) -> None:
        seen.append(xk.shape)

    for callback in (by_result, by_point):
        first = []
        for module_fmin in (fmin, so.fmin):
            seen.clear()
            module_fmin(rosenbrock, START, disp=0, callback=callback)
            first.append(seen[0])
        assert first[0] == first[1]
