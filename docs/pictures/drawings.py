"""Pictures of examples that only print: each function draws what one of them computes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minimizer import CurveFitter, Minimizer, least_squares, minimize, minimize_from_many_starts
from minimizer.curvature import covariance
from minimizer.plot.style import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION

POINTS = {"linestyle": "none", "marker": "o", "color": BLACK, "ms": 4}
FOUND = {"marker": "*", "ms": 15, "color": ORANGE, "mec": BLACK, "linestyle": "none", "zorder": 5}


def canvas(columns: int = 1, rows: int = 1, width: float = 7.6, height: float = 4.0) -> Any:
    """Return axes of a new figure, which needs no display."""
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots(rows, columns)


def contours(ax: Axes, fun: Callable[[Any], float], x: Any, y: Any, **settings: Any) -> None:
    """Draw a function of two parameters as filled contours."""
    values = [[fun(np.array([a, b])) for a in x] for b in y]
    ax.contourf(x, y, np.log1p(np.array(values)), 14, cmap="Blues_r", **settings)


def fit_within_nan() -> Axes:
    """Draw the measured spectrum and its three parts."""
    import fit_within_nan as example

    ax = canvas()
    ax.plot(example.WAVES, example.MEASURED, label="measured", **POINTS)
    shares = example.on_the_edge()
    for i, (share, spectrum) in enumerate(zip(shares, example.SPECTRA, strict=True)):
        colour = (BLUE, GREEN, VERMILION)[i]
        ax.plot(example.WAVES, share * spectrum, "--", color=colour, label=f"share {share:.3f}")
    ax.plot(example.WAVES, shares @ example.SPECTRA, color=ORANGE, lw=2, label="sum, shares 1.000")
    ax.set(xlabel="wavelength, nm", title="the best shares that add up to 1 at most")
    ax.legend()
    return ax


def noisy() -> Axes:
    """Draw the points that both searches evaluate."""
    import noisy as example

    axes = canvas(2)
    x, y = np.linspace(0.8, 4.0, 60), np.linspace(-2.8, 2.0, 60)
    for ax, resolutions in zip(axes, (None, [0.2, 0.2]), strict=True):
        m = Minimizer(example.instrument(0.01), 2, max_evaluations=2000, trace=True)
        m.param_resolutions = resolutions
        m.minimize([1.0, 1.0], [0.5, 0.5])
        contours(ax, example.instrument(0.0), x, y)
        ax.plot(*np.array([e.point for e in m.trace]).T, **{**POINTS, "ms": 2.5, "color": BLACK})
        ax.plot(*m.params, **FOUND)
        kind = "without" if resolutions is None else "with"
        ax.set_title(f"{kind} resolutions: {m.status.name},\n{m.evaluations} evaluations")
        ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    return axes[0]


def stop_early() -> Axes:
    """Draw the lowest value against evaluations, and where the first callback stops."""
    import stop_early as example

    ax = canvas()
    for callback, name, style in (
        (None, "to the end", {"color": BLUE}),
        (example.good_enough, "good enough: below 0.001", {"color": VERMILION, "lw": 3}),
    ):
        m = Minimizer(example.rosenbrock, callback=callback, trace=True)
        m.minimize([-1.2, 1.0, -1.2, 1.0])
        ax.semilogy(np.minimum.accumulate([e.value for e in m.trace]), label=name, **style)
    ax.axhline(1e-3, color=GREY, lw=0.8)
    ax.set(xlabel="evaluations", ylabel="lowest value so far", ylim=(1e-28, None))
    ax.legend()
    return ax


def external_program() -> Axes:
    """Draw the surface of the box, and the points that the program was asked for."""
    ax = canvas()

    def surface(size: Any) -> float:
        length, width = size
        if length <= 0 or width <= 0:
            return np.nan
        return float(length * width + 24.0 / width + 24.0 / length)

    points = []
    m = Minimizer(None, 2)
    point = m.ask([1.0, 5.0])
    while point is not None:
        points.append(point)
        m.tell(surface(point))
        point = m.ask()
    contours(ax, surface, np.linspace(0.6, 5.0, 60), np.linspace(1.5, 6.5, 60))
    ax.plot(*np.array(points).T, label=f"{len(points)} points asked for", **POINTS)
    ax.plot(*m.params, label="least surface", **FOUND)
    ax.set(xlabel="length", ylabel="width", xlim=(0.6, 5), ylim=(1.5, 6.5))
    ax.legend()
    return ax


def nearest_point() -> Axes:
    """Draw the curve, the points, and the local minima of their distance."""
    import nearest_point as example

    ax = canvas()
    t = np.linspace(0.0, 2.0, 300)
    ax.plot(*example.curve(t), color=BLUE)
    for point, colour in (([1.2, 0.9], VERMILION), ([2.6, 1.4], GREEN)):
        found = minimize_from_many_starts(
            example.offsets, [(0.0, 2.0)], args=(np.array(point),), residuals=True, n_starts=12
        )
        ax.plot(*point, "s", color=colour, mec=BLACK, ms=8)
        for i, one in enumerate(found):
            line = {"color": colour, "lw": 1.0 if i else 2.2, "ls": "--" if i else "-"}
            label = f"{np.sqrt(2.0 * one.function_value):.3f}, found {one.count} times"
            ax.plot(*np.array([point, example.curve(one.params[0])]).T, label=label, **line)
    ax.legend(title="distance", loc="lower right")
    ax.set(title="the nearest point, and the other local minimum (dashed)", xlim=(0, 3.9))
    ax.set_aspect("equal")
    return ax


def replace_scipy() -> Axes:
    """Draw the lowest value of the chain of cubes against calls, for both functions."""
    import replace_scipy as example
    import scipy.optimize

    ax = canvas()
    for solve, name, colour in (
        (scipy.optimize.minimize, "SciPy", VERMILION),
        (minimize, "minimizer", BLUE),
    ):
        values: list[float] = []

        def cubes(x: Any, values: list[float] = values) -> float:
            values.append(float(example.cubes(x)))
            return values[-1]

        result = solve(cubes, [0.5] * 5, method="Nelder-Mead", options={"maxiter": 5000})
        label = f"{name}: success={result.success} at {result.fun:.1e}"
        ax.loglog(np.minimum.accumulate(values), color=colour, label=label)
    ax.set(xlabel="calls of the function", ylabel="lowest value so far")
    ax.set_title("a chain of cubes whose least value is 0")
    ax.legend()
    return ax


def imagej_plugin() -> Axes:
    """Draw the points and the circle."""
    import imagej_plugin as example

    ax = canvas(width=5.2, height=4.6)
    m = Minimizer(example.CircleFit("robust").user_function, 3)
    m.minimize([20.0, 20.0, 10.0], [5.0, 5.0, 5.0])
    x, y, radius = m.params
    turn = np.linspace(0, 2 * np.pi, 200)
    circle = x + radius * np.cos(turn), y + radius * np.sin(turn)
    ax.plot(*circle, color=BLUE, label=f"radius {radius:.3f}")
    ax.plot(example.X_POINTS, example.Y_POINTS, label="points of the selection", **POINTS)
    ax.plot(x, y, "+", color=BLUE, ms=12)
    ax.set(aspect="equal")
    ax.legend(loc="center")
    return ax


def imagej_curve_fitting() -> Axes:
    """Draw the points and both curves of the macro."""
    import imagej_curve_fitting as example

    ax = canvas()
    fit = CurveFitter(example.X, example.Y, rules="imagej")
    x = np.linspace(0.2, 6.3, 300)
    fit.do_fit("Gaussian")
    ax.plot(x, fit.f(x), color=BLUE, label=f"Gaussian: r² = {fit.r_squared:.6f}")
    fit.do_equation("y = a + b*exp(-(x-c)*(x-c)/1.5)")
    label = f"y = a + b*exp(-(x-c)*(x-c)/1.5): r² = {fit.r_squared:.6f}"
    ax.plot(x, fit.f(x), "--", color=VERMILION, label=label)
    ax.plot(example.X, example.Y, **POINTS)
    ax.set_ylim(0.8, 5.2)
    ax.legend(loc="upper center")
    return ax


def curve_fit() -> Axes:
    """Draw NIST's data, the curve, and the uncertainty of both parameters."""
    import curve_fit as example

    left, right = canvas(2)
    m = Minimizer(example.cost, 2, max_rel_error=1e-13)
    m.minimize([500.0, 1e-4])
    a, b = m.params
    x = np.linspace(0, 800, 200)
    left.plot(x, a * (1 - np.exp(-b * x)), color=BLUE)
    left.plot(example.X, example.Y, **POINTS)
    left.set(title="data and curve", xlabel="pressure", ylabel="volume")
    values, axes = np.linalg.eigh(covariance(example.residuals, m.params))
    turn = np.linspace(0, 2 * np.pi, 200)
    for k in (1, 2):
        rim = (axes * np.sqrt(values)) @ (k * np.array([np.cos(turn), np.sin(turn)]))
        right.plot(a + rim[0], b + rim[1], color=BLUE, lw=3 - k, label=f"{k} sigma")
    right.plot(a, b, **FOUND)
    right.set(title="a and b are nearly one parameter", xlabel="a", ylabel="b")
    right.legend()
    return left


