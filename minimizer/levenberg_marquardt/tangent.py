"""The tangent space of the model: how the residuals change with the parameters, to first order.

[J, r] = Q R is reduced to its triangle once per Jacobian. Steps, their predicted decrease, and the
relative offset then cost no more for many residuals than for few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..common.arrays import Array, Indices, norm_of


def triangle(J: Array, r: Array) -> Array:
    """Return R (n + 1, n + 1) of [J, r] = Q R; rows of zeros if there are fewer residuals."""
    R: Array = np.asarray(np.linalg.qr(np.column_stack((J, r)), mode="r"))
    missing = R.shape[1] - R.shape[0]
    return np.vstack((R, np.zeros((missing, R.shape[1])))) if missing else R


@dataclass(frozen=True)
class Tangent:
    """The triangle of some of the parameters, and of the residuals."""

    R: Array  # (k + 1, k + 1)

    @property
    def norm(self) -> float:
        """Norm of the residuals."""
        return norm_of(self.R[:, -1])

    @property
    def orthogonal(self) -> float:
        """Norm of the residuals' part that is orthogonal to the tangent space."""
        return abs(float(self.R[-1, -1]))

    @property
    def column_norms(self) -> Array:
        """Norms (k,) of the columns of J."""
        J = self.R[:, :-1]
        norms: Array = np.sqrt(np.einsum("ij,ij->j", J, J))
        return norms

    @property
    def gradient(self) -> Array:
        """Gradient (k,) of half the sum of squares, Jᵀ r."""
        gradient: Array = self.R[:, :-1].T @ self.R[:, -1]
        return gradient

    def of(self, chosen: Indices) -> Tangent:
        """Return the tangent of some parameters, by their indices."""
        return Tangent(triangle(self.R[:, chosen], self.R[:, -1]))

    def moved(self, others: Indices, by: Array, chosen: Indices) -> Tangent:
        """Return the tangent of the `chosen` after the `others` have moved."""
        return Tangent(triangle(self.R[:, chosen], self.R[:, -1] + self.R[:, others] @ by))

    def spectrum(self, unit: Array) -> Spectrum:
        """Return the singular values of J with its columns in units of their own."""
        U, s, Vt = np.linalg.svd(self.R[:-1, :-1] / unit)
        return Spectrum(U.T @ self.R[:-1, -1], s, Vt.T, unit)

    def decrease(self, step: Array) -> float:
        """Return the fall of the sum of squares that the tangent predicts for a step."""
        change = self.R[:, :-1] @ step
        return -float(2.0 * self.R[:, -1] @ change + change @ change)


@dataclass(frozen=True)
class Spectrum:
    """J in its principal axes: J D⁻¹ = U S Vᵀ."""

    c: Array  # (k,) the residuals along the columns of U
    s: Array  # (k,) singular values, the largest first
    V: Array  # (k, k) directions in units of D⁻¹, as columns
    unit: Array  # (k,) the diagonal of D

    def damped_step(self, damping: float) -> Array:
        """Return the step -(JᵀJ + damping DᵀD)⁻¹ Jᵀ r; zero along directions without influence."""
        on = self.s > 0.0
        share = np.zeros_like(self.s)
        share[on] = self.s[on] / (self.s[on] ** 2 + damping)
        return -(self.V @ (share * self.c)) / self.unit

    def solve(self, right: Array, damping: float) -> Array:
        """Return (JᵀJ + damping DᵀD)⁻¹ `right`, restricted to directions with influence."""
        on = self.s > 0.0
        share = np.zeros_like(self.s)
        share[on] = 1.0 / (self.s[on] ** 2 + damping)
        found: Array = (self.V @ (share * (self.V.T @ (right / self.unit)))) / self.unit
        return found

    def truncated(self, least: float) -> Spectrum:
        """Return the spectrum without singular values below a share of the largest."""
        on = self.s > least * self.s.max(initial=0.0)
        zero = np.zeros_like(self.s)
        return Spectrum(np.where(on, self.c, zero), np.where(on, self.s, zero), self.V, self.unit)
