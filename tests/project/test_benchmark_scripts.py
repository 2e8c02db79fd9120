"""Small scripts of the benchmarks: simple functions, and the recipes of legacy code."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("scipy")

from benchmarks import legacy, legacy_likelihoods
from benchmarks.legacy_fits import Recipe, squares


def test_recipes_are_finite_the_same_every_time_and_named_apart() -> None:
    first, second = legacy.recipes(), legacy.recipes()
    assert len({recipe.name for recipe in first}) == len(first) == 17
    for one, other in zip(first, second, strict=True):
        start = np.array(one.start, dtype=float)
        value = one.fun(start)
        assert isinstance(value, float), one.name
        assert math.isfinite(value), one.name
        assert other.fun(start) == value, one.name


def test_penalties_of_likelihoods() -> None:
    assert legacy_likelihoods.gamma().fun(np.array([-1.0, 1.0])) == legacy_likelihoods.PENALTY
    assert legacy_likelihoods.garch().fun(np.array([0.1, 0.5, 0.6])) == legacy_likelihoods.PENALTY
    assert legacy_likelihoods.profile().fun(np.array([1.0, 4.0, 0.0])) == math.inf


def test_the_kalman_filter_has_the_likelihood_of_the_joint_normal() -> None:
    fun = legacy_likelihoods.kalman().fun
    seen = next(c.cell_contents for c in fun.__closure__ if isinstance(c.cell_contents, list))
    phi, process, observation = 0.6, 1.3, 0.4
    lags = np.abs(np.subtract.outer(np.arange(len(seen)), np.arange(len(seen))))
    covariance = process * phi**lags / (1.0 - phi**2) + observation * np.eye(len(seen))
    logarithm = np.linalg.slogdet(2.0 * math.pi * covariance)[1]
    expected = 0.5 * (logarithm + seen @ np.linalg.solve(covariance, seen))
    p = np.array([math.atanh(phi), 0.5 * math.log(process), 0.5 * math.log(observation)])
    assert fun(p) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "distribution", "parameters"),
    [
        (legacy_likelihoods.weibull, "weibull_min", lambda p: (math.exp(p[0]), 0, math.exp(p[1]))),
        (legacy_likelihoods.gamma, "gamma", lambda p: (p[0], 0, p[1])),
    ],
)
def test_likelihoods_are_those_of_scipy(make, distribution, parameters) -> None:
    stats = pytest.importorskip("scipy.stats")
    fun = make().fun
    data = next(c.cell_contents for c in fun.__closure__ if isinstance(c.cell_contents, np.ndarray))
    p = np.array([1.1, 2.5])
    expected = -getattr(stats, distribution).logpdf(data, *parameters(p)).sum()
    assert fun(p) == pytest.approx(expected, rel=1e-12)


def test_lines_and_what_is_told_of_them() -> None:
    line = legacy.line(squares("line", lambda p: p[0] + p[1] * np.arange(3.0), np.ones(3), 0, 1))
    assert line.claimed
    assert line.scipys_claimed
    assert line.value < 1e-8
    assert line.notes() == []
    assert line.ratio == line.ours / line.scipys
    other = line._replace(value=5.0, scipys_value=2.0, scipys_claimed=False)
    assert other.notes() == ["line: minimizer is 3 above the other", "line: SciPy claims nothing"]
    nan = line._replace(scipys_value=math.nan)
    assert nan.notes() == ["line: SciPy is nan above the other"]


def test_the_table_of_legacy_code() -> None:
    shown = legacy.table([Recipe("bowl", lambda x: float(x @ x), (1.0, 2.0))])
    assert shown.rows[0][:2] == ("bowl", 2)
    assert shown.notes == [f"median ratio {shown.rows[0][4]:.2f}"]
    assert "`python -m benchmarks.legacy`" in shown.markdown()


@pytest.mark.slow
def test_the_table_of_simple_functions(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nlopt")
    from benchmarks import simple

    simple.main()
    printed = capsys.readouterr().out
    rows = simple.table().rows
    assert [row[0] for row in rows] == [case.name for case in simple.functions()]
    assert all(float(row[2]) < 1e-9 for row in rows)
    assert all(str(row[0]) in printed for row in rows)


def test_simple_functions_have_their_minima() -> None:
    pytest.importorskip("nlopt")
    from benchmarks import simple

    starts = {case.name: case.start.tolist() for case in simple.functions()}
    assert starts["Rosenbrock"] == [-1.2, 1.0]
    assert starts["Beale"] == [1.0, 1.0]
    assert starts["Wood"] == [-3.0, -1.0, -3.0, -1.0]
    assert starts["Powell singular"] == [3.0, -1.0, 0.0, 1.0]
    for case in simple.functions()[:2]:
        assert case.fun(np.full(case.n, 0.3)) == case.minimum
