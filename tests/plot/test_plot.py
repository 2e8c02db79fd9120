"""The pictures show what happened: their lines, data and labels are compared with the runs."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from problems import wavy

from minimizer import Minimizer, Move, Status, minimize
from minimizer.plot import plot_convergence, plot_profile, plot_runs, plot_simplex, style

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")
colors = pytest.importorskip("matplotlib.colors")

RADIUS = 2.0


def disc(x: Any) -> float:
    """Least at (1.940, 0.485), on the edge of the disc where it is a number."""
    return math.nan if x @ x > RADIUS**2 else (x[0] - 4) ** 2 + (x[1] - 1) ** 2


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def egg_box(x: Any) -> float:
    """Many local minima."""
    return float(2 * len(x) + (0.05 * x * x - 2 * np.cos(2 * x)).sum())


def minimized(fun: Any = disc, start: Any = (-1.0, 0.5), **settings: Any) -> Minimizer:
    m = Minimizer(fun, len(start), trace=True, **settings)
    m.minimize(list(start))
    return m


def by_label(ax: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in ax.lines if line.get_label()[0] != "_"}


def legend(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("plot", [plot_convergence, plot_simplex])
def test_without_a_trace_the_error_says_how_to_keep_one(plot: Any) -> None:
    m = Minimizer(disc, 2)
    m.minimize([-1.0, 0.5])
    with pytest.raises(ValueError, match="set trace=True"):
        plot(m)
    with pytest.raises(ValueError, match="set trace=True"):
        plot(Minimizer(disc, 2, trace=True))  # nothing minimized yet


def test_convergence_draws_the_best_value_so_far_of_each_run() -> None:
    m = minimized()
    values, sizes, moves = plot_convergence(m)
    for i, run in enumerate(m.runs):
        seen = [e.value for e in m.trace if e.run == i]
        best = np.fmin.accumulate(seen)
        x, y = by_label(values)[f"run {i}"].get_data()
        np.testing.assert_array_equal(x, np.arange(1, run.evaluations + 1))
        above = y > 1e-15
        np.testing.assert_allclose(y[above], (best - m.function_value)[above])
    assert values.get_yscale() == sizes.get_yscale() == "log"
    assert f"{m.function_value:.10g}" in values.get_title()
    assert legend(values) == [*(f"run {i}" for i in range(len(m.runs))), "new simplex"]
    assert moves.get_xlabel() == "evaluations of the run"


def test_convergence_draws_the_size_of_the_simplex() -> None:
    """It begins at 1, the first simplex, and the second run at 5 times this, its rule."""
    m = minimized()
    sizes = plot_convergence(m)[1]
    first, second = (by_label(sizes)[f"run {i}"].get_data() for i in (0, 1))
    initial = [k + 1 for k, e in enumerate(m.trace) if (e.run, e.move) == (0, Move.INITIAL)]
    assert (first[0][0], first[1][0]) == (initial[2], 1.0)  # complete with the third vertex
    assert 2 < second[1][0] < 12
    assert first[1][-1] < 1e-3


def test_convergence_marks_moves_and_new_simplices() -> None:
    m = minimized()
    values, _, moves = plot_convergence(m)
    rows = [label.get_text() for label in moves.get_yticklabels()]
    assert rows[0] == "reflect"
    assert {"expand", "contract inside", "draw inwards", "shrink", "reinitialize"} < set(rows)
    for i in range(len(m.runs)):
        run = [e for e in m.trace if e.run == i]
        drawn = moves.collections[i * len(rows) : (i + 1) * len(rows)]
        for name, ticks in zip(rows, drawn, strict=True):
            places = sorted(segment[0][0] for segment in ticks.get_segments())
            made = [k + 1 for k, e in enumerate(run) if e.move.value == name]
            assert places == made
    circles = [line for line in values.lines if line.get_marker() == "o" and len(line.get_xdata())]
    remade = [k + 1 for k, e in enumerate(m.trace) if (e.run, e.move) == (0, Move.REINITIALIZE)]
    assert set(circles[0].get_xdata()) <= set(remade)
    assert len(circles[0].get_xdata()) >= 1


def test_the_simplex_is_drawn_over_the_function() -> None:
    m = minimized()
    ax = plot_simplex(m, [(-1.6, 2.5), (-0.8, 2.2)], points=60)
    lines = by_label(ax)
    assert legend(ax)[0] == "NaN"
    np.testing.assert_array_equal(lines["start"].get_xydata(), [[-1.0, 0.5]])
    np.testing.assert_array_equal(lines["minimizer's result"].get_xydata(), [m.params])
    path = lines["its best vertex"].get_xydata()
    np.testing.assert_array_equal(path[-1], m.runs[0].params)
    assert (np.diff([disc(point) for point in path]) <= 0).all()
    corners = [line for line in ax.lines if len(line.get_xdata()) == 4]
    assert len(corners) > 10  # triangles, closed
    assert all((line.get_xydata()[0] == line.get_xydata()[-1]).all() for line in corners)
    assert ax.get_xlim() == (-1.6, 2.5)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("parameter 0", "parameter 1")


@pytest.mark.slow
def test_the_nan_region_is_shaded_where_it_is() -> None:
    """Its outline is the circle."""
    ax = plot_simplex(minimized(), [(-2.5, 2.5), (-2.5, 2.5)], points=151)
    shades = [c for c in ax.collections if getattr(c, "hatches", None) and "////" in c.hatches]
    assert len(shades) == 1
    edge = next(c for c in ax.collections if not getattr(c, "filled", True)).get_paths()[0]
    np.testing.assert_allclose(np.hypot(*edge.vertices.T), RADIUS, atol=0.03)


@pytest.mark.slow
def test_without_nan_nothing_is_shaded() -> None:
    ax = plot_simplex(minimized(wavy, (3.0, 2.0)), points=30)
    assert "NaN" not in legend(ax)
    low, high = ax.get_xlim()
    assert low < 3.0 < high


def test_a_function_with_further_arguments_and_extra_elements_is_drawn() -> None:
    def fun(x: Any, a: float) -> float:
        x[2] = 7.0
        return float((x[0] - a) ** 2 + x[1] ** 2)

    m = Minimizer(fun, 2, args=(3.0,), extra_array_elements=1, trace=True)
    m.minimize([1.0, 1.0])
    assert plot_simplex(m, points=20).get_title().startswith("run 0")


def test_impossible_pictures_are_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match=r"two parameters and m has 3; see plot_profile"):
        plot_simplex(minimized(lambda x: float(x @ x), (1.0, 1.0, 1.0)))
    m = minimized()
    with pytest.raises(ValueError, match=r"run is 9; the trace has the runs 0 to 1"):
        plot_simplex(m, run=9)
    with pytest.raises(ValueError, match="lower first"):
        plot_simplex(m, [(1, 0), (0, 1)])
    result = minimize(disc, [-1.0, 0.5], options={"trace": True})
    with pytest.raises(ValueError, match=r"fun=\.\.\."):
        plot_simplex(result)
    assert plot_simplex(result, fun=disc, points=20)


def test_a_profile_is_the_cost_along_each_parameter() -> None:
    def fun(x: Any) -> float:
        return float(x[0] ** 2 + 10 * abs(x[1]))

    ax = plot_profile(fun, [0.0, 0.0], [2.0, 0.5], names=["a", "b"], points=11)
    a, b = (by_label(ax)[name].get_data() for name in ("a ± 2", "b ± 0.5"))
    np.testing.assert_allclose(a[1], (2 * np.linspace(-1, 1, 11)) ** 2)
    np.testing.assert_allclose(b[1], 5 * abs(np.linspace(-1, 1, 11)))
    assert "lower than the point" not in legend(ax)
    assert "beyond: NaN" not in legend(ax)


def test_a_profile_shows_a_trap_and_the_end_of_the_valid_region() -> None:
    def fun(x: Any) -> float:
        return math.nan if x[0] > 1.5 else math.cos(3 * x[0]) + 0.1 * x[0]

    marks = by_label(plot_profile(fun, [math.pi / 3], 3.0, points=401))
    (lower,) = marks["lower than the point"].get_xydata()
    assert lower[0] * 3 == pytest.approx(-2 * math.pi / 3, abs=0.05)
    (end,) = marks["beyond: NaN"].get_xydata()
    assert math.pi / 3 + end[0] * 3 == pytest.approx(1.5, abs=0.02)


def test_the_widths_of_a_profile_are_checked() -> None:
    with pytest.raises(ValueError, match=r"widths\[1\] is 0"):
        plot_profile(disc, [0.0, 0.0], [1.0, 0.0])
    with pytest.raises(ValueError, match=r"params is \[nan, 0.0\]; it must be finite"):
        plot_profile(disc, [math.nan, 0.0], 1.0)
    with pytest.raises(ValueError, match="widths"):
        plot_profile(disc, [0.0, 0.0], [1.0, 1.0, 1.0])


def test_runs_that_agree_are_below_the_lines_and_others_above() -> None:
    start = (5.0, 4.0, 3.0, 2.0)
    calls = (minimized(egg_box, start, random_seed=seed) for seed in range(30))
    m = next(m for m in calls if m.status is Status.SUCCESS and len(m.runs) > 2)
    ax = plot_runs(m)
    points = [line.get_ydata() for line in ax.lines[: len(m.runs)]]
    same = [abs(run.function_value - m.function_value) < 1e-6 for run in m.runs]
    assert 2 <= sum(same) < len(m.runs)
    for is_same, (value, *params) in zip(same, points, strict=True):
        assert bool(value < 1 or max(params) < 1) is is_same
    assert ax.get_title() == f"SUCCESS, {len(m.runs)} runs"
    assert [f"run {i}: {run.function_value:.8g}, SUCCESS" for i, run in enumerate(m.runs)] == (
        legend(ax)[: len(m.runs)]
    )
    columns = [text.get_text() for text in ax.get_xticklabels()]
    assert columns == ["value", *(f"parameter {i}" for i in range(4))]


@pytest.mark.parametrize(
    "m",
    [
        minimized(),  # they agree as two results at an edge do
        minimized(lambda x: float((x[0] - 1) ** 2 + 5), (3.0,)),
        minimized(lambda x: float(x @ x), (1.0, 1.0)),  # to the rounding of the descent
        minimized(lambda x: float(abs(x).sum()), (3.0, 1.0), param_resolutions=[0.1, 0.1]),
        minimized(lambda x: float(x @ x) + 5, (3.0, 2.0), tolerances=(1e-3, 1e-3)),
    ],
)
def test_runs_that_count_as_agreeing_are_drawn_so(m: Minimizer) -> None:
    assert m.status == 0
    assert len(m.runs) == 2
    value, *params = (max(column) for column in zip(*_drawn(plot_runs(m), m), strict=True))
    assert value < 1 or max(params) < 1


def _drawn(ax: Any, m: Any) -> list[Any]:
    return [line.get_ydata() for line in ax.lines[: len(m.runs)]]


def test_runs_without_a_value_are_named_and_keep_their_numbers() -> None:
    result = minimize(disc, [-1.0, 0.5])
    result.runs = [replace(result.runs[0], function_value=math.nan, status=Status(1)), *result.runs]
    ax = plot_runs(result)
    assert legend(ax)[0] == "run 0: nan, INITIALIZATION_FAILURE"
    assert [len(points) for points in _drawn(ax, result)] == [0, 3, 3]


def test_runs_need_a_result() -> None:
    with pytest.raises(ValueError, match="m has no runs; minimize first"):
        plot_runs(Minimizer(disc, 2))
    with pytest.raises(ValueError, match=r"finite value to compare \(INITIALIZATION_FAILURE\)"):
        plot_runs(minimized(lambda x: math.nan))


@pytest.mark.slow
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_runs_without_a_finite_value_are_drawn_without_one(value: float) -> None:
    m = minimized(lambda x: value, max_evaluations=50)
    assert plot_convergence(m)[0].get_title() == "no value but NaN and infinity"
    ax = plot_simplex(m, points=10)
    assert ax.get_title() == f"run 0: {value} after {m.runs[0].evaluations} evaluations"
    assert legend(ax)[0] == ("NaN" if math.isnan(value) else "infinite")


def test_runs_of_an_optimize_result_are_drawn() -> None:
    assert plot_runs(minimize(disc, [-1.0, 0.5])).get_title() == "SUCCESS, 2 runs"


def test_all_draw_into_axes_that_are_given() -> None:
    m = minimized()
    axes = plt.figure().subplots(2, 2)
    assert plot_simplex(m, points=20, ax=axes[0, 0]) is axes[0, 0]
    assert plot_runs(m, ax=axes[0, 1]) is axes[0, 1]
    assert plot_profile(disc, m.params, 1.0, ax=axes[1, 0]) is axes[1, 0]
    parts = plot_convergence(m, ax=axes[1, 1])
    assert all(part.figure is axes[1, 1].figure for part in parts)
    assert len(plt.get_fignums()) == 1


def test_series_differ_in_grey_and_not_by_colour_alone() -> None:
    """Neighbours differ in dashes and markers too; the first three colours also in lightness."""
    for i in range(8):
        assert style.line(i) != style.line(i + 1)
        assert style.line(i)["linestyle"] != style.line(i + 1)["linestyle"]
        assert style.marker(i)["marker"] not in [style.marker(k)["marker"] for k in range(i)]
    lightness = [
        float(np.dot(colors.to_rgb(c), (0.2126, 0.7152, 0.0722))) for c in style.COLOURS[:3]
    ]
    assert np.diff(sorted(lightness)).min() > 0.15


@pytest.mark.slow
def test_no_display_is_needed() -> None:
    code = (
        "from minimizer import Minimizer\nfrom minimizer.plot import plot_runs\n"
        "m = Minimizer(lambda x: x[0]**2 + 1)\nm.minimize([1.0])\n"
        "plot_runs(m).figure.savefig('/dev/null', format='png')"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)


@pytest.mark.slow
def test_importing_the_module_does_not_import_matplotlib() -> None:
    code = "import sys, minimizer.plot; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r'pip install "imagej-minimizer\[plot\]"'):
        plot_profile(disc, [0.0, 0.0], 1.0)
