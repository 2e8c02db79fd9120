"""Uneven illumination: products of Legendre polynomials in z, y and x over a volume."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...common.arrays import Array
from .rendering import Box

Term = tuple[int, int, int]

TERMS: tuple[Term, ...] = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 2, 0), (0, 0, 2))
"""Degrees in z, y, x of the terms, unless others are given."""


class Illumination:
    """A polynomial over a volume.

    Parameters
    ----------
    shape : tuple of int
        Shape of the volume; the polynomials are those of -1 to 1 along each axis.
    terms : sequence of (int, int, int)
        Degrees of each term in z, y and x.
    """

    def __init__(self, shape: Sequence[int], terms: Sequence[Term] = TERMS) -> None:
        self.shape = tuple(shape)
        self.terms = tuple(terms)
        degrees = np.array(self.terms, dtype=np.intp).reshape(-1, 3)
        self._index = tuple(degrees.T)
        self._degrees = tuple((degrees.max(axis=0, initial=0) + 1).tolist())
        self._axes = [
            np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, n), degree - 1)
            for n, degree in zip(shape, self._degrees, strict=True)
        ]

    def values(self, coefficients: Array, box: Box) -> Array:
        """Return the illumination of a box."""
        tensor = np.zeros(self._degrees)
        np.add.at(tensor, self._index, coefficients)
        z, y, x = (axis[part] for axis, part in zip(self._axes, box, strict=True))
        along_z = np.tensordot(z, tensor, 1)
        illumination: Array = (y @ along_z) @ x.T
        return illumination

    def basis(self, term: int, box: Box) -> Array:
        """Return one term, with coefficient 1, in a shape that broadcasts to the box."""
        z, y, x = (
            axis[part, degree]
            for axis, part, degree in zip(self._axes, box, self.terms[term], strict=True)
        )
        product: Array = z[:, np.newaxis, np.newaxis] * y[:, np.newaxis] * x
        return product
