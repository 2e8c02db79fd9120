"""Options: SciPy's with SciPy's meaning, and every setting of `Minimizer` by its own name."""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from problems import bowl, mckinnon, rosenbrock, wavy
from scripted import FORMER

from minimizer import Minimizer, Move, OptimizeResult, Rules, Status, minimize
from minimizer.common.records import RunRecord
from minimizer.scipy_interface.options import SETTINGS

NM = "Nelder-Mead"
START = [-1.2, 1.0]


@pytest.fixture
def so() -> Any:
    """`scipy.optimize`, the judge."""
    return pytest.importorskip("scipy.optimize")


class Counted:
    """A function that counts its calls, from several threads too, and keeps their points."""

    def __init__(self, fun: Callable[[Any], float] = rosenbrock, at_most: float = 1e6) -> None:
        self.fun, self.at_most = fun, at_most
        self.points: list[list[float]] = []
        self._lock = threading.Lock()

    def __call__(self, x: NDArray[Any]) -> float:
        with self._lock:
            self.points.append(x.tolist())
        assert self.calls <= self.at_most
        return self.fun(x)

    @property
    def calls(self) -> int:
        return len(self.points)


def minimize_here(fun: Callable[[Any], float], x0: Any = START, **options: Any) -> OptimizeResult:
    return minimize(fun, x0, options=options)


def minimize_by_scipy(so: Any, fun: Callable[[Any], float], x0: Any = START, **options: Any) -> Any:
    return so.minimize(fun, x0, method=NM, options=options)


# maxfev and maxiter


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("n", [2, 7])
@pytest.mark.parametrize("k", [1, 2, "n", "n + 1", 50, 500])
def test_maxfev_is_exact(k: int | str, n: int, n_jobs: int) -> None:
    """Calls of the initial simplices, of both runs and of all rounds count, whoever makes them."""
    maxfev = {"n": n, "n + 1": n + 1}.get(k, k) if isinstance(k, str) else k
    fun = Counted(wavy)  # on which no two runs agree
    start, rounds = np.arange(1.0, n + 1), {"max_restarts": 1000}
    result = minimize_here(fun, start, maxfev=maxfev, n_jobs=n_jobs, **rounds)
    assert fun.calls == maxfev
    assert result.nfev == maxfev
    assert result.minimizer_status is Status.MAX_EVALUATIONS_EXCEEDED
    assert not result.confirmed
    assert result.fun == min(map(wavy, fun.points))
    exceeded = "Maximum number of function evaluations has been exceeded."
    assert result.success or (result.status == 1 and result.message.startswith(exceeded))


def test_maxfev_is_not_used_up_when_two_runs_agree() -> None:
    fun = Counted()
    result = minimize_here(fun, maxfev=100_000)
    assert result.success
    assert result.nfev == fun.calls < 2000


@pytest.mark.parametrize("maxfev", [5, 5.0, 5.5, np.float64(5.5), np.int16(5), True, 0.5])
def test_a_maxfev_that_is_no_integer_counts_as_in_scipy(maxfev: Any, so: Any) -> None:
    ours, theirs = Counted(), Counted()
    minimize_here(ours, maxfev=maxfev)
    minimize_by_scipy(so, theirs, maxfev=maxfev)
    assert ours.calls == theirs.calls


