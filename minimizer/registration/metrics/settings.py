"""The settings of a registration cost, and the pyramids it compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..geometry import as_spacing
from ..images.channels import Channels, pyramid_pair
from ..images.pyramid import Pyramid
from .definitions import BINS, Metric
from .registry import find_metric


@dataclass(frozen=True)
class CostSettings:
    """The settings of `RegistrationCost`, under their names there."""

    metric: str | Metric = "ssd"
    min_overlap: float = 0.25
    smoothing: float = 0.0
    sampling: float | None = None
    sampling_seed: int = 0
    bins: int = BINS
    backend: str | None = None

    def __post_init__(self) -> None:
        """Refuse settings that are out of range."""
        find_metric(self.metric)
        if not 0 < self.min_overlap <= 1:
            raise ValueError(
                f"min_overlap is {self.min_overlap}; it is a part of the fixed image's data and "
                "must be above 0 and at most 1"
            )
        if not 0 <= self.smoothing < np.inf:
            raise ValueError(
                f"smoothing is {self.smoothing}; it is a width in pixels, 0 or positive"
            )
        if self.sampling is not None and not 0 < self.sampling <= 1:
            raise ValueError(
                f"sampling is {self.sampling}; it is a part of the fixed pixels and must be above "
                "0 and at most 1, or None for all"
            )
        if not 2 <= self.bins <= 256:
            raise ValueError(f"bins is {self.bins}; it must be 2 to 256")


Spacings = tuple[tuple[float, ...] | None, tuple[float, ...] | None]


def spacings_of(ndim: int, spacing: ArrayLike | None, moving_spacing: ArrayLike | None) -> Spacings:
    """Return the spacings as tuples, None where they are not given."""
    return (
        None if spacing is None else as_spacing(spacing, ndim),
        None if moving_spacing is None else as_spacing(moving_spacing, ndim, "moving_spacing"),
    )


def pyramids(
    fixed: Channels,
    moving: Channels,
    spacing: tuple[float, ...] | None,
    moving_spacing: tuple[float, ...] | None,
) -> tuple[Pyramid, Pyramid]:
    """Return the pyramids of both images, with pixels of about the same size at every level."""
    fixed_step = as_spacing(spacing, fixed[0].ndim)
    moving_step = fixed_step if moving_spacing is None else moving_spacing
    unit = min(*fixed_step, *moving_step)
    return pyramid_pair(fixed, moving, (fixed_step, moving_step), unit)
