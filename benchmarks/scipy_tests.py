"""SciPy's own tests, run with this package in the place of Nelder-Mead, fmin and least squares.

``python -m benchmarks.scipy_tests`` needs scipy and pytest and prints what passed and what failed;
``-v`` shows the failures. What SciPy skips by itself (other Pythons, other backends) is counted.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
import scipy.optimize
from scipy.optimize import _minimize as scipy_minimize_module
from scipy.optimize import _minpack_py as scipy_minpack_module

import minimizer

PLACE = "scipy.optimize.tests"
TESTS = (
    f"{PLACE}.test_optimize",
    f"{PLACE}.test_least_squares",
    f"{PLACE}.test_minpack::TestCurveFit",
)

# Why a test may fail: it asks for SciPy's own path, not for a right answer.
EXPECTED_FAILURES = {
    "test_neldermead": "pins SciPy's trajectory and its count of evaluations",
    "test_neldermead_initial_simplex": "pins SciPy's trajectory and its count of evaluations",
    "test_neldermead_adaptive": "demands that the default fail, where this package succeeds",
    "test_neldermead_iteration_num": "pins SciPy's count of iterations",
}
_FLAT = "demands more digits of a flat minimum than the function's values have"
_COUNTED = "max_nfev counts calls for differences, too"
_TAKEN = "demands that an argument be refused, which is taken here"
EXPECTED_FAILURES |= {
    "test_options": _FLAT,
    "test_x_scale_options": _FLAT,
    "test_basic": _FLAT,
    "test_callback": _FLAT,
    "test_full_result": "demands fewer than 10 calls, those for differences not counted",
    "test_full_result_single_fev": _COUNTED,
    "test_nfev_options": _COUNTED,
    "test_bvp": _COUNTED,
    "test_jac": "pins SciPy's Jacobian of a robust loss beyond the inliers",
    "test_robustness": "ends in another minimum of a loss that has several (arctan)",
    "test_exact_tr_solver": _TAKEN,
    "test_wrong_parameters": _TAKEN,
    "test_wrong_jac_sparsity": _TAKEN,
    "test_solver_selection": "demands a sparse Jacobian",
    "test_linear_operator": "linear operators are refused",
    "test_error_raised_when_all_tolerances_below_eps": _TAKEN,
    "test_small_tolerances_for_lm": _TAKEN,
    "test_bounds_not_supported": _TAKEN,
    "test_m_less_n_not_supported": _TAKEN,
    "test_sparse_not_supported": _TAKEN,
    "test_jac_sparsity_not_supported": _TAKEN,
    "test_loss": _TAKEN,
    "test_rosenbrock_cropped": "demands a failure where residuals become NaN",
    "test_callback_with_lm_method": "demands a warning that callbacks are not called",
    "test_full_output": "demands MINPACK's work arrays",
    "test_bounds": _TAKEN,
    "test_gh4555b": "pins seven digits of a covariance",
}

_scipy_minimize = scipy.optimize.minimize


def minimize(fun: Any, x0: Any, args: Any = (), method: Any = None, **kwargs: Any) -> Any:
    """Call this package for Nelder-Mead and SciPy for all other methods."""
    if isinstance(method, str) and method.lower() == "nelder-mead":
        return minimizer.minimize(fun, x0, args, method, **kwargs)
    return _scipy_minimize(fun, x0, args, method, **kwargs)


class Replace:
    """A pytest plugin that replaces the functions and takes down how the tests end."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[str]] = {"passed": [], "failed": [], "skipped": []}

    def pytest_configure(self) -> None:
        """Replace SciPy's functions."""
        scipy.optimize.minimize = minimize
        scipy.optimize.fmin = minimizer.fmin
        scipy.optimize.least_squares = minimizer.least_squares
        scipy.optimize.curve_fit = scipy_minpack_module.curve_fit = minimizer.curve_fit
        scipy_minimize_module._minimize_neldermead = minimizer.nelder_mead

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome of a test."""
        if report.when == "call" or report.skipped:
            self.outcomes[report.outcome].append(report.nodeid.partition("::")[2])


def _chosen() -> list[str]:
    """Return the modules of tests whose names have one of the words given, else all."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return [test for test in TESTS if not words or any(word in test for word in words)]


def main() -> int:
    """Run the tests and print the outcomes; return 0 if only the expected ones failed."""
    plugin = Replace()
    traceback = "--tb=short" if "-v" in sys.argv else "--tb=no"
    pytest.main(
        ["--pyargs", *_chosen(), "-q", "-p", "no:cacheprovider", traceback, "-c", os.devnull],
        plugins=[plugin],
    )
    unexpected = 0
    for test in plugin.outcomes["failed"]:
        name = test.rpartition("::")[2].partition("[")[0]
        reason = EXPECTED_FAILURES.get(name)
        unexpected += reason is None
        print(f"failed: {test}: {reason or 'UNEXPECTED'}")
    counts = ", ".join(f"{len(tests)} {outcome}" for outcome, tests in plugin.outcomes.items())
    print(f"{counts}, {unexpected} of the failures unexpected")
    return int(unexpected > 0)


if __name__ == "__main__":
    raise SystemExit(main())
