"""`OptimizeResult`: SciPy's fields, access and print."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import numpy as np
import pytest
from problems import rosenbrock, wavy

from minimizer import Minimizer, OptimizeResult, RunRecord, Status, minimize

START = [-1.2, 1.0]


@pytest.fixture
def so() -> Any:
    """`scipy.optimize`, the judge."""
    return pytest.importorskip("scipy.optimize")


@pytest.fixture
def result() -> OptimizeResult:
    return minimize(rosenbrock, START, options={"return_all": True, "trace": True})


def plain(value: Any) -> Any:
    """Return arrays and what holds them as lists, which `==` can compare."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, RunRecord):
        return plain(list(vars(value).values()))
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def same(a: OptimizeResult, b: OptimizeResult) -> bool:
    """Return whether all fields are equal."""
    return a.keys() == b.keys() and all(plain(a[key]) == plain(b[key]) for key in a)


# Fields


def test_every_field_of_scipys_result_is_there(so: Any) -> None:
    """With SciPy's type, or one that it is derived from, and shape."""
    for options in ({}, {"return_all": True}, {"maxfev": 20}):
        ours = minimize(rosenbrock, START, options=options)
        theirs = so.minimize(rosenbrock, START, method="Nelder-Mead", options=options)
        assert set(theirs) <= set(ours)
        assert set(ours) - set(theirs) == {
            *("minimizer_status", "runs", "hess", "hess_inv", "confirmed"),
        }
        for key in theirs:
            assert isinstance(ours[key], type(theirs[key])) or isinstance(theirs[key], float)
            if key != "allvecs":
                for mine, scipys in zip(
                    np.atleast_1d(ours[key]) if key != "final_simplex" else ours[key],
                    np.atleast_1d(theirs[key]) if key != "final_simplex" else theirs[key],
                    strict=True,
                ):
                    assert np.shape(mine) == np.shape(scipys)


def test_the_fields_tell_what_happened(result: OptimizeResult) -> None:
    assert result.success is True
    assert result.status == 0
    assert result.minimizer_status is Status.SUCCESS
    assert result.message == "Optimization terminated successfully. Two runs agreed."
    assert result.x == pytest.approx([1.0, 1.0])
    assert result.fun == rosenbrock(result.x)
    assert all(isinstance(run, RunRecord) for run in result.runs)
    assert result.nfev == sum(run.evaluations for run in result.runs) == len(result.trace)
    assert result.nit == 1 + sum(run.iterations for run in result.runs)
    assert result.fun == min(run.function_value for run in result.runs)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_final_simplex_is_that_of_the_best_run_best_vertex_first(n: int) -> None:
    result = minimize(lambda x: rosenbrock(np.append(x, 1.0)), np.zeros(n))
    vertices, values = result.final_simplex
    assert vertices.shape == (n + 1, n)
    assert values.tolist() == sorted(values)
    assert values.tolist() == [rosenbrock([*vertex, 1.0]) for vertex in vertices]
    assert vertices[0].tolist() == result.x.tolist()
    assert values[0] == result.fun
    best = min(result.runs, key=lambda run: run.function_value)
    assert best.simplex is not None
    assert vertices.tolist() == best.simplex[0].tolist()


def test_the_best_run_is_found_behind_one_without_a_result() -> None:
    """A run that evaluated only NaN has no simplex to show."""
    calls = 0

    def late(x: Any) -> float:
        nonlocal calls
        calls += 1
        return float("nan") if calls <= 3 else rosenbrock(x)

    simplex = [START, [-1.0, 1.0], [-1.2, 1.2]]
    result = minimize(late, START, options={"n_jobs": 1, "initial_simplex": simplex})
    assert np.isnan(result.runs[0].function_value)
    assert result.success
    vertices, values = result.final_simplex
    assert values[0] == result.fun
    assert vertices[0].tolist() == result.x.tolist()


def test_the_status_of_every_way_to_end() -> None:
    """SciPy's 0, 1, 2 and 99, and numbers above 2 for what SciPy does not know."""

    def stop(xk: Any) -> None:
        raise StopIteration

    def nowhere(x: Any) -> float:
        return float("nan")

    ends = {
        Status.SUCCESS: (0, minimize(rosenbrock, START)),
        Status.MAX_EVALUATIONS_EXCEEDED: (1, minimize(rosenbrock, START, options={"maxfev": 9})),
        Status.MAX_ITERATIONS_EXCEEDED: (2, minimize(rosenbrock, START, options={"maxiter": 9})),
        Status.INITIALIZATION_FAILURE: (3, minimize(nowhere, START)),
        Status.MAX_RESTARTS_EXCEEDED: (6, minimize(wavy, [1.0, 2.0, 3.0])),
        Status.MAX_SECONDS_EXCEEDED: (
            7,
            minimize(rosenbrock, START, options={"max_seconds": 1e-9}),
        ),
        Status.ABORTED: (99, minimize(rosenbrock, START, callback=stop)),
    }
    for status, (code, result) in ends.items():
        assert result.minimizer_status is status
        assert result.status == code
        assert result.success is (code == 0)
        assert len(result.message) > 20
    assert len({result.message for _, result in ends.values()}) == len(ends)


# Access


def test_a_field_is_an_item_and_an_attribute(result: OptimizeResult) -> None:
    for key in result:
        assert getattr(result, key) is result[key]
    assert isinstance(result, dict)
    assert set(result) <= set(dir(result))
    result.note = "mine"
    assert result["note"] == "mine"
    result["note"] = "yours"
    assert result.note == "yours"
    del result.note
    assert "note" not in result