def residuals_or_their_sum() -> Axes:
    """Draw the data and the fit, which is the same both ways."""
    import residuals_or_their_sum as example

    ax = canvas()
    by_residuals = least_squares(example.residuals, example.START, confirm=True)
    by_sum = minimize(example.total, example.START)
    ax.plot(example.F, example.Y, **{**POINTS, "ms": 2.5})
    for result, name, style in (
        (by_sum, "their sum", {"color": ORANGE, "lw": 4}),
        (by_residuals, "residuals, confirmed", {"color": BLUE, "lw": 1.4}),
    ):
        label = f"{name}: {result.nfev} evaluations"
        ax.plot(example.F, example.residuals(result.x) + example.Y, label=label, **style)
    ax.set(xlabel="frequency", ylabel="signal")
    ax.legend()
    return ax


def bounded_gradient() -> Axes:
    """Draw the cost along the rate, with its bound, and the slope there."""
    import bounded_gradient as example

    ax = canvas()

    def lowest(rate: float) -> float:
        held = least_squares(example.residuals, [1, rate, 0], held=[1])
        return float(held.cost)

    rates = np.linspace(0.9, 1.9, 50)
    ax.plot(rates, [lowest(rate) for rate in rates], color=BLUE, label="lowest cost at this rate")
    result = least_squares(example.residuals, [1, 1, 0], bounds=([0, 0, -1], [9, 1.2, 1]))
    slope = float(result.grad[1])
    way = np.array([-0.12, 0.12])
    ax.plot(1.2 + way, result.cost + slope * way, color=VERMILION, label=f"gradient {slope:.4f}")
    ax.axvspan(1.2, 1.9, color=GREY, alpha=0.25, label="beyond the bound")
    ax.plot(1.2, result.cost, **FOUND)
    ax.set(xlabel="rate", ylabel="cost", xlim=(0.9, 1.9))
    ax.legend()
    return ax


