"""A metric of images with several channels: the mean of the metric over these."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...common.arrays import Array
from .comparison import Comparison
from .least_squares import Squares


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
        n, values = 0, []
        for part in self._parts:
            n, value = part(matrix)
            values.append(value)
        return n, self._mean(values)

    def squares(self, matrix: Array, slopes: Array) -> tuple[int, float, Squares]:
        """Return the same with the means of the channels' squares; one without content has none."""
        n, values, total = 0, [], Squares.none(len(slopes))
        for part in self._parts:
            n, value, squares = part.squares(matrix, slopes)
            values.append(value)
            if not math.isnan(value):
                total = total.plus(squares, 1.0 / len(self._parts))
        return n, self._mean(values), total

    def _mean(self, values: list[float]) -> float:
        """Return the mean cost; a channel without content counts as one that matches nothing."""
        if all(map(math.isnan, values)):
            return math.nan
        pairs = zip(self._parts, values, strict=True)
        known = [part.without_content() if math.isnan(value) else value for part, value in pairs]
        return math.fsum(known) / len(known)


def mean_over_channels(parts: Sequence[Comparison]) -> Comparison:
    """Return one comparison for those of all channels."""
    return parts[0] if len(parts) == 1 else ChannelMean(parts)