@pytest.mark.parametrize("maxiter", [0, -3, 1, 2, 2.5, 17, np.float64(17.2), np.int8(17)])
def test_maxiter_counts_as_in_scipy(maxiter: Any, so: Any) -> None:
    """The initial simplex is the first iteration, for both."""
    calls: list[Any] = []
    ours = minimize(rosenbrock, START, callback=calls.append, options={"maxiter": maxiter})
    theirs = minimize_by_scipy(so, rosenbrock, maxiter=maxiter)
    assert (ours.nit, ours.status, ours.success) == (theirs.nit, theirs.status, theirs.success)
    assert len(calls) == ours.nit - 1
    assert ours.message == theirs.message


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("maxiter", [2, 50, 800])
def test_maxiter_is_exact_over_all_runs(maxiter: int, n_jobs: int) -> None:
    calls: list[Any] = []
    options = {"maxiter": maxiter, "n_jobs": n_jobs, "max_restarts": 1000}
    result = minimize(wavy, [1.0, 2.0, 3.0], callback=calls.append, options=options)
    assert (result.nit, result.status) == (maxiter, 2)
    assert len(calls) == maxiter - 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "limits",
    [
        {"maxfev": math.inf},
        {"maxiter": math.inf},
        {"maxfev": np.inf, "maxiter": None},
        {"maxiter": 30, "maxfev": math.inf},
        {"maxfev": 30, "maxiter": np.inf},
        {"maxfev": 30, "maxiter": None},
        {"maxfev": 300, "maxiter": 20},
        {"maxfev": 20, "maxiter": 300},
    ],
)
def test_infinite_limits_and_none_limit_what_they_do_in_scipy(
    limits: dict[str, Any], so: Any
) -> None:
    """One that is infinite leaves the other at 200 n. The tolerances of 0 are met by nobody."""
    zero = {"xatol": 0.0, "fatol": 0.0}
    x0 = [1.0, 2.0, 3.0]
    rounds = {"max_restarts": 1000}
    ours = minimize_here(Counted(wavy, at_most=5000), x0, **limits, **zero, **rounds)
    theirs = so.minimize(lambda x: bowl(x) + np.random.default_rng().random(), x0, method=NM,
                         options=limits | zero)  # fmt: skip
    assert ours.minimizer_status.scipy_code == theirs.status
    key = {1: "nfev", 2: "nit"}[theirs.status]
    assert ours[key] == theirs[key]


def test_without_any_limit_the_search_ends_by_itself() -> None:
    """SciPy's default of 200 n would be too few; both infinite is the same."""
    n = 8
    free = minimize_here(rosenbrock, np.zeros(n))
    infinite = minimize_here(rosenbrock, np.zeros(n), maxfev=math.inf, maxiter=math.inf)
    assert free.success
    assert free.nfev == infinite.nfev > 200 * n


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"maxfev": 0}, ValueError),
        ({"maxfev": -1}, ValueError),
        ({"maxfev": "100"}, TypeError),
        ({"maxfev": math.nan}, TypeError),
        ({"maxiter": "100"}, TypeError),
        ({"maxiter": math.nan}, TypeError),
        ({"xatol": -1e-4}, ValueError),
        ({"fatol": -1e-4}, ValueError),
        ({"fatol": "small"}, TypeError),
        ({"xatol": math.nan}, TypeError),
    ],
)
def test_an_impossible_option_is_refused_by_its_own_name(
    options: dict[str, Any], error: type[Exception]
) -> None:
    """Not by the name of the setting that it stands for."""
    fun = Counted()
    with pytest.raises(error, match=f"^{next(iter(options))} is"):
        minimize(fun, START, options=options)
    assert fun.calls == 0


def test_a_negative_tol_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"^tol is"):
        minimize(rosenbrock, START, tol=-1.0)


# xatol and fatol


def spread(simplex: tuple[NDArray[Any], NDArray[Any]]) -> tuple[float, float]:
    """Largest distance from the best vertex per parameter, and in value: SciPy's criterion."""
    vertices, values = simplex
    return abs(vertices - vertices[0]).max(), abs(values - values[0]).max()