def joint_direction() -> Axes:
    """Draw the staircase of one parameter after the other, and the joint step."""
    import joint_direction as example

    ax = canvas()
    design = np.array([[1.0, 0.0], [1.0, 20.0]]) * example.WEIGHTS[:, np.newaxis]
    target = example.WEIGHTS * example.TARGETS

    def cost(p: Any) -> float:
        return float(((design @ p - target) ** 2).sum()) / 2

    contours(ax, cost, np.linspace(-0.2, 2.4, 80), np.linspace(-0.02, 0.075, 80))
    p, path = np.zeros(2), [np.zeros(2)]
    for j in itertools.islice(itertools.cycle((0, 1)), 40):
        rest = target - design @ p + design[:, j] * p[j]
        p[j] = design[:, j] @ rest / (design[:, j] @ design[:, j])
        path.append(p.copy())
    label = "one after the other, 20 turns"
    ax.plot(*np.array(path).T, "-o", color=VERMILION, ms=3, label=label)
    ax.annotate("", (1.0, 0.05), (0, 0), arrowprops={"arrowstyle": "->", "color": BLACK, "lw": 2})
    ax.plot(1.0, 0.05, label="both at once, 1 step", **FOUND)
    ax.set(xlabel="x", ylabel="y")
    ax.legend(loc="lower right")
    return ax


def tabulated_derivatives() -> Axes:
    """Draw the second derivative by differences and by polynomials."""
    import tabulated_derivatives as example
    from numpy.polynomial import Chebyshev

    ax = canvas()
    x, y = example.X, example.Y
    second = (y[2:] - 2 * y[1:-1] + y[:-2]) / (x[1] - x[0]) ** 2
    ax.plot(x[1:-1], second, color=GREY, lw=0.7, label="differences of neighbours")
    for degree, colour in ((60, ORANGE), (8, BLUE)):
        bend = Chebyshev.fit(x, y, degree).deriv(2)(x)
        ax.plot(x, bend, color=colour, label=f"polynomial of degree {degree}")
    ax.plot(x, -np.sin(x), "--", color=BLACK, label="true")
    ax.set(ylim=(-4, 3), xlabel="x", ylabel="second derivative")
    ax.legend(ncols=2)
    return ax


def fundamental_matrix() -> Axes:
    """Draw the pairs in the second picture, with the epipolar lines of the right ones."""
    import fundamental_matrix as example

    ax = canvas(width=6.0, height=4.4)
    a, b, _ = example.pairs(50, 0)
    F = example.estimate(a, b, 0)
    back = np.linalg.inv(example.N)
    first, second = a @ back.T, b @ back.T
    lines = first @ F.T
    away = abs((lines * second).sum(axis=1)) / np.linalg.norm(lines[:, :2], axis=1)
    right = away < 3
    x = np.array([0.0, 640.0])
    for line in lines[right]:
        ax.plot(x, -(line[0] * x + line[2]) / line[1], color=SKY, lw=0.6)
    ax.plot(*second[right, :2].T, label=f"{right.sum()} pairs that fit", **POINTS)
    wrong = {**POINTS, "marker": "x", "color": VERMILION, "ms": 7}
    ax.plot(*second[~right, :2].T, label=f"{(~right).sum()} wrong pairs", **wrong)
    ax.set(xlim=(0, 640), ylim=(480, 0), title="the second picture, with epipolar lines")
    ax.legend()
    return ax


ALL: dict[str, Callable[[], Axes]] = {
    draw.__name__: draw
    for draw in (
        bounded_gradient,
        curve_fit,
        external_program,
        fit_within_nan,
        fundamental_matrix,
        imagej_curve_fitting,
        imagej_plugin,
        joint_direction,
        nearest_point,
        noisy,
        replace_scipy,
        residuals_or_their_sum,
        stop_early,
        tabulated_derivatives,
    )
}


def saved(draw: Callable[[], Axes]) -> Callable[[Path], None]:
    """Return a function that draws into a file."""

    def save(path: Path) -> None:
        draw().figure.savefig(path)

    return save
