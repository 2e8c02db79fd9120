"""A pytest plugin: counts every Nelder-Mead call of SciPy's, or has this package make it.

It runs in the environment of a client package, loaded with ``-p`` before the client is imported, so
that each ``from scipy.optimize import fmin`` gets what stands here. The environment says what to
do: NM_WITH is "scipy" or "minimizer"; NM_OUT is the file to write; NM_ONLY, if given, is a file of
the tests to run, one per line.
"""

from __future__ import annotations

import functools
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import _minimize, _optimize

import minimizer

FMIN_ARGUMENTS = (
    *("args", "xtol", "ftol", "maxiter", "maxfun", "full_output", "disp", "retall", "callback"),
    "initial_simplex",
)
MINIMIZE_ARGUMENTS = (
    *("args", "method", "jac", "hess", "hessp", "bounds", "constraints", "tol", "callback"),
    "options",
)
BY_MINIMIZER = os.environ["NM_WITH"] == "minimizer"
scipys_fmin, scipys_minimize = scipy.optimize.fmin, scipy.optimize.minimize


class Now:
    """The test that runs, and what came of all so far."""

    test = ""
    tests: dict[str, dict[str, Any]] = {}  # noqa: RUF012
    calls: list[dict[str, Any]] = []  # noqa: RUF012


class Counting:
    """A function that counts its calls."""

    def __init__(self, fun: Callable[..., Any]) -> None:
        self.fun, self.calls = fun, 0
        functools.update_wrapper(self, fun, assigned=("__name__", "__doc__"), updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Count a call, and make it."""
        self.calls += 1
        return self.fun(*args, **kwargs)


def noted(fun: Any, call: Callable[[Any], Any], value_of: Callable[[Any], Any]) -> Any:
    """Make a call with a function that counts, and note what it came to."""
    counting = Counting(fun)
    note: dict[str, Any] = {"test": Now.test, "value": None, "success": None}
    try:
        output = call(counting)
        value, note["success"] = value_of(output)
        note["value"] = float(np.ravel(value)[0])
    finally:
        note["evaluations"] = counting.calls
        Now.calls.append(note)
    return output


@functools.wraps(scipys_fmin)
def fmin(func: Any, x0: Any, *args: Any, **kwargs: Any) -> Any:
    """Call either `fmin`, always with full output, and return what was asked for."""
    given = {**dict(zip(FMIN_ARGUMENTS, args, strict=False)), **kwargs}
    asked = {**given, "full_output": True}
    either = minimizer.fmin if BY_MINIMIZER else scipys_fmin
    output = noted(func, lambda f: either(f, x0, **asked), lambda out: (out[1], out[4] == 0))
    if given.get("full_output"):
        return output
    return (output[0], output[5]) if given.get("retall") else output[0]


@functools.wraps(scipys_minimize)
def minimize(fun: Any, x0: Any, *args: Any, **kwargs: Any) -> Any:
    """Call either `minimize` for Nelder-Mead, and SciPy's for all other methods."""
    given = {**dict(zip(MINIMIZE_ARGUMENTS, args, strict=False)), **kwargs}
    method = given.get("method")
    if not (isinstance(method, str) and method.lower() == "nelder-mead"):
        return scipys_minimize(fun, x0, **given)
    either = minimizer.minimize if BY_MINIMIZER else scipys_minimize
    return noted(fun, lambda f: either(f, x0, **given), lambda out: (out.fun, bool(out.success)))


for module in (scipy.optimize, _optimize, _minimize):
    for own in (fmin, minimize):
        if hasattr(module, own.__name__):
            setattr(module, own.__name__, own)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave only the tests that were asked for."""
    if "NM_ONLY" not in os.environ:
        return
    wanted = set(Path(os.environ["NM_ONLY"]).read_text().splitlines())
    dropped = [item for item in items if item.nodeid not in wanted]
    items[:] = [item for item in items if item.nodeid in wanted]
    config.hook.pytest_deselected(items=dropped)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note which test runs and its processor time; it draws the same numbers each time."""
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    Now.test, began = item.nodeid, time.process_time()
    try:
        return (yield)
    finally:
        Now.tests.setdefault(item.nodeid, {})["seconds"] = time.process_time() - began


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended, and why it failed."""
    test = Now.tests.setdefault(report.nodeid, {})
    if report.outcome != "passed" or "outcome" not in test:
        expected = hasattr(report, "wasxfail")
        test["outcome"] = "xfailed" if expected else report.outcome
    if report.failed and not hasattr(report, "wasxfail"):
        test["why"] = str(getattr(report.longrepr, "reprcrash", report.longrepr))[-600:]


def pytest_sessionfinish() -> None:
    """Write all of it down."""
    Path(os.environ["NM_OUT"]).write_text(json.dumps({"tests": Now.tests, "calls": Now.calls}))
