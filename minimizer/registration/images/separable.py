"""Weighted sums of neighbours along one axis, in pieces of an image that stay in the cache.

A blur, or a blur with every second pixel left out, is one such sum along each axis in turn: only
the pixels that are kept are computed. Beyond the frame an image is 0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PIECE = 2**15
"""Number of pixels in a piece."""

REACH = 2.4
"""Farthest neighbour of a Gaussian, in standard deviations; the rest of it has 2 % of the weight.
"""

Pixels = NDArray[Any]  # float32 or float64
Weights = list[float]


class Shifted(NamedTuple):
    """A part of a sum: element i of `source`, moved by `shift`, times `weight`."""

    source: Pixels
    shift: int
    weight: float


def gaussian(sigma: float) -> Weights:
    """Return the weights of a pixel and of its neighbours to one side; with the other side 1.

    Examples
    --------
    >>> [round(weight, 3) for weight in gaussian(0.7)]
    [0.57, 0.205, 0.01]
    """
    reach = max(1, round(REACH * sigma))
    heights = [math.exp(-0.5 * (k / sigma) ** 2) for k in range(reach + 1)]
    total = 2 * sum(heights) - heights[0]
    return [height / total for height in heights]


def blurred(image: Pixels, weights: Weights, axis: int) -> Pixels:
    """Return the image with each pixel replaced by the weighted sum around it.

    Examples
    --------
    >>> blurred(np.array([0.0, 0.0, 4.0, 0.0]), [0.5, 0.25], 0)
    array([0., 1., 2., 1.])
    """
    parts = [Shifted(image, 0, weights[0])]
    for k, weight in enumerate(weights[1:], 1):
        parts += [Shifted(image, -k, weight), Shifted(image, k, weight)]
    return added(parts, image.shape, axis)


def halved(image: Pixels, weights: Weights, axis: int) -> Pixels:
    """Return the means of blocks of two of the blurred image, without an odd pixel at the end.

    Examples
    --------
    >>> halved(np.array([0.0, 0.0, 4.0, 0.0, 0.0]), [0.5, 0.25], 0)
    array([0.5, 1.5])
    """
    ends: list[Pixels] = []
    for parity in (0, 1):
        end = image[(slice(None),) * axis + (slice(parity, None, 2),)]
        ends.append(np.ascontiguousarray(end) if axis == image.ndim - 1 else end)
    # The mean of two blurs has as many weights to either side of the middle between two pixels.
    means = [0.5 * (a + b) for a, b in zip(weights, [*weights[1:], 0.0], strict=True)]
    parts: list[Shifted] = []
    for k, weight in enumerate(means):
        near, far = (k + 1) // 2, k % 2
        parts += [Shifted(ends[far], -near, weight), Shifted(ends[1 - far], near, weight)]
    shape = list(image.shape)
    shape[axis] //= 2
    return added(parts, tuple(shape), axis)


def added(parts: list[Shifted], shape: tuple[int, ...], axis: int) -> Pixels:
    """Return the sum of parts that are shifted along an axis."""
    total = np.zeros(shape, parts[0].source.dtype)
    rows = max(1, PIECE * shape[0] // max(1, total.size))
    product = np.empty((rows, *shape[1:]), total.dtype)
    for first in range(0, shape[0], rows):
        piece = slice(first, min(first + rows, shape[0]))
        for source, shift, weight in parts:
            low, high = max(0, -shift), min(shape[axis], source.shape[axis] - shift)
            if axis == 0:
                low, high = max(low, piece.start), min(high, piece.stop)
            if low < high:
                here = _along(axis, piece, low, high)
                room = product[_along(axis, slice(0, piece.stop - first), 0, high - low)]
                np.multiply(
                    source[_along(axis, piece, low + shift, high + shift)], weight, out=room
                )
                total[here] += room
    return total


def _along(axis: int, piece: slice, low: int, high: int) -> tuple[slice, ...]:
    """Return the part from `low` to `high` along an axis, of a piece along the first one."""
    between = [slice(None)] * (axis - 1)
    return (slice(low, high),) if axis == 0 else (piece, *between, slice(low, high))


def inside(n: int, weights: Weights) -> NDArray[np.float64]:
    """Return how much of the weight lies inside the frame, for each of n pixels of an axis."""
    return blurred(np.ones(n), weights, 0)
