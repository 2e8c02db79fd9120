"""`minimize`: the arguments of SciPy's, with its meaning, its warnings and its errors."""

from __future__ import annotations

import functools
import itertools
import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from problems import bowl, rosenbrock

import minimizer
from minimizer import Status, minimize, nelder_mead

NM = "Nelder-Mead"


@pytest.fixture
def so() -> Any:
    """`scipy.optimize`, the judge."""
    return pytest.importorskip("scipy.optimize")


class Seen:
    """A function that keeps the points it was called with."""

    def __init__(self, fun: Callable[..., float] = bowl) -> None:
        self.fun = fun
        self.points: list[NDArray[Any]] = []
        self.args: list[tuple[Any, ...]] = []

    def __call__(self, x: NDArray[Any], *args: Any) -> float:
        self.points.append(x.copy())
        self.args.append(args)
        return self.fun(x)


def warned(call: Callable[[], Any]) -> list[tuple[type[Warning], str, str]]:
    """Return what a call warns of: category, words, and the file that it points to."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [(w.category, str(w.message), w.filename) for w in caught]


def complaint(call: Callable[[], Any]) -> tuple[type[BaseException], str]:
    """Return the kind and the words of the error that a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call()
    return type(caught.value), str(caught.value)


# The signature


def test_the_arguments_are_scipys_in_its_order_with_its_defaults(so: Any) -> None:
    """A call with positional arguments must mean the same."""

    def of(fun: Callable[..., Any]) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in signature(fun).parameters.values()]

    assert of(minimize) == of(so.minimize)


