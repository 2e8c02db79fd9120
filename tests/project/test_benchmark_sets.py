"""The problem sets of the benchmarks: their functions, and what is said of their minima."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from benchmarks.case import Case
from benchmarks.sets import (
    SETS,
    boxes,
    certified,
    classics,
    convex,
    mgh,
    nan_edges,
    nist,
    offsets,
    penalties,
    scales,
    spectra,
    steps,
    transformed,
)
from benchmarks.sets._descent import polished

COUNTS = {
    "morewild": (53, 14),
    "piecewise": (53, 14),
    "noisy": (106, 14),
    "transformed": (50, 13),
    "nist": (54, 14),
    "nan_edges": (57, 12),
    "boxes": (48, 12),
    "classics": (41, 14),
    "steps": (24, 12),
    "offsets": (48, 12),
    "scales": (40, 10),
    "spectra": (60, 10),
    "constants": (45, 9),
    "penalties": (228, 12),
}


@pytest.fixture(scope="module")
def sets() -> dict[str, list[Case]]:
    return {name: cases(0, False) for name, cases in SETS.items()}


def same(a: Case, b: Case) -> bool:
    values = [a.fun(a.start), a.minimum, a.others, a.bounds, a.good, a.tolerance, a.budget]
    return a.name == b.name and values == [
        b.fun(b.start),
        b.minimum,
        b.others,
        b.bounds,
        b.good,
        b.tolerance,
        b.budget,
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_numbers_and_names(name, sets):
    names = [case.name for case in sets[name]]
    quick = [case.name for case in SETS[name](0, True)]
    assert (len(names), len(quick)) == COUNTS[name]
    assert len(set(names)) == len(names)
    assert set(quick) <= set(names)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_the_same_for_a_seed_and_as_a_pickle(name, sets):
    by_name = {case.name: case for case in sets[name]}
    for case in SETS[name](0, True):
        assert same(case, by_name[case.name])
        assert same(case, pickle.loads(pickle.dumps(case)))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(SETS) - {"morewild", "piecewise", "nist"}))
def test_another_seed_gives_others(name, sets):
    others = [case for case in SETS[name](1, True) if "Gao-Han" not in case.name]
    by_name = {case.name: case for case in sets[name]}
    assert any(c.name not in by_name or not same(c, by_name[c.name]) for c in others)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_every_start_is_finite_and_not_good(name, sets):
    for case in sets[name]:
        value = case.fun(case.start)
        assert isinstance(value, float), case.name
        assert math.isfinite(value), case.name
        assert math.isfinite(case.minimum), case.name
        assert case.gap > 0.0, case.name
        assert not case.is_good(case.judged(case.start, value)), case.name
        assert all(math.isfinite(other) and other > case.minimum for other in case.others)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_wild_points_give_a_float_and_no_warning(name, sets):
    for case in sets[name]:
        for value in (math.nan, math.inf, -math.inf, 1e300, -1e300, 1e-320, 0.0, -1.0):
            point = np.full(case.n, value)
            assert isinstance(case.fun(point), float), case.name
            assert isinstance(case.judged(point, 0.0), float), case.name


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_the_solution_has_the_least_value(name, sets):
    for case in sets[name]:
        if case.solution is not None:
            value = case.judged(case.solution, case.fun(case.solution))
            close = 1e-15 if case.name.startswith("Lanczos1") else 1e-8 * case.minimum
            assert abs(value - case.minimum) <= max(1e-9 * case.gap, close), case.name
            assert case.is_good(value), case.name


@pytest.mark.parametrize("name", sorted(set(SETS) - {"noisy"}))
def test_other_minima_are_not_good(name, sets):
    for case in sets[name]:
        good = [other for other in case.others if case.is_good(other)]
        assert not good or case.name.endswith("far start"), case.name  # that is a large gap


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_no_descent_gets_lower(name, sets):
    optimize = pytest.importorskip("scipy.optimize")
    for case in sets[name][:: max(11, len(sets[name]) // 5)]:
        end = optimize.minimize(
            case.judge or case.fun,
            case.start if case.solution is None else case.solution,
            method="Nelder-Mead",
            bounds=case.bounds,
            options={"maxfev": 500, "xatol": 1e-8, "fatol": 1e-300},
        )
        assert end.fun >= case.minimum - 1e-9 * (abs(case.minimum) + case.gap), case.name


def test_judgement():
    case = Case("x", lambda x: float(x @ x), np.array([3.0, 4.0]), 0.0, others=(9.0, 16.0))
    assert case.margin == pytest.approx(25e-6)
    assert case.is_good(24e-6)
    assert not case.is_good(26e-6)
    assert case.is_other(9.008)
    assert not case.is_other(9.01)
    assert not case.is_good(math.nan)
    assert not case.is_other(math.nan)


def test_judgement_by_a_tolerance_and_by_a_judge():
    case = Case(
        "x", lambda x: 7.0, np.array([3.0, 4.0]), 0.0, tolerance=0.5, judge=lambda x: float(x @ x)
    )
    assert case.gap == 25.0
    assert case.margin == 0.5
    assert case.judged(np.array([0.5, 0.0]), 7.0) == 0.25
    assert case.is_good(0.5)
    assert not case.is_good(0.6)


STARTS = {  # values at the standard starts
    ("Rosenbrock", 2): 24.2,
    ("Freudenstein-Roth", 2): 400.5,
    ("Beale", 2): 14.203125,
    ("Helical valley", 3): 2500.0,
    ("Gulf", 3): 12.11070582556949,
    ("Powell singular", 4): 215.0,
    ("Wood", 4): 19192.0,
    ("Brown-Dennis", 4): 7926693.336997433,
    ("Penalty I", 4): 885.06264,
    ("Penalty II", 4): 2.3400088054630244,
    ("Biggs EXP6", 6): 0.7790700756559701,
    ("Watson", 6): 16.430831175992264,
}


@pytest.mark.parametrize(("name", "n"), STARTS)
def test_standard_starts(name, n):
    r = mgh.residuals(name, n)(mgh.PROBLEMS[name].start(n))
    assert float(r @ r) == pytest.approx(STARTS[name, n], rel=1e-12)


MINIMA = {  # as Moré, Garbow and Hillstrom print them
    ("Bard", 3): 8.21487e-3,
    ("Gaussian", 3): 1.12793e-8,
    ("Jennrich-Sampson", 2): 124.362,
    ("Kowalik-Osborne", 4): 3.07505e-4,
    ("Brown-Dennis", 4): 85822.2,
    ("Penalty I", 4): 2.24997e-5,
    ("Penalty II", 4): 9.37629e-6,
    ("Watson", 6): 2.28767e-3,
    ("Chebyquad", 8): 3.51687e-3,
}


def test_printed_minima():
    for key, known in transformed.references().items():
        assert known["best"] == pytest.approx(MINIMA.get(key, 0.0), rel=1e-5) or (
            key in {("Penalty I", 3), ("Penalty II", 3), ("Watson", 5)}
        ), key


@pytest.mark.slow
@pytest.mark.parametrize("name", mgh.PROBLEMS)
def test_least_squares_from_the_start_end_at_a_known_minimum(name):
    optimize = pytest.importorskip("scipy.optimize")
    for n in set(mgh.PROBLEMS[name].sizes):
        known = transformed.references()[name, n]
        with np.errstate(all="ignore"):
            end = optimize.least_squares(
                mgh.residuals(name, n),
                mgh.PROBLEMS[name].start(n),
                x_scale="jac",
                xtol=1e-15,
                ftol=1e-15,
                gtol=1e-15,
                max_nfev=300,
            )
        values = [known["best"], *known["others"]]
        assert any(abs(2.0 * end.cost - v) <= 1e-4 * v + 1e-12 for v in values)
        assert 2.0 * end.cost >= known["best"] * (1.0 - 1e-9)


def test_the_transformed_start_is_near_the_standard_one(sets):
    for case in sets["transformed"]:
        there = case.fun.matrix @ (case.start - case.fun.shift)
        standard = mgh.PROBLEMS[case.fun.problem].start(case.n)
        assert (np.abs(there - standard) <= 0.1 * (np.abs(standard) + 1.0) + 1e-9).all()
        lengths = np.linalg.norm(case.fun.matrix, axis=0)
        assert ((lengths >= 0.0999) & (lengths <= 10.001)).all()


@pytest.mark.parametrize("name", nist.datasets())
def test_nist_sums_are_the_certified_ones(name):
    row = nist.datasets()[name]
    fun = nist.Regression(name)
    assert fun(np.array(row["start1"])) == pytest.approx(row["rss_start1"], rel=1e-12)
    assert fun(np.array(row["start2"])) == pytest.approx(row["rss_start2"], rel=1e-12)
    if name == "Lanczos1":  # its certified parameters are too short
        assert fun(np.array([float(b) for b in row["refined"]])) < 1e-24
    else:
        at_certified = fun(np.array(row["certified"]))
        assert at_certified == pytest.approx(row["certified_rss"], rel=1e-8)


def test_nist_digits():
    row = nist.datasets()["Gauss1"]
    b = np.array([float(value) for value in row["refined"]])
    assert nist.rss_digits("Gauss1", row["certified_rss"] * 1.001) == pytest.approx(3.0, abs=1e-6)
    assert nist.rss_digits("Gauss1", math.nan) == 0.0
    assert nist.parameter_digits("Gauss1", b) == 11.0
    assert nist.parameter_digits("Gauss1", b[[0, 1, 5, 6, 7, 2, 3, 4]]) == 11.0
    assert nist.parameter_digits("Gauss1", b * [1, 1, 1, 1, -1, 1, 1, 1]) == 11.0
    assert nist.parameter_digits("Gauss1", 1.01 * b) == pytest.approx(2.0, abs=1e-9)
    assert nist.parameter_digits("Gauss1", np.full(8, math.inf)) == 0.0


def test_nist_good_means_four_digits(sets):
    for case in sets["nist"]:
        if not case.name.startswith("Lanczos1"):
            assert case.is_good(case.minimum * 1.00009)
            assert not case.is_good(case.minimum * 1.00011)


def test_starts_are_inside_and_nan_is_outside(sets):
    for case in sets["nan_edges"]:
        assert (case.fun.region.slacks(case.start) > 0.0).all(), case.name
        beyond = case.solution + 0.01 * (case.solution - case.start)
        assert math.isnan(case.fun(beyond)), case.name
        assert math.isnan(case.fun(np.full(case.n, math.nan)))


def test_slsqp_finds_the_minima_on_the_edges(sets):
    optimize = pytest.importorskip("scipy.optimize")
    for case in sets["nan_edges"]:
        fun, region = case.fun.objective, case.fun.region
        end = optimize.minimize(
            fun,
            case.start,
            jac=fun.slope,
            method="SLSQP",
            constraints=[{"type": "ineq", "fun": region.slacks}],
            options={"ftol": 1e-13, "maxiter": 300},
        )
        assert abs(end.fun - case.minimum) <= 1e-7 * case.gap, case.name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 3))
def test_minima_on_edges_are_certified_for_other_seeds(seed):
    assert len(nan_edges.cases(seed)) == 57  # an uncertain one raises


def test_an_uncertain_minimum_is_refused():
    fun = convex.Quadratic(np.eye(2), np.array([3.0, 0.0]))
    region = convex.Ellipsoid(np.eye(2), np.zeros(2))
    with pytest.raises(ArithmeticError, match="certain"):
        certified.minimum_inside(fun, region, np.zeros(2), -1.0)


def test_boxes_hold_their_minima_on_a_face(sets):
    for case in sets["boxes"]:
        lower, upper = np.array(case.bounds).T
        assert ((case.start >= lower) & (case.start <= upper)).all()
        assert ((case.solution == lower) | (case.solution == upper)).any()
        slope = case.fun.slope(case.solution)
        inward = np.where(case.solution == lower, slope, -slope)
        free = (case.solution > lower) & (case.solution < upper)
        assert (inward[~free] >= 0.0).all()
        assert (
            np.abs(slope[free]) <= 1e-6 * (1.0 + np.abs(case.fun.slope(case.start)).max())
        ).all()


@pytest.mark.slow
def test_l_bfgs_b_finds_the_minima_in_boxes(sets):
    optimize = pytest.importorskip("scipy.optimize")
    for case in sets["boxes"][::3]:
        end = optimize.minimize(
            case.fun, case.start, jac=case.fun.slope, method="L-BFGS-B", bounds=case.bounds
        )
        assert end.fun >= case.minimum - 1e-12 * case.gap


@pytest.mark.parametrize("fun", [boxes.Rosenbrock(), convex.SoftMax(np.eye(3), np.ones(3))])
def test_derivatives(fun):
    x, h = np.array([0.3, -0.7, 0.4]), 1e-5
    steps_of = np.eye(3) * h
    slope = [(fun(x + d) - fun(x - d)) / (2 * h) for d in steps_of]
    bend = [(fun.slope(x + d) - fun.slope(x - d)) / (2 * h) for d in steps_of]
    np.testing.assert_allclose(fun.slope(x), slope, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(fun.bend(x), bend, rtol=1e-6, atol=1e-6)


def test_noise_depends_on_the_point_alone(sets):
    case = next(c for c in sets["noisy"] if c.name.endswith("random"))
    there = case.start + 1e-12
    first = case.fun(case.start)
    assert case.fun(there) != first
    assert case.fun(case.start) == first
    assert abs(first / case.judge(case.start) - 1.0) < 2.1e-3


def test_noise_has_its_level(sets):
    rng = np.random.default_rng(0)
    for case in sets["noisy"]:
        points = case.start * rng.uniform(0.9, 1.1, (5, case.n))
        ratios = [case.fun(x) / case.judge(x) for x in points]
        assert all(abs(ratio - 1.0) < 2.1e-3 for ratio in ratios)
        assert any(abs(ratio - 1.0) > 1e-5 for ratio in ratios)


def test_steps_are_steps(sets):
    for case in sets["steps"]:
        near = case.solution + 0.2 * case.resolutions
        assert case.is_good(case.judged(near, case.fun(near))), case.name
        far = case.solution + 20.0 * case.resolutions * np.sign(case.start - case.solution)
        assert not case.is_good(case.judged(far, case.fun(far))) or "Rosenbrock" in case.name


def test_rough_functions_stay_near_the_smooth_ones(sets):
    for case in sets["steps"]:
        fun = case.fun
        error = abs(fun(case.start) - case.judge(case.start))
        if fun.kind != steps.KINDS[0]:
            assert error <= case.n * fun.cost, case.name
        else:
            assert fun(case.start + 1e-6 * case.resolutions) == fun(case.start), case.name


def test_perm_functions_are_those_of_the_library():
    x = np.array([0.5, 1.5])
    d, zero = classics.PERMS.values()
    assert d(x) == pytest.approx(
        (1.5 * -0.5 + 2.5 * -0.25) ** 2 + (1.5 * -0.75 + 4.5 * -0.4375) ** 2
    )
    assert zero(x) == pytest.approx((11 * -0.5 + 12 * 1.0) ** 2 + (11 * -0.75 + 12 * 2.0) ** 2)


def test_least_squares_are_polished_to_the_minimum():
    residuals = nist.Regression("Misra1a").residuals
    row = nist.datasets()["Misra1a"]
    start, certified = np.array(row["start2"]), np.array(row["certified"])
    found = polished(residuals, start, np.abs(start))
    np.testing.assert_allclose(found, certified, rtol=1e-9)
    assert (polished(residuals, found, np.abs(start)) == found).all()


def least_sum(residuals, start, scales):
    """Return the sum of squares that SciPy finds."""
    optimize = pytest.importorskip("scipy.optimize")
    with np.errstate(all="ignore"):
        end = optimize.least_squares(
            residuals, start, x_scale=scales, xtol=1e-15, ftol=1e-15, gtol=1e-15
        )
    return 2.0 * end.cost


@pytest.mark.slow
def test_scipy_fits_from_nearby_starts_are_not_better_than_the_references_far_from_0(sets):
    for case in sets["offsets"]:
        _, position, width, _ = case.solution
        moved = case.fun.moved(position)
        scales = np.abs(case.solution[[0, 2, 2, 0]])
        ends = [
            least_sum(moved.residuals, point - [0.0, position, 0.0, 0.0], scales)
            for point in (case.solution, case.start)
        ]
        assert min(ends) == pytest.approx(case.minimum, rel=1e-9), case.name
        off = abs(case.start[1] - position) / abs(width)
        assert 0.1 < off < 1.0, case.name
        assert 0.005 < abs(width) < 1.5, case.name
        assert 0.99e4 < position < 2.01e9, case.name


def test_far_positions_are_told_apart(sets):
    for case in sets["offsets"]:
        step = np.array([0.0, 0.2 * case.solution[2], 0.0, 0.0])
        assert not case.is_good(case.fun(case.solution + step)), case.name
        assert case.is_good(case.fun(case.solution + 1e-4 * step)), case.name


@pytest.mark.parametrize("shape", offsets.SHAPES)
def test_shapes_are_smooth_and_about_as_large_as_1(shape):
    u = np.linspace(-40.0, 40.0, 80_001)
    with np.errstate(all="ignore"):
        f = offsets.SHAPES[shape](u)
    assert np.isfinite(f).all()
    assert 0.4 < np.abs(f[np.abs(u) <= offsets.SPAN]).max() < 1.2
    assert np.abs(np.diff(f, 2)).max() < 4e-5  # no corner: that would be 1e-3


@pytest.mark.slow
def test_scipy_fits_from_nearby_starts_are_not_better_than_the_references_of_spectra(sets):
    for case in sets["spectra"]:
        fun = case.fun.from_0()
        offset = np.zeros(case.n)
        offset[3 : case.n - (fun.kind == "pseudo-Voigt") : 3] = case.fun.begin
        end = least_sum(fun.residuals, case.solution - offset, "jac")
        assert end == pytest.approx(case.minimum, rel=1e-9), case.name
        assert case.minimum < 0.5 * case.margin / spectra.GOOD, case.name  # the fit says something


def test_a_fit_without_the_largest_peak_is_not_good(sets):
    for case in sets["spectra"]:
        without = case.solution.copy()
        heights = without[2 : case.n - (case.fun.kind == "pseudo-Voigt") : 3]
        heights[np.abs(heights).argmax()] = 0.0
        assert not case.is_good(case.fun(without)), case.name


def test_pseudo_voigt_mixes_both():
    x = np.linspace(0.0, 10.0, 11)
    p = np.array([1.0, 0.1, 3.0, 4.0, 1.5])
    gauss, lorentz, mixed = (spectra.Spectrum(kind, 0.0, x, 0.0 * x) for kind in spectra.KINDS)
    between = 0.3 * lorentz.residuals(p) + 0.7 * gauss.residuals(p)
    np.testing.assert_allclose(mixed.residuals(np.append(p, 0.3)), between, rtol=1e-14)
    at_half = np.array([0.0, 0.0, 3.0, 4.0, 2.0])
    assert gauss.residuals(at_half)[6] == pytest.approx(1.5)
    assert lorentz.residuals(at_half)[6] == pytest.approx(1.5)


def test_scaled_functions_have_their_minimum_where_it_is_said(sets):
    rng = np.random.default_rng(0)
    for case in sets["scales"]:
        for size in (1e-3, 1.0, 100.0):
            step = size * rng.normal(size=case.n) * case.fun.units
            ahead, behind = (case.fun(case.solution + sign * step) for sign in (1, -1))
            assert min(ahead, behind) > case.minimum, case.name
            assert ahead - case.minimum == pytest.approx(behind - case.minimum, rel=1e-6)
    units = np.concatenate([case.fun.units for case in sets["scales"]])
    assert 1e-12 <= units.min() < 1e-11
    assert 1e8 < units.max() <= 1e9


def test_log_cosh_is_exact_where_it_is_not_small():
    v = np.array([-3.0, 0.5, 2.0])
    np.testing.assert_allclose(scales.TERMS["log cosh"](v), np.log(np.cosh(v)), rtol=1e-12)
    np.testing.assert_allclose(scales.TERMS["pseudo-Huber"](v), np.hypot(1.0, v) - 1.0, rtol=1e-12)


def test_constants_hide_what_is_good_and_nothing_else(sets):
    for case in sets["constants"]:
        constant = case.fun.constant
        assert case.fun(case.start) == case.judge(case.start) + constant
        rounding = math.ulp(constant)
        assert 4.0 * rounding <= case.margin
        if case.solution is not None:
            assert case.fun(case.solution) == constant
    gaps = [case.margin / case.gap for case in sets["constants"]]
    assert max(gaps) < 1e-3


@pytest.mark.parametrize("seed", range(10))
def test_penalties_are_above_the_start_and_replace_nan_alone(seed):
    for case in penalties.cases(seed, True):
        inside, penalty = case.fun.inside, case.fun.penalty
        assert case.fun(case.start) == inside(case.start) < penalty, case.name
        beyond = case.solution + 0.01 * (case.solution - case.start)
        assert math.isnan(inside(beyond))
        assert case.fun(beyond) == penalty
        assert case.fun(np.full(case.n, math.nan)) == penalty


def test_penalties_are_those_of_legacy_code_on_every_edge(sets):
    edges = {case.name: case.minimum for case in sets["nan_edges"]}
    seen = {(c.name.rpartition(", ")[0], c.fun.penalty): c.minimum for c in sets["penalties"]}
    assert seen == {(n, p): m for n, m in edges.items() for p in penalties.PENALTIES}
    assert all(case.gap < 5e3 for case in sets["penalties"])