@pytest.mark.parametrize(
    ("options", "xatol", "fatol", "offset"),
    [
        ({"xatol": 1e-2, "fatol": 1e-2}, 1e-2, 1e-2, 0.0),
        ({"xatol": 1e-2, "fatol": 1e-2}, 1e-2, 1e-2, 1e6),
        ({"xatol": 1e-6, "fatol": 1e3}, 1e-6, 1e3, 0.0),
        ({"xatol": 1e3, "fatol": 1e-6}, 1e3, 1e-6, 1e6),
        ({"xatol": 1e-7}, 1e-7, 1e-4, 0.0),
        ({"fatol": 1e-9}, 1e-4, 1e-9, 0.0),
        ({"xatol": None, "fatol": 1e-9}, 1e-4, 1e-9, 0.0),
    ],
)
def test_a_search_ends_when_both_absolute_tolerances_hold(
    options: dict[str, Any], xatol: float, fatol: float, offset: float, so: Any
) -> None:
    """As in SciPy, where the one that is not given is 1e-4; and not much later than they hold.

    So does the simplex. A surface ends a run sooner, where no point that may be the minimum is
    farther away.
    """

    def shifted(x: NDArray[Any]) -> float:
        return offset + rosenbrock(x)

    ours = minimize_here(shifted, max_restarts=0, rules=FORMER, **options)
    theirs = minimize_by_scipy(so, shifted, xatol=xatol, fatol=fatol)
    for result in (ours, theirs):
        assert result.success
        in_x, in_f = spread(result.final_simplex)
        assert in_x <= xatol
        assert in_f <= fatol
        assert in_x > xatol / 100 or in_f > fatol / 1e4
    robust = minimize_here(shifted, max_restarts=0, **options)
    assert robust.success
    assert abs(robust.x - 1.0).max() <= xatol
    assert robust.fun - offset <= fatol


@pytest.mark.parametrize(("given", "other"), [("xatol", "fatol"), ("fatol", "xatol")])
def test_the_tolerance_that_is_not_given_is_1e_4(given: str, other: str) -> None:
    """It decides alone here, where the one that is given is met by every simplex."""
    alone, same, wider = (
        minimize_here(rosenbrock, rules=FORMER, **{given: 1e6}, **more)
        for more in ({}, {other: 1e-4}, {other: 1e-3})
    )
    assert alone.nfev == same.nfev > wider.nfev


def test_two_runs_agree_within_the_tolerances() -> None:
    """McKinnon's function may end a search anywhere: only runs that ended alike are a success."""
    fun = mckinnon(3.0, 6.0, 400.0)
    values = []
    for seed in range(20):
        options = {"xatol": 1e-3, "fatol": 1e-3, "random_seed": seed}
        result = minimize_here(fun, [1.0, 1.0], **options)
        if result.success:
            last = sorted(run.function_value for run in result.runs)[:2]
            assert last[1] - last[0] <= 1e-3
            values.append(result.fun)
    assert len(values) >= 15
    assert np.array(values) == pytest.approx(-0.25, abs=5e-3)


def test_without_tolerances_the_limits_of_the_package_hold() -> None:
    """They are relative: a value of 1e6 is not found to 1e-4 only."""
    by_default = minimize_here(rosenbrock)
    assert by_default.fun < 1e-15
    assert minimize_here(rosenbrock, xatol=1e-4, fatol=1e-4).nfev < by_default.nfev
    by_setting = minimize_here(rosenbrock, max_rel_error=1e-3, max_abs_error=1e-3)
    assert by_setting.nfev < by_default.nfev


# adaptive and initial_simplex, told by the first moves of a simplex that is given


def scripted(values: Sequence[float]) -> tuple[Callable[[NDArray[Any]], float], list[list[float]]]:
    """Return a function that returns these values one after the other, and keeps the points."""
    points: list[list[float]] = []
    left = iter(values)

    def fun(x: NDArray[Any]) -> float:
        points.append(x.tolist())
        return next(left)

    return fun, points