@pytest.mark.slow
def test_scipy_is_neither_needed_nor_loaded() -> None:
    """SciPy is optional: the drop-in must work where it is not installed."""
    script = (
        "import sys; sys.modules['scipy'] = None\n"
        "from minimizer import minimize, fmin\n"
        "f = lambda x: (x[0] - 1) ** 2\n"
        "assert minimize(f, 3, bounds=[(2, 5)], tol=1e-6, options={'maxfev': 99}).x == [2]\n"
        "assert abs(fmin(f, 3, disp=0)[0] - 1) < 1e-6\n"
        "assert not [name for name in sys.modules if name.startswith('scipy.')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


# args


@pytest.mark.parametrize("args", [(), (2.0, "three"), 2.0, [1, 2], None, ((1, 2),), np.ones(3)])
def test_args_reach_the_function_as_from_scipy(args: Any, so: Any) -> None:
    """A tuple is spread, and anything else, a list too, is one argument."""
    ours, theirs = Seen(), Seen()
    minimize(ours, [3.0], args, options={"maxfev": 5})
    so.minimize(theirs, [3.0], args, NM, options={"maxfev": 5})
    for mine, scipys in zip(ours.args, theirs.args, strict=True):
        assert len(mine) == len(scipys)
        assert all(a is b for a, b in zip(mine, scipys, strict=True))


def test_a_single_value_stands_for_a_tuple() -> None:
    result = minimize(lambda x, centre: (x[0] - centre) ** 2, 3.0, args=7.0)
    assert result.x == pytest.approx([7.0])


# method


@pytest.mark.parametrize(
    "method",
    [None, NM, "nelder-mead", "NELDER-MEAD", "neldermead", "Nelder_Mead", "nelder\u2013mead"],
)
def test_every_spelling_of_the_method_is_understood(method: str | None) -> None:
    assert minimize(bowl, [3.0], method=method).fun == pytest.approx(7.0)


@pytest.mark.parametrize("method", ["BFGS", "Powell", "nelder", "", 3, nelder_mead])
def test_another_method_is_refused_with_a_way_out(method: Any) -> None:
    """Silently using Nelder-Mead for BFGS would be worse than an error."""
    seen = Seen()
    with pytest.raises(ValueError, match=r"'Nelder-Mead'.*scipy\.optimize\.minimize") as caught:
        minimize(seen, [3.0], method=method)
    assert repr(method) in str(caught.value)
    assert not seen.points


# jac, hess, hessp, constraints


def gradient(x: NDArray[Any], *args: Any) -> NDArray[Any]:
    return 2 * (x - 1)


@pytest.mark.parametrize(
    "unused",
    [
        {"jac": gradient},
        {"jac": "2-point"},
        {"jac": False},
        {"jac": None},
        {"hess": gradient},
        {"hess": "2-point"},
        {"hessp": gradient},
        {"jac": gradient, "hess": gradient, "hessp": gradient},
    ],
)
def test_unused_derivatives_are_warned_of_as_by_scipy(unused: dict[str, Any], so: Any) -> None:
    """Category, words and the line that the warning points to."""
    ours = warned(lambda: minimize(bowl, [3.0], method=NM, **unused))
    theirs = warned(lambda: so.minimize(bowl, [3.0], method=NM, **unused))
    assert ours == theirs
    assert all(file == __file__ for _, _, file in ours)


def test_unused_derivatives_are_warned_of_without_scipy() -> None:
    with pytest.warns(RuntimeWarning, match=r"does not use gradient information \(jac\)"):
        result = minimize(bowl, [3.0], jac=gradient)
    assert result.success


def test_a_function_that_returns_its_gradient_too_is_minimized(so: Any) -> None:
    """``jac=True`` is common in code that tries several methods."""

    def both(x: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        return bowl(x), gradient(x)

    with pytest.warns(RuntimeWarning, match="jac"):
        ours = minimize(both, [3.0, 3.0], jac=True)
    with pytest.warns(RuntimeWarning, match="jac"):
        theirs = so.minimize(both, [3.0, 3.0], jac=True, method=NM)
    assert ours.x == pytest.approx(theirs.x, abs=1e-4)


@pytest.mark.parametrize("constraints", [(), [], {}, None])
def test_no_constraints_are_none(constraints: Any) -> None:
    assert minimize(bowl, [3.0], constraints=constraints).success


KEPT: list[Any] = [
    {"type": "ineq", "fun": lambda x: x[0]},
    {"type": "eq", "fun": lambda x, a: x[0] - a, "args": (1.0,)},
    {"type": "INEQ", "fun": lambda x: np.array([x[0], 2.0 - x[1]])},
]
BROKEN: list[Any] = [
    {"type": "ineq", "fun": lambda x: x[0] - 3.0},
    {"type": "eq", "fun": lambda x: [x[0] - 1.0, x[1] - 3.0]},
    {"type": "ineq", "fun": lambda x: math.nan},
    {"type": "ineq"},
    {"type": "ineq", "fun": lambda x: 1 / 0},
]


@pytest.mark.parametrize("constraint", KEPT)
@pytest.mark.parametrize("many", [False, True])
def test_constraints_are_ignored_with_scipys_warning(constraint: Any, many: bool, so: Any) -> None:
    given = [constraint] if many else constraint
    text = "^Method Nelder-Mead cannot handle constraints.$"
    with pytest.warns(RuntimeWarning, match=text) as seen:
        ours = minimize(bowl, [3.0, 3.0], constraints=given)
    with pytest.warns(RuntimeWarning, match=text):
        theirs = so.minimize(bowl, [3.0, 3.0], method=NM, constraints=given)
    assert seen[0].filename == __file__
    assert (ours.success, ours.status, ours.confirmed) == (theirs.success, 0, True)
    assert ours.x == pytest.approx(theirs.x, abs=1e-3)


@pytest.mark.filterwarnings("ignore:Method Nelder-Mead cannot")
@pytest.mark.parametrize("constraint", BROKEN)
def test_a_result_that_does_not_fulfil_the_constraints_is_no_success(constraint: Any) -> None:
    """Whatever becomes of them, the minimum without constraints is there."""
    result = minimize(bowl, [3.0, 3.0], constraints=[KEPT[0], constraint])
    assert (result.success, result.status, result.confirmed) == (False, 98, False)
    assert result.minimizer_status is Status.SUCCESS
    assert "constraints[1]" in result.message
    assert "constraints[0]" not in result.message
    assert result.x == pytest.approx([1.0, 2.0], abs=1e-5)


@pytest.mark.filterwarnings("ignore:Method Nelder-Mead cannot")
def test_scipys_constraint_objects(so: Any) -> None:
    """They have no length."""
    for make, keeps, breaks in (
        (functools.partial(so.LinearConstraint, np.eye(2)), (0, [1.5, 2.5]), (0, 1)),
        (functools.partial(so.NonlinearConstraint, bowl), (-np.inf, 7.5), (8, np.inf)),
        (so.Bounds, ([0, 0], [3, 3]), ([0, 0], [1, 1])),
    ):
        assert minimize(bowl, [3.0, 3.0], constraints=make(*keeps)).success
        assert not minimize(bowl, [3.0, 3.0], constraints=[make(*keeps), make(*breaks)]).success


# bounds: their forms (that they hold is in the tests of boxes below)

FORMS: list[Any] = [
    [(2.0, None), (None, 1.5)],
    [(2.0, np.inf), (-np.inf, 1.5)],
    ((2, None), (None, 1.5)),
    [[2.0, np.inf], [-np.inf, 1.5]],
    np.array([[2.0, np.inf], [-np.inf, 1.5]]),
    np.array([(2.0, None), (None, 1.5)], dtype=object),
]


@pytest.mark.parametrize("bounds", FORMS)
def test_pairs_of_bounds_in_every_form(bounds: Any) -> None:
    """The minimum of the bowl, (1, 2), is moved to (2, 1.5)."""
    result = minimize(bowl, [3.0, 1.0], bounds=bounds)
    assert result.success
    assert result.x == pytest.approx([2.0, 1.5], abs=1e-12)


def test_an_iterator_of_pairs_is_read_once() -> None:
    assert minimize(
        bowl, [3.0, 1.0], bounds=zip([2, -5], [9, 1.5], strict=True)
    ).x == pytest.approx([2.0, 1.5])


def test_scipys_bounds(so: Any) -> None:
    """Arrays, and scalars that stand for all parameters."""
    one = minimize(bowl, [3.0, 1.0], bounds=so.Bounds([2.0, -np.inf], [np.inf, 1.5]))
    assert one.x == pytest.approx([2.0, 1.5], abs=1e-12)
    other = minimize(bowl, [3.0, 3.0], bounds=so.Bounds(2.5, 4))
    assert other.x == pytest.approx([2.5, 2.5], abs=1e-12)


def test_a_fixed_parameter_stays_where_it_is() -> None:
    seen = Seen()
    result = minimize(seen, [2.5, 1.0], bounds=[(2.5, 2.5), (None, None)])
    assert result.success
    assert result.x == pytest.approx([2.5, 2.0], abs=1e-6)
    assert {x[0] for x in seen.points} == {2.5}


@pytest.mark.parametrize(
    "bounds", [[(0, 1)] * 3, [(1, 0), (0, 1)], [(0, 1), (np.inf, -np.inf)], "Bounds", "crossed"]
)
def test_wrong_bounds_are_refused_in_scipys_words(bounds: Any, so: Any) -> None:
    """Code that catches the error and looks at its words goes on working."""
    if bounds == "Bounds":
        bounds = so.Bounds([0, 0, 0], [1, 1, 1])
    elif bounds == "crossed":
        bounds = so.Bounds([1, 1], [2, 0])
    seen = Seen()
    kind, words = complaint(lambda: minimize(seen, [0.5, 0.5], bounds=bounds))
    scipys_kind, scipys_words = complaint(
        lambda: so.minimize(seen, [0.5, 0.5], bounds=bounds, method=NM)
    )
    assert kind is scipys_kind
    assert words.startswith(scipys_words)
    assert not seen.points


def test_wrong_bounds_are_refused_without_scipy() -> None:
    with pytest.raises(ValueError, match="number of bounds is not compatible with the length"):
        minimize(bowl, [0.5, 0.5], bounds=[(0, 1)] * 3)
    with pytest.raises(ValueError, match=r"upper bound is less.*bounds\[1\] is \(2\.0, 1\.0\)"):
        minimize(bowl, [0.5, 0.5], bounds=[(0, 1), (2, 1)])
    with pytest.raises(ValueError, match="one pair"):
        minimize(bowl, [0.5, 0.5], bounds=[0, 1])


def test_a_start_outside_the_bounds_is_moved_in_and_warned_of(so: Any) -> None:
    ours, theirs = Seen(), Seen()
    bounds = [(4, 5), (None, 2)]
    mine = warned(lambda: minimize(ours, [3.0, 3.0], bounds=bounds))
    scipys = warned(lambda: so.minimize(theirs, [3.0, 3.0], bounds=bounds, method=NM))
    ((category, words, file),) = mine
    ((scipys_category, scipys_words, _),) = scipys
    assert category is scipys_category
    assert words.startswith(scipys_words)
    assert file == __file__
    assert ours.points[0].tolist() == theirs.points[0].tolist() == [4.0, 2.0]


# bounds: they hold, and the minima in them are found


class Box:
    """A problem in a random box, and every point that is evaluated."""

    def __init__(self, number: int) -> None:
        rng = np.random.default_rng(number)
        n = self.n = 2 + number % 5
        self.is_quadratic = number % 2 == 1
        self.lower = rng.uniform(-2, 1, n)
        self.upper = self.lower + rng.uniform(0.3, 3, n)
        self.start = rng.uniform(self.lower, self.upper)
        rotation = np.linalg.qr(rng.normal(size=(n, n)))[0]
        self.matrix = rotation * np.logspace(0, 4, n) @ rotation.T
        self.centre = rng.uniform(-3, 3, n)
        self.outside = 0

    def __call__(self, x: NDArray[np.float64]) -> float:
        self.outside += bool((x < self.lower).any() or (x > self.upper).any())
        return self.value(x)

    def value(self, x: Any) -> float:
        if not self.is_quadratic:
            return rosenbrock(x)
        d = np.asarray(x) - self.centre
        return float(0.5 * d @ self.matrix @ d)

    @property
    def bounds(self) -> list[tuple[float, float]]:
        return list(zip(self.lower, self.upper, strict=True))


def quadratic_minimum(box: Box) -> tuple[float, int]:
    """Least value of a convex quadratic in a box, and its number of active bounds, exactly.

    Each parameter is free or at one of its bounds: all 3^n cases are solved, and the one that
    lies in the box and has the right signs of the gradient (Karush, Kuhn and Tucker) is it.
    """
    for case in itertools.product((-1, 0, 1), repeat=box.n):
        side = np.array(case)
        x = np.where(side < 0, box.lower, box.upper)
        free = side == 0
        if free.any():
            fixed = box.matrix[np.ix_(free, ~free)] @ (x - box.centre)[~free]
            x[free] = box.centre[free] - np.linalg.solve(box.matrix[np.ix_(free, free)], fixed)
        slope = box.matrix @ (x - box.centre)
        inside = (x >= box.lower).all() and (x <= box.upper).all()
        if inside and (slope[side < 0] >= 0).all() and (slope[side > 0] <= 0).all():
            return box.value(x), int((side != 0).sum())
    raise AssertionError("a convex quadratic has a minimum in a box")


def rosenbrock_minimum(box: Box, so: Any) -> tuple[float, int]:
    """Least value of Rosenbrock's function in a box by L-BFGS-B from many starts."""
    starts = np.random.default_rng(0).uniform(box.lower, box.upper, (12, box.n))
    ends = [
        so.minimize(
            so.rosen, x, jac=so.rosen_der, method="L-BFGS-B", bounds=box.bounds,
            options={"ftol": 1e-15, "gtol": 1e-10},
        )
        for x in starts
    ]  # fmt: skip
    best = min(ends, key=lambda end: end.fun)
    assert max(end.fun for end in ends) == pytest.approx(best.fun)  # there is no other minimum
    return best.fun, int(((best.x == box.lower) | (best.x == box.upper)).sum())


def check_in_box(box: Box, minimum: float) -> None:
    result = minimize(box, box.start, bounds=box.bounds)
    assert box.outside == 0
    assert result.success
    assert result.fun - minimum <= 1e-6 * (box.value(box.start) - minimum)
    assert result.fun == box.value(result.x)


@pytest.mark.parametrize("number", [55, 165, 355])
def test_a_simplex_that_the_box_has_flattened_does_not_confirm_a_wrong_place(number: int) -> None:
    """In these boxes clipping alone made both runs stop at the same point, which is no minimum."""
    box = Box(number)
    check_in_box(box, quadratic_minimum(box)[0])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 24, 2))