def test_a_missing_field_is_told_as_by_scipy(so: Any) -> None:
    """`hasattr` and `get` are how code copes with fields that not every method has."""
    for kind in (OptimizeResult, so.OptimizeResult):
        empty = kind()
        assert not hasattr(empty, "hess_inv")
        assert empty.get("hess_inv") is None
        with pytest.raises(AttributeError, match="hess_inv"):
            empty.hess_inv  # noqa: B018
        with pytest.raises(KeyError, match="hess_inv"):
            empty["hess_inv"]
        with pytest.raises((AttributeError, KeyError), match="hess_inv"):
            del empty.hess_inv


def test_items_named_like_methods_hide_nothing() -> None:
    result = OptimizeResult(keys=3)
    assert result["keys"] == 3
    assert callable(result.keys)


# Copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_result_survives_a_pickle(result: OptimizeResult, protocol: int) -> None:
    """Workers send results to each other this way."""
    back = pickle.loads(pickle.dumps(result, protocol))
    assert type(back) is type(result)
    assert isinstance(back, OptimizeResult)
    assert same(back, result)
    assert back.minimizer_status is Status.SUCCESS


def test_a_result_can_be_pickled_whatever_the_function_was() -> None:
    """It must not hold the function, which may be a lambda."""
    result = minimize(lambda x: rosenbrock(x), START, callback=lambda xk: None)
    assert pickle.loads(pickle.dumps(result)).fun == result.fun


def test_copies(result: OptimizeResult) -> None:
    shallow, deep = copy.copy(result), copy.deepcopy(result)
    assert type(shallow) is type(deep) is type(result)
    assert same(shallow, result)
    assert same(deep, result)
    assert shallow.x is result.x
    assert deep.x is not result.x


def test_a_result_is_its_own() -> None:
    """A second minimization, or a change of one field, leaves the others alone."""
    first = minimize(rosenbrock, START)
    x = first.x.copy()
    second = minimize(rosenbrock, START)
    second.x[:] = 0
    assert first.x.tolist() == x.tolist()
    first.x[:] = 7
    assert first.final_simplex[0][0].tolist() == x.tolist()
    assert first.runs[0].params.tolist() != [7, 7]


def test_the_fields_that_type_checkers_know_are_those_that_there_are(
    result: OptimizeResult,
) -> None:
    assert set(OptimizeResult.__annotations__) == {*result, "minimizer"}


# The minimizer


def test_a_result_leads_to_its_minimizer(result: OptimizeResult) -> None:
    m = result.minimizer
    assert isinstance(m, Minimizer)
    assert (m.function_value, m.evaluations) == (result.fun, result.nfev)
    assert m.params.tolist() == result.x.tolist()
    assert m.runs == result.runs


def test_the_minimizer_is_no_item_and_stays_behind(result: OptimizeResult) -> None:
    assert "minimizer" not in result
    assert "minimizer" not in dict(result)
    assert "minimizer" not in repr(result).replace("minimizer_status", "")
    assert pickle.loads(pickle.dumps(result)).minimizer is None
    assert copy.deepcopy(result).minimizer is None
    assert OptimizeResult(x=1).minimizer is None
    with pytest.raises(AttributeError, match="minimiser"):
        result.minimiser  # noqa: B018


# Print


def test_a_result_prints_as_scipys(so: Any) -> None:
    """Line by line the same; only the digits of arrays differ (SciPy shows four)."""
    fields = {
        "message": "Optimization terminated successfully.",
        "success": True,
        "status": 0,
        "fun": 5.000000000000582,
        "x": np.array([1.0, 2.0]),
        "nit": 41,
        "nfev": 92,
    }
    ours = repr(OptimizeResult(fields)).splitlines()
    theirs = repr(so.OptimizeResult(fields)).splitlines()
    for mine, scipys in zip(ours, theirs, strict=True):
        if scipys.strip().startswith("x:"):
            numbers = [
                [float(t) for t in re.findall(r"[\d.e+]+\d|\d\.", s)] for s in (mine, scipys)
            ]
            assert mine.partition(":")[0] == scipys.partition(":")[0]
            assert numbers[0] == numbers[1] == [1.0, 2.0]
        else:
            assert mine == scipys


def test_no_fields_print_as_scipys(so: Any) -> None:
    assert repr(OptimizeResult()) == repr(so.OptimizeResult()) == "OptimizeResult()"


def test_a_print_is_short_and_aligned(result: OptimizeResult) -> None:
    """Simplex, runs, vectors and trace would fill the screen."""
    lines = str(result).splitlines()
    assert str(result) == repr(result)
    assert len(lines) == len(result)
    assert len({line.index(":") for line in lines}) == 1
    shown = {key.strip(): text for key, _, text in (line.partition(": ") for line in lines)}
    assert list(shown) == list(result)
    assert float(shown["fun"]) == result.fun
    assert shown["minimizer_status"] == "SUCCESS"
    assert shown["runs"] == "<2 runs>"
    assert shown["trace"] == f"<{result.nfev} trace>"
    assert max(map(len, lines)) <= 100


def test_a_long_array_is_indented() -> None:
    lines = repr(OptimizeResult(fun=1.0, x=np.arange(60.0))).splitlines()
    assert len(lines) > 2
    column = lines[1].index("[")
    assert all(line[:column].isspace() and line[column] == " " for line in lines[2:])
