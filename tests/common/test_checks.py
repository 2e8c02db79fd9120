"""What users pass in: each error names the argument, the rule and what came."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scripted import INF, NAN

from minimizer import Minimizer, Rules
from minimizer.common import checks


def zero(x: Any) -> float:
    return 0.0


Errors = type[Exception] | tuple[type[Exception], ...]

BAD_SETTINGS: list[tuple[str, Any, Errors]] = [
    ("fun", 3, TypeError),
    ("fun", "zero", TypeError),
    ("callback", 3, TypeError),
    ("n_params", 0, ValueError),
    ("n_params", -1, ValueError),
    ("n_params", 2.0, TypeError),
    ("n_params", "2", TypeError),
    ("rules", "ImageJ", ValueError),
    ("rules", "", ValueError),
    ("rules", None, ValueError),
    ("rules", 3, ValueError),
    ("rules", [1], ValueError),
    ("schedule", "parallel", ValueError),
    ("schedule", None, ValueError),
    ("schedule", ["pairs"], ValueError),
    ("bounds", [(1.0, 0.0)], ValueError),
    ("bounds", [(0.0, 1.0), (1.0, 0.0)], ValueError),
    ("bounds", [(NAN, 1.0)], ValueError),
    ("bounds", [(0.0, NAN)], ValueError),
    ("bounds", [0.0, 1.0], ValueError),
    ("bounds", [(0.0, 1.0, 2.0)], ValueError),
    ("bounds", [(0.0, "1")], TypeError),
    ("bounds", [(0.0, 1j)], TypeError),
    ("bounds", 5, TypeError),
    ("bounds", [([0.0, 1.0], 2.0)], ValueError),
    ("bounds", [(INF, INF)], ValueError),
    ("bounds", [(-INF, -INF)], ValueError),
    ("max_rel_error", -1e-3, ValueError),
    ("max_rel_error", NAN, (TypeError, ValueError)),
    ("max_rel_error", "small", TypeError),
    ("max_rel_error", None, TypeError),
    ("max_rel_error", 1j, TypeError),
    ("max_abs_error", -1e-3, ValueError),
    ("max_abs_error", NAN, (TypeError, ValueError)),
    ("param_resolutions", [-1.0], ValueError),
    ("param_resolutions", [INF], ValueError),
    ("param_resolutions", [NAN], ValueError),
    ("param_resolutions", "fine", TypeError),
    ("max_iterations", -1, ValueError),
    ("max_iterations", 10.5, TypeError),
    ("max_evaluations", -1, ValueError),
    ("max_evaluations", 0, ValueError),
    ("max_evaluations", "all", TypeError),
    ("max_restarts", -1, ValueError),
    ("max_restarts", 1.5, TypeError),
    ("max_restarts", None, TypeError),
    ("max_seconds", -1.0, ValueError),
    ("max_seconds", 0, ValueError),
    ("max_seconds", NAN, (TypeError, ValueError)),
    ("max_seconds", "1", TypeError),
    ("random_seed", 2**31, ValueError),
    ("random_seed", -(2**31) - 1, ValueError),
    ("random_seed", 1.0, TypeError),
    ("random_seed", None, TypeError),
    ("n_jobs", 0, ValueError),
    ("n_jobs", 1.5, TypeError),
    ("extra_array_elements", -1, ValueError),
    ("extra_array_elements", 0.5, TypeError),
    ("progress", "bar", ValueError),
    ("progress", 1, ValueError),
    ("interrupt", "stop", ValueError),
    ("interrupt", True, ValueError),
    ("trace", 1, TypeError),
    ("trace", "yes", TypeError),
    ("tolerances", 1e-4, TypeError),
    ("tolerances", (1e-4,), TypeError),
    ("tolerances", (-1.0, 1.0), ValueError),
    ("tolerances", (1.0, -1.0), ValueError),
]


def _name(value: Any) -> str:
    return getattr(value, "__name__", None) or repr(value)


@pytest.mark.parametrize(("setting", "value", "error"), BAD_SETTINGS, ids=_name)
def test_a_bad_setting_is_refused_at_once_and_named(
    setting: str, value: Any, error: Errors
) -> None:
    """By the constructor and when set; what was set before stays."""
    given = {"fun": zero, "n_params": 2, setting: value}
    with pytest.raises(error, match=rf"^{setting}\b.*; "):
        Minimizer(**given)
    m = Minimizer(zero, 2)
    before = getattr(m, setting)
    with pytest.raises(error, match=rf"^{setting}\b.*; "):
        setattr(m, setting, value)
    assert getattr(m, setting) is before or getattr(m, setting) == before


GOOD_SETTINGS: list[tuple[str, Any, Any]] = [
    ("n_params", np.int64(3), 3),
    ("max_rel_error", 0, 0.0),
    ("max_rel_error", np.float32(0.5), 0.5),
    ("max_abs_error", INF, INF),
    ("max_iterations", np.int32(7), 7),
    ("max_iterations", 0, 0),
    ("max_iterations", None, 6000),
    ("max_evaluations", 1, 1),
    ("max_evaluations", None, None),
    ("max_restarts", 0, 0),
    ("max_restarts", 5, 5),
    ("max_seconds", 1e-9, 1e-9),
    ("max_seconds", None, None),
    ("random_seed", -(2**31), -(2**31)),
    ("random_seed", 2**31 - 1, 2**31 - 1),
    ("n_jobs", -1, -1),
    ("n_jobs", None, None),
    ("schedule", "sequential", "sequential"),
    ("progress", "line", "line"),
    ("progress", True, True),
    ("interrupt", "abort", "abort"),
    ("trace", True, True),
    ("args", (1, 2), (1, 2)),
    ("args", 5, (5,)),
    ("fun", None, None),
    ("tolerances", None, None),
    ("tolerances", [1e-3, 0], (1e-3, 0.0)),
]


@pytest.mark.parametrize(("setting", "value", "kept"), GOOD_SETTINGS, ids=_name)
def test_a_good_setting_can_be_read_back(setting: str, value: Any, kept: Any) -> None:
    m = Minimizer(zero, 2)
    setattr(m, setting, value)
    got = getattr(m, setting)
    if setting == "tolerances" and got is not None:
        got = (got.params, got.value)
    assert got == kept
    assert type(got) is type(kept)


@pytest.mark.parametrize("rules", [Rules(), Rules(nan_ranks_worst=False)])
def test_rules_are_kept_as_they_are(rules: Rules) -> None:
    assert Minimizer(zero, 1, rules=rules).rules is rules


BAD_STARTS: list[tuple[str, Any, Any, Errors]] = [
    ("initial_params", [], None, ValueError),
    ("initial_params", [1.0], None, ValueError),
    ("initial_params", [1.0, 2.0, 3.0], None, ValueError),
    ("initial_params", [[1.0, 2.0]], None, ValueError),
    ("initial_params", [1.0, INF], None, ValueError),
    ("initial_params", [1.0, -INF], None, ValueError),
    ("initial_params", [1.0, 2j], None, TypeError),
    ("initial_params", "ab", None, TypeError),
    ("initial_params", ["1", "2"], None, TypeError),
    ("initial_params", [1.0, [2.0, 3.0]], None, (TypeError, ValueError)),
    ("initial_param_variations", [1.0, 2.0], [1.0, 0.0], ValueError),
    ("initial_param_variations", [1.0, 2.0], [1.0, -1.0], ValueError),
    ("initial_param_variations", [1.0, 2.0], [1.0, NAN], ValueError),
    ("initial_param_variations", [1.0, 2.0], [1.0, INF], ValueError),
    ("initial_param_variations", [1.0, 2.0], [1.0, 2.0, 3.0], ValueError),
    ("initial_param_variations", [1.0, 2.0], [], ValueError),
    ("initial_param_variations", [1.0, 2.0], 1j, TypeError),
    ("initial_param_variations", None, [1.0, 2.0, 3.0], ValueError),
]


@pytest.mark.parametrize(("name", "params", "variations", "error"), BAD_STARTS)
@pytest.mark.parametrize("method", ["minimize", "minimize_once", "ask"])
def test_bad_start_values_are_refused_before_the_first_evaluation(
    method: str, name: str, params: Any, variations: Any, error: Errors
) -> None:
    calls: list[Any] = []
    m = Minimizer(calls.append, 2)
    with pytest.raises(error, match=rf"^{name}\b.*; "):
        getattr(m, method)(params, variations)
    assert not calls
    assert m.status is None


def test_the_element_at_fault_is_named() -> None:
    with pytest.raises(
        ValueError, match=r"^initial_param_variations\[2\] is 0\.0; variations must"
    ):
        Minimizer(zero).minimize([1.0, 1.0, 1.0], [1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match=r"^initial_params\[1\] is inf; "):
        Minimizer(zero).minimize([1.0, INF])
    with pytest.raises(ValueError, match=r"^bounds\[1\] is \(2\.0, 1\.0\); "):
        Minimizer(zero, bounds=[(0, 1), (2, 1)])


def test_numbers_of_parameters_that_disagree_are_both_named() -> None:
    with pytest.raises(ValueError, match=r"initial_params has 3 .* n_params is 2"):
        Minimizer(zero, 2).minimize([1.0, 2.0, 3.0])


@pytest.mark.parametrize("method", ["minimize", "minimize_once", "ask"])
def test_no_parameters_at_all_are_refused(method: str) -> None:
    with pytest.raises(ValueError, match=r"n_params.*initial_params"):
        getattr(Minimizer(zero), method)()


@pytest.mark.parametrize("method", ["minimize", "minimize_once", "ask"])
def test_no_variations_and_nothing_else_are_refused(method: str) -> None:
    with pytest.raises(ValueError, match=r"^(initial_param_variations|n_params)\b"):
        getattr(Minimizer(zero), method)(None, [])


@pytest.mark.parametrize(
    ("setting", "value"),
    [("bounds", [(0, 1), (0, 1), (0, 1)]), ("bounds", []), ("param_resolutions", [1.0, 1.0, 1.0])],
)
def test_settings_of_the_wrong_length_are_refused(setting: str, value: Any) -> None:
    """At once if the number of parameters is given, at the call if not."""
    with pytest.raises(ValueError, match=rf"^{setting} has \d elements; it must have 2"):
        Minimizer(zero, 2, **{setting: value})
    m = Minimizer(zero, **{setting: value})
    with pytest.raises(ValueError, match=rf"^{setting} has \d elements; it must have 2"):
        m.minimize([1.0, 2.0])


def test_a_single_element_stands_for_all_parameters() -> None:
    m = Minimizer(zero, 3, bounds=[(-1, 1)], param_resolutions=0.5)
    assert m.minimize([0.0, 0.0, 0.0], 0.1) == 0


def test_a_single_number_is_a_start_of_one_parameter() -> None:
    m = Minimizer(zero)
    m.minimize(3.0)
    assert m.n_params == 1
    with pytest.raises(ValueError, match=r"^initial_params has 1 elements but n_params is 2"):
        Minimizer(zero, 2).minimize(3.0)


def test_fun_none_cannot_be_minimized_with() -> None:
    with pytest.raises(TypeError, match=r"^fun is None; .*ask"):
        Minimizer(None, 1).minimize()


BAD_SIMPLICES: list[Any] = [
    [[0.0, 0.0], [1.0, 0.0]],
    [[0.0], [1.0], [2.0]],
    [0.0, 1.0],
    np.zeros((3, 2, 1)),
    [[0.0, 0.0], [1.0, 0.0], [0.0, NAN]],
    [[0.0, 0.0], [1.0, 0.0], [0.0, INF]],
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1j]],
]


@pytest.mark.parametrize("simplex", BAD_SIMPLICES, ids=repr)
def test_a_bad_initial_simplex_is_refused(simplex: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^initial_simplex\b.*; "):
        Minimizer(zero, 2).minimize(initial_simplex=simplex)


@pytest.mark.parametrize(
    "given", [[1, 2], (1.0, 2.0), np.array([1, 2], dtype=np.uint8), range(1, 3)]
)
def test_vectors_come_in_any_form_and_are_copied(given: Any) -> None:
    vector = checks.vector("x", given)
    assert vector.tolist() == [1.0, 2.0]
    assert vector.dtype == np.float64
    assert not np.shares_memory(vector, np.asarray(given))


def test_a_float64_array_is_copied_too() -> None:
    given = np.array([1.0, 2.0])
    for check in (checks.initial_params, checks.variations, checks.resolutions):
        check_: Callable[[str, Any], Any] = check
        assert not np.shares_memory(check_("x", given), given)


def test_bounds_in_every_form() -> None:
    for given in (
        [(None, 1), (0, None)],
        [(-INF, 1.0), (0.0, INF)],
        ((None, 1), (0, None)),
        np.array([[-INF, 1.0], [0.0, INF]]),
        iter([(None, 1), (0, None)]),
    ):
        box = checks.bounds("bounds", given)
        assert box is not None
        assert box.lower.tolist() == [-INF, 0.0]
        assert box.upper.tolist() == [1.0, INF]
    assert checks.bounds("bounds", None) is None


def test_scipy_bounds() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    box = checks.bounds("bounds", optimize.Bounds([-math.inf, 0.0], 1.0))
    assert box is not None
    assert box.lower.tolist() == [-INF, 0.0]
    assert box.upper.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match=r"^bounds\[1\] is \(2\.0, 1\.0\)"):
        checks.bounds("bounds", optimize.Bounds([0.0, 2.0], [1.0, 1.0]))


def test_changing_the_array_of_bounds_afterwards_changes_nothing() -> None:
    lower = np.zeros(2)

    class Bounds:
        """Like SciPy's."""

        lb, ub = lower, np.ones(2)

    m = Minimizer(zero, 2, bounds=Bounds())
    lower[:] = 5.0
    assert m.bounds is not None
    assert m.bounds.lower.tolist() == [0.0, 0.0]