def test_ill_conditioned_quadratics_in_random_boxes(number: int) -> None:
    """Condition 1e4, n = 2 … 6: success, the minimum by the theory, no point outside."""
    box = Box(number)
    minimum, active = quadratic_minimum(box)
    assert active > 0
    check_in_box(box, minimum)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 4, 10, 14, 16, 20, 24, 26, 28, 40, 42, 46])
def test_rosenbrocks_function_in_random_boxes(number: int, so: Any) -> None:
    """For n = 2 … 6: success, the minimum that SciPy's L-BFGS-B finds, no point outside."""
    box = Box(number)
    minimum, active = rosenbrock_minimum(box, so)
    assert active > 0
    check_in_box(box, minimum)


@pytest.mark.parametrize(
    "options", [{"initial_simplex": [[0.0, 0.0], [9.0, 0.5], [0.5, -9.0]]}, {"rules": "imagej"}]
)
def test_bounds_hold_for_a_given_simplex_and_for_imagejs_rules(options: dict[str, Any]) -> None:
    seen = Seen()
    minimize(seen, [0.0, 0.0], bounds=[(-1, 1), (-1, 1)], options=options)
    assert abs(np.array(seen.points)).max() <= 1.0


# tol


def test_tol_is_both_tolerances() -> None:
    """And either option goes before it, as in SciPy."""
    by_tol = minimize(rosenbrock, [-1.2, 1.0], tol=1e-3)
    by_name = minimize(rosenbrock, [-1.2, 1.0], options={"xatol": 1e-3, "fatol": 1e-3})
    assert by_tol.nfev == by_name.nfev
    assert by_tol.nfev < minimize(rosenbrock, [-1.2, 1.0]).nfev
    mixed = minimize(rosenbrock, [-1.2, 1.0], tol=1e-3, options={"xatol": 1e-8})
    named = minimize(rosenbrock, [-1.2, 1.0], options={"xatol": 1e-8, "fatol": 1e-3})
    assert mixed.nfev == named.nfev > by_tol.nfev


