"""A macro with ``Fit.doFit``, ported line by line: the macro stands beside the Python.

With ``rules="imagej"`` the numbers are those that ImageJ 1.54 prints; by default the same functions
are fitted from better starts, and a fit that is not to be trusted says so. Run
``python examples/imagej_curve_fitting.py``. It prints::

    rules="imagej"
    Gaussian: r^2 = 0.999935
    p[0] = 1.02016
    p[1] = 4.33695
    p[2] = 3.57858
    p[3] = 0.85637
    f(3.6) = 4.33591
    narrow: r^2 = 0.999871
    y = a - -b*x: r^2 = -0.000000 (Success)
    rules="robust"
    Gaussian: r^2 = 0.999935
    p[0] = 1.02016
    p[1] = 4.33695
    p[2] = 3.57858
    p[3] = 0.85637
    f(3.6) = 4.33591
    narrow: r^2 = 0.999871
    y = a - -b*x: r^2 = nan ('y = a - -b*x' is refused: -- changes a; write a-(-b*x) for a - -b*x.)
"""

from __future__ import annotations

import warnings

from minimizer import CurveFitter

# x = newArray(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6);
X = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6]
# y = newArray(1.02, 1.05, 1.21, 1.63, 2.52, 3.66, 4.31, 3.98, 2.87, 1.85, 1.29, 1.08);
Y = [1.02, 1.05, 1.21, 1.63, 2.52, 3.66, 4.31, 3.98, 2.87, 1.85, 1.29, 1.08]


def macro(rules: str) -> None:
    """Do what the macro does."""
    # Fit.doFit("Gaussian", x, y);
    fit = CurveFitter(X, Y, rules=rules)
    fit.do_fit("Gaussian")
    # print("Gaussian: r^2 = " + d2s(Fit.rSquared, 6));
    print(f"Gaussian: r^2 = {fit.r_squared:.6f}")
    # for (i = 0; i < Fit.nParams; i++) print("p[" + i + "] = " + d2s(Fit.p(i), 5));
    for i in range(fit.n_params):
        print(f"p[{i}] = {fit.params[i]:.5f}")
    # print("f(3.6) = " + d2s(Fit.f(3.6), 5));
    print(f"f(3.6) = {fit.f(3.6):.5f}")
    # Fit.doFit("y = a + b*exp(-(x-c)*(x-c)/1.5)", x, y);
    fit.do_equation("y = a + b*exp(-(x-c)*(x-c)/1.5)")
    # print("narrow: r^2 = " + d2s(Fit.rSquared, 6));
    print(f"narrow: r^2 = {fit.r_squared:.6f}")
    # Fit.doFit("y = a - -b*x", x, y);
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what the line below shows
        fit.do_equation("y = a - -b*x")
    # print("y = a - -b*x: r^2 = " + d2s(Fit.rSquared, 6));
    print(f"y = a - -b*x: r^2 = {fit.r_squared:.6f} ({fit.message})")


if __name__ == "__main__":
    for name in ("imagej", "robust"):
        print(f'rules="{name}"')
        macro(name)
