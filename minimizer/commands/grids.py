"""The grids of images from files, as `registration` defines them."""

from __future__ import annotations

import numpy as np

from ..registration.files import Picture
from ..registration.files.world import affine_of
from ..registration.geometry import Grid


def grid_of(picture: Picture) -> Grid:
    """Return the grid of a picture: its place in the world, or its spacing alone."""
    affine, n = affine_of(picture), len(picture.space)
    spacing = np.linalg.norm(affine[:n, :n], axis=0)
    direction = affine[:n, :n] / spacing
    return Grid(picture.shape, spacing, affine[n - 1 :: -1, n][:n], direction[::-1])


def knows_world(*pictures: Picture) -> bool:
    """Return whether one of the pictures comes from a file that states its position."""
    return any(picture.affine is not None for picture in pictures)