# callback


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_callback_gets_the_best_point_of_each_iteration(n_jobs: int) -> None:
    """As often as there are iterations, with a point whose value never rises within a run."""
    points: list[NDArray[Any]] = []
    options = {"n_jobs": n_jobs, "max_restarts": 0}
    result = minimize(rosenbrock, [-1.2, 1.0], callback=points.append, options=options)
    assert len(points) == result.nit - 1  # SciPy counts the initial simplex as an iteration
    values = [rosenbrock(x) for x in points]
    assert values == sorted(values, reverse=True)
    assert points[-1] == pytest.approx(result.x)


def test_the_initial_simplex_counts_as_an_iteration_without_callback() -> None:
    """As in SciPy, up to whether the last iteration has a callback, which its versions changed."""
    seen: list[Any] = []
    result = minimize(rosenbrock, [-1.2, 1.0], callback=seen.append)
    assert result.nit == len(seen) + 1


def test_the_parameters_name_chooses_the_form_of_the_callback(so: Any) -> None:
    """SciPy's rule: a result only if `intermediate_result` is the one parameter's name."""
    seen: list[Any] = []

    def by_result(intermediate_result: Any) -> None:
        seen.append(intermediate_result)

    def by_keyword(*, intermediate_result: Any) -> None:
        seen.append(intermediate_result)

    def by_point(xk: Any) -> None:
        seen.append(xk)

    def more(intermediate_result: Any, other: int = 3) -> None:
        seen.append(intermediate_result)

    callbacks = (by_result, by_keyword, by_point, more, functools.partial(by_result))
    for callback in callbacks:
        forms = []
        for module in (minimizer, so):
            seen.clear()
            module.minimize(bowl, [3.0], callback=callback, method=NM)
            forms.append([sorted(s) if isinstance(s, dict) else type(s) for s in seen[:3]])
        assert forms[0] == forms[1]


