"""The array types of the package."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


def norm_of(vector: Array) -> float:
    """Return the Euclidean norm of a vector; quicker than NumPy's general function."""
    return math.sqrt(vector.dot(vector))
