"""Convex functions and convex regions, outside of which the value is NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..case import Array


class Objective(Protocol):
    """A smooth convex function."""

    def __call__(self, x: Array) -> float:
        """Return the value."""

    def slope(self, x: Array) -> Array:
        """Return the gradient (n,)."""

    def bend(self, x: Array) -> Array:
        """Return the Hessian (n, n)."""


class Region(Protocol):
    """A convex region: where concave functions, the slacks, are not negative."""

    def slacks(self, x: Array) -> Array:
        """Return the slacks (m,)."""

    def slopes(self, x: Array) -> Array:
        """Return their gradients (m, n)."""

    def bends(self, x: Array) -> Array:
        """Return their Hessians (m, n, n)."""


@dataclass(frozen=True, eq=False)
class Quadratic:
    """(x - centre)' matrix (x - centre)."""

    matrix: Array
    centre: Array

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            away = x - self.centre
            return float(away @ self.matrix @ away)

    def slope(self, x: Array) -> Array:
        """Return the gradient."""
        return 2.0 * self.matrix @ (x - self.centre)

    def bend(self, x: Array) -> Array:
        """Return the Hessian."""
        return 2.0 * self.matrix


@dataclass(frozen=True, eq=False)
class SoftMax:
    """log Σ cosh(row (x - centre)): far from the centre nearly the largest |row (x - centre)|."""

    rows: Array
    centre: Array

    def __call__(self, x: Array) -> float:
        """Return the value."""
        u = np.abs(self.rows @ (x - self.centre))
        return float(u.max() + np.log(0.5 * (np.exp(u - u.max()) + np.exp(-u - u.max())).sum()))

    def _weights(self, x: Array) -> tuple[Array, Array]:
        """Return the derivatives of the logarithm by the u and the shares of the cosh u."""
        u = self.rows @ (x - self.centre)
        top = np.abs(u).max()
        up, down = np.exp(u - top), np.exp(-u - top)
        total = (up + down).sum()
        return (up - down) / total, (up + down) / total

    def slope(self, x: Array) -> Array:
        """Return the gradient."""
        first, _ = self._weights(x)
        gradient: Array = self.rows.T @ first
        return gradient

    def bend(self, x: Array) -> Array:
        """Return the Hessian."""
        first, share = self._weights(x)
        hessian: Array = self.rows.T @ (np.diag(share) - np.outer(first, first)) @ self.rows
        return hessian


@dataclass(frozen=True, eq=False)
class Polytope:
    """Where normals @ x <= offsets."""

    normals: Array
    offsets: Array

    def slacks(self, x: Array) -> Array:
        """Return the slacks."""
        return self.offsets - self.normals @ x

    def slopes(self, x: Array) -> Array:
        """Return their gradients."""
        return -self.normals

    def bends(self, x: Array) -> Array:
        """Return their Hessians."""
        m, n = self.normals.shape
        return np.zeros((m, n, n))


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """Where |map @ (x - centre)| <= 1."""

    map: Array
    centre: Array

    def slacks(self, x: Array) -> Array:
        """Return the slacks."""
        y = self.map @ (x - self.centre)
        return np.array([1.0 - y @ y])

    def slopes(self, x: Array) -> Array:
        """Return their gradients."""
        slope: Array = -2.0 * self.map.T @ (self.map @ (x - self.centre))
        return slope[None, :]

    def bends(self, x: Array) -> Array:
        """Return their Hessians."""
        bend: Array = -2.0 * self.map.T @ self.map
        return bend[None, :, :]


@dataclass(frozen=True, eq=False)
class Cone:
    """Where a point is at most `angle` (its tangent) off an axis, seen from the apex.

    Only its `slacks` are known: the projection onto it has a closed form, it needs no barrier.
    """

    axis: Array
    apex: Array
    tangent: float

    def slacks(self, x: Array) -> Array:
        """Return the slacks."""
        along = self.axis @ (x - self.apex)
        return np.array([self.tangent * along - math.hypot(*(x - self.apex - along * self.axis))])

    def projection(self, x: Array) -> Array:
        """Return the nearest point of the cone to one outside."""
        along = self.axis @ (x - self.apex)
        off = x - self.apex - along * self.axis
        edge = self.axis + self.tangent * off / math.hypot(*off)
        share = max(0.0, float(edge @ (x - self.apex)) / float(edge @ edge))
        nearest: Array = self.apex + share * edge
        return nearest


@dataclass(frozen=True, eq=False)
class Inside:
    """An objective within a region, NaN outside."""

    objective: Objective
    region: Region | Cone

    def __call__(self, x: Array) -> float:
        """Return the value."""
        with np.errstate(all="ignore"):
            inside = (self.region.slacks(x) >= 0.0).all()  # NaN is not
            return float(self.objective(x)) if inside else math.nan