def test_an_intermediate_result_has_point_and_value() -> None:
    def callback(intermediate_result: Any) -> None:
        assert intermediate_result.fun == bowl(intermediate_result.x)
        values.append(intermediate_result["fun"])

    values: list[float] = []
    result = minimize(bowl, [3.0, 4.0], callback=callback)
    assert min(values) == result.fun


def spoil(xk: NDArray[Any]) -> None:
    xk[:] = 1e6


def spoil_result(intermediate_result: Any) -> None:
    intermediate_result.x[:] = 1e6


@pytest.mark.parametrize("callback", [spoil, spoil_result])
def test_a_callback_may_change_its_point(callback: Callable[..., None]) -> None:
    """What it gets is a copy: neither the search nor the points that are kept change."""
    options = {"return_all": True}
    spoilt = minimize(rosenbrock, [-1.2, 1.0], callback=callback, options=options)
    clean = minimize(rosenbrock, [-1.2, 1.0], options=options)
    assert spoilt.x.tolist() == clean.x.tolist()
    assert np.array(spoilt.allvecs).tolist() == np.array(clean.allvecs).tolist()


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("by_keyword", [False, True])
def test_stop_iteration_ends_with_status_99_and_the_best_point(
    by_keyword: bool, n_jobs: int
) -> None:
    calls: list[float] = []
    seen = Seen(rosenbrock)

    def stop(intermediate_result: Any) -> None:
        calls.append(intermediate_result.fun)
        if len(calls) == 20:
            raise StopIteration

    def stop_by_point(xk: Any) -> None:
        calls.append(rosenbrock(xk))
        if len(calls) == 20:
            raise StopIteration

    callback = stop if by_keyword else stop_by_point
    result = minimize(seen, [-1.2, 1.0], callback=callback, options={"n_jobs": n_jobs})
    assert (result.status, result.success) == (99, False)
    assert result.minimizer_status is Status.ABORTED
    assert result.fun == rosenbrock(result.x)
    if n_jobs == 1:  # with two, a worker has begun the second run, which does not count
        assert result.fun == min(rosenbrock(x) for x in seen.points)
        assert result.nfev == len(seen.points)


