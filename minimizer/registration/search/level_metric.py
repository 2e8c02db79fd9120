"""What leads the way to the place: which metric is minimized at a level, and what it compares.

At full resolution it is the metric that was asked for, and for images of one modality it is so at
every level. For two modalities information alone is a bad guide on small images: where a smooth
background covers most of them, it is often larger in a wrong place. There the gradients decide, too
(Pluim's product), and after a look everywhere, at the coarsest level, it is fine detail that is
compared. A single start keeps the metric asked for there, which sees farther.
"""

from __future__ import annotations

from typing import NamedTuple

from ...common.arrays import Array
from ..images.pyramid import Pyramid
from ..images.smoothing import smooth
from ..metrics.definitions import Metric
from ..metrics.registry import find_metric

DETAIL = 2.0
"""Detail is what differs from a blur of this standard deviation, in pixels of the level."""


class Guide(NamedTuple):
    """The metric to minimize at a level, and whether of fine detail only."""

    metric: str | Metric
    of_detail: bool = False

    @property
    def ranks(self) -> bool:
        """Whether its values tell which of two places is better, however much they overlap."""
        return find_metric(self.metric).ranks_alignments


def guide(metric: str | Metric, level: int, coarsest: int, everywhere: bool) -> Guide:
    """Return what leads at a level, for the metric that was asked for.

    Examples
    --------
    >>> [guide("mi", level, 2, everywhere=True).metric for level in (2, 1, 0)]
    ['nmi', 'pluim', 'mi']
    >>> guide("mi", 2, 2, everywhere=True).of_detail, guide("mi", 2, 2, everywhere=False)
    (True, Guide(metric='mi', of_detail=False))
    """
    row = find_metric(metric)
    if level == 0:
        return Guide(metric)
    if level < coarsest:
        return Guide(row.coarse or metric)
    if everywhere and row.coarsest:
        return Guide(row.coarsest, of_detail=True)
    return Guide(metric)


def detail(image: Array) -> Array:
    """Return the fine detail of an image."""
    return image - smooth(image, DETAIL, edges=True)


def detailed(levels: tuple[Pyramid, Pyramid], level: int) -> tuple[Pyramid, Pyramid]:
    """Return pyramids with the fine detail at one level."""
    return levels[0].map(level, detail), levels[1].map(level, detail)
