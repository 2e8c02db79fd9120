"""Metrics: how much two images differ where both have data; **less is better**.

A metric is NaN, "out of bounds", where one of the images is constant. A custom metric is a function
``metric(fixed_values, warped_values, weights) -> float`` of the values of both images at the same
points; `ssd`, `ncc`, `nmi` and `mi` in `definitions` are examples.

This package may import `common`, and `geometry` and `images` of the registration; SciPy and numba
are imported when a comparison first needs them.

Names, definitions, ranges of values, and uses:
"""

from .registry import METRICS, MetricRow, find_metric

__all__ = ["METRICS", "MetricRow", "find_metric"]

__doc__ = (__doc__ or "") + "".join(  # one source: the rows
    f"\n``{row.name}``\n    {row.definition}; values: {row.values}; use: {row.use}\n"
    for row in METRICS.values()
)