def test_stop_iteration_is_told_as_by_scipy(so: Any) -> None:
    def stop(xk: Any) -> None:
        raise StopIteration

    ours = minimize(rosenbrock, [-1.2, 1.0], callback=stop)
    theirs = so.minimize(rosenbrock, [-1.2, 1.0], callback=stop, method=NM)
    for key in ("status", "success", "message"):
        assert ours[key] == theirs[key]


def test_other_exceptions_of_the_callback_come_through() -> None:
    def fail(xk: Any) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        minimize(rosenbrock, [-1.2, 1.0], callback=fail)
    assert caught.value.best_value < rosenbrock([-1.2, 1.0])  # type: ignore[attr-defined]


# x0

STARTS: list[Any] = [3, 3.0, np.array(3.0), np.int8(3), [3], (3,), np.array([3])]


@pytest.mark.parametrize("x0", STARTS, ids=repr)
def test_one_parameter_in_every_form(x0: Any, so: Any) -> None:
    """Scalars, 0-d arrays and integers; the function and the result have one dimension."""
    seen, theirs = Seen(), Seen()
    result = minimize(seen, x0)
    so.minimize(theirs, x0, method=NM)
    assert seen.points[0].tolist() == theirs.points[0].tolist()
    assert {(x.shape, x.dtype) for x in seen.points} == {(x.shape, x.dtype) for x in theirs.points}
    assert result.success
    assert result.x.shape == (1,)
    assert result.x == pytest.approx([1.0], rel=1e-5)


