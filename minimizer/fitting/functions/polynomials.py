"""Straight line and polynomials of degree 2 to 8."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...common.arrays import Array
from .arithmetic import JAVA, Mathematics, Numbers
from .data_range import TINY, DataRange
from .row import Basis, CurveFunction, Linear, Params


def polynomial(m: Mathematics, p: Params, x: Array) -> Numbers:
    """Return a polynomial by Horner's scheme, lowest power first."""
    value = p[-1]
    for coefficient in p[-2::-1]:
        value = coefficient + x * value
    return value


def scaled_powers(x: Array, n_params: int) -> Basis:
    """Return powers of x from the middle of its range, in units of half its width."""
    middle, half = 0.5 * (x.max() + x.min()), 0.5 * (x.max() - x.min()) or 1.0
    t = (x - middle) / half

    def params(shares: Array) -> Array:
        # By Horner's scheme in exact numbers: of large powers little is left.
        found = [Fraction(0)] * n_params
        origin, unit = Fraction(float(middle)), Fraction(float(half))
        for share in reversed(shares.tolist()):
            shifted = [
                (below - origin * here) / unit
                for below, here in zip([Fraction(0), *found[:-1]], found, strict=True)
            ]
            found = [shifted[0] + Fraction(share), *shifted[1:]]
        return np.array([float(each) for each in found])

    return Basis([t**k for k in range(n_params)], params)


def _zeros(n_params: int) -> Any:
    return lambda data: [0.0] * n_params


def _variations(data: DataRange, start: list[Any]) -> dict[int, Any]:
    degree = len(start) - 1
    found = {degree: data.height / (JAVA.pow(0.5 * data.width, float(degree)) + TINY)}
    growth = 0.5 * np.maximum(abs(data.x_max + data.x_min), data.width)
    for i in range(degree - 1, -1, -1):
        found[i] = found[i + 1] * growth
    return found


def _row(number: int, degree: int, name: str, formula: str, code: str) -> CurveFunction:
    constant = "STRAIGHT_LINE" if degree == 1 else f"POLY{degree}"
    return CurveFunction(
        number=number,
        constant=constant,
        name=name,
        n_params=degree + 1,
        formula=formula,
        code=code,
        value=polynomial,
        linear=Linear(offset=0, slope=1),
        start=_zeros(degree + 1),
        variations=_variations,
        basis=scaled_powers,
    )


LINE = _row(0, 1, "Straight Line", "y = a+bx", "y = a+x*b")
POLYNOMIALS = (
    LINE,
    _row(1, 2, "2nd Degree Polynomial", "y = a+bx+cx^2", "y = a+x*(b+x*c)"),
    _row(2, 3, "3rd Degree Polynomial", "y = a+bx+cx^2+dx^3", "y = a+x*(b+x*(c+x*d))"),
    _row(3, 4, "4th Degree Polynomial", "y = a+bx+cx^2+dx^3+ex^4", "y = a+x*(b+x*(c+x*(d+x*e)))"),
    _row(
        17,
        5,
        "5th Degree Polynomial",
        "y = a+bx+cx^2+dx^3+ex^4+fx^5",
        "y = a+x*(b+x*(c+x*(d+x*(e+x*f))))",
    ),
    _row(
        18,
        6,
        "6th Degree Polynomial",
        "y = a+bx+cx^2+dx^3+ex^4+fx^5+gx^6",
        "y = a+x*(b+x*(c+x*(d+x*(e+x*(f+x*g)))))",
    ),
    _row(
        19,
        7,
        "7th Degree Polynomial",
        "y = a+bx+cx^2+dx^3+ex^4+fx^5+gx^6+hx^7",
        "y = a+x*(b+x*(c+x*(d+x*(e+x*(f+x*(g+x*h))))))",
    ),
    _row(
        20,
        8,
        "8th Degree Polynomial",
        "y = a+bx+cx^2+dx^3+ex^4+fx^5+gx^6+hx^7+ix^8",
        "y = a+x*(b+x*(c+x*(d+x*(e+x*(f+x*(g+x*(h+x*i)))))))",
    ),
)
