"""The algorithm: its answers, its invariances, and the faults of an engine it is modelled on."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquardt import best, drive, make_problem, solve

from minimizer.common.status import Status
from minimizer.levenberg_marquardt import acceleration, broyden
from minimizer.levenberg_marquardt.method import LevenbergMarquardtRuns, RunSpec
from minimizer.levenberg_marquardt.moves import Move
from minimizer.levenberg_marquardt.options import Options, Tolerances
from minimizer.levenberg_marquardt.solver import LevenbergMarquardtRun
from minimizer.levenberg_marquardt.stationarity import Stop

T = np.linspace(0.0, 2.0, 20)
Y = 2.0 * np.exp(-1.5 * T) + 0.3 + 0.01 * np.sin(40.0 * T)


def decay(p: Any) -> Any:
    return p[0] * np.exp(-p[1] * T) + p[2] - Y


def rosenbrock(x: Any) -> Any:
    return np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])


def test_a_linear_problem_has_the_answer_of_numpy() -> None:
    rng = np.random.default_rng(1)
    A, y = rng.standard_normal((15, 4)), rng.standard_normal(15)
    runs = solve(lambda x: A @ x - y, make_problem(np.zeros(4)))
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x == pytest.approx(np.linalg.lstsq(A, y)[0], abs=1e-8)


def test_rosenbrock_ends_where_the_residuals_vanish() -> None:
    runs = solve(rosenbrock, make_problem([-1.2, 1.0]))
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x == pytest.approx([1.0, 1.0], abs=1e-8)


def test_rosenbrock_with_small_residuals_is_not_left_at_the_start() -> None:
    """Absolute tolerances would stop it there: the sum of squares begins at 2e-7."""
    runs = solve(lambda x: 1e-4 * rosenbrock(x), make_problem([-1.2, 1.0]))
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x == pytest.approx([1.0, 1.0], abs=1e-8)


def test_a_start_at_an_exact_solution_divides_nothing_by_zero() -> None:
    with np.errstate(all="raise"):
        runs = solve(rosenbrock, make_problem([1.0, 1.0]))
    assert runs.status is Status.SUCCESS
    assert best(runs).sum == 0.0


def test_fewer_residuals_than_parameters() -> None:
    runs = solve(
        lambda x: np.array([x[0] + 2.0 * x[1] + x[2] - 3.0]), make_problem([1.0, 2.0, 5.0])
    )
    assert runs.status is Status.SUCCESS
    x = best(runs).state.x
    assert x[0] + 2.0 * x[1] + x[2] == pytest.approx(3.0, abs=1e-9)


def test_broyden_needs_no_residual_before_the_first() -> None:
    """Updates begin after the first step, and the run still ends with a true Jacobian."""
    run = LevenbergMarquardtRun(make_problem([1.0, 1.0, 0.0]), RunSpec(0, Options(broyden=True)), 0)
    drive(run, decay)
    assert run.status is Status.SUCCESS
    assert run.state.age == 0


def test_broyden_update_maps_the_step_to_the_change_and_leaves_other_directions() -> None:
    J = np.arange(12.0).reshape(4, 3)
    step, change, scale = np.array([1.0, 0.0, 0.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.ones(3)
    new = broyden.updated(J, step, change, scale)
    assert new @ step == pytest.approx(change)
    assert new[:, 1:].tolist() == J[:, 1:].tolist()


def test_acceleration_is_that_of_the_paper() -> None:
    """Of r = x² at x = 1, undamped: J = 2, the step -1/2, r'' = 2 · step²; -½ r'' / J = -1/8."""
    from minimizer.levenberg_marquardt.tangent import Tangent, triangle

    J, r = np.array([[2.0]]), np.array([1.0])
    spectrum = Tangent(triangle(J, r)).spectrum(np.ones(1))
    step = spectrum.damped_step(0.0)
    ahead = (1.0 + acceleration.AHEAD * step) ** 2
    second = acceleration.second_derivative(r, ahead, J, step)
    assert second == pytest.approx(2.0 * step**2)
    assert acceleration.acceleration(spectrum, J, second, 0.0) == pytest.approx([-0.125])


def test_after_an_accelerated_step_the_residuals_are_those_of_the_point() -> None:
    """The point ahead, where the curvature is measured, leaves nothing behind."""
    problem = make_problem([-1.2, 1.0])
    run = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    moves = set()
    while (point := run.ask(0)) is not None:
        moves.add(run.move)
        run.tell(rosenbrock(point), point, False)
        assert run.state.r.tolist() == rosenbrock(run.state.x).tolist()
    assert Move.CURVATURE in moves


@pytest.mark.parametrize("power", [-60, -7, 13, 60])
def test_residuals_scaled_by_a_power_of_two_change_no_decision(power: int) -> None:
    plain = solve(decay, make_problem([1.0, 1.0, 0.1]))
    scaled = solve(lambda p: 2.0**power * decay(p), make_problem([1.0, 1.0, 0.1]))
    assert best(scaled).state.x.tolist() == best(plain).state.x.tolist()
    assert [run.evaluations for run in scaled.runs] == [run.evaluations for run in plain.runs]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-40, 40), min_size=3, max_size=3))
def test_parameters_scaled_by_powers_of_two_change_no_bit(powers: list[int]) -> None:
    unit = 2.0 ** np.array(powers)
    plain = solve(decay, make_problem([1.0, 1.0, 0.1]))
    scaled = solve(lambda p: decay(p / unit), make_problem(np.array([1.0, 1.0, 0.1]) * unit))
    assert (best(scaled).state.x / unit).tolist() == best(plain).state.x.tolist()
    assert scaled.status is plain.status
    assert [run.evaluations for run in scaled.runs] == [run.evaluations for run in plain.runs]


def test_a_run_that_is_pickled_between_two_points_goes_on_to_the_same_bits() -> None:
    problem = make_problem([1.0, 1.0, 0.0])
    whole = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    drive(whole, decay)
    part = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    while (point := part.ask(0)) is not None:
        part.tell(decay(point), point, False)
        part = pickle.loads(pickle.dumps(part))
    assert part.state.x.tolist() == whole.state.x.tolist()
    assert part.evaluations == whole.evaluations


def test_nan_is_out_of_bounds_and_never_accepted() -> None:
    def fun(x: Any) -> Any:
        return np.log(x) - np.array([1.0, 2.0]) if (x > 0).all() else np.array([np.nan, 1.0])

    runs = solve(fun, make_problem([30.0, 0.1]))
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x == pytest.approx(np.exp([1.0, 2.0]), rel=1e-6)


def test_a_minimum_on_the_edge_of_nan_is_not_claimed() -> None:
    runs = solve(
        lambda p: decay(p) * (1.0 if p[1] <= 0.7 else np.nan), make_problem([1.0, 0.2, 0.0])
    )
    assert runs.status is Status.EDGE
    assert "simplex" in Status.EDGE.message


def test_a_start_that_is_nan() -> None:
    assert solve(lambda p: decay(p) * np.nan, make_problem([1.0, 1.0, 0.0])).status is (
        Status.INITIALIZATION_FAILURE
    )


@pytest.mark.parametrize("corner", [(-1.0, 0.5), (0.5, 4.0)])
def test_a_minimum_in_a_corner_of_the_box_is_exactly_there(corner: tuple[float, float]) -> None:
    """Of (x + 3, y + 3) or (x + 3, y - 9), in a box whose sides are met exactly."""
    low, high = np.array([corner[0], 0.5]), np.array([2.0, corner[1] if corner[1] > 1 else 3.0])
    away = -3.0 if corner[1] < 1 else 9.0
    runs = solve(
        lambda x: np.array([x[0] + 3.0, x[1] - away]), make_problem([1.0, 1.0], (low, high))
    )
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x.tolist() == [low[0], low[1] if away < 0 else high[1]]
    assert best(runs).state.stop is Stop.CORNER


def test_points_never_leave_the_box() -> None:
    problem = make_problem([0.5, 0.6], (np.array([0.0, 0.0]), np.array([0.8, 0.7])))
    run = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    for point in drive(run, rosenbrock):
        assert problem.box.contains(point)


def test_a_bounded_linear_problem_has_the_answer_of_scipy() -> None:
    so = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(5)
    for _ in range(20):
        A, y = rng.standard_normal((12, 4)), 3.0 * rng.standard_normal(12)
        low, high = -rng.uniform(0.05, 1, 4), rng.uniform(0.05, 1, 4)
        right = so.lsq_linear(A, y, (low, high), method="bvls", tol=1e-14).x
        runs = solve(lambda x, A=A, y=y: A @ x - y, make_problem(np.zeros(4), (low, high)))
        assert runs.status is Status.SUCCESS
        assert best(runs).state.x == pytest.approx(right, abs=1e-6)


def test_a_parameter_that_runs_away_is_no_success() -> None:
    """exp(-b t) with t >= 1 fitted to zeros: b grows until nothing is left of it."""
    t = np.linspace(1.0, 2.0, 8)
    runs = solve(lambda b: np.exp(-b[0] * t) + 1.0, make_problem([1.0]))
    assert runs.status is not Status.SUCCESS


def test_residuals_that_depend_on_nothing_are_no_success() -> None:
    runs = solve(lambda x: np.array([1.0, 2.0, 3.0]), make_problem([1.0, 2.0]))
    assert runs.status is Status.SINGULAR


def test_a_product_of_two_parameters_is_a_success_with_a_direction_without_influence() -> None:
    from minimizer.levenberg_marquardt.outcome import outcome_of

    runs = solve(lambda p: decay([p[0] * p[3], p[1], p[2]]), make_problem([1.0, 1.0, 0.1, 1.5]))
    assert runs.status is Status.SUCCESS
    found = outcome_of(best(runs).state)
    assert found.degenerate == [[0, 3]]
    assert np.isnan(found.covariance[[0, 3]]).all()
    assert np.isfinite(found.covariance[np.ix_([1, 2], [1, 2])]).all()


def test_a_jacobian_by_differences_of_the_users_has_the_rank_of_the_model() -> None:
    """Its noise would count as influence, and the sum of two parameters as determined."""

    def fun(x: Any) -> Any:
        return (x[0] + x[1]) + x[2] * T - np.sin(T)

    def jac(x: Any) -> Any:
        h = 1.5e-8 * abs(x)
        return np.column_stack([(fun(x + d) - fun(x)) / d.sum() for d in np.diag(h)])

    problem = make_problem([1.0, 0.3, 0.5], has_jacobian=True)
    runs = solve(fun, problem, jac)
    assert runs.status is Status.SUCCESS
    assert best(runs).state.look.rank == 2


def test_float32_residuals_have_longer_steps() -> None:
    problem = make_problem([1.0, 1.0, 0.1])
    run = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    while (point := run.ask(0)) is not None:
        run.tell(decay(point).astype(np.float32), point, False)
    assert run.status is Status.SUCCESS
    assert run.state.x == pytest.approx(best(solve(decay, problem)).state.x, rel=2e-3)
    assert run.evaluations < 60


@pytest.mark.parametrize("loss", ["soft_l1", "huber", "cauchy", "arctan"])
def test_a_robust_loss_is_minimized_as_by_scipy(loss: str) -> None:
    so = pytest.importorskip("scipy.optimize")
    out = np.zeros(T.size)
    out[[3, 11]] = [4.0, -6.0]
    runs = solve(lambda p: decay(p) + out, make_problem([1.5, 1.0, 0.1], loss=loss))
    right = so.least_squares(
        lambda p: decay(p) + out, [1.5, 1.0, 0.1], loss=loss, xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    assert runs.status is Status.SUCCESS
    assert best(runs).sum == pytest.approx(2.0 * right.cost, rel=1e-8)
    assert best(runs).state.x == pytest.approx(right.x, rel=1e-4)


OPTIONS: list[dict[str, Any]] = [
    {"update": "nielsen"},
    {"update": "factors"},
    {"scaling": "levenberg"},
    {"acceleration": 0.0},
    {"broyden": False},
    {"jacobian": "central"},
    {"jacobian": "richardson"},
    {"damping": np.array([1e-3, 1e-3, 1.0])},
]


@pytest.mark.parametrize("words", OPTIONS)
def test_every_option_comes_to_the_same_minimum(words: dict[str, Any]) -> None:
    right = best(solve(decay, make_problem([1.0, 1.0, 0.1]))).state.x
    runs = solve(decay, make_problem([1.0, 1.0, 0.1], **words))
    assert runs.status is Status.SUCCESS
    assert best(runs).state.x == pytest.approx(right, rel=1e-6)


def test_a_damped_parameter_moves_less() -> None:
    free, slow = (
        LevenbergMarquardtRun(
            make_problem([1.0, 1.0, 0.1]), RunSpec(0, Options(damping=d, radius=0.1)), 0
        )
        for d in (1e-3, np.array([1e-3, 1e5, 1e-3]))
    )
    for run in (free, slow):
        while run.state.last is None:
            point = run.ask(0)
            assert point is not None
            run.tell(decay(point), point, False)
    assert abs(slow.state.last.step[1]) < 0.1 * abs(free.state.last.step[1])  # type: ignore[union-attr]


def test_a_tolerance_that_was_asked_for_is_no_success() -> None:
    coarse = Tolerances(decrease=0.9)
    runs = solve(rosenbrock, make_problem([-1.2, 1.0], tolerances=coarse))
    assert runs.status is Status.TOLERANCE_REACHED
    assert best(runs).state.stop is Stop.DECREASE


def test_runs_do_not_change_the_problem() -> None:
    problem = make_problem([1.0, 1.0, 0.0])
    before = copy.deepcopy(problem)
    solve(decay, problem)
    assert problem.start.tolist() == before.start.tolist()
    assert LevenbergMarquardtRuns(problem).spec is not None


def test_the_columns_of_a_jacobian_are_foretold() -> None:
    """They may be evaluated side by side: the points that will be asked for, and no others."""
    problem = make_problem([1.0, 1.0, 0.1])
    run = LevenbergMarquardtRun(problem, RunSpec(0, problem.options), 0)
    assert run.ask(0) is not None
    assert run.points_ahead(9) == []
    run.tell(decay(problem.start), problem.start, False)
    first = run.ask(0)
    assert first is not None
    ahead = run.points_ahead(9)
    assert len(ahead) == 2
    assert run.points_ahead(1)[0].tolist() == ahead[0].tolist()
    for point in [first, *ahead]:
        asked = run.ask(0)
        assert asked is not None
        assert asked.tolist() == point.tolist()
        run.tell(decay(point), point, False)