@pytest.mark.parametrize("x0", [[3, 4, 5], (3, 4, 5), np.array([3, 4, 5]), range(3, 6)], ids=repr)
def test_several_parameters_in_every_form(x0: Any) -> None:
    seen = Seen()
    result = minimize(seen, x0)
    assert seen.points[0].tolist() == [3.0, 4.0, 5.0]
    assert result.x.dtype == np.float64
    assert result.x == pytest.approx([1.0, 2.0, 3.0], rel=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble, np.float64])
def test_the_function_sees_the_floating_type_of_the_start(dtype: Any, so: Any) -> None:
    """Also `x`, the simplex and what the callback gets."""
    seen, theirs = Seen(), Seen()
    points: list[NDArray[Any]] = []
    x0 = np.array([3, 3], dtype)
    options = {"return_all": True}
    ours = minimize(seen, x0, callback=points.append, options=options)
    scipys = so.minimize(theirs, x0, method=NM, options=options)
    assert {x.dtype for x in seen.points} == {x.dtype for x in theirs.points} == {x0.dtype}
    assert ours.x.dtype == scipys.x.dtype == x0.dtype
    assert {x.dtype for x in points} == {x.dtype for x in ours.allvecs} == {x0.dtype}
    assert ours.final_simplex[0].dtype == scipys.final_simplex[0].dtype
    assert ours.fun == bowl(ours.x)
    assert ours.x == pytest.approx([1.0, 2.0], abs=1e-2)


def test_a_float32_start_with_bounds_stays_within_them() -> None:
    """0.1 is larger in float32 than in float64: rounding must not lead outside."""
    seen = Seen()
    x0 = np.array([0.5, 0.5], np.float32)
    upper = float(np.nextafter(np.float32(0.9), np.float32(0)))
    minimize(seen, x0, bounds=[(0, upper)] * 2)
    assert max(float(x.max()) for x in seen.points) <= upper


def test_the_start_is_not_changed() -> None:
    x0 = np.array([-1.2, 1.0])
    minimize(rosenbrock, x0)
    assert x0.tolist() == [-1.2, 1.0]


def test_the_function_may_change_its_point() -> None:
    """Each call has an array of its own, as in SciPy."""

    def spoiling(x: NDArray[Any]) -> float:
        value = rosenbrock(x)
        x[:] = 1e6
        return value

    assert minimize(spoiling, [-1.2, 1.0]).x == pytest.approx([1.0, 1.0])


def test_a_start_of_two_dimensions_is_refused_in_scipys_words(so: Any) -> None:
    ours = complaint(lambda: minimize(bowl, [[1.0, 2.0]]))
    assert ours == complaint(lambda: so.minimize(bowl, [[1.0, 2.0]], method=NM))


