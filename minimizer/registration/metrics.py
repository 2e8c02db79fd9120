"""Metrics: how unlike two images are, over the pixels where both have data; less is better.

A metric takes the fixed and the warped values of those pixels, two arrays of shape (k,), and
returns a float. Here is the one place to add another.
"""

from __future__ import annotations

from collections.abc import Callable

from .transforms import Floats

Metric = Callable[[Floats, Floats], float]


def ssd(fixed: Floats, warped: Floats) -> float:
    """Return the mean squared difference.

    Examples
    --------
    >>> import numpy as np
    >>> ssd(np.array([0.0, 1.0]), np.array([0.0, 3.0]))
    2.0
    """
    difference = warped - fixed
    return float(difference @ difference) / difference.size


METRICS: dict[str, Metric] = {"ssd": ssd}


def find_metric(name: str) -> Metric:
    """Return the metric called `name`.

    Examples
    --------
    >>> find_metric("ssd").__name__
    'ssd'
    """
    if name not in METRICS:
        known = ", ".join(map(repr, METRICS))
        raise ValueError(f"metric is {name!r}; it must be one of {known}")
    return METRICS[name]
