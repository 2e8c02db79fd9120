"""A metric of images with several channels: the mean of the metric over these."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...common.arrays import Array
from .comparison import Comparison


class ChannelMean(Comparison):
    """The mean over the channels, which all have their data at the same pixels.

    Parameters
    ----------
    parts : sequence of Comparison
        The comparison of each channel.
    """

    def __init__(self, parts: Sequence[Comparison]) -> None:
        super().__init__(parts[0].pair, parts[0].backend)
        self._parts = list(parts)
        self.scale = float(np.mean([part.scale for part in parts]))

    @property
    def parts(self) -> list[Comparison]:
        """The comparisons of the channels."""
        return self._parts

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost; NaN if all are NaN."""
        n, values, is_empty = 0, [], True
        for part in self._parts:
            n, value = part(matrix)
            is_empty = is_empty and math.isnan(value)
            values.append(part.without_content() if math.isnan(value) else value)
        return n, math.nan if is_empty else math.fsum(values) / len(values)


def mean_over_channels(parts: Sequence[Comparison]) -> Comparison:
    """Return one comparison for those of all channels."""
    return parts[0] if len(parts) == 1 else ChannelMean(parts)