@pytest.mark.parametrize(
    ("x0", "error", "words"),
    [
        ([], ValueError, "x0 is empty"),
        ([1.0, np.inf], ValueError, r"x0\[1\] is inf"),
        ([1j], TypeError, "x0 is complex"),
        ("ab", TypeError, "x0 is .*numbers"),
        (None, TypeError, "x0 is None"),
    ],
)
def test_a_wrong_start_is_refused_by_name(x0: Any, error: type[Exception], words: str) -> None:
    seen = Seen()
    with pytest.raises(error, match=words):
        minimize(seen, x0)
    assert not seen.points


# fun


@pytest.mark.parametrize("x0", [[3.0], np.array([3.0], np.float32)])
@pytest.mark.parametrize("fun", [None, 3.0, "rosenbrock"])
def test_what_is_not_a_function_is_refused(fun: Any, x0: Any) -> None:
    with pytest.raises(TypeError, match=r"fun is"):
        minimize(fun, x0)


@pytest.mark.parametrize("wrap", [np.float64, np.array, lambda v: np.array([[v]]), lambda v: [v]])
def test_an_array_of_one_value_is_a_value(wrap: Callable[[float], Any]) -> None:
    assert minimize(lambda x: wrap(rosenbrock(x)), [-1.2, 1.0]).x == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("returned", "error"), [(None, TypeError), (np.ones(2), ValueError), (1j, TypeError)]
)
def test_what_is_not_a_real_number_is_refused(returned: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="fun returned"):
        minimize(lambda x: returned, [3.0])


def test_an_exception_of_the_function_comes_through() -> None:
    def failing(x: NDArray[Any]) -> float:
        if rosenbrock(x) < 1.0:
            raise ZeroDivisionError("mine")
        return rosenbrock(x)

    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        minimize(failing, [-1.2, 1.0])
    assert 1.0 <= caught.value.best_value < rosenbrock([-1.2, 1.0])  # type: ignore[attr-defined]


def test_nan_is_out_of_bounds_where_scipy_stumbles(so: Any) -> None:
    """The minimum lies on the edge of the valid region, at 2."""

    def root(x: NDArray[Any]) -> float:
        return float(x[0]) if x[0] >= 2 else float("nan")

    result = minimize(root, 3.0)
    assert result.success
    assert result.fun == pytest.approx(2.0, rel=1e-9)
    result = minimize(lambda x: float("nan"), [3.0, 3.0])
    assert (result.success, result.status) == (False, 3)
    assert result.minimizer_status is Status.INITIALIZATION_FAILURE
    assert "NaN" in result.message


# the answer


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_a_success_means_that_two_runs_agreed(n: int) -> None:
    result = minimize(bowl, np.zeros(n))
    assert result.success
    assert result.x == pytest.approx(np.arange(1, n + 1), rel=1e-5)
    assert len(result.runs) == 2
    assert result.runs[0].function_value == pytest.approx(result.runs[1].function_value)


def test_the_method_for_scipy_is_minimize_with_options_as_keywords() -> None:
    """Every argument of `nelder_mead` reaches the same place."""
    options = {"maxfev": 300, "xatol": 1e-6, "random_seed": 5}
    args = ((lambda x, a: rosenbrock(x) + a), [-1.2, 1.0], (3.0,))
    bounds = [(-2, 0.5), (None, None)]
    ours = minimize(*args, bounds=bounds, tol=1e-5, options=options)
    method = nelder_mead(*args, bounds=bounds, tol=1e-5, **options)
    assert ours.x.tolist() == method.x.tolist()
    assert {k: ours[k] for k in ("fun", "nfev", "nit", "status", "message")} == {
        k: method[k] for k in ("fun", "nfev", "nit", "status", "message")
    }
    with pytest.warns(RuntimeWarning, match="constraints"):
        nelder_mead(bowl, [3.0], constraints=[KEPT[0]])
    with pytest.warns(RuntimeWarning, match="hess"):
        nelder_mead(bowl, [3.0], hess=gradient)