# Values of the trial points after those of the initial simplex, 0 (best), 1, 2, …, n (worst).
MOVES = {
    "expansion": [-2.0, -3.0],
    "rejected expansion": [-2.0, -1.0, 9.0],
    "outside contraction": ["n - 0.5", "n - 0.6"],
    "inside contraction": ["n + 1", "n - 0.5"],
    "shrink": ["n + 1", "n + 1", 5.5, 5.4, 5.3, 5.2, 5.1],
}


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("n", [2, 3, 5])
def test_every_move_goes_where_scipys_goes(move: str, n: int, adaptive: bool, so: Any) -> None:
    """The same simplex and the same values give the same points, adaptive or not."""
    trials = [eval(v, {"n": n}) if isinstance(v, str) else v for v in MOVES[move]]
    values = [*map(float, range(n + 1)), *trials][: 2 * n + 3]
    simplex = np.random.default_rng(n).uniform(-5, 5, (n + 1, n))
    options = {"maxfev": len(values), "adaptive": adaptive, "initial_simplex": simplex}
    ours, mine = scripted(values)
    theirs, scipys = scripted(values)
    minimize(ours, np.zeros(n), options=options)
    so.minimize(theirs, np.zeros(n), method=NM, options=options)
    assert len(mine) == len(scipys) == len(values)
    np.testing.assert_allclose(mine, scipys, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_adaptive_coefficients_are_those_of_gao_and_han(n: int) -> None:
    """Expansion 1 + 2/n, contraction 3/4 - 1/(2n), shrink 1 - 1/n (2012, section 4)."""
    simplex = np.random.default_rng(n).uniform(-5, 5, (n + 1, n))
    centroid, worst = simplex[:-1].mean(axis=0), simplex[-1]
    begin = [*map(float, range(n + 1))]

    def points(*values: float) -> NDArray[np.float64]:
        fun, seen = scripted([*begin, *values])
        options = {"maxfev": n + 1 + len(values), "adaptive": True, "initial_simplex": simplex}
        minimize(fun, np.zeros(n), options=options)
        return np.array(seen[n + 1 :])

    def expect(point: NDArray[np.float64], t: float) -> None:
        np.testing.assert_allclose(point, centroid + t * (centroid - worst), rtol=1e-12, atol=1e-12)

    contraction = 0.75 - 1 / (2 * n)
    expansion = points(-2.0, -3.0)
    expect(expansion[0], 1.0)
    expect(expansion[1], 1 + 2 / n)
    expect(points(n - 0.5, n - 0.6)[1], contraction)
    shrink = points(n + 1, n + 1, *[9.0] * n)
    expect(shrink[1], -contraction)
    kept = simplex[0] + (1 - 1 / n) * (simplex[1:] - simplex[0])
    np.testing.assert_allclose(shrink[2:], kept, rtol=1e-12, atol=1e-12)


def test_adaptive_changes_the_search_and_finds_the_minimum() -> None:
    """Also with one parameter, where Gao and Han's shrink would be to a point."""
    n = 6
    standard = minimize_here(rosenbrock, np.full(n, 0.9), maxfev=60_000)
    adaptive = minimize_here(rosenbrock, np.full(n, 0.9), maxfev=60_000, adaptive=True)
    assert standard.nfev != adaptive.nfev
    assert adaptive.fun == pytest.approx(0.0, abs=1e-8)
    one = minimize_here(bowl, [30.0], adaptive=True)
    assert one.success
    assert one.x == pytest.approx([1.0], rel=1e-5)


@pytest.mark.slow
def test_adaptive_goes_with_every_set_of_rules() -> None:
    for rules in ("imagej", "robust", Rules(inside_after_outside=False)):
        ours = minimize_here(rosenbrock, [-1.2, 1, 1], adaptive=True, rules=rules)
        base = Minimizer(rosenbrock, 3, rules=rules).rules
        m = Minimizer(rosenbrock, 3, rules=dataclasses.replace(base, adaptive_coefficients=True))
        m.minimize([-1.2, 1, 1])
        assert ours.nfev == m.evaluations
        assert ours.fun == m.function_value


@pytest.mark.parametrize("kind", [np.array, list, lambda s: s.astype(np.float32)])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_first_run_starts_from_the_simplex_that_is_given(
    n: int, kind: Callable[[NDArray[Any]], Any]
) -> None:
    """Its vertices are the first evaluations, in order; `x0` only tells how many parameters."""
    simplex = np.random.default_rng(n).uniform(-5, 5, (n + 1, n)).astype(np.float32)
    given = kind(simplex)
    fun = Counted(bowl)
    result = minimize_here(fun, np.full(n, 1e3), initial_simplex=given)
    assert fun.points[: n + 1] == simplex.tolist()
    assert result.success
    assert result.x == pytest.approx(np.arange(1, n + 1), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_second_run_starts_from_another_simplex_of_the_same_size(n: int) -> None:
    """Around the first vertex, at distances of 1 in units of the first simplex's extents."""
    simplex = np.random.default_rng(n).uniform(-5, 5, (n + 1, n)) * np.logspace(0, 4, n)
    result = minimize_here(bowl, np.zeros(n), initial_simplex=simplex, trace=True)
    second = [e.point for e in result.trace if e.run == 1 and e.move is Move.INITIAL]
    assert len(second) == n + 1
    assert second[0].tolist() == simplex[0].tolist()
    steps = (np.array(second[1:]) - simplex[0]) / abs(simplex - simplex[0]).max(axis=0)
    assert np.linalg.norm(steps, axis=1) == pytest.approx(1.0)
    assert np.linalg.matrix_rank(steps) == n
    given = {tuple(vertex) for vertex in simplex[1:].tolist()}
    assert not given & {tuple(point.tolist()) for point in second[1:]}


def test_a_given_simplex_is_not_changed() -> None:
    simplex = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    before = simplex.copy()
    minimize_here(rosenbrock, initial_simplex=simplex)
    assert simplex.tolist() == before.tolist()


@pytest.mark.parametrize(
    "simplex",
    [
        np.zeros((2, 2)),
        np.zeros((3, 3)),
        np.zeros((4, 3)),
        np.zeros((2, 1)),
        np.zeros((3, 2, 2)),
        [1.0, 2.0],
        5.0,
    ],
    ids=str,
)
def test_a_wrong_simplex_is_refused_in_scipys_words(simplex: Any, so: Any) -> None:
    fun = Counted()
    with pytest.raises(ValueError, match="initial_simplex") as ours:
        minimize_here(fun, initial_simplex=simplex)
    with pytest.raises(ValueError, match="initial_simplex") as theirs:
        minimize_by_scipy(so, rosenbrock, initial_simplex=simplex)
    assert str(ours.value) == str(theirs.value)
    assert fun.calls == 0


def test_a_wrong_simplex_is_refused_without_scipy() -> None:
    with pytest.raises(ValueError, match="should be an array of shape"):
        minimize_here(rosenbrock, initial_simplex=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="not consistent with `x0`"):
        minimize_here(rosenbrock, initial_simplex=np.zeros((4, 3)))
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match=r"`initial_simplex` is not finite"):
            minimize(
                rosenbrock, [3.0, 4.0], bounds=[(0, None)] * 2,
                options={"initial_simplex": [[0, 0], [1, 0], [0, bad]]},
            )  # fmt: skip


def test_a_given_simplex_is_moved_into_the_bounds_as_by_scipy(so: Any) -> None:
    """Mirrored at the upper bound, so that it is not flattened there; and without a warning."""
    simplex = [[7.0, 3.0], [3.0, 3.0], [3.0, 1.0]]
    bounds = [(2, 5), (2, None)]
    ours, theirs = Counted(), Counted()
    options = {"initial_simplex": simplex}
    minimize(ours, [3.0, 4.0], bounds=bounds, options=options)
    so.minimize(theirs, [3.0, 4.0], bounds=bounds, method=NM, options=options)
    assert ours.points[:3] == theirs.points[:3] == [[3.0, 3.0], [3.0, 3.0], [3.0, 2.0]]


# return_all and disp


@pytest.mark.parametrize("limits", [{}, {"maxiter": 30}, {"max_restarts": 0}, {"n_jobs": 2}])
def test_return_all_gives_the_best_point_of_every_iteration(limits: dict[str, Any]) -> None:
    """The start, then one a iteration as SciPy: as many as `nit`."""
    result = minimize_here(rosenbrock, return_all=True, **limits)
    assert len(result.allvecs) == result.nit
    assert result.allvecs[0].tolist() == START
    assert min(map(rosenbrock, result.allvecs)) == result.fun
    first = [rosenbrock(x) for x in result.allvecs[: result.runs[0].iterations + 1]]
    assert first == sorted(first, reverse=True)


def test_return_all_does_not_depend_on_n_jobs() -> None:
    one, two = (minimize_here(rosenbrock, return_all=True, n_jobs=jobs) for jobs in (1, 2))
    assert np.array(one.allvecs).tolist() == np.array(two.allvecs).tolist()


def test_all_points_are_kept_only_when_asked_for() -> None:
    assert "allvecs" not in minimize_here(rosenbrock)
    assert "allvecs" not in minimize_here(rosenbrock, return_all=False)


def test_return_all_has_scipys_form(so: Any) -> None:
    ours = minimize_here(rosenbrock, return_all=True).allvecs
    theirs = minimize_by_scipy(so, rosenbrock, return_all=True).allvecs
    assert type(ours) is type(theirs)
    assert {(type(x), x.shape, x.dtype) for x in ours} == {
        (type(x), x.shape, x.dtype) for x in theirs
    }


def test_disp_prints_what_scipy_prints(capsys: pytest.CaptureFixture[str], so: Any) -> None:
    """The same lines; the numbers are ours, and so is the reason for the success."""
    result = minimize_here(rosenbrock, disp=True)
    ours = capsys.readouterr().out.splitlines()
    minimize_by_scipy(so, rosenbrock, disp=True)
    theirs = capsys.readouterr().out.splitlines()
    assert ours[0] == f"{theirs[0]} Two runs agreed."
    for mine, scipys in zip(ours[1:], theirs[1:], strict=True):
        assert mine.rpartition(":")[0] == scipys.rpartition(":")[0]
    numbers = [float(line.rpartition(":")[2]) for line in ours[1:]]
    assert numbers == [pytest.approx(result.fun, abs=1e-6), result.nit, result.nfev]


@pytest.mark.parametrize("limit", [{"maxfev": 20}, {"maxiter": 20}])
def test_disp_warns_of_a_failure_as_scipy_does(
    limit: dict[str, int], capsys: pytest.CaptureFixture[str], so: Any
) -> None:
    with pytest.warns(RuntimeWarning) as ours:
        result = minimize_here(rosenbrock, disp=True, **limit)
    with pytest.warns(RuntimeWarning) as theirs:
        minimize_by_scipy(so, rosenbrock, disp=True, **limit)
    assert len(ours) == len(theirs) == 1
    assert str(ours[0].message) == result.message
    assert str(ours[0].message).startswith(str(theirs[0].message))
    assert ours[0].filename == __file__
    assert capsys.readouterr().out == ""


def test_nothing_is_printed_or_warned_of_without_disp(capsys: pytest.CaptureFixture[str]) -> None:
    assert minimize_here(rosenbrock).success
    assert not minimize_here(rosenbrock, maxfev=5, disp=False).success
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


# unknown options


@pytest.mark.parametrize(
    ("unknown", "meant"),
    [("xtol", "xatol"), ("maxfeval", "maxfev"), ("max_restart", "max_restarts"), ("Disp", "disp")],
)
def test_an_unknown_option_is_warned_of_with_the_nearest_name(unknown: str, meant: str) -> None:
    with pytest.warns(Warning, match=rf"Unknown solver options: {unknown}.*{meant!r}") as caught:
        result = minimize_here(rosenbrock, **{unknown: 1})
    assert [w.filename for w in caught] == [__file__]
    assert result.nfev == minimize_here(rosenbrock).nfev


def test_unknown_options_are_warned_of_as_by_scipy(so: Any) -> None:
    """Its category, so that its filters hold, and its words."""
    with pytest.warns(so.OptimizeWarning, match="Unknown solver options: qwertz") as ours:
        minimize_here(rosenbrock, qwertz=1)
    with pytest.warns(so.OptimizeWarning) as theirs:
        minimize_by_scipy(so, rosenbrock, qwertz=1)
    assert str(ours[0].message) == str(theirs[0].message)
    assert ours[0].category is theirs[0].category


@pytest.mark.parametrize("name", ["bounds", "callback", "fun", "n_params", "x0"])
def test_what_is_an_argument_is_no_option(name: str) -> None:
    with pytest.warns(Warning, match=f"Unknown solver options: {name}"):
        minimize(rosenbrock, START, options={name: None})


def test_known_options_are_not_warned_of() -> None:
    """Warnings are errors here."""
    none = dict.fromkeys(("maxiter", "maxfev", "xatol", "fatol", "initial_simplex"))
    off = dict.fromkeys(("adaptive", "return_all", "disp"), False)
    assert minimize_here(rosenbrock, **none, **off).nfev == minimize_here(rosenbrock).nfev


def test_the_options_are_not_changed() -> None:
    options = {"maxfev": 500, "return_all": True, "random_seed": 3}
    before = options.copy()
    minimize(rosenbrock, START, tol=1e-3, options=options)
    assert options == before


# the settings of Minimizer


class InTurn:
    """The least that a pool must be able to do."""

    def map(self, function: Any, tasks: Any) -> list[Any]:
        return [function(task) for task in tasks]


CHANGED: dict[str, Any] = {
    "rules": "imagej",
    "max_rel_error": 1e-2,
    "max_abs_error": 1e-2,
    "param_resolutions": [0.1, 0.1],
    "max_iterations": 20,
    "max_restarts": 0,
    "restart_within": 1,
    "max_evaluations": 33,
    "random_seed": 12345,
    "schedule": "sequential",
    "tolerances": (1e-2, 1e-2),
    "extra_array_elements": 2,
    "trace": True,
    "n_jobs": 2,
    "pool": InTurn(),
    "max_seconds": 1e4,
    "progress": "line",
    "interrupt": "abort",
    "checkpoint": Path(tempfile.gettempdir()) / f"minimizer-{os.getpid()}",  # gone afterwards
    "checkpoint_interval": 1.0,
    "engine": "python",
}


def outcome(m: Minimizer | OptimizeResult) -> tuple[Any, ...]:
    """Return what a setting may change."""
    if isinstance(m, Minimizer):
        return m.function_value, m.evaluations, m.status, values_of(m.runs)
    return m.fun, m.nfev, m.minimizer_status, values_of(m.runs)


def values_of(runs: list[RunRecord]) -> list[float]:
    """Return the value of each run."""
    return [run.function_value for run in runs]


def test_every_setting_is_tried_below() -> None:
    assert set(CHANGED) == SETTINGS


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGED)
def test_every_setting_is_an_option_by_its_own_name(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It does what it does for `Minimizer`, and changes the outcome if it is one that may."""

    def fun(x: NDArray[Any]) -> float:
        return 1.0 + rosenbrock(x[:2]) if x[0] < 0.9 else math.nan

    rounds = {"max_restarts": 2}  # Minimizer's default; without it, SciPy's evaluations count
    option = minimize_here(fun, **rounds | {name: CHANGED[name]})
    m = Minimizer(fun, 2, **{name: CHANGED[name]})
    m.minimize(START)
    assert outcome(option) == outcome(m)
    silent = (
        "restart_within",  # as the first two runs agree
        "extra_array_elements",
        "trace",
        "n_jobs",
        "pool",
        "max_seconds",
        "progress",
        "interrupt",
        "checkpoint",
        "checkpoint_interval",
        "engine",
    )
    changed = outcome(option) != outcome(minimize_here(fun, **rounds))
    assert changed == (name not in silent)
    assert bool(capsys.readouterr().err) == (name == "progress")


@pytest.mark.parametrize(("name", "wrong"), [("random_seed", "one"), ("schedule", "both")])
def test_a_wrong_setting_is_refused_as_by_the_class(name: str, wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"{name} is {wrong!r}"):
        minimize_here(rosenbrock, **{name: wrong})


def test_a_setting_goes_before_the_option_that_means_the_same() -> None:
    assert minimize_here(wavy, maxfev=50, max_evaluations=20).nfev == 20
    assert minimize_here(wavy, maxiter=50, max_iterations=20).nit == 21
    wide = (1e-2, 1e-2)
    both = minimize_here(rosenbrock, tolerances=wide, xatol=1e-9, fatol=1e-9)
    assert both.nfev == minimize_here(rosenbrock, tolerances=wide).nfev


def test_max_restarts_0_makes_one_run() -> None:
    """Cheap, and confirmed by nothing; with a budget too."""
    for budget in ({}, {"maxfev": 5000}, {"maxiter": 5000}):
        result = minimize_here(rosenbrock, max_restarts=0, **budget)
        assert len(result.runs) == 1
        assert result.success
        assert "Two runs" not in result.message
        m = Minimizer(rosenbrock, 2)
        m.minimize_once(START)
        assert (result.fun, result.nfev) == (m.function_value, m.evaluations)


def test_rounds_end_after_max_restarts_whether_a_budget_is_left_or_not() -> None:
    n_runs = {
        name: len(minimize_here(wavy, [1.0, 2.0, 3.0], **options).runs)
        for name, options in {
            "none": {},
            "maxfev": {"maxfev": 3000},
            "both": {"maxfev": 3000, "max_restarts": 1},
            "more": {"max_restarts": 3},
        }.items()
    }
    assert n_runs == {"none": 6, "maxfev": 6, "both": 4, "more": 8}


def test_without_a_limit_no_round_begins_after_the_evaluations_of_scipy() -> None:
    """Unless rounds are asked for; the best of all runs is kept either way."""

    def rough(x: NDArray[Any]) -> float:
        """Return a value on which no two runs agree, soon after SciPy's limit."""
        return rosenbrock(x) + 0.1 * math.sin(1e9 * float(x[0])) + 0.1 * math.sin(1e9 * float(x[1]))

    default, more = minimize_here(rough, START), minimize_here(rough, START, max_restarts=2)
    assert [len(default.runs), len(more.runs)] == [2, 6]
    assert default.nfev >= 200 * 2
    assert default.minimizer_status is Status.MAX_RESTARTS_EXCEEDED
    assert "max_restarts" in default.message
    assert values_of(default.runs) == values_of(more.runs)[:2]
    within = minimize_here(rough, START, restart_within=default.nfev + 1)
    assert len(within.runs) == 4


def test_variations_are_an_option() -> None:
    """The initial simplex is then as large as they are."""
    fun = Counted()
    sizes = [0.5, 0.002]
    minimize_here(fun, initial_param_variations=sizes, maxfev=3)
    steps = (np.array(fun.points[1:]) - START) / sizes
    assert np.linalg.norm(steps, axis=1) == pytest.approx(1.0)


def test_extra_elements_come_behind_the_parameters_also_for_float32() -> None:
    shapes = set()

    def fun(x: NDArray[Any]) -> float:
        shapes.add((x.shape, x.dtype))
        return rosenbrock(x[:2])

    minimize_here(fun, np.array(START, np.float32), extra_array_elements=3, maxfev=20)
    assert shapes == {((5,), np.dtype(np.float32))}


def test_the_result_depends_on_seed_and_schedule_but_not_on_n_jobs() -> None:
    results = {
        key: minimize_here(wavy, [1.0, 2.0], random_seed=key[0], schedule=key[1], n_jobs=key[2])
        for key in itertools.product((0, 1), ("pairs", "sequential"), (1, 2))
    }
    found = {key: (r.fun, r.nfev, tuple(r.x)) for key, r in results.items()}
    for seed, schedule in itertools.product((0, 1), ("pairs", "sequential")):
        assert found[seed, schedule, 1] == found[seed, schedule, 2]
    assert len(set(found.values())) >= 2


def test_a_failure_tells_what_to_do() -> None:
    result = minimize_here(wavy, [1.0, 2.0, 3.0])
    assert (result.success, result.status) == (False, 6)
    best, next_best = sorted(run.function_value for run in result.runs)[:2]
    assert result.message == (
        f"No two runs agreed: best {best:.6g} and {next_best:.6g}. "
        "Raise max_restarts, or try another start."
    )


@pytest.mark.parametrize(
    "fun", [lambda x: 0.0, lambda x: float(round(x @ x, 1))], ids=["0", "steps"]
)
def test_a_plateau_meets_the_tolerances(fun: Any) -> None:
    """A simplex that grows along a plateau would not, until a limit ends it."""
    result = minimize_here(fun, [3.0, 4.0], xatol=1e-4, fatol=1e-4)
    assert result.success
    assert result.nfev < 400
