"""Numbers as ImageJ writes them, and the report of a fit, to the letter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

LARGEST_FLOAT = 3.4028234663852886e38


def fixed(value: float, decimals: int) -> str:
    """Return a number with some decimals, like ``IJ.d2s``.

    Examples
    --------
    >>> fixed(-1e-9, 5), fixed(0.125, 2), fixed(1e22, 1)
    ('-0.00000', '0.12', '10000000000000000000000.0')
    """
    if special := _special(value):
        return special
    shortest = Decimal(repr(float(value)))
    if -int(shortest.as_tuple().exponent) > decimals:
        shortest = Decimal(value)
    return f"{_rounded(shortest, decimals):f}"


def scientific(value: float, decimals: int) -> str:
    """Return a number with one digit before the point and an exponent.

    Examples
    --------
    >>> scientific(6.33307e-11, 5), scientific(1.5e9, 5)
    ('6.33307E-11', '1.50000E9')
    """
    if special := _special(value):
        return special
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    return f"{mantissa}E{int(exponent)}"


def significant(value: float, digits: int = 5, most: int = 9) -> str:
    """Return a number with at least `digits` digits, at most `most`, like ``IJ.d2s(v, 5, 9)``.

    Examples
    --------
    >>> significant(1.39), significant(0.015664), significant(0.0)
    ('1.39000', '0.015664', '0.00000E0')
    """
    if special := _special(value):
        return special
    magnitude = math.ceil(math.log10(abs(value)) + 0.223e-9) if value else 0
    decimals = most - magnitude if value else 0
    if decimals < 0 or magnitude < -3 or value == 0.0:
        return scientific(value, digits)
    if decimals > digits:
        decimals = max(digits, decimals - (most - digits))
    return fixed(value, min(decimals, most))


def _special(value: float) -> str:
    """Return the text of NaN or infinity, empty for other numbers."""
    if value == LARGEST_FLOAT:
        return "3.4e38"
    if math.isfinite(value):
        return ""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _rounded(value: Decimal, decimals: int) -> Decimal:
    unit = Decimal(1).scaleb(-decimals)
    digits = max(value.adjusted(), 0) + decimals + 10
    return value.quantize(unit, rounding=ROUND_HALF_EVEN, context=Context(prec=digits))


def result_string(
    *,
    formula: str,
    code: str,
    message: str,
    failed: bool,
    completed: int | None,
    iterations: int,
    max_iterations: int | None,
    milliseconds: int,
    sum_residuals_sqr: float,
    deviation: float,
    r_squared: float,
    params: Sequence[float],
) -> str:
    """Return the report that ImageJ writes to its log."""
    lines = ["", f"Formula: {formula}", f"Macro code: {code}", f"Status: {message}"]
    if failed:
        return "\n".join(lines)
    limit = ""
    if completed is not None:
        lines.append(f"Number of completed minimizations: {completed}")
        limit = f" (max: {max_iterations})"
    lines += [
        f"Number of iterations: {iterations}{limit}",
        f"Time: {milliseconds} ms",
        f"Sum of residuals squared: {significant(sum_residuals_sqr)}",
        f"Standard deviation: {significant(deviation)}",
        f"R^2: {fixed(r_squared, 5)}",
        "Parameters:",
    ]
    names = "abcdefghijklmnopqrstuvwxyz"
    lines += [
        f"\t{name} = {significant(value)}" for name, value in zip(names, params, strict=False)
    ]
    return "\n".join(lines)
