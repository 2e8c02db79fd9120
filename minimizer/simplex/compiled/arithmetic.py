"""Java's random numbers, IEEE arithmetic and closeness, for compiled code."""

from __future__ import annotations

import math

from ..limits import SAME_PARAM, SAME_PARAM_FLOOR
from . import state as at
from .jit import jit, leaf

MULTIPLIER = 0x5DEECE66D
MASK = (1 << 48) - 1


@jit
def set_seed(s, seed):
    """Start the random numbers of ``java.util.Random(seed)``."""
    s.rng = (seed ^ MULTIPLIER) & MASK


@jit
def next_bits(s, bits):
    """Return the next random bits; the product may overflow, its low 48 bits are right."""
    s.rng = (s.rng * MULTIPLIER + 0xB) & MASK
    return s.rng >> (48 - bits)


@jit
def next_float(s):
    """Return a multiple of 2**-24 in [0, 1)."""
    return next_bits(s, 24) / 16777216.0


@jit
def next_double(s):
    """Return a multiple of 2**-53 in [0, 1)."""
    high = next_bits(s, 26) << 27
    return (high + next_bits(s, 27)) * 2.0**-53


@jit
def wrap_seed(seed):
    """Wrap an integer to Java's 32-bit ``int``."""
    return (seed + 2**31) % 2**32 - 2**31


@jit
def log(a):
    """Return the natural logarithm; that of 0 is -inf and that of a negative number NaN."""
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


@jit
def larger(a, b):
    """Return the larger number, NaN if either is NaN."""
    if math.isnan(a) or math.isnan(b):
        return math.nan
    return b if b > a else a


@jit
def vertex_range(x, size):
    """Distance from `x` at which another vertex is made."""
    if not size >= 1e-100:
        size = 0.01
    if abs(size / x) < 1e-10:
        size = abs(x * 1e-10)
    return size


@jit
def pairwise_dot(a, b, start, n):
    """Return the sum of n products from `start` on, added up in the order of ``numpy.add.reduce``.

    That halves the range until at most 128 are left. Here it is halved twice at most, as numba
    cannot cache a function that calls itself: the same for up to 512 parameters.
    """
    if n <= 128:
        return _block_dot(a, b, start, n)
    half = n // 2
    half -= half % 8
    return _half_dot(a, b, start, half) + _half_dot(a, b, start + half, n - half)


@jit
def _half_dot(a, b, start, n):
    if n <= 128:
        return _block_dot(a, b, start, n)
    half = n // 2
    half -= half % 8
    return _block_dot(a, b, start, half) + _block_dot(a, b, start + half, n - half)


@jit
def _block_dot(a, b, start, n):
    if n < 8:
        total = 0.0
        for i in range(start, start + n):
            total += a[i] * b[i]
        return total
    r0, r1, r2, r3 = _four_products(a, b, start)
    r4, r5, r6, r7 = _four_products(a, b, start + 4)
    end = start + n
    i = start + 8
    while i + 8 <= end:
        p0, p1, p2, p3 = _four_products(a, b, i)
        p4, p5, p6, p7 = _four_products(a, b, i + 4)
        r0, r1, r2, r3 = r0 + p0, r1 + p1, r2 + p2, r3 + p3
        r4, r5, r6, r7 = r4 + p4, r5 + p5, r6 + p6, r7 + p7
        i += 8
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    while i < end:
        total += a[i] * b[i]
        i += 1
    return total


@jit
def _four_products(a, b, i):
    return a[i] * b[i], a[i + 1] * b[i + 1], a[i + 2] * b[i + 2], a[i + 3] * b[i + 3]


@leaf
def values_agree(s, a, b, factor):
    """Tell whether `factor` times the difference of two values is below a limit."""
    d = factor * abs(a - b)
    return d / (max(abs(a), abs(b)) + 1e-100) < s.max_rel_error or d < s.max_abs_error


@jit
def params_agree(s, w, a, b, ranges):
    """Tell whether two results (n,) are the same point."""
    for i in range(s.n):
        tolerance = larger(
            SAME_PARAM * larger(abs(a[i]), abs(b[i])), SAME_PARAM_FLOOR * w.rows[ranges, i]
        )
        if s.has_resolutions:
            tolerance = larger(tolerance, w.rows[at.RESOLUTIONS, i])
        if not abs(a[i] - b[i]) <= tolerance:
            return False
    return True


@jit
def tolerance_holds(s, a, b):
    """Tell whether two points (n,) are within the absolute tolerance."""
    for i in range(s.n):
        if not abs(a[i] - b[i]) <= s.param_tolerance:
            return False
    return True


@jit
def within_resolution(s, w, a, b):
    """Tell whether two points (n,) are nearer than the resolutions; a NaN is."""
    for i in range(s.n):
        if abs(a[i] - b[i]) >= w.rows[at.RESOLUTIONS, i]:
            return False
    return True


@leaf
def near(s, w, a, x, share, ranges):
    """Tell whether `a` is within a share of |x| + initial range of `x`, per parameter."""
    for i in range(s.n):
        if not abs(a[i] - x[i]) <= share * (abs(x[i]) + w.rows[ranges, i]):
            return False
    return True
