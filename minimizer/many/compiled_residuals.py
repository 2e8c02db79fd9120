"""Many small least-squares problems in compiled code, as far as they are easy.

A plain Levenberg-Marquardt with Nielsen's damping on the normal equations. It vouches for a result
by the engine's own test, the relative offset. Every other case (NaN, bounds that are met, a rank in
doubt, a parameter without influence) is left to the engine, from the start.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import types

from ..common.arrays import Array
from ..common.status import Status
from ..simplex.compiled.entry_points import PARAMS
from ..simplex.compiled.function import argument_types, pointer_to
from ..simplex.compiled.function_pointers import call
from ..simplex.compiled.jit import entry, leaf
from ..simplex.compiled.loops import element
from .chunks import Solve
from .compiled_chunks import element_type, read_only
from .residuals import ResidualProblems
from .results import ManyResults

_SUCCESS, _DOUBT = int(Status.SUCCESS), -1
_LIMIT, _FAILED = int(Status.MAX_EVALUATIONS_EXCEEDED), int(Status.FUNCTION_FAILURE)
OFFSET2 = 1e-8  # the square of the relative offset
STEP = float(np.finfo(np.float64).eps) ** 0.5
NEAR_ZERO = 1e-3  # of the largest value so far: a parameter nearer to zero counts as this
COARSE = 1e-3  # of the residuals: a change by a difference that is too large
WELL = 1e-10  # least pivot of the scaled normal equations
FIRST, MOST = 1e-3, 1e12  # damping
VANISHED, SETTLED = 1e-22, 1e-3  # of the first sum; of the parameters


@leaf
def factorize(A, unit, damping, L):
    """Put the Cholesky factor of A in units, plus damping, in L; return the least pivot."""
    n, least = len(unit), np.inf
    for i in range(n):
        for j in range(i + 1):
            total = A[i, j] / (unit[i] * unit[j]) + (damping if i == j else 0.0)
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                least = min(least, total)
                if not total > 0.0:
                    return total
                L[i, i] = np.sqrt(total)
            else:
                L[i, j] = total / L[j, j]
    return least


@leaf
def step_of(L, unit, g, p):
    """Solve L Lᵀ p = -g, with g and p in units; return the fall of the sum along p."""
    n, fall = len(unit), 0.0
    for i in range(n):
        total = -g[i] / unit[i]
        for k in range(i):
            total -= L[i, k] * p[k]
        p[i] = total / L[i, i]
        fall += p[i] * p[i]
    for i in range(n - 1, -1, -1):
        total = p[i]
        for k in range(i + 1, n):
            total -= L[k, i] * p[k]
        p[i] = total / L[i, i]
    for i in range(n):
        p[i] /= unit[i]
    return fall


@leaf
def evaluate(fun, args, x, handed, r):
    """Put the residuals at x in r; return the sum of their squares."""
    for i in range(len(x)):
        handed[i] = x[i]
    call(fun, handed, args + (r,))  # noqa: RUF005  # numba knows no starred tuple here
    total = 0.0
    for k in range(len(r)):
        total += r[k] * r[k]
    return total


@leaf
def measure(fun, args, x, top, f, r, handed, other, J, A, g):
    """Put JᵀJ and Jᵀr at x in A and g; return whether the differences can be trusted."""
    n, m = len(x), len(r)
    for j in range(n):
        top[j] = max(top[j], abs(x[j]))
    for j in range(n):
        kept, h = x[j], STEP * max(abs(x[j]), NEAR_ZERO * top[j])
        x[j] = kept + (h if h > 0.0 else STEP)
        h = x[j] - kept
        total = evaluate(fun, args, x, handed, other)
        x[j] = kept
        change = 0.0
        for k in range(m):
            difference = other[k] - r[k]
            change += difference * difference
            J[j, k] = difference / h
        if not total < np.inf or change == 0.0 or change > COARSE * COARSE * f:
            return False
    for i in range(n):
        g[i] = 0.0
        for k in range(m):
            g[i] += J[i, k] * r[k]
        for j in range(i + 1):
            total = 0.0
            for k in range(m):
                total += J[i, k] * J[j, k]
            A[i, j] = A[j, i] = total
    return True


@leaf
def descend(fun, args, x, low, high, limit, work):
    """Descend from x, which is moved; return status, sum, iterations and evaluations."""
    r, other, J, A, L, g, p, c, d, top, y, handed = work
    n, m = len(x), len(r)
    f = evaluate(fun, args, x, handed, r)
    first, calls, damping, growth = f, 1, FIRST, 2.0
    d[:] = 0.0
    top[:] = 0.0
    iterations = 0
    while f < np.inf:
        if calls + n >= limit:
            return _LIMIT, f, iterations, calls
        calls += n
        if not measure(fun, args, x, top, max(f, COARSE * first), r, handed, other, J, A, g):
            break
        for j in range(n):
            c[j] = np.sqrt(A[j, j])
            d[j] = max(d[j], c[j])
        if factorize(A, c, 0.0, L) < WELL:
            break
        within = step_of(L, c, g, p)
        rest = max(f - within, 0.0)
        settled = True
        for j in range(n):
            settled = settled and abs(p[j]) <= SETTLED * max(abs(x[j]), NEAR_ZERO * top[j])
            y[j] = x[j] + p[j]
        if within * (m - n) <= OFFSET2 * n * rest or (f <= VANISHED * first and settled):
            calls += 1
            lower = evaluate(fun, args, y, handed, other)
            if lower < f and inside(y, low, high):
                f = lower
                x[:] = y
            return _SUCCESS, f, iterations, calls
        iterations += 1
        while True:
            if calls >= limit:
                return _LIMIT, f, iterations, calls
            if damping > MOST or factorize(A, d, damping, L) <= 0.0:
                return _DOUBT, f, iterations, calls
            predicted = step_of(L, d, g, p)
            for j in range(n):
                predicted += damping * (d[j] * p[j]) ** 2
                y[j] = x[j] + p[j]
            if not inside(y, low, high):
                return _DOUBT, f, iterations, calls
            lower = evaluate(fun, args, y, handed, other)
            calls += 1
            if lower < f:
                gain = (f - lower) / predicted
                damping *= max(1.0 / 3.0, 1.0 - (2.0 * gain - 1.0) ** 3)
                growth = 2.0
                f = lower
                x[:] = y
                r[:] = other
                break
            damping *= growth
            growth *= 2.0
    return _DOUBT, f, iterations, calls


@leaf
def inside(y, low, high):
    """Return whether a point is in the box."""
    for j in range(len(y)):
        if y[j] < low[j] or y[j] > high[j]:
            return False
    return True


@entry
def descend_many(fun, args, flag, x0, low, high, m, limit, params, values, status, counts):
    """Descend from every start of a chunk; those left to the engine get the status -1."""
    n = x0.shape[1]
    square = (n, n)
    vectors = np.empty((6, n))
    work = (
        np.empty(m),
        np.empty(m),
        np.empty((n, m)),
        np.empty(square),
        np.empty(square),
        vectors[0],
        vectors[1],
        vectors[2],
        vectors[3],
        vectors[4],
        vectors[5],
        np.empty(n),
    )
    x = np.empty(n)
    for i in range(len(x0)):
        if flag[0] != 0:
            break
        x[:] = x0[i]
        failed = False
        try:
            found = descend(fun, element(args, i), x, low, high, limit, work)
        except Exception:
            failed = True
        if failed:
            status[i] = _FAILED
        else:
            status[i] = found[0]
            values[i] = 0.5 * found[1]
            counts[i, 0], counts[i, 1] = found[2], found[3]
            params[i] = x


@cache
def entry_for(fun: Any, arrays: tuple[Any, ...]) -> Any:
    """Return the loop over problems for functions of a type and arrays of arguments."""
    vector, matrix = types.float64[::1], types.float64[:, ::1]
    starts = types.Array(types.float64, 2, "A", readonly=True)
    number = types.int64
    return descend_many.compile(
        (
            fun,
            types.Tuple(arrays),
            types.int64[::1],
            starts,
            vector,
            vector,
            number,
            number,
            matrix,
            vector,
            types.int8[::1],
            types.int64[:, ::1],
        )
    )


def residual_solver(problems: ResidualProblems) -> Solve:
    """Return a function that solves a slice of the problems and writes to a slice of the results.

    Raises
    ------
    NotCompilableError
        If the function cannot be compiled for the arguments of one problem.
    """

    def arguments(where: slice) -> tuple[Array, ...]:
        parts = (arg[where] for arg in problems.args)
        return tuple(np.require(a, a.dtype.newbyteorder("="), ["C", "W"]) for a in parts)

    arrays = argument_types(arguments(slice(0, 1)))
    given = (*map(element_type, arrays), PARAMS)
    pointer, address = pointer_to(problems.m.fun, given, fills=True)
    descend_chunk = entry_for(pointer, arrays)
    n, starts = problems.x0.shape[1], read_only(problems.x0)
    box = problems.m.box(n)
    low = np.full(n, -np.inf) if box is None else box.lower.copy()
    high = np.full(n, np.inf) if box is None else box.upper.copy()
    limit = problems.limit

    def solve(part: slice, out: ManyResults, flag: Array) -> None:
        outputs = out.params[part], out.function_value[part], out.status[part], out.counts[part]
        sizes = problems.n_residuals, limit
        descend_chunk(address, arguments(part), flag, starts[part], low, high, *sizes, *outputs)
        for i in np.flatnonzero(out.status[part] == _DOUBT) + part.start:
            problems.solve_one(int(i), out, int(i), tuple(out.counts[i]))

    return solve
