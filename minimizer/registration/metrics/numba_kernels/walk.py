"""Shared by the kernels: the position of a run in the moving image, and linear interpolation."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from ...images.pixels import EDGE, TOUCHED

# Sums may be reordered so that they run in vector registers; NaN and infinity keep their meaning.
FAST = {"reassoc", "contract", "nsz"}


def compiled(function: Any) -> Any:
    """Compile a kernel; the machine code is kept on disk."""
    return numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")(function)


def inlined(function: Any) -> Any:
    """Compile a part of a kernel."""
    return numba.njit(inline="always", fastmath=FAST, error_model="numpy")(function)


@compiled
def walk(matrix, start, length, frame, position, step):  # type: ignore[no-untyped-def]
    """Set a run's first position and its step (ndim,); return the part inside the frame."""
    low, high = 0.0, length - 1.0
    n = frame.size
    for d in range(n):
        p = matrix[d, n]
        for k in range(n):
            p += matrix[d, k] * start[k]
        s = matrix[d, n - 1]
        position[d], step[d] = p, s
        first, last = -EDGE - p, frame[d] + EDGE - p
        if s > 0.0:
            low, high = max(low, first / s), min(high, last / s)
        elif s < 0.0:
            low, high = max(low, last / s), min(high, first / s)
        elif first > 0.0 or last < 0.0:
            high = -1.0
    if not low <= high:
        return 0, 0
    return int(np.ceil(low)), int(np.floor(high)) + 1


@inlined
def between_2(image, i, j, t, u):  # type: ignore[no-untyped-def]
    """Interpolate between four pixels, in double precision."""
    a, b = np.float64(image[i, j]), np.float64(image[i + 1, j])
    a += u * (image[i, j + 1] - a)
    b += u * (image[i + 1, j + 1] - b)
    return a + t * (b - a)


@inlined
def between_3(image, i, j, k, t, u, v):  # type: ignore[no-untyped-def]
    """Interpolate between eight voxels, in double precision."""
    a, b = np.float64(image[i, j, k]), np.float64(image[i, j + 1, k])
    c, d = np.float64(image[i + 1, j, k]), np.float64(image[i + 1, j + 1, k])
    a += v * (image[i, j, k + 1] - a)
    b += v * (image[i, j + 1, k + 1] - b)
    c += v * (image[i + 1, j, k + 1] - c)
    d += v * (image[i + 1, j + 1, k + 1] - d)
    a += u * (b - a)
    c += u * (d - c)
    return a + t * (c - a)


@inlined
def between_flat(image, at, plane, row, t, u, v):  # type: ignore[no-untyped-def]
    """Do the same in a flat image: unsigned indices and shared sums save a tenth of the time."""
    one = np.uint64(1)
    a, b = np.float64(image[at]), np.float64(image[at + row])
    c, d = np.float64(image[at + plane]), np.float64(image[at + plane + row])
    a += v * (image[at + one] - a)
    b += v * (image[at + row + one] - b)
    c += v * (image[at + plane + one] - c)
    d += v * (image[at + plane + row + one] - d)
    a += u * (b - a)
    c += u * (d - c)
    return a + t * (c - a)


@inlined
def component_2(stack, i, j, t, u, c):  # type: ignore[no-untyped-def]
    """Interpolate one component of a stack (rows, columns, components)."""
    a, b = np.float64(stack[i, j, c]), np.float64(stack[i + 1, j, c])
    a += u * (stack[i, j + 1, c] - a)
    b += u * (stack[i + 1, j + 1, c] - b)
    return a + t * (b - a)


@inlined
def component_3(stack, i, j, k, t, u, v, c):  # type: ignore[no-untyped-def]
    """Interpolate one component of a stack (planes, rows, columns, components)."""
    a, b = np.float64(stack[i, j, k, c]), np.float64(stack[i, j + 1, k, c])
    e, d = np.float64(stack[i + 1, j, k, c]), np.float64(stack[i + 1, j + 1, k, c])
    a += v * (stack[i, j, k + 1, c] - a)
    b += v * (stack[i, j + 1, k + 1, c] - b)
    e += v * (stack[i + 1, j, k + 1, c] - e)
    d += v * (stack[i + 1, j + 1, k + 1, c] - d)
    a += u * (b - a)
    e += u * (d - e)
    return a + t * (e - a)


@compiled
def hole_2(missing, i, j, t, u):  # type: ignore[no-untyped-def]
    """Return whether missing pixels have weight here."""
    a = (1 - u) * missing[i, j] + u * missing[i, j + 1]
    b = (1 - u) * missing[i + 1, j] + u * missing[i + 1, j + 1]
    return (1 - t) * a + t * b > TOUCHED


@compiled
def hole_3(missing, i, j, k, t, u, v):  # type: ignore[no-untyped-def]
    """Return whether missing voxels have weight here."""
    weight = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                w = (t if a else 1 - t) * (u if b else 1 - u) * (v if c else 1 - v)
                weight += w * missing[i + a, j + b, k + c]
    return weight > TOUCHED
