"""Which metric is minimized at each pyramid level, and on what: intensities or fine detail.

At full resolution it is the requested metric, and for images of one modality it is so at every
level. For two modalities, information alone is unreliable on small images: where a smooth
background covers most of them, it is often larger in a wrong alignment. There the gradients count
as well (Pluim's product), and after a global search, at the coarsest level, fine detail is
compared. A search from a single start keeps the requested metric there, as it attracts from farther
away.

The row of a metric names those that replace it; see `minimizer.registration.metrics.registry`.
"""

from __future__ import annotations

from typing import NamedTuple

from ...common.arrays import Array
from ..images.pyramid import Pyramid
from ..images.smoothing import smooth
from ..metrics.definitions import Metric
from ..metrics.registry import find_metric

DETAIL_SIGMA = 2.0
"""Fine detail is the difference from a Gaussian blur of this standard deviation, in pixels."""


class LevelMetric(NamedTuple):
    """The metric to minimize at a level, and whether on fine detail only."""

    metric: str | Metric
    of_detail: bool = False

    @property
    def ranks_alignments(self) -> bool:
        """Whether its values say which of two alignments is better, however much they overlap."""
        return find_metric(self.metric).ranks_alignments


def metric_at_level(
    metric: str | Metric, level: int, coarsest: int, is_global: bool
) -> LevelMetric:
    """Return the metric to minimize at a level, for the one that was requested.

    Examples
    --------
    >>> [metric_at_level("mi", level, 2, is_global=True).metric for level in (2, 1, 0)]
    ['nmi', 'pluim', 'mi']
    >>> metric_at_level("mi", 2, 2, is_global=True).of_detail
    True
    >>> metric_at_level("mi", 2, 2, is_global=False)
    LevelMetric(metric='mi', of_detail=False)
    """
    row = find_metric(metric)
    if level == 0:
        return LevelMetric(metric)
    if level < coarsest:
        return LevelMetric(row.coarse or metric)
    if is_global and row.coarsest:
        return LevelMetric(row.coarsest, of_detail=True)
    return LevelMetric(metric)


def fine_detail(image: Array, edges: bool = True) -> Array:
    """Return the fine detail of an image, missing at the frame without `edges`.

    There the blur reaches to one side only, so that a slope looks like detail.
    """
    return image - smooth(image, DETAIL_SIGMA, edges)


def with_fine_detail(levels: tuple[Pyramid, Pyramid], level: int) -> tuple[Pyramid, Pyramid]:
    """Return pyramids with the fine detail at one level."""
    return levels[0].map(level, fine_detail), levels[1].map(level, fine_detail)
